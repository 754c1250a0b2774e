"""One sentence into drafts of tasks: what names work in it, parted where different jobs are joined."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise

from advisor.domain import Certainty, Finding, RuleNumber
from advisor.normal import Break
from advisor.phrases import JOINING, Match, Message
from advisor.reading.facts import quote
from advisor.reading.parts import BACKGROUND, LEADING, PLANNED, handed_parts
from advisor.reading.signs import FAR, MODALS, PEOPLE
from advisor.rulebook import Entry, Role

RELATIVE = 5
"""How many words after "who" still tell who somebody is."""
VERB_GOES_ON = frozenset("on up out off in over through down it them to for from with at into".split())
DETERMINERS = frozenset("the our my some all their".split())
POINTERS = frozenset("it this that these those them they him her he she one ones".split())


@dataclass(slots=True)
class Item:
    """Something in a sentence that tells what a task is: a finding, or words of a known kind of work."""

    start: int
    end: int
    key: object
    """Neighbours with the same key are one task."""
    finding: Finding | None = None
    work: str | None = None
    thing: bool = True
    """Whether it names what is worked on, rather than only what is done."""


@dataclass(slots=True)
class Draft:
    """A task in the making: the words ``start`` to ``end`` and what was found in them."""

    start: int
    end: int
    sentence: int
    findings: list[Finding] = field(default_factory=list)
    work: str | None = None
    points_back: bool = False
    """Whether its own words only point at something said before."""
    weight: int = 0
    """How plainly it is handed over: 3 in so many words, 2 by naming who would do it, 1 by a question, 0 not at all."""

    @property
    def clear(self) -> bool:
        """Whether a rule clearly applies."""
        return any(each.certainty is Certainty.CLEAR for each in self.findings)


def items_of(
    message: Message, findings: Sequence[Match[Entry]], frames: Sequence[Match[Entry]], unclear: Set[int], span: tuple[int, int]
) -> list[Item]:
    """What tells of tasks in one sentence, in order: findings, and the words of known work that no finding covers."""
    ranks: dict[int, int] = {}
    by_rule: dict[RuleNumber | None, set[int]] = {}
    items: list[Item] = []
    others: set[int] = set()
    in_order = sorted(findings, key=lambda match: match.start)
    starts = [match.start for match in in_order]
    for match in sorted(findings, key=strength):
        entry, places = match.owner, range(match.start, match.end)
        within = in_order[bisect_right(starts, match.start) : bisect_right(starts, match.end)]
        if any(reaches_over(message, match, other) for other in within):
            continue
        rank = strength(match)[0]
        if not by_rule.setdefault(entry.rule, set()).isdisjoint(places) or any(ranks.get(place, rank) < rank for place in places):
            continue
        by_rule[entry.rule].update(places)
        ranks.update((place, min(rank, ranks.get(place, rank))) for place in places)
        key: object = (entry.rule, entry.certainty if entry.role is Role.SIGN else entry.role, "vendors" in entry.name)
        end = with_others(message, match, span[1])
        others.update(range(match.end, end))
        items.append(Item(match.start, end, key, finding=finding(message, match)))
    helping = set(helpers(message, frames, span))
    for place in range(*span):
        if place in ranks or place in others or place in helping or place in unclear:
            continue
        label = next((label for label in message.chart[place] if label.startswith("<work_") and label != "<work_trades>"), None)
        if label and not (ranks and acts_on_it(message, place)):
            items.append(Item(place, message.chart[place][label][0], label, work=label, thing=is_thing(message, place)))
    return sorted(items, key=lambda item: (item.start, item.finding is None))


def with_others(message: Message, match: Match[Entry], last: int) -> int:
    """Where a clear sign ends when it goes on to more people: "fire the waiter, the cook and Bob"."""
    read, end = message.read, match.end
    if match.owner.certainty is not Certainty.CLEAR or not PEOPLE & message.chart[end - 1].keys():
        return end
    place = end
    while place < last and read.breaks[place] <= Break.COMMA:
        joined = read.breaks[place] or read.forms[place] in JOINING
        while place < last and (read.forms[place] in JOINING or "<light>" in message.chart[place]):
            place += 1
        person = next((label for label in message.chart[place] if label in PEOPLE), None) if place < last else None
        if not joined or person is None:
            break
        place = message.chart[place][person][0]
        if place < last and read.forms[place] in MODALS:
            break
        end = place
    return end


def acts_on_it(message: Message, place: int) -> bool:
    """Whether a verb of known work only goes on with what was named before: "interview them and pick one"."""
    after = message.read.forms[place + 1 : place + 2]
    return "<verb>" in message.chart[place] and bool(after) and after[0] in POINTERS


def is_thing(message: Message, place: int) -> bool:
    """Whether a word of known work names what is worked on: "the post", "invoices and deliveries", not "post the parcels"."""
    chart, after = message.chart, place + 1
    if "<verb>" not in chart[place] or ("<thing>" in chart[place] and message.read.forms[place - 1] in DETERMINERS and place):
        return True
    if "<thing>" not in chart[place] or after >= len(chart) or message.read.forms[place - 1 : place] == ["to"]:
        return False
    object_follows = "<light>" in chart[after] or any(label.startswith("<work_") for label in chart[after])
    return bool(message.read.breaks[after]) or not (object_follows or message.read.forms[after] in VERB_GOES_ON)


def reaches_over(message: Message, match: Match[Entry], other: Match[Entry]) -> bool:
    """Whether a match takes in, by a joining word, a job before that of a tighter one: "do my inbox and go to the fair"."""
    same_kind = other.owner.rule is match.owner.rule and other.owner.certainty is match.owner.certainty
    if not same_kind or not match.start < other.start < match.end or other.end > match.end:
        return False
    return bool(JOINING & set(message.read.forms[other.start - 2 : other.start])) and any(
        label.startswith("<work_") for place in range(match.start + 1, other.start) for label in message.chart[place]
    )


def helpers(message: Message, frames: Sequence[Match[Entry]], span: tuple[int, int]) -> Iterator[int]:
    """The words of a sentence that only tell who would do the task: "a billing company", "my cousin who does accounts"."""
    forms, breaks = message.read.forms, message.read.breaks
    done = span[0]
    for match in frames:
        if match.owner.name == "kept_back":
            continue
        for place in range(max(match.start, done), min(match.end, span[1])):
            for end in message.chart[place].get("<else>", ()):
                yield from range(place, end)
                if end + 1 < span[1] and forms[end] in ("who", "that") and forms[end + 1] in ("does", "knows", "did", "is", "has"):
                    while end < span[1] and not breaks[end]:
                        yield end
                        end += 1
                    done = max(done, end)


def strength(match: Match[Entry]) -> tuple[int, int, int]:
    """Clear signs first, then firm ground around them, then possible ones; earlier and longer before others."""
    entry = match.owner
    rank = 0 if entry.certainty is Certainty.CLEAR else 1 if entry.role is Role.AROUND else 3 if entry.asks else 2
    return rank, match.start, -match.end


def finding(message: Message, match: Match[Entry]) -> Finding:
    """A match as a finding, with the owner's words."""
    entry = match.owner
    assert entry.rule is not None
    boundary = "" if entry.certainty is Certainty.CLEAR else entry.boundary
    words = (quote(message, match.start, match.end),)
    return Finding(entry.rule, entry.certainty, words, entry.name, boundary, entry.asks, entry.role is Role.AROUND)


def grouped(
    message: Message,
    items: Sequence[Item],
    number: int,
    span: tuple[int, int],
    frames: Sequence[Match[Entry]],
    excused: Set[int],
) -> list[Draft]:
    """The tasks of one sentence: its items, parted where different jobs are joined."""
    read = message.read
    parts = handed_parts(message, span, frames) if items else []
    has_finding = any(item.finding for item in items)
    groups: list[list[Item]] = []
    for item in items:
        if item.finding is None and (denied(message, item) or (has_finding and in_background(message, item, parts))):
            continue
        if groups and not parted(message, groups[-1][-FAR:], item):
            groups[-1].append(item)
            continue
        verbs = [each for each in groups[-1] if not each.thing and each.start > last_thing(groups[-1])] if groups and item.thing else []
        if verbs and len(verbs) < len(groups[-1]):
            groups[-1] = [each for each in groups[-1] if each not in verbs]
            groups.append([*verbs, item])
        else:
            groups.append([item])
    drafts: list[Draft] = []
    settling = settling_verbs(message, items, excused, span) if has_finding else []
    for place, group in enumerate(groups):
        start, end = group[0].start, max(item.end for item in group)
        floor = drafts[-1].end if drafts else span[0]
        start = opened(message, start, floor, frames)
        ceiling = groups[place + 1][0].start if place + 1 < len(groups) else span[1]
        while end < ceiling and read.breaks[end] < Break.COMMA and read.forms[end] not in JOINING and read.forms[end] not in BACKGROUND:
            end += 1
        draft = Draft(start, max(end, start + 1), number, [item.finding for item in group if item.finding])
        draft.points_back = not any(item.thing or item.finding for item in group) and any(
            read.forms[at] in POINTERS for at in range(start, draft.end)
        )
        draft.work = next((item.work for item in group if item.work and item.thing), next((item.work for item in group if item.work), None))
        if not any(item.finding and item.finding.certainty is Certainty.CLEAR for item in items):
            deciding = any(place >= floor for place in settling)
            draft.findings = [replace(each, around=False, asks=True) if each.around and deciding else each for each in draft.findings]
        draft.weight = next((weight for first, last, weight in parts if first <= group[0].start < last), 0)
        drafts.append(draft)
    return drafts


def denied(message: Message, item: Item) -> bool:
    """Whether it is said not to be done, or only tells who somebody is: "she won't do the rota", "who runs the kitchen"."""
    forms, breaks = message.read.forms, message.read.breaks
    before = forms[max(item.start - 4, 0) : item.start]
    if any(form == "not" and said in ("will", "would") for said, form in pairwise(before)):
        return True
    place = item.start
    while place > max(item.start - RELATIVE, 0) and not breaks[place] and forms[place - 1] not in JOINING:
        place -= 1
        if forms[place] == "who":
            return breaks[place] < Break.SENTENCE and place > 0 and forms[place + 1] not in MODALS
    return False


def in_background(message: Message, item: Item, parts: Sequence[tuple[int, int, int]]) -> bool:
    """Whether an item only belongs to the reason or the occasion that its part of the sentence gives."""
    start = next(first for first, last, _ in parts if first <= item.start < last)
    return any(message.read.forms[place] in BACKGROUND for place in range(max(start, item.start - FAR), item.start))


def settling_verbs(message: Message, items: Sequence[Item], excused: Set[int], span: tuple[int, int]) -> list[int]:
    """The places of verbs that settle a matter and that no item covers: "post the ad and decide" is more than posting."""
    covered = {place for item in items for place in range(item.start, item.end)} | excused
    owners = {place for place in range(span[0] + 1, span[1]) if message.read.forms[place - 1] in ("i", "we")}
    return [place for place in range(*span) if "<verdict_verb>" in message.chart[place] and place not in covered | owners]


def parted(message: Message, group: Sequence[Item], item: Item) -> bool:
    """Whether an item begins another task than its neighbours before it."""
    read = message.read
    end = max(each.end for each in group)
    if item.start >= end and (asks_again(message, end, item) or repeats(message, group[-1], item)):
        return True
    if item.start >= end and goes_on(message, group[-1], item):
        return True
    if item.start < end or any(item.key == each.key for each in group if each.finding or not item.thing):
        return False
    finds = item.finding or any(each.finding for each in group)
    since = end if finds else last_thing(group)
    between = range(min(since, item.start), item.start + 1)
    if any(read.forms[place] in ("it", "them") and "<verb>" in message.chart[place - 1] for place in between if place):
        return False
    separate = any(read.breaks[place] for place in between) or any(read.forms[place] in JOINING for place in between)
    if not separate or finds:
        return separate
    return item.thing and since > 0 and (item.work != group[-1].work or has_verb(message, since, item.start))


def repeats(message: Message, before: Item, item: Item) -> bool:
    """Whether a sentence does to somebody else what it has just done to one: "onboard the cooks and onboard the drivers"."""
    forms, between = message.read.forms, range(before.end, item.start)
    joined = all(forms[place] in JOINING for place in between) and (between or message.read.breaks[item.start])
    clear = all(each.finding and each.finding.certainty is Certainty.CLEAR for each in (before, item))
    return bool(joined) and clear and forms[item.start] == forms[before.start] and "<verb>" in message.chart[item.start]


def goes_on(message: Message, before: Item, item: Item) -> bool:
    """Whether an item after a comma or a joining word is another deed around a kept task: "update the list, mail the cards"."""
    joined = message.read.breaks[item.start] or message.read.forms[item.start - 1] in JOINING
    around = all(each.finding and each.finding.around for each in (before, item))
    return bool(joined) and around and "<verb>" in message.chart[item.start]


def asks_again(message: Message, end: int, item: Item) -> bool:
    """Whether a sentence asks anew before an item, which isn't only what follows from the one before it: "and can my aunt fire Anna"."""
    forms = message.read.forms
    anew = any(
        forms[place - 1] in JOINING and forms[place] in MODALS and message.has("<else>", place, item.start)
        for place in range(max(end, 1), item.start)
    )
    return anew and item.finding is not None and POINTERS.isdisjoint(forms[item.start : item.end])


def last_thing(group: Sequence[Item]) -> int:
    """Where the last thing that a group names ends; 0 where it names none yet."""
    return max((each.end for each in group if each.thing), default=0)


def has_verb(message: Message, start: int, end: int) -> bool:
    """Whether a deed is named between two places."""
    return any("<verb>" in message.chart[place] for place in range(start, end))


def opened(message: Message, start: int, floor: int, frames: Sequence[Match[Entry]]) -> int:
    """Where the words of a task begin: after the words that ask, and after what belongs to the task before it."""
    read = message.read
    begin = start
    while begin > floor and not read.breaks[begin] and read.forms[begin - 1] not in JOINING:
        begin -= 1
    silent = ("kept_back", PLANNED)
    asked = (match.end for match in frames if match.owner.name not in silent and begin <= match.start and match.end <= start)
    begin = max(asked, default=begin)
    while begin < start and read.forms[begin] in LEADING:
        begin += 1
    return begin
