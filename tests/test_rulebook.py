"""The rule files: each entry does what its examples say, and a mistake names its place and its mend."""

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.domain import Certainty, Conversation, RuleNumber
from advisor.normal import words
from advisor.phrases import Message
from advisor.reading import read
from advisor.reading.signs import weighed
from advisor.rulebook import HERE, Entry, Role, Rulebook, RulebookError, load, standard
from tests.conftest import assess
from tests.test_hunch import SILENT

ENTRIES = [entry for entry in standard().entries if entry.role in (Role.SIGN, Role.AROUND, Role.VETO)]
HEADS = [entry for entry in standard().entries if entry.role is Role.HEAD]


def by_name(entry: Entry) -> str:
    return f"{entry.file}-{entry.role}-{entry.name}"


def heard(sentence: str, rulebook: Rulebook) -> list[Entry]:
    """The signs and the work around that hold in a sentence, each weighed in its place."""
    message = Message(words(sentence, rulebook.vocabulary), rulebook.lists)
    return [match.owner for match in weighed(message, rulebook.grammar.find(message), rulebook)]


def certainty(sentence: str, entry: Entry, rulebook: Rulebook) -> Certainty | None:
    """How sure the rule layer is that a sentence falls under an entry's rule; ``None`` where it shows no sign of it."""
    findings = [finding for each in assess(sentence, rulebook) for finding in each.findings if finding.rule is entry.rule]
    return min((finding.certainty for finding in findings), key=list(Certainty).index, default=None)


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_an_entry_does_what_its_examples_say(entry: Entry, rulebook: Rulebook) -> None:
    for sentence in entry.shows:
        if entry.role is Role.VETO:
            assert certainty(sentence, entry, rulebook) is not Certainty.CLEAR, f"should be excused: {sentence}"
        else:
            assert entry.name in [each.name for each in heard(sentence, rulebook)], f"should show it: {sentence}"
            assert certainty(sentence, entry, rulebook) is entry.certainty, f"should be {entry.certainty}: {sentence}"
    for sentence in entry.look_alikes:
        if entry.role is Role.SIGN:
            assert entry.name not in [each.name for each in heard(sentence, rulebook)], f"should be left alone: {sentence}"
        else:
            assert certainty(sentence, entry, rulebook) is Certainty.CLEAR, f"should still fall under the rule: {sentence}"


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_an_entry_is_needed_by_an_example(entry: Entry, rulebook: Rulebook) -> None:
    """Without it at least one of its examples goes wrong; otherwise other entries do its work already."""
    whole = replace(rulebook, hunch=SILENT)
    rest = whole.without(entry)
    assert any(certainty(sentence, entry, rest) is not certainty(sentence, entry, whole) for sentence in entry.shows)


@pytest.mark.parametrize("entry", HEADS, ids=by_name)
def test_a_department_head_is_heard(entry: Entry, rulebook: Rulebook) -> None:
    def present(sentence: str) -> bool:
        heads = read(sentence, Conversation(), rulebook).heads
        return bool(heads) and heads[-1].present

    for sentence in entry.shows:
        assert present(sentence) is (entry.name == "present"), sentence
    for sentence in entry.look_alikes:
        assert present(sentence) is (entry.name != "present"), sentence


def test_every_list_is_used() -> None:
    """A list that no phrase, list or line of code names is a leftover, or a misspelling; "day" only keeps days from being names."""
    folder = HERE
    texts = {file: file.read_text(encoding="utf-8") for pattern in ("**/*.toml", "**/*.py") for file in folder.glob(pattern)}
    names = {name for name in standard().lists.names if not name.startswith(("work_", "function_"))} - {
        "people_noun",
        "department",
        "day",
    }
    everything = "\n".join(texts.values())
    assert sorted(name for name in names if f"<{name}>" not in everything and f'"{name}"' not in everything) == []


def test_there_are_five_rules_with_a_source(rulebook: Rulebook) -> None:
    assert list(rulebook.rules) == list(RuleNumber)
    assert {rule.source.year for rule in rulebook.rules.values()} == {2022}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('title = "Hiring and firing"', 'title = ""', '"title" must be a text'),
        ('means = "clear"', 'means = "sure"', 'sign.dismissing: "means" must be "clear" or "possible"'),
        ("<interview_slot> schedule~", "<no_such_list> schedule~", "uses <no_such_list>, which no file defines"),
        ("[sign.hiring]", "[sign.hiring]\nmeens = 1", 'sign.hiring: "meens" is not known here'),
        ('reason = "Fire as', 'reason = 3\nother = "Fire as', "veto.flames_and_kilns"),
        ("number = 1", "number = ", "1-hiring.toml: Invalid value"),
        ('"the firing|sacking|dismissing"', '"The firing"', "neither a word in small letters nor a <list>"),
    ],
)
def test_a_mistake_names_its_place_and_its_mend(before: str, after: str, said: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "rules", tmp_path / "rules")
    file = tmp_path / "rules" / "1-hiring.toml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    with pytest.raises(RulebookError) as caught:
        load(tmp_path / "rules", HERE / "language")
    assert said in str(caught.value)
    assert "1-hiring.toml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(HERE / "rules", tmp_path / "rules")
    (tmp_path / "rules" / "4-relationships.toml").unlink()
    with pytest.raises(RulebookError, match=r"0 files are named 4-\*\.toml"):
        load(tmp_path / "rules", HERE / "language")


def test_every_field_is_told_by_each_of_its_words(rulebook: Rulebook) -> None:
    """What an owner should learn, ask and check is of the field at hand, by the words that the file gives it."""
    file = tomllib.loads((HERE / "language" / "fields.toml").read_text(encoding="utf-8"))
    for name, field in file["field"].items():
        for called in field["words"]:
            assert rulebook.fields.plan(f"run our {called} for us").steps == tuple(field["steps"]), f"{called} is not {name}"
        assert len(field["steps"]) <= 5
    assert rulebook.fields.plan("frobnicate the widgets") == rulebook.fields.general
