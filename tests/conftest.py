"""What the tests share: a rulebook, a scripted model, a scripted server, and no way out of this machine."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from advisor.domain import Assessment, Conversation, Facts
from advisor.judge import all_judged
from advisor.model import ModelUnavailable, Request
from advisor.reading import read
from advisor.rulebook import Rulebook, standard


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine, and forget the model that the environment names."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ADVISOR_MODEL", "ADVISOR_DEADLINE_S"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return standard()


def assess(message: str, rulebook: Rulebook) -> tuple[Assessment, ...]:
    """What the rules alone say about a message that stands by itself."""
    reading = read(message, Conversation(), rulebook)
    return all_judged(reading.tasks, Facts(reading.heads), rulebook)


class ScriptedModel:
    """A model that gives these replies in turn, the last one for ever; an exception among them is raised."""

    def __init__(self, *replies: str | ModelUnavailable) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []

    def complete(self, request: Request) -> str:
        self.requests.append(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, ModelUnavailable):
            raise reply
        return reply


def advice(reply: str, *verdicts: str, rules: tuple[int, ...] = (), reason: str = "as it seems") -> str:
    """A well-formed answer of a model: a verdict for each task, then the prose."""
    opinions = [{"task": place, "verdict": each, "rules": list(rules), "reason": reason} for place, each in enumerate(verdicts, 1)]
    return json.dumps({"assessments": opinions, "reply": reply})


@dataclass
class Step:
    """How the scripted server treats one request."""

    status: int = 200
    content: str | None = ""
    """The completion's text; ``None`` for an answer without choices."""
    body: bytes | None = None
    """Sent as it is, in place of a completion."""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    hang_up: bool = False


class ScriptedServer(ThreadingHTTPServer):
    """An OpenAI-compatible server on loopback that follows a script, its last step for ever."""

    daemon_threads = True

    def __init__(self, *steps: Step) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.steps = list(steps)
        self.seen: list[dict[str, Any]] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the script."""


class Handler(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(asked)
        step = self.server.steps[min(len(self.server.seen), len(self.server.steps)) - 1]
        if step.wait_s:
            self.server.closing.wait(step.wait_s)
        if step.hang_up:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = step.body if step.body is not None else json.dumps(completion(step, asked["model"])).encode()
        self.send_response(step.status)
        for name, value in ({"Content-Type": step.content_type, "Content-Length": str(len(body))} | step.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the name is http.server's)
        """Keep the test's output clean."""


def completion(step: Step, model: str) -> dict[str, Any]:
    """A Chat Completion, or the error that goes with a status."""
    if step.status >= 400:
        return {"error": {"message": step.content or "scripted", "type": "scripted", "code": None, "param": None}}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": step.content}}
    choices = [] if step.content is None else [choice]
    return {"id": "c1", "object": "chat.completion", "created": int(time.time()), "model": model, "choices": choices}


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
