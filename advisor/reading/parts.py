"""The parts of a sentence: which of them hand something over, how plainly, and which only tell."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from advisor.normal import Break
from advisor.phrases import JOINING, Match, Message
from advisor.rulebook import Entry, Role

BACKGROUND = frozenset("because since while when if until after before although though unless as".split())
LEADING = frozenset("to and also please then do for so be or i we".split())
TELLING = frozenset(
    (
        "i we my our it he she they there you this that hi hello hey good what why how where when is are was did do does "
        "thanks thank no yes ok okay"
    ).split()
)
DONE = frozenset("the a an my our some all".split())
"""After "do" these make an order of it, not a question."""
SUBJECTS = frozenset("i we he she it they you there".split())
TOLD = frozenset("am is are was were has had have goes went came wants needs did".split())
HANDING_OVER = ("handing_over", "paying_for_help", "passing_on")
PLANNED = "doing_it"
SMALL_TALK = frozenset({"order", "about", "off_topic"})
POLITE = frozenset({"thanks", "greeting"})
LONGEST_GREETING = 8
"""How many words a greeting or thanks may have, at the most, to be all that a message says."""
IDLE = frozenset(
    (
        "the a an my our to of in on for and or is are be do does did it this that i we me us with at so not no any all "
        "some have has had am what how about can could would should will they them he she him her get got go just much "
        "thing stuff work works job know life"
    ).split()
)


def is_small_talk(message: Message, matches: Sequence[Match[Entry]]) -> bool:
    """Whether a message greets, thanks, asks about the advisor or orders it about, rather than telling of a task."""
    shown = {match.owner.name for match in matches if match.owner.role is Role.TURN}
    asks = any(message.read.asked) and any(is_work(here) for here in message.chart)
    return bool(shown & SMALL_TALK or (shown & POLITE and len(message.read) <= LONGEST_GREETING and not asks))


def is_work(labels: Iterable[str]) -> bool:
    """Whether a word with these labels names known work, and not only a trade."""
    return any(label.startswith("<work_") and label != "<work_trades>" for label in labels)


def runs(message: Message, least: Break) -> list[tuple[int, int]]:
    """The stretches of words between breaks of at least a strength."""
    return list(dict.fromkeys(message.runs(least)))


def trade(message: Message, frames: Sequence[Match[Entry]]) -> str | None:
    """The known work of "hire a cleaner for the office": the trade's own, where nothing else is named."""
    paying = (place for match in frames if match.owner.name == "paying_for_help" for place in range(match.start, match.end))
    return "<work_trades>" if any("<work_trades>" in message.chart[place] for place in paying) else None


def listing(message: Message, span: tuple[int, int]) -> tuple[int, int]:
    """What a sentence lists after its colon ("my list: the post, the till, the phone"); all of it, where it lists nothing there."""
    read = message.read
    for place in range(span[0] + 1, span[1]):
        if read.breaks[place] and ":" in read.message[read.ends[place - 1] : read.starts[place]]:
            return (place, span[1]) if sum(map(bool, read.breaks[place + 1 : span[1]])) > 1 else span
    return span


def introduces(message: Message, span: tuple[int, int]) -> bool:
    """Whether a sentence only announces a list: it ends with a colon."""
    end = message.read.ends[span[1] - 1]
    return message.read.message[end:].lstrip()[:1] == ":"


def by_sentence(matches: Iterable[Match[Entry]], sentences: Sequence[tuple[int, int]]) -> list[list[Match[Entry]]]:
    """Matches, in the order of their words, by the sentence that they begin in."""
    sorted_in: list[list[Match[Entry]]] = [[] for _ in sentences]
    number = 0
    for match in sorted(matches, key=lambda each: each.start):
        while match.start >= sentences[number][1]:
            number += 1
        sorted_in[number].append(match)
    return sorted_in


def hands_over(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> bool:
    """Whether a stretch of words speaks of somebody else doing something."""
    if any(match.owner.name in HANDING_OVER and span[0] <= match.start < span[1] for match in frames):
        return True
    return span[1] < len(message.read.asked) and message.read.asked[span[1]] and message.has("<else>", *span)


def tells(message: Message, span: tuple[int, int]) -> bool:
    """Whether a sentence tells something, rather than naming work to be done."""
    opening = message.read.forms[span[0] : span[0] + 4]
    if opening[0] in TELLING:
        return opening[0] != "do" or opening[1:2] == [] or opening[1] not in DONE
    return any(form in TOLD and before not in ("who", "which", "that", "what") for before, form in pairwise(opening))


def unframed(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> tuple[int, int] | None:
    """A sentence without the words that only ask: what is left names the task, if anything does."""
    start, end = span
    for match in frames:
        if match.owner.name != "kept_back" and start <= match.start <= start + 2 and match.end <= end:
            start = match.end
    forms = message.read.forms
    while start < end and (forms[start] in LEADING or ("<light>" in message.chart[start] and end - start > 2)):
        start += 1
    if any(forms[place] not in IDLE and "<else>" not in message.chart[place] for place in range(start, end)):
        return start, end
    return None


def handed_parts(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> list[tuple[int, int, int]]:
    """The parts of a sentence between commas and joining words, each with how plainly it is handed over.

    A part that names who would do it hands over itself and the parts that follow, until one begins with a subject of
    its own: "can my VA do the books, the post and the filing, I hate it".
    """
    read, parts = message.read, []
    start, weight = span[0], 0
    for place in range(span[0] + 1, span[1] + 1):
        if place < span[1] and not (read.breaks[place] or (read.forms[place] in JOINING and place > start)):
            continue
        weight = part_weight(message, (start, place), weight, frames, read.asked[span[1]])
        parts.append((start, place, weight))
        start = place
    named = [part for part in parts if part[2] >= 2]
    if named and not any(has_work(message, part) for part in named):
        return [(first, last, weight if weight >= 2 or has_subject(message, first, last) else 3) for first, last, weight in parts]
    asks = any(match.owner.name == "asking" for match in frames) or read.asked[span[1]]
    return [(first, last, weight or int(asks and not has_subject(message, first, last))) for first, last, weight in parts]


def part_weight(message: Message, part: tuple[int, int], before: int, frames: Sequence[Match[Entry]], asked: bool) -> int:
    """How plainly one part of a sentence is handed over, given the part before it."""
    here = {match.owner.name for match in frames if part[0] <= match.start < part[1]}
    if "passing_on" in here or (asked and here & set(HANDING_OVER)):
        return 3
    if here & set(HANDING_OVER):
        return 2
    if PLANNED in here:
        return 2 if asked else 1
    if message.read.asked[part[1]] and message.has("<helper>", *part):
        return 3
    return 0 if has_subject(message, *part) else before


def has_subject(message: Message, start: int, end: int) -> bool:
    """Whether a part of a sentence begins with a subject of its own, so that it tells something."""
    forms = message.read.forms
    while start < end - 1 and (forms[start] in JOINING or forms[start] in ("but", "so", "also", "now", "then")):
        start += 1
    if forms[start] in SUBJECTS or forms[start] in BACKGROUND:
        return True
    return any(
        form in TOLD and before not in ("who", "which", "that", "what", "can", "could")
        for before, form in pairwise(forms[start : min(start + 5, end)])
    )


def has_work(message: Message, part: tuple[int, int, int]) -> bool:
    """Whether a part of a sentence names known work."""
    return any(label.startswith("<work_") for place in range(part[0], part[1]) for label in message.chart[place])
