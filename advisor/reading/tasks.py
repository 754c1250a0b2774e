"""A message's signs and words of known work into tasks.

The sentences are told apart: those that hand something over bring tasks; those that only tell the story are what a
later "it" points back to. What an owner says not to understand is linked to the task that it is about.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from advisor.domain import SEVERAL, Certainty, DepartmentHead, Finding, Quote, RuleNumber, Task
from advisor.normal import Break, stem
from advisor.phrases import JOINING, Match, Message
from advisor.reading.drafts import POINTERS, Draft, Item, grouped, items_of
from advisor.reading.facts import functions_in, quote
from advisor.reading.ignorance import link
from advisor.reading.parts import (
    HANDING_OVER,
    IDLE,
    PLANNED,
    by_sentence,
    handed_parts,
    hands_over,
    has_subject,
    introduces,
    is_small_talk,
    listing,
    runs,
    tells,
    trade,
    unframed,
)
from advisor.reading.signs import FAR, is_kept, weighed
from advisor.rulebook import Entry, Role, Rulebook

PLURAL = frozenset("them these those both which all any they".split())
HAVING = frozenset("have run own make do sell".split())
LEAST_TOLD = 4
"""How many words it takes to speak of a task that no frame and no rule file hears."""
ADDING = frozenset("also and plus".split())
"""A sentence that begins with one of these hands over what it names, where the one before did."""


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
    sentences = runs(message, Break.SENTENCE)
    findings = list(weighed(message, matches, rulebook))
    ignorance = [each for each in findings if each.owner.rule is RuleNumber.UNDERSTANDING]
    others = [each for each in findings if each.owner.rule is not RuleNumber.UNDERSTANDING]
    drafts = drafted(message, matches, others, ignorance, sentences)
    frames = by_sentence((match for match in matches if match.owner.role is Role.FRAME), sentences)
    asking = {number for number, span in enumerate(sentences) if hands_over(message, span, frames[number])}
    link(message, ignorance, drafts, sentences, asking)
    headed = told[-1] if told and told[-1].present else None
    return tuple(finished(message, draft, sentences[draft.sentence], headed, rulebook) for draft in drafts)


def unheard(message: Message, matches: Sequence[Match[Entry]], rulebook: Rulebook, expected: bool = False) -> tuple[Task, ...]:
    """The task of a message in which none was heard, where it speaks of somebody else, of known work, or sounds like a rule.

    It is the last sentence that hands something over, or else that names known work, or else the last one; where that
    only points at something ("can she do it?"), the one before it. Nothing for small talk. Where a task is ``expected``,
    as a conversation goes on, a few words that name known work are enough ("and the flyers?").
    """
    if (len(message.read) < LEAST_TOLD and not expected) or is_small_talk(message, matches):
        return ()
    sentences = runs(message, Break.SENTENCE)
    frames = by_sentence((match for match in matches if match.owner.role is Role.FRAME), sentences)
    every = range(len(sentences))
    works = [items_of(message, [], frames[number], frozenset(), sentences[number]) for number in every]
    handed = [number for number in every if any(match.owner.name in (*HANDING_OVER, PLANNED) for match in frames[number])]
    working = [number for number in every if works[number]] if expected or message.has("<helper>", 0, len(message.read)) else []
    if not handed and not working and rulebook.hunch.guess(with_labels(message, range(len(message.read)))) is None:
        return ()
    chosen = (handed or working or list(every))[-1]
    here = unframed(message, sentences[chosen], frames[chosen])
    if chosen and (here is None or any(message.read.forms[place] in POINTERS for place in range(*here))):
        chosen -= 1
    work = next((item.work for item in works[chosen] if item.work and item.thing), None)
    return (finished(message, Draft(*sentences[chosen], chosen, work=work), sentences[chosen], None, rulebook),)


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
    unclear |= {
        place for match in matches if match.owner.name == "present" and leads(message, match) for place in range(match.start, match.end)
    }
    forms = message.read.forms
    unclear |= {at + 1 for at, (one, other) in enumerate(pairwise(forms)) if one in COUNTS and other in THINGS}
    frames = by_sentence((match for match in matches if match.owner.role is Role.FRAME), sentences)
    found = by_sentence(findings, sentences)
    small_talk = is_small_talk(message, matches)
    orders = by_sentence((match for match in matches if match.owner.role is Role.TURN and match.owner.name == "order"), sentences)
    ordering = {number for number, here in enumerate(orders) if here and not hands_over(message, sentences[number], frames[number])}
    quiet = [match for match in matches if match.owner.role in (Role.VETO, Role.FRAME)]
    excused = {place for match in quiet for place in range(match.start, match.end)} | {match.start for match in ignorance}
    listed = is_list(message, sentences, frames)
    drafts: list[Draft] = []
    waiting: list[Draft] = []
    """What the last sentence without a handing over spoke of: what a later "it" may mean."""
    for number, span in enumerate(sentences):
        if len(sentences) > 1 and not found[number] and names_business(message, span, frames[number]):
            continue
        jobs = listing(message, span)
        items = items_of(message, found[number], frames[number], unclear, jobs)
        here = grouped(message, items, number, span, frames[number], excused)
        if number in ordering:
            here = [draft for draft in here if draft.findings]
        asks = message.read.asked[span[1]] or hands_over(message, span, frames[number])
        item = listed and (number == 0 or message.read.breaks[span[0]] is Break.ITEM)
        adds = bool(drafts) and drafts[-1].weight > 1 and message.read.forms[span[0]] in ADDING
        if not tells(message, jobs) and (item or adds or lists_jobs(message, here, jobs)):
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


def leads(message: Message, match: Match[Entry]) -> bool:
    """Whether a match tells of somebody who leads, rather than of work to be done: "he runs payroll", not "do the post, run payroll"."""
    forms, start = message.read.forms, match.start
    return forms[start] not in ("run", "manage", "lead") or (start > 0 and forms[start - 1] in ("i", "we", "they", "who"))


def names_business(message: Message, span: tuple[int, int], frames: Sequence[Match[Entry]]) -> bool:
    """Whether a sentence of a few words only says what kind of business it is: "pet shop", "3 man roofing firm in Leeds"."""
    forms = message.read.forms[slice(*span)]
    kind = forms[: next((at for at, form in enumerate(forms) if form in ("in", "near", "here") and at), len(forms))]
    acts = message.read.asked[span[1]] or frames or "<verb>" in message.chart[span[0]] or forms[0] in POINTED
    named = kind[-1] in BUSINESSES or (span[0] == 0 and len(kind) <= LONGEST_TRADE and names_trade(message, span[0] + len(kind) - 1))
    return len(kind) <= LONGEST_KIND and named and not acts


def names_trade(message: Message, place: int) -> bool:
    """Whether a word names those who do a trade: "chimney sweep"."""
    return not {"<role>", "<professional>", "<work_trades>", "<vendor>"}.isdisjoint(message.chart[place])


POINTED = frozenset("the our my this that their".split())
LONGEST_TRADE = 2
LONGEST_KIND = 5
"""How many words may name a kind of business."""
BUSINESSES = frozenset(
    (
        "shop store bar cafe café pub salon studio gym bakery deli restaurant bistro hotel hostel inn garage workshop station firm company "
        "business outfit practice clinic surgery agency farm nursery kennels stables brewery winery market stall school academy charity "
        "startup consultancy dealership depot yard barbers hairdressers florist florists launderette takeaway truck franchise centre center"
    ).split()
)
"""What a kind of business ends with."""


def is_list(message: Message, sentences: Sequence[tuple[int, int]], frames: Sequence[Sequence[Match[Entry]]]) -> bool:
    """Whether a message is a list of items that are handed over, in so many words or by saying nothing else but how it opens and closes."""
    items = [span for span in sentences[1:] if message.read.breaks[span[0]] is Break.ITEM]
    handed = any(hands_over(message, span, frames[number]) for number, span in enumerate(sentences))
    return len(items) > 1 and (handed or not any(tells(message, span) for span in items[:-1]))


def lists_jobs(message: Message, drafts: Sequence[Draft], span: tuple[int, int]) -> bool:
    """Whether a sentence is nothing but a list of three jobs or more, none with a subject of its own."""
    parts = [(first, last) for first, last, _ in handed_parts(message, span, ())] if len(drafts) > 2 else []
    return bool(parts) and not any(has_subject(message, first, last) for first, last in parts)


def describes_owner(message: Message, draft: Draft, span: tuple[int, int]) -> bool:
    """Whether a task's words only tell what the owner is or runs: "we run a catering magazine"."""
    forms, start = message.read.forms, draft.start
    while start > span[0] and not message.read.breaks[start]:
        start -= 1
    being = forms[start + 1] if start + 1 < len(forms) else ""
    return forms[start] in ("i", "we") and (
        being in HAVING or (being in ("am", "are") and forms[start + 2 : start + 3] in (["a"], ["an"], ["the"]))
    )


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
    if draft.clear or draft.weight or message.read.asked[span[1]] or not tells(message, span):
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
    if draft.work and says_several(message, sentences[draft.sentence]):
        least = 1
    return draft.weight >= least and (asked or bool(draft.work or draft.findings))


def says_several(message: Message, span: tuple[int, int]) -> bool:
    """Whether a sentence adds what it names to what was said, or the message announces several things."""
    forms = message.read.forms
    counted = any(one in COUNTS and other in THINGS for one, other in pairwise(forms))
    return counted or "both" in forms or not ALSO.isdisjoint(forms[span[0] : span[1]])


ALSO = frozenset("also too plus".split())
COUNTS = frozenset("two 2 three 3 four 4 five 5 few couple".split())
THINGS = frozenset("things bits questions jobs tasks queries parts items stuff".split())


def points_back(message: Message, drafts: Sequence[Draft], items: Sequence[Item]) -> bool:
    """Whether a sentence names no thing of its own, but does something to "it"."""
    if any(item.finding or item.thing for item in items) or len(drafts) != 1:
        return False
    return any(message.read.forms[place] in POINTERS for place in range(drafts[0].start, drafts[0].end))


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
        return rules == before and not names_others(message, earlier, later)
    kinds: list[set[str | None]] = [{draft.work, *(each.sign for each in draft.findings)} for draft in (later, earlier)]
    if kinds[0].isdisjoint(kinds[1]):
        return False
    first, second = ({stem(message.read.forms[place]) for place in range(each.start, each.end)} - IDLE for each in (earlier, later))
    return bool(first & second)


def names_others(message: Message, earlier: Draft, later: Draft) -> bool:
    """Whether a later task is of people who are none of an earlier one's: "train the drivers … train the cooks"."""
    first, second = (
        {stem(message.read.forms[place]) for place in range(draft.start, draft.end) if names_people(message, place)}
        for draft in (earlier, later)
    )
    return bool(first) and bool(second) and first.isdisjoint(second)


def names_people(message: Message, place: int) -> bool:
    """Whether a word names people, or somebody."""
    kinds = ("<role>", "<people_noun>", "<vendor>", "<name>")
    return message.read.forms[place] not in ANYBODY and any(kind in message.chart[place] for kind in kinds)


def with_unread(message: Message, brought: Sequence[Task], passages: Sequence[Quote]) -> tuple[Task, ...]:
    """Tasks with what of their sentence can't be read; what can't be read in a sentence without a task is one of its own."""
    marked = list(brought)
    for passage in passages:
        begins, ends = sentence_around(message, passage)
        here = [at for at, task in enumerate(marked) if task.quote.start < ends and begins < task.quote.end]
        for at in here:
            marked[at] = replace(marked[at], unread=marked[at].unread or passage)
        if not here:
            marked.append(Task(passage, unread=passage))
    return tuple(sorted(marked, key=lambda task: task.quote.start))


def sentence_around(message: Message, words: Quote) -> tuple[int, int]:
    """Where the sentence that some words begin in begins and ends, in characters; at least the words themselves."""
    read, runs = message.read, message.runs(Break.SENTENCE)
    if not runs:
        return words.start, words.end
    first, last = runs[bisect_right(read.starts, words.start) - 1]
    return min(read.starts[first], words.start), max(read.ends[last - 1], words.end)


def with_guess(message: Message, matches: Sequence[Match[Entry]], task: Task, others: Sequence[Task], rulebook: Rulebook) -> Task:
    """A task in which no rule was seen, with the one that its words suggest, if any.

    All the words of the message speak where this is its only task, else those of the task's sentence; beside a clear
    task, only its own. Where the rule's file knows the words and they were found to mean nothing here, they suggest nothing.
    """
    if task.findings or task.unread:
        return task
    read = message.read
    first, last = message.runs(Break.SENTENCE)[bisect_right(read.starts, task.quote.start) - 1]
    if any(other.certainty is Certainty.CLEAR for other in others):
        first, last = (bisect_right(read.starts, place) - 1 for place in (task.quote.start, task.quote.end))
        last += 1
    kept = {place for match in matches if match.owner.name == "kept_back" for place in range(match.start, match.end)}
    spoken = [place for place in (range(len(read)) if len(others) < 2 else range(first, last)) if place not in kept]
    guess = rulebook.hunch.guess(with_labels(message, spoken))
    known = (match for match in matches if guess and weighed_already(match.owner, guess.rule))
    if guess is None or any(spoken[0] <= match.start <= spoken[-1] for match in known):
        return task
    evidence = tuple(quote(message, spoken[place], spoken[place] + 1) for place in guess.places)
    boundary = rulebook.rules[guess.rule].boundary
    sure = guess.sure and guess.rule is not RuleNumber.UNDERSTANDING
    certainty = Certainty.CLEAR if sure else Certainty.POSSIBLE
    return replace(task, findings=(Finding(guess.rule, certainty, evidence, "hunch", boundary, asks=not sure, guessed=True),))


def with_labels(message: Message, places: Iterable[int]) -> list[tuple[str, ...]]:
    """Some words of a message, each with the labels of the lists that it begins a member of."""
    return [(form, *(label for label in message.chart[place] if label != form)) for place in places for form in [message.read.forms[place]]]


def weighed_already(entry: Entry, rule: RuleNumber) -> bool:
    """Whether a rule's file has words for what was said in another sense, or of somebody else's ignorance."""
    return entry.rule is rule and (entry.role is Role.VETO or (entry.role is Role.SIGN and rule is RuleNumber.UNDERSTANDING))


def finished(message: Message, draft: Draft, sentence: tuple[int, int], headed: DepartmentHead | None, rulebook: Rulebook) -> Task:
    """A draft as a task; for training, with the function of those who are trained."""
    work = rulebook.work[draft.work] if draft.work else None
    around = quote(message, *sentence)
    task = quote(message, draft.start, draft.end)
    said = message.read.message[max(around.start, task.start - AROUND) : min(around.end, task.end + AROUND)]
    if not any(each.rule is RuleNumber.TRAINING for each in draft.findings):
        return Task(quote(message, draft.start, draft.end), tuple(draft.findings), work, sentence=said)
    near = (max(sentence[0], draft.start - FAR), min(sentence[1], draft.end + FAR))
    taught = trained(message, draft)
    if taught[1] < draft.end and (message.read.forms[taught[1]] in JOINING or message.read.breaks[taught[1]]):
        taught = taught[0], draft.end
    named = functions_in(message, *taught, rulebook)
    if not named and not any("<role>" in message.chart[place] for place in range(*taught)):
        named = functions_in(message, *near, rulebook)
        if not named and headed and headed.function and doer(message, headed, sentence):
            named = [headed.function]
    function = headed.function if headed and headed.function in named else next(reversed(named), None)
    joined = any(form in JOINING for form in message.read.forms[slice(*taught)])
    if joined and len(set(named)) > 1 and not (headed and headed.function in named and doer(message, headed, sentence)):
        function = SEVERAL.join(dict.fromkeys(named))
    function = function or people_named(message, *taught)
    return Task(quote(message, draft.start, draft.end), tuple(draft.findings), work, function, sentence=said)


AROUND = 200
"""How many letters before and after a task its surroundings are kept."""
ANYBODY = frozenset(
    (
        "staff starter starters hire hires worker workers employee employees member members people newcomer newcomers trainee "
        "trainees apprentice apprentices helper helpers beginner beginners joiner joiners newbie newbies colleague colleagues "
        "freelancer freelancers contractor contractors volunteer volunteers customers others manager managers intern interns "
        "temp temps summer master masters"
    ).split()
)
"""Words for people who are trained that don't tell what they do."""


def people_named(message: Message, start: int, end: int) -> str | None:
    """What those who are trained are called, where it is more than "the new staff": the stem of the last such word."""
    forms = message.read.forms
    kinds = ("<role>", "<people_noun>")
    named = [
        forms[place] for place in range(start, end) if any(kind in message.chart[place] for kind in kinds) and forms[place] not in ANYBODY
    ]
    return stem(named[-1]) if named else None


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
