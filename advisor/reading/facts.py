"""The pieces of a message, and whether the owner says them in earnest."""

import re
from collections.abc import Iterator

from advisor.domain import Quote
from advisor.normal import Break
from advisor.phrases import Message
from advisor.rulebook import Rulebook
from advisor.statements import Statements

OPENERS = frozenset(
    "well oh ok okay yes yeah no but and so actually sorry btw hm right then hello hi now also look listen ah aye nah sure".split()
)
ASKS = frozenset("do does did is are am was were can could would should may might shall will have has".split())
"""With one of these a piece asks, whatever stands at its end."""
DONE = frozenset("the a an my that both two three some all last".split())
"""After "did" these make a statement without its subject: "did the course"."""
ABLE = frozenset("tell see spot check judge read follow catch compare explain".split())
"""After "can" these make one, too: "can tell good from bad"."""
SUPPOSES = frozenset("what why how who which when where whether if let assuming suppose imagine pretend once thanks give".split())
"""With one of these a sentence asks or supposes."""
LONGEST_TAG = 2
"""How many words ask no more than whether what was said is so, but for "not": "don't we?"."""
QUOTED = re.compile(r"[\"“”«»]|(?:^|[\s(])['‘]\w")
NEWS = frozenset(
    (
        "update news good ok so correction fact thing is to fair be the in short i we should have said mentioned told forgot say mention"
    ).split()
)
"""What may stand before a colon without putting what follows in another's mouth."""


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


def pieces(message: Message) -> Iterator[tuple[int, int]]:
    """The pieces of a message that commas and joining words part, each once."""
    for start, end in dict.fromkeys(message.runs(Break.COMMA)):
        cuts = [place for place in range(start + 1, end - 1) if message.read.forms[place] in ("and", "but", "n")]
        yield from zip([start, *(place + 1 for place in cuts)], [*cuts, end], strict=True)


def asked(message: Message, end: int) -> bool:
    """Whether a piece is asked: its sentence is a question, and no later part of it is what asks, as in "we have one, could she …?"."""
    _, last = message.runs(Break.SENTENCE)[end - 1]
    if last >= len(message.read.asked) or not message.read.asked[last]:
        return False
    later = (message.read.forms[start:stop] for start, stop in dict.fromkeys(message.runs(Break.COMMA)[end:last]))
    return not any(opens_with(ASKS, forms) for forms in later if len(forms) > LONGEST_TAG + ("not" in forms))


def in_earnest(message: Message, start: int, end: int) -> bool:
    """Whether a piece is the owner's own and says how things are: not asked, quoted, reported, or put in another's mouth."""
    read = message.read
    first, last = message.runs(Break.SENTENCE)[start]
    first, last = max(first, start - FARTHEST), min(last, end + FARTHEST)
    around = read.message[max(read.starts[first] - 2, 0) : read.ends[last - 1] + 1]
    asks = opens_with(ASKS, read.forms[start:end]) or opens_with(SUPPOSES, read.forms[first:last])
    led_in = read.message.rfind(":", read.starts[first], read.starts[start])
    by_whom = {form for place, form in enumerate(read.forms[first:start], first) if read.ends[place] <= led_in}
    return not (asks or asked(message, end) or QUOTED.search(around)) and not by_whom - OPENERS - NEWS


FARTHEST = 100
"""How many words before and after a piece may still say that it isn't meant in earnest."""


def opens_with(kind: frozenset[str], forms: list[str]) -> bool:
    """Whether some words begin with one of a kind, but for what only leads in; "should have said" asks nothing."""
    opening = [form for form in forms if form not in OPENERS][:2]
    able = opening[:1] in (["can"], ["could"]) and not ABLE.isdisjoint(opening)
    states = opening in (["should", "have"], ["should", "said"]) or (opening[:1] == ["did"] and not DONE.isdisjoint(opening)) or able
    return bool(opening) and opening[0] in kind and not states


def doubted(message: Message, statements: Statements) -> bool:
    """Whether anything in a message makes all that it tells a joke, a supposition, hearsay or a lie."""
    forms = message.read.forms
    hearsay = (statements.says("hearsay", " ".join(forms[start:end])) for start, end in pieces(message))
    return statements.says("irony", " ".join(forms)) or any(hearsay)


def is_name(message: Message, place: int) -> bool:
    """Whether a word is, or is written like, somebody's name."""
    read = message.read
    return "<name>" in message.chart[place] or (
        read.message[read.starts[place]].isupper()
        and len(read.forms[place]) > 1
        and not read.breaks[place]
        and read.starts[place - 1 : place] != read.starts[place : place + 1]
    )


def clause(message: Message, place: int, least: Break = Break.CLAUSE) -> tuple[int, int]:
    """The run of words around a place that no break of at least that strength parts."""
    return message.runs(least)[place]
