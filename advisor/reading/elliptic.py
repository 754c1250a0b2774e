"""A few words that mean more than they say, because of what was spoken of before."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from advisor.domain import Certainty, Conversation, Finding, Quote, RuleNumber, Task, TurnKind
from advisor.normal import Break, words
from advisor.phrases import JOINING, Message
from advisor.reading.drafts import POINTERS
from advisor.reading.facts import OPENERS, functions_in, quote
from advisor.reading.parts import SUBJECTS
from advisor.reading.reference import last_spoken_of, named_in, pointed_at, rules_of, telling
from advisor.reading.signs import MODALS
from advisor.reading.tasks import people_named, sentence_around, tasks, with_guess
from advisor.rulebook import Rulebook

ALSO = re.compile(
    r"^\W*(?:(?:and|ok|okay|also|so|then|great|plus|oh|well|now|but|or|what about|how about|same for|for|n)\b[\s,]*)*(?P<rest>.+?)"
    r"[\s,]*(?:\b(?:too|as well|also|then|same deal|same again|him|her|them)\b[\s,]*)*[?.!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""What is left of "and the flyers, too?"."""
BESIDES = re.compile(r"(?:(?:and|also|plus|then|or|ok|what about|how about|same for)\b[\s,]*)+", re.IGNORECASE)
"""How a sentence begins that asks the same about something else."""
TOO = re.compile(
    r"\W*(?:(?:and|or|also|plus|then|ok|what about|how about|same for)\b[\s,]*)+(?P<rest>\S.*?)"
    r"(?:[\s,]*\b(?:too|then|as well|same story)\b)*[?.!\s]*$",
    re.IGNORECASE | re.DOTALL,
)
"""What a few words name besides: "and the cook, too?"."""
LONGEST_TOO = 8
MEANT = re.compile(
    r"(?:.*\b(?:meant|mean)\b[:,]?|^\W*(?:no|nah|nope|sorry)\b[,.!\s]+(?:not that[,.!\s]+)?)\s*"
    r"(?P<rest>(?:just |only )?\S.*?)(?:,? not (?:the )?\w+(?: \w+)?)?[.!\s]*$",
    re.IGNORECASE | re.DOTALL,
)
"""What is left of "no, I meant the flyers"."""
LIGHT = telling("do write send tell say ring call handle take sort manage finish deal email text pass help start continue".split())
"""What is done to "it" without saying more of what it is."""
DOES = frozenset("do handle manage take run sort cover make tell say".split())
WAYS = frozenset({"", *"over by through with if for instead from on via in when while too then alone once after before without".split()})
"""What may follow "do that" where "that" is all that is done."""
TAKING_OVER = "Can someone take over "
TAKING_OVER_TO = "Can someone "
LONGEST_THING = 5
"""How many words a thing in a list may have."""
SHARED = frozenset(
    (
        "choose pick decide set change select determine define rewrite meet court approve settle replace renew drop do handle manage "
        "run own cover"
    ).split()
)
"""Verbs that settle, court or look after each thing of a list that follows them."""
LOOKING_AFTER = frozenset({("look", "after"), ("care", "of"), ("charge", "of"), ("take", "over"), ("deal", "with")})
"""How a verb of several words ends that looks after things."""
ASKING = frozenset("why how when where please".split())
"""With one of these a few words ask about what was spoken of."""
SAYING = SUBJECTS | MODALS | frozenset("me us him her them who which what not all so do does is are am was be have has".split())
"""With one of these some words say something, rather than name a thing."""


def in_passing(pattern: re.Pattern[str], message: str, rulebook: Rulebook) -> tuple[Task, ...]:
    """The tasks that a few words name, read as if the owner had asked whether somebody may take them over; none that aren't known."""
    found = pattern.match(message)
    if found is None:
        return ()
    seen = Message(words(TAKING_OVER + found["rest"], rulebook.vocabulary), rulebook.lists)
    matches = rulebook.grammar.find(seen)
    brought = (with_guess(seen, matches, task, (), rulebook) for task in tasks(seen, matches, (), rulebook))
    back = found.start("rest") - len(TAKING_OVER)
    return tuple(moved(task, back, message) for task in brought if task.certainty is not Certainty.UNKNOWN)


def asked_besides(message: Message, brought: Sequence[Task], rulebook: Rulebook) -> tuple[Task, ...]:
    """The tasks of a message, with those that a few words ask about besides: "Can she do the flyers? What about the vision?"."""
    found = list(brought)
    for start, end in dict.fromkeys(message.runs(Break.SENTENCE)):
        said = quote(message, start, end)
        besides = BESIDES.match(said.words)
        if besides is None or not message.read.asked[end] or any(overlap(task.quote, said) for task in brought):
            continue
        thing = bisect_right(message.read.starts, said.start + besides.end())
        if is_thing(message, thing, end) and any(task.quote.end <= said.start for task in brought):
            found += [moved(task, said.start, message.read.message) for task in in_passing(ALSO, said.words, rulebook)]
    return tuple(sorted(found, key=lambda task: task.quote.start))


def same_deed(pattern: re.Pattern[str], task: Task, message: str, rulebook: Rulebook) -> tuple[Task, ...]:
    """The kept tasks that come of doing what a task says to what a message names instead, or too; none where none is kept."""
    found = pattern.match(message)
    if found is None:
        return ()
    rest = Quote(found["rest"], found.start("rest"), found.end("rest"))
    for deed in deeds(task, rulebook):
        alone = Message(words(f"{TAKING_OVER_TO}{deed} {rest.words}", rulebook.vocabulary), rulebook.lists)
        kept = [each for each in tasks(alone, rulebook.grammar.find(alone), (), rulebook) if each.certainty is Certainty.CLEAR]
        if kept:
            return tuple(replace(each, quote=rest, findings=tuple(as_said(each, (rest,))), sentence=message) for each in kept)
    return ()


def deeds(task: Task, rulebook: Rulebook) -> Iterator[str]:
    """What is done in a task, without whom or what it is done to: "negotiate", then "negotiate with"."""
    seen = Message(words(task.quote.words, rulebook.vocabulary), rulebook.lists)
    forms, chart = seen.read.forms, seen.chart
    acts = (at for at, here in enumerate(chart) if "<verb>" in here and "<helper>" not in here and forms[at] not in MODALS)
    start = next(acts, 0)
    until = next((place for place in range(start + 1, len(forms)) if "<light>" in chart[place]), start + 1)
    yield " ".join(forms[start:until])
    yield " ".join(forms[start : until + 1])


def done_too(message: Message, conversation: Conversation, rulebook: Rulebook) -> tuple[Task, ...]:
    """The kept tasks of a message that only names somebody or something else for the deed spoken of last: "and the cook?"."""
    last = [conversation.standing[place].task for place in last_spoken_of(conversation)]
    found = TOO.match(message.read.message)
    if found is None or len(message.read) > LONGEST_TOO:
        return ()
    thing = Message(words(found["rest"], rulebook.vocabulary), rulebook.lists)
    said = named_in(found["rest"]) if is_thing(thing, 0, len(thing.read)) and ASKING.isdisjoint(thing.read.forms) else set()
    if not said or any(said & named_in(each.task.quote.words) for each in conversation.standing):
        return ()
    kept = (same_deed(TOO, task, message.read.message, rulebook) for task in reversed(last) if rules_of(task))
    return next((each for each in kept if each), ())


def listed(message: Message, brought: Sequence[Task], rulebook: Rulebook) -> tuple[Task, ...]:
    """The tasks of a message, with the kept ones among things that share one verb: "pick the paint, the tiles and the new plumber"."""
    found = list(brought)
    for verb, start, end in things_listed(message):
        said = quote(message, start, end)
        around = sentence_around(message, said)
        handed = any(task.quote.start < around[1] and around[0] < task.quote.end for task in brought)
        clear = any(task.certainty is Certainty.CLEAR and overlap(task.quote, said) for task in found)
        if not handed or clear:
            continue
        deed = message.read.forms[verb] if verb is not None and message.read.forms[verb] in SHARED else "handle"
        alone = Message(words(f"{TAKING_OVER_TO}{deed} {said.words}", rulebook.vocabulary), rulebook.lists)
        named = (task for task in tasks(alone, rulebook.grammar.find(alone), (), rulebook) if task.certainty is Certainty.CLEAR)
        evidence = (said,) if verb is None else (quote(message, verb, verb + 1), said)
        kept = [
            replace(task, quote=said, findings=tuple(as_said(task, evidence)), sentence=message.read.message[slice(*around)])
            for task in named
        ]
        found = [*(cut for task in found for cut in before(task, said)), *kept] if kept else found
    return tuple(sorted(found, key=lambda task: task.quote.start))


def things_listed(message: Message) -> Iterator[tuple[int | None, int, int]]:
    """The things of each list at a sentence's end, but for the first one that shares a verb which settles, courts or looks after them.

    For each: the verb's place, ``None`` where somebody is to have the things without one, and where the thing begins and ends.
    """
    forms, breaks = message.read.forms, message.read.breaks
    for start, end in dict.fromkeys(message.runs(Break.SENTENCE)):
        cuts = [place for place in range(start + 1, end) if breaks[place] or (forms[place] in JOINING and not breaks[place])]
        things = [(cut + (forms[cut] in JOINING), stop) for cut, stop in pairwise((*cuts, end)) if cut + (forms[cut] in JOINING) < stop]
        if len(cuts) < 2 or not all(is_thing(message, *thing) for thing in things):
            continue
        verbs = range(cuts[0] - 2, start, -1)
        verb = next((at for at in verbs if forms[at] in SHARED or (forms[at - 1], forms[at]) in LOOKING_AFTER), None)
        bare = is_thing(message, start, cuts[0])
        if verb is not None or bare or message.has("<helper>", start, cuts[0]):
            yield from ((verb, *thing) for thing in ([(start, cuts[0])] if bare else []) + things)


def is_thing(message: Message, start: int, end: int) -> bool:
    """Whether some words only name a thing: they are few, and nobody does anything in them."""
    forms, chart = message.read.forms[start:end], message.chart[start:end]
    does = any("<verb>" in here and "<thing>" not in here for here in chart)
    return len(forms) <= LONGEST_THING and not does and SAYING.isdisjoint(forms)


def as_said(task: Task, evidence: tuple[Quote, ...]) -> Iterator[Finding]:
    """The findings of a task that was read by itself, with the owner's words in the message."""
    return (replace(finding, evidence=evidence) for finding in task.findings if finding.certainty is Certainty.CLEAR)


def before(task: Task, words: Quote) -> Iterator[Task]:
    """A task without some words that are another one; nothing of one that is no more than these."""
    if not overlap(task.quote, words):
        yield task
    elif task.quote.start < words.start:
        rest = task.quote.words[: words.start - task.quote.start].rstrip(" ,").removesuffix(" and").rstrip(" ,")
        yield replace(task, quote=Quote(rest, task.quote.start, task.quote.start + len(rest)))


def overlap(one: Quote, other: Quote) -> bool:
    """Whether two runs of words share a letter."""
    return one.start < other.end and other.start < one.end


def moved(task: Task, by: int, message: str) -> Task:
    """A task read elsewhere, with its words where they stand in the message."""

    def there(quote: Quote) -> Quote:
        start, end = max(quote.start + by, 0), max(quote.end + by, 1)
        return Quote(message[start:end], start, end)

    quote = there(task.quote)
    findings = tuple(
        replace(finding, evidence=tuple(there(each) for each in finding.evidence if each.start + by >= 0) or (quote,))
        for finding in task.findings
    )
    return replace(task, quote=quote, findings=findings, sentence=message)


def of_the_same(message: Message, brought: Sequence[Task]) -> bool:
    """Whether a message asks no more than whether the same may be done by another, or in another way: "could my sister do it by phone?"."""
    forms = (*message.read.forms, "")
    alone = len(dict.fromkeys(message.runs(Break.SENTENCE))) == 1 and JOINING.isdisjoint(forms)
    does = next(
        (
            place
            for place in range(len(forms) - 2)
            if forms[place] in DOES
            and (forms[place + 1] in ("it", "them") or (forms[place + 1] in ("this", "that") and forms[place + 2] in WAYS))
        ),
        None,
    )
    if does is None or not alone or any(task.findings for task in brought):
        return False
    asks = next((form in MODALS for form in forms if form not in OPENERS), False)
    helping = {at for place in range(does) for label in ("<else>", "<name>") for at in span_of(message, place, label)}
    return asks or not telling(forms[place] for place in range(does) if place not in helping)


def span_of(message: Message, place: int, label: str) -> range:
    """The words from a place on that bear a label together; none where it doesn't begin there."""
    return range(place, max(message.chart[place].get(label, ()), default=place))


def spoken_of_again(message: Message, brought: Sequence[Task], conversation: Conversation) -> tuple[int, ...]:
    """The places of earlier tasks where a message does no more than name these again; none where it brings anything else."""
    if of_the_same(message, brought):
        return last_spoken_of(conversation)[:1]
    places: list[int] = []
    for task in brought:
        named = named_in(task.quote.words)
        if not (named - LIGHT) and not POINTERS.isdisjoint(task.quote.words.lower().split()) and not task.findings:
            places += last_spoken_of(conversation)[:1]
            continue
        same = [place for place in conversation.current if named and named <= named_in(conversation.standing[place].task.quote.words)]
        if task.findings or not same:
            return ()
        places.append(max(same, key=lambda place: conversation.standing[place].verdict.gravity))
    return tuple(dict.fromkeys(places))


def passed_on(shown: Set[str], seen: Message, conversation: Conversation) -> tuple[int, ...]:
    """The task under rule 1 that was spoken of last, where a message asks no more than that somebody else brings the news."""
    last = pointed_at(seen, TurnKind.VERDICT, conversation)
    kept = tuple(place for place in last if RuleNumber.HIRING in rules_of(conversation.standing[place].task))
    return kept if "passing_it_on" in shown and not {"draft", "drafts", "prepare"} & set(seen.read.forms) else ()


def trained_too(seen: Message, conversation: Conversation, rulebook: Rulebook) -> tuple[Task, ...]:
    """The training of others that a few words ask about, where training was spoken of last: "and the kitchen team?"."""
    last = pointed_at(seen, TurnKind.VERDICT, conversation)
    forms = seen.read.forms
    people = [place for place in range(len(forms)) if any(label in seen.chart[place] for label in ("<staff>", "<role>", "<people_noun>"))]
    trained = any(RuleNumber.TRAINING in rules_of(conversation.standing[place].task) for place in last)
    beside = telling(forms[place] for place in range(len(forms)) if place not in people and "<department>" not in seen.chart[place])
    if not trained or not people or len(beside) > 1:
        return ()
    said = seen.read.message.strip()
    start = seen.read.message.find(said)
    quote = Quote(said, start, start + len(said))
    function = next(iter(functions_in(seen, 0, len(forms), rulebook)), None) or people_named(seen, 0, len(forms))
    return (Task(quote, (Finding(RuleNumber.TRAINING, Certainty.CLEAR, (quote,), "again"),), field=function, sentence=said),)
