"""The small language in which rule files describe wording: lists of words, and phrases over them.

A phrase is read word by word, left to right::

    fire            this very word
    fire~           the word in any form: fires, fired, firing
    <staff>         any member of the list "staff", which may be several words long
    a|b~|<c>        one of these
    [x|y]           may be there or not
    ..              up to three words of any kind, "." up to one, "..." up to seven; never into another clause
    ^  $            the clause begins, or ends, here
    {it}            one or more words up to the end of the clause, kept as what the phrase is about

Small words ("the", "our", "new") may stand between any two of these, and so may a second verb that shares the object:
"<hire> <staff>" also reads "hire and train our new staff".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from advisor.normal import Break, Words

Owner = TypeVar("Owner")

GAPS = {".": 1, "..": 3, "...": 7}
"""How many words of any kind a gap may pass over."""
LONGEST_TOPIC = 12
JOINING = frozenset({"and", "or", "&", "then", "plus", "nor"})
BARRIERS = frozenset(
    "and or but so because while when if then plus unless until though although whether which as before after also".split()
)
ARTICLES = frozenset({"the", "a", "an"})
PLACED = frozenset({"in", "near", "at", "into", "across", "outside"})
"""After these a capital begins the name of a place, rather than of a person."""
PEOPLE_ENDINGS = ("ers", "ors", "ists", "ians", "ees", "men", "women", "maids", "hands")
"""By which a word that no list has is taken for people: "drafters"."""
TURNS_AWAY = frozenset({"but", "so", "because", "just", "only", "yet", "however", "though", "can", "should", "could"})
VOWELS = frozenset("aeiou")
PARTICLES = frozenset("up off on in out over through down along back away loose aside around round".split())
"""Words that belong to a verb though its object may stand between: "bring the new boy on"."""
AFTER_PARTICLE = JOINING | frozenset(
    (
        "for to with before after when while until till so instead this next if but because today tomorrow tonight now from by as then at"
    ).split()
)
"""What may follow such a word; anything else, and it begins another phrase: "take the cook on the boat"."""
FARTHEST_PARTICLE = 5


class PhraseError(ValueError):
    """A phrase or list that can't be read; its text names the mend, ``in_list`` the list where it is one."""

    def __init__(self, problem: str, in_list: str = "") -> None:
        super().__init__(problem)
        self.in_list = in_list


class Element(NamedTuple):
    """One step of a phrase: one of these labels; or, with no labels, a gap or a topic."""

    labels: frozenset[str]
    optional: bool = False
    gap: int = 0
    topic: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, ready to be looked for."""

    text: str
    elements: tuple[Element, ...]
    at_start: bool
    at_end: bool
    joins: bool
    """Whether a second verb that shares the object may stand within it."""
    needs: tuple[frozenset[str], ...]
    """For each step that must be there, what would do; none of it in a message rules the phrase out at once."""


@dataclass(frozen=True, slots=True)
class Match(Generic[Owner]):
    """A phrase found in a message: words ``start`` to ``end``, half-open, and the topic's where it has one."""

    owner: Owner
    start: int
    end: int
    topic: tuple[int, int] | None = None


class Lists:
    """Named lists of words and short phrases, each member in all its forms.

    Args:
        verbs: Members inflected at their first word ("lay off": laying off).
        nouns: Members inflected at their last word ("new hire": new hires).
        phrases: Members taken as they are.
        irregular: Forms that no rule gives, by base form.
        named: Names that phrases may speak of though no list bears them: their words are told apart later.

    Raises:
        PhraseError: A list names one that doesn't exist, or names itself.
    """

    def __init__(
        self,
        verbs: Mapping[str, Sequence[str]],
        nouns: Mapping[str, Sequence[str]],
        phrases: Mapping[str, Sequence[str]],
        irregular: Mapping[str, Sequence[str]],
        named: Iterable[str] = (),
    ) -> None:
        self.irregular = irregular
        self.names = frozenset(verbs) | frozenset(nouns) | frozenset(phrases) | {"people_noun", "verb", *named}
        self.labels: dict[str, tuple[str, ...]] = {}
        """What each single word is labelled with."""
        self.longer: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
        """By first and second word, what all the words after the first must be, and the label that they then bear."""
        self.parted: dict[str, dict[str, dict[str, None]]] = {}
        """By verb and particle, the labels that the verb bears where its object parts the two: "bring them on"."""
        singles: dict[str, dict[str, None]] = {}
        self.parents = parents = self.included(verbs, nouns, phrases)
        """For each list or name, itself and every list that includes it."""
        self.of_nouns = frozenset(f"<{name}>" for name in self.names - {each for listed in verbs for each in parents[listed]})
        """The lists that hold no verbs: a phrase that begins with one of these shares no object."""
        self.name_labels = tuple(f"<{each}>" for each in sorted(parents.get("name", ())))
        """What a word is labelled with that can only be somebody's name."""
        longer: dict[str, dict[tuple[tuple[str, ...], str], None]] = {}
        for kind, lists in (("verb", verbs), ("noun", nouns), ("", phrases)):
            for name, members in lists.items():
                labels = [f"<{each}>" for each in sorted(parents[name])]
                if kind == "verb":
                    labels.append("<verb>")
                for member in members:
                    if member.startswith("<"):
                        continue
                    if not MEMBER.fullmatch(member):
                        raise PhraseError(
                            f"{member!r} in the list {name!r} can't be met in a message: use small letters, no hyphens, "
                            "and spell out short forms (can not)",
                            name,
                        )
                    for form in (form for each in spelt_out(member) for form in self.inflections(each, kind)):
                        if len(form) == 1:
                            singles.setdefault(form[0], {}).update(dict.fromkeys(labels))
                        else:
                            longer.setdefault(form[0], {}).update(dict.fromkeys((form[1:], label) for label in labels))
                            if kind == "verb" and len(form) == 2 and form[1] in PARTICLES:
                                self.parted.setdefault(form[0], {}).setdefault(form[1], {}).update(dict.fromkeys(labels))
        self.labels = {word: tuple(labels) for word, labels in singles.items()}
        for word, rests in longer.items():
            seconds = self.longer.setdefault(word, {})
            for rest, label in rests:
                seconds.setdefault(rest[0], []).append((rest, label))

    def included(self, *kinds: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
        """For each list, itself and every list that includes it."""
        direct: dict[str, set[str]] = {name: set() for name in self.names}
        for lists in kinds:
            for name, members in lists.items():
                for member in members:
                    if member.startswith("<"):
                        if member[1:-1] not in direct:
                            raise PhraseError(
                                f"the list {name!r} includes {member}, which no file defines: correct the name, or add the list", name
                            )
                        direct[member[1:-1]].add(name)
        closed: dict[str, set[str]] = {}
        for name in direct:
            seen, todo = {name}, [name]
            while todo:
                for parent in direct[todo.pop()] - seen:
                    seen.add(parent)
                    todo.append(parent)
            closed[name] = seen
        return closed

    def inflections(self, base: list[str], kind: str) -> Iterable[tuple[str, ...]]:
        """The forms of a member of one or more words."""
        if kind == "verb":
            return [(form, *base[1:]) for form in self.verb_forms(base[0])]
        if kind == "noun":
            return [(*base[:-1], form) for form in self.noun_forms(base[-1])]
        return [tuple(base)]

    def verb_forms(self, base: str) -> set[str]:
        """A verb's forms: "hire" gives hires, hired, hiring."""
        forms = {base, plural(base)}
        if base in self.irregular:
            forms |= set(self.irregular[base])
        else:
            stems = {base[:-1]} if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) else {base}
            if base.endswith("y") and base[-2:-1] not in VOWELS:
                forms |= {base[:-1] + "ied", base + "ing"}
            else:
                if doubles(base):
                    stems.add(base + base[-1])
                forms |= {stem + ending for stem in stems for ending in ("ed", "ing")}
        if base.endswith("ise"):
            forms |= {form.replace("is", "iz", 1) if form.count("is") == 1 else form for form in forms}
        return forms

    def noun_forms(self, base: str) -> set[str]:
        """A noun in singular and plural."""
        return {base, *(self.irregular[base] if base in self.irregular else (plural(base),))}

    def label(self, read: Words) -> list[dict[str, list[int]]]:
        """For each word of a message, its labels, each with the places where the words bearing it may end, the farthest first."""
        chart: list[dict[str, list[int]]] = []
        forms, breaks = read.forms, read.breaks
        for place, form in enumerate(forms):
            here: dict[str, list[int]] = {form: [place + 1]}
            written = read.message[read.starts[place] : read.ends[place]]
            placed = place > 0 and forms[place - 1] in PLACED
            named = not breaks[place] and not placed and is_name(written) and "<name_or_word>" in self.labels.get(form, ())
            for label in self.name_labels if named else self.labels.get(form, ()):
                here[label] = [place + 1]
            seconds = self.longer.get(form)
            following = seconds.get(forms[place + 1], ()) if seconds and place + 1 < len(forms) else ()
            for rest, label in following:
                end = place + 1 + len(rest)
                if tuple(forms[place + 1 : end]) == rest and not any(breaks[place + 1 : end]):
                    here.setdefault(label, []).append(end)
            if form in self.parted:
                for label in self.parted[form].get(particle(read, place + 1), ()):
                    here.setdefault(label, [place + 1])
            if len(here) == 1 and form.endswith(PEOPLE_ENDINGS):
                here["<people_noun>"] = [place + 1]
            if (
                len(here) == 1
                and not breaks[place]
                and not ARTICLES & set(forms[max(place - 2, 0) : place])
                and not placed
                and is_name(read.message[read.starts[place] : read.ends[place]])
            ):
                for label in self.name_labels:
                    here[label] = [place + 1]
            for ends in here.values():
                ends.sort(reverse=True)
            chart.append(here)
        return chart


def particle(read: Words, place: int) -> str:
    """The word that may close a verb whose object begins at a place: "on" in "bring the new boy on"; empty where there is none."""
    for end in range(place + 1, min(place + FARTHEST_PARTICLE, len(read))):
        if read.breaks[end] or read.forms[end] in BARRIERS:
            return ""
        if read.forms[end] in PARTICLES:
            closes = end + 1 == len(read) or read.breaks[end + 1] or read.forms[end + 1] in AFTER_PARTICLE
            return read.forms[end] if closes else ""
    return ""


def is_name(written: str) -> bool:
    """Whether a word within a sentence is written as names are: "Farida", not "VAT"."""
    return len(written) > 2 and written[0].isupper() and written[1:].islower()


def plural(base: str) -> str:
    """A regular plural, or third person."""
    if base.endswith("y") and len(base) > 1 and base[-2] not in VOWELS:
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "z", "ch", "sh")) else "s")


def doubles(base: str) -> bool:
    """Whether a verb may double its last letter: "let" gives letting."""
    return len(base) > 2 and base[-1] not in VOWELS | set("wxy") and base[-2] in VOWELS and base[-3] not in VOWELS


MEMBER = re.compile(r"[a-z0-9$.\[\]]+(?:[ |][a-z0-9$.]+)*")
PLAIN_WORD = re.compile(r"[a-z0-9$€£']+~?|<[a-z_]+>")


def parse(text: str, lists: Lists, joins: bool = True) -> Phrase:
    """Read one phrase.

    Args:
        text: The phrase as a rule file has it.
        lists: The lists that it may name.
        joins: Whether "hire and train staff" is to be read as "hire staff", too.

    Raises:
        PhraseError: It can't be read; the message says why and names the mend.
    """
    steps = text.split()
    at_start, at_end = steps[:1] == ["^"], steps[-1:] == ["$"]
    elements: list[Element] = []
    for step in steps[at_start : len(steps) - at_end]:
        if step in GAPS:
            elements.append(Element(frozenset(), gap=GAPS[step]))
        elif step == "{it}":
            elements.append(Element(frozenset(), topic=True))
        else:
            optional = step.startswith("[") and step.endswith("]")
            elements.append(Element(alternatives(step[1:-1] if optional else step, text, lists), optional=optional))
    firm = next((element for element in elements if not element.optional), None)
    if firm is None or not firm.labels:
        raise PhraseError(f"the phrase {text!r} must begin with a word or a list: a gap or a topic can't come first")
    needs = tuple(element.labels for element in elements if element.labels and not element.optional)
    deed = not firm.labels <= lists.of_nouns
    return Phrase(text, tuple(elements), at_start, at_end, joins and deed, needs)


SEVERAL_WORDS = re.compile(r"\[([^\[\]]* [^\[\]]*)\]")


def with_and_without(text: str) -> Iterator[str]:
    """A phrase in which several words together may be there or not, as the phrases that it stands for."""
    found = SEVERAL_WORDS.search(text)
    if found is None:
        yield text
        return
    for words in ("", *found.group(1).split("|")):
        yield from with_and_without(f"{text[: found.start()]}{words}{text[found.end() :]}")


def alternatives(step: str, text: str, lists: Lists) -> frozenset[str]:
    """The labels that satisfy one step of a phrase."""
    labels: set[str] = set()
    for choice in step.split("|"):
        if not PLAIN_WORD.fullmatch(choice):
            raise PhraseError(f"{choice!r} in the phrase {text!r} is neither a word in small letters nor a <list>")
        if choice.startswith("<"):
            if choice[1:-1] not in lists.names:
                raise PhraseError(f"the phrase {text!r} uses {choice}, which no file defines: correct the name, or add the list")
            labels.add(choice)
        elif choice.endswith("~"):
            labels |= lists.verb_forms(choice[:-1]) | lists.noun_forms(choice[:-1])
        else:
            labels.add(choice)
    return frozenset(labels)


def spelt_out(member: str) -> Iterator[list[str]]:
    """A list's member in each of its wordings: "veg|egg man" is "veg man" and "egg man"; "it people" are those of "i.t", too."""
    for wording in product(*(step.split("|") for step in member.split())):
        yield list(wording)
        if wording[0] == "it" and len(wording) > 1:
            yield ["i.t", *wording[1:]]


class Message:
    """A message as the phrases see it: its words, their labels, and where reading may go on from each."""

    def __init__(self, read: Words, lists: Lists) -> None:
        self.read = read
        self.chart = lists.label(read)
        self.present = {label for here in self.chart for label in here}
        self._onward: dict[tuple[int, bool], tuple[int, ...]] = {}
        self._runs: dict[Break, list[tuple[int, int]]] = {}

    def runs(self, least: Break) -> list[tuple[int, int]]:
        """For each word, where the run of words that it stands in begins and ends: up to breaks of at least that strength."""
        if least not in self._runs:
            runs: list[tuple[int, int]] = []
            for place in range(len(self.read)):
                if place + 1 == len(self.read) or self.read.breaks[place + 1] >= least:
                    runs += [(len(runs), place + 1)] * (place + 1 - len(runs))
            self._runs[least] = runs
        return self._runs[least]

    def has(self, label: str, start: int, end: int) -> bool:
        """Whether words within ``start`` to ``end`` bear a label."""
        return any(label in self.chart[place] for place in range(start, end))

    def onward(self, place: int, joins: bool) -> tuple[int, ...]:
        """The places from which the next step of a phrase may be read, past small words and verbs that share the object."""
        known = self._onward.get((place, joins))
        if known is not None:
            return known
        found = dict.fromkeys(self._light(place, joined=False))
        if joins:
            reached = {place, *found}
            for _ in range(4):
                grown = {onward: None for start in reached for onward in self._joined(start)}
                if grown.keys() <= found.keys():
                    break
                found.update(grown)
                reached = set(found)
        return self._onward.setdefault((place, joins), tuple(found))

    def _light(self, place: int, joined: bool) -> Iterator[int]:
        breaks, chart = self.read.breaks, self.chart
        while place < len(chart) and (joined or not breaks[place]):
            yield place
            if "<light>" not in chart[place]:
                return
            place, joined = place + 1, False

    def _joined(self, place: int) -> Iterator[int]:
        """From where "… and verb", with its conjunction or comma, has been passed over."""
        forms, breaks, chart = self.read.forms, self.read.breaks, self.chart
        if place >= len(chart) or breaks[place] > Break.COMMA:
            return
        verb = place
        if forms[place] in JOINING:
            verb += 1
        elif breaks[place] != Break.COMMA:
            return
        while verb < len(chart) and not breaks[verb] and "<light>" in chart[verb]:
            verb += 1
        if verb < len(chart) and ("<verb>" in chart[verb] or "<deed>" in chart[verb]) and (verb == place or not breaks[verb]):
            yield verb + 1
            yield from self._light(verb + 1, joined=False)

    def match(self, phrase: Phrase, start: int) -> tuple[int, tuple[int, int] | None] | None:
        """Where a phrase that begins at a word ends, and its topic; ``None`` where it doesn't match there."""
        if phrase.at_start and not (self.read.breaks[start] or start == 0):
            return None
        return self._from(phrase, 0, start, (start,))

    def _from(self, phrase: Phrase, step: int, place: int, places: Iterable[int]) -> tuple[int, tuple[int, int] | None] | None:
        """Match the steps of a phrase from ``step`` on, the next word being one of ``places``."""
        if step == len(phrase.elements):
            return None if phrase.at_end and not self.read.breaks[place] else (place, None)
        element = phrase.elements[step]
        if element.optional:
            return self._one(phrase, step, element, places) or self._from(phrase, step + 1, place, places)
        if element.gap:
            return self._from(phrase, step + 1, place, self._gap(place, element.gap, phrase.joins))
        if element.topic:
            return self._topic(places)
        return self._one(phrase, step, element, places)

    def _one(self, phrase: Phrase, step: int, element: Element, places: Iterable[int]) -> tuple[int, tuple[int, int] | None] | None:
        for here in places:
            if here >= len(self.chart):
                continue
            labels = element.labels & self.chart[here].keys()
            if not labels:
                continue
            ends = self.chart[here][next(iter(labels))]
            if len(labels) > 1:
                ends = sorted({end for label in labels for end in self.chart[here][label]}, reverse=True)
            for end in ends:
                found = self._from(phrase, step + 1, end, self.onward(end, phrase.joins))
                if found:
                    return found
        return None

    def _topic(self, places: Iterable[int]) -> tuple[int, tuple[int, int]] | None:
        start = next((place for place in places if place < len(self.chart)), None)
        if start is None:
            return None
        end = start + 1
        while (
            end < len(self.chart) and end - start < LONGEST_TOPIC and not self.read.breaks[end] and self.read.forms[end] not in TURNS_AWAY
        ):
            if self.read.forms[end] == "and" and self.read.forms[end + 1 : end + 2] in (["i"], ["we"], ["my"]):
                break
            end += 1
        return end, (start, end)

    def _gap(self, place: int, longest: int, joins: bool) -> list[int]:
        """The places reached by passing over up to ``longest`` words without leaving the clause."""
        breaks, forms = self.read.breaks, self.read.forms
        frontier = self.onward(place, joins)
        places = dict.fromkeys(frontier)
        for _ in range(longest):
            passed = [
                here + 1
                for here in frontier
                if here < len(forms)
                and (here != place or not breaks[here])
                and not (forms[here] in BARRIERS and not (joins and self._joins_nouns(here)))
                and not breaks[here + 1]
            ]
            frontier = tuple(onward for here in passed for onward in self.onward(here, joins) if onward not in places)
            places.update(dict.fromkeys(frontier))
        return list(places)

    def _joins_nouns(self, place: int) -> bool:
        """Whether "and" or "or" at a place joins two things, rather than two clauses or two deeds."""
        if self.read.forms[place] not in ("and", "or") or place + 1 >= len(self.chart):
            return False
        following = self.chart[place + 1]
        return not ("<verb>" in following or "<me>" in following or "<pronoun>" in following or "<can>" in following)


class Grammar(Generic[Owner]):
    """Phrases with what each belongs to, found all at once.

    Args:
        phrases: Each phrase with its owner, which the matches name.
    """

    def __init__(self, phrases: Iterable[tuple[Phrase, Owner]]) -> None:
        listed = list(phrases)
        self._order = {id(owner): place for place, (_, owner) in enumerate(listed)}
        met = Counter(label for phrase, _ in listed for need in phrase.needs for label in need)
        self._by_rarest: dict[str, list[tuple[Phrase, Owner, frozenset[str]]]] = {}
        """By each label of a phrase's rarest step, the phrase, with the labels that it may begin with."""
        for phrase, owner in listed:
            first: set[str] = set()
            for element in phrase.elements:
                first |= element.labels
                if not element.optional:
                    break
            rarest = min(phrase.needs, key=lambda need: sum(met[label] for label in need))
            for label in rarest:
                self._by_rarest.setdefault(label, []).append((phrase, owner, frozenset(first)))

    def find(self, message: Message) -> list[Match[Owner]]:
        """Every match in a message, in the order of its words; the longest per owner at each place."""
        possible: dict[str, dict[int, tuple[Phrase, Owner]]] = {}
        present = message.present
        for label in present & self._by_rarest.keys():
            for phrase, owner, first in self._by_rarest[label]:
                for need in phrase.needs:
                    if need.isdisjoint(present):
                        break
                else:
                    for begins in first & present:
                        possible.setdefault(begins, {})[id(phrase)] = (phrase, owner)
        found: dict[tuple[int, int], Match[Owner]] = {}
        for place, here in enumerate(message.chart):
            beginning: dict[int, tuple[Phrase, Owner]] = {}
            for label in here.keys() & possible.keys():
                beginning |= possible[label]
            for phrase, owner in beginning.values():
                reached = message.match(phrase, place)
                if reached is None:
                    continue
                spot = (place, id(owner))
                if spot not in found or found[spot].end < reached[0]:
                    found[spot] = Match(owner, place, *reached)
        return sorted(found.values(), key=lambda match: (match.start, -match.end, self._order[id(match.owner)]))
