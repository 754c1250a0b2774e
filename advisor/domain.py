"""The values that the advisor reasons with, all frozen: rules, findings, verdicts, turns and conversations."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class RuleNumber(IntEnum):
    """The five rules; there is no sixth."""

    HIRING = 1
    VISION = 2
    TRAINING = 3
    RELATIONSHIPS = 4
    UNDERSTANDING = 5


class Verdict(StrEnum):
    """What an owner should do with a task, gravest first."""

    KEEP = "keep"
    STAY_INVOLVED = "stay_involved"
    LEARN_FIRST = "learn_first"
    ASK = "ask"
    HAND_OFF = "hand_off"

    @property
    def gravity(self) -> int:
        """How much it asks of the owner: 4 for ``keep`` down to 0 for ``hand_off``."""
        return len(Verdict) - 1 - list(Verdict).index(self)


class Certainty(StrEnum):
    """How sure the rule layer is of what it says about a task, surest first."""

    CLEAR = "clear"
    POSSIBLE = "possible"
    NONE = "none"
    UNKNOWN = "unknown"


class TurnKind(StrEnum):
    """What a reply has to do."""

    VERDICT = "verdict"
    WHY = "why"
    COUNTERFACTUAL = "counterfactual"
    PARTS = "parts"
    BRIEF = "brief"
    LEARN = "learn"
    PUSHBACK = "pushback"
    CLARIFY = "clarify"
    REDIRECT = "redirect"
    COMPARE = "compare"
    RECAP = "recap"


class Move(StrEnum):
    """What a message does, more finely than the kind of answer that it calls for."""

    NEW = "new"
    FACT = "fact"
    ANSWER = "answer"
    CORRECTION = "correction"
    WHY = "why"
    COUNTERFACTUAL = "counterfactual"
    PARTS = "parts"
    BRIEF = "brief"
    LEARN = "learn"
    PUSHBACK = "pushback"
    COMPARE = "compare"
    RECAP = "recap"
    REDIRECT = "redirect"

    @property
    def opens(self) -> bool:
        """Whether it opens a decision, rather than speaking of one."""
        return self in (Move.NEW, Move.FACT, Move.ANSWER, Move.CORRECTION)

    @property
    def follows(self) -> bool:
        """Whether it asks about, or argues against, what was decided."""
        return not self.opens and self is not Move.REDIRECT

    @property
    def kind(self) -> TurnKind:
        """The kind of answer that it calls for."""
        return TurnKind.VERDICT if self.opens else TurnKind(self.value)


class DecidedBy(StrEnum):
    """Who had the last word on a task."""

    RULES = "rules"
    MODEL = "model"


class ModelUse(StrEnum):
    """What became of the model in one turn."""

    USED = "used"
    NONE = "none"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Quote:
    """Some of the owner's exact words."""

    words: str
    start: int
    """Where they begin in the message, in characters."""
    end: int
    """Where they end, half-open: ``message[start:end] == words``."""

    def is_from(self, message: str) -> bool:
        """Whether these are words of this very message, and no others that read alike."""
        return message[self.start : self.end] == self.words


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule seen in the owner's own words."""

    rule: RuleNumber
    certainty: Certainty
    """``CLEAR`` or ``POSSIBLE``."""
    evidence: tuple[Quote, ...]
    """The words that show the rule; never empty."""
    sign: str
    """The name of the entry in the rule's file that recognised them."""
    boundary: str = ""
    """For a possible or guessed finding, where the line runs; empty for one that a phrase makes clear."""
    asks: bool = False
    """Whether one missing fact decides, so that the rule's question is due."""
    around: bool = False
    """Whether it is work around a kept task, which may go whatever a model says."""
    guessed: bool = False
    """Whether only the company of words suggests it: then it asks, unless it is all but certain."""
    heard: str = ""
    """Where a model heard it in the words, what it heard them do: an act of the rule's file ("ends somebody's work …")."""


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work that an owner speaks of handing over."""

    quote: Quote
    """The words that name it."""
    findings: tuple[Finding, ...] = ()
    work: str | None = None
    """The kind of work that the advisor knows it as, or ``None`` where it knows no such kind."""
    field: str | None = None
    """The function of the business that a training task is about ("kitchen"), where the words tell."""
    sentence: str = ""
    """The words around it, some two hundred letters either way at the most."""
    part: str = ""
    """Which part of what the words name it is, where an answer parted them: "customers"."""
    unread: Quote | None = None
    """What of its words can't be read: another language, or an encoding. The rules' silence on it is no leave."""
    translation: str = ""
    """What a model says that they mean, where they couldn't be read, as far as it counts: the findings are of this."""

    @property
    def certainty(self) -> Certainty:
        """How sure the rule layer is: that of its surest finding, else whether the kind of work is known and can be read."""
        if any(finding.certainty is Certainty.CLEAR for finding in self.findings):
            return Certainty.CLEAR
        if self.unread and not self.translation:
            return Certainty.UNKNOWN
        if self.findings:
            return Certainty.POSSIBLE
        return Certainty.NONE if self.work else Certainty.UNKNOWN


SEVERAL = " and "
"""What stands between the functions of those who are trained together; no one head leads them all."""


@dataclass(frozen=True, slots=True)
class DepartmentHead:
    """What an owner said about somebody who heads a function of the business."""

    function: str | None
    """The function headed, by the name it has in the rule file, else by the stems of the words for it; ``None`` where none tell."""
    present: bool
    """Whether there is such a head now; a planned or departed one is none."""
    quote: Quote
    told_of: frozenset[int] = frozenset()
    """The places of the tasks that were spoken of when this was told."""
    ends: Quote | None = None
    """The earlier words about a head who is one no more, where these speak of the same person."""


@dataclass(frozen=True, slots=True)
class Grasp:
    """What an owner said of their own grasp of a task already spoken of."""

    place: int
    """The task's, in the conversation."""
    enough: bool | None
    """Whether they can now judge the work; ``None`` where they leave that open ("never done it")."""
    quote: Quote


@dataclass(frozen=True, slots=True)
class Answer:
    """What an owner answered to the question about a task."""

    place: int
    """The task's, in the conversation."""
    names: tuple[str, ...]
    """By the names of their entries ("yes", "skip", "people", …), graver first."""
    quote: Quote
    brought: int | None = None
    """The place of the task that it parted from this one, if it parted any."""


Fact = DepartmentHead | Grasp | Answer
"""What an owner told that verdicts may rest on."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says about one task."""

    verdict: Verdict
    rules: tuple[RuleNumber, ...]
    reason: str
    """In one line; kept for the record, and shown to nobody."""
    act: str = ""
    """What the model heard the task do: the name of an act in a rule's file; empty where it is none of them."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict on one task, with all that a later "why?" needs."""

    task: Task
    verdict: Verdict
    certainty: Certainty
    findings: tuple[Finding, ...] = ()
    """The findings that the verdict rests on, or whose line it draws."""
    question: str | None = None
    """The one question whose answer would decide, where the verdict is ``ask``."""
    provisional: Verdict | None = None
    """The verdict that stands if the question is skipped; ``None`` where none can be given."""
    changed_by: Quote | None = None
    """The owner's words that re-opened the decision, where some did."""
    changed_from: Verdict | None = None
    """The verdict before that."""
    decided_by: DecidedBy = DecidedBy.RULES
    overridden: bool = False
    """Whether a model wanted something milder, or otherwise not allowed, and was overruled."""
    opinion: Opinion | None = None
    """What the model had said, where one was asked and answered."""

    @property
    def rules(self) -> tuple[RuleNumber, ...]:
        """The rules cited, clear and possible, each once, in order of number."""
        return tuple(sorted({finding.rule for finding in self.findings}))


@dataclass(frozen=True, slots=True)
class Advice:
    """What a model says of a turn's tasks, by their place in it."""

    opinions: dict[int, Opinion]


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that a model's answers took."""

    prompt_tokens: int
    answer_tokens: int

    def __add__(self, other: "Usage | None") -> "Usage":
        """Those of two answers together."""
        return Usage(self.prompt_tokens + other.prompt_tokens, self.answer_tokens + other.answer_tokens) if other else self


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a turn's decisions were made with, so that they can be made again."""

    rulebook: str
    """The version of the rule files."""
    prompts: str = ""
    """The version of the prompt files, where a model was asked."""
    model: str = ""
    """The model's name, where one was asked."""
    usage: Usage | None = None
    """Those of all calls of the turn; ``None`` where the server didn't tell, or wasn't heard to the end."""
    failure: str = ""
    """What the model failed of, where it did, for an operator: "status 401", "TimeoutError"."""
    breaches: tuple[str, ...] = ()
    """How the model's prose strayed, where it did, so that the rules' own words took its place."""
    passed_over: int = 0
    """How many of its sentences were left out because the guard couldn't vouch for them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a conversation has told about the business and its tasks."""

    told: tuple[Fact, ...] = ()
    """Oldest first: of two that contradict each other the newer counts."""

    @property
    def heads(self) -> tuple[DepartmentHead, ...]:
        """What was said of department heads, oldest first."""
        return tuple(fact for fact in self.told if isinstance(fact, DepartmentHead))

    def of(self, place: int) -> tuple[Grasp | Answer, ...]:
        """What was said of one task, oldest first."""
        return tuple(fact for fact in self.told if not isinstance(fact, DepartmentHead) and fact.place == place)

    @property
    def lasting(self) -> tuple[DepartmentHead, ...]:
        """What was said of department heads and still holds, newest first: without those who are none any more."""
        kept: list[DepartmentHead] = []
        ended: set[Quote] = set()
        for head in reversed(self.heads):
            if head.ends:
                ended.add(head.ends)
            elif head.quote not in ended:
                kept.append(head)
            ended.discard(head.quote)
        return tuple(kept)

    @property
    def counting(self) -> tuple[Fact, ...]:
        """Those that nothing newer overrides, newest first; of a head who is none any more, that it is so."""
        led = {head.function for head in self.lasting if head.present}
        newest: dict[object, Fact] = {}
        for fact in reversed(self.told):
            if isinstance(fact, DepartmentHead):
                holds = fact in self.lasting or (fact.ends is not None and fact.function not in led)
                if holds:
                    newest.setdefault(fact.function, fact)
            else:
                newest.setdefault((type(fact), fact.place), fact)
        return tuple(newest.values())


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says, before any judgement."""

    message: str
    kind: TurnKind
    aspect: str = ""
    """The side of it that is asked about, by the name of its entry ("source", "no_time", "greeting", …); empty for none in particular."""
    tasks: tuple[Task, ...] = ()
    facts: tuple[Fact, ...] = ()
    """What it tells for good."""
    forgets: tuple[Fact, ...] = ()
    """What it takes back."""
    withdraws: tuple[int, ...] = ()
    """Which tasks of the conversation it takes back, by their place in it: "no, I meant …"."""
    about: tuple[int, ...] = ()
    """Which tasks of the conversation it points at, by their place in it; empty for new tasks."""

    @property
    def heads(self) -> tuple[DepartmentHead, ...]:
        """What it says of department heads."""
        return Facts(self.facts).heads


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and the answer to it, as recorded."""

    said: str
    kind: TurnKind
    reply: str
    """The answer's words, without the cards."""
    aspect: str = ""
    """The side of it that was asked about; of a ``clarify``, the kind of turn that waits for the answer."""
    assessments: tuple[Assessment, ...] = ()
    """The tasks the turn is about, with the verdicts that stand after it; none where it asks which is meant."""
    about: tuple[int, ...] = ()
    """Their places in the conversation; of a ``clarify``, those of the tasks that may be meant."""
    question: str | None = None
    """The one question put to the owner, if any."""
    asked: int | None = None
    """The place of the task that it decides."""
    model: ModelUse = ModelUse.NONE
    note: str = ""
    """What the visitor should know of how the answer came about; empty in the normal case."""
    by_model: bool = False
    """Whether the reply is a model's prose."""
    provenance: Provenance | None = None
    """What it was decided with."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything said so far, and what stands."""

    turns: tuple[Turn, ...] = ()
    standing: tuple[Assessment, ...] = ()
    """Each task spoken of, in order of first mention, with the verdict that stands now."""
    first: tuple[Assessment, ...] = ()
    """The same as they were first settled, before anything more was told of them."""
    facts: Facts = field(default_factory=Facts)
    withdrawn: frozenset[int] = frozenset()
    """The places of those that the owner took back."""

    @property
    def current(self) -> tuple[int, ...]:
        """The places of the tasks that the owner hasn't taken back."""
        return tuple(place for place in range(len(self.standing)) if place not in self.withdrawn)

    @property
    def pending(self) -> int | None:
        """The place of the task whose question was put last and nobody has answered, if any."""
        asked = next((turn.asked for turn in reversed(self.turns) if turn.kind is TurnKind.VERDICT), None)
        return asked if asked in self.current and self.standing[asked].question else None
