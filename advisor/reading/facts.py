"""What an owner says about the business: who heads which function, now."""

from collections.abc import Sequence

from advisor.domain import DepartmentHead, Quote, RuleNumber
from advisor.normal import Break
from advisor.phrases import Match, Message
from advisor.rulebook import Entry, Role, Rulebook


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
    absent = [match for match in told if match.owner.name == "absent"]
    for match in told:
        present = match.owner.name == "present"
        if present and any(trains(message, other, match) for other in matches):
            continue
        if present and any(
            other.start < match.end + 2 and match.start < other.end + 2 and same_clause(message, other, match) for other in absent
        ):
            continue
        named = functions_in(message, match.start, match.end, rulebook) or functions_in(message, *clause(message, match.start), rulebook)
        found.append(DepartmentHead(named[-1] if named else None, present, quote(message, match.start, match.end)))
    return tuple(found)


def trains(message: Message, other: Match[Entry], head: Match[Entry]) -> bool:
    """Whether a sign of training takes a new head for its object: "onboard my new office manager"."""
    entry = other.owner
    inside = other.start < head.start and head.start < other.end
    return inside and entry.role is Role.SIGN and entry.rule is RuleNumber.TRAINING and message.read.forms[head.start - 1] == "new"


def same_clause(message: Message, one: Match[Entry], other: Match[Entry]) -> bool:
    """Whether two matches begin in the same clause."""
    return clause(message, one.start) == clause(message, other.start)


def clause(message: Message, place: int, least: Break = Break.CLAUSE) -> tuple[int, int]:
    """The run of words around a place that no break of at least that strength parts."""
    breaks = message.read.breaks
    start = place
    while start > 0 and breaks[start] < least:
        start -= 1
    end = place + 1
    while end < len(message.read) and breaks[end] < least:
        end += 1
    return start, end
