"""Who a visitor is: the cookie on page and socket, exactly as it is set."""

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from advisor.visitor import COOKIE, Identity, cookie, is_safe

SECRET = "s" * 43
FOREVER = "Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax"


async def greeting(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")


async def echoing(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body())


@pytest.fixture
def visit() -> Iterator[TestClient]:
    routes = [WebSocketRoute("/_stcore/stream", greeting), Route("/{path:path}", echoing, methods=["GET", "PUT"])]
    with TestClient(Starlette(routes=routes, middleware=[Middleware(Identity)]), base_url="http://advisor.example") as client:
        yield client


def test_the_cookie_is_set_exactly_so() -> None:
    assert cookie(SECRET, safe=False) == f"{COOKIE}={SECRET}; {FOREVER}"
    assert cookie(SECRET, safe=True) == f"{COOKIE}={SECRET}; {FOREVER}; Secure"


@pytest.mark.parametrize(
    ("scheme", "forwarded", "safe"),
    [
        ("http", None, False),
        ("http", "http", False),
        ("http", "https", True),
        ("http", "https, http", True),
        ("http", " https ,http", True),
        ("http", "http, https", False),
        ("https", None, True),
        ("ws", None, False),
        ("ws", "https", True),
        ("wss", None, True),
    ],
)
def test_it_is_for_https_alone_where_the_browser_speaks_it(scheme: str, forwarded: str | None, safe: bool) -> None:
    assert is_safe({"scheme": scheme}, Headers({"X-Forwarded-Proto": forwarded} if forwarded else {})) is safe


def test_over_plain_http_it_is_set_without_secure(visit: TestClient) -> None:
    assert visit.get("/").headers["set-cookie"].endswith(FOREVER)
    assert visit.get("/", headers={"X-Forwarded-Proto": "https"}).headers["set-cookie"].endswith(f"{FOREVER}; Secure")


def test_a_socket_that_comes_without_one_gets_one_and_one_that_has_it_gets_none(visit: TestClient) -> None:
    with visit.websocket_connect("/_stcore/stream") as socket:
        headers = dict(socket.extra_headers or ())
        assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; {re.escape(FOREVER)}", headers[b"set-cookie"].decode())
        assert headers[b"cache-control"] == b"private, no-store"
    with visit.websocket_connect("/_stcore/stream", headers={"cookie": f"{COOKIE}={SECRET}"}) as socket:
        assert b"set-cookie" not in dict(socket.extra_headers or ())


def test_a_page_renews_it_and_what_is_no_page_leaves_it(visit: TestClient) -> None:
    own = {"cookie": f"{COOKIE}={SECRET}"}
    assert visit.get("/", headers=own).headers["set-cookie"].startswith(f"{COOKIE}={SECRET};")
    for path in ("/static/x", "/media/x", "/share/x", "/my/x", "/operator", "/metrics", "/healthz", "/readyz", "/_stcore/health"):
        assert "set-cookie" not in visit.get(path, headers=own).headers


def test_what_a_request_brings_comes_through(visit: TestClient) -> None:
    assert visit.put("/static/x", content=b"brought").content == b"brought"
    assert visit.put("/x", content=b"brought").content == b"brought"
