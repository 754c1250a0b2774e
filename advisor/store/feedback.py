"""What owners think of answers: by verdict, rule and reason; words only where the owner included them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select

from advisor.domain import Turn, TurnKind
from advisor.store.database import Database
from advisor.store.schema import CONVERSATIONS, FEEDBACK
from advisor.store.tallies import rule_of

LONGEST_WORDS = 1000
"""How many characters of their own an owner may add."""


class Because(StrEnum):
    """What was wrong with an answer."""

    MISREAD = "misread"
    TOO_STRICT = "too_strict"
    TOO_MILD = "too_mild"
    UNCLEAR = "unclear"
    NO_HELP = "no_help"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an owner thinks of an answer."""

    helpful: bool
    because: Because | None = None
    """What was wrong, where that was told."""
    words: str | None = None
    """The owner's own, where they included them, and with them the message and the answer; ``None`` where they didn't."""


class Feedback:
    """The opinions of all visitors.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, visitor: str, conversation: str, number: int, turn: Turn, opinion: Opinion | None, now: datetime) -> bool:
        """Note what an owner thinks of an answer, in the place of what they thought before.

        Args:
            visitor: Whose conversation it is.
            conversation: Its identity.
            number: The turn's, from 1.
            turn: The turn.
            opinion: What they think; ``None`` to take it back.
            now: The time, in UTC.

        Returns:
            Whether the conversation is theirs.
        """
        gravest = (
            max(turn.assessments, key=lambda each: each.verdict.gravity) if turn.kind is TurnKind.VERDICT and turn.assessments else None
        )
        included = None if opinion is None or opinion.words is None else opinion.words.replace("\0", "\ufffd")[:LONGEST_WORDS]
        words = None if included is None else json.dumps({"said": turn.said, "answer": turn.reply, "words": included})
        with self._database.writing() as connection:
            own = (CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.visitor == visitor)
            if connection.execute(select(CONVERSATIONS.c.id).where(*own).with_for_update()).one_or_none() is None:
                return False
            connection.execute(delete(FEEDBACK).where(FEEDBACK.c.conversation == conversation, FEEDBACK.c.number == number))
            if opinion is not None:
                about = {"verdict": gravest.verdict.value if gravest else "", "rule": rule_of(gravest) if gravest else 0}
                given = {"helpful": opinion.helpful, "because": opinion.because.value if opinion.because else "", "words": words}
                connection.execute(insert(FEEDBACK).values(conversation=conversation, number=number, at=now, **about, **given))
        return True

    def all(self, visitor: str | None = None) -> Iterator[dict[str, object]]:
        """Every opinion, oldest first, of all visitors or of one; the words only of those who included them."""
        wanted = select(*(FEEDBACK.c[name] for name in ("at", "helpful", "verdict", "rule", "because", "words"))).order_by(FEEDBACK.c.at)
        if visitor is not None:
            wanted = wanted.join(CONVERSATIONS, CONVERSATIONS.c.id == FEEDBACK.c.conversation).where(CONVERSATIONS.c.visitor == visitor)
        with self._database.reading() as connection:
            for row in connection.execute(wanted).mappings():
                yield {**row, "at": f"{row['at']:%Y-%m-%dT%H:%MZ}", "words": json.loads(row["words"]) if row["words"] else None}
