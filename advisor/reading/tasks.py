"""A message's matches into tasks, each with what the rules find in it.

First each sign of a rule is weighed in its place: used in another sense, hidden by the way of asking, part of the work
around a kept task, or the subject of something that is made. Then the sentences are told apart: those that hand
something over bring tasks; those that only tell the story are what a later "it" points back to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from advisor.domain import Certainty, Finding, RuleNumber, Task
from advisor.normal import Break
from advisor.phrases import JOINING, Match, Message
from advisor.reading.facts import clause, function_of, quote
from advisor.rulebook import Entry, Role, Rulebook

SUBJECT_MARKS = frozenset({"about", "on", "regarding", "re", "covering", "of", "for", "explaining"})
DOERS_TOO = frozenset({"software", "app", "tool", "platform", "system", "portal", "bot", "board", "site"})
BACKGROUND = frozenset("because since while when if until after before although though unless as".split())
POINTERS = frozenset("it this that these those them they him her he she one ones".split())
IDLE = frozenset(
    (
        "the a an my our to of in on for and or is are be do does did it this that i we me us with at so not no any all "
        "some have has had am what how about can could would should will they them he she him her get got go just much "
        "thing stuff work works job know"
    ).split()
)


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


def tasks(message: Message, matches: Sequence[Match[Entry]], rulebook: Rulebook) -> tuple[Task, ...]:
    """The tasks of a message, in the order of its words."""
    if not len(message.read):
        return ()
    sentences = list(runs(message, Break.SENTENCE))
    findings = list(weighed(message, matches, rulebook))
    ignorance = [each for each in findings if each.owner.rule is RuleNumber.UNDERSTANDING]
    drafts = drafted(message, matches, [each for each in findings if each not in ignorance], ignorance, sentences, rulebook)
    link(message, ignorance, drafts, sentences, rulebook)
    return tuple(finished(message, draft, rulebook) for draft in drafts)


def runs(message: Message, least: Break) -> Iterator[tuple[int, int]]:
    """The stretches of words between breaks of at least a strength."""
    start = 0
    for place in range(1, len(message.read) + 1):
        if message.read.breaks[place] >= least or place == len(message.read):
            yield start, place
            start = place


# --- signs, each weighed in its place ---------------------------------------------------------------------------------


def weighed(message: Message, matches: Sequence[Match[Entry]], rulebook: Rulebook) -> Iterator[Match[Entry]]:
    """The signs and the work around kept tasks that hold where they stand; those that are only talked about, as possible."""
    vetoes = [match for match in matches if match.owner.role is Role.VETO]
    frames = [match for match in matches if match.owner.role is Role.FRAME and match.owner.hides]
    around = [match for match in matches if match.owner.role is Role.AROUND]
    narrower = [match for match in matches if match.owner.narrows]
    for match in matches:
        entry = match.owner
        if entry.role not in (Role.SIGN, Role.AROUND):
            continue
        if entry.companions and entry.companions.isdisjoint(message.present):
            continue
        if any(veto.owner.rule is entry.rule and overlap(veto, match) for veto in vetoes):
            continue
        if entry.certainty is Certainty.CLEAR and any(each.owner.rule is entry.rule and overlap(each, match) for each in narrower):
            continue
        if entry.role is Role.SIGN:
            if any(hidden(message, match, frame, matches) for frame in frames):
                continue
            if any(other.owner.rule is entry.rule and overlap(other, match) for other in around):
                continue
            if entry.certainty is Certainty.CLEAR and subject_only(message, match):
                match = Match(talked_about(entry, rulebook), match.start, match.end, match.topic)
        yield match


def overlap(one: Match[Entry], other: Match[Entry]) -> bool:
    """Whether two matches share a word."""
    return one.start < other.end and other.start < one.end


def hidden(message: Message, match: Match[Entry], frame: Match[Entry], matches: Sequence[Match[Entry]]) -> bool:
    """Whether a sign belongs to the way of asking, or to what the owner does anyway."""
    if match.owner.rule not in frame.owner.hides:
        return False
    if frame.owner.name == "kept_back":
        if not frame.start <= match.start < frame.end:
            return False
        asked = (each for each in matches if each.owner.name == "handing_over" and frame.start < each.start <= match.start)
        return not any("<else>" in message.chart[place] for each in asked for place in range(each.start, each.end))
    return not match.owner.firm and match.start == frame.start and not done_by_another(message, match.start)


def done_by_another(message: Message, place: int) -> bool:
    """Whether the verb at a place has somebody else for its subject: "could my VA hire …", not "should I hire …"."""
    for before in range(place - 1, clause(message, place, Break.COMMA)[0] - 1, -1):
        if message.read.forms[before] in ("i", "we", "anyone", "anybody", "others"):
            return False
        if "<else>" in message.chart[before]:
            return True
    return False


def subject_only(message: Message, match: Match[Entry]) -> bool:
    """Whether the words are only what something is about: "a blog post on hiring", "the hiring blog"."""
    chart, read = message.chart, message.read
    after = match.end
    if after < len(chart) and not read.breaks[after] and "<artefact>" in chart[after] and "<light>" not in chart[after]:
        return True
    for place in range(match.start - 1, max(match.start - 6, -1), -1):
        if read.breaks[place + 1] or read.forms[place] in JOINING:
            return False
        if read.forms[place] in SUBJECT_MARKS:
            before = place - 1
            return before >= 0 and not read.breaks[place] and "<artefact>" in chart[before] and read.forms[before] not in DOERS_TOO
    return False


def talked_about(entry: Entry, rulebook: Rulebook) -> Entry:
    """The entry as it counts where the words are only a subject."""
    boundary = rulebook.rules[entry.rule].boundary if entry.rule else ""
    return replace(entry, certainty=Certainty.POSSIBLE, boundary=boundary, asks=False)


# --- sentences into drafts of tasks -----------------------------------------------------------------------------------


def drafted(
    message: Message,
    matches: Sequence[Match[Entry]],
    findings: Sequence[Match[Entry]],
    ignorance: Sequence[Match[Entry]],
    sentences: Sequence[tuple[int, int]],
    rulebook: Rulebook,
) -> list[Draft]:
    """The tasks that the sentences bring, before what the owner doesn't understand is linked to them."""
    frames = [match for match in matches if match.owner.role is Role.FRAME]
    found = [list(items(message, matches, findings, span, rulebook)) for span in sentences]
    asking = [asks(message, span, frames) for span in sentences]
    someone_asks = any(asking) or any(item.finding and item.finding.certainty is Certainty.CLEAR for each in found for item in each)
    drafts: list[Draft] = []
    context: tuple[int, list[Item]] | None = None
    for number, span in enumerate(sentences):
        here = found[number]
        certain = any(item.finding and item.finding.certainty is Certainty.CLEAR for item in here)
        if here and (certain or asking[number] or not (someone_asks or tells(message, span))):
            drafts += grouped(message, here, number, span, matches)
            context = None
        elif here:
            context = number, here
        elif asking[number]:
            if context:
                place, earlier = context
                drafts += grouped(message, earlier, place, sentences[place], matches)[-1:]
                context = None
            elif not drafts and not chat(matches) and handed_over(message, span, frames):
                rest = unframed(message, span, frames)
                if rest and not (ignorance and pointing(message, rest)):
                    drafts.append(Draft(*rest, number, points_back=pointing(message, rest)))
        elif not someone_asks and not tells(message, span) and not ignorance and not chat(matches) and span[1] - span[0] > 1:
            drafts.append(Draft(*span, number))
    if context and not drafts and not tells(message, sentences[context[0]]):
        drafts = grouped(message, context[1], context[0], sentences[context[0]], matches)
    return same_again(message, drafts)


def items(
    message: Message,
    matches: Sequence[Match[Entry]],
    findings: Sequence[Match[Entry]],
    span: tuple[int, int],
    rulebook: Rulebook,
) -> Iterator[Item]:
    """What tells of tasks in one sentence, in order: findings, then the words of known work that no finding covers."""
    here: list[Match[Entry]] = []
    for match in sorted((each for each in findings if span[0] <= each.start < span[1]), key=strength):
        covered = [each for each in here if overlap(each, match)]
        if any(each.owner.rule is match.owner.rule or strength(each)[0] < strength(match)[0] for each in covered):
            continue
        here.append(match)
    taken = {place for match in here for place in range(match.start, match.end)}
    hiding = set(helpers(message, matches, span))
    known = [
        Item(
            place,
            max(ends[0] for ends in (message.chart[place][label],)),
            label,
            work=rulebook.work[label],
            thing="<verb>" not in message.chart[place],
        )
        for place in range(*span)
        if place not in taken and place not in hiding
        for label in list(message.chart[place].keys() & rulebook.work.keys())[:1]
    ]
    for match in here:
        entry = match.owner
        assert entry.rule is not None
        key: object = (entry.rule, entry.certainty) if entry.role is Role.SIGN else entry.name
        yield Item(match.start, match.end, key, finding=finding(message, match))
    yield from known


def helpers(message: Message, matches: Sequence[Match[Entry]], span: tuple[int, int]) -> Iterator[int]:
    """The words of a sentence that only tell who would do the task: "a billing company", "my cousin who does accounts"."""
    for match in matches:
        if match.owner.role is not Role.FRAME or match.owner.name == "kept_back" or not span[0] <= match.start < span[1]:
            continue
        for place in range(match.start, match.end):
            for end in message.chart[place].get("<else>", ()):
                yield from range(place, end)
                if (
                    end < span[1]
                    and message.read.forms[end] in ("who", "that")
                    and message.read.forms[end + 1 : end + 2] in (["does"], ["knows"], ["did"], ["is"], ["has"])
                ):
                    yield from range(end, clause(message, end, Break.COMMA)[1])


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
    return Finding(
        entry.rule, entry.certainty, (quote(message, match.start, match.end),), entry.name, boundary, entry.asks, entry.role is Role.AROUND
    )


def asks(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> bool:
    """Whether a sentence asks for, offers or announces a handing over."""
    return message.read.asked[span[1]] or handed_over(message, span, frames)


def handed_over(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> bool:
    """Whether a sentence speaks of somebody else doing something."""
    if any(match.owner.name != "kept_back" and span[0] <= match.start < span[1] for match in frames):
        return True
    return message.read.asked[span[1]] and message.has("<else>", *span)


def tells(message: Message, span: tuple[int, int]) -> bool:
    """Whether a sentence tells something, rather than naming work to be done."""
    first = message.read.forms[span[0]]
    opening = message.read.forms[span[0] : span[0] + 4]
    if first in (
        "i",
        "we",
        "my",
        "our",
        "it",
        "he",
        "she",
        "they",
        "there",
        "you",
        "this",
        "that",
        "hi",
        "hello",
        "hey",
        "good",
        "what",
        "why",
        "how",
        "where",
        "when",
        "is",
        "are",
        "was",
        "did",
        "do",
        "does",
        "thanks",
        "thank",
        "no",
        "yes",
        "ok",
        "okay",
    ):
        return True
    told = ("am", "is", "are", "was", "were", "has", "had")
    return any(form in told and before not in ("who", "which", "that", "what") for before, form in pairwise(opening))


def chat(matches: Sequence[Match[Entry]]) -> bool:
    """Whether a message is small talk, or about the advisor."""
    return any(match.owner.role is Role.TURN and match.owner.name in ("order", "about", "thanks", "greeting") for match in matches)


def unframed(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> tuple[int, int] | None:
    """A sentence without the words that only ask: what is left names the task, if anything does."""
    start, end = span
    for match in sorted(frames, key=lambda each: each.start):
        if match.owner.name != "kept_back" and start <= match.start <= start + 2 and match.end <= end:
            start = match.end
    while start < end and (
        message.read.forms[start] in ("to", "do", "for", "please", "be", "and", "i", "we")
        or ("<light>" in message.chart[start] and end - start > 2)
    ):
        start += 1
    content = [place for place in range(start, end) if message.read.forms[place] not in IDLE and "<else>" not in message.chart[place]]
    if not content:
        return None
    return start, end


def pointing(message: Message, span: tuple[int, int]) -> bool:
    """Whether words only point at something said before."""
    return any(message.read.forms[place] in POINTERS for place in range(*span))


def grouped(message: Message, found: Sequence[Item], number: int, span: tuple[int, int], matches: Sequence[Match[Entry]]) -> list[Draft]:
    """The tasks of one sentence: its items, parted where different jobs are joined."""
    read = message.read
    frames = [match for match in matches if match.owner.role is Role.FRAME]
    excused = {place for match in matches if match.owner.role is Role.VETO for place in range(match.start, match.end)}
    ordered = sorted(found, key=lambda item: (item.start, item.finding is None))
    has_finding = any(item.finding for item in ordered)
    groups: list[list[Item]] = []
    for item in ordered:
        if item.finding is None and has_finding and background(message, item.start, span):
            continue
        if groups and not parted(message, groups[-1], item):
            groups[-1].append(item)
        else:
            groups.append([item])
    drafts: list[Draft] = []
    for place, group in enumerate(groups):
        start, end = group[0].start, max(item.end for item in group)
        floor = max((item.end for item in groups[place - 1]), default=span[0]) if place else span[0]
        start = opened(message, start, floor, frames)
        ceiling = groups[place + 1][0].start if place + 1 < len(groups) else span[1]
        while end < ceiling and read.breaks[end] < Break.COMMA and read.forms[end] not in JOINING and read.forms[end] not in BACKGROUND:
            end += 1
        draft = Draft(start, max(end, start + 1), number, [item.finding for item in group if item.finding])
        draft.work = next((item.work for item in group if item.work and item.thing), next((item.work for item in group if item.work), None))
        if (
            draft.work
            and not draft.findings
            and any("<wary>" in message.chart[at] and at not in excused for at in range(draft.start, draft.end))
        ):
            draft.work = None
        drafts.append(draft)
    return drafts


def background(message: Message, place: int, span: tuple[int, int]) -> bool:
    """Whether a word stands in a part of its sentence that only gives the reason or the occasion."""
    return any(message.read.forms[each] in BACKGROUND for each in range(span[0], place))


def parted(message: Message, group: Sequence[Item], item: Item) -> bool:
    """Whether an item begins another task than its neighbours before it."""
    read = message.read
    last = max(group, key=lambda each: each.end)
    if item.start < last.end or any(item.key == each.key for each in group):
        return False
    between = range(last.end, item.start + 1)
    separate = any(read.breaks[place] for place in between) or any(read.forms[place] in JOINING for place in between)
    if not separate:
        return False
    if item.finding or any(each.finding for each in group):
        return item.thing or item.finding is not None
    return item.thing and any(each.thing for each in group)


def opened(message: Message, start: int, floor: int, frames: Sequence[Match[Entry]]) -> int:
    """Where the words of a task begin: after the words that ask, and after what belongs to the task before it."""
    read = message.read
    begin = start
    while begin > floor and not read.breaks[begin] and read.forms[begin - 1] not in JOINING:
        begin -= 1
    for match in sorted(frames, key=lambda each: each.end):
        if match.owner.name != "kept_back" and begin <= match.start and match.end <= start:
            begin = match.end
    while begin < start and read.forms[begin] in ("to", "and", "also", "please", "then", "do", "for"):
        begin += 1
    return begin


def same_again(message: Message, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts without those that speak again of the task before them, in a later sentence."""
    kept: list[Draft] = []
    for draft in drafts:
        rules = {each.rule for each in draft.findings if each.certainty is Certainty.CLEAR}
        again = next(
            (
                each
                for each in kept
                if each.sentence < draft.sentence
                and message.read.breaks[draft.start] < Break.ITEM
                and rules == {every.rule for every in each.findings if every.certainty is Certainty.CLEAR}
                and (rules or (draft.work == each.work and not draft.findings and not each.findings and alike(message, draft, each)))
            ),
            None,
        )
        if again:
            again.findings += draft.findings
        else:
            kept.append(draft)
    return kept


def alike(message: Message, one: Draft, other: Draft) -> bool:
    """Whether two drafts share a word that carries meaning."""
    first, second = ({stem(message.read.forms[place]) for place in range(each.start, each.end)} - IDLE for each in (one, other))
    return bool(first & second)


# --- what the owner doesn't understand --------------------------------------------------------------------------------


def link(
    message: Message,
    ignorance: Sequence[Match[Entry]],
    drafts: list[Draft],
    sentences: Sequence[tuple[int, int]],
    rulebook: Rulebook,
) -> None:
    """Give each statement of not knowing to the task that it is about; one about no task at all becomes a task."""
    for match in sorted(ignorance, key=strength):
        number = next(place for place, span in enumerate(sentences) if span[0] <= match.start < span[1])
        topic = set(range(*match.topic)) if match.topic else set()
        words = {message.read.forms[place] for place in topic} - IDLE
        kinds = {label for place in topic for label in message.chart[place].keys() & rulebook.work.keys()}
        pointing_back = not words or any(message.read.forms[place] in POINTERS for place in sorted(topic)[:3])
        found = finding(message, match)
        near = sorted(drafts, key=lambda draft: (abs(draft.sentence - number), draft.sentence < number))
        about = [draft for draft in near if shares(message, draft, words, kinds)]
        if pointing_back:
            chosen = near[:1]
        elif about:
            chosen = about[:1]
        else:
            chosen = [draft for draft in near if not draft.findings and (draft.points_back or draft.work is None)][:1]
        if not chosen and not drafts:
            span = match.topic if match.topic and words else sentences[number]
            drafts.append(Draft(*span, number))
            chosen = drafts[-1:]
        for draft in chosen:
            if not any(each.rule is found.rule for each in draft.findings):
                draft.findings.append(found)
    drafts.sort(key=lambda draft: draft.start)


def shares(message: Message, draft: Draft, words: set[str], kinds: set[str]) -> bool:
    """Whether a task speaks of what a statement is about: the same word, or the same kind of work."""
    span = range(draft.start, draft.end)
    stems = {stem(message.read.forms[place]) for place in span} - IDLE
    if stems & {stem(word) for word in words}:
        return True
    return any(kinds & message.chart[place].keys() for place in span)


def stem(word: str) -> str:
    """A word without its commonest endings."""
    for ending in ("ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word


def finished(message: Message, draft: Draft, rulebook: Rulebook) -> Task:
    """A draft as a task."""
    function = function_of(message, *clause(message, draft.start, Break.SENTENCE), rulebook)
    return Task(quote(message, draft.start, draft.end), tuple(draft.findings), draft.work, function)
