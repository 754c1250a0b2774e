"""A visitor's own conversations: the one that is open in this tab, how it is kept, and the list of the others."""

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field

import streamlit as st

from advisor import web
from advisor.conversation import answer
from advisor.domain import Conversation
from advisor.model import Model
from advisor.rulebook import Rulebook
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
NOT_KEPT = "What you see here isn't kept yet: {problem}. It will be, with your next message."
NO_COOKIE = "What is said here isn't kept, and ends with this tab: your browser takes no cookie."
WENT_ON = "This conversation went on in another tab; what was said here meanwhile, and couldn't be kept, is no part of it."
MOST_OVERTAKEN = 5
"""How often a message is answered anew because another tab was faster, before that is taken for an error."""
logger = logging.getLogger(__name__)


@dataclass
class Open:
    """What a tab has open.

    It is one value of the session's, fetched once in a run: every look into the session is a moment at which Streamlit may
    cut the run short, and none may lie between a message and its being kept.
    """

    visitor: str | None
    """Who visits; ``None`` for a browser that takes no cookie."""
    conversation: Conversation = field(default_factory=Conversation)
    kept: str | None = None
    """The conversation's identity, once it is kept."""
    finished: bool = True
    """Whether the last answer came to its end."""
    unkept: str = ""
    """Why the last turns of it are not kept, if so."""
    before: Conversation | None = None
    """The conversation before its last turn, where that was answered in this tab."""
    retrying: bool = False
    """Whether the next message takes the place of the last turn, which came to no end."""
    notice: str = ""
    """What the visitor should know of how it was opened, or of what couldn't be done."""

    def begin(self, notice: str = "") -> None:
        """Open a new conversation."""
        self.conversation, self.kept, self.finished, self.notice = Conversation(), None, True, notice
        self.unkept, self.retrying, self.before = "" if self.visitor else NO_COOKIE, False, None

    def reopen(self, identity: str) -> None:
        """Open a conversation that is kept; a new one where it isn't there, or isn't this visitor's."""
        kept = web.store().conversations.load(self.visitor, identity) if self.visitor else None
        if kept is None:
            self.begin(GONE)
            return
        self.conversation, self.kept, self.finished = kept.conversation, kept.id, kept.finished
        self.unkept, self.retrying, self.notice, self.before = "", False, "", None

    def attempt(self, do: Callable[..., object], *what: object) -> None:
        """Do something with what is kept; where that can't be reached, the visitor is told."""
        try:
            do(*what)
        except StoreError as problem:
            self.notice = f"That couldn't be done: {problem}."

    def answers(self, said: str | None, rulebook: Rulebook, model: Model | None) -> Generator[Conversation, None, None]:
        """Answer a message step by step, each step kept before it is given out: the first, one a second, and the last.

        Without a message there are no steps. Where another tab answered meanwhile, the message is answered after that. Closing
        the iterator stops the model.
        """
        self.notice, went_on = "" if said else self.notice, ""
        for patience in reversed(range(MOST_OVERTAKEN)) if said else ():
            if self.kept and not self.unkept and not self.retrying:
                self.attempt(self.reopen, self.kept)
            self.before = self.conversation
            with closing(answer(said or "", self.conversation, rulebook, model)) as steps:
                try:
                    self.keep(next(steps), finished=model is None)
                except Overtaken:
                    if not patience or not self.kept:
                        raise
                    done, behind = self.retrying, bool(self.unkept)
                    self.attempt(self.reopen, self.kept)
                    if done:  # another tab had it answered anew
                        return
                    went_on = WENT_ON if behind else went_on
                    continue
                self.retrying, self.notice = False, self.notice or went_on
                yield self.conversation
                saved = time.monotonic()
                for step in steps:
                    self.conversation = step
                    if time.monotonic() - saved >= SAVE_EVERY_S:
                        saved = time.monotonic()
                        self.keep_on()
                    yield step
                if model is not None:
                    self.keep_on(finished=True)
            return

    def keep(self, conversation: Conversation, finished: bool) -> None:
        """Keep the last turn, and those before it that couldn't be kept; where it can't be done, the visitor is told.

        Raises:
            Overtaken: Another tab answered meanwhile.
        """
        if self.visitor:
            try:
                self.kept = web.store().conversations.save(self.visitor, self.kept, conversation, finished, now())
                self.unkept = ""
            except StoreError as problem:
                self.unkept = NOT_KEPT.format(problem=problem)
        self.conversation, self.finished = conversation, finished

    def keep_on(self, finished: bool = False) -> None:
        """Keep more of a turn that is kept already; where another tab has had it answered anew, that stands."""
        try:
            self.keep(self.conversation, finished)
        except Overtaken:
            logger.info("a turn of %s was overtaken", self.kept)
            self.finished = finished

    def again(self) -> str:
        """Go back to before the last turn, which came to no end; what was said in it, to be asked once more in its place."""
        number = len(self.conversation.turns)
        said = self.conversation.turns[-1].said
        if self.before is not None and len(self.before.turns) == number - 1:
            self.conversation, self.retrying = self.before, True
        elif self.visitor and self.kept and (kept := web.store().conversations.load(self.visitor, self.kept, before=number)):
            self.conversation, self.retrying = kept.conversation, True
        return said


def resume() -> Open:
    """What this tab has open: what the page's address names, or a new conversation."""
    opened: Open | None = st.session_state.get("open")
    wanted = st.query_params.get(ADDRESS)
    if opened is None:
        opened = st.session_state.open = Open(visitor_of(st.context.headers.get("Cookie")))
        opened.begin()
        if wanted:
            opened.attempt(opened.reopen, wanted)
    return opened


def mark(opened: Open) -> None:
    """Name the open conversation in the page's address, so that a reload opens it again."""
    if opened.kept:
        st.query_params[ADDRESS] = opened.kept
    elif ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def sidebar(opened: Open) -> None:
    """The list of a visitor's conversations, and what can be done with the one that is open."""
    st.button("Start a new conversation", width="stretch", on_click=opened.begin)
    if opened.visitor:
        try:
            mine(opened, opened.visitor)
        except StoreError as problem:
            st.warning(str(problem))


def mine(opened: Open, me: str) -> None:
    """A visitor's conversations, to be opened, searched, named and deleted."""
    conversations = web.store().conversations
    if not (kept := conversations.listed(me)):
        return
    st.header("Your conversations")
    search = st.text_input("Search", placeholder="Search what was said", label_visibility="collapsed") if len(kept) > 1 else ""
    found = conversations.listed(me, search) if search else kept
    if not found:
        st.markdown("Nothing found.")
    more = len(found) > SHOWN and st.toggle(f"Show all {len(found)}")
    for entry in found if more else found[:SHOWN]:
        here = "**" if entry.id == opened.kept else ""
        label = f"{here}{markdown.plain(entry.title)}{here}"
        st.button(label, key=f"open-{entry.id}", on_click=opened.attempt, args=(opened.reopen, entry.id), type="tertiary", width="stretch")
    if opened.kept:
        with st.popover("This conversation", width="stretch"):
            this_one(opened, me, opened.kept)
    with st.popover("All that is kept of you", width="stretch"):
        st.link_button("Download my data", "/my/conversations.json", width="stretch")
        sure = st.checkbox("Yes, delete every conversation and end every link")
        st.button("Delete everything", disabled=not sure, on_click=opened.attempt, args=(delete_all, opened, me), width="stretch")


def this_one(opened: Open, me: str, identity: str) -> None:
    """What can be done with the open conversation."""
    with st.form("rename", border=False, clear_on_submit=True):
        title = st.text_input("New title", max_chars=LONGEST_TITLE)
        if st.form_submit_button("Rename"):
            opened.attempt(web.store().conversations.rename, me, identity, title)
            st.rerun()
    for name, kind in web.FORMATS:
        st.link_button(f"Summary as {name}", f"/my/conversations/{identity}/summary.{kind}", width="stretch")
    sure = st.checkbox("Yes, delete this conversation and end its links")
    st.button("Delete it", disabled=not sure, on_click=opened.attempt, args=(delete, opened, me, identity), width="stretch")


def delete(opened: Open, me: str, identity: str) -> None:
    """Forget a conversation, and open a new one."""
    web.store().conversations.delete(me, identity)
    opened.begin()


def delete_all(opened: Open, me: str) -> None:
    """Forget all of a visitor's conversations, and open a new one."""
    web.store().conversations.delete_all(me)
    opened.begin()
