"""The five rule files and the language they share, checked on loading."""

import datetime
import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from advisor import hunch, weights
from advisor.domain import Assessment, Certainty, Move, RuleNumber, TurnKind, Verdict
from advisor.normal import CONTRACTIONS, words
from advisor.phrases import Grammar, Lists, Phrase, PhraseError, parse, with_and_without
from advisor.statements import StatementError, Statements, composed
from advisor.vocabulary import Vocabulary

HERE = Path(__file__).parent
SHARED_TABLES = {"words": ("irregular",), "asking": ("frame",), "work": ("work",), "turns": ("turn",)}
"""The files that the rules share, each with the tables of its own."""

NAMED_BY_GUARD = ("task", "task_word", "free", "free_deed", "owner_word", "head_word")
"""What the guard marks in a sentence: a kept task by its deed, its words, a task that may go, the owner's other words, a head's."""


class RulebookError(Exception):
    """A rule file that can't be used; its text names the file, the entry and the mend."""


class Role(StrEnum):
    """What an entry's phrases do to a message."""

    SIGN = "sign"
    """They show a rule."""
    AROUND = "around"
    """They show work around a kept task, which may go."""
    VETO = "veto"
    """They use a rule's words in another sense."""
    FRAME = "frame"
    """They ask for a handing over, or say that the owner does the task."""
    HEAD = "head"
    """They tell of a department head, or of there being none."""
    TURN = "turn"
    """They tell what kind of turn a message is."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One named entry of a rule or language file, with its phrases and its examples."""

    file: str
    role: Role
    name: str
    phrases: tuple[str, ...]
    rule: RuleNumber | None = None
    certainty: Certainty = Certainty.POSSIBLE
    boundary: str = ""
    asks: bool = False
    narrows: bool = False
    """Whether it takes the place of the clear signs of its rule that it overlaps."""
    firm: bool = False
    """Whether it counts even within a frame that hides its rule."""
    hides: frozenset[RuleNumber] = frozenset()
    """For a frame, the rules whose signs within it don't count."""
    companions: frozenset[str] = frozenset()
    """Labels of which one must be somewhere in the message; empty where nothing is needed."""
    kind: TurnKind | None = None
    """For a turn, the kind that it speaks for; ``None`` for what only answers, tells or points."""
    reason: str = ""
    shows: tuple[str, ...] = ()
    """Examples: for a veto, sentences that it excuses."""
    look_alikes: tuple[str, ...] = ()
    """Examples of what it must leave alone: for a veto, sentences that show the rule all the same."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from."""

    title: str
    publisher: str
    year: int
    read: datetime.date


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a task under a rule stays with the owner, and what around it can go."""

    of: str
    """What kind of task; empty for any."""
    signs: frozenset[str]
    """The signs and acts of the rule's file by which the kind is told."""
    stays: tuple[str, ...]
    goes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the five rules, in the advisor's own words."""

    number: RuleNumber
    title: str
    point: str
    reason: str
    simply: str
    """The same for a child."""
    example: str
    """What comes of it, in a picture."""
    softens: str
    changes: str
    """What would change a verdict by this rule."""
    question: str
    """The one question that decides a case which could go either way."""
    boundary: str
    parts: Parts
    """Of a task of no particular kind."""
    kinds: Mapping[str, Parts]
    """Of particular kinds, by the label that their words bear."""
    acts: Mapping[str, str]
    """What a task may do that falls under the rule, by name: the closed list from which a model says what it hears."""
    source: Source


@dataclass(frozen=True, slots=True, eq=False)
class Licence:
    """A kind of thing that a model may say."""

    name: str
    states: bool
    """Whether it says the verdict."""
    says: bool
    """Whether it says anything, as a sentence must."""
    opens: bool
    """Whether it stands at the beginning of a sentence only."""
    beside: bool
    """Whether it stands only in a sentence that also states the verdict."""
    others: bool
    """Whether it speaks of somebody but the owner."""
    orders: bool
    """Whether it tells the owner to do something without saying "you", and so stands only where nobody else was spoken of."""
    carries_on: bool
    """Whether it names work that may go, so that more may follow."""
    follows: bool
    """Whether it stands only directly behind such work."""
    after: str
    """The licence that must have been used before it in the sentence; empty where none must."""
    verdict: Verdict | None
    """The only verdict beside which it may be said; ``None`` for any."""
    rules: frozenset[RuleNumber] | None
    """The rules beside one of which it may be said; empty for where none is near, ``None`` for any."""


@dataclass(frozen=True, slots=True)
class Prose:
    """What a model may say: words, phrases that have a name, and phrases that are licensed."""

    lists: Lists
    names: tuple[Grammar[str], ...]
    """In the order in which they are looked for: each may speak of those before it."""
    licences: Grammar[Licence]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an owner needs to know of a field to judge work in it."""

    done: tuple[str, ...]
    """What done looks like."""
    limits: tuple[str, ...]
    """What whoever does it may not do, or only after asking."""
    steps: tuple[str, ...]
    """At most five."""
    ask: tuple[str, ...]
    """Questions for a provider."""
    check: tuple[str, ...]
    """How to check the work."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields that the advisor knows how to learn enough of, told by the owner's words."""

    lists: Lists
    plans: Mapping[str, Plan]
    """By the label that a field's words bear."""
    general: Plan
    """For every other field."""

    def plan(self, text: str) -> Plan:
        """The plan for the field that a text names first and in most words; the general one where it names none."""
        chart = self.lists.label(words(text))
        named = [
            (max(ends) - place, -place, label) for place, here in enumerate(chart) for label, ends in here.items() if label in self.plans
        ]
        return self.plans[max(named)[2]] if named else self.general


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules and the language that shows them."""

    rules: Mapping[RuleNumber, Rule]
    entries: tuple[Entry, ...]
    lists: Lists
    grammar: Grammar[Entry]
    work: Mapping[str, str]
    """The kinds of work known to touch no rule, by the label that their words bear."""
    functions: Mapping[str, str]
    """The functions that a department head may lead, by the label that their words bear."""
    vocabulary: Vocabulary
    """Every single word that the files speak of."""
    hunch: hunch.Hunch
    """What the company of words suggests where no phrase is met."""
    moves: weights.Weights
    """What tells what a message does."""
    fields: Fields
    """What to learn first, and how to hand over, by field."""
    kinds: Lists
    """The words that tell a kind of task within a rule."""
    statements: Statements
    """What an owner must say whole for it to count."""
    replies: Mapping[str, tuple[str, ...]]
    """What the advisor says where nothing else decides the wording, by occasion; several wordings each."""
    prose: "Prose"
    """What a model may say."""
    version: str
    """Tells these files from any others: a digest of what they say."""

    @property
    def acts(self) -> Mapping[str, RuleNumber]:
        """The rule of each act."""
        return {name: rule.number for rule in self.rules.values() for name in rule.acts}

    def parts(self, number: RuleNumber, assessment: Assessment) -> Parts:
        """What stays and what goes of a task under a rule: of its kind, where its signs or its words tell that."""
        rule = self.rules[number]
        signs = {finding.sign for finding in assessment.findings if finding.rule is number}
        by_sign = next((parts for parts in rule.kinds.values() if signs & parts.signs), None)
        said = words(assessment.task.translation or assessment.task.quote.words)
        named = (label for here in self.kinds.label(said) for label in here)
        return by_sign or next((rule.kinds[label] for label in named if label in rule.kinds), rule.parts)

    def without(self, entry: Entry) -> "Rulebook":
        """The same rulebook, one entry the less: what an entry is good for shows in its absence."""
        entries = tuple(each for each in self.entries if each is not entry)
        return replace(self, entries=entries, grammar=grammar(entries, self.lists))


@cache
def standard() -> Rulebook:
    """The rulebook that the advisor ships with."""
    return load(HERE / "rules", HERE / "language")


def whole() -> Rulebook:
    """The rulebook that the advisor ships with, with what is otherwise made ready when it is first needed.

    Raises:
        RulebookError: An entry can't be used.
    """
    rulebook = standard()
    try:
        rulebook.statements.compile()
    except StatementError as problem:
        raise RulebookError(f"statements.toml: {problem}") from problem
    return rulebook


def load(rules_folder: Path, language_folder: Path) -> Rulebook:
    """Read the rule files and the language files, and check them.

    Args:
        rules_folder: Holds five TOML files, one a rule, whose names begin with the rule's number.
        language_folder: Holds the files that the rules share: words, asking, work, turns, fields, statements, replies,
            prose, and the learnt hunch and moves.

    Raises:
        RulebookError: A file is missing, or an entry can't be used.
    """
    try:
        return loaded(rules_folder, language_folder)
    except PhraseError as problem:
        raise RulebookError(str(problem)) from problem


def loaded(rules_folder: Path, language_folder: Path) -> Rulebook:
    """Read the files, as ``load`` does.

    Raises:
        RulebookError: A file is missing, or an entry can't be used.
        PhraseError: A list can't be used.
    """
    rule_files = [read_file(one_file(rules_folder, f"{number}-*.toml")) for number in RuleNumber]
    shared = {name: read_file(one_file(language_folder, f"{name}.toml")) for name in SHARED_TABLES}
    work = {f"<work_{name}>": kind.text("title") for name, kind in shared["work"].tables("work")}
    functions = {f"<function_{name}>": name.replace("_", " ") for name in rule_files[RuleNumber.TRAINING - 1].table("functions").entry}
    lists = all_lists([*rule_files, *shared.values()])
    for name, table in shared.items():
        table.only("verbs", "nouns", "phrases", *SHARED_TABLES[name])
    rules = {number: rule(table) for number, table in zip(RuleNumber, rule_files, strict=True)}
    entries = tuple(entry for table in [*rule_files, *shared.values()] for entry in entries_of(table))
    try:
        suspected = weights.load(language_folder / "hunch.json", hunch.CLASSES)
        moves = weights.load(language_folder / "moves.json", tuple(Move))
    except weights.WeightsError as problem:
        raise RulebookError(str(problem)) from problem
    return Rulebook(
        rules,
        entries,
        lists,
        grammar(entries, lists),
        work,
        functions,
        Vocabulary(known_words(entries, lists)),
        hunch.Hunch(suspected),
        moves,
        fields(read_file(one_file(language_folder, "fields.toml"))),
        Lists(
            {}, {f"kind_{name}": part.texts("words", required=False) for table in rule_files for name, part in table.tables("part")}, {}, {}
        ),
        statements(read_file(one_file(language_folder, "statements.toml"))),
        replies(read_file(one_file(language_folder, "replies.toml"))),
        prose(read_file(one_file(language_folder, "prose.toml"))),
        version(rules_folder, language_folder),
    )


def version(*folders: Path) -> str:
    """A digest of the files of some folders, in twelve hexadecimal digits."""
    digest = hashlib.sha256()
    for file in sorted(file for folder in folders for file in folder.iterdir() if file.is_file()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def one_file(folder: Path, pattern: str) -> Path:
    """The one file of a folder with such a name."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise RulebookError(f"{folder}: {len(found)} files are named {pattern}; there must be exactly one")
    return found[0]


@dataclass(frozen=True, slots=True)
class Table:
    """A part of a rule file that knows its place, so that a mistake in it can be named."""

    file: str
    path: str
    entry: Mapping[str, Any]

    def fail(self, problem: str) -> RulebookError:
        """An error that says where it is."""
        return RulebookError(f"{self.file}: {self.path or 'top'}: {problem}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text, which may not be empty unless there is a default."""
        value = self.entry.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(f'"{key}" must be a text: write {key} = "…"')
        return value

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self.entry.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fail(f'"{key}" must be a whole number: write {key} = 1')
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it isn't there."""
        value = self.entry.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(f'"{key}" must be true or false')
        return value

    def texts(self, key: str, required: bool = True) -> tuple[str, ...]:
        """A list of texts."""
        value = self.entry.get(key, None if required else [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value) or (required and not value):
            raise self.fail(f'"{key}" must be a list of texts: write {key} = ["…", "…"]')
        return tuple(value)

    def table(self, key: str) -> "Table":
        """A table within this one; empty where it isn't there."""
        value = self.entry.get(key, {})
        if not isinstance(value, dict):
            raise self.fail(f'"{key}" must be a table: write [{key}] above its entries')
        return Table(self.file, f"{self.path}.{key}".strip("."), value)

    def tables(self, key: str) -> Iterator[tuple[str, "Table"]]:
        """The tables within a table, by name."""
        outer = self.table(key)
        for name in outer.entry:
            yield name, outer.table(name)

    def only(self, *allowed: str) -> None:
        """Refuse keys that nobody reads, which are misspellings."""
        for key in self.entry:
            if key not in allowed:
                raise self.fail(f'"{key}" is not known here: use one of {", ".join(allowed)}')


MISSING_MARK = "mend the line it names, or the one before; often a comma, a straight quotation mark or a bracket is missing"


def read_file(path: Path) -> Table:
    """One TOML file."""
    try:
        return Table(path.name, "", tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as problem:
        twice = "Cannot" in str(problem)
        mend = "the name stands there twice: give one of the two another" if twice else MISSING_MARK
        raise RulebookError(f"{path.name}: {problem}: {mend}") from problem
    except UnicodeDecodeError as problem:
        raise RulebookError(f"{path.name}: {problem}: save the file as UTF-8") from problem
    except RecursionError as problem:
        raise RulebookError(f"{path.name}: lists stand within lists, too deep to be read: take them apart") from problem
    except ValueError as problem:
        raise RulebookError(f"{path.name}: {problem}: correct the value") from problem


def rule(table: Table) -> Rule:
    """The rule that a file states."""
    table.only(
        "number", "title", "point", "reason", "simply", "example", "softens", "changes", "question", "boundary", "stays", "goes",
        "part", "acts", "source", "verbs", "nouns", "phrases", "sign", "around", "veto", "functions", "head",
    )  # fmt: skip
    if table.whole("number") != int(table.file.split("-")[0]):
        raise table.fail(f'"number" is {table.whole("number")} in the file of rule {table.file.split("-")[0]}: make them the same')
    source = table.table("source")
    source.only("title", "publisher", "year", "read")
    acts = table.table("acts")
    read = source.entry.get("read")
    if not isinstance(read, datetime.date):
        raise source.fail('"read" must be the day on which the source was read: write read = 2026-11-23')
    return Rule(
        number=RuleNumber(table.whole("number")),
        title=table.text("title"),
        point=table.text("point"),
        reason=table.text("reason"),
        simply=table.text("simply"),
        example=table.text("example"),
        softens=table.text("softens"),
        changes=table.text("changes"),
        question=table.text("question"),
        boundary=table.text("boundary"),
        parts=Parts("", frozenset(), table.texts("stays"), table.texts("goes")),
        kinds={f"<kind_{name}>": parts(part, {*table.table("sign").entry, *acts.entry}) for name, part in table.tables("part")},
        acts={act: acts.text(act) for act in acts.entry},
        source=Source(source.text("title"), source.text("publisher"), source.whole("year"), read),
    )


def parts(table: Table, signs: Set[str]) -> Parts:
    """What stays and what goes of one kind of task, checked."""
    table.only("of", "signs", "words", "stays", "goes")
    for sign in table.texts("signs", required=False):
        if sign not in signs:
            raise table.fail(f"{sign!r} is no sign or act of this file: use one of {', '.join(sorted(signs))}")
    return Parts(table.text("of"), frozenset(table.texts("signs", required=False)), table.texts("stays"), table.texts("goes"))


def all_lists(tables: list[Table], named: Iterable[str] = ()) -> Lists:
    """The word lists of all files, in one namespace, beside the names that phrases have."""
    kinds: dict[str, dict[str, list[str]]] = {"verbs": {}, "nouns": {}, "phrases": {}}
    owner: dict[str, str] = {}
    irregular: dict[str, list[str]] = {}
    named = [*named, *(name for table in tables for name, _ in table.tables("name"))]
    for table in tables:
        exceptions = table.table("irregular")
        irregular |= {base: list(exceptions.texts(base)) for base in exceptions.entry}
        groups = [(kind, table.table(kind)) for kind in kinds]
        for kind, group in groups:
            for name in group.entry:
                if owner.setdefault(name, table.file) != table.file or name in kinds[kind]:
                    raise group.fail(f"the list {name!r} stands in {owner[name]} already: give one of them another name")
                kinds[kind][name] = list(group.texts(name))
        for name, kind_of_work in table.tables("work"):
            kind_of_work.only("title", "verbs", "nouns")
            kinds["verbs"][f"work_{name}"] = list(kind_of_work.texts("verbs", required=False))
            kinds["nouns"][f"work_{name}"] = list(kind_of_work.texts("nouns"))
            kinds["nouns"].setdefault("thing", []).extend(kind_of_work.texts("nouns"))
        functions = table.table("functions")
        for name in functions.entry:
            kinds["nouns"][f"function_{name}"] = list(functions.texts(name))
        if functions.entry:
            kinds["nouns"]["department"] = [f"<function_{name}>" for name in functions.entry]
    try:
        return Lists(kinds["verbs"], kinds["nouns"], kinds["phrases"], irregular, named)
    except PhraseError as problem:
        raise RulebookError(f"{owner.get(problem.in_list, 'work.toml')}: {problem}") from problem


def entries_of(table: Table) -> Iterator[Entry]:
    """The entries of one file, each checked."""
    number = RuleNumber(table.whole("number")) if "number" in table.entry else None
    for name, sign in table.tables("sign"):
        sign.only("means", "firm", "narrows", "asks", "boundary", "with", "phrases", "shows", "not")
        if sign.text("means") not in (Certainty.CLEAR, Certainty.POSSIBLE):
            raise sign.fail('"means" must be "clear" or "possible"')
        yield Entry(
            table.file, Role.SIGN, name, sign.texts("phrases"), number, Certainty(sign.text("means")),
            sign.text("boundary", table.text("boundary")), sign.flag("asks"), sign.flag("narrows"), sign.flag("firm"),
            companions=frozenset(sign.texts("with", required=False)), shows=sign.texts("shows"), look_alikes=sign.texts("not"),
        )  # fmt: skip
    for name, around in table.tables("around"):
        around.only("boundary", "phrases", "shows", "not")
        yield Entry(
            table.file, Role.AROUND, name, around.texts("phrases"), number, Certainty.POSSIBLE, around.text("boundary"),
            shows=around.texts("shows"), look_alikes=around.texts("not"),
        )  # fmt: skip
    for name, veto in table.tables("veto"):
        veto.only("reason", "phrases", "excuses", "but")
        yield Entry(
            table.file, Role.VETO, name, veto.texts("phrases"), number, reason=veto.text("reason"),
            shows=veto.texts("excuses"), look_alikes=veto.texts("but"),
        )  # fmt: skip
    for name, frame in table.tables("frame"):
        frame.only("hides", "phrases")
        hides = frame.entry.get("hides", [])
        if not isinstance(hides, list) or not all(each in list(RuleNumber) for each in hides):
            raise frame.fail('"hides" must be a list of rule numbers: write hides = [1, 2]')
        yield Entry(table.file, Role.FRAME, name, frame.texts("phrases"), hides=frozenset(RuleNumber(each) for each in hides))
    for name, head in table.tables("head"):
        head.only("phrases", "shows", "not")
        if name not in ("present", "absent"):
            raise head.fail("a department head is present or absent: name the entry so")
        yield Entry(table.file, Role.HEAD, name, head.texts("phrases"), number, shows=head.texts("shows"), look_alikes=head.texts("not"))
    for name, turn in table.tables("turn"):
        turn.only("kind", "phrases")
        kind = turn.text("kind", "")
        if kind and kind not in list(TurnKind):
            raise turn.fail(f'"kind" must be one of {", ".join(TurnKind)}')
        yield Entry(table.file, Role.TURN, name, turn.texts("phrases"), kind=TurnKind(kind) if kind else None)


MOST_STEPS = 5


def fields(table: Table) -> Fields:
    """The fields of a file, each with its plan."""
    table.only("general", "field")
    named = dict(table.tables("field"))
    lists = Lists({}, {f"field_{name}": entry.texts("words") for name, entry in named.items()}, {}, {})
    return Fields(lists, {f"<field_{name}>": plan(entry) for name, entry in named.items()}, plan(table.table("general")))


def plan(table: Table) -> Plan:
    """One plan, checked."""
    table.only("words", "done", "limits", "steps", "ask", "check")
    if len(table.texts("steps")) > MOST_STEPS:
        raise table.fail(f'"steps" are more than {MOST_STEPS}: leave out the least')
    return Plan(*(table.texts(key) for key in ("done", "limits", "steps", "ask", "check")))


STATEMENTS = frozenset(
    (
        "head theirs titled introduces owner elsewhere lost denied taken_back supposed judging follows lessons learnt failed irony hearsay "
        "ungrasped"
    ).split()
)
"""What the reading listens for."""


def statements(table: Table) -> Statements:
    """What an owner must say whole, from its file.

    Raises:
        RulebookError: One that is needed is missing, or can't be used.
    """
    if missing := sorted(STATEMENTS - table.entry.keys()):
        raise table.fail(f'there is no statement "{missing[0]}": add [{missing[0]}]')
    table.only("parts", *STATEMENTS)
    entries = {name: table.table(name) for name in sorted(STATEMENTS)}
    for entry in entries.values():
        entry.only("shapes", "shows", "not")
    parts = table.table("parts")
    try:
        return composed(
            {name: (entry.texts("shapes"), entry.texts("shows"), entry.texts("not")) for name, entry in entries.items()},
            {name: parts.texts(name) for name in parts.entry},
        )
    except StatementError as problem:
        raise table.fail(str(problem)) from problem


OCCASIONS = frozenset(
    "verdict.hand_off why.hand_off counterfactual.hand_off parts.hand_off brief.check_in noted.unclear again.lead redirect.none "
    "pushback.none pushback.stands pushback.may_go".split()
)
"""Occasions for which there must be a wording."""
BLANKS = frozenset({"task", "verdict", "rule", "ground", "done"})


def replies(table: Table) -> dict[str, tuple[str, ...]]:
    """The wordings of a file, by occasion ("pushback.no_time").

    Raises:
        RulebookError: One that is needed is missing, or a wording has a blank that nothing fills.
    """
    found = all_replies(table)
    if missing := sorted(OCCASIONS - found.keys()):
        raise table.fail(f'there is no wording for "{missing[0]}": add one under [{missing[0].partition(".")[0]}]')
    for occasion, wordings in found.items():
        try:
            blanks = [blank for wording in wordings for _, blank, _, _ in Formatter().parse(wording)]
        except ValueError as problem:
            raise table.fail(f'"{occasion}" has a brace that is no blank ({problem}): write {{{{ for a brace itself') from problem
        for blank in blanks:
            if blank is not None and blank not in BLANKS:
                raise table.fail(f'"{occasion}" has the blank {{{blank}}}: use one of {", ".join(sorted(BLANKS))}')
    return found


def all_replies(table: Table) -> dict[str, tuple[str, ...]]:
    """The wordings of a file, unchecked."""
    return {
        f"{group}.{occasion}": entries.texts(occasion)
        for group in table.entry
        for entries in [table.table(group)]
        for occasion in entries.entry
    }


def prose(table: Table) -> Prose:
    """What a model may say, from its file.

    Raises:
        RulebookError: A phrase can't be read, or has a gap.
    """
    table.only("verbs", "nouns", "phrases", "name", "vouch")
    lists = all_lists([table], NAMED_BY_GUARD)
    names = tuple(Grammar((phrase, name) for phrase in gapless(entry, lists)) for name, entry in table.tables("name"))
    licences = [(gapless(entry, lists), licence(name, entry)) for name, entry in table.tables("vouch")]
    return Prose(lists, names, Grammar((phrase, owner) for phrases, owner in licences for phrase in phrases))


def gapless(entry: Table, lists: Lists) -> Iterator[Phrase]:
    """The phrases of an entry that may have no gap: whatever stands in one is vouched for by nobody."""
    for text in entry.texts("phrases"):
        try:
            for wording in with_and_without(text):
                phrase = parse(wording, lists, joins=False)
                if any(element.gap or element.topic for element in phrase.elements):
                    raise entry.fail(f"the phrase {text!r} has a gap: name the words that may stand there")
                yield phrase
        except PhraseError as problem:
            raise entry.fail(str(problem)) from problem


FLAGS = ("states", "says", "opens", "beside", "others", "orders", "carries_on", "follows")


def licence(name: str, entry: Table) -> Licence:
    """A kind of thing that a model may say, from its entry."""
    entry.only(*FLAGS, "after", "verdict", "rules", "phrases")
    verdict = entry.text("verdict", "")
    if verdict and verdict not in list(Verdict):
        raise entry.fail(f'"verdict" must be one of {", ".join(Verdict)}')
    rules = entry.entry.get("rules")
    if rules is not None and not (isinstance(rules, list) and all(each in list(RuleNumber) for each in rules)):
        raise entry.fail('"rules" must be a list of rule numbers: write rules = [1, 2]')
    return Licence(
        name,
        **{flag: entry.flag(flag) for flag in FLAGS},
        after=entry.text("after", ""),
        verdict=Verdict(verdict) if verdict else None,
        rules=None if rules is None else frozenset(RuleNumber(each) for each in rules),
    )


def grammar(entries: tuple[Entry, ...], lists: Lists) -> Grammar[Entry]:
    """The phrases of all entries, ready to be looked for."""
    return Grammar(prepared(entries, lists))


def prepared(entries: tuple[Entry, ...], lists: Lists) -> Iterator[tuple[Phrase, Entry]]:
    """Each phrase with its entry.

    Raises:
        RulebookError: A phrase can't be read.
    """
    for entry in entries:
        for companion in entry.companions:
            if companion[1:-1] not in lists.names:
                raise RulebookError(f"{entry.file}: {entry.role}.{entry.name}: {companion} is no list: correct the name, or add the list")
        for phrase in entry.phrases:
            try:
                yield parse(phrase, lists, joins=entry.role is Role.SIGN), entry
            except PhraseError as problem:
                raise RulebookError(f"{entry.file}: {entry.role}.{entry.name}: {problem}") from problem


def known_words(entries: tuple[Entry, ...], lists: Lists) -> Iterator[str]:
    """Every single word that lists and phrases speak of."""
    yield from lists.labels
    yield from CONTRACTIONS
    for first, seconds in lists.longer.items():
        yield first
        for rests in seconds.values():
            for rest, _ in rests:
                yield from rest
    for entry in entries:
        for phrase in entry.phrases:
            for word in phrase.replace("|", " ").replace("[", " ").replace("]", " ").split():
                if word.strip("~").isalnum():
                    yield word.strip("~")
