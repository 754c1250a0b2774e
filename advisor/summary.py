"""One look at a conversation: each task with its verdict, why, what stays, what can go, and what to do next. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from advisor import wording
from advisor.domain import Answer, Assessment, Conversation, DecidedBy, DepartmentHead, RuleNumber, Verdict
from advisor.rulebook import Rulebook

NEXT = {
    Verdict.KEEP: "Do this one yourself; hand off what is listed under “can go”.",
    Verdict.STAY_INVOLVED: "Agree with your department head who does what, and when you look in.",
    Verdict.LEARN_FIRST: "Learn enough to tell good work from bad, then ask again.",
    Verdict.ASK: "Answer the open question.",
    Verdict.HAND_OFF: "Hand it over with a brief: outcome, what done looks like, limits, when to check in.",
}


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """One task as a summary shows it; all of it plain text."""

    task: str
    verdict: Verdict
    rule: str
    """Its number and title; empty where no rule applies."""
    why: str
    """One line."""
    stays: tuple[str, ...]
    goes: tuple[str, ...]
    next_step: str
    question: str = ""
    """What is open, if anything."""
    decided_by: DecidedBy = DecidedBy.RULES
    hours: float | None = None
    """How many a week it takes, where the owner said."""
    decided: str = ""
    """What the owner decided against the advisor, where they did: a column's words."""


@dataclass(frozen=True, slots=True)
class Said:
    """A turn that the owner chose to include."""

    owner: str
    advisor: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a conversation came to, on a day."""

    made: date
    tasks: tuple[TaskSummary, ...]
    facts: tuple[str, ...] = ()
    """What the owner told that verdicts rest on."""
    transcript: tuple[Said, ...] = ()
    """Only what the owner chose to include, in order."""

    def mapped(self, change: Callable[[str], str]) -> "Summary":
        """The same with every text that came of the owner's words, or may hold them, changed."""

        def each(texts: Iterable[str]) -> tuple[str, ...]:
            return tuple(map(change, texts))

        tasks = tuple(
            replace(
                task,
                task=change(task.task),
                why=change(task.why),
                question=change(task.question),
                stays=each(task.stays),
                goes=each(task.goes),
            )
            for task in self.tasks
        )
        transcript = tuple(Said(change(said.owner), change(said.advisor)) for said in self.transcript)
        return replace(self, tasks=tasks, facts=each(self.facts), transcript=transcript)


def summarise(
    conversation: Conversation, made: date, rulebook: Rulebook, without: Iterable[int] = (), turns: Iterable[int] = ()
) -> Summary:
    """Sum up a conversation from its record.

    Args:
        conversation: The conversation.
        made: The day of the summary.
        rulebook: The rules and their wording.
        without: The places of tasks to leave out.
        turns: The places of turns to include word for word.
    """
    left_out = set(without)
    places = [place for place in conversation.current if place not in left_out]
    trained = any(RuleNumber.TRAINING in conversation.standing[place].rules for place in places)
    facts = (fact for fact in conversation.facts.counting if not isinstance(fact, Answer))
    told = (fact for fact in facts if (trained if isinstance(fact, DepartmentHead) else fact.place in places))
    return Summary(
        made,
        tuple(one(conversation.standing[place], rulebook) for place in places),
        tuple(dict.fromkeys(wording.in_words(fact) for fact in told)),
        tuple(Said(conversation.turns[at].said, conversation.turns[at].reply) for at in sorted(set(turns))),
    )


def one(assessment: Assessment, rulebook: Rulebook) -> TaskSummary:
    """One task, summed up."""
    rule, split = wording.ruling(assessment, rulebook), wording.carrying(assessment, rulebook)
    keeps = assessment.verdict is not Verdict.HAND_OFF
    return TaskSummary(
        task=assessment.task.quote.words,
        verdict=assessment.verdict,
        rule=f"{'Rule' if keeps else 'Next to rule'} {rule.number}: {rule.title}" if rule else "",
        why=(rule.reason if keeps else wording.boundary(assessment, rule)) if rule else wording.without_rule(assessment),
        stays=split.stays if split else (),
        goes=split.goes if split else (),
        next_step=NEXT[assessment.verdict],
        question=assessment.question or "",
        decided_by=assessment.decided_by,
    )
