"""A message's signs and words of known work into tasks.

The sentences are told apart: those that hand something over bring tasks; those that only tell the story are what a
later "it" points back to. What an owner says not to understand is linked to the task that it is about.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise

from advisor.domain import Certainty, DepartmentHead, Finding, RuleNumber, Task
from advisor.normal import Break
from advisor.phrases import JOINING, Match, Message
from advisor.reading.facts import functions_in, quote
from advisor.reading.signs import FAR, MODALS, is_kept, weighed
from advisor.rulebook import Entry, Role, Rulebook

BACKGROUND = frozenset("because since while when if until after before although though unless as".split())
PLURAL = frozenset("them these those both which all any they".split())
LEADING = frozenset("to and also please then do for so be or i we".split())
TELLING = frozenset(
    (
        "i we my our it he she they there you this that hi hello hey good what why how where when is are was did do does "
        "thanks thank no yes ok okay"
    ).split()
)
HAVING = frozenset("have run own make do sell".split())
RELATIVE = 5
"""How many words after "who" still tell who somebody is."""
SUBJECTS = frozenset("i we he she it they you there".split())
TOLD = frozenset("am is are was were has had have goes went came wants needs did".split())
HANDING_OVER = ("handing_over", "paying_for_help", "passing_on")
PLANNED = "doing_it"
LEAST_TOLD = 4
"""How many words it takes to speak of a task that no frame and no rule file hears."""
SMALL_TALK = frozenset({"order", "about"})
POLITE = frozenset({"thanks", "greeting"})
LONGEST_GREETING = 8
"""How many words a greeting or thanks may have, at the most, to be all that a message says."""
VERB_GOES_ON = frozenset("on up out off in over through down it them to for from with at into".split())
POINTERS = frozenset("it this that these those them they him her he she one ones".split())
IDLE = frozenset(
    (
        "the a an my our to of in on for and or is are be do does did it this that i we me us with at so not no any all "
        "some have has had am what how about can could would should will they them he she him her get got go just much "
        "thing stuff work works job know life"
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
    weight: int = 0
    """How plainly it is handed over: 3 in so many words, 2 by naming who would do it, 1 by a question, 0 not at all."""

    @property
    def clear(self) -> bool:
        """Whether a rule clearly applies."""
        return any(each.certainty is Certainty.CLEAR for each in self.findings)


def tasks(message: Message, matches: Sequence[Match[Entry]], told: Sequence[DepartmentHead], rulebook: Rulebook) -> tuple[Task, ...]:
    """The tasks of a message, in the order of its words.

    Args:
        message: The message.
        matches: All that the rule files recognise in it.
        told: The department heads that it speaks of.
        rulebook: The names of kinds of work and functions.
    """
    if not len(message.read):
        return ()
    sentences = list(runs(message, Break.SENTENCE))
    findings = list(weighed(message, matches, rulebook))
    ignorance = [each for each in findings if each.owner.rule is RuleNumber.UNDERSTANDING]
    others = [each for each in findings if each.owner.rule is not RuleNumber.UNDERSTANDING]
    drafts = drafted(message, matches, others, ignorance, sentences)
    frames = by_sentence((match for match in matches if match.owner.role is Role.FRAME), sentences)
    asking = {number for number, span in enumerate(sentences) if hands_over(message, span, frames[number])}
    link(message, ignorance, drafts, sentences, asking)
    headed = told[-1] if told and told[-1].present else None
    return tuple(finished(message, draft, sentences[draft.sentence], headed, rulebook) for draft in drafts)


def unheard(message: Message, matches: Sequence[Match[Entry]], rulebook: Rulebook) -> tuple[Task, ...]:
    """The task of a message in which none was heard, where it speaks of somebody else, of known work, or sounds like a rule.

    It is the last sentence that hands something over, or else that names known work, or else the last one; where that
    only points at something ("can she do it?"), the one before it. Nothing for small talk.
    """
    if len(message.read) < LEAST_TOLD or is_small_talk(message, matches):
        return ()
    sentences = list(runs(message, Break.SENTENCE))
    frames = by_sentence((match for match in matches if match.owner.role is Role.FRAME), sentences)
    every = range(len(sentences))
    works = [items_of(message, [], frames[number], frozenset(), sentences[number]) for number in every]
    handed = [number for number in every if any(match.owner.name in (*HANDING_OVER, PLANNED) for match in frames[number])]
    working = [number for number in every if works[number]] if message.has("<helper>", 0, len(message.read)) else []
    if not handed and not working and rulebook.hunch.guess(message.read.forms) is None:
        return ()
    chosen = (handed or working or list(every))[-1]
    here = unframed(message, sentences[chosen], frames[chosen])
    if chosen and (here is None or any(message.read.forms[place] in POINTERS for place in range(*here))):
        chosen -= 1
    work = next((item.work for item in works[chosen] if item.work and item.thing), None)
    return (finished(message, Draft(*sentences[chosen], chosen, work=work), sentences[chosen], None, rulebook),)


def is_small_talk(message: Message, matches: Sequence[Match[Entry]]) -> bool:
    """Whether a message greets, thanks, asks about the advisor or orders it about, rather than telling of a task."""
    shown = {match.owner.name for match in matches if match.owner.role is Role.TURN}
    return bool(shown & SMALL_TALK or (shown & POLITE and len(message.read) <= LONGEST_GREETING))


def runs(message: Message, least: Break) -> Iterator[tuple[int, int]]:
    """The stretches of words between breaks of at least a strength."""
    start = 0
    for place in range(1, len(message.read) + 1):
        if message.read.breaks[place] >= least or place == len(message.read):
            yield start, place
            start = place


# --- sentences into drafts of tasks -----------------------------------------------------------------------------------


def drafted(
    message: Message,
    matches: Sequence[Match[Entry]],
    findings: Sequence[Match[Entry]],
    ignorance: Sequence[Match[Entry]],
    sentences: Sequence[tuple[int, int]],
) -> list[Draft]:
    """The tasks that the sentences bring, before what the owner doesn't understand is linked to them."""
    unclear = {place for match in ignorance for place in range(match.start, match.end)}
    kept_back = by_sentence((match for match in matches if match.owner.name == "kept_back" and is_kept(message, match)), sentences)
    told = (match for number, span in enumerate(sentences) if not message.read.asked[span[1]] for match in kept_back[number])
    unclear |= {place for match in told for place in range(match.start, match.end)}
    unclear |= {match.start for match in matches if match.owner.name == "paying_for_help"}
    unclear |= {place for match in matches if match.owner.name == "present" for place in range(match.start, match.end)}
    frames = by_sentence((match for match in matches if match.owner.role is Role.FRAME), sentences)
    found = by_sentence(findings, sentences)
    small_talk = is_small_talk(message, matches)
    orders = by_sentence((match for match in matches if match.owner.role is Role.TURN and match.owner.name == "order"), sentences)
    ordering = {number for number, here in enumerate(orders) if here and not hands_over(message, sentences[number], frames[number])}
    quiet = [match for match in matches if match.owner.role in (Role.VETO, Role.FRAME)]
    excused = {place for match in quiet for place in range(match.start, match.end)} | {match.start for match in ignorance}
    listed = sum(message.read.breaks[span[0]] is Break.ITEM for span in sentences[1:]) > 1 and any(
        hands_over(message, span, frames[number]) for number, span in enumerate(sentences)
    )
    drafts: list[Draft] = []
    waiting: list[Draft] = []
    """What the last sentence without a handing over spoke of: what a later "it" may mean."""
    for number, span in enumerate(sentences):
        items = items_of(message, found[number], frames[number], unclear, span)
        here = grouped(message, items, number, span, frames[number], excused)
        if number in ordering:
            here = [draft for draft in here if draft.findings]
        asks = message.read.asked[span[1]] or hands_over(message, span, frames[number])
        if not tells(message, span) and ((listed and message.read.breaks[span[0]] is Break.ITEM) or lists_jobs(message, here, span)):
            here = [replace(draft, weight=3) for draft in here]
        if here and drafts and drafts[-1].weight and points_back(message, here, items):
            here = []
        elif waiting and (points_back(message, here, items) if here else asks):
            plural = PLURAL & set(message.read.forms[span[0] : span[1]])
            drafts += [replace(draft, weight=3) for draft in (waiting if plural else waiting[-1:])]
            here, waiting = [], []
        elif not here and not drafts and not small_talk and hands_over(message, span, frames[number]):
            rest = unframed(message, span, frames[number])
            pointer = rest is not None and any(message.read.forms[place] in POINTERS for place in range(*rest))
            if rest and not introduces(message, span) and not (ignorance and pointer) and unclear.isdisjoint(range(*rest)):
                drafts.append(Draft(*rest, number, points_back=pointer, weight=3, work=trade(message, frames[number])))
        elif not items and not small_talk and not ignorance and len(sentences) == 1 and not tells(message, span) and span[1] - span[0] > 1:
            drafts.append(Draft(*span, number))
        if here and not any(draft.weight or draft.clear for draft in here) and hands_over(message, span, frames[number]):
            here[-1].weight = 3 if message.read.asked[span[1]] else 2
        drafts += [draft for draft in here if draft.weight or draft.clear or not tells(message, span)]
        spoken = [draft for draft in here if not draft.weight and not draft.clear and not describes_owner(message, draft, span)]
        waiting = spoken or ([] if any(draft.weight or draft.clear for draft in here) else waiting)
    if small_talk:
        drafts = [draft for draft in drafts if draft.findings or draft.weight > 1]
    bound = {match.owner.name for match in findings if match.owner.companions}
    drafts = [draft for draft in drafts if not only_told(message, draft, drafts, sentences, bound)]
    return same_again(message, plainest(message, drafts, sentences))


def lists_jobs(message: Message, drafts: Sequence[Draft], span: tuple[int, int]) -> bool:
    """Whether a sentence is nothing but a list of three jobs or more, none with a subject of its own."""
    parts = [(first, last) for first, last, _ in handed_parts(message, span, ())] if len(drafts) > 2 else []
    return bool(parts) and not any(has_subject(message, first, last) for first, last in parts)


def trade(message: Message, frames: Sequence[Match[Entry]]) -> str | None:
    """The known work of "hire a cleaner for the office": the trade's own, where nothing else is named."""
    paying = (place for match in frames if match.owner.name == "paying_for_help" for place in range(match.start, match.end))
    return "<work_trades>" if any("<work_trades>" in message.chart[place] for place in paying) else None


def describes_owner(message: Message, draft: Draft, span: tuple[int, int]) -> bool:
    """Whether a task's words only tell what the owner is or runs: "we run a catering magazine"."""
    forms, start = message.read.forms, draft.start
    while start > span[0] and not message.read.breaks[start]:
        start -= 1
    being = forms[start + 1] if start + 1 < len(forms) else ""
    return forms[start] in ("i", "we") and (
        being in HAVING or (being in ("am", "are") and forms[start + 2 : start + 3] in (["a"], ["an"], ["the"]))
    )


def introduces(message: Message, span: tuple[int, int]) -> bool:
    """Whether a sentence only announces a list: it ends with a colon."""
    end = message.read.ends[span[1] - 1]
    return message.read.message[end:].lstrip()[:1] == ":"


def plainest(message: Message, drafts: Sequence[Draft], sentences: Sequence[tuple[int, int]]) -> list[Draft]:
    """The drafts that count: what is clear or plainly handed over, and questions; the rest only where there is none of these."""
    sure = {draft.sentence for draft in drafts if draft.clear}
    if sure:
        return [draft for draft in drafts if draft.clear or stands_beside(message, draft, sentences, sure)]
    plain = [draft for draft in drafts if draft.weight >= 2]
    if not plain:
        return [draft for draft in drafts if draft.weight] or list(drafts)
    said = {draft.sentence for draft in plain}
    return [
        draft
        for draft in drafts
        if draft in plain or (draft.weight and draft.sentence not in said and message.read.asked[sentences[draft.sentence][1]])
    ]


def only_told(message: Message, draft: Draft, drafts: Sequence[Draft], sentences: Sequence[tuple[int, int]], bound: Set[str]) -> bool:
    """Whether a task is only part of the story: its sentence tells, and names nobody to do it, while another one hands over.

    A sign among ``bound`` was only heard because of what another sentence says, so its own is more than a story.
    """
    span = sentences[draft.sentence]
    if draft.weight or message.read.asked[span[1]] or not tells(message, span):
        return False
    if any(each.sign in bound for each in draft.findings) or any(names_helper(message, place, draft) for place in range(*span)):
        return False
    others = (each for each in drafts if each.sentence != draft.sentence)
    return any(each.weight >= 2 and each.work and not each.clear and not each.points_back for each in others)


def names_helper(message: Message, place: int, draft: Draft) -> bool:
    """Whether a word outside a task names somebody who might do it."""
    return not draft.start <= place < draft.end and "<helper>" in message.chart[place]


def stands_beside(message: Message, draft: Draft, sentences: Sequence[tuple[int, int]], sure: Set[int]) -> bool:
    """Whether a task counts beside a clear one: plainly handed over, and asked about or of a known kind."""
    asked = message.read.asked[sentences[draft.sentence][1]]
    least = (1 if asked or draft.findings else 2) if draft.sentence in sure else (2 if draft.findings else 3)
    return draft.weight >= least and (asked or bool(draft.work or draft.findings))


def by_sentence(matches: Iterable[Match[Entry]], sentences: Sequence[tuple[int, int]]) -> list[list[Match[Entry]]]:
    """Matches, in the order of their words, by the sentence that they begin in."""
    sorted_in: list[list[Match[Entry]]] = [[] for _ in sentences]
    number = 0
    for match in sorted(matches, key=lambda each: each.start):
        while match.start >= sentences[number][1]:
            number += 1
        sorted_in[number].append(match)
    return sorted_in


def items_of(
    message: Message, findings: Sequence[Match[Entry]], frames: Sequence[Match[Entry]], unclear: Set[int], span: tuple[int, int]
) -> list[Item]:
    """What tells of tasks in one sentence, in order: findings, and the words of known work that no finding covers."""
    ranks: dict[int, int] = {}
    by_rule: dict[RuleNumber | None, set[int]] = {}
    items: list[Item] = []
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
        items.append(Item(match.start, match.end, key, finding=finding(message, match)))
    helping = set(helpers(message, frames, span))
    for place in range(*span):
        if place in ranks or place in helping or place in unclear:
            continue
        label = next((label for label in message.chart[place] if label.startswith("<work_") and label != "<work_trades>"), None)
        if label and not (ranks and acts_on_it(message, place)):
            items.append(Item(place, message.chart[place][label][0], label, work=label, thing=is_thing(message, place)))
    return sorted(items, key=lambda item: (item.start, item.finding is None))


def acts_on_it(message: Message, place: int) -> bool:
    """Whether a verb of known work only goes on with what was named before: "interview them and pick one"."""
    after = message.read.forms[place + 1 : place + 2]
    return "<verb>" in message.chart[place] and bool(after) and after[0] in POINTERS


def is_thing(message: Message, place: int) -> bool:
    """Whether a word of known work names what is worked on: "the post", "invoices and deliveries", not "post the parcels"."""
    chart, after = message.chart, place + 1
    if "<verb>" not in chart[place]:
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


def hands_over(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> bool:
    """Whether a stretch of words speaks of somebody else doing something."""
    if any(match.owner.name in HANDING_OVER and span[0] <= match.start < span[1] for match in frames):
        return True
    return span[1] < len(message.read.asked) and message.read.asked[span[1]] and message.has("<else>", *span)


def tells(message: Message, span: tuple[int, int]) -> bool:
    """Whether a sentence tells something, rather than naming work to be done."""
    opening = message.read.forms[span[0] : span[0] + 4]
    if opening[0] in TELLING:
        return True
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


def settling_verbs(message: Message, items: Sequence[Item], excused: Set[int], span: tuple[int, int]) -> list[int]:
    """The places of verbs that settle a matter and that no item covers: "post the ad and decide" is more than posting."""
    covered = {place for item in items for place in range(item.start, item.end)} | excused
    return [place for place in range(*span) if "<verdict_verb>" in message.chart[place] and place not in covered]


def parted(message: Message, group: Sequence[Item], item: Item) -> bool:
    """Whether an item begins another task than its neighbours before it."""
    read = message.read
    end = max(each.end for each in group)
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


def last_thing(group: Sequence[Item]) -> int:
    """Where the last thing that a group names ends; 0 where it names none yet."""
    return max((each.end for each in group if each.thing), default=0)


def has_verb(message: Message, start: int, end: int) -> bool:
    """Whether a deed is named between two places."""
    return any("<verb>" in message.chart[place] for place in range(start, end))


def points_back(message: Message, drafts: Sequence[Draft], items: Sequence[Item]) -> bool:
    """Whether a sentence names no thing of its own, but does something to "it"."""
    if any(item.finding or item.thing for item in items) or len(drafts) != 1:
        return False
    return any(message.read.forms[place] in POINTERS for place in range(drafts[0].start, drafts[0].end))


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


def same_again(message: Message, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts without those that speak again of a task before them, in a later sentence."""
    kept: list[Draft] = []
    for draft in drafts:
        again = next((each for each in kept[-FAR:] if same(message, each, draft)), None)
        if again:
            again.findings += draft.findings
            again.weight = max(again.weight, draft.weight)
        else:
            kept.append(draft)
    return kept


def same(message: Message, earlier: Draft, later: Draft) -> bool:
    """Whether a later sentence speaks of an earlier one's task: by the same clear rules, or of the same known work by name."""
    if earlier.sentence == later.sentence or message.read.breaks[later.start] is Break.ITEM:
        return False
    rules, before = ({each.rule for each in draft.findings if each.certainty is Certainty.CLEAR} for draft in (later, earlier))
    if rules or before:
        return rules == before
    kinds: list[set[str | None]] = [{draft.work, *(each.sign for each in draft.findings)} for draft in (later, earlier)]
    if kinds[0].isdisjoint(kinds[1]):
        return False
    first, second = ({stem(message.read.forms[place]) for place in range(each.start, each.end)} - IDLE for each in (earlier, later))
    return bool(first & second)


# --- what the owner doesn't understand --------------------------------------------------------------------------------


def link(
    message: Message, ignorance: Sequence[Match[Entry]], drafts: list[Draft], sentences: Sequence[tuple[int, int]], asking: Set[int]
) -> None:
    """Give each statement of not knowing to the task that it is about.

    One about no task at all becomes a task where it is all there is, or where a sentence of ``asking``, its own or the
    next one where that brings no task, hands over what it is about. Else the nearest task is asked about.
    """
    for match, number in zip(sorted(ignorance, key=strength), numbers(sorted(ignorance, key=strength), sentences), strict=True):
        topic = range(*match.topic) if match.topic else range(0)
        words = {message.read.forms[place] for place in topic} - IDLE
        kinds = {label for place in topic for label in message.chart[place] if label.startswith("<work_")}
        vague = any(message.read.forms[place] in POINTERS for place in topic[:3]) or any(
            message.read.forms[place] in ("what", "how") for place in topic[:1]
        )
        pointing_back = not words or vague
        found = finding(message, match)
        near = sorted(
            (draft for draft in drafts if abs(draft.sentence - number) <= FAR),
            key=lambda draft: (abs(draft.sentence - number), draft.sentence < number, abs(draft.start - match.start)),
        )
        about = [draft for draft in near if shares(message, draft, words, kinds)]
        if about or pointing_back:
            chosen = (about or near)[:1]
        else:
            alone = len(near) == 1 and (not kinds or says_ours(message, near[0]))
            chosen = [
                draft for draft in near if alone or draft.sentence == number or draft.points_back or not (draft.findings or draft.work)
            ][:1]
        taken = {draft.sentence for draft in drafts}
        own = found.certainty is Certainty.CLEAR and (number in asking or (number + 1 in asking and number + 1 not in taken))
        if not chosen and (own or not drafts):
            elsewhere = sentences[number - 1] if pointing_back and number and not own else sentences[number]
            drafts.append(Draft(*(match.topic if match.topic and not pointing_back else elsewhere), number, weight=3))
            drafts[-1].work = next(iter(kinds), None)
            chosen = drafts[-1:]
        if not chosen and near and found.certainty is Certainty.CLEAR:
            chosen, found = near[:1], replace(found, certainty=Certainty.POSSIBLE, boundary=match.owner.boundary, asks=True)
        for draft in chosen:
            if not any(each.rule is found.rule for each in draft.findings):
                draft.findings.append(found)
    drafts.sort(key=lambda draft: draft.start)


def says_ours(message: Message, draft: Draft) -> bool:
    """Whether a task points back at what its sentence doesn't name: "file ours", "run our account there"."""
    return any(message.read.forms[place] in ("there", "ours", "one", "such") for place in range(draft.start, draft.end))


def numbers(matches: Sequence[Match[Entry]], sentences: Sequence[tuple[int, int]]) -> Iterator[int]:
    """For each match, the number of the sentence that it begins in."""
    starts = [span[0] for span in sentences]
    for match in matches:
        yield bisect_right(starts, match.start) - 1


def shares(message: Message, draft: Draft, words: Set[str], kinds: Set[str]) -> bool:
    """Whether a task speaks of what a statement is about: the same word, or the same kind of work."""
    span = range(draft.start, draft.end)
    stems = {stem(message.read.forms[place]) for place in span} - IDLE
    return bool(stems & {stem(word) for word in words}) or any(kinds & message.chart[place].keys() for place in span)


def stem(word: str) -> str:
    """A word without its commonest endings."""
    for ending in ("ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word


def with_guess(message: Message, matches: Sequence[Match[Entry]], task: Task, others: Sequence[Task], rulebook: Rulebook) -> Task:
    """A task in which no rule was seen, with the one that its words suggest, if any.

    All the words of the message speak, unless another of its tasks is clear: then only the task's own. Where the rule's
    file knows the words and they were found to mean nothing here, they suggest nothing.
    """
    if task.findings:
        return task
    alone = not any(other.certainty is Certainty.CLEAR for other in others)
    read = message.read
    kept = {place for match in matches if match.owner.name == "kept_back" for place in range(match.start, match.end)}
    spoken = [place for place in range(len(read)) if alone or task.quote.start <= read.starts[place] < task.quote.end]
    spoken = [place for place in spoken if place not in kept]
    guess = rulebook.hunch.guess([read.forms[place] for place in spoken])
    if guess is None or any(weighed_already(match.owner, guess.rule) for match in matches):
        return task
    evidence = tuple(quote(message, spoken[place], spoken[place] + 1) for place in guess.places)
    boundary = rulebook.rules[guess.rule].boundary
    return replace(task, findings=(Finding(guess.rule, Certainty.POSSIBLE, evidence, "hunch", boundary, asks=True, guessed=True),))


def weighed_already(entry: Entry, rule: RuleNumber) -> bool:
    """Whether a rule's file has words for what was said in another sense, or of somebody else's ignorance."""
    return entry.rule is rule and (entry.role is Role.VETO or (entry.role is Role.SIGN and rule is RuleNumber.UNDERSTANDING))


def finished(message: Message, draft: Draft, sentence: tuple[int, int], headed: DepartmentHead | None, rulebook: Rulebook) -> Task:
    """A draft as a task."""
    work = rulebook.work[draft.work] if draft.work else None
    near = (max(sentence[0], draft.start - FAR), min(sentence[1], draft.end + FAR))
    taught = trained(message, draft)
    named = functions_in(message, *taught, rulebook)
    if not named and not any("<role>" in message.chart[place] for place in range(*taught)):
        named = functions_in(message, *near, rulebook)
        if not named and headed and headed.function and doer(message, headed, sentence):
            named = [headed.function]
    function = headed.function if headed and headed.function in named else next(reversed(named), None)
    return Task(quote(message, draft.start, draft.end), tuple(draft.findings), work, function)


def trained(message: Message, draft: Draft) -> tuple[int, int]:
    """The words that show the training in a task; all of the task's where there is none."""
    shown = [quote for each in draft.findings if each.rule is RuleNumber.TRAINING for quote in each.evidence]
    if not shown:
        return draft.start, draft.end
    starts = message.read.starts
    return bisect_right(starts, shown[0].start) - 1, bisect_right(starts, shown[-1].end - 1)


def doer(message: Message, head: DepartmentHead, sentence: tuple[int, int]) -> bool:
    """Whether a sentence speaks of a head just mentioned as the one who would do it: by a pronoun, or by name."""
    read = message.read
    forms = set(read.forms[sentence[0] : sentence[1]])
    end = bisect_right(read.starts, head.quote.end - 1)
    called = {read.forms[place] for place in range(end, min(end + 2, len(read))) if read.message[read.starts[place]].isupper()}
    return bool(forms & {"he", "she", "him", "her", "they"} or (forms & ({*head.quote.words.lower().split()} - IDLE | called)))
