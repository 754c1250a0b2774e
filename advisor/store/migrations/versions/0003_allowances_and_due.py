"""What has been spent of each allowance, and since when something is due to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go to this version."""
    for table in ("conversations", "shares"):
        op.add_column(table, sa.Column("due", sa.DateTime(), nullable=True))
    op.create_table(
        "allowances",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_allowances"),
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("allowances")
    for table in ("conversations", "shares"):
        op.drop_column(table, "due")
