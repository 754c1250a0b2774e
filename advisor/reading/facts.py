"""What an owner says about the business: who heads which function, now."""

import re
from collections.abc import Sequence

from advisor.domain import DepartmentHead, Facts, Quote, RuleNumber
from advisor.normal import Break, stem
from advisor.phrases import Match, Message
from advisor.reading.parts import IDLE
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
    told = [match for match in matches if match.owner.role is Role.HEAD and match.owner.name in CERTAIN]
    absent = {place: match for match in told if match.owner.name == "absent" for place in range(match.start - 1, match.end + 1)}
    trained = {place for match in matches if trains(match) for place in range(match.start + 1, match.end)}
    for match in told:
        present = match.owner.name == "present"
        before = message.read.forms[match.start - 1] if match.start else ""
        if present and (before == "to" or not ASKING.isdisjoint(message.read.forms[match.start : match.end])):
            continue
        if present and match.start in trained and before == "new":
            continue
        denied = (absent[place] for place in range(match.start - 1, match.end + 1) if place in absent)
        if present and any(same_clause(message, other, match) for other in denied):
            continue
        start, end = clause(message, match.start)
        near = max(start, match.start - NEAR), min(end, match.end + NEAR)
        named = functions_in(message, match.start, match.end, rulebook) or functions_in(message, *near, rulebook)
        found.append(DepartmentHead(named[-1] if named else None, present, quote(message, match.start, match.end)))
    return tuple(found)


CERTAIN = frozenset({"present", "absent"})
BARE = frozenset(
    (
        "head heads heading headed lead leads leader leading chief manager manages director foreman forewoman supervisor "
        "captain boss gaffer coordinator run runs ran running over charge answer answers report reports reporting under all "
        "whole team crew lot side floor place shop staff people everyone everybody lads girls guys boys man woman years year "
        "since months weeks now today yesterday monday tuesday wednesday thursday friday saturday sunday january february "
        "march april may june july august september october november december spring summer autumn winter morning night week "
        "month time title job full part quit left gone resigned retired notice sorry actually btw news well oh yes update "
        "correction scrap mistake forgot said told should have nobody none else anybody somebody someone acting senior "
        "general own real proper official officially basically really still already again here there place new old good bad "
        "days day first last next from both department section division group squad look looks after made make put named "
        "appointed promoted as of"
    ).split()
)
"""Words that tell no function: without another one a head is that of the task spoken of."""
THEM = frozenset({"them", "they", "these", "those", "it", "that", "this"})


def told_heads(message: Message, matches: Sequence[Match[Entry]], before: Facts, rulebook: Rulebook) -> tuple[DepartmentHead, ...]:
    """The department heads that a message tells of which does nothing but tell facts, however loosely; the last word counts.

    Clause by clause, what speaks of a loss or a plan outweighs what speaks of a head. A loss is one of a head told of
    before; where there was none, nothing is lost.
    """
    found: list[DepartmentHead] = []
    told = [match for match in matches if match.owner.role is Role.HEAD]
    for start, end in dict.fromkeys(message.runs(Break.CLAUSE)):
        here = [match for match in told if start <= match.start < end]
        asked = end < len(message.read.asked) and message.read.asked[end]
        lost = any(match.owner.name in ("absent", "lost") for match in here)
        likely = any(match.owner.name in ("present", "likely") and is_said(message, match, start) for match in here)
        if lost and not (likely and is_now(message, start, end)):
            gone = of_whom(message, start, end, (*before.heads, *found))
            found += [DepartmentHead(gone.function, False, quote(message, start, end), ends=gone.quote)] if gone else []
        elif likely and not asked and message.read.forms[start] not in ASKED:
            found.append(DepartmentHead(function_of(message, start, end, rulebook), True, quote(message, start, end)))
    return tuple(found)


ORDERS = frozenset("run lead manage look head go command boss oversee supervise ask".split())
ASKED = frozenset(
    "what why which how who where when under should does do did is can could may explain compare between tell give show please help".split()
)
"""With these a clause asks, though no question mark stands behind it."""


def is_said(message: Message, match: Match[Entry], start: int) -> bool:
    """Whether words for heading something are said of somebody: not an order, a purpose, or the owner's own head."""
    forms = message.read.forms
    before = forms[match.start - 1] if match.start > start else ""
    if (match.start == start and forms[start] in ORDERS) or before == "to":
        return False
    own = any(
        forms[place] == "head"
        and forms[place - 1] in ("my", "your", "the")
        and forms[place + 1 : place + 2] != ["of"]
        and before in ("in", "off", "over", "on", "round")
        for place in range(max(match.start, 1), match.end)
    )
    return not own


def of_whom(message: Message, start: int, end: int, heads: Sequence[DepartmentHead]) -> DepartmentHead | None:
    """Which head told of before a clause speaks of: one with a word in common, else the last one."""
    ended = {head.ends for head in heads if head.ends}
    present = [head for head in heads if head.present and head.quote not in ended]
    words = {form for form in message.read.forms[start:end] if form not in BARE and form not in IDLE}
    named = [head for head in present if words & set(head.quote.words.lower().split())]
    return next(reversed(named or present), None)


NOW = re.compile(r"\b(?:since|already|as of|from today|from now|right now|for years|these days|has been|is now|today|this morning)\b")
THEN = re.compile(
    r"\b(?:will|going to|gonna|next|soon|not|no|nobody|none|never|was|were|used to|had|if|once|when|until|till|plan|hope|might|may)\b"
)


def is_now(message: Message, start: int, end: int) -> bool:
    """Whether a clause says that something holds now, and nothing of it being otherwise."""
    clause = " ".join(message.read.forms[start:end])
    return bool(NOW.search(clause)) and not THEN.search(clause)


def function_of(message: Message, start: int, end: int, rulebook: Rulebook) -> str | None:
    """The function of the business that a clause speaks of: a known one, or its own words; ``None`` where it names none."""
    if known := functions_in(message, start, end, rulebook):
        return known[-1]
    forms = message.read.forms
    if not THEM.isdisjoint(forms[start:end]):
        return None
    named = [forms[place] for place in range(start, end) if not is_name(message, place) and "<helper>" not in message.chart[place]]
    words = [stem(form) for form in named if form not in BARE and form not in IDLE and len(form) > 2]
    return " ".join(dict.fromkeys(words)) or None


def is_name(message: Message, place: int) -> bool:
    """Whether a word is written like somebody's name."""
    read = message.read
    return "<name>" in message.chart[place] or (read.message[read.starts[place]].isupper() and not read.breaks[place])


def trains(match: Match[Entry]) -> bool:
    """Whether a sign is one of training: a new head within it is its object, as in "onboard my new office manager"."""
    return match.owner.role is Role.SIGN and match.owner.rule is RuleNumber.TRAINING


def same_clause(message: Message, one: Match[Entry], other: Match[Entry]) -> bool:
    """Whether two matches begin in the same clause."""
    return clause(message, one.start) == clause(message, other.start)


def clause(message: Message, place: int, least: Break = Break.CLAUSE) -> tuple[int, int]:
    """The run of words around a place that no break of at least that strength parts."""
    return message.runs(least)[place]
