"""Which signs of a rule hold where they stand.

A sign may be used in another sense, belong to the way of asking, be part of the work around a kept task, or only name
the subject of something that is made.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from advisor.domain import Certainty, RuleNumber
from advisor.normal import Break
from advisor.phrases import JOINING, Match, Message
from advisor.reading.facts import clause
from advisor.rulebook import Entry, Role, Rulebook

PEOPLE = frozenset({"<worker>", "<vendor>", "<important>", "<else>", "<client>", "<partner>"})
PREPOSITIONS = frozenset("for at in on with by from to about of as into during after before".split())
PRONOUNS = frozenset("him her them me us".split())
ABOUT_HOW = frozenset("how to why when what we i you".split())
ABOUT = frozenset({"about", "regarding", "covering", "explaining"})
SUBJECT_MARKS = frozenset({"about", "on", "regarding", "re", "covering", "of", "for", "explaining"})
DOERS_TOO = frozenset({"software", "app", "tool", "platform", "system", "portal", "bot", "board", "site"})
ANYBODY = frozenset("anyone anybody someone somebody else others".split())
LETTING = frozenset(
    "let letting have having had get getting got want wanted ask asking asked told leave leaving left allow allowed pay paid".split()
)
PASSED_TO = ANYBODY | frozenset("him her them it".split())
PASSING = ("handing_over", "passing_on")
ASKING_WHICH = frozenset("what which whats how".split())
INTO = frozenset("to for who that which with on".split())
"""What tells, after somebody to hire, what they are hired for."""
NEVER = frozenset("not never nobody without".split())
OPENING = 6
"""How many words from its "I" a frame may take to pass something on."""
MODALS = frozenset("should can could may might shall must do would will".split())
ITSELF = frozenset("i we me us myself".split())
OWNER = frozenset("i we me us my our myself".split())
THIRD_PERSON = frozenset("knows understands has does".split())
OTHERS = frozenset("he she they you nobody everyone everybody people who missus hubby".split())
OWN_WAY = frozenset(
    (
        "have has had am are was were been be will just already always alone only personally still also then finally recently did do "
        "never once having"
    ).split()
)
"""What may stand between the owner and what the owner does: "I've always trained them myself"."""
LATELY = frozenset({"just", "recently", "finally", "already"})
"""With these an owner leaves out the "I": "just took over the shop"."""
BEGINNING = frozenset("and but so because since as while when then though although".split())
"""After these a clause of its own begins: "and I train them", not "decide what we sell"."""
POINTING = frozenset("it that this him her them those these one both".split())
HAVING = frozenset("have had is are was were do did am with got".split())
ANOTHER = frozenset({"<else>", "<client>", "<people_noun>", "<important>", "<counterpart>"})
FAR = 25
"""How many words, or tasks, apart two things may stand and still be taken for belonging together."""


def weighed(message: Message, matches: Sequence[Match[Entry]], rulebook: Rulebook) -> Iterator[Match[Entry]]:
    """The signs and the work around kept tasks that hold where they stand; those that are only talked about, as possible."""
    excused = Excused(message, [match for match in matches if match.owner.role is Role.VETO and not cut_short(message, match)])
    matches = [match for match in matches if match.owner.role is not Role.AROUND or not names_helper(message, match.start)]
    around = Covered(match for match in matches if match.owner.role is Role.AROUND)
    surely = Covered(match for match in matches if match.owner.role is Role.SIGN and match.owner.certainty is Certainty.CLEAR)
    beside = [match for match in matches if match.owner.role is Role.AROUND and not surely.meets_another(match)]
    narrower = Covered(match for match in matches if match.owner.narrows)
    asked = [match for match in matches if match.owner.role is Role.FRAME]
    frames = [match for match in asked if match.owner.hides]
    bringing_in = {match.start: match for match in frames if match.owner.name != "kept_back"}
    own = [match for match in frames if match.owner.name == "kept_back" and is_kept(message, match)]
    kept_back = {place: match for match in own for place in range(match.start, match.end)}
    doing = {place for match in asked if message.read.forms[match.start] in MODALS for place in doers(message, match)}
    headed = {place for match in matches if match.owner.role is Role.HEAD for place in range(match.start, match.end)}
    for match in matches:
        entry = match.owner
        if entry.role is Role.AROUND and headed.issuperset(range(match.start, match.end)):
            continue
        if entry.role not in (Role.SIGN, Role.AROUND) or (excused.excuses(match) and not joined_person(message, match, excused)):
            continue
        if entry.companions and (alone(message, match, doing) or only_around(message, match, beside)):
            continue
        if entry.role is Role.SIGN:
            frame, kept = bringing_in.get(match.start), kept_back.get(match.start)
            hidden = frame and entry.rule in frame.owner.hides and not entry.firm and not done_by_another(message, match.start)
            if hidden and not one_of_several(message, match, asked):
                continue
            if kept and entry.rule in kept.owner.hides and keeps_back(message, kept, match):
                continue
            if around.meets(match) and not entry.firm:
                continue
            if entry.certainty is Certainty.CLEAR and narrower.meets(match) and not names_more(message, match, narrower):
                continue
            if entry.rule is RuleNumber.UNDERSTANDING and (about_another(message, match) or of_the_past(message, match)):
                continue
            if entry.rule is not RuleNumber.UNDERSTANDING and by_owner(message, match) and elsewhere(message, match, asked):
                continue
            if entry.certainty is Certainty.CLEAR and not entry.firm and subject_only(message, match):
                match = Match(talked_about(entry, rulebook), match.start, match.end, match.topic)
        yield match


def doers(message: Message, frame: Match[Entry]) -> Iterator[int]:
    """The words of a frame that name who would do it: "could an outside instructor"."""
    for place in range(frame.start, frame.end):
        for end in message.chart[place].get("<else>", ()):
            yield from range(place, min(end, frame.end))


def alone(message: Message, match: Match[Entry], doing: Set[int]) -> bool:
    """Whether a sign is without the company that it needs; for training, those who would do it are none."""
    if match.owner.rule is not RuleNumber.TRAINING:
        return match.owner.companions.isdisjoint(message.present)
    return all(match.owner.companions.isdisjoint(here) for place, here in enumerate(message.chart) if place not in doing)


def names_more(message: Message, match: Match[Entry], narrower: "Covered") -> bool:
    """Whether a clear sign names something besides what a narrower one is about: "decide our prices and values"."""
    covered = [place for place in range(match.start, match.end) if narrower.covers(match.owner.rule, place)]
    rest = range(covered[-1] + 1, match.end)
    return any(message.read.breaks[place] is Break.COMMA or message.read.forms[place] in JOINING for place in rest[:-1])


def about_another(message: Message, match: Match[Entry]) -> bool:
    """Whether it is somebody else who doesn't understand: "my partner has no clue", not "I have no clue", nor "the books: no clue"."""
    forms, breaks = message.read.forms, message.read.breaks
    if OWNER & set(forms[match.start : match.end]):
        return False
    if forms[match.start] in THIRD_PERSON:
        return True
    before, subject_due = match.start - 1, match.topic is not None and forms[match.start] in ("not", "know", "understand")
    while before >= max(match.start - FAR, 0) and not breaks[before + 1]:
        here = forms[before]
        if here in OWNER or here in ("but", "so", "because", "it", "this", "that"):
            return False
        if here in OTHERS or not ANOTHER.isdisjoint(message.chart[before]):
            return True
        if here in THIRD_PERSON or here in HAVING:
            subject_due = True
        elif "<light>" not in message.chart[before]:
            return subject_due and (here.endswith("s") or somebody_before(message, before))
        before -= 1
    return False


def of_the_past(message: Message, match: Match[Entry]) -> bool:
    """Whether the owner says so of an earlier day: "I used to know nothing about it"."""
    return message.read.forms[max(match.start - 2, 0) : match.start] == ["used", "to"]


def names_helper(message: Message, place: int) -> bool:
    """Whether a word begins the longer name of a helper: "the print shop", not "print the posters"."""
    return any(end > place + 1 for end in message.chart[place].get("<helper>", ()))


def somebody_before(message: Message, place: int) -> bool:
    """Whether the clause up to a word begins with somebody else: "the old guys in the workshop (don't understand)"."""
    start, end = clause(message, place)[0], place
    words = range(max(start, end - FAR), end)
    if any(message.read.forms[at] in ITSELF for at in words):
        return False
    return any(not ANOTHER.isdisjoint(message.chart[at]) for at in words)


def only_around(message: Message, match: Match[Entry], beside: Sequence[Match[Entry]]) -> bool:
    """Whether a sign speaks, where its company is met, of work around the rule's task: in its sentence, or else the one before."""
    first, last = clause(message, match.start, Break.SENTENCE)
    if first and not any(message.has(label, first, last) for label in match.owner.companions):
        first = clause(message, first - 1, Break.SENTENCE)[0]
    return any(other.owner.rule is match.owner.rule and first <= other.start < last for other in beside)


def by_owner(message: Message, match: Match[Entry]) -> bool:
    """Whether the owner is said to do it, and is not asking whether to: "I've told the vet no", not "should I tell him"."""
    forms, breaks = message.read.forms, message.read.breaks
    if forms[match.start] in HAVING:
        return False
    place = match.start
    while place > 0 and not breaks[place] and forms[place - 1] in OWN_WAY:
        place -= 1
    if place < match.start and (place == 0 or breaks[place]):
        return forms[place] in LATELY
    if place == 0 or breaks[place] or forms[place - 1] not in ("i", "we"):
        return False
    return place < 2 or bool(breaks[place - 1]) or forms[place - 2] in BEGINNING


def elsewhere(message: Message, match: Match[Entry], frames: Sequence[Match[Entry]]) -> bool:
    """Whether another sentence hands over work of its own, rather than pointing back at this one."""
    here = clause(message, match.start, Break.SENTENCE)
    for frame in frames:
        if frame.owner.name == "kept_back" or here[0] <= frame.start < here[1]:
            continue
        other = clause(message, frame.start, Break.SENTENCE)
        pointing = any(message.read.forms[place] in POINTING for place in range(*other))
        if not pointing and any(label.startswith("<work_") for place in range(*other) for label in message.chart[place]):
            return True
    return False


def one_of_several(message: Message, match: Match[Entry], frames: Sequence[Match[Entry]]) -> bool:
    """Whether to hire is one of several jobs that another sentence hands over: "hire a cook and clean the van: could she do that?"."""
    start, end = clause(message, match.start, Break.SENTENCE)
    forms, breaks = message.read.forms, message.read.breaks
    joints = [place for place in range(start + 1, end) if breaks[place] or forms[place] in JOINING]
    told_of = forms[match.end : next((place for place in joints if place >= match.end), end)]
    if not INTO.isdisjoint(told_of) or not POINTING.isdisjoint(forms[start:end]):
        return False
    works = (any(label.startswith("<work_") for label in message.chart[place]) for place in others_joined(message, match, joints, end))
    return (breaks[start] is Break.ITEM or any(works)) and any(hands_back(message, frame, start) for frame in frames)


def hands_back(message: Message, frame: Match[Entry], start: int) -> bool:
    """Whether a frame hands over, in another sentence, what stands elsewhere: "could she do that?", "what can I hand off?"."""
    first, last = clause(message, frame.start, Break.SENTENCE)
    passes = frame.owner.name in PASSING or (message.read.asked[last] and frame.owner.name != "kept_back")
    forms = message.read.forms[first:last]
    named = any(label.startswith("<work_") for place in range(first, last) for label in message.chart[place])
    return first != start and passes and (not named or not POINTING.isdisjoint(forms) or not ASKING_WHICH.isdisjoint(forms))


def others_joined(message: Message, match: Match[Entry], joints: Sequence[int], end: int) -> Iterator[int]:
    """The words of a sentence that belong to another deed joined to a sign's."""
    for first, last in pairwise((*joints, end)):
        part = range(first + (message.read.forms[first] in JOINING), last)
        if part and match.start not in part and "<verb>" in message.chart[part[0]]:
            yield from part


def joined_person(message: Message, match: Match[Entry], excused: "Covered") -> bool:
    """Whether a sign goes on, past an excused word and a joining one, to a person: "train our dog and our staff"."""
    last = match.end - 1
    if excused.covers(match.owner.rule, last) or not PEOPLE & message.chart[last].keys():
        return False
    return any(
        message.read.forms[place] in JOINING and excused.covers(match.owner.rule, place - 1) for place in range(match.start + 1, last)
    )


def cut_short(message: Message, match: Match[Entry]) -> bool:
    """Whether a match ends within the name of a person: "for the dog", where "for the dog groomers" is said."""
    if match.owner.rule is RuleNumber.UNDERSTANDING:
        return False
    next_word = match.end
    while next_word < len(message.chart) and not message.read.breaks[next_word] and "<light>" in message.chart[next_word]:
        next_word += 1
    after = message.chart[next_word] if next_word < len(message.chart) and not message.read.breaks[next_word] else {}
    return any(end > match.end for end in message.chart[match.end - 1].get("<worker>", ())) or bool(
        {"<worker>", "<people_noun>"} & after.keys()
    )


class Covered:
    """The words that some matches cover, by rule."""

    def __init__(self, matches: Iterable[Match[Entry]]) -> None:
        self._places: dict[RuleNumber | None, set[int]] = {}
        for match in matches:
            self._places.setdefault(match.owner.rule, set()).update(range(match.start, match.end))

    def meets_another(self, match: Match[Entry]) -> bool:
        """Whether a match of another rule shares a word with them."""
        span = range(match.start, match.end)
        return any(rule is not match.owner.rule and not places.isdisjoint(span) for rule, places in self._places.items())

    def covers(self, rule: RuleNumber | None, place: int) -> bool:
        """Whether a word is among those of a rule."""
        return place in self._places.get(rule, set())

    def meets(self, match: Match[Entry]) -> bool:
        """Whether a match of the same rule shares a word with them."""
        return not self._places.get(match.owner.rule, set()).isdisjoint(range(match.start, match.end))


class Excused(Covered):
    """What the vetoes cover, and which signs that excuses."""

    def __init__(self, message: Message, vetoes: Sequence[Match[Entry]]) -> None:
        super().__init__(vetoes)
        self._message = message
        self._by_place: dict[int, list[Match[Entry]]] = {}
        for veto in vetoes:
            for place in range(veto.start, veto.end):
                self._by_place.setdefault(place, []).append(veto)

    def excuses(self, sign: Match[Entry]) -> bool:
        """Whether a veto of the same rule shares a word with a match, unless the match goes on to a person or comes to one first.

        "Fire the cable supplier" is about the supplier, and "train the staff to walk the dogs" about the staff; but "hire
        a van for the driver" is about a van.
        """
        touching = (veto for place in range(sign.start, sign.end) for veto in self._by_place.get(place, ()))
        return any(veto.owner.rule is sign.owner.rule and not self._comes_to_person(veto, sign) for veto in touching)

    def _comes_to_person(self, veto: Match[Entry], sign: Match[Entry]) -> bool:
        chart, forms, last = self._message.chart, self._message.read.forms, sign.end - 1
        if veto.start < sign.start or not PEOPLE & chart[last].keys():
            return False
        if veto.end <= last:
            return PREPOSITIONS.isdisjoint(forms[veto.end : last])
        return veto.start == sign.start and not PREPOSITIONS.isdisjoint(forms[sign.end : veto.end])


def keeps_back(message: Message, frame: Match[Entry], match: Match[Entry]) -> bool:
    """Whether a sign lies in what the owner does or did, and nobody else is named for it: "I fired Bob", not "I'll let her fire Bob"."""
    forms = message.read.forms
    named = (place for place in range(frame.start, match.start) if "<else>" in message.chart[place])
    return all(forms[place] in ANYBODY for place in named)


def is_kept(message: Message, frame: Match[Entry]) -> bool:
    """Whether "I …" tells what the owner does, neither asking nor passing it on: not "should I hire", nor "I'll let her hire"."""
    said = message.read.forms[frame.start : frame.end]
    passed_on = any(verb in LETTING and whom in PASSED_TO for verb, whom in pairwise(said[:OPENING]))
    never = not NEVER.isdisjoint(said[:OPENING])
    return not only_asked(message, frame) and passed_on <= never and not (never and "myself" in said)


def only_asked(message: Message, frame: Match[Entry]) -> bool:
    """Whether "I …" belongs to a question: "should I hire …"."""
    read, start = message.read, frame.start
    return start > 0 and read.forms[start] in ("i", "we") and read.forms[start - 1] in MODALS and not read.breaks[start]


def done_by_another(message: Message, place: int) -> bool:
    """Whether the verb at a place has somebody else for its subject: "could my VA hire …", not "should I hire …"."""
    for before in range(place - 1, max(place - FAR, 0) - 1, -1):
        if message.read.breaks[before + 1] or message.read.forms[before] in ("i", "we", "anyone", "anybody", "others"):
            return False
        if "<else>" in message.chart[before] or message.read.forms[before] in ("he", "she", "they"):
            return True
    return False


def subject_only(message: Message, match: Match[Entry]) -> bool:
    """Whether the words are only what something is about: "a blog post on hiring", "the hiring blog"."""
    chart, forms, breaks = message.chart, message.read.forms, message.read.breaks
    if any("<artefact>" in chart[place] and forms[place + 1] in ABOUT for place in range(match.start, match.end - 2)):
        return True
    after = match.end
    compound = after < len(chart) and not breaks[after] and "<artefact>" in chart[after] and "<light>" not in chart[after]
    if compound and not PEOPLE & chart[after - 1].keys() and forms[after - 1] not in PRONOUNS:
        return True
    if forms[max(match.start - 2, 0) : match.start] == ["how", "to"]:
        return any("<artefact>" in chart[place] for place in range(max(match.start - FAR, 0), match.start))
    mark = match.start - 1
    while mark > 0 and not breaks[mark + 1] and ("<light>" in chart[mark] or forms[mark] in ABOUT_HOW) and forms[mark] not in SUBJECT_MARKS:
        mark -= 1
    if mark < 1 or breaks[mark + 1] or breaks[mark] or forms[mark] not in SUBJECT_MARKS:
        return False
    return "<artefact>" in chart[mark - 1] and forms[mark - 1] not in DOERS_TOO


def talked_about(entry: Entry, rulebook: Rulebook) -> Entry:
    """The entry as it counts where the words are only a subject."""
    boundary = rulebook.rules[entry.rule].boundary if entry.rule else ""
    return replace(entry, certainty=Certainty.POSSIBLE, boundary=boundary, asks=False)
