"""The change, as an Alembic revision makes it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB


def create(schema: str | None = None) -> None:
    """Create the two tables.

    Args:
        schema: where; None: where the search path leads.
    """
    now = sa.text("now()")
    op.create_table(
        "marketplace_jobs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("status", sa.String(50), server_default="PENDING", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        schema=schema,
    )
    jobs = "marketplace_jobs.id" if schema is None else f"{schema}.marketplace_jobs.id"
    op.create_table(
        "marketplace_tasks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job_id", sa.Integer(), sa.ForeignKey(jobs, ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(50), server_default="PENDING", nullable=False),
        sa.Column("result", JSONB()),
        sa.Column("error_message", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        schema=schema,
    )
    for column in ("position", "status"):
        name = f"ix_marketplace_tasks_job_{column}"
        op.create_index(name, "marketplace_tasks", ["job_id", column], schema=schema)
