"""What the company of words suggests: it asks, and where it is sure decides; never for the milder."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.conversation import respond
from advisor.domain import Certainty, Conversation, RuleNumber, Verdict
from advisor.hunch import CLASSES, Hunch
from advisor.rulebook import HERE, Rulebook
from advisor.ui.answers import NOTHING, offered
from advisor.weights import Weights, WeightsError, load
from tests.conftest import assess

CASES = Path(__file__).parent / "cases" / "conversations.jsonl"
FIRST_WORDS = [json.loads(line)["turns"][0]["say"] for line in CASES.read_text(encoding="utf-8").splitlines()]
FILE = HERE / "language" / "hunch.json"
SILENT = Hunch(Weights(CLASSES, (-9.0,) * len(CLASSES), {}))
VAGUE = [
    "My sister would like to look after who gets the two spots at the stall",
    "My wife and the two big lenders, she'd look after how they feel about us",
    "The lads in the kitchen need somebody who gets them cooking like I do",
]


@pytest.mark.parametrize("message", VAGUE)
def test_a_guess_asks_with_the_owners_own_words(message: str, rulebook: Rulebook) -> None:
    (asked,) = assess(message, rulebook)
    assert (asked.verdict, asked.certainty) == (Verdict.ASK, Certainty.POSSIBLE)
    (guess,) = asked.findings
    assert guess.guessed
    assert guess.evidence
    assert all(message[quote.start : quote.end] == quote.words for quote in guess.evidence)
    assert assess(message, replace(rulebook, hunch=SILENT))[0].certainty in (Certainty.NONE, Certainty.UNKNOWN)


def test_a_guess_makes_nothing_milder(rulebook: Rulebook) -> None:
    """It asks, or where it is sure decides like the rule; only where no phrase was met."""
    without = replace(rulebook, hunch=SILENT)
    moved: Counter[Verdict] = Counter()
    for said in FIRST_WORDS:
        for plain, guessed in zip(assess(said, without), assess(said, rulebook), strict=True):
            if guessed == plain:
                continue
            moved[guessed.verdict] += 1
            assert plain.certainty in (Certainty.NONE, Certainty.UNKNOWN), said
            assert guessed.verdict.gravity >= plain.verdict.gravity, said
            assert guessed.verdict is Verdict.ASK or guessed.certainty is Certainty.CLEAR, said
            assert all(finding.guessed and finding.evidence for finding in guessed.findings), said
    assert moved[Verdict.ASK]
    assert moved[Verdict.KEEP]


def test_only_the_owner_says_what_they_dont_understand(rulebook: Rulebook) -> None:
    """Rule 5 rests on the owner's own words, so a guess at it asks, however sure."""
    said = "The heat pump firm talks of flow rates and curves. They could be telling me anything. Do I let them get on with it?"
    asked = [each for each in assess(said, rulebook) if any(finding.guessed for finding in each.findings)]
    assert [(each.rules, each.certainty) for each in asked] == [((RuleNumber.UNDERSTANDING,), Certainty.POSSIBLE)]


@pytest.mark.parametrize("message", VAGUE)
def test_a_guess_turned_down_leaves_the_task_as_it_was_known(message: str, rulebook: Rulebook) -> None:
    """Known work may go; of unknown work the five rules are still asked about, since silence is no leave."""
    conversation = respond(message, Conversation(), rulebook)
    assert NOTHING in offered(next(each for each in conversation.standing[0].findings if each.asks))
    after = respond(NOTHING, conversation, rulebook)
    if not after.standing[0].task.work:
        assert after.standing[0].certainty is Certainty.UNKNOWN
        after = respond("None of these", after, rulebook)
    assert after.standing[0].verdict is Verdict.HAND_OFF


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "[]",
        "{}",
        json.dumps({"classes": CLASSES, "weights": {"a": [1, 2]}, "leaning": [0] * 5}),
        json.dumps({"classes": ["keep"], "weights": {}, "leaning": [0]}),
        '{"classes": ["1", "2", "3", "4", "5"], "weights": {"a": [NaN, 0, 0, 0, 0]}, "leaning": [0, 0, 0, 0, 0]}',
    ],
)
def test_weights_that_cannot_be_used_name_the_mend(stored: str, tmp_path: Path) -> None:
    file = tmp_path / "hunch.json"
    file.write_text(stored, encoding="utf-8")
    with pytest.raises(WeightsError, match=r"hunch\.json.*tests\.bench\.learn"):
        load(file, CLASSES)


def test_the_weights_are_small_enough_to_ship() -> None:
    assert FILE.stat().st_size < 1_000_000
    assert load(FILE, CLASSES).rows
