"""Worked conversations: each turn says what kind of answer it calls for and which verdict and rules stand after it.

``cases/conversations.jsonl`` holds them all, with those that the advisor doesn't follow to the end; ``cases/followed.json``
says how many turns it follows of each, so that what it once understood it goes on understanding.
"""

import json
import re
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.conversation import respond
from advisor.domain import Certainty, Conversation, Turn, TurnKind, Usage, Verdict
from advisor.model import Deadline, Request
from advisor.rulebook import Rulebook, standard
from tests.conftest import ScriptedModel, advice

CASES = Path(__file__).parent / "cases"
CONVERSATIONS = {case["id"]: case for case in map(json.loads, (CASES / "conversations.jsonl").read_text(encoding="utf-8").splitlines())}
FOLLOWED: dict[str, int] = json.loads((CASES / "followed.json").read_text(encoding="utf-8"))
TELLING_NOTHING = ("why", "counterfactual", "parts", "brief", "learn", "pushback", "compare", "recap", "redirect")
SAID = [
    case["say"]
    for case in map(json.loads, (CASES / "said.jsonl").read_text(encoding="utf-8").splitlines())
    if case["move"] in TELLING_NOTHING
]
SETTLED = (
    "Should I let my VA fire our receptionist?",
    "Could my cousin set our company goals?",
    "Can my assistant meet our investors for me?",
    "Could someone else train my new staff?",
    "Could someone else train the new cooks?",
    "I know absolutely nothing about SEO, may an agency do it?",
    "Our head chef Anna can train the new cooks, right?",
)


def right(wanted: dict[str, Any], turn: Turn) -> bool:
    """Whether a turn is of the kind, and gives the verdicts by the rules, that a worked case wants."""
    if turn.kind != wanted["kind"]:
        return False
    tasks = wanted.get("tasks") or ([wanted] if wanted.get("verdict") else [])
    given = Counter(each.verdict for each in turn.assessments)
    if len(tasks) > 1:
        return given == Counter(task["verdict"] for task in tasks)
    allowed = {wanted.get("verdict"), *wanted.get("also_ok", [])}
    if not given or not tasks:
        return not given and None in allowed
    clear = {finding.rule for each in turn.assessments for finding in each.findings if finding.certainty is Certainty.CLEAR}
    noticed = {rule for each in turn.assessments for rule in each.rules}
    rules = set(tasks[0].get("rules", []))
    return bool(given.keys() & allowed) and rules <= noticed and clear <= rules | set(wanted.get("rules_also_ok", []))


def followed(case: dict[str, Any], rulebook: Rulebook, model: ScriptedModel | None = None) -> int:
    """How many turns of a conversation, from its first, are answered as it wants."""
    conversation = Conversation()
    for number, wanted in enumerate(case["turns"]):
        conversation = respond(wanted["say"], conversation, rulebook, model)
        if not right(wanted, conversation.turns[-1]):
            return number
    return len(case["turns"])


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_was_once_followed_is_followed(name: str, rulebook: Rulebook) -> None:
    assert followed(CONVERSATIONS[name], rulebook) >= FOLLOWED[name]


def test_more_than_120_conversations_are_worked() -> None:
    assert sum(turns >= 3 for turns in FOLLOWED.values()) >= 120


class Agreeing(ScriptedModel):
    """A model that says of each task what it is told that the rules say."""

    def stream(self, request: Request, deadline: Deadline) -> Generator[str | Usage, None, None]:
        verdicts = re.findall(r"(?:DECIDED:|OPEN: the rules alone say) (\w+)", request.words)
        self.replies = [advice("That is how the rules see it.", *verdicts)]
        return super().stream(request, deadline)


@pytest.mark.parametrize("name", list(FOLLOWED)[::3])
def test_with_a_model_they_are_followed_as_far(name: str, rulebook: Rulebook) -> None:
    """A model only phrases what the rules have decided, and asks about what they leave open."""
    assert followed(CONVERSATIONS[name], rulebook, Agreeing()) >= FOLLOWED[name]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.sampled_from(SETTLED), st.lists(st.sampled_from(SAID), min_size=1, max_size=8))
def test_no_sequence_of_turns_without_a_new_fact_makes_a_settled_verdict_milder(first: str, said: list[str]) -> None:
    """Whatever is asked, argued or ordered, in whatever order; new tasks that are heard in it don't touch the settled one."""
    rulebook = standard()
    conversation = respond(first, Conversation(), rulebook)
    settled = conversation.standing[0].verdict
    assert settled.gravity >= Verdict.LEARN_FIRST.gravity
    for message in said:
        conversation = respond(message, conversation, rulebook)
        assert conversation.standing[0].verdict.gravity >= settled.gravity, message
        assert 0 not in conversation.withdrawn, message


@pytest.mark.parametrize("first", SETTLED)
def test_no_single_message_without_a_new_fact_does_either(first: str, rulebook: Rulebook) -> None:
    """All that was collected of asking, arguing and small talk, each on its own."""
    settled = respond(first, Conversation(), rulebook)
    milder = [
        message
        for message in SAID[::3]
        if respond(message, settled, rulebook).standing[0].verdict.gravity < settled.standing[0].verdict.gravity
    ]
    assert milder == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from(SETTLED), st.lists(st.sampled_from(SAID), min_size=2, max_size=6))
def test_no_answer_repeats_the_one_before_it(first: str, said: list[str]) -> None:
    rulebook = standard()
    conversation = respond(first, Conversation(), rulebook)
    for message in said:
        before = conversation.turns[-1]
        conversation = respond(message, conversation, rulebook)
        turn = conversation.turns[-1]
        if turn.kind is before.kind and turn.kind not in (TurnKind.RECAP, TurnKind.CLARIFY, TurnKind.COMPARE, TurnKind.LEARN):
            assert turn.reply != before.reply or turn.about != before.about, message
