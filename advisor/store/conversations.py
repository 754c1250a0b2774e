"""A visitor's conversations: kept turn by turn, listed, found again, renamed, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from textwrap import shorten
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from advisor.domain import Conversation, Turn
from advisor.store.database import Database, StoreError
from advisor.store.schema import CONVERSATIONS, LONGEST_TITLE, TURNS

TURN, STANDING = TypeAdapter(Turn), TypeAdapter(Conversation)
LISTED = 200
"""How many conversations a list holds at the most."""
WILD = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})
"""What a search must not take for "anything"."""


class Overtaken(Exception):
    """Another tab or process has added a turn meanwhile: read the conversation again, and answer after that."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation as a list shows it."""

    id: str
    title: str
    updated: datetime
    """In UTC."""
    length: int
    """How many turns it has."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it is kept."""

    id: str
    title: str
    conversation: Conversation
    finished: bool
    """Whether its last answer came to its end."""


class Conversations:
    """The conversations of all visitors, each to be reached only by its own.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, visitor: str, identity: str | None, conversation: Conversation, finished: bool, now: datetime) -> str:
        """Keep a conversation's last turn: a new one, or another state of the one that is being answered.

        Args:
            visitor: Whose it is.
            identity: Its identity; ``None`` for a conversation that is new.
            conversation: The conversation, with the turn.
            finished: Whether the answer is whole.
            now: The time, in UTC.

        Returns:
            The conversation's identity.

        Raises:
            Overtaken: It isn't as it was before that turn: another tab answered, or it was deleted.
        """
        number, turn = len(conversation.turns), conversation.turns[-1]
        row = {
            "said": turn.said,
            "turn": TURN.dump_json(turn),
            "after": STANDING.dump_json(replace(conversation, turns=())),
            "finished": finished,
        }
        with self._database.writing() as connection:
            if identity is None:
                if number != 1:
                    raise ValueError("a new conversation begins with its first turn")
                identity = uuid4().hex
                about = {"id": identity, "visitor": visitor, "title": title_of(conversation), "named": False}
                connection.execute(insert(CONVERSATIONS).values(**about, length=1, created=now, updated=now))
                connection.execute(insert(TURNS).values(conversation=identity, number=1, **row))
                return identity
            own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor)
            known = connection.execute(select(CONVERSATIONS.c.length, CONVERSATIONS.c.named).where(*own)).one_or_none()
            if known is None or known.length not in (number, number - 1):
                raise Overtaken
            if known.length == number:
                open_still = (
                    TURNS.c.conversation == identity,
                    TURNS.c.number == number,
                    TURNS.c.said == turn.said,
                    TURNS.c.finished.is_(False),
                )
                if not connection.execute(update(TURNS).where(*open_still).values(**row)).rowcount:
                    raise Overtaken
            else:
                try:
                    connection.execute(insert(TURNS).values(conversation=identity, number=number, **row))
                except IntegrityError:
                    raise Overtaken from None
            named = {} if known.named else {"title": title_of(conversation)}
            connection.execute(update(CONVERSATIONS).where(*own).values(length=number, updated=now, **named))
        return identity

    def load(self, visitor: str, identity: str) -> Kept | None:
        """One of a visitor's conversations; ``None`` where there is none, or it is somebody else's.

        Raises:
            StoreError: It can't be read: something else wrote to the database.
        """
        with self._database.reading() as connection:
            own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor)
            about = connection.execute(select(CONVERSATIONS).where(*own)).mappings().one_or_none()
            return None if about is None else kept(about, turns_of(connection, identity))

    def take_back(self, visitor: str, identity: str, number: int) -> None:
        """Forget a conversation's last turn, so that it can be answered again; nothing where it isn't the last, or not theirs."""
        with self._database.writing() as connection:
            own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.length == number)
            if number > 1 and connection.execute(update(CONVERSATIONS).where(*own).values(length=number - 1)).rowcount:
                connection.execute(delete(TURNS).where(TURNS.c.conversation == identity, TURNS.c.number == number))
            elif number == 1:
                connection.execute(delete(CONVERSATIONS).where(*own))

    def listed(self, visitor: str, search: str = "") -> tuple[Entry, ...]:
        """A visitor's conversations, the latest first, two hundred at the most: those with some words in the title or in what was said."""
        wanted = select(CONVERSATIONS.c.id, CONVERSATIONS.c.title, CONVERSATIONS.c.updated, CONVERSATIONS.c.length)
        wanted = wanted.where(CONVERSATIONS.c.visitor == visitor)
        if words := search.strip().lower():
            like = f"%{words.translate(WILD)}%"
            said = select(TURNS.c.number).where(
                TURNS.c.conversation == CONVERSATIONS.c.id, func.lower(TURNS.c.said).like(like, escape="\\")
            )
            wanted = wanted.where(or_(func.lower(CONVERSATIONS.c.title).like(like, escape="\\"), said.exists()))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(CONVERSATIONS.c.updated.desc(), CONVERSATIONS.c.id).limit(LISTED))
            return tuple(Entry(*row) for row in rows)

    def all_of(self, visitor: str) -> tuple[Kept, ...]:
        """All that is kept of a visitor, oldest first."""
        wanted = select(CONVERSATIONS).where(CONVERSATIONS.c.visitor == visitor).order_by(CONVERSATIONS.c.created, CONVERSATIONS.c.id)
        with self._database.reading() as connection:
            return tuple(kept(about, turns_of(connection, about["id"])) for about in connection.execute(wanted).mappings().all())

    def rename(self, visitor: str, identity: str, title: str) -> bool:
        """Give a conversation a title of the owner's; whether there was one to name."""
        named = shorten(title, LONGEST_TITLE, placeholder=" …")
        own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor)
        with self._database.writing() as connection:
            return bool(named and connection.execute(update(CONVERSATIONS).where(*own).values(title=named, named=True)).rowcount)

    def delete(self, visitor: str, identity: str) -> bool:
        """Forget a conversation, its turns and its shares; whether there was one."""
        return self._forget(CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor) > 0

    def delete_all(self, visitor: str) -> int:
        """Forget everything of a visitor; how many conversations that were."""
        return self._forget(CONVERSATIONS.c.visitor == visitor)

    def purge(self, now: datetime, days: int) -> int:
        """Forget the conversations that nobody has touched for so many days; how many that were."""
        return self._forget(CONVERSATIONS.c.updated < now - timedelta(days=days))

    def _forget(self, *which: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            return connection.execute(delete(CONVERSATIONS).where(*which)).rowcount


def turns_of(connection: Connection, identity: str) -> Sequence[RowMapping]:
    """The turns of a conversation, in order."""
    return connection.execute(select(TURNS).where(TURNS.c.conversation == identity).order_by(TURNS.c.number)).mappings().all()


def kept(about: RowMapping, turns: Sequence[RowMapping]) -> Kept:
    """A conversation from its rows."""
    try:
        standing = STANDING.validate_json(turns[-1]["after"]) if turns else Conversation()
        told = tuple(TURN.validate_json(row["turn"]) for row in turns)
    except ValidationError as problem:
        raise StoreError(f"conversation {about['id']} can't be read: restore the database, or delete that conversation") from problem
    return Kept(about["id"], about["title"], replace(standing, turns=told), not turns or turns[-1]["finished"])


def title_of(conversation: Conversation) -> str:
    """What a conversation is called until its owner names it: its tasks, or else how it began."""
    tasks = [conversation.standing[place].task.quote.words for place in conversation.current]
    return shorten("; ".join(tasks) or conversation.turns[0].said, LONGEST_TITLE, placeholder=" …") or "…"
