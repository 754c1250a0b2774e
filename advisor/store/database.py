"""A database of the advisor's: opened, brought to this release's tables, and written to one transaction at a time."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from platformdirs import user_data_path
from sqlalchemy import ColumnElement, Connection, Engine, Table, create_engine, delete, event, not_, or_, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DisconnectionError,
    InterfaceError,
    InvalidRequestError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

logger = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parent / "migrations"
FILE = "advisor.sqlite3"
WAIT_S = 30
"""How long to wait for another process that migrates SQLite's file."""
BUSY_S = 5
"""How long to wait for another process that writes to SQLite's file."""
GRACE_DAYS = 1
"""How long what is to be forgotten is still there."""
REACH_S = 5
"""How long to try to reach PostgreSQL."""
LOCK = 0x61647669736F72
"""PostgreSQL's advisory lock that one process takes to migrate."""


class StoreError(Exception):
    """The database can't be used; the text names the mend, and never the password in its address."""


def place() -> Path:
    """Where the database file lies unless an address is given: with the user's data, as the system wants it."""
    return user_data_path("advisor", appauthor=False) / FILE


def address(url: str | None) -> URL:
    """The database's address: SQLite's file at its usual place for ``None``; PostgreSQL through psycopg.

    Raises:
        StoreError: It is no address, or of another kind of database.
    """
    if url is None:
        return URL.create("sqlite", database=str(place()))
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("ADVISOR_DATABASE_URL is no address of a database: write postgresql://user:password@host/name") from None
    kind = parsed.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise StoreError(f"ADVISOR_DATABASE_URL is of {kind}: use postgresql:// or sqlite:///")
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError("ADVISOR_DATABASE_URL names no file: write sqlite:////path/to/file.sqlite3")
    return parsed


class Database:
    """A database whose tables are this release's.

    Args:
        url: Its address; ``None`` for SQLite's file at its usual place, which is made where there is none.

    Raises:
        StoreError: It can't be opened, or was written by a later release.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = address(url)
        self._writes = threading.Lock()
        try:
            if self.is_file:
                file = Path(str(self.url.database))
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.touch(mode=0o600)
            self.engine = engine(self.url)
            self._migrate()
        except (NoSuchModuleError, ImportError):
            raise StoreError("PostgreSQL's driver is missing: pip install 'advisor[postgres]'") from None
        except (SQLAlchemyError, OSError, Timeout) as problem:
            raise StoreError(
                f"the database {self.url.render_as_string(hide_password=True)} can't be opened: {reason(problem)}"
            ) from problem

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite's."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; all that is read in the block is of one moment."""
        options = {} if self.is_file else {"isolation_level": "REPEATABLE READ"}
        with self._reached(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection to write with: all that is written in the block is kept together, or, on an error, nothing is."""
        with self._reached(), self._in_turn(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, InterfaceError, InvalidRequestError, PoolTimeout, OSError) as problem:
            logger.warning("the database fails: %s", reason(problem))
            raise StoreError("the database can't be reached just now: try again in a moment") from problem

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One after the other to SQLite's file: who waits here is woken at once, who waits for the file tries now and then."""
        if not self.is_file:
            yield
            return
        if not self._writes.acquire(timeout=BUSY_S):
            raise PoolTimeout("others are writing")
        try:
            yield
        finally:
            self._writes.release()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _migrate(self) -> None:
        try:
            with self._alone(), self.engine.connect() as connection:
                migrate(connection)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from migrating the same database."""
        if self.is_file:
            with FileLock(f"{self.url.database}.lock", timeout=WAIT_S):
                yield
        else:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
                connection.commit()
                yield
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
                connection.commit()


def forget_due(database: Database, table: Table, dead: ColumnElement[bool], now: datetime) -> int:
    """Forget what is dead, a day after that was first noticed: a clock that jumps ahead for less loses nothing.

    Args:
        database: Where it is.
        table: The table, with a column ``due``.
        dead: Which rows are to be forgotten.
        now: The time, in UTC.

    Returns:
        How many rows were forgotten.
    """
    due = table.c.due
    with database.writing() as connection:
        connection.execute(update(table).where(due.is_not(None), not_(dead)).values(due=None))
        forgotten = connection.execute(delete(table).where(due <= now - timedelta(days=GRACE_DAYS), dead)).rowcount
        connection.execute(update(table).where(dead, or_(due.is_(None), due > now)).values(due=now))
    return forgotten


def engine(url: URL) -> Engine:
    """What connects to a database; on SQLite with a log written ahead, so that reading waits for nobody."""
    if url.get_backend_name() != "sqlite":
        waits = (
            f"-c lock_timeout={BUSY_S * 1000} -c statement_timeout={WAIT_S * 1000} -c idle_in_transaction_session_timeout={WAIT_S * 1000}"
        )
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=REACH_S,
            hide_parameters=True,
            connect_args={"connect_timeout": REACH_S, "options": waits},
        )
    file = Path(str(url.database)).absolute()
    known: set[int] = set()

    def connect() -> sqlite3.Connection:
        """A connection to the file that was there at first.

        One that is gone is not made anew: what was in it would be taken for lost. Nor is another in its place opened, whose
        pages and the first one's log would be mixed.
        """
        known.add(file.stat().st_ino)
        if len(known) > 1:
            raise StoreError("the database's file was replaced while it was in use: stop the advisor, see README on backups, start it")
        return sqlite3.connect(f"{file.as_uri()}?mode=rw", timeout=BUSY_S, check_same_thread=False, uri=True)

    made = create_engine(url, hide_parameters=True, creator=connect)

    @event.listens_for(made, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)  # its own knows A to Z only
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "checkout")
    def still_there(_: Any, __: Any, ___: Any) -> None:
        """A connection that was kept is to that file, too."""
        if file.stat().st_ino not in known:
            raise DisconnectionError

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        """A transaction that will write takes its turn at once, rather than finding out too late that another was first."""
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return made


def migrate(connection: Connection) -> None:
    """Bring the tables to this release's.

    Raises:
        StoreError: They are of a later one.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    now = MigrationContext.configure(connection).get_current_revision()
    if now is not None and now not in known:
        raise StoreError(f"the database was written by a later release (version {now}): update the advisor, or give it another database")
    command.upgrade(config, "head")
    connection.commit()


def reason(problem: Exception) -> str:
    """Why a database can't be used, in one line, without what was to be written."""
    return str(getattr(problem, "orig", None) or problem).strip().partition("\n")[0]
