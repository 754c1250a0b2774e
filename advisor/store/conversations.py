"""A visitor's conversations: kept turn by turn, listed, found again, renamed, forgotten."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from textwrap import shorten
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from advisor.domain import Conversation, Turn
from advisor.store.database import Database, StoreError, forget_due
from advisor.store.schema import CARDS, CONVERSATIONS, FEEDBACK, LONGEST_TITLE, TURNS
from advisor.store.tallies import count, of_turn

TURN, STANDING = TypeAdapter(Turn), TypeAdapter(Conversation)
LISTED = 200
"""How many conversations a list holds at the most."""
IS_IDENTITY = re.compile(r"[0-9a-f]{32}")
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
    """How many turns it has, or how many cards."""
    board: bool
    """Whether it is a sorted list rather than a talk."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it is kept."""

    id: str
    title: str
    conversation: Conversation
    finished: bool
    """Whether its last answer came to its end."""


LATEST = (
    select(*(CONVERSATIONS.c[name] for name in Entry.__slots__))
    .where(CONVERSATIONS.c.visitor == bindparam("visitor"))
    .order_by(CONVERSATIONS.c.updated.desc(), CONVERSATIONS.c.id)
    .limit(LISTED)
)
LAST_TURN = (
    select(TURNS.c.number, TURNS.c.turn, TURNS.c.after)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == TURNS.c.conversation)
    .where(CONVERSATIONS.c.id == bindparam("identity"), CONVERSATIONS.c.visitor == bindparam("visitor"))
    .where(CONVERSATIONS.c.length == TURNS.c.number)
)
"""What every turn asks for, made once: to make a statement takes longer than to carry it out."""


class Conversations:
    """The conversations of all visitors, each to be reached only by its own.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        visitor: str,
        identity: str | None,
        conversation: Conversation,
        finished: bool,
        now: datetime,
        instead: Turn | None = None,
        again: bool = False,
    ) -> str:
        """Keep a conversation's last turn: a new one, or another state of one that is being answered.

        Turns before it that couldn't be kept when they were answered are kept with it.

        Args:
            visitor: Whose it is.
            identity: Its identity; ``None`` for a conversation that is new.
            conversation: The conversation, with the turn.
            finished: Whether the answer is whole.
            now: The time, in UTC.
            instead: The turn, the last one, whose place this one takes, as it was seen; ``None`` to add one.
            again: Whether its verdicts were given before, and are not counted once more.

        Returns:
            The conversation's identity.

        Raises:
            Overtaken: It isn't as it was before that turn: another tab answered, or it was deleted.
        """
        number, after = len(conversation.turns), STANDING.dump_json(replace(conversation, turns=()))
        with self._database.writing() as connection:
            if finished and not again:
                count(connection, now.date(), of_turn(conversation.turns[-1]))
            if identity is None:
                identity = uuid4().hex
                about = {"id": identity, "visitor": visitor, "title": title_of(conversation), "named": False, "board": False}
                connection.execute(insert(CONVERSATIONS).values(**about, length=number, created=now, updated=now))
                add(connection, identity, conversation, 0, after, finished)
                return identity
            own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.board.is_(False))
            known = connection.execute(select(CONVERSATIONS.c.length, CONVERSATIONS.c.named).where(*own).with_for_update()).one_or_none()
            if known is None:
                raise Overtaken
            if number <= known.length:
                latest = {"after": after} if number == known.length else {}
                turn = conversation.turns[-1]
                row = {"turn": TURN.dump_json(turn), "finished": finished} | latest
                which = unfinished(identity, conversation)
                if instead is not None:
                    if not latest:
                        raise Overtaken
                    row["said"] = spoken(turn)
                    same = or_(TURNS.c.turn == TURN.dump_json(instead), TURNS.c.finished.is_(False))
                    which = (TURNS.c.conversation == identity, TURNS.c.number == number, TURNS.c.said == spoken(instead), same)
                if not connection.execute(update(TURNS).where(*which).values(**row)).rowcount:
                    raise Overtaken
                if instead is not None and (instead.said, instead.assessments) != (
                    turn.said,
                    turn.assessments,
                ):  # what was thought of another answer
                    connection.execute(delete(FEEDBACK).where(FEEDBACK.c.conversation == identity, FEEDBACK.c.number == number))
                if not latest:
                    catch_up(connection, identity, known.length, turn)
                    return identity
            else:
                last = select(TURNS.c.said).where(TURNS.c.conversation == identity, TURNS.c.number == known.length)
                if connection.execute(last).scalar_one() != spoken(conversation.turns[known.length - 1]):
                    raise Overtaken
                earlier = replace(conversation, turns=conversation.turns[: known.length])
                seen = TURN.dump_json(earlier.turns[-1])
                came_on = (*unfinished(identity, earlier), TURNS.c.turn != seen)
                connection.execute(update(TURNS).where(*came_on).values(turn=seen, finished=True))
                add(connection, identity, conversation, known.length, after, finished)
                for late in conversation.turns[known.length : -1]:
                    count(connection, now.date(), of_turn(late))
            named = {} if known.named else {"title": title_of(conversation)}
            connection.execute(update(CONVERSATIONS).where(*own).values(length=number, updated=now, **named))
        return identity

    def is_at(self, visitor: str, identity: str, conversation: Conversation) -> bool:
        """Whether what is kept is this very conversation, so that it need not be read again."""
        with self._database.reading() as connection:
            row = connection.execute(LAST_TURN, {"identity": identity, "visitor": visitor}).one_or_none()
        after = STANDING.dump_json(replace(conversation, turns=()))
        return row is not None and tuple(row) == (len(conversation.turns), TURN.dump_json(conversation.turns[-1]), after)

    def load(self, visitor: str, identity: str, before: int | None = None) -> Kept | None:
        """One of a visitor's conversations; ``None`` where there is none, or it is somebody else's.

        Args:
            visitor: Whose it is.
            identity: Its identity, as anybody may have typed it.
            before: The number of a turn, from 1, to have the conversation as it was before that; ``None`` for all of it.

        Raises:
            StoreError: It can't be read: something else wrote to the database.
        """
        if not IS_IDENTITY.fullmatch(identity):
            return None
        with self._database.reading() as connection:
            own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.board.is_(False))
            about = connection.execute(select(CONVERSATIONS).where(*own)).mappings().one_or_none()
            return None if about is None else kept(about, turns_of(connection, identity)[: None if before is None else before - 1])

    def listed(self, visitor: str, search: str = "") -> tuple[Entry, ...]:
        """A visitor's conversations and lists, the latest first, two hundred at the most: those with some words in what was said."""
        wanted = LATEST
        if words := search.replace("\0", "").encode(errors="ignore").decode().strip().lower():
            like = f"%{words.translate(WILD)}%"
            said = select(TURNS.c.number).where(
                TURNS.c.conversation == CONVERSATIONS.c.id, func.lower(TURNS.c.said).like(like, escape="\\")
            )
            line = select(CARDS.c.number).where(CARDS.c.board == CONVERSATIONS.c.id, func.lower(CARDS.c.line).like(like, escape="\\"))
            wanted = wanted.where(or_(func.lower(CONVERSATIONS.c.title).like(like, escape="\\"), said.exists(), line.exists()))
        with self._database.reading() as connection:
            return tuple(Entry(*row) for row in connection.execute(wanted, {"visitor": visitor}))

    def all_of(self, visitor: str) -> tuple[Kept, ...]:
        """All of a visitor's conversations, oldest first."""
        wanted = (
            select(CONVERSATIONS)
            .where(CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.board.is_(False))
            .order_by(CONVERSATIONS.c.created, CONVERSATIONS.c.id)
        )
        with self._database.reading() as connection:
            return tuple(kept(about, turns_of(connection, about["id"])) for about in connection.execute(wanted).mappings().all())

    def rename(self, visitor: str, identity: str, title: str) -> bool:
        """Give a conversation a title of the owner's; whether there was one to name."""
        named = short(title)
        own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor)
        with self._database.writing() as connection:
            return bool(named and connection.execute(update(CONVERSATIONS).where(*own).values(title=named, named=True)).rowcount)

    def delete(self, visitor: str, identity: str) -> bool:
        """Forget a conversation or a list, with all in it and its shares; whether there was one."""
        return self._forget(CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor) > 0

    def delete_all(self, visitor: str) -> int:
        """Forget everything of a visitor; how many conversations that were."""
        return self._forget(CONVERSATIONS.c.visitor == visitor)

    def purge(self, now: datetime, days: int) -> int:
        """Forget the conversations that nobody has touched for so many days, as ``forget_due`` does; how many that were."""
        return forget_due(self._database, CONVERSATIONS, CONVERSATIONS.c.updated < now - timedelta(days=days), now)

    def _forget(self, *which: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            return connection.execute(delete(CONVERSATIONS).where(*which)).rowcount


def add(connection: Connection, identity: str, conversation: Conversation, length: int, after: bytes, finished: bool) -> None:
    """Keep the turns of a conversation after so many; all but the last are whole."""
    rows = [
        {"conversation": identity, "number": number, "said": spoken(turn), "turn": TURN.dump_json(turn), "after": after}
        | {"finished": finished or number < len(conversation.turns)}
        for number, turn in enumerate(conversation.turns, 1)
        if number > length
    ]
    try:
        connection.execute(insert(TURNS), rows)
    except IntegrityError:
        raise Overtaken from None


def catch_up(connection: Connection, identity: str, length: int, turn: Turn) -> None:
    """Let what stands after the last turn know of the verdicts of an earlier one that came to its end since, where they are graver."""
    last = (TURNS.c.conversation == identity, TURNS.c.number == length)
    stands = STANDING.validate_json(connection.execute(select(TURNS.c.after).where(*last)).scalar_one())
    settled = dict(zip(turn.about, turn.assessments, strict=False))
    standing = tuple(
        settled[place] if place in settled and settled[place].verdict.gravity > each.verdict.gravity else each
        for place, each in enumerate(stands.standing)
    )
    connection.execute(update(TURNS).where(*last).values(after=STANDING.dump_json(replace(stands, standing=standing))))


def unfinished(identity: str, conversation: Conversation) -> tuple[ColumnElement[bool], ...]:
    """Which row is that of a conversation's last turn, as long as its answer is no whole one."""
    said, number = spoken(conversation.turns[-1]), len(conversation.turns)
    return (TURNS.c.conversation == identity, TURNS.c.number == number, TURNS.c.said == said, TURNS.c.finished.is_(False))


def spoken(turn: Turn) -> str:
    """What was said, as a database can hold it: without the one character that PostgreSQL refuses."""
    return turn.said.replace("\0", "\ufffd")


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
    return short("; ".join(tasks) or conversation.turns[0].said) or "…"


def short(text: str) -> str:
    """Text as a title: on one line, cut between words where there are any."""
    plain = " ".join(text.replace("\0", " ").split())
    cut = shorten(plain, LONGEST_TITLE, placeholder=" …")
    return cut if cut.strip(" …") or not plain else f"{plain[: LONGEST_TITLE - 2]} …"
