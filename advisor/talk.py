"""A conversation that goes on: each message answered, kept before it is shown, and worked on whether or not anybody looks."""

import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial

from advisor.conversation import answer, rephrased
from advisor.domain import Conversation, Turn
from advisor.jobs import Job, Jobs
from advisor.model import Model
from advisor.rulebook import Rulebook
from advisor.store import Overtaken, Store, StoreError, now

GONE = "That conversation isn't here any more. Here is a new one."
NOT_KEPT = "What you see here isn't kept yet: {problem}. It will be, with your next message."
NO_COOKIE = "What is said here isn't kept, and ends with this tab: your browser takes no cookie."
WENT_ON = "This conversation went on in another tab; what was said here meanwhile, and couldn't be kept, is no part of it."
NOT_CHANGED = "This conversation went on in another tab, so your last message was not changed. You wrote: {said}"
NOT_AS_IT_WAS = "This message can't be changed any more; send it as a new one: {said}"
MOST_SHOWN = 20
"""How many turns are drawn before one asks for more."""
AT_ONCE_S = 0.05
"""How long a job is waited for that may have nothing to do."""
MOST_OVERTAKEN = 5
"""How often a message is answered anew because another tab was faster, before that is taken for an error."""
logger = logging.getLogger(__name__)


@dataclass
class Keeping:
    """How a conversation is kept; shared with the job that answers in it, and no two of them keep at a time."""

    store: Callable[[], Store]
    visitor: str | None
    """Whose it is; ``None`` for a browser that takes no cookie."""
    identity: str | None = None
    """The conversation's, once it is kept."""
    problem: str = ""
    """Why the last turns of it are not kept, if so."""
    ended: Callable[["Keeping", Conversation, float], None] | None = None
    """Who is told of an answer that came to its end, with the seconds until its first step was kept."""

    def keep(self, conversation: Conversation, finished: bool, instead: Turn | None = None, again: bool = False) -> None:
        """Keep the last turn, and those before it that couldn't be kept; where it can't be done, the visitor is told.

        Raises:
            Overtaken: Another tab answered meanwhile.
        """
        if not self.visitor:
            return
        try:
            self.identity = self.store().conversations.save(self.visitor, self.identity, conversation, finished, now(), instead, again)
            self.problem = ""
        except StoreError as problem:
            self.problem = NOT_KEPT.format(problem=problem)

    def keep_on(self, conversation: Conversation, finished: bool, again: bool = False, took_s: float = 0.0) -> None:
        """Keep more of a turn that is kept already; where another tab has had it answered anew, that stands."""
        try:
            self.keep(conversation, finished, again=again)
        except Overtaken:
            logger.info("a turn was overtaken", extra={"conversation": self.identity})
        if finished:
            self.tell(conversation, took_s)

    def tell(self, conversation: Conversation, took_s: float) -> None:
        """Tell of an answer that came to its end."""
        if self.ended is not None:
            self.ended(self, conversation, took_s)


@dataclass
class Talk:
    """What a tab has open.

    It is one value of the session's, fetched once in a run: every look into the session is a moment at which Streamlit may
    cut the run short, and none may lie between a message and its being kept.
    """

    store: Callable[[], Store]
    jobs: Jobs
    visitor: str | None
    """Who visits; ``None`` for a browser that takes no cookie."""
    ended: Callable[[Keeping, Conversation, float], None] | None = None
    """Who is told of each answer that came to its end."""
    keeping: Keeping = field(init=False)
    conversation: Conversation = field(init=False)
    finished: bool = field(init=False)
    """Whether the last answer came to its end."""
    before: Conversation | None = field(init=False)
    """The conversation before its last turn, where that was answered in this tab."""
    instead: Turn | None = field(init=False)
    """The turn whose place the next one takes, if any."""
    job: Job[Conversation] | None = field(init=False)
    """The answer in the making, if any."""
    notice: str = field(init=False)
    """What the visitor should know of how it was opened, or of what couldn't be done."""
    from_list: str | None = field(init=False)
    """The list, by its identity, on which a card is that this is about, if any."""
    shown: int = field(init=False)
    """How many turns are drawn, the last ones."""
    editing: bool = field(init=False)
    """Whether the last message is being changed."""

    def __post_init__(self) -> None:
        self.begin()

    @property
    def kept(self) -> str | None:
        """The conversation's identity, once it is kept."""
        return self.keeping.identity

    @property
    def unkept(self) -> str:
        """Why the last turns are not kept, if so."""
        return self.keeping.problem

    def begin(self, notice: str = "") -> None:
        """Open a new conversation."""
        self.keeping = Keeping(self.store, self.visitor, problem="" if self.visitor else NO_COOKIE, ended=self.ended)
        self.conversation, self.finished, self.notice = Conversation(), True, notice
        self.before = self.instead = self.job = self.from_list = None
        self.shown, self.editing = MOST_SHOWN, False

    def reopen(self, identity: str) -> None:
        """Open a conversation that is kept; a new one where it isn't there, or isn't this visitor's."""
        kept = self.store().conversations.load(self.visitor, identity) if self.visitor else None
        if kept is None:
            self.begin(GONE)
            return
        self.keeping = Keeping(self.store, self.visitor, kept.id, ended=self.ended)
        self.conversation, self.finished, self.notice = kept.conversation, kept.finished, ""
        self.before = self.instead = None
        self.shown, self.editing = MOST_SHOWN, False
        self.job = self.jobs.of(kept.id)
        self.from_list = self.store().boards.holding(str(self.visitor), kept.id)

    def attempt(self, do: Callable[..., object], *what: object) -> None:
        """Do something with what is kept; where that can't be reached, the visitor is told."""
        try:
            do(*what)
        except StoreError as problem:
            self.notice = f"That couldn't be done: {problem}."

    def catch_up(self) -> None:
        """Take over how far the answer in the making has come."""
        if self.job is None:
            return
        ended = self.job.ended
        if len(self.job.latest.turns) == len(self.conversation.turns):
            self.conversation = self.job.latest
            self.finished = ended and self.job.finished
        if ended:
            self.job = None

    def stop(self) -> None:
        """Stop the answer in the making; what there is of it stays."""
        if self.job is None and self.kept:
            self.job = self.jobs.of(self.kept)
        if self.job is not None:
            self.job.stop()
            self.catch_up()

    def say(self, said: str, rulebook: Rulebook, model: Model | None) -> None:
        """Answer a message: at once in the rules' own words, and kept; a model's part is a job's.

        Where another tab answered meanwhile, the message is answered after that.
        """
        self.notice, self.editing, went_on = "", False, ""
        self.stop()
        for patience in reversed(range(MOST_OVERTAKEN)):
            if self.kept and not self.unkept and self.instead is None:
                self.attempt(self.refresh)
            self.before, instead, behind = self.conversation, self.instead, bool(self.unkept)
            try:
                self._begin(answer(said, self.conversation, rulebook, model), instead, model is None)
            except Overtaken:
                if not patience or not self.kept:
                    raise
                self.attempt(self.reopen, self.kept)
                if instead is not None:
                    if self.conversation.turns[-1:] and self.conversation.turns[-1].said != said:
                        self.notice = NOT_CHANGED.format(said=said)
                    return
                went_on = WENT_ON if behind else went_on
                continue
            self.instead, self.notice = None, self.notice or went_on
            return

    def rephrase(self, rulebook: Rulebook, model: Model | None) -> None:
        """Have the last answer in other words; what was decided stands."""
        self.stop()
        try:
            self._begin(rephrased(self.conversation, rulebook, model), self.conversation.turns[-1], model is None, again=True)
        except Overtaken:
            if self.kept:
                self.attempt(self.reopen, self.kept)

    def edit(self, said: str, rulebook: Rulebook, model: Model | None) -> None:
        """Answer another message in the place of the last one, or the same anew.

        Raises:
            StoreError: What was said before it can't be read just now; nothing is changed.
        """
        self.stop()
        number = len(self.conversation.turns)
        last = self.conversation.turns[-1]
        earlier = self.before if self.before is not None and len(self.before.turns) == number - 1 else None
        if earlier is None and self.visitor and self.kept:
            kept = self.store().conversations.load(self.visitor, self.kept, before=number)
            earlier = kept.conversation if kept else None
        if earlier is None:
            self.notice = NOT_AS_IT_WAS.format(said=said)
            return
        self.conversation, self.instead = earlier, last
        self.say(said, rulebook, model)

    def refresh(self) -> None:
        """Read the conversation again, where another tab has added to it."""
        assert self.visitor is not None, "it is kept"
        if self.kept and not self.store().conversations.is_at(self.visitor, self.kept, self.conversation):
            self.reopen(self.kept)
            self.stop()

    def _begin(self, steps: Generator[Conversation, None, None], instead: Turn | None, alone: bool, again: bool = False) -> None:
        """Keep the first step of an answer, and leave the rest to a job; where the rules answer ``alone``, there is no rest.

        Raises:
            Overtaken: Another tab answered meanwhile.
        """
        began = time.monotonic()
        try:
            first = next(steps)
            self.keeping.keep(first, alone, instead, again)
        except BaseException:
            steps.close()
            raise
        self.conversation, self.finished, took_s = first, alone, time.monotonic() - began
        if alone:
            steps.close()
            self.keeping.tell(first, took_s)
        else:
            keep = partial(self.keeping.keep_on, again=again, took_s=took_s)
            self.job = self.jobs.begin(self.kept or str(id(self)), Job(steps, first, keep))
            self.job.wait(AT_ONCE_S)
            self.catch_up()
