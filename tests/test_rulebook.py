"""The rule files: each entry does what its examples say, and a mistake names its place and its mend."""

import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.domain import Certainty, Conversation, RuleNumber
from advisor.normal import words
from advisor.phrases import Message
from advisor.reading import read
from advisor.reading.facts import pieces
from advisor.reading.heads import marked, stated
from advisor.reading.signs import weighed
from advisor.rulebook import HERE, Entry, Role, Rulebook, RulebookError, load, standard
from advisor.statements import StatementError, composed
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


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("replies.toml", "[brief]\ncheck_in =", "[brief]\nchek_in =", 'there is no wording for "brief.check_in"'),
        ("replies.toml", "by {rule}.", "by {rulle}.", "has the blank {rulle}: use one of done, ground, rule, task, verdict"),
        ("turns.toml", 'kind = "why"', 'kind = "whi"', 'turn.why: "kind" must be one of'),
        ("fields.toml", "limits = ", "limit = ", '"limit" is not known here'),
        ("moves.json", '"classes": ["new",', '"classes": ["old",', "its classes are old"),
    ],
)
def test_a_mistake_in_what_the_rules_share_is_named_too(file: str, before: str, after: str, said: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "language", tmp_path / "language")
    text = (tmp_path / "language" / file).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "language" / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        load(HERE / "rules", tmp_path / "language")
    assert said in str(caught.value)
    assert file in str(caught.value)


def test_the_parts_of_a_kind_of_task_name_signs_that_there_are(tmp_path: Path) -> None:
    shutil.copytree(HERE / "rules", tmp_path / "rules")
    file = tmp_path / "rules" / "1-hiring.toml"
    file.write_text(file.read_text().replace('signs = ["ending_vendors"]', 'signs = ["ending_it"]', 1))
    with pytest.raises(RulebookError, match=r"1-hiring\.toml: part\.ending_a_vendor: 'ending_it' is no sign or act"):
        load(tmp_path / "rules", HERE / "language")


@pytest.mark.parametrize(
    ("said", "stays", "goes"),
    [
        (
            "May my assistant interview the candidates and pick one?",
            "the interview in which you make up your mind",
            "scheduling interviews",
        ),
        (
            "Should I let my VA fire our receptionist?",
            "telling them yourself, in person or on a call",
            "the final payslip, returned keys and closed accounts",
        ),
        (
            "Could my deputy pick our next wholesaler?",
            "deciding whom you work with, and on what terms",
            "gathering quotes, samples and references",
        ),
        (
            "Can someone else do the onboarding of our new hires?",
            "welcoming them, and their first day with you",
            "desk, keys, uniform and equipment",
        ),
    ],
)
def test_what_stays_and_what_goes_is_of_this_very_task(said: str, stays: str, goes: str, rulebook: Rulebook) -> None:
    (assessment,) = assess(said, rulebook)
    parts = rulebook.parts(assessment.rules[0], assessment)
    assert stays in parts.stays
    assert goes in parts.goes
    assert set(parts.stays).isdisjoint(parts.goes)


@pytest.mark.parametrize("name", standard().statements.known)
def test_a_statement_is_what_its_examples_say(name: str, rulebook: Rulebook) -> None:
    known = rulebook.statements.known[name]
    assert all(said(name, example, rulebook) for example in known.shows), known.shows
    assert not [example for example in known.look_alikes if said(name, example, rulebook)]


def said(name: str, text: str, rulebook: Rulebook) -> bool:
    """Whether a piece of a text is a statement, with its heads and people marked as such or in plain words."""
    message = Message(words(text, rulebook.vocabulary), rulebook.lists)
    plain = (" ".join(message.read.forms[start:end]) for start, end in pieces(message))
    if name == "head":
        return bool(stated(message, rulebook))
    return any(rulebook.statements.says(name, each) for each in (*plain, *(marked(message, *run).text for run in pieces(message))))


@pytest.mark.parametrize(
    ("shape", "mend"),
    [("{nobody} is head", "there is no part {nobody}"), ("(head", "correct the regular expression"), ("{who}", "stands within itself")],
)
def test_a_statement_that_cannot_be_used_is_named(shape: str, mend: str) -> None:
    with pytest.raises(StatementError, match=re.escape(mend)):
        composed({"head": ([shape], [], [])}, {"opening": ["well"], "who": ["{who} too"]}).says("head", "our head")
