"""The side of every page: a visitor's own conversations and lists, and what is shared; and what becomes of what they type."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from advisor import web
from advisor.settings import load
from advisor.store import StoreError
from advisor.store.conversations import Entry
from advisor.store.schema import LONGEST_TITLE
from advisor.talk import Talk
from advisor.ui import foot, share
from advisor.visitor import visitor_of

SIDE = st.components.v2.component(
    "advisor.side",
    html="""
<nav class="side" aria-label="Conversations and lists">
<button type="button" class="new"><span class="icon" aria-hidden="true">add</span>Start a new conversation</button>
<h2 hidden>Your conversations</h2>
<input type="search" aria-label="Search" placeholder="Search what was said" maxlength="200" hidden>
<p class="none" hidden>Nothing found.</p>
<ul></ul>
<button type="button" class="all" hidden></button>
</nav>""",
    js=(Path(__file__).parent / "side.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
"""One component for all that is listed: each element that Streamlit draws is paid for with every message. The foot brings its style."""
TALK, SORTED = "c", "l"
"""The page's parameters that name the talk and the list that are open; what they name opens for its own visitor only."""
SHOWN = 8
"""How many conversations are listed before one asks for more."""
LONGEST_SEARCH = 200
CHAT, LIST = "chat", "list"
WITH_MODEL = (
    "A model ({model}, at {server}) helps with wording and judges what the rules leave open. What you type is sent to it. "
    "The rules have the last word."
)
NO_MODEL = (
    "**No model is connected**, so the rules answer in their own words. To connect one, start the advisor with "
    "`OPENAI_API_KEY` set, or `OPENAI_BASE_URL` for a server of your own."
)
KEPT = (
    "Your conversations and lists are kept on this server, so that you can come back to them; a cookie in this browser, and "
    "nothing else, opens them. What you don't touch for {days} days is deleted, and you can delete it at any time. Nobody else "
    "sees any of it unless you share a summary, and then only that."
)


def resume() -> Talk:
    """The talk that this tab has open: at first what the page's address names, or a new one."""
    talk: Talk | None = st.session_state.get("talk")
    if talk is None:
        talk = Talk(web.store, web.JOBS, visitor_of(st.context.headers.get("Cookie")), web.answered)
        if wanted := st.query_params.get(TALK):
            talk.attempt(talk.reopen, wanted)
        st.session_state.talk = talk
    return talk


def mark(parameter: str, identity: str | None) -> None:
    """Name what is open in the page's address, so that a reload opens it again."""
    if identity:
        if st.query_params.get(parameter) != identity:
            st.query_params[parameter] = identity
    elif parameter in st.query_params:
        del st.query_params[parameter]


def go(page: str) -> None:
    """Turn to another page with the next run."""
    st.session_state.goto = page
    st.session_state.sharing = False


def draw(talk: Talk, current: str | None) -> None:
    """Draw the side.

    Args:
        talk: The talk that this tab has open.
        current: The identity of what the page shows, if it is kept.
    """
    with st.sidebar:
        kept: Sequence[Entry] = ()
        found: Sequence[Entry] = ()
        problem = ""
        search = st.session_state.get("search", "")
        try:
            if talk.visitor:
                kept = found = web.store().conversations.listed(talk.visitor)
                found = web.store().conversations.listed(talk.visitor, search) if search else kept
        except StoreError as failed:
            problem = str(failed)
        whole = st.session_state.get("whole_list", False)
        shown = found if whole else found[:SHOWN]
        entries = [{"id": each.id, "title": each.title, "board": each.board, "here": each.id == current} for each in shown]
        data = {
            "any": bool(kept),
            "entries": entries,
            "searches": len(kept) > 1 or bool(search),
            "search": search,
            "all": f"Show all {len(found)}" if len(found) > len(shown) else "",
        }
        SIDE(data=foot.in_order(data), key="side", height="content", on_event_change=lambda: happened(talk))
        if problem:
            st.warning(problem)
        elif talk.visitor:
            if kept:
                manage(talk, talk.visitor, current, kept)
            try:
                share.links(talk.visitor, talk)
            except StoreError as failed:
                st.warning(str(failed))


def happened(talk: Talk) -> None:
    """Do what was tapped at the side; what a browser says may be anything."""
    match st.session_state["side"].get("event"):
        case {"do": "new"}:
            new_talk(talk)
        case {"do": "open", "id": str(identity), "board": bool(is_list)}:
            open_it(talk, identity, is_list)
        case {"do": "search", "words": str(words)}:
            st.session_state.search = words.strip()[:LONGEST_SEARCH]
        case {"do": "all"}:
            st.session_state.whole_list = True


def privacy() -> None:
    """What becomes of what a visitor types."""
    settings = load()
    server = urlsplit(settings.base_url or "").hostname or "OpenAI"
    st.header("What becomes of what you type")
    st.markdown(WITH_MODEL.format(model=settings.model, server=server) if web.model() else NO_MODEL)
    st.markdown(KEPT.format(days=settings.retention_days))


def new_talk(talk: Talk) -> None:
    """Begin a conversation, on the page for it."""
    talk.begin()
    go(CHAT)


def open_it(talk: Talk, identity: str, is_list: bool) -> None:
    """Open a conversation or a list, on its page."""
    if is_list:
        st.session_state.wanted_list = identity
    else:
        talk.attempt(talk.reopen, identity)
    go(LIST if is_list else CHAT)


def manage(talk: Talk, me: str, current: str | None, kept: Sequence[Entry]) -> None:
    """What can be done with what is open, and with all that is kept of a visitor."""
    if current:
        name = "This list" if any(entry.id == current and entry.board for entry in kept) else "This conversation"
        this = st.popover(name, key="this", on_change="rerun", width="stretch")
        if this.open:
            with this:
                this_one(talk, me, current)
    everything = st.popover("All that is kept of you", key="everything", on_change="rerun", width="stretch")
    if everything.open:
        with everything:
            st.link_button("Download my data", "/my/conversations.json", width="stretch")
            sure = st.checkbox("Yes, delete everything and end every link")
            st.button("Delete everything", disabled=not sure, on_click=talk.attempt, args=(delete_all, talk, me), width="stretch")


def this_one(talk: Talk, me: str, identity: str) -> None:
    """What can be done with what is open."""
    with st.form("rename", border=False, clear_on_submit=True):
        title = st.text_input("New title", max_chars=LONGEST_TITLE)
        if st.form_submit_button("Rename"):
            talk.attempt(web.store().conversations.rename, me, identity, title)
            st.rerun()
    for name, kind in web.FORMATS:
        st.link_button(f"Summary as {name}", f"/my/conversations/{identity}/summary.{kind}", width="stretch")
    sure = st.checkbox("Yes, delete this and end its links")
    st.button("Delete it", disabled=not sure, on_click=talk.attempt, args=(delete, talk, me, identity), width="stretch")


def delete(talk: Talk, me: str, identity: str) -> None:
    """Forget a conversation or a list, and open a new one."""
    if identity == talk.kept:
        talk.stop()
    web.store().conversations.delete(me, identity)
    if (opened := st.session_state.get("sorted")) is not None and opened.identity == identity:
        del st.session_state.sorted
    if identity == talk.kept:
        talk.begin()


def delete_all(talk: Talk, me: str) -> None:
    """Forget all of a visitor's conversations and lists, and open a new one."""
    talk.stop()
    web.store().conversations.delete_all(me)
    st.session_state.pop("sorted", None)
    talk.begin()
