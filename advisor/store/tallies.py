"""Counts for whoever runs the advisor: how often what was decided, by day; never a word of anybody's."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Table, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from advisor.domain import Assessment, ModelUse, RuleNumber, Turn, TurnKind
from advisor.store.database import Database
from advisor.store.schema import FEEDBACK, TALLIES


class Counted(StrEnum):
    """What is counted."""

    ANSWER = "answer"
    """An answer in a talk."""
    VERDICT = "verdict"
    """A verdict in a talk, by verdict and rule."""
    CARD = "card"
    """A card of a list, by verdict and rule."""
    OVERRULED = "overruled"
    """A rule's word over a model's, by verdict and rule."""
    BREACH = "breach"
    """A model's prose that strayed and was replaced."""
    MODEL = "model"
    """An answer that a model had part in."""
    FAILURE = "failure"
    """A model that gave no usable answer."""
    HELPFUL = "helpful"
    """A thumb up, by verdict and rule."""
    WRONG = "wrong"
    """A thumb down, by verdict and rule."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was counted on a day."""

    day: date
    what: Counted
    verdict: str
    """Empty where it is of none."""
    rule: int
    """0 where it is of none."""
    times: int


Counts = Counter[tuple[Counted, str, int]]
"""How often what, of which verdict, by which rule."""


class Tallies:
    """The counts of one deployment.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, day: date) -> tuple[Tally, ...]:
        """What was counted on a day and after it, oldest first; of feedback, what still stands."""
        wanted = select(TALLIES).where(TALLIES.c.day >= day)
        given = func.date(FEEDBACK.c.at)
        what = case((FEEDBACK.c.helpful, Counted.HELPFUL.value), else_=Counted.WRONG.value)
        rated = select(given.label("day"), what.label("what"), FEEDBACK.c.verdict, FEEDBACK.c.rule, func.count().label("times"))
        rated = rated.group_by(given, what, FEEDBACK.c.verdict, FEEDBACK.c.rule)
        with self._database.reading() as connection:
            rows = [*connection.execute(wanted).mappings(), *connection.execute(rated).mappings()]
        days = [dict(row) | {"day": row["day"] if isinstance(row["day"], date) else date.fromisoformat(row["day"])} for row in rows]
        found = [Tally(**row | {"what": Counted(row["what"])}) for row in days if row["day"] >= day]
        return tuple(sorted(found, key=lambda each: (each.day, each.what, each.verdict, each.rule)))


def count(connection: Connection, day: date, counts: Counts) -> None:
    """Add to a day's counts, within what else is being written."""
    if not counts:
        return
    rows = [  # in one order, so that two writers never wait for each other
        {"day": day, "what": what.value, "verdict": verdict, "rule": rule, "times": times}
        for (what, verdict, rule), times in sorted(counts.items())
    ]
    connection.execute(ADDING[connection.dialect.name], rows)


def adding(insert: Callable[[Table], Any]) -> Any:
    """The statement by which a database adds to a count."""
    fresh = insert(TALLIES)
    key = [TALLIES.c.day, TALLIES.c.what, TALLIES.c.verdict, TALLIES.c.rule]
    return fresh.on_conflict_do_update(index_elements=key, set_={"times": TALLIES.c.times + fresh.excluded.times})


ADDING = {"sqlite": adding(sqlite.insert), "postgresql": adding(postgresql.insert)}


def of_turn(turn: Turn) -> Counts:
    """What there is to count in a finished answer."""
    counts: Counts = Counter({(Counted.ANSWER, "", 0): 1})
    if turn.kind is TurnKind.VERDICT:
        counts += of_verdicts(turn.assessments, Counted.VERDICT)
        if turn.model is ModelUse.USED:
            counts[Counted.MODEL, "", 0] += 1
        if turn.model is ModelUse.FAILED:
            counts[Counted.FAILURE, "", 0] += 1
        if turn.provenance and turn.provenance.breaches:
            counts[Counted.BREACH, "", 0] += 1
    return counts


def of_verdicts(assessments: Iterable[Assessment], what: Counted) -> Counts:
    """What there is to count in some verdicts."""
    counts: Counts = Counter()
    for each in assessments:
        counts[what, each.verdict.value, rule_of(each)] += 1
        if each.overridden:
            counts[Counted.OVERRULED, each.verdict.value, rule_of(each)] += 1
    return counts


def rule_of(assessment: Assessment) -> int:
    """The number of the rule that a verdict is counted by: the first of those cited but the fifth; 0 for none."""
    numbers = sorted(assessment.rules, key=lambda number: (number is RuleNumber.UNDERSTANDING, number))
    return int(numbers[0]) if numbers else 0
