"""Who a visitor is, without an account: a secret in a cookie that no script can read, of which only a hash is ever kept."""

import hashlib
import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "advisor_visitor"
SECRET = re.compile(rf"(?:^|;)\s*{COOKIE}=([A-Za-z0-9_-]{{43}})\s*(?=;|$)")
"""256 random bits, in a request's cookies: found whatever other cookies there are, even such as no parser reads."""
DAYS = 400
"""How long a browser keeps the cookie after the last visit; browsers allow no more."""
NO_PAGE = ("/_stcore/", "/media/", "/component/", "/static/", "/share/", "/my/", "/operator", "/metrics", "/healthz", "/readyz")
"""How the addresses begin that are none of the page."""


def visitor_of(cookies: str | None) -> str | None:
    """A visitor as the database knows them, the hash of their secret.

    Args:
        cookies: What the request's header says.

    Returns:
        ``None`` for one without a cookie, or with one that isn't ours.
    """
    secret = SECRET.search(cookies or "")
    return hashlib.sha256(secret[1].encode()).hexdigest() if secret else None


class Identity:
    """Middleware that gives every visitor of the page a cookie of their own, and lets it last.

    Args:
        app: What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the cookie where it asks for the page or opens its socket."""
        page = scope["type"] == "http" and not scope["path"].startswith(NO_PAGE)
        if not page and scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = SECRET.search(headers.get("cookie", ""))
        secret = known[1] if known else secrets.token_urlsafe(32)

        async def with_cookie(message: Message) -> None:
            if message["type"] == ("http.response.start" if page else "websocket.accept") and (page or not known):
                answer = MutableHeaders(scope=message)
                answer.append("set-cookie", cookie(secret, is_safe(scope, headers)))
                answer["cache-control"] = "private, no-store"
            await send(message)

        await self._app(scope, receive, with_cookie)


def is_safe(scope: Scope, headers: Headers) -> bool:
    """Whether the visitor's browser speaks https, to this server or to a proxy before it."""
    return scope.get("scheme") in ("https", "wss") or headers.get("x-forwarded-proto", "").split(",")[0].strip() == "https"


def cookie(secret: str, safe: bool) -> str:
    """The cookie as a header sets it."""
    return f"{COOKIE}={secret}; Path=/; Max-Age={DAYS * 86_400}; HttpOnly; SameSite=Lax{'; Secure' if safe else ''}"
