"""A real model on a real server: useless as an adviser, so excellent as a hostile one. Protocol and invariants, never wording."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from advisor import wording
from advisor.conversation import answer
from advisor.domain import Certainty, Conversation, TurnKind, Usage
from advisor.model import Format, ModelUnavailable, OpenAIModel, Request
from advisor.rulebook import Rulebook
from tests.server.fetch import MODEL

pytestmark = pytest.mark.server
ROOT = Path(__file__).parent.parent.parent
TOTAL_S = 6
READY = {"type": "object", "properties": {"ready": {"type": "boolean"}}, "required": ["ready"], "additionalProperties": False}
TALKS = [
    ["Should I let my VA fire our receptionist?", "But she is so good at it"],
    ["Could my cousin set our company goals?", "why?"],
    ["Can an agency train our new employees?", "We do have a head of training."],
    ["May my deputy meet our investors?", "Can he at least send the invitations?"],
    ["I know absolutely nothing about tax law, can I outsource it?", "I took a course and can judge it now"],
    ["Can I outsource my bookkeeping?", "And may she hire an assistant?"],
    ["Can my VA frobnicate the widgets?", "None of these"],
    ["Can my VA answer customer emails and fire our cook?", "what about the second one?"],
    ["May my assistant schedule the interviews?", "And choose the best one?"],
    ["Darf meine Assistentin die Empfangsdame entlassen?", "Should she fire the receptionist, I mean"],
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The model server's address; a process of its own, ended after the suite."""
    there = MODEL.exists() and importlib.util.find_spec("xllamacpp")
    if not there and not os.environ.get("CI"):
        pytest.skip("the extra `server` and its model are not installed")
    assert there, "CI must install the extra `server` and fetch its model"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.server.serve"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip() + "/v1"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def model(address: str) -> Iterator[OpenAIModel]:
    connected = OpenAIModel("smollm", "none", address, total_s=TOTAL_S, first_words_s=5)
    yield connected
    connected.close()


def small(words: str = "Are you ready?") -> Request:
    return Request('Answer with JSON: {"ready": true}', words, READY)


def test_it_streams_json_by_the_schema_and_counts_tokens(model: OpenAIModel) -> None:
    pieces = list(model.stream(small(), model.deadline()))
    words = [piece for piece in pieces if isinstance(piece, str) and piece]
    assert len(words) > 1
    assert json.loads("".join(words)).keys() == {"ready"}
    usage = pieces[-1]
    assert isinstance(usage, Usage)
    assert usage.prompt_tokens > usage.answer_tokens > 0
    assert model.manner.format is Format.SCHEMA


def test_a_closed_answer_frees_the_server(model: OpenAIModel) -> None:
    """The server has one place: were the first request still running, the next would have to wait for all its tokens."""
    endless = Request(
        "Count as far as you can.", "Go.", {"type": "object", "properties": {"count": {"type": "string"}}, "required": ["count"]}
    )
    stream = model.stream(endless, model.deadline())
    assert next(piece for piece in stream if piece)
    stream.close()
    began = time.monotonic()
    assert list(model.stream(small(), model.deadline()))
    assert time.monotonic() - began < 8


def test_a_prompt_that_is_too_long_is_refused_at_once_and_not_repeated(model: OpenAIModel) -> None:
    manner = model.manner
    with pytest.raises(ModelUnavailable):
        list(model.stream(small("word " * 9000), model.deadline()))
    assert model.manner == manner


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk[0][:40])
def test_whatever_it_says_the_verdict_shown_is_the_one_that_the_rules_settled(
    talk: list[str], model: OpenAIModel, rulebook: Rulebook
) -> None:
    """At every step of every answer, on the card and in the words, within the deadline."""
    conversation = alone = Conversation()
    for message in talk:
        *_, alone = answer(message, alone, rulebook)
        began = time.monotonic()
        for step in answer(message, conversation, rulebook, model):
            turn = step.turns[-1]
            shown = {(each.task.quote.words, each.verdict) for each in step.standing if each.certainty is Certainty.CLEAR}
            assert {(each.task.quote.words, each.verdict) for each in alone.standing if each.certainty is Certainty.CLEAR} <= shown
            if turn.kind is TurnKind.VERDICT and turn.about and not turn.by_model:
                assert turn.reply.endswith(wording.reply(turn, replace(step, turns=step.turns[:-1]), rulebook))
            if turn.by_model:
                assert not turn.question
        assert time.monotonic() - began < TOTAL_S + 2
        conversation = step
