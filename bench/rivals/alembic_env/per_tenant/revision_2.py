"""The change in the schema that the search path leads to."""

from bench.rivals.alembic_env.change import create

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """In this one schema."""
    create()
