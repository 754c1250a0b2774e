"""Whatever fails, an answer is given, nothing that was confirmed is lost, and the visitor is told in plain words."""

import asyncio
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from advisor import sharing, web
from advisor.domain import Verdict
from advisor.rulebook import Rulebook
from advisor.store import Entry, Store, StoreError, now
from advisor.store import database as databases
from advisor.summary import Summary, summarise
from advisor.visitor import COOKIE, visitor_of
from tests import visiting
from tests.conftest import Step, advice, messages, send, serving, shown
from tests.serving import running
from tests.visiting import Visitor

SECRET = "f" * 43
ME = str(visitor_of(f"{COOKIE}={SECRET}"))
FIRE, BOOKS = "Should I let my VA fire our receptionist?", "Can my VA do the bookkeeping?"
Fault = Callable[[Store], AbstractContextManager[None]]
NOT_KEPT = "What you see here isn't kept yet: the database can't be reached just now: try again in a moment"


@pytest.fixture
def page(store: Store, monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str]) -> AppTest:
    """The page over a store on SQLite and on PostgreSQL, with a first message answered and kept."""
    cookies["Cookie"] = f"{COOKIE}={SECRET}"
    monkeypatch.setattr(web, "store", lambda: store)
    monkeypatch.setattr(web, "model", lambda: None)
    opened = AppTest.from_file(str(Path(web.__file__).parent / "ui" / "page.py"), default_timeout=60).run()
    return send(opened, FIRE)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for a lock waits for less, so that the tests needn't."""
    monkeypatch.setattr(databases, "BUSY_S", 1)


def summed_up(store: Store, rulebook: Rulebook) -> tuple[Entry, Summary]:
    """The one conversation that is kept, and its summary."""
    (entry,) = store.conversations.listed(ME)
    kept = store.conversations.load(ME, entry.id)
    assert kept is not None
    return entry, summarise(kept.conversation, now().date(), rulebook)


def address_of(store: Store) -> str:
    return store._database.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Another program keeps all from writing."""
    if store._database.is_file:
        with closing(sqlite3.connect(str(store._database.url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(address_of(store)) as other:
            other.execute("LOCK TABLE conversations, turns IN SHARE MODE")
            yield


@contextmanager
def gone(store: Store) -> Iterator[None]:
    """The database is not there: its file is moved away, or its server takes nobody."""
    if store._database.is_file:
        file = Path(str(store._database.url.database))
        store._database.close()
        file.rename(file.with_suffix(".away"))
        yield
        file.with_suffix(".away").rename(file)
        return
    name = store._database.url.database
    with psycopg.connect(address_of(store).replace(f"/{name}", "/postgres"), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def full(store: Store) -> Iterator[None]:
    """No room is left: what SQLite does on a full disk it does as well at a limit of its pages."""
    if not store._database.is_file:
        pytest.skip("PostgreSQL's server is stopped by a full disk: as when it is gone")
    engine = store._database.engine

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # no less than there are

    engine.dispose()
    event.listen(engine, "connect", limit)
    yield
    event.remove(engine, "connect", limit)
    engine.dispose()


@pytest.mark.parametrize("fault", [locked, gone, full])
def test_while_nothing_can_be_kept_answers_are_given_and_kept_later(
    fault: Callable[[Store], Iterator[None]], page: AppTest, store: Store
) -> None:
    long = "Can my VA do the bookkeeping? " + "Thank you. " * 300  # more than a page has left
    with fault(store):
        told = shown(send(page, long))
        assert NOT_KEPT in told
        assert "Hand it off" in told
        assert "Keep it" in told
        told = shown(send(page, "Why?"))
        assert NOT_KEPT in told
        assert "may go because" in told
    told = shown(send(page, "What can I hand off?"))
    assert "isn't kept" not in told
    (entry,) = store.conversations.listed(ME)
    kept = store.conversations.load(ME, entry.id)
    assert kept is not None
    assert [turn.said for turn in kept.conversation.turns] == [FIRE, long, "Why?", "What can I hand off?"]
    assert kept.conversation.standing[0].verdict is Verdict.KEEP


def test_while_the_database_is_gone_links_and_health_say_so(
    page: AppTest, store: Store, client: TestClient, monkeypatch: pytest.MonkeyPatch, rulebook: Rulebook
) -> None:
    monkeypatch.setattr(web, "store", lambda: store)
    entry, summary = summed_up(store, rulebook)
    snapshot = sharing.frozen(summary)
    token = (store.shares.create(ME, entry.id, snapshot, 7, now()) or ("", ""))[1]
    with gone(store):
        answer = client.get(f"/share/{token}")
        assert answer.status_code == 503
        assert "Nothing is lost: try again in a minute" in answer.text
        assert client.get("/readyz").json()["database"] == "down"
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        with pytest.raises(StoreError, match="try again in a moment"):
            store.check()
        told = shown(page.run())
        assert "the database can't be reached just now: try again in a moment" in told
        assert messages(page) == 2
    assert client.get(f"/share/{token}").status_code == 200
    assert client.get("/readyz").json() | {"rules": ""} == {"ready": True, "rules": "", "database": "ok", "model": "none"}


def test_a_backup_put_back_under_a_running_server_is_not_mixed_with_what_it_has(tmp_path: Path) -> None:
    """SQLite would play the log of the one file over the other."""
    file, backup = tmp_path / "advisor.sqlite3", tmp_path / "backup.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.allowances.incr("before", 600)
    with closing(sqlite3.connect(file)) as reading, closing(sqlite3.connect(backup)) as copied:
        reading.backup(copied)
    store.allowances.incr("after", 600)
    backup.rename(file)
    for use in (lambda: store.allowances.get("before"), lambda: store.allowances.incr("before", 600), store.check):
        with pytest.raises(StoreError, match="was replaced while it was in use: stop the advisor"):
            use()
    store.close()
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    restored = Store(f"sqlite:///{file}")
    assert (restored.allowances.get("before"), restored.allowances.get("after")) == (1, 0)
    restored.close()


def test_a_file_that_is_broken_while_it_is_used_is_told(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'advisor.sqlite3'}")
    store._database.engine.dispose()
    with (tmp_path / "advisor.sqlite3").open("r+b") as file:
        file.write(b"no database at all, " * 1000)
    for use in (lambda: store.conversations.listed(ME), lambda: store.allowances.incr("x", 60)):
        with pytest.raises(StoreError, match="try again in a moment"):
            use()
    store.close()


BAD_COOKIES = (
    *(SECRET[:-1], SECRET + "f", SECRET.upper(), ME, f"{SECRET}; x", f"x{SECRET}", f'"{SECRET}"'),
    *("' OR 1=1 --", "../../etc/passwd", "\0" * 43, ""),
)


@pytest.mark.parametrize("cookie", BAD_COOKIES)
def test_a_cookie_that_was_tampered_with_is_a_strangers(cookie: str, page: AppTest, store: Store, cookies: dict[str, str]) -> None:
    (entry,) = store.conversations.listed(ME)
    cookies["Cookie"] = f"{COOKIE}={cookie}"
    if visitor_of(cookies["Cookie"]) == ME:
        assert cookie == f"{SECRET}; x"  # another cookie beside it
        return
    theirs = AppTest.from_file(str(Path(web.__file__).parent / "ui" / "page.py"), default_timeout=60)
    theirs.query_params["c"] = entry.id
    told = shown(theirs.run())
    assert "That conversation isn't here any more" in told or messages(theirs) == 0
    assert "receptionist?" not in "".join(each.proto.body for each in theirs.get("html"))
    assert messages(page) == 2


TAMPERED = {
    "no summary": b"",
    "no JSON": b"\x00\xff<script>",
    "other JSON": b'{"tasks": "all"}',
    "nested": b"[" * 100_000,
    "a pickle": b"\x80\x04\x95",
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_share_that_was_tampered_with_shows_nothing_and_harms_no_other(
    name: str, page: AppTest, store: Store, client: TestClient, monkeypatch: pytest.MonkeyPatch, rulebook: Rulebook
) -> None:
    monkeypatch.setattr(web, "store", lambda: store)
    entry, summary = summed_up(store, rulebook)
    snapshot = sharing.frozen(summary)
    (one, token), (_, other) = (store.shares.create(ME, entry.id, snapshot, 7, now()) or ("", "") for _ in range(2))
    with store._database.writing() as connection:
        connection.execute(text("UPDATE shares SET snapshot = :bytes WHERE id = :id"), {"bytes": TAMPERED[name], "id": one})
    for kind in ("", "/summary.md", "/summary.csv", "/summary.json"):
        answer = client.get(f"/share/{token}{kind}")
        assert answer.status_code == 404
        assert "<script>" not in answer.text
        assert client.get(f"/share/{other}{kind}").status_code == 200
    assert "Links you shared (2)" in [each.proto.popover.label for each in page.run().get("popover")] or messages(page) == 2


def test_words_forged_into_a_share_stay_words(
    page: AppTest, store: Store, client: TestClient, monkeypatch: pytest.MonkeyPatch, rulebook: Rulebook
) -> None:
    monkeypatch.setattr(web, "store", lambda: store)
    entry, summary = summed_up(store, rulebook)
    assert messages(page) == 2
    forged = sharing.frozen(summary.mapped(lambda words: f"<script>alert(1)</script>{words}"))
    token = (store.shares.create(ME, entry.id, forged, 7, now()) or ("", ""))[1]
    assert "<script" not in client.get(f"/share/{token}").text


def test_a_clock_that_jumps_back_ends_no_link_and_loses_no_turn(page: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past = now() - timedelta(days=3650)
    for place in ("advisor.talk.now", "advisor.web.now", "advisor.ui.share.now"):
        monkeypatch.setattr(place, lambda: past)
    told = shown(send(page, BOOKS))
    assert "Hand it off" in told
    assert "isn't kept" not in told
    (entry,) = store.conversations.listed(ME)
    assert entry.length == 2


def test_a_server_that_is_told_to_end_keeps_what_there_is_of_an_answer(tmp_path: Path) -> None:
    """SIGTERM in the middle of a stream: the process ends by itself, in time, and the turn is there with what it had."""
    file = tmp_path / "advisor.sqlite3"
    slow = Step(
        content=advice("Keep the firing with you. " + "You are the face of the company. " * 40, "keep", rules=(1,)),
        piece_chars=4,
        gap_s=0.05,
    )

    async def ask(url: str, process: "subprocess.Popen[bytes]") -> None:
        visitor = Visitor(url, SECRET, patience_s=15)
        async with visitor:
            await visitor.open()
            telling = asyncio.create_task(visitor.say(FIRE, "Keep it"))
            await asyncio.sleep(3)
            process.send_signal(signal.SIGTERM)
            await asyncio.wait([telling], timeout=15)

    with serving(slow) as server, running(OPENAI_BASE_URL=server.url, ADVISOR_DATABASE_URL=f"sqlite:///{file}") as run:
        began = time.monotonic()
        visiting.run(ask(run.url, run.process))
        assert run.process.wait(timeout=20) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 30
    store = Store(f"sqlite:///{file}")
    (entry,) = store.conversations.listed(ME)
    kept = store.conversations.load(ME, entry.id)
    assert kept is not None
    assert not kept.finished
    assert kept.conversation.turns[-1].by_model
    assert kept.conversation.turns[-1].reply.startswith("Keep the firing with you.")
    store.close()
