"""Which tasks of the conversation a message speaks of."""

import re
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

from advisor.domain import Certainty, Conversation, RuleNumber, Task, TurnKind, Verdict
from advisor.normal import stem, words
from advisor.phrases import Message
from advisor.reading.parts import IDLE

ORDINALS = {"first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4}
FROM_THE_END = frozenset({"last", "latter"})
POINTED_WITH = frozenset("one ones task thing bit job question part item wan yoke".split())
SAID_OF = frozenset("i we is was can could if has would she he they again like".split())
"""After these words an ordinal stands by itself: "the second I know well"."""
BEFORE_NUMBERS = frozenset("why and for number no task question about on explain or with only".split())
LETTERS = re.compile(r"\(([a-e])\)")
NUMBERED = re.compile(r"(?:#|\bno\.?\s*(?=\d)|\b(?:number|task|item)\s+)(\d|one|two|three|four|five)\b", re.IGNORECASE)
COUNTED = {"1": 0, "one": 0, "2": 1, "two": 1, "3": 2, "three": 2, "4": 3, "four": 3, "5": 4, "five": 4}
ALL = re.compile(r"\ball of (?:them|these|those|it)\b|\b(?:all|these|those) (?:two|three|four|five)\b|\beach (?:one|of)\b", re.IGNORECASE)
AGAINST = frozenset("not no wrong problem issue against never harm bad allowed refuse refusing danger keep mine me myself i".split())
"""Words by which a "why" asks about a task that may not go."""
SHE = frozenset("she her hers mum mom mother wife sister daughter niece aunt aunty granny grandmother girlfriend missus lady girl".split())
HE = frozenset("he him his dad father husband brother son nephew uncle grandad grandfather boyfriend lad boy guy fella bloke".split())
NAMED, TOLD, PERSON = 3.0, 1.0, 0.5
"""What a word in common counts for: one that names the task, one of its sentence, and only the same he or she."""
LEAST = 1.0
LONGEST_REMEMBERED = 400
"""How many characters a text may have whose words are remembered for a moment: not much room, and soon other visitors' in its place."""
VAGUE = frozenset(
    (
        "why say says tell told said want wants wanted need needs make makes made give gives take takes let ask asks know think "
        "see look find come comes time day new way use good bad sure still really even then also too like mean one two three "
        "thing bit part lot else first second third last other same right business company people someone somebody anyone person "
        "yes please thanks ok okay well now today week month year may might must shall than there here their his hers its been "
        "being were whose whom which because behind before after while until till where who both either only just very more most "
        "less least little few many another each every own away back off out over under again ever never always sometimes often "
        "maybe perhaps actually honestly though although but into onto from by up down as if when without within between through "
        "around about above below keep keeps going gone went doing done having put puts run runs set sets call calls wrong hello "
        "hi hey sorry god lord love reason rule rules answer question thought thinking believe feel guess suppose point matter "
        "difference different problem shop mate sir nothing anything everything something clue clueless idea notion understand grasp "
        "honest lied lie truth judge anymore hmm"
    ).split()
)
"""Words that name no task, though they may stand in the words of one."""


def pointed_at(message: Message, kind: TurnKind, conversation: Conversation) -> tuple[int, ...]:
    """The places of the tasks that a follow-up speaks of; several where it leaves open which, none where there is none.

    By number or name where it gives one; else the last turn's. Of several, those that the question makes sense for.
    """
    current = conversation.current
    if kind is TurnKind.RECAP or len(current) < 2:
        return current
    recent = last_spoken_of(conversation)
    numbered = by_number(message, conversation)
    if kind is TurnKind.COMPARE:
        named = by_name(message, conversation)
        if len(named) > 1:
            return named
        if len(recent) > 1 or len(numbered) > 1:
            return numbered if len(numbered) > 1 else recent
        first = named or numbered or recent
        other = next(place for place in (*reversed(spoken_of(conversation)), *reversed(current)) if place not in first)
        return tuple(sorted({*first, other}))
    if numbered:
        return numbered
    named = by_name(message, conversation, best=True)
    if not named and kind is TurnKind.WHY and AGAINST.isdisjoint(message.read.forms):
        return recent
    return named or fitting(recent, kind, conversation)


def spoken_of(conversation: Conversation) -> list[int]:
    """The places of the tasks in the order in which they were last spoken of, the latest last; a turn's first task counts as latest."""
    places = [place for turn in conversation.turns if turn.kind is not TurnKind.RECAP for place in reversed(turn.about)]
    return [place for at, place in enumerate(places) if place not in places[at + 1 :] and place not in conversation.withdrawn]


def last_spoken_of(conversation: Conversation) -> tuple[int, ...]:
    """The tasks of the last turn that was about any, and about some of them only."""
    turns = (turn for turn in reversed(conversation.turns) if turn.kind not in (TurnKind.RECAP, TurnKind.COMPARE))
    about = (tuple(place for place in turn.about if place not in conversation.withdrawn) for turn in turns)
    return next((places for places in about if places), conversation.current[-1:])


def by_number(message: Message, conversation: Conversation) -> tuple[int, ...]:
    """The task that a message names by its number or place: "the second one", "(b)", "the other one", "both"."""
    forms, breaks, text = message.read.forms, message.read.breaks, message.read.message
    current, recent = conversation.current, last_spoken_of(conversation)
    lists = (turn.about for turn in reversed(conversation.turns) if turn.kind is TurnKind.VERDICT and len(turn.about) > 1)
    counted = next(lists, current)
    counted = tuple(place for place in counted if place in current) or current
    if "both" in forms or ALL.search(text):
        return recent if len(recent) > 1 else current[-2:] if "both" in forms else current
    found: list[int] = []
    for match in [*LETTERS.finditer(text), *NUMBERED.finditer(text)]:
        place = "abcde".find(match[1]) if match[0].startswith("(") else COUNTED.get(match[1].lower(), len(counted))
        found += counted[place : place + 1]
    for at, form in enumerate(forms):
        ends = at + 1 == len(forms) or bool(breaks[at + 1])
        after = "" if ends else forms[at + 1]
        pointing = ends or after in POINTED_WITH or after in SAID_OF or form in ("former", "latter")
        if form in COUNTED and form.isdigit() and (len(forms) < 5 or forms[max(at - 1, 0)] in BEFORE_NUMBERS):
            found += counted[COUNTED[form] : COUNTED[form] + 1]
        if form in ("first", "last") and after in COUNTED:
            number = COUNTED[after] + 1
            found += counted[:number] if form == "first" else counted[-number:]
        if form in ORDINALS and pointing and (len(forms) < 4 or forms[max(at - 1, 0)] in ("the", "that", "my", "and", "only")):
            places = counted if ORDINALS[form] < len(counted) else current
            found += places[ORDINALS[form] : ORDINALS[form] + 1]
        if form in FROM_THE_END and pointing and forms[max(at - 1, 0)] in ("the", "that", "this"):
            found += counted[-1:] if recent == counted else current[-1:]
        if form == "middle" and pointing and len(counted) > 2:
            found += counted[1:2]
        if form == "other" and (ends or forms[at + 1] in POINTED_WITH):
            others = [place for place in reversed(spoken_of(conversation)) if place not in recent]
            named = [place for place in by_name(message, conversation, best=True) if place in others]
            found += named or (others if at + 2 >= len(forms) else others[:1])
    return tuple(dict.fromkeys(found))


def points_beyond(message: Message, conversation: Conversation) -> bool:
    """Whether a few words point at a task by a place that there is none at: "and the second one?" after a single task."""
    forms = message.read.forms
    pointing = any(form in ORDINALS and forms[max(at - 1, 0)] == "the" for at, form in enumerate(forms))
    return pointing and len(forms) <= FEW_WORDS and not by_number(message, conversation)


FEW_WORDS = 5


def by_name(message: Message, conversation: Conversation, best: bool = False) -> tuple[int, ...]:
    """The tasks that a message names by words of theirs; with ``best``, only where one shares clearly most."""
    said = telling(message.read.forms)
    scores = {place: likeness(said, message.read.forms, place, conversation) for place in conversation.current}
    common = min(scores.values(), default=0.0)
    named = {place: score - common for place, score in scores.items() if score - common >= LEAST}
    if not named:
        return ()
    if not best:
        return tuple(named)
    most = max(named.values())
    top = tuple(place for place, score in named.items() if score == most)
    return top if len(top) == 1 else ()


def likeness(said: Set[str], forms: Sequence[str], place: int, conversation: Conversation) -> float:
    """How much a message sounds like a task."""
    task = conversation.standing[place].task
    name, around = named_in(task.quote.words), named_in(task.sentence)
    score = NAMED * len(said & name) + TOLD * len(said & (around - name))
    people = set(task.sentence.lower().replace("'", " ").split())
    for group in (SHE, HE):
        score += PERSON if not group.isdisjoint(forms) and not group.isdisjoint(people) else 0
    return score


def named_in(text: str) -> frozenset[str]:
    """The stems of the words of a text by which a task can be told."""
    return _named_in(text) if len(text) <= LONGEST_REMEMBERED else _named_in.__wrapped__(text)


@lru_cache(maxsize=256)
def _named_in(text: str) -> frozenset[str]:
    """The same, remembered as long as one message is read: it is compared with every task before it, several times."""
    return frozenset(telling(words(text).forms))


def rules_of(task: Task) -> set[RuleNumber]:
    """The rules that clearly apply to a task."""
    return {each.rule for each in task.findings if each.certainty is Certainty.CLEAR}


def is_training(task: Task) -> bool:
    """Whether a task is, or may be, one of training."""
    return any(finding.rule is RuleNumber.TRAINING for finding in task.findings)


def telling(forms: Iterable[str]) -> set[str]:
    """The stems of those words by which a task can be told."""
    plain = (form.removesuffix("'s") for form in forms)
    return {stem(word).rstrip("e") for word in plain if word not in IDLE and word not in VAGUE and (len(word) > 1 or word.isdigit())}


def fitting(places: tuple[int, ...], kind: TurnKind, conversation: Conversation) -> tuple[int, ...]:
    """Of several tasks, those that a question makes sense for; all of them where it does for none."""
    standing = conversation.standing
    fits = {
        TurnKind.WHY: lambda each: each.verdict is not Verdict.HAND_OFF,
        TurnKind.PARTS: lambda each: each.verdict in (Verdict.KEEP, Verdict.STAY_INVOLVED),
        TurnKind.BRIEF: lambda each: each.verdict is Verdict.HAND_OFF,
        TurnKind.LEARN: lambda each: RuleNumber.UNDERSTANDING in each.rules,
        TurnKind.PUSHBACK: lambda each: each.verdict is not Verdict.HAND_OFF,
        TurnKind.COUNTERFACTUAL: lambda each: each.verdict is not Verdict.HAND_OFF,
    }.get(kind)
    return tuple(place for place in places if fits and fits(standing[place])) or places
