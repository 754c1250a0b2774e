"""What an owner says about the business: who heads which function, now."""

from collections.abc import Sequence

from advisor.domain import DepartmentHead, Quote, RuleNumber
from advisor.normal import Break
from advisor.phrases import Match, Message
from advisor.rulebook import Entry, Role, Rulebook

NEAR = 25
"""How many words from a head the function may be named."""

ASKING = frozenset("may can could should shall".split())
"""What is asked about isn't told: "run this. May my coach …" names no head."""


def quote(message: Message, start: int, end: int) -> Quote:
    """The owner's exact words for a run of words."""
    read = message.read
    first, last = read.starts[start], read.ends[end - 1]
    return Quote(read.message[first:last], first, last)


def functions_in(message: Message, start: int, end: int, rulebook: Rulebook) -> list[str]:
    """The functions of the business that a run of words speaks of, in order."""
    return [
        rulebook.functions[label]
        for place in range(start, min(end, len(message.chart)))
        for label in message.chart[place]
        if label.startswith("<function_")
    ]


def heads(message: Message, matches: Sequence[Match[Entry]], rulebook: Rulebook) -> tuple[DepartmentHead, ...]:
    """The department heads that a message speaks of, in the order of its words."""
    found: list[DepartmentHead] = []
    told = [match for match in matches if match.owner.role is Role.HEAD]
    absent = {place: match for match in told if match.owner.name == "absent" for place in range(match.start - 1, match.end + 1)}
    trained = {place for match in matches if trains(match) for place in range(match.start + 1, match.end)}
    for match in told:
        present = match.owner.name == "present"
        if present and not ASKING.isdisjoint(message.read.forms[match.start : match.end]):
            continue
        if present and match.start in trained and message.read.forms[match.start - 1] == "new":
            continue
        denied = (absent[place] for place in range(match.start - 1, match.end + 1) if place in absent)
        if present and any(same_clause(message, other, match) for other in denied):
            continue
        start, end = clause(message, match.start)
        near = max(start, match.start - NEAR), min(end, match.end + NEAR)
        named = functions_in(message, match.start, match.end, rulebook) or functions_in(message, *near, rulebook)
        found.append(DepartmentHead(named[-1] if named else None, present, quote(message, match.start, match.end)))
    return tuple(found)


def trains(match: Match[Entry]) -> bool:
    """Whether a sign is one of training: a new head within it is its object, as in "onboard my new office manager"."""
    return match.owner.role is Role.SIGN and match.owner.rule is RuleNumber.TRAINING


def same_clause(message: Message, one: Match[Entry], other: Match[Entry]) -> bool:
    """Whether two matches begin in the same clause."""
    return clause(message, one.start) == clause(message, other.start)


def clause(message: Message, place: int, least: Break = Break.CLAUSE) -> tuple[int, int]:
    """The run of words around a place that no break of at least that strength parts."""
    return message.runs(least)[place]
