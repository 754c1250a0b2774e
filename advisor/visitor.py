"""Who a visitor is, without an account: a secret in a cookie that no script can read, of which only a hash is ever kept."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "advisor_visitor"
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits."""
DAYS = 400
"""How long a browser keeps the cookie after the last visit; browsers allow no more."""


def visitor_of(cookies: Mapping[str, str]) -> str | None:
    """A visitor as the database knows them, the hash of their secret; ``None`` for one without a cookie, or with one that isn't ours."""
    secret = cookies.get(COOKIE, "")
    return hashlib.sha256(secret.encode()).hexdigest() if SECRET.fullmatch(secret) else None


class Identity:
    """Middleware that gives every visitor of the page a cookie of their own, and lets it last.

    Args:
        app: What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the cookie where it asks for the page or opens its socket."""
        if scope["type"] not in ("http", "websocket") or not (scope["type"] == "websocket" or scope["path"] == "/"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = cookies_in(headers.get("cookie", "")).get(COOKIE, "")
        secret = known if SECRET.fullmatch(known) else secrets.token_urlsafe(32)

        async def with_cookie(message: Message) -> None:
            renewing = scope["type"] == "http" and message["type"] == "http.response.start"
            if renewing or (secret != known and message["type"] == "websocket.accept"):
                MutableHeaders(scope=message).append("set-cookie", cookie(secret, is_safe(scope, headers)))
            await send(message)

        await self._app(scope, receive, with_cookie)


def cookies_in(header: str) -> dict[str, str]:
    """The cookies of a request; none where they can't be read."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def is_safe(scope: Scope, headers: Headers) -> bool:
    """Whether the visitor's browser speaks https, to this server or to a proxy before it."""
    return scope.get("scheme") in ("https", "wss") or headers.get("x-forwarded-proto", "").split(",")[0].strip() == "https"


def cookie(secret: str, safe: bool) -> str:
    """The cookie as a header sets it."""
    return f"{COOKIE}={secret}; Path=/; Max-Age={DAYS * 86_400}; HttpOnly; SameSite=Lax{'; Secure' if safe else ''}"
