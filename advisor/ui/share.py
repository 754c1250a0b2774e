"""Sharing a summary: what the recipient gets is shown first, exactly; then there is a link, which its owner can end."""

from urllib.parse import quote, urlsplit

import streamlit as st

from advisor import sharing, web
from advisor.domain import Conversation
from advisor.redact import names_in, redact
from advisor.rulebook import Rulebook
from advisor.store import Share, StoreError, now
from advisor.summary import Summary, summarise
from advisor.ui import markdown

SHEET = st.components.v2.component(
    "advisor.share_sheet",
    html='<button type="button" hidden>Share by an app …</button>',
    css="""
button {
  font: inherit; color: inherit; background: transparent; cursor: pointer; padding: 0.35rem 0.75rem; min-height: 2.5rem;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
}
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
""",
    js="""
export default ({ data, parentElement }) => {
  const button = parentElement.querySelector("button");
  const what = { title: data.title, url: data.link };
  if (!navigator.share || (navigator.canShare && !navigator.canShare(what))) return;
  button.hidden = false;
  button.onclick = () => navigator.share(what).catch(() => {});
};
""",
)
"""A button for the system's share sheet, where the browser has one."""
TITLE = "A summary from Advisor"
LIFETIMES = {"7 days": 7, "30 days": 30, "90 days": 90}
USUAL = "30 days"
PREVIEW_HEIGHT = 460
RECALL = "Whoever has the link can read this until it ends, and may keep a copy: ending a link can't call copies back."


def begin() -> None:
    """Open the dialog."""
    st.session_state.update(sharing=True, link=None)


def leave() -> None:
    """Close the dialog."""
    st.session_state.update(sharing=False, link=None)


@st.dialog("Share a summary", width="large", on_dismiss=leave)
def dialog(me: str, identity: str, conversation: Conversation, rulebook: Rulebook) -> None:
    """Let the owner choose what goes into a summary, see exactly what the recipient gets, and make a link of it."""
    try:
        summary = chosen(conversation, rulebook)
        st.markdown("**This is what the recipient gets**, and nothing else:")
        st.iframe(sharing.as_page(summary, [(name, "#") for name, _ in web.FORMATS]), height=PREVIEW_HEIGHT)
        lifetime = LIFETIMES[st.radio("The link works for", list(LIFETIMES), index=list(LIFETIMES).index(USUAL), horizontal=True)]
        st.markdown(RECALL)
        if st.button("Make the link", type="primary", disabled=not summary.tasks):
            made = web.store().shares.create(me, identity, sharing.frozen(summary), lifetime, now())
            st.session_state.link = f"{origin()}/share/{made[1]}" if made else None
        if link := st.session_state.get("link"):
            show(link)
        for share in (each for each in web.store().shares.listed(me) if each.conversation == identity and each.is_live(now())):
            update(me, share, summary)
    except StoreError as problem:
        st.warning(str(problem))


def chosen(conversation: Conversation, rulebook: Rulebook) -> Summary:
    """The summary that the owner's choices make, with what is private taken out."""
    places = list(conversation.current)
    labels = {place: f"{number}. {conversation.standing[place].task.quote.words}" for number, place in enumerate(places, 1)}
    tasks = st.multiselect("Tasks", places, places, format_func=labels.__getitem__)
    spoken = {at: f"{at + 1}. {turn.said}" for at, turn in enumerate(conversation.turns)}
    turns = st.multiselect(
        "Word for word, if you like", list(spoken), format_func=spoken.__getitem__, placeholder="Nothing: the summary alone"
    )
    whole = summarise(conversation, now().date(), rulebook, set(places) - set(tasks), turns)
    names = names_in(texts_of(whole), lambda word: "<name>" in rulebook.lists.labels.get(word, ()))
    gone = st.multiselect("Names to take out", names, names, accept_new_options=True, placeholder="Type any word")
    st.markdown("E-mail addresses, telephone, card and account numbers, keys and links with secrets are taken out already.")
    return whole.mapped(lambda text: redact(text, gone))


def texts_of(summary: Summary) -> list[str]:
    """The texts of a summary that are the owner's words."""
    texts: list[str] = []

    def note(text: str) -> str:
        texts.append(text)
        return text

    summary.mapped(note)
    return texts


def show(link: str) -> None:
    """A link that was just made: to copy, to send, to open."""
    st.markdown("**Your link.** Copy it now: it can't be shown again.")
    st.code(link, language=None, wrap_lines=True)
    body = quote(f"Here is what I may hand off, and what stays with me:\n\n{link}\n")
    with st.container(horizontal=True):
        SHEET(data={"title": TITLE, "link": link}, key="sheet", width="content")
        st.link_button("Draft an e-mail", f"mailto:?subject={quote(TITLE)}&body={body}")
        st.link_button("Open it", link)


def update(me: str, share: Share, summary: Summary) -> None:
    """A live link of this conversation: put the summary above behind it, or end it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(about(share))
        if st.button("Show this summary there", key=f"update-{share.id}", disabled=not summary.tasks):
            web.store().shares.refresh(me, share.id, sharing.frozen(summary), now())
            st.toast("The link shows this summary now.")
        if st.button("End it", key=f"revoke-{share.id}"):
            end(me, share.id)
            st.rerun(scope="fragment")


def end(me: str, identity: str) -> None:
    """End a link at once."""
    web.store().shares.revoke(me, identity)
    st.session_state.link = None


def links(me: str) -> None:
    """All of a visitor's live links, wherever they were made, each to be ended at once."""
    live = [share for share in web.store().shares.listed(me) if share.is_live(now())]
    if not live:
        return
    with st.popover(f"Links you shared ({len(live)})", width="stretch"):
        for share in live:
            st.markdown(f"{markdown.plain(share.title)}\n\n{about(share)}")
            st.button("End this link", key=f"end-{share.id}", on_click=end, args=(me, share.id), width="stretch")


def about(share: Share) -> str:
    """What an owner wants to know of a link."""
    times = {0: "not opened yet", 1: "opened once"}.get(share.opened, f"opened {share.opened} times")
    return f"Link of {sharing.long_date(share.created.date())}, until {sharing.long_date(share.expires.date())}, {times}"


def origin() -> str:
    """The address under which the visitor sees this server."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}"
