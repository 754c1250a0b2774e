"""Shares: frozen summaries behind links that can't be guessed, that expire, and that their owner can end at any time."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import bindparam, insert, or_, select, update

from advisor.store.database import Database, StoreError, forget_due
from advisor.store.schema import CONVERSATIONS, SHARES

logger = logging.getLogger(__name__)
TOKEN_BYTES = 24
"""How many random bytes a link has: 192 bits."""
LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Share:
    """A share as its owner sees it. Its link is known only when it is made: the database keeps no more than a hash of it."""

    id: str
    conversation: str
    title: str
    """The conversation's."""
    created: datetime
    updated: datetime
    expires: datetime
    """These in UTC."""
    revoked: bool
    opened: int
    """How often it was opened."""

    def is_live(self, at: datetime) -> bool:
        """Whether the link still leads somewhere."""
        return not self.revoked and at < self.expires


THEIRS = (
    select(*(SHARES.c[name] for name in Share.__slots__ if name != "title"), CONVERSATIONS.c.title)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == SHARES.c.conversation)
    .where(SHARES.c.visitor == bindparam("visitor"))
    .order_by(SHARES.c.created.desc(), SHARES.c.id)
)
"""What every turn asks for, made once."""


class Shares:
    """The shares of all visitors.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, visitor: str, conversation: str, snapshot: bytes, days: int, now: datetime) -> tuple[str, str] | None:
        """Share a summary of one of a visitor's conversations.

        Args:
            visitor: Whose it is.
            conversation: Its identity.
            snapshot: What the recipient gets, redacted already.
            days: For how long.
            now: The time, in UTC.

        Returns:
            The share's identity and the link's secret part, which can't be had again; ``None`` where the conversation isn't theirs.
        """
        identity, token = uuid4().hex, secrets.token_urlsafe(TOKEN_BYTES)
        with self._database.writing() as connection:
            own = (CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.visitor == visitor)
            if connection.execute(select(CONVERSATIONS.c.id).where(*own).with_for_update()).one_or_none() is None:
                return None
            times = {"created": now, "updated": now, "expires": now + timedelta(days=days)}
            about = {"id": identity, "conversation": conversation, "visitor": visitor, "token": digest(token), "snapshot": snapshot}
            connection.execute(insert(SHARES).values(**about, **times, revoked=False, opened=0))
            touched = update(CONVERSATIONS).where(*own, CONVERSATIONS.c.updated < now)
            connection.execute(touched.values(updated=now))  # so that it lives as long as its link
        return identity, token

    def refresh(self, visitor: str, identity: str, snapshot: bytes, now: datetime) -> bool:
        """Put a newer summary behind a link that is alive; whether there was one."""
        own = (SHARES.c.id == identity, SHARES.c.visitor == visitor, SHARES.c.revoked.is_(False), SHARES.c.expires > now)
        with self._database.writing() as connection:
            return bool(connection.execute(update(SHARES).where(*own).values(snapshot=snapshot, updated=now)).rowcount)

    def revoke(self, visitor: str, identity: str) -> bool:
        """End a share at once, and forget what was behind it; whether there was one."""
        with self._database.writing() as connection:
            own = (SHARES.c.id == identity, SHARES.c.visitor == visitor, SHARES.c.revoked.is_(False))
            return bool(connection.execute(update(SHARES).where(*own).values(revoked=True, snapshot=b"")).rowcount)

    def listed(self, visitor: str) -> tuple[Share, ...]:
        """A visitor's shares, the latest first; those that are dead, too, until they are purged."""
        with self._database.reading() as connection:
            return tuple(Share(**row) for row in connection.execute(THEIRS, {"visitor": visitor}).mappings())

    def open(self, token: str, now: datetime) -> bytes | None:
        """What is behind a link; ``None`` where there is nothing, or nothing any more, without telling which.

        Args:
            token: The link's secret part.
            now: The time, in UTC.
        """
        if not token or len(token) > LONGEST_TOKEN:
            return None
        live = (SHARES.c.token == digest(token), SHARES.c.revoked.is_(False), SHARES.c.expires > now)
        with self._database.reading() as connection:
            return connection.execute(select(SHARES.c.snapshot).where(*live)).scalar_one_or_none()

    def count(self, token: str) -> None:
        """Note that a link was opened; where that can't be done, nothing is lost but the count."""
        try:
            with self._database.writing() as connection:
                connection.execute(update(SHARES).where(SHARES.c.token == digest(token)).values(opened=SHARES.c.opened + 1))
        except StoreError:
            logger.warning("a share was opened and not counted")

    def snapshots(self, visitor: str) -> dict[str, bytes]:
        """What is behind each of a visitor's links that were not ended, by the share's identity."""
        wanted = select(SHARES.c.id, SHARES.c.snapshot).where(SHARES.c.visitor == visitor, SHARES.c.revoked.is_(False))
        with self._database.reading() as connection:
            return {row.id: row.snapshot for row in connection.execute(wanted)}

    def purge(self, now: datetime) -> int:
        """Forget the shares that are dead, as ``forget_due`` does; how many that were."""
        return forget_due(self._database, SHARES, or_(SHARES.c.revoked.is_(True), SHARES.c.expires <= now), now)


def digest(secret: str) -> str:
    """All that is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
