"""The change in every schema, in the one transaction of this revision."""

from alembic import op
from sqlalchemy import text

from bench.rivals.alembic_env.change import create

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Loop over the schemas, as fan-out revisions do."""
    schemas = op.get_bind().scalars(
        text("select nspname from pg_namespace where nspname ~ '^user_[0-9]+$' order by oid")
    )
    for schema in schemas.all():
        create(schema)
        print(schema, flush=True)
