"""Settings and returns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "settings",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.execute("alter type order_state add value 'returned'")
    op.add_column("orders", sa.Column("placed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("orders", "placed_at")
    op.drop_table("settings")  # PostgreSQL takes no label away from an enum
