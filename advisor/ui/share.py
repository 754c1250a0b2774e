"""Sharing a summary: what the recipient gets is shown first, exactly; then there is a link, which its owner can end."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import streamlit as st

from advisor import sharing, web
from advisor.board import Board, summarise_board
from advisor.budget import Costly, Spent
from advisor.domain import Conversation
from advisor.redact import names_in, redact
from advisor.rulebook import Rulebook
from advisor.settings import load
from advisor.store import Share, StoreError, now
from advisor.summary import Summary, summarise
from advisor.talk import Talk
from advisor.ui import markdown, turns

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
DELETED = "This conversation was deleted, so there is nothing to share."
PREVIEW_HEIGHT = 420
MOST_TICKED = 20
"""How many tasks are chosen one by one; of more, those are chosen that are left out."""
RECALL = "Whoever has the link can read this until it ends, and may keep a copy: ending a link can't call copies back."


@dataclass(frozen=True, slots=True)
class Source:
    """What a summary is made of."""

    tasks: Mapping[int, str]
    """What names each task, by its place."""
    spoken: Mapping[int, str]
    """What names each turn, by its place; none of a list."""
    summary: Callable[[Iterable[int], Iterable[int]], Summary]
    """The summary without these tasks and with these turns."""


def of_talk(conversation: Conversation, rulebook: Rulebook) -> Source:
    """A conversation, to be summed up."""
    tasks = {place: f"{number}. {conversation.standing[place].task.quote.words}" for number, place in enumerate(conversation.current, 1)}
    spoken = {at: f"{at + 1}. {turn.said}" for at, turn in enumerate(conversation.turns)}
    return Source(tasks, spoken, lambda without, turns: summarise(conversation, now().date(), rulebook, without, turns))


def of_board(board: Board, rulebook: Rulebook) -> Source:
    """A sorted list, to be summed up."""
    tasks = {number: f"{number}. {card.line.text}" for number, card in enumerate(board.cards, 1)}
    return Source(tasks, {}, lambda without, _: summarise_board(board, now().date(), rulebook, tuple(without)))


@dataclass
class Choices:
    """What an owner chose to share of a conversation; it stays chosen while the tab is open."""

    without: set[int] = field(default_factory=set)
    """The places of tasks to leave out."""
    turns: list[int] = field(default_factory=list)
    """The places of turns to include word for word."""
    offered: set[str] = field(default_factory=set)
    """The names that were offered for taking out, in small letters."""
    names: list[str] = field(default_factory=list)
    """Those that are taken out, and what else the owner typed."""
    lifetime: str = USUAL
    """How long a link is to work."""
    link: str = ""
    """The link made last."""
    share: str = ""
    """Its share."""
    behind: bytes = b""
    """What it shows."""


def begin() -> None:
    """Open the dialog."""
    st.session_state.sharing = True


def leave() -> None:
    """Close the dialog."""
    st.session_state.sharing = False


@st.dialog("Share a summary", width="large", on_dismiss=leave)
def dialog(me: str, identity: str, source: Source, rulebook: Rulebook) -> None:
    """Let the owner choose what goes into a summary, see exactly what the recipient gets, and make a link of it."""
    choices = st.session_state.setdefault("choices", {}).setdefault(identity, Choices())
    try:
        summary = chosen(identity, source, choices, rulebook)
        snapshot = sharing.frozen(summary)
        fitting = [name for name, days in LIFETIMES.items() if days <= load().retention_days] or list(LIFETIMES)[:1]
        usual = fitting.index(choices.lifetime) if choices.lifetime in fitting else len(fitting) - 1
        choices.lifetime = st.radio("The link works for", fitting, index=usual, horizontal=True, key=f"lifetime-{identity}")
        if st.button("Make the link", type="primary", disabled=not summary.tasks):
            web.budget().spend(Costly.SHARE, me)
            made = web.store().shares.create(me, identity, snapshot, LIFETIMES[choices.lifetime], now())
            choices.share, choices.link = (made[0], f"{origin()}/share/{made[1]}") if made else ("", "")
            choices.behind = snapshot
            if not made:
                st.warning(DELETED)
        spot = st.container()
        for number, share in enumerate((each for each in live(me) if each.conversation == identity), 1):
            update(me, share, number, snapshot, bool(summary.tasks), choices)
        st.markdown("**This is what the recipient gets**, and nothing else:")
        st.iframe(sharing.as_page(summary, [(name, "#") for name, _ in web.FORMATS], home="#"), height=PREVIEW_HEIGHT)
        st.markdown(RECALL)
        if choices.link and choices.behind == snapshot:
            with spot:
                show(choices.link)
    except (StoreError, Spent) as problem:
        st.warning(str(problem))


def chosen(identity: str, source: Source, choices: Choices, rulebook: Rulebook) -> Summary:
    """The summary that the owner's choices make, with what is private taken out."""
    if len(source.tasks) <= MOST_TICKED:
        within = [place for place in source.tasks if place not in choices.without]
        ticked = st.multiselect("Tasks", list(source.tasks), within, format_func=source.tasks.__getitem__, key=f"tasks-{identity}")
        choices.without = source.tasks.keys() - set(ticked)
    else:
        left_out = [place for place in source.tasks if place in choices.without]
        choices.without = set(
            st.multiselect(
                "Leave out",
                list(source.tasks),
                left_out,
                format_func=source.tasks.__getitem__,
                placeholder="Nothing: the whole list",
                key=f"without-{identity}",
            )
        )
    if source.spoken:
        choices.turns = st.multiselect(
            "Word for word, if you like",
            list(source.spoken),
            choices.turns,
            format_func=source.spoken.__getitem__,
            placeholder="Nothing: the summary alone",
            key=f"turns-{identity}",
        )
    whole = source.summary(choices.without, choices.turns)
    found = names_in([task.task for task in whole.tasks] + [said.owner for said in whole.transcript], is_known(rulebook))
    new = [name for name in found if name.lower() not in choices.offered]
    choices.offered |= {name.lower() for name in new}
    key = f"names-{identity}"
    if new or key not in st.session_state:
        st.session_state[key] = [*choices.names, *new]
    options = list(dict.fromkeys([*st.session_state[key], *found]))
    choices.names = st.multiselect("Names to take out", options, accept_new_options=True, placeholder="Type any word", key=key)
    st.markdown("E-mail addresses, telephone, card and account numbers, keys and links with secrets are taken out already.")
    return whole.mapped(lambda text: redact(text, choices.names))


def is_known(rulebook: Rulebook) -> Callable[[str], bool]:
    """Whether a word in small letters is somebody's name."""
    return lambda word: "<name>" in rulebook.lists.labels.get(word, ())


def show(link: str) -> None:
    """A link that was just made: to copy, to send, to open."""
    st.markdown("**Your link.** Copy it now: it can't be shown again.")
    st.code(link, language=None, wrap_lines=True)
    st.html(turns.copying(link))
    body = quote(f"Here is what I may hand off, and what stays with me:\n\n{link}\n")
    with st.container(horizontal=True):
        SHEET(data={"title": TITLE, "link": link}, key="sheet", width="content")
        st.link_button("Draft an e-mail", f"mailto:?subject={quote(TITLE)}&body={body}")
        st.link_button("Open it", link)


def update(me: str, share: Share, number: int, snapshot: bytes, possible: bool, choices: Choices) -> None:
    """A live link of this conversation: put the summary above behind it, or end it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{number}. {about(share)}")
        if st.button("Show this summary there", key=f"update-{share.id}", disabled=not possible):
            done = web.store().shares.refresh(me, share.id, snapshot, now())
            choices.behind = snapshot if done and share.id == choices.share else choices.behind
            st.toast("The link shows this summary now." if done else "That link has ended.")
        if st.button("End it", key=f"revoke-{share.id}"):
            end(me, share.id)
            st.toast("That link has ended: it leads nowhere any more.")
            st.rerun(scope="fragment")


def end(me: str, identity: str) -> None:
    """End a link at once."""
    web.store().shares.revoke(me, identity)
    for choices in st.session_state.get("choices", {}).values():
        choices.link = "" if choices.share == identity else choices.link


def live(me: str) -> list[Share]:
    """A visitor's links that lead somewhere."""
    return [share for share in web.store().shares.listed(me) if share.is_live(now())]


def links(me: str, talk: Talk) -> None:
    """All of a visitor's live links, wherever they were made, each to be ended at once."""
    if not (all_live := live(me)):
        return
    with st.popover(f"Links you shared ({len(all_live)})", width="stretch"):
        for share in all_live:
            st.markdown(f"{markdown.plain(share.title)}\n\n{about(share)}")
            st.button("End this link", key=f"end-{share.id}", on_click=talk.attempt, args=(end, me, share.id), width="stretch")


def about(share: Share) -> str:
    """What an owner wants to know of a link."""
    times = {0: "not opened yet", 1: "opened once"}.get(share.opened, f"opened {share.opened} times")
    made, until = f"{sharing.long_date(share.created.date())}, {share.created:%H:%M} UTC", sharing.long_date(share.expires.date())
    return f"Link of {made}, until {until}, {times}"


def origin() -> str:
    """The address under which the visitor sees this server."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}"
