"""The tables: conversations with their turns, and shares. Times are UTC; a visitor and a link are known by a hash alone."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

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
    Column("length", Integer, nullable=False),  # how many turns it has
    Column("created", DateTime, nullable=False),
    Column("updated", DateTime, nullable=False, index=True),
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
)
