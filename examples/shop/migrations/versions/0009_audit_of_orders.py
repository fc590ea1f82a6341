"""Audit of orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

_LOG_CHANGE = """
create function log_change() returns trigger language plpgsql as $$
BEGIN
    EXECUTE format('INSERT INTO %I.audit_log (what, before, after) VALUES ($1, $2, $3)',
                   TG_TABLE_SCHEMA)
    USING lower(TG_OP), to_jsonb(OLD), to_jsonb(NEW);
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.execute(_LOG_CHANGE)
    op.execute(
        "create trigger orders_audit after update or delete on orders"
        " for each row execute function log_change()"
    )


def downgrade() -> None:
    op.execute("drop trigger orders_audit on orders")
    op.execute("drop function log_change()")
    op.drop_table("audit_log")
