"""The tables: conversations with their turns, lists with their cards, shares, feedback, counts, allowances.

Times are UTC; a visitor and a link are known by a hash alone.
"""

from sqlalchemy import Boolean, Column, Date, DateTime, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text, false

METADATA = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"}
)
HASH = String(64)
"""A SHA-256 in hexadecimal."""
IDENTITY = String(32)
"""A UUID in hexadecimal."""
LONGEST_TITLE = 120

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("id", IDENTITY, primary_key=True),
    Column("visitor", HASH, nullable=False),
    Column("title", String(LONGEST_TITLE), nullable=False),
    Column("named", Boolean, nullable=False),  # whether the owner gave it its title
    Column("length", Integer, nullable=False),  # how many turns it has, or how many cards
    Column("board", Boolean, nullable=False, server_default=false()),  # whether it is a sorted list rather than a talk
    Column("created", DateTime, nullable=False),
    Column("updated", DateTime, nullable=False, index=True),
    Column("due", DateTime),  # since when it is due to be forgotten, if so
)
Index("ix_conversations_visitor_updated", CONVERSATIONS.c.visitor, CONVERSATIONS.c.updated)

TURNS = Table(
    "turns",
    METADATA,
    Column("conversation", IDENTITY, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("said", Text, nullable=False),  # to search in
    Column("turn", LargeBinary, nullable=False),  # JSON of the turn
    Column("after", LargeBinary, nullable=False),  # JSON of what stands after it, without the turns
    Column("finished", Boolean, nullable=False),
)

SHARES = Table(
    "shares",
    METADATA,
    Column("id", IDENTITY, primary_key=True),
    Column("conversation", IDENTITY, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("visitor", HASH, nullable=False, index=True),
    Column("token", HASH, nullable=False, unique=True),
    Column("snapshot", LargeBinary, nullable=False),  # JSON of the summary, as it is shown
    Column("created", DateTime, nullable=False),
    Column("updated", DateTime, nullable=False),
    Column("expires", DateTime, nullable=False, index=True),
    Column("revoked", Boolean, nullable=False),
    Column("opened", Integer, nullable=False),  # how often
    Column("due", DateTime),  # since when it is due to be forgotten, if so
)

CARDS = Table(
    "cards",
    METADATA,
    Column("board", IDENTITY, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, in the order of the list
    Column("line", Text, nullable=False),  # to search in
    Column("card", LargeBinary, nullable=False),  # JSON of the card
    Column("talk", IDENTITY, ForeignKey("conversations.id", ondelete="SET NULL"), index=True),  # where it is spoken of, if anywhere
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("conversation", IDENTITY, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # the turn's
    Column("at", DateTime, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("verdict", String(16), nullable=False),  # empty for an answer that gives none
    Column("rule", Integer, nullable=False),  # 0 for none
    Column("because", String(24), nullable=False),  # what was wrong, of a closed list; empty where it isn't told
    Column("words", Text),  # JSON of the message, the answer and the owner's own words, where the owner included them
)

TALLIES = Table(
    "tallies",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("verdict", String(16), primary_key=True),  # empty where it is of none
    Column("rule", Integer, primary_key=True, autoincrement=False),  # 0 for none
    Column("times", Integer, nullable=False),
)

ALLOWANCES = Table(
    "allowances",
    METADATA,
    Column("name", String(200), primary_key=True),  # whose, of what, in which time; of a visitor no more than the hash
    Column("used", Integer, nullable=False),
    Column("ends", Float, nullable=False),  # when it begins anew: seconds since 1970, UTC
)
