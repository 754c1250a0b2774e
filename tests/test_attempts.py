"""What must change nothing: suppositions, questions, jokes, quotations, other firms' heads, other people's grasp, chatter."""

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import Rulebook

ATTEMPTS = [json.loads(line) for line in (Path(__file__).parent / "cases" / "attempts.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", ATTEMPTS, ids=lambda case: " » ".join(case["say"])[-80:])
def test_an_attempt_changes_nothing(case: dict[str, Any], rulebook: Rulebook) -> None:
    """``never``: the verdict that the task at ``place`` must not have; ``least``: how many tasks must be heard; ``stays``: a
    task that must not be taken back; ``current``: how many tasks must be left; ``unsaid``: words that the answer must not have."""
    conversation = Conversation()
    for said in case["say"]:
        conversation = respond(said, conversation, rulebook)
    if "never" in case:
        assert conversation.standing[case["place"]].verdict != case["never"]
    assert len(conversation.standing) >= case.get("least", 1)
    assert case.get("stays") not in conversation.withdrawn
    assert len(conversation.current) == case.get("current", len(conversation.current))
    assert case.get("unsaid", "\0") not in conversation.turns[-1].reply


SOFTENING = [
    (
        "Could someone else train the new cooks?",
        "stay_involved",
        ["We have a head chef, Anna.", "Our kitchen is run by Marco.", "Theo is our head chef now."],
    ),
    (
        "Could someone else train the new cooks?",
        "keep",
        ["Anna used to be head chef.", "We will have a head chef soon.", "Is Anna a head chef?"],
    ),
    (
        "I know nothing about SEO, may an agency do it?",
        "hand_off",
        ["I did a course in SEO, I can tell good from bad now.", "I did the course and I understand it now."],
    ),
    (
        "I know nothing about SEO, may an agency do it?",
        "learn_first",
        ["My sister understands it.", "I would understand it after a course."],
    ),
]


@pytest.mark.parametrize(("first", "verdict", "said"), [(first, verdict, said) for first, verdict, many in SOFTENING for said in many])
def test_what_is_plainly_told_counts_and_nothing_else_does(first: str, verdict: str, said: str, rulebook: Rulebook) -> None:
    assert respond(said, respond(first, Conversation(), rulebook), rulebook).standing[0].verdict == verdict
