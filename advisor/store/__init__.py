"""What outlasts a tab: conversations, lists, shares, feedback and counts, in SQLite's file or in PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import select

from advisor.store.allowances import Allowances
from advisor.store.boards import Boards
from advisor.store.conversations import Conversations, Entry, Kept, Overtaken
from advisor.store.database import Database, StoreError
from advisor.store.feedback import Feedback
from advisor.store.shares import Share, Shares
from advisor.store.tallies import Tallies

__all__ = ["Boards", "Conversations", "Entry", "Kept", "Overtaken", "Share", "Shares", "Store", "StoreError", "now"]


class Store:
    """All that one deployment keeps.

    Args:
        url: The database's address; ``None`` for SQLite's file at its usual place.

    Raises:
        StoreError: The database can't be used.
    """

    def __init__(self, url: str | None = None) -> None:
        self._database = Database(url)
        self.conversations = Conversations(self._database)
        self.shares = Shares(self._database)
        self.boards = Boards(self._database)
        self.feedback = Feedback(self._database)
        self.tallies = Tallies(self._database)
        self.allowances = Allowances(self._database)

    @property
    def place(self) -> str:
        """Where it is, without its password."""
        return self._database.url.render_as_string(hide_password=True)

    def purge(self, at: datetime, days: int) -> tuple[int, int]:
        """Forget what nobody has touched for so many days, and shares that are dead; how many conversations and shares that were."""
        self.allowances.purge()
        return self.conversations.purge(at, days), self.shares.purge(at)

    def check(self) -> None:
        """See that the database answers.

        Raises:
            StoreError: It doesn't.
        """
        with self._database.reading() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def now() -> datetime:
    """The time in UTC, without its zone, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)
