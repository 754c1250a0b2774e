"""Sorted lists with their cards, feedback, and counts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go to this version."""
    op.add_column("conversations", sa.Column("board", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "cards",
        sa.Column("board", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("talk", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["board"], ["conversations.id"], name="fk_cards_board", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["talk"], ["conversations.id"], name="fk_cards_talk", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("board", "number", name="pk_cards"),
    )
    op.create_index("ix_cards_talk", "cards", ["talk"])
    op.create_table(
        "feedback",
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(24), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_feedback_conversation", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation", "number", name="pk_feedback"),
    )
    op.create_table(
        "tallies",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("rule", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "what", "verdict", "rule", name="pk_tallies"),
    )


def downgrade() -> None:
    """Go back to the version before."""
    for table in ("tallies", "feedback", "cards"):
        op.drop_table(table)
    op.drop_column("conversations", "board")
