"""The door: what every request and connection must pass, and what every response leaves with."""

import logging
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from advisor import metrics
from advisor.logs import REQUEST
from advisor.visitor import is_safe

MAX_FRAME_BYTES = 4 * 2**20
"""What a tab may send at once: the longest list that can be pasted, in the widest script."""
MAX_UPLOAD_BYTES = 2**20 + 2**16
"""A list of a megabyte, and what encloses it."""
MAX_PATH_CHARS = 2000
UPLOADS = "/_stcore/upload_file/"
STREAM = "/_stcore/stream"
OPEN = ("/_stcore/health", "/_stcore/host-config", STREAM)
OPEN_BELOW = (UPLOADS, "/_stcore/bidi-components/")
CLOSED_BELOW = ("/_st", "/component/", "/app/static/", "/auth/", "/oauth2callback")
"""What Streamlit serves besides the page and the page has no use for: its metrics, its agents' interface, its log-ins."""
PROBES = ("/healthz", "/readyz")
"""What is asked by whatever name a machine has; there is nothing behind it."""
READING = frozenset({"GET", "HEAD"})
UPLOADING = frozenset({"PUT", "POST", "DELETE", "OPTIONS"})
ROUTES = ("/share/", "/my/", "/operator", "/metrics", "/healthz", "/readyz", "/static/", "/media/", UPLOADS, "/_stcore/")
IDENTITY = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""How a proxy may name a request."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What every response carries, unless it says otherwise for itself."""
BROKE = "Something broke on this side, and whoever runs this has been told. Nothing is lost: try again in a moment.\n"
YEAR_S = 31_536_000
logger = logging.getLogger(__name__)


class Refused(Exception):
    """A request that isn't let in.

    Args:
        why: In a word, for those who count them.
        status: The status it is answered with.
        told: What whoever sent it is told.
    """

    def __init__(self, why: str, status: HTTPStatus, told: str) -> None:
        super().__init__(told)
        self.why, self.status = why, status


class Gate:
    """Middleware before everything else.

    Args:
        app: What is behind it.
        hosts: The names that requests may ask for; ``*.example.com`` for all below one, ``*`` for any.
        policy: The page's Content-Security-Policy.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], policy: str) -> None:
        self._app = app
        self._hosts = tuple(hosts)
        self._headers = HEADERS | {"Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, began, status = Headers(scope=scope), time.perf_counter(), 0
        asked = headers.get("x-request-id", "")
        identity = asked if IDENTITY.fullmatch(asked) else secrets.token_hex(8)
        named = REQUEST.set(identity)
        own = self._headers | ({"Strict-Transport-Security": f"max-age={YEAR_S}"} if is_safe(scope, headers) else {})

        async def leaving(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                for name, value in own.items():
                    answer.setdefault(name, value)
                answer["X-Request-ID"] = identity
                if "access-control-allow-origin" in answer:
                    del answer["access-control-allow-origin"]  # nothing here is for other sites
            await send(message)

        try:
            try:
                most = self._admit(scope, headers)
                await self._app(scope, counted(receive, most), leaving)
            except Refused as problem:
                metrics.REFUSED.labels(problem.why).inc()
                if status:
                    raise
                await PlainTextResponse(f"{problem}\n", problem.status)(scope, receive, leaving)
            except Exception:
                logger.exception("a request broke")
                if status:
                    raise
                await PlainTextResponse(BROKE, HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, leaving)
        finally:
            told(scope, status, time.perf_counter() - began)
            REQUEST.reset(named)

    def _admit(self, scope: Scope, headers: Headers) -> int:
        """How many bytes of a body a request may bring.

        Raises:
            Refused: It may not come in at all.
        """
        path, method = scope["path"], scope["method"]
        if not self._is_ours(headers) and path not in PROBES:
            raise Refused(
                "host",
                HTTPStatus.BAD_REQUEST,
                "This server doesn't go by that name. Whoever runs it can add the name to ADVISOR_ALLOWED_HOSTS.",
            )
        if is_closed(path):
            raise Refused("closed", HTTPStatus.NOT_FOUND, "There is nothing here.")
        if len(path) + len(scope["query_string"]) > MAX_PATH_CHARS:
            raise Refused("address", HTTPStatus.REQUEST_URI_TOO_LONG, f"The address is too long: {MAX_PATH_CHARS} characters at the most.")
        uploads = path.startswith(UPLOADS)
        if method not in (READING | UPLOADING if uploads else READING):
            raise Refused("method", HTTPStatus.METHOD_NOT_ALLOWED, "This can only be read.")
        if method not in READING and not is_of_this_page(headers):
            raise Refused("origin", HTTPStatus.FORBIDDEN, "Another site's page may not do this.")
        most = MAX_UPLOAD_BYTES if uploads else 0
        length = headers.get("content-length", "0" if most or "transfer-encoding" not in headers else "unknown")
        if not length.isdecimal() or int(length) > most:
            raise too_large(most)
        return most

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        why = "host" if not self._is_ours(headers) else "origin" if not is_of_this_page(headers) else ""
        if why or scope["path"] != STREAM:
            metrics.REFUSED.labels(why or "closed").inc()
            await send({"type": "websocket.close", "code": 1008})
            return

        async def within_bounds() -> Message:
            message = await receive()
            sent = message.get("bytes") or b""
            code = 1009 if len(sent) > MAX_FRAME_BYTES else 1003 if message.get("text") is not None else 0
            if not code:
                return message
            metrics.REFUSED.labels("frame").inc()
            await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code}

        with metrics.TABS.track_inprogress():
            await self._app(scope, within_bounds, send)

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a request asks for one of this server's names."""
        names = headers.getlist("host")
        name = re.sub(r":\d{1,5}$", "", names[0]).lower().rstrip(".") if len(names) == 1 else ""
        return bool(name) and any(
            host in ("*", name) or (host.startswith("*.") and name.endswith(host[1:]) and "/" not in name) for host in self._hosts
        )


def counted(receive: Receive, most: int) -> Receive:
    """A request's body as it comes, to be refused as soon as it is more than so many bytes."""
    come = 0

    async def receiving() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > most:
            raise too_large(most)
        return message

    return receiving


def too_large(most: int) -> Refused:
    """A body of more than so many bytes."""
    told = f"That is too large: {most // 1024} kilobytes at the most." if most else "Nothing can be sent here."
    return Refused("size", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told)


def is_closed(path: str) -> bool:
    """Whether an address is none of the advisor's."""
    return path.startswith(CLOSED_BELOW) and path not in OPEN and not path.startswith(OPEN_BELOW)


def is_of_this_page(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a page of this very server, as its browser says."""
    try:
        parts = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme)
    return usual is not None and parts.netloc.lower().removesuffix(usual) == headers.get("host", "").lower().removesuffix(usual)


def route_of(path: str) -> str:
    """The kind of address, without what is secret or somebody's in it."""
    return next((route for route in ROUTES if path.startswith(route)), "page")


def told(scope: Scope, status: int, seconds: float) -> None:
    """Count a request, and log it unless it is of the page's own files."""
    route = route_of(scope["path"])
    metrics.REQUESTS.labels(route, status).inc()
    if status < 400 and route in ("/static/", "/_stcore/", "/healthz", "/readyz", "/metrics"):
        return
    level = logging.WARNING if status >= 500 else logging.INFO
    logger.log(level, "request", extra={"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000)})
