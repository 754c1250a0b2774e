"""A visitor's sorted lists: kept card by card, each joined to the talk about it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from textwrap import shorten
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import insert, select, update

from advisor.board import Board, Card
from advisor.domain import Verdict
from advisor.store.conversations import IS_IDENTITY, STANDING, short, spoken
from advisor.store.database import Database, StoreError
from advisor.store.schema import CARDS, CONVERSATIONS, TURNS
from advisor.store.tallies import Counted, Counts, count, of_verdicts

LONGEST_NAMED = 50
"""How many characters of its lines a list is called by."""
CARD, BOARD = TypeAdapter(Card), TypeAdapter(Board)


class Boards:
    """The lists of all visitors, each to be reached only by its own.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, visitor: str, board: Board, now: datetime) -> str:
        """Keep a list that was just sorted; its identity."""
        identity = uuid4().hex
        title = short(
            f"List of {len(board.cards)}: {shorten('; '.join(card.line.text for card in board.cards[:5]), LONGEST_NAMED, placeholder=' …')}"
        )
        about = {"id": identity, "visitor": visitor, "title": title, "named": False, "board": True}
        rows = [
            {"board": identity, "number": number, "line": card.line.text, "card": CARD.dump_json(card)}
            for number, card in enumerate(board.cards, 1)
        ]
        head = {"board": identity, "number": 0, "line": "", "card": BOARD.dump_json(without_cards(board))}
        counts: Counts = sum((of_verdicts(card.assessments, Counted.CARD) for card in board.cards), Counter())
        with self._database.writing() as connection:
            connection.execute(insert(CONVERSATIONS).values(**about, length=len(board.cards), created=now, updated=now))
            connection.execute(insert(CARDS), [head, *rows])
            count(connection, now.date(), counts)
        return identity

    def load(self, visitor: str, identity: str) -> tuple[str, Board] | None:
        """One of a visitor's lists, by its title and as it stands: a card spoken of in a talk as that talk left it.

        Raises:
            StoreError: It can't be read: something else wrote to the database.
        """
        if not IS_IDENTITY.fullmatch(identity):
            return None
        own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.board.is_(True))
        about, first, last = CONVERSATIONS.alias("about"), TURNS.alias("first"), TURNS.alias("last")
        cards = select(CARDS.c.card, first.c.said, last.c.after).where(CARDS.c.board == identity).order_by(CARDS.c.number)
        cards = cards.outerjoin(about, about.c.id == CARDS.c.talk)
        cards = cards.outerjoin(first, (first.c.conversation == about.c.id) & (first.c.number == 1))
        cards = cards.outerjoin(last, (last.c.conversation == about.c.id) & (last.c.number == about.c.length))
        with self._database.reading() as connection:
            title = connection.execute(select(CONVERSATIONS.c.title).where(*own)).scalar_one_or_none()
            rows = connection.execute(cards).all() if title is not None else []
        if title is None:
            return None
        try:
            board = BOARD.validate_json(rows[0].card)
            told = tuple(as_spoken_of(CARD.validate_json(row.card), row.said, row.after) for row in rows[1:])
            return title, Board(told, board.about, board.heads, board.note)
        except (ValueError, ValidationError) as problem:
            raise StoreError(f"list {identity} can't be read: restore the database, or delete that list") from problem

    def move(self, visitor: str, identity: str, number: int, column: Verdict, now: datetime) -> bool:
        """Keep in which column an owner put a card; whether there is such a one of the visitor's."""
        return self._renew(visitor, identity, {number: lambda kept: kept.put(column, now)}, now)

    def time(self, visitor: str, identity: str, number: int, hours: float | None, now: datetime) -> bool:
        """Keep how many hours a week a card takes; whether there is such a one of the visitor's."""
        return self._renew(visitor, identity, {number: lambda kept: kept.timed(hours)}, now)

    def settle(self, visitor: str, identity: str, board: Board, numbers: Sequence[int], finished: bool, now: datetime) -> None:
        """Keep what a model had part in: what was said of these cards, wherever they lie now, and what the owner should know.

        Args:
            visitor: Whose list it is.
            identity: Its identity.
            board: The list as the model left it.
            numbers: The cards that it settled, from 1.
            finished: Whether no more is to come, so that it can be counted.
            now: The time, in UTC.
        """
        talks = {number: board.cards[number - 1].talk for number in numbers}
        renewed = {number: partial(replace, talk=talk) for number, talk in talks.items()}
        counts: Counts = Counter()
        if finished and numbers:
            told = (of_verdicts(board.cards[number - 1].assessments, Counted.CARD) for number in numbers)
            counts = sum(told, Counter({(Counted.MODEL, "", 0): 1}))
            counts = Counter({key: times for key, times in counts.items() if key[0] is not Counted.CARD})  # counted when it was sorted
        self._renew(visitor, identity, renewed, now, counts)
        self._change(visitor, identity, 0, now, card=BOARD.dump_json(without_cards(board)))

    def link(self, visitor: str, identity: str, number: int, talk: str, now: datetime) -> bool:
        """Join a card to the talk about it; whether both are the visitor's."""
        theirs = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == talk, CONVERSATIONS.c.visitor == visitor)
        with self._database.reading() as connection:
            if connection.execute(theirs).one_or_none() is None:
                return False
        return self._change(visitor, identity, number, now, talk=talk)

    def talk_of(self, visitor: str, identity: str, number: int) -> str | None:
        """The talk about a card, if there is one."""
        own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor)
        wanted = select(CARDS.c.talk).join(CONVERSATIONS, CONVERSATIONS.c.id == CARDS.c.board)
        with self._database.reading() as connection:
            found: str | None = connection.execute(wanted.where(*own, CARDS.c.number == number)).scalar_one_or_none()
        return found

    def holding(self, visitor: str, talk: str) -> str | None:
        """The list on which a card is that this talk is about, by its identity; ``None`` for any other talk."""
        wanted = select(CONVERSATIONS.c.id).join(CARDS, CARDS.c.board == CONVERSATIONS.c.id)
        wanted = wanted.where(CARDS.c.talk == talk, CONVERSATIONS.c.visitor == visitor)
        with self._database.reading() as connection:
            found: str | None = connection.execute(wanted.limit(1)).scalar_one_or_none()
        return found

    def all_of(self, visitor: str) -> tuple[tuple[str, str, Board], ...]:
        """All of a visitor's lists, oldest first: identity, title and list."""
        wanted = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.board.is_(True))
        with self._database.reading() as connection:
            identities = connection.execute(wanted.order_by(CONVERSATIONS.c.created, CONVERSATIONS.c.id)).scalars().all()
        found = ((identity, self.load(visitor, identity)) for identity in identities)
        return tuple((identity, *each) for identity, each in found if each)

    def _renew(
        self, visitor: str, identity: str, cards: Mapping[int, Callable[[Card], Card]], now: datetime, counts: Counts | None = None
    ) -> bool:
        """Change some cards as they are kept, and nothing else of them."""
        own = (CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.board.is_(True))
        with self._database.writing() as connection:
            if not connection.execute(update(CONVERSATIONS).where(*own).values(updated=now)).rowcount:
                return False
            for number, renewed in cards.items():
                this = (CARDS.c.board == identity, CARDS.c.number == number)
                kept = CARD.validate_json(connection.execute(select(CARDS.c.card).where(*this).with_for_update()).scalar_one())
                connection.execute(update(CARDS).where(*this).values(card=CARD.dump_json(renewed(kept))))
            count(connection, now.date(), counts or Counter())
        return True

    def _change(self, visitor: str, identity: str, number: int, now: datetime, **row: object) -> bool:
        with self._database.writing() as connection:
            own = update(CONVERSATIONS).where(
                CONVERSATIONS.c.id == identity, CONVERSATIONS.c.visitor == visitor, CONVERSATIONS.c.board.is_(True)
            )
            if not connection.execute(own.values(updated=now)).rowcount:
                return False
            this = update(CARDS).where(CARDS.c.board == identity, CARDS.c.number == number)
            return bool(connection.execute(this.values(**row)).rowcount)


def without_cards(board: Board) -> Board:
    """What is kept of a list beside its cards."""
    return Board((), board.about, board.heads, board.note)


def as_spoken_of(card: Card, said: str | None, after: bytes | None) -> Card:
    """A card as the talk about it left it, as long as that begins with the card's own line."""
    if after is None or said != spoken(card.talk.turns[0]):
        return card
    return replace(card, talk=replace(STANDING.validate_json(after), turns=card.talk.turns))
