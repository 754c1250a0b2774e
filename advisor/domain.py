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
    """For a possible finding, where the line runs; empty for a clear one."""
    asks: bool = False
    """Whether one missing fact decides, so that the rule's question is due."""
    around: bool = False
    """Whether it is work around a kept task, which may go whatever a model says."""
    guessed: bool = False
    """Whether only the company of words suggests it, so that it asks and no more."""
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


@dataclass(frozen=True, slots=True)
class DepartmentHead:
    """What an owner said about somebody who heads a function of the business."""

    function: str | None
    """The function headed, by the name it has in the rule file; ``None`` where the words don't tell."""
    present: bool
    """Whether there is such a head now; a planned or departed one is none."""
    quote: Quote


@dataclass(frozen=True, slots=True)
class Understanding:
    """What an owner said about their own grasp of a task already spoken of."""

    enough: bool
    """Whether they can now judge the work."""
    quote: Quote


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
    decided_by: DecidedBy = DecidedBy.RULES
    overridden: bool = False
    """Whether a model wanted something milder, or otherwise not allowed, and was overruled."""
    model_verdict: Verdict | None = None
    """What the model had said, where one was asked and answered."""
    reason: str = ""
    """The model's one-line reason, where its verdict was taken; kept for the record, and shown to nobody."""

    @property
    def rules(self) -> tuple[RuleNumber, ...]:
        """The rules cited, clear and possible, each once, in order of number."""
        return tuple(sorted({finding.rule for finding in self.findings}))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says about one task."""

    verdict: Verdict
    rules: tuple[RuleNumber, ...]
    reason: str
    act: str = ""
    """What the model heard the task do: the name of an act in a rule's file; empty where it is none of them."""


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
    """What a conversation has told about the business."""

    heads: tuple[DepartmentHead, ...] = ()
    """Oldest first: for each function the newest statement counts."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says, before any judgement."""

    message: str
    kind: TurnKind
    tasks: tuple[Task, ...] = ()
    heads: tuple[DepartmentHead, ...] = ()
    understanding: Understanding | None = None
    about: tuple[int, ...] = ()
    """Which tasks of the conversation the turn points at, by their place in it; empty for new tasks."""
    topic: str = ""
    """For a turn that needs no task: which short reply it calls for ("greeting", "about", …)."""
    answers: tuple[str, ...] = ()
    """The answers given to a pending question, by the names of their entries ("yes", "skip", "people", …), graver first."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and the answer to it, as recorded."""

    said: str
    kind: TurnKind
    reply: str
    """The answer's words, without the cards."""
    assessments: tuple[Assessment, ...] = ()
    """The tasks the turn is about, with the verdicts that stand after it."""
    about: tuple[int, ...] = ()
    """Their places in the conversation."""
    model: ModelUse = ModelUse.NONE
    note: str = ""
    """What the visitor should know of how the answer came about; empty in the normal case."""
    by_model: bool = False
    """Whether the reply is a model's prose."""
    provenance: Provenance | None = None
    """What it was decided with."""

    @property
    def question(self) -> str | None:
        """The one question put to the owner, if any."""
        return next((a.question for a in self.assessments if a.question), None)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything said so far, and what stands."""

    turns: tuple[Turn, ...] = ()
    standing: tuple[Assessment, ...] = ()
    """Each task spoken of, in order of first mention, with the verdict that stands now."""
    facts: Facts = field(default_factory=Facts)

    @property
    def pending(self) -> int | None:
        """The place of the task whose question the last turn put and nobody has answered, if any."""
        last = next((turn for turn in reversed(self.turns) if turn.kind is not TurnKind.REDIRECT), None)
        if last is None:
            return None
        return next((place for place in last.about if self.standing[place].question), None)
