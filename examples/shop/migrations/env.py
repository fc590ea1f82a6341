"""Runs the revisions in every merchant's schema, one after the other; each has its own stamp.

`-x tenant=merchant_7` names one of them.
"""

from alembic import context
from shop.database import engine
from shop.models import metadata
from sqlalchemy import Connection, text

_MERCHANTS = text(r"select nspname from pg_namespace where nspname ~ '^merchant_\d+$' order by oid")


def _chosen(connection: Connection) -> list[str]:
    named = context.config.attributes.get("tenants")
    one = context.get_x_argument(as_dictionary=True).get("tenant")
    return named or ([one] if one else list(connection.scalars(_MERCHANTS)))


with engine().connect() as connection:
    for tenant in _chosen(connection):
        connection.execute(text(f'set search_path = "{tenant}", public, directory'))
        connection.commit()
        context.configure(
            connection=connection, target_metadata=metadata, version_table_schema=tenant
        )
        with context.begin_transaction():
            context.run_migrations()
