"""What whoever runs the advisor sees: counts by day and by rule, as a page; never a word of anybody's. Pure."""

import base64
import binascii
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from advisor.rulebook import Rulebook
from advisor.sharing import LOADS, PAGES, long_date
from advisor.store.tallies import Counted, Tally
from advisor.wording import VERDICT_WORDS

DAYS = 30
"""How many days the page goes back, today among them."""
DAILY = (
    (Counted.ANSWER, "Answers"),
    (Counted.VERDICT, "Verdicts"),
    (Counted.CARD, "Cards of lists"),
    (Counted.OVERRULED, "Model overruled"),
    (Counted.MODEL, "With a model"),
    (Counted.BREACH, "Prose replaced"),
    (Counted.FAILURE, "Model failed"),
    (Counted.HELPFUL, "Thumbs up"),
    (Counted.WRONG, "Thumbs down"),
)
BY_RULE = tuple(pair for pair in DAILY if pair[0] in (Counted.VERDICT, Counted.CARD, Counted.OVERRULED, Counted.HELPFUL, Counted.WRONG))


@dataclass(frozen=True, slots=True)
class Chart:
    """One table with a bar to each number."""

    title: str
    first: str
    """What the rows are."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    most: tuple[int, ...]
    """The largest number of each column, at least 1."""


def allowed(authorization: str | None, token: str) -> bool:
    """Whether a request's header brings the operator's token: as a password, whatever the name (RFC 7617), or as it is (RFC 6750)."""
    scheme, _, credentials = (authorization or "").partition(" ")
    if scheme.lower() == "bearer":
        return secrets.compare_digest(credentials.encode(), token.encode())
    try:
        password = base64.b64decode(credentials, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and secrets.compare_digest(password, token.encode())


def as_page(tallies: Sequence[Tally], today: date, rulebook: Rulebook) -> str:
    """The page.

    Args:
        tallies: What was counted since ``DAYS`` days ago.
        today: The last day shown.
        rulebook: The rules and their titles.
    """
    days = [today - timedelta(days=ago) for ago in range(DAYS)]
    named = {0: "No rule", **{int(rule.number): f"{rule.number}. {rule.title}" for rule in rulebook.rules.values()}}
    by_verdict = (Counted.VERDICT, Counted.CARD, Counted.OVERRULED)
    charts = (
        chart("By day", "Day", DAILY, [(long_date(day), counted([each for each in tallies if each.day == day])) for day in days]),
        chart(
            "By rule", "Rule", BY_RULE, [(name, counted([each for each in tallies if each.rule == rule])) for rule, name in named.items()]
        ),
        chart(
            "By verdict",
            "Verdict",
            [pair for pair in DAILY if pair[0] in by_verdict],
            [(words, counted([each for each in tallies if each.verdict == verdict])) for verdict, words in VERDICT_WORDS.items()],
        ),
    )
    return PAGES.get_template("operator.html").render(charts=charts, days=DAYS, policy=LOADS)


def counted(tallies: Sequence[Tally]) -> Counter[Counted]:
    """How often each thing was counted in all."""
    total: Counter[Counted] = Counter()
    for each in tallies:
        total[each.what] += each.times
    return total


def chart(title: str, first: str, columns: Sequence[tuple[Counted, str]], rows: Sequence[tuple[str, Counter[Counted]]]) -> Chart:
    """One table."""
    numbers = tuple((name, tuple(total[what] for what, _ in columns)) for name, total in rows)
    most = tuple(max(1, *(row[at] for _, row in numbers)) for at in range(len(columns)))
    return Chart(title, first, tuple(name for _, name in columns), numbers, most)
