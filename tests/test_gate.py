"""The door: who gets in, with how much, and what every answer leaves with."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from advisor import gate, logs, web
from advisor.visitor import COOKIE

HOME = "https://advisor.example"
SOCKET = "wss://advisor.example/_stcore/stream"


async def taking(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def echoing(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_bytes(await socket.receive_bytes())


async def lax(_: Request) -> PlainTextResponse:
    return PlainTextResponse("x", headers={"Access-Control-Allow-Origin": "*"})


async def breaking(_: Request) -> PlainTextResponse:
    raise ValueError("somebody's words")


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser at the door, with something behind it that takes whatever is let in."""
    monkeypatch.setenv("ADVISOR_ALLOWED_HOSTS", "advisor.example, *.shops.example, [::1]")
    methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "TRACE", "PATCH"]
    routes = [
        WebSocketRoute("/_stcore/stream", echoing),
        WebSocketRoute("/other", echoing),
        Route("/breaks", breaking),
        Route("/lax", lax),
        Route("/{path:path}", taking, methods=methods),
    ]
    with TestClient(Starlette(routes=routes, middleware=web.middleware()), base_url=HOME, raise_server_exceptions=False) as browser:
        yield browser


OURS = "advisor.example|advisor.example:8501|ADVISOR.example.|a.shops.example|a.b.shops.example:1|[::1]:8501"
NOT_OURS = (
    "evil.example|advisor.example.evil.example|evil-advisor.example|shops.example|xshops.example||advisor.example@evil.example|"
    "advisor.example:x|advisor.example:123456|advisor.example/|127.0.0.1|evil.example/.shops.example|*"
)
CLOSED = (
    "/_stcore/metrics /_stcore/metrics/ /_stcore/script-health-check /_stcore/agent/interact /_stcore/agent/mcp "
    "/_stcore/agent/openapi.json /_stcore/allowed-message-origins /_stcore/health/x /_stcore/../_stcore/metrics /%5fstcore/metrics "
    "/component/x /app/static/x /auth/login /auth/logout /oauth2callback"
)
OPEN = "/ /list /_stcore/health /_stcore/host-config /_stcore/bidi-components/x /static/x.js /share/x /healthz"
STRANGE = (None, "https://evil.example", "null", "https://advisor.example.evil.example", "http://[", "ftp://advisor.example", "")


@pytest.mark.parametrize("host", OURS.split("|"))
def test_who_asks_for_one_of_its_names_is_let_in(host: str, door: TestClient) -> None:
    assert door.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", NOT_OURS.split("|"))
def test_who_asks_for_another_name_is_told_the_mend(host: str, door: TestClient) -> None:
    answer = door.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "ADVISOR_ALLOWED_HOSTS" in answer.text
    assert not host or host not in answer.text
    with pytest.raises(WebSocketDisconnect), door.websocket_connect(SOCKET, headers={"Host": host, "Origin": f"https://{host}"}):
        pass


@pytest.mark.parametrize("path", CLOSED.split())
def test_what_the_page_has_no_use_for_is_closed(path: str, door: TestClient) -> None:
    assert door.get(path).status_code == 404


@pytest.mark.parametrize("path", OPEN.split())
def test_what_it_needs_is_open(path: str, door: TestClient) -> None:
    assert door.get(path).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_nothing_is_changed_by_a_request(method: str, door: TestClient) -> None:
    """Whatever changes something comes through the socket, whose origin is checked: so no other site can forge it."""
    for path in ("/", "/my/conversations.json", "/share/x", "/operator", "/metrics"):
        assert door.request(method, path, headers={"Origin": HOME}).status_code == 405


UPLOAD = "/_stcore/upload_file/session/file"


@pytest.mark.parametrize("origin", STRANGE)
def test_another_sites_page_uploads_nothing_and_opens_no_socket(origin: str | None, door: TestClient) -> None:
    headers = {} if origin is None else {"Origin": origin}
    for method in ("PUT", "POST", "DELETE", "OPTIONS"):
        assert door.request(method, UPLOAD, headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), door.websocket_connect(SOCKET, headers=headers):
        pass


def test_a_probe_may_ask_by_any_name(door: TestClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert door.get(path, headers={"Host": "10.0.0.7:8501"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [("advisor.example:443", HOME), ("advisor.example", f"{HOME}:443"), ("a.shops.example:80", "http://a.shops.example")],
)
def test_a_port_that_goes_without_saying_may_be_said(host: str, origin: str, door: TestClient) -> None:
    with door.websocket_connect(SOCKET, headers={"Host": host, "Origin": origin}):
        pass


def test_a_socket_anywhere_else_is_none(door: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), door.websocket_connect("wss://advisor.example/other", headers={"Origin": HOME}):
        pass


def test_an_upload_is_taken_up_to_its_size(door: TestClient) -> None:
    most = gate.MAX_UPLOAD_BYTES
    assert door.put(UPLOAD, content=b"x" * most, headers={"Origin": HOME}).text == str(most)
    for sent in (b"x" * (most + 1), iter([b"x" * most, b"x"])):
        answer = door.put(UPLOAD, content=sent, headers={"Origin": HOME})
        assert answer.status_code == 413
        assert "1088 kilobytes at the most" in answer.text
    for length in ("-1", "1e9", "999999999999999999", "0x10", " "):
        assert door.put(UPLOAD, content=b"", headers={"Origin": HOME, "Content-Length": length}).status_code == 413


def test_reading_brings_no_body(door: TestClient) -> None:
    assert door.request("GET", "/", content=b"x").status_code == 413
    assert door.request("GET", "/", content=iter([b"x"])).status_code == 413


def test_a_tab_sends_as_much_as_the_longest_list_and_no_more(door: TestClient) -> None:
    with door.websocket_connect(SOCKET, headers={"Origin": HOME}) as socket:
        socket.send_bytes(b"x" * gate.MAX_FRAME_BYTES)
        assert len(socket.receive_bytes()) == gate.MAX_FRAME_BYTES
        socket.send_bytes(b"x" * (gate.MAX_FRAME_BYTES + 1))
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_bytes()
    assert closed.value.code == 1009
    with door.websocket_connect(SOCKET, headers={"Origin": HOME}) as socket:
        socket.send_text("{}")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_bytes()
    assert closed.value.code == 1003


def test_an_address_of_any_length_is_told(door: TestClient) -> None:
    assert door.get("/" + "x" * 3000).status_code == 414
    assert door.get("/?c=" + "x" * 3000).status_code == 414


@pytest.mark.parametrize("path", ["/", "/share/x", "/_stcore/metrics", "/healthz", UPLOAD, "/breaks"])
def test_every_answer_leaves_with_the_headers(path: str, door: TestClient) -> None:
    headers = door.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in door.get(f"http://advisor.example{path}").headers


def test_the_policy_lets_no_outside_script_in() -> None:
    policy = dict(part.split(" ", 1) for part in web.page_policy().split("; "))
    sources = policy["script-src"].split()
    assert sources[:2] == ["'self'", "blob:"]
    assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", source) for source in sources[2:])
    assert len(sources) > 2
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert policy["connect-src"] == "'self'"


def test_another_sites_page_reads_nothing(door: TestClient) -> None:
    assert "Access-Control-Allow-Origin" not in door.get("/lax", headers={"Origin": "https://evil.example"}).headers


@pytest.mark.parametrize("named", ["a-proxys-name.1", "x" * 64])
def test_a_request_keeps_the_name_that_a_proxy_gave_it(named: str, door: TestClient) -> None:
    assert door.get("/", headers={"X-Request-ID": named}).headers["X-Request-ID"] == named


@pytest.mark.parametrize("named", ["short", "x" * 65, "two words here", "evil\\nline", '"}{"event": "x"}', "é" * 10, "a" * 8 + "\x7f"])
def test_a_name_that_could_forge_a_line_is_not_taken(named: str, door: TestClient) -> None:
    given = door.get("/", headers={"X-Request-ID": named.encode()}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{16}", given)


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_log_line_tells_the_request_and_nothing_secret(door: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.root.handlers[:]
    try:
        logs.configure("info")
        secret, token = "s" * 43, "t" * 32
        door.get(f"/share/{token}?x=somebody", headers={"Cookie": f"{COOKIE}={secret}", "X-Request-ID": "one-request"})
        door.get("/breaks", headers={"X-Request-ID": "broken-request"})
        logging.getLogger("advisor").error("x", exc_info=ValueError("somebody's words"))
        logging.getLogger("advisor").info("two\nlines %s", {"event": "forged"}, extra={"conversation": "c" * 32})
        logging.getLogger("uvicorn.error").warning("told", stack_info=True)
        logging.getLogger("asyncio").error("a task broke\nfuture: <Task exception=ValueError('somebody')>")
    finally:
        logging.root.handlers[:] = before
    told = capsys.readouterr().err
    assert secret not in told
    assert token not in told
    assert "somebody" not in told
    first = lines(told)[0]
    assert {"event": "request", "route": "/share/", "status": 200, "request": "one-request", "method": "GET"}.items() <= first.items()
    assert [line["event"] for line in lines(told)] == [
        "request",
        "a request broke",
        "request",
        "x",
        "two\nlines {'event': 'forged'}",
        "told",
        "a task broke",
    ]
    assert "ValueError" in str(lines(told)[3]["exc_info"])
    assert lines(told)[4]["conversation"] == "c" * 32
