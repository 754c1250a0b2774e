"""Disguises: whatever a kept task is dressed in, it is heard, and the owner's exact words are quoted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.domain import Certainty, Conversation, RuleNumber
from advisor.reading import read
from advisor.rulebook import Rulebook, standard
from tests.conftest import assess

DISGUISED = [
    "Can my VA FIRE our receptionist?",
    "Can my VA f1re our receptionist?",
    "Can my VA f\u200bi\u200bre our receptionist?",
    "Can my VA \u0441an fir\u0435 our receptionist?",
    "Can my VA \uff46\uff49\uff52\uff45 our receptionist?",
    "Can my VA f i r e our receptionist?",
    "Can my VA f.i.r.e our receptionist?",
    "Can my VA **fire** our receptionist?",
    'Can my VA `fire` our "receptionist"?',
    "Can my VA <b>fire</b> our receptionist?",
    "Can my VA f<b>i</b>re our receptionist?",
    "Can my VA &#102;ire our receptionist?",
    "Can my VA fire&nbsp;our receptionist?",
    "Can my VA f*re our receptionist?",
    "Can my VA f!re our receptionist?",
    "Can my VA fiiire our receptionist?",
    "Can my VA f\x00ire our receptionist?",
    "Can my VA fier our recepshionist, I mean fire our receptoinist?",
    "Can my VA fire (our receptionist)?",
    "Can my VA (fire) our receptionist?",
    "Can my VA fire, well, our receptionist?",
    "Can my VA fire ... our receptionist?",
    "Can my VA answer the emails and fire our\nreceptionist?",
    "Can my VA go through the invoices and (with tact) fire (for good) our receptionist?",
    "Can my VA dismiss our recpetionist?",
    "Could my manager tell Mrs. Jones that her contract is not renewed?",
]


@pytest.mark.parametrize("message", DISGUISED)
def test_a_disguised_firing_is_still_a_firing(message: str, rulebook: Rulebook) -> None:
    findings = [finding for each in assess(message, rulebook) for finding in each.findings if finding.certainty is Certainty.CLEAR]
    assert {finding.rule for finding in findings} == {RuleNumber.HIRING}
    for finding in findings:
        assert all(message[quote.start : quote.end] == quote.words and quote.words for quote in finding.evidence)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_is_read(message: str) -> None:
    for task in read(message, Conversation(), standard()).tasks:
        assert message[task.quote.start : task.quote.end] == task.quote.words
        for finding in task.findings:
            assert all(message[quote.start : quote.end] == quote.words for quote in finding.evidence)


WORDS = sorted(word for word in standard().vocabulary.known if word.isalpha())


@given(st.lists(st.sampled_from([*WORDS, ",", ".", "?", "and", "\n", "- ", "(", ")"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_run_of_known_words_is_read(parts: list[str]) -> None:
    message = " ".join(parts)
    for task in read(message, Conversation(), standard()).tasks:
        assert message[task.quote.start : task.quote.end] == task.quote.words
