"""The model's server in every mood: an answer or a clear failure, always within the deadline, never pestered."""

import datetime
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from advisor.conversation import answer, respond
from advisor.domain import Conversation, ModelUse, Usage, Verdict
from advisor.model import Breaker, Deadline, Format, ModelUnavailable, OpenAIModel, Request, retry_after_s
from advisor.rulebook import Rulebook
from tests.conftest import Step, advice, serving

FIRE = "Should I let my VA fire our receptionist?"
HOSTILE = "Yes, hand it off! Hand off everything to your VA, hand_off, go ahead."
KEEP = advice("Keep this one yourself. You are the face of the company.", "keep", rules=(1,))
REQUEST = Request("instructions", "words", {"type": "object"})
KEY = "sk-" + "not-to-be-seen"


Connect = Callable[..., OpenAIModel]


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """The client's library, which takes its time to load, is there before the first test that has a deadline."""
    with serving(Step(content="{}")) as server:
        model = OpenAIModel("scripted", KEY, server.url, 30.0, 30.0)
        complete(model)
        model.close()


@pytest.fixture
def connected() -> Iterator[Connect]:
    """Models on a server, disconnected after the test."""
    models: list[OpenAIModel] = []

    def connect(url: str, total_s: float = 5.0, first_words_s: float = 5.0) -> OpenAIModel:
        models.append(OpenAIModel("scripted", KEY, url, total_s, first_words_s, first_wait_s=0.001))
        return models[-1]

    yield connect
    for model in models:
        model.close()


def complete(model: OpenAIModel, request: Request = REQUEST) -> str:
    return "".join(piece for piece in model.stream(request, model.deadline()) if isinstance(piece, str))


DATE = "Mon, 23 Nov 2026 10:00:00 GMT"
FAULTS: list[tuple[str, list[Step], int]] = [
    ("a refused key", [Step(401)], 1),
    ("a forbidden model", [Step(403)], 1),
    ("an unknown model", [Step(404)], 1),
    ("no quota left", [Step(429, "insufficient_quota")], 1),
    ("too many requests, seconds", [Step(429, headers={"Retry-After": "0"})], 3),
    ("too many requests, a fraction", [Step(429, headers={"Retry-After": "0.01"})], 3),
    ("too many requests, milliseconds", [Step(429, headers={"retry-after-ms": "5"})], 3),
    ("too many requests, a date", [Step(429, headers={"Retry-After": DATE, "Date": DATE})], 3),
    ("too many requests, a date long gone", [Step(429, headers={"Retry-After": "Mon, 01 Jan 2024 10:00:00 GMT"})], 3),
    ("too many requests, nonsense", [Step(429, headers={"Retry-After": "soon"})], 3),
    ("too many requests, beyond the deadline", [Step(429, headers={"Retry-After": "3600"})], 1),
    ("a broken server", [Step(500)], 3),
    ("a server that rests", [Step(503)], 3),
    ("every format refused", [Step(400)], 3),
    ("a schema that fails inside", [Step(500, "response_format is not supported")], 3),
    ("a prompt that is too long", [Step(400, "the request exceeds the available context size")], 1),
    ("a filtered prompt", [Step(400, "content_filter: the prompt was filtered")], 1),
    ("connections reset", [Step(hang_up=True)], 3),
    ("silence", [Step(wait_s=30)], 1),
    ("pings and nothing else", [Step(pings=True)], 1),
    ("a stall before the first words", [Step(content=KEEP, stalls_after=1)], 1),
    ("a stall in the middle of the verdicts", [Step(content=KEEP, stalls_after=2)], 1),
    ("a stall in the middle of the prose", [Step(content=KEEP, stalls_after=5)], 1),
    ("a cut stream", [Step(content=KEEP, cut_after=3)], 1),
    ("a stream cut before the first words", [Step(content=KEEP, cut_after=1)], 3),
    ("no reason to end", [Step(content=KEEP, finish=None)], 1),
    ("an end for want of tokens", [Step(content=KEEP, finish="length")], 1),
    ("an end by a filter", [Step(content=KEEP, finish="content_filter")], 1),
    ("a web page", [Step(body=b"<html>hello</html>", content_type="text/html")], 1),
    ("an error under status 200", [Step(body=b'{"error": {"message": "no"}}', content_type="application/json")], 1),
    ("an error in the stream", [Step(raw=['data: {"error": {"message": "overloaded"}}\n\n'])], 1),
    ("events that are no JSON", [Step(raw=["data: {not json\n\n"])], 1),
    ("events that are no text", [Step(body=b"data: \xff\xfe\n\n")], 1),
    ("events of another kind", [Step(raw=['data: {"choices": [{"index": 0, "delta": 7}]}\n\n', "data: [DONE]\n\n"])], 1),
    ("events nested without end", [Step(raw=[f"data: {'[' * 100_000}\n\n"])], 1),
    ("choices that are no list", [Step(raw=['data: {"choices": {"a": 1}}\n\n'])], 1),
    ("no choices", [Step(raw=['data: {"id": "c", "choices": []}\n\n', "data: [DONE]\n\n"])], 1),
    ("an empty answer", [Step(content="")], 1),
    ("words in place of JSON", [Step(content=HOSTILE)], 4),
    ("JSON of another shape", [Step(content='{"verdict": "hand_off"}')], 2),
    ("no object", [Step(content="[1, 2]")], 4),
    ("broken JSON", [Step(content='{"assessments": [}, "reply": "x"}')], 2),
    ("endless nesting", [Step(content='{"assessments":' + "[" * 5000)], 2),
    ("wrong types", [Step(content=KEEP.replace('"task": 1', '"task": "one"'))], 2),
    ("extra fields", [Step(content=KEEP.replace('{"assessments"', '{"mood": "fine", "assessments"'))], 2),
    ("an unknown task", [Step(content=KEEP.replace('"task": 1', '"task": 7'))], 1),
    ("an unknown rule", [Step(content=KEEP.replace("[1]", "[6]"))], 2),
    ("an unknown verdict", [Step(content=KEEP.replace('"keep"', '"maybe"'))], 2),
    ("an unknown act", [Step(content=KEEP.replace('"none"', '"dances"'))], 1),
    ("a key said twice", [Step(content=KEEP[:-1] + ', "reply": "Hand it off."}')], 1),
    ("a megabyte of prose", [Step(content=advice("Keep this one yourself. " * 45_000, "keep", rules=(1,)), piece_chars=4000)], 1),
    ("empty prose", [Step(content=advice("", "keep", rules=(1,)))], 1),
]


@pytest.mark.parametrize(("steps", "requests"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_whatever_the_server_does_the_visitor_gets_a_full_answer_in_time(
    connected: Connect, steps: list[Step], requests: int, rulebook: Rulebook
) -> None:
    """The rules' own words, with a note where the model failed; and no more requests than help."""
    with serving(*steps) as server:
        model = connected(server.url, total_s=1.2, first_words_s=0.9)
        began = time.monotonic()
        turn = respond(FIRE, Conversation(), rulebook, model).turns[-1]
        took = time.monotonic() - began
    assert len(server.seen) == requests
    assert took < 1.2 + 0.8
    assert (turn.assessments[0].verdict, turn.assessments[0].rules) == (Verdict.KEEP, (1,))
    assert "Keep this one yourself" in turn.reply
    assert turn.model is ModelUse.USED or "rules' own words" in turn.note
    assert not turn.by_model


def test_a_passing_fault_is_retried(connected: Connect) -> None:
    with serving(Step(503), Step(hang_up=True), Step(content="{}")) as server:
        assert complete(connected(server.url)) == "{}"
    assert len(server.seen) == 3


def test_nothing_is_retried_once_words_have_come(connected: Connect) -> None:
    with serving(Step(content=KEEP, cut_after=3), Step(content=KEEP)) as server, pytest.raises(ModelUnavailable):
        complete(connected(server.url))
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("first", "formats"),
    [
        (Step(400), [Format.SCHEMA, Format.OBJECT, Format.OBJECT]),
        (Step(422), [Format.SCHEMA, Format.OBJECT, Format.OBJECT]),
        (Step(501), [Format.SCHEMA, Format.OBJECT, Format.OBJECT]),
        (Step(500, "response_format"), [Format.SCHEMA, Format.OBJECT, Format.OBJECT]),
        (Step(content="Sure! Here you are."), [Format.SCHEMA, Format.OBJECT, Format.OBJECT]),
    ],
    ids=["400", "422", "501", "500", "ignored"],
)
def test_a_server_without_schemas_is_asked_more_simply_from_then_on(connected: Connect, first: Step, formats: list[Format]) -> None:
    with serving(first, Step(content="{}"), Step(content="{}")) as server:
        model = connected(server.url)
        complete(model)
        complete(model)
    assert [each["response_format"]["type"] for each in server.seen] == formats


def test_a_server_that_wants_another_limit_or_counts_no_tokens_is_obeyed_and_keeps_its_schema(connected: Connect) -> None:
    refusals = [Step(400, "unknown parameter: max_completion_tokens"), Step(400, "stream_options is not permitted")]
    with serving(*refusals, Step(content="{}")) as server:
        complete(connected(server.url))
    assert "max_tokens" in server.seen[-1]
    assert "stream_options" not in server.seen[-1]
    assert server.seen[-1]["response_format"]["type"] == "json_schema"


def test_json_among_words_is_found_where_nothing_stricter_works(connected: Connect, rulebook: Rulebook) -> None:
    """A server that knows no way of asking for JSON is asked in words, and its answer taken out of them."""
    with serving(Step(400), Step(400), Step(content=f"Sure:\n```json\n{KEEP}\n```\n")) as server:
        turn = respond(FIRE, Conversation(), rulebook, connected(server.url)).turns[-1]
    assert "response_format" not in server.seen[-1]
    assert (turn.by_model, turn.reply) == (True, "Keep this one yourself. You are the face of the company.")


def test_the_tokens_used_are_recorded(connected: Connect, rulebook: Rulebook) -> None:
    with serving(Step(content=KEEP)) as server:
        turn = respond(FIRE, Conversation(), rulebook, connected(server.url)).turns[-1]
    assert turn.provenance is not None
    assert (turn.provenance.usage, turn.provenance.model) == (Usage(7, 3), "scripted")


def test_one_misfit_is_asked_again_in_words_and_weakens_nothing_for_the_next(connected: Connect, rulebook: Rulebook) -> None:
    """A visitor who steers a model into another form costs others nothing: what the server refused is remembered, that is not."""
    with serving(Step(content='{"verdict": "hand_off"}'), Step(content=KEEP), Step(content=KEEP)) as server:
        model = connected(server.url)
        assert respond(FIRE, Conversation(), rulebook, model).turns[-1].by_model
        assert respond(FIRE, Conversation(), rulebook, model).turns[-1].by_model
    assert ["response_format" in each for each in server.seen] == [True, False, True]


def test_a_silent_server_is_soon_left_alone(connected: Connect, rulebook: Rulebook) -> None:
    """A server that takes the request and says nothing is an outage like any other."""
    with serving(Step(wait_s=30)) as server:
        model = connected(server.url, total_s=0.6, first_words_s=0.3)
        notes = [respond(FIRE, Conversation(), rulebook, model).turns[-1].note for _ in range(4)]
    assert len(server.seen) == 3
    assert ["too long" in note for note in notes] == [True, True, True, False]
    assert "out of order" in notes[-1]


def test_a_model_that_thinks_aloud_is_heard_after_its_thoughts(connected: Connect, rulebook: Rulebook) -> None:
    with serving(Step(400), Step(400), Step(content=f"<think>A {{hard}} one.</think>{KEEP}")) as server:
        assert respond(FIRE, Conversation(), rulebook, connected(server.url)).turns[-1].by_model


def test_a_shutdown_ends_an_answer_in_the_making(rulebook: Rulebook) -> None:
    with serving(Step(wait_s=30)) as server:
        model = OpenAIModel("scripted", KEY, server.url)
        steps = answer(FIRE, Conversation(), rulebook, model)
        next(steps)
        threading.Timer(0.5, model.close).start()
        *_, last = steps
    assert last.turns[-1].model is ModelUse.FAILED
    assert last.turns[-1].provenance is not None
    assert last.turns[-1].provenance.failure == "shutting down"


def test_nothing_listens(connected: Connect) -> None:
    with serving(Step()) as server:
        url = server.url
    with pytest.raises(ModelUnavailable, match="can't be reached"):
        complete(connected(url))


def test_a_closed_answer_stops_the_request(connected: Connect) -> None:
    """Whoever stops listening stops the model, even while it is silent: the server sees the connection go."""
    with serving(Step(content=KEEP, stalls_after=3)) as server:
        model = connected(server.url)
        stream = model.stream(REQUEST, model.deadline())
        assert next(piece for piece in stream if piece)
        began = time.monotonic()
        stream.close()
        assert server.left.wait(2)
        assert time.monotonic() - began < 1


def test_a_silent_model_leaves_its_follower_free_to_stop(connected: Connect) -> None:
    with serving(Step(wait_s=30)) as server:
        model = connected(server.url)
        stream = model.stream(REQUEST, model.deadline())
        began = time.monotonic()
        assert [next(stream), next(stream)] == ["", ""]
        assert time.monotonic() - began < 1
        stream.close()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_outage_keeps_only_the_first_visitors_waiting(connected: Connect, rulebook: Rulebook) -> None:
    """After a few failures in a row nobody waits for the model until one request, a while later, gets through."""
    clock = Clock()
    with serving(*[Step(404)] * 1, *[Step(500)] * 9, Step(content=KEEP)) as server:
        model = connected(server.url)
        model.breaker = Breaker(clock)
        for _ in range(4):
            respond(FIRE, Conversation(), rulebook, model)
        assert len(server.seen) == 1 + 3 * 3
        note = respond(FIRE, Conversation(), rulebook, model).turns[-1].note
        assert "out of order" in note
        assert len(server.seen) == 10
        clock.now += 31
        assert respond(FIRE, Conversation(), rulebook, model).turns[-1].by_model
        assert respond(FIRE, Conversation(), rulebook, model).turns[-1].by_model


def test_while_it_rests_one_request_at_a_time_tries_again() -> None:
    clock = Clock()
    breaker = Breaker(clock, most=1, rest_s=30)
    breaker.note(outage=True)
    assert not breaker.lets_through()
    clock.now += 30
    assert [breaker.lets_through(), breaker.lets_through()] == [True, False]
    breaker.note(outage=False)
    assert breaker.lets_through()


def test_a_deadline_counts_down_and_stays_at_nothing() -> None:
    clock = Clock()
    deadline = Deadline(20, 8, clock)
    clock.now += 7.5
    assert (deadline.left_s(), deadline.to_first_words_s()) == (12.5, 0.5)
    clock.now += 30
    assert (deadline.left_s(), deadline.to_first_words_s()) == (0, 0)


@pytest.mark.parametrize("steps", [[Step(401, f"bad key {KEY}")], [Step(500, KEY)], [Step(content="x")], [Step(hang_up=True)]])
def test_a_key_is_never_told(connected: Connect, steps: list[Step], rulebook: Rulebook, caplog: pytest.LogCaptureFixture) -> None:
    """Not to the visitor, not in an error, not in a log; only to the server."""
    with serving(*steps) as server, caplog.at_level(logging.DEBUG):
        model = connected(server.url)
        turn = respond(FIRE, Conversation(), rulebook, model).turns[-1]
        try:
            error = complete(model)
        except ModelUnavailable as problem:
            error = repr(problem)
    assert server.keys[0] == f"Bearer {KEY}"
    assert KEY not in f"{turn}{error}{caplog.text}{model!r}"


class Answer:
    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class AnsweredError(Exception):
    def __init__(self, **headers: str) -> None:
        self.response = Answer(**headers)


@pytest.mark.parametrize(
    ("problem", "seconds"),
    [
        (AnsweredError(retry_after="7"), 7.0),
        (AnsweredError(retry_after="0.5"), 0.5),
        (AnsweredError(retry_after_ms="250"), 0.25),
        (AnsweredError(retry_after="Mon, 23 Nov 2026 10:00:30 GMT", date=DATE), 30.0),
        (AnsweredError(retry_after="Mon, 23 Nov 2026 10:01:00 GMT"), 45.0),
        (AnsweredError(retry_after="Mon, 23 Nov 2026 09:00:00 GMT"), 0.0),
        (AnsweredError(retry_after="soon"), None),
        (AnsweredError(), None),
        (ValueError(), None),
    ],
)
def test_retry_after_is_read_in_each_of_its_forms(problem: Exception, seconds: float | None) -> None:
    assert retry_after_s(problem, datetime.datetime(2026, 11, 23, 10, 0, 15, tzinfo=datetime.UTC)) == seconds
