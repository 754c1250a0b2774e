"""The ASGI application around the page: who visits, what is kept for them, shared pages and downloads."""

import asyncio
import gc
import importlib
import json
import logging
import re
import sys
import tomllib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from functools import cache, wraps
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from advisor import logs, metrics, operating, sharing
from advisor.board import summarise_board
from advisor.budget import Budget, Budgeted
from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.gate import Gate
from advisor.jobs import Jobs
from advisor.model import Model, OpenAIModel
from advisor.rulebook import standard, whole
from advisor.settings import Settings, load
from advisor.store import Store, StoreError, now
from advisor.store.boards import BOARD
from advisor.store.conversations import STANDING
from advisor.summary import Summary, summarise
from advisor.talk import Keeping
from advisor.visitor import Identity, visitor_of

if TYPE_CHECKING:
    import streamlit as st

PAGE = Path(__file__).parent / "ui" / "page.py"
PURGE_EVERY_S = 3600
PATIENCE_S = 5.0
"""How long answers in the making may go on when the process is to end; what there is of them after that is kept as it is."""
SWITCH_S = 0.001
"""After how long a thread that draws for one visitor lets another go on: above all the one that listens to all of them."""
JOBS = Jobs()
"""The answers in the making of this process."""
PRIVATE = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": sharing.POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
"""Headers of whatever is somebody's own."""
MEDIA_TYPES = {"md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8", "json": "application/json"}
FORMATS = (("Markdown", "md"), ("Spreadsheet (CSV)", "csv"), ("JSON", "json"))
MISSING = (
    "There is nothing behind this link",
    "It may never have been complete, or its owner or its time has ended it. Ask whoever sent it for a new one.",
)
UNREACHABLE = (
    "This can't be shown just now",
    "What is kept here can't be reached at the moment. Nothing is lost: try again in a minute.",
)
CLOSED = (
    "This page is its operator's",
    "Give ADVISOR_OPERATOR_TOKEN as the password; any name will do.",
)
BROKE = (
    "Something broke on this side, and whoever runs this has been told. What you see above is kept; reload the page to go on. "
    "If it was about handing something over: until you have an answer, keep it with you."
)
logger = logging.getLogger(__name__)


def model_from(settings: Settings) -> Model | None:
    """The model that the settings name, or ``None`` where they name none."""
    if not settings.has_model:
        return None
    key = settings.api_key.get_secret_value() if settings.api_key else "none"
    return OpenAIModel(settings.model, key, settings.base_url, settings.deadline_s, settings.first_words_s)


@cache
def model() -> Model | None:
    """The process's one model, connected on first use."""
    return model_from(load())


@cache
def budget() -> Budget:
    """What visitors of this deployment may spend."""
    return Budget(lambda: store().allowances, load())


def model_for(visitor: str | None) -> Model | None:
    """The model as one visitor may ask it."""
    connected = model()
    return Budgeted(connected, budget(), visitor) if connected is not None else None


@cache
def store() -> Store:
    """The process's one store, opened on first use.

    Raises:
        StoreError: The database can't be used.
    """
    url = load().database_url
    return Store(url.get_secret_value() if url else None)


def warm() -> None:
    """Do what would otherwise keep the first visitor waiting."""
    respond("We have a head chef. May he train the cooks?", Conversation(), whole())
    store()
    if model() is not None:
        importlib.import_module("openai")


async def purging() -> None:
    """Forget, every hour, what nobody has touched for long, and shares that are dead."""
    while True:
        try:
            conversations, shares = await asyncio.to_thread(store().purge, now(), load().retention_days)
            logger.info("purged %d conversations, %d shares", conversations, shares)
        except Exception:
            logger.exception("nothing purged")
        await asyncio.sleep(PURGE_EVERY_S)


@contextmanager
def theme_read_once() -> Iterator[None]:
    """Let Streamlit read its configuration once, which doesn't change while it runs.

    For every run of the page it tells the browser the theme, and goes through all options six times: a tenth of a message's time.
    """
    from streamlit import config

    reading = getattr(config, "get_options_for_section", None)
    if reading is None:  # a later Streamlit may have no need of this
        yield
        return
    config.get_options_for_section = cache(reading)
    try:
        yield
    finally:
        config.get_options_for_section = reading


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Warm up before the first visitor, and hang up after the last; a wrong setting, rule file or database stops the start."""
    logs.configure(load().log_level)
    logging.getLogger("uvicorn.access").disabled = True  # the addresses of shared pages are secrets
    metrics.working(JOBS.__len__)
    await asyncio.to_thread(warm)
    gc.collect()
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()  # the rulebook stays: nothing is gained by looking through it again and again
    task = asyncio.create_task(purging())
    with theme_read_once():
        yield {}
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await asyncio.to_thread(JOBS.stop_all, PATIENCE_S)
    connected = model()
    if isinstance(connected, OpenAIModel):
        await asyncio.to_thread(connected.close)
    await asyncio.to_thread(store().close)
    store.cache_clear()


def guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A route that says so, privately, where the database can't be reached."""

    @wraps(answer)
    def guarding(request: Request) -> Response:
        try:
            return answer(request)
        except StoreError:
            return told(HTTPStatus.SERVICE_UNAVAILABLE, *UNREACHABLE)

    return guarding


@guarded
def shared(request: Request) -> Response:
    """A shared summary, as a page or in another form; where there is none, or none any more, nothing tells which."""
    token, kind = request.path_params["token"], request.path_params.get("kind")
    known = kind in (None, *MEDIA_TYPES)
    snapshot = store().shares.open(token, now()) if known else None
    summary = sharing.thawed(snapshot) if snapshot else None
    if summary is None:
        return missing()
    if kind is None:
        formats = [(name, f"/share/{token}/summary.{form}") for name, form in FORMATS]
        counting = BackgroundTask(store().shares.count, token) if request.method == "GET" else None
        return Response(sharing.as_page(summary, formats), headers=PRIVATE, media_type="text/html", background=counting)
    return download(summary, kind)


@guarded
def my_summary(request: Request) -> Response:
    """A visitor's own summary of one of their conversations or lists, as nobody else sees it."""
    visitor, kind = visitor_of(request.headers.get("cookie")), request.path_params["kind"]
    if visitor is None or kind not in MEDIA_TYPES:
        return missing()
    identity, today = request.path_params["identity"], now().date()
    if kept := store().conversations.load(visitor, identity):
        return download(summarise(kept.conversation, today, standard()), kind)
    if found := store().boards.load(visitor, identity):
        return download(summarise_board(found[1], today, standard()), kind, "sorted-list")
    return missing()


@guarded
def my_data(request: Request) -> Response:
    """All that is kept of a visitor."""
    visitor = visitor_of(request.headers.get("cookie"))
    if visitor is None:
        return missing()
    conversations = [
        {"id": kept.id, "title": kept.title, "finished": kept.finished, "conversation": json.loads(STANDING.dump_json(kept.conversation))}
        for kept in store().conversations.all_of(visitor)
    ]
    boards = [
        {"id": identity, "title": title, "list": json.loads(BOARD.dump_json(board))}
        for identity, title, board in store().boards.all_of(visitor)
    ]
    behind = store().shares.snapshots(visitor)
    shares = [
        {name: f"{getattr(share, name):%Y-%m-%dT%H:%MZ}" for name in ("created", "updated", "expires")}
        | {"conversation": share.conversation, "revoked": share.revoked, "opened": share.opened}
        | {"summary": json.loads(behind.get(share.id, b"null"))}
        for share in store().shares.listed(visitor)
    ]
    told = {"conversations": conversations, "lists": boards, "shares": shares, "feedback": list(store().feedback.all(visitor))}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return Response(text, headers=PRIVATE | attached("advisor.json"), media_type=MEDIA_TYPES["json"])


@guarded
def operator(request: Request) -> Response:
    """The operator's page of counts, for whoever has the token; nothing at all where none is set."""
    if refused := stranger(request):
        return refused
    today = now().date()
    tallies = store().tallies.since(today - timedelta(days=operating.DAYS - 1))
    return Response(operating.as_page(tallies, today, standard()), headers=PRIVATE, media_type="text/html")


async def alive(_: Request) -> Response:
    """Whether the process answers at all."""
    return JSONResponse({"alive": True}, headers=PRIVATE)


def ready(_: Request) -> Response:
    """Whether visitors can be sent here: rules and database; a model that is out of order makes nothing unready."""
    try:
        store().check()
        database = "ok"
    except StoreError:
        database = "down"
    connected = model()
    resting = isinstance(connected, OpenAIModel) and connected.breaker.is_open
    told = {
        "ready": database == "ok",
        "rules": standard().version,
        "database": database,
        "model": "none" if connected is None else "degraded" if resting else "ok",
    }
    return JSONResponse(told, HTTPStatus.OK if database == "ok" else HTTPStatus.SERVICE_UNAVAILABLE, PRIVATE)


def measured(request: Request) -> Response:
    """The process's metrics, for whoever has the operator's token; nothing at all where none is set."""
    if refused := stranger(request):
        return refused
    text, kind = metrics.exposition()
    return Response(text, headers=PRIVATE, media_type=kind)


def stranger(request: Request) -> Response | None:
    """What whoever hasn't the operator's token is answered; ``None`` for the operator."""
    token = load().operator_token
    if token is None:
        return missing()
    if operating.allowed(request.headers.get("authorization"), token.get_secret_value()):
        return None
    answer = told(HTTPStatus.UNAUTHORIZED, *CLOSED)
    answer.headers["WWW-Authenticate"] = 'Basic realm="Advisor, operator", charset="UTF-8"'
    return answer


def download(summary: Summary, kind: str, name: str = "summary") -> Response:
    """A summary as a file."""
    return Response(sharing.as_file(summary, kind), headers=PRIVATE | attached(f"{name}.{kind}"), media_type=MEDIA_TYPES[kind])


def attached(name: str) -> dict[str, str]:
    """The header by which a browser keeps an answer as a file."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def missing() -> Response:
    """What is answered where there is nothing for this visitor, whatever the reason."""
    return told(HTTPStatus.NOT_FOUND, *MISSING)


def told(status: HTTPStatus, heading: str, text: str) -> Response:
    """A page that says why there is no other."""
    return Response(sharing.PAGES.get_template("told.html").render(heading=heading, text=text), status, PRIVATE, "text/html")


ROUTES = (
    Route("/share/{token}", shared),
    Route("/share/{token}/summary.{kind}", shared),
    Route("/healthz", alive),
    Route("/readyz", ready),
    Route("/metrics", measured),
    Route("/operator", operator),
    Route("/my/conversations.json", my_data),
    Route("/my/conversations/{identity}/summary.{kind}", my_summary),
)


def middleware() -> list[Middleware]:
    """What every request passes, outermost first.

    Raises:
        SettingsError: A setting can't be used.
    """
    return [Middleware(Gate, hosts=load().allowed_hosts, policy=page_policy()), Middleware(Identity)]


def page_policy() -> str:
    """What the page may load: what this server serves, and of scripts nothing but files and the ones that Streamlit's page begins with.

    Streamlit turns components into blobs before it loads them; a blob can be made only by a script that runs already.
    """
    import streamlit

    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in inline]
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self' blob:", *hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def failed(problem: Exception) -> bool:
    """Log what broke the page, and tell the visitor in plain words; instead of what Streamlit would say."""
    import streamlit as st

    logger.error("the page broke", exc_info=problem)
    st.error(BROKE)
    return True


def answered(keeping: Keeping, conversation: Conversation, seconds: float) -> None:
    """Log and count an answer that came to its end, without a word of it.

    Args:
        keeping: How its conversation is kept.
        conversation: The conversation, with the answer as its last turn.
        seconds: From its message until its first step was kept.
    """
    turn = conversation.turns[-1]
    metrics.answered(turn, seconds, not keeping.problem)
    told = {
        "conversation": keeping.identity,
        "turn": len(conversation.turns),
        "kind": turn.kind.value,
        "verdicts": [each.verdict.value for each in turn.assessments],
        "rules": sorted({int(number) for each in turn.assessments for number in each.rules}),
        "model": turn.model.value,
        "ms": round(seconds * 1000),
    }
    logger.info("answered", extra=told)


def checked(page: Path) -> Path:
    """The page, once the settings are known to be usable.

    Raises:
        SettingsError: A setting can't be used.
    """
    load()
    return page


CONFIGURATION = next(
    file for file in (PAGE.parent.parent / "streamlit.toml", PAGE.parents[2] / ".streamlit" / "config.toml") if file.is_file()
)
"""How Streamlit is set up and looks: in the installed package, or in the repository."""


def configure() -> None:
    """Set Streamlit up, wherever the advisor is started: by itself it looks in its own folder only."""
    from streamlit import config

    for name, value in flat(tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))):
        config.set_option(name, value)


def flat(options: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Options by their full names, such as ``theme.light.sidebar.backgroundColor``."""
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def application() -> "st.App":
    """The ASGI application for whoever has no ``app.py`` at hand.

    Raises:
        SettingsError: A setting can't be used.
    """
    import streamlit as st

    configure()
    made = st.App(checked(PAGE), routes=ROUTES, middleware=middleware(), lifespan=lifespan, on_script_error=failed)
    logs.configure(load().log_level)  # it has given uvicorn's logs a form of its own
    return made
