"""A visitor's own conversations: what is open in this tab, how it is kept, and the list of the others."""

import logging
import time
from collections.abc import Iterator

import streamlit as st

from advisor import web
from advisor.domain import Conversation
from advisor.store import Overtaken, StoreError, now
from advisor.store.schema import LONGEST_TITLE
from advisor.ui import markdown
from advisor.visitor import visitor_of

ADDRESS = "c"
"""The page's parameter that names the open conversation; what it names opens for its own visitor only."""
SAVE_EVERY_S = 1.0
SHOWN = 8
"""How many conversations are listed before one asks for more."""
GONE = "That conversation isn't here any more. Here is a new one."
NOT_KEPT = "What is said here isn't kept, and ends with this tab:"
NO_COOKIE = f"{NOT_KEPT} your browser takes no cookie."
logger = logging.getLogger(__name__)


def visitor() -> str | None:
    """Who visits; ``None`` for a browser that takes no cookie."""
    return visitor_of(st.context.cookies)


def resume() -> Conversation:
    """The conversation that this tab has open: what the address names, or a new one."""
    state, wanted = st.session_state, st.query_params.get(ADDRESS)
    if "conversation" not in state or (wanted and wanted != state.kept):
        begin()
        try:
            reopened = bool(wanted and reopen(wanted))
        except StoreError as problem:
            st.warning(str(problem))
            return Conversation()
        if wanted and not reopened:
            st.info(GONE)
    if state.kept:
        st.query_params[ADDRESS] = state.kept
    elif ADDRESS in st.query_params:
        del st.query_params[ADDRESS]
    return state.conversation  # type: ignore[no-any-return]


def begin() -> None:
    """Open a new conversation."""
    st.session_state.update(conversation=Conversation(), kept=None, finished=True, unkept="" if visitor() else NO_COOKIE, link=None)
    if ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def reopen(identity: str) -> bool:
    """Open a conversation that is kept; whether it is there, and this visitor's."""
    me = visitor()
    kept = web.store().conversations.load(me, identity) if me else None
    if kept is None:
        return False
    st.session_state.update(conversation=kept.conversation, kept=kept.id, finished=kept.finished, unkept="", link=None)
    st.query_params[ADDRESS] = kept.id
    return True


def open_it(identity: str) -> None:
    """Open a conversation from the list; a new one where it was deleted meanwhile."""
    if not reopen(identity):
        begin()


def refresh() -> Conversation:
    """The conversation as it stands now, with what another tab added; a new one where it was deleted meanwhile."""
    state = st.session_state
    if state.kept and not state.unkept and not reopen(state.kept):
        begin()
    return state.conversation  # type: ignore[no-any-return]


def keeping(steps: Iterator[Conversation], whole: bool) -> Iterator[Conversation]:
    """The steps of an answer, each kept before it is shown: the first, one a second, and the last.

    Args:
        steps: The conversation with one more turn, as that is answered.
        whole: Whether the first step is the whole answer already.

    Raises:
        Overtaken: Another tab answered meanwhile; nothing was shown yet.
    """
    state, saved = st.session_state, 0.0
    step = next(steps)
    keep(step, whole)
    state.finished = whole
    yield step
    for step in steps:
        if time.monotonic() - saved >= SAVE_EVERY_S:
            saved = time.monotonic()
            keep_on(step, False)
        yield step
    if not whole:
        keep_on(step, True)
    state.finished = True


def keep(conversation: Conversation, finished: bool) -> None:
    """Keep the last turn; where that can't be done, the visitor is told, and nothing more of this conversation is kept.

    Raises:
        Overtaken: Another tab answered meanwhile.
    """
    state, me = st.session_state, visitor()
    if me is None or state.unkept:
        return
    try:
        state.kept = web.store().conversations.save(me, state.kept, conversation, finished, now())
    except StoreError as problem:
        state.unkept = f"{NOT_KEPT} {problem}."


def keep_on(conversation: Conversation, finished: bool) -> None:
    """Keep more of a turn that is kept already; where another tab has taken it on meanwhile, that stands."""
    try:
        keep(conversation, finished)
    except Overtaken:
        logger.info("a turn of %s was overtaken", st.session_state.kept)


def again() -> None:
    """Forget the last turn, which came to no end, and ask the same once more."""
    state, me = st.session_state, visitor()
    said = state.conversation.turns[-1].said
    if me and state.kept:
        web.store().conversations.take_back(me, state.kept, len(state.conversation.turns))
        if not reopen(state.kept):
            begin()
    state.asked = said


def sidebar() -> None:
    """The list of a visitor's conversations, and what can be done with the one that is open."""
    st.button("Start a new conversation", width="stretch", on_click=begin)
    me = visitor()
    if me is None:
        st.markdown(NO_COOKIE)
        return
    if st.session_state.unkept:
        st.warning(st.session_state.unkept)
    try:
        mine(me)
    except StoreError as problem:
        st.warning(str(problem))


def mine(me: str) -> None:
    """A visitor's conversations, to be opened, searched, named and deleted."""
    conversations, state = web.store().conversations, st.session_state
    if not (any_kept := conversations.listed(me)):
        return
    st.header("Your conversations")
    search = st.text_input("Search", placeholder="Search what was said", label_visibility="collapsed") if len(any_kept) > 1 else ""
    found = conversations.listed(me, search) if search else any_kept
    if not found:
        st.markdown("Nothing found.")
    more = state.get("more", False)
    for entry in found if more else found[:SHOWN]:
        here = entry.id == state.kept
        label = f"{'**' if here else ''}{markdown.plain(entry.title)}{'**' if here else ''}"
        st.button(label, key=f"open-{entry.id}", on_click=open_it, args=(entry.id,), type="tertiary", width="stretch")
    if len(found) > SHOWN and not more:
        st.button("Show all", on_click=lambda: state.update(more=True))
    if state.kept:
        this_one(me)
    with st.popover("All that is kept of you", width="stretch"):
        st.link_button("Download my data", "/my/conversations.json", width="stretch")
        sure = st.checkbox("Yes, delete every conversation and end every link")
        st.button("Delete everything", disabled=not sure, on_click=delete_all, args=(me,), width="stretch")


def this_one(me: str) -> None:
    """What can be done with the open conversation."""
    state = st.session_state
    with st.popover("This conversation", width="stretch"):
        with st.form("rename", border=False):
            st.text_input("Title", max_chars=LONGEST_TITLE, key="title")
            st.form_submit_button("Rename", on_click=rename, args=(me, state.kept))
        for name, kind in web.FORMATS:
            st.link_button(f"Summary as {name}", f"/my/conversations/{state.kept}/summary.{kind}", width="stretch")
        sure = st.checkbox("Yes, delete this conversation and end its links")
        st.button("Delete it", disabled=not sure, on_click=delete, args=(me, state.kept), width="stretch")


def rename(me: str, identity: str) -> None:
    """Give a conversation the title that was typed."""
    web.store().conversations.rename(me, identity, st.session_state.title)
    st.session_state.title = ""


def delete(me: str, identity: str) -> None:
    """Forget a conversation, and open a new one."""
    web.store().conversations.delete(me, identity)
    begin()


def delete_all(me: str) -> None:
    """Forget all of a visitor's conversations, and open a new one."""
    web.store().conversations.delete_all(me)
    begin()
