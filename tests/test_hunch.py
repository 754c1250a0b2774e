"""What the company of words suggests: it may ask, and may do nothing else."""

import json
from pathlib import Path

import pytest

from advisor.conversation import respond
from advisor.domain import Certainty, Conversation, Verdict
from advisor.hunch import Hunch, HunchError, load
from advisor.rulebook import HERE, Rulebook
from advisor.ui.answers import NOTHING, offered
from tests.conftest import assess
from tests.test_cases import LINES

FILE = HERE / "language" / "hunch.json"
VAGUE = [
    "Our oldest lad at the yard is unhappy and I'd like my sister to have the chat that ends with a handshake",
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
    assert assess(message, rulebook.hunching(Hunch({}, ())))[0].certainty in (Certainty.NONE, Certainty.UNKNOWN)


def test_a_guess_only_ever_asks(rulebook: Rulebook) -> None:
    without = rulebook.hunching(Hunch({}, ()))
    moved = 0
    for case in LINES:
        for plain, guessed in zip(assess(case["say"], without), assess(case["say"], rulebook), strict=True):
            if guessed == plain:
                continue
            moved += 1
            assert plain.verdict in (Verdict.HAND_OFF, Verdict.ASK), case["say"]
            assert plain.certainty in (Certainty.NONE, Certainty.UNKNOWN), case["say"]
            assert (guessed.verdict, guessed.certainty) == (Verdict.ASK, Certainty.POSSIBLE), case["say"]
    assert moved


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
        json.dumps({"weights": {"a": [1, 2]}, "leaning": [0] * 5}),
        '{"weights": {"a": [NaN, 0, 0, 0, 0]}, "leaning": [0, 0, 0, 0, 0]}',
    ],
)
def test_weights_that_cannot_be_used_name_the_mend(stored: str, tmp_path: Path) -> None:
    file = tmp_path / "hunch.json"
    file.write_text(stored, encoding="utf-8")
    with pytest.raises(HunchError, match=r"hunch\.json.*tests\.bench\.learn"):
        load(file)


def test_the_weights_are_small_enough_to_ship() -> None:
    assert FILE.stat().st_size < 1_000_000
    assert load(FILE).weights
