"""Drops a schema in portions: a DROP locks all that goes with it, and the lock table has an end."""

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral

_PORTION = 10
"""Tables a statement. Each may lock some hundred objects, and a default server has room for 6,400
locks, which all its sessions share."""

_MANY = 100
"""Tables that are too many to be dropped at once."""

_TABLES = """
select format('%%I.%%I', n.nspname, c.relname)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = %s and c.relkind in ('r', 'p')
"""


def drop_schema(connection: Connection, schema: str) -> None:
    """Drop a schema with all it has, if it exists.

    Args:
        connection: in autocommit mode: many tables are dropped in several transactions.
    """
    with neutral(connection) as cursor:
        cursor.execute(_TABLES, [schema])
        tables = [name for (name,) in cursor.fetchall()]
    with connection.cursor() as cursor:
        if len(tables) > _MANY:
            for start in range(0, len(tables), _PORTION):
                portion = ", ".join(tables[start : start + _PORTION])
                cursor.execute(f"drop table if exists {portion} cascade")
        cursor.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
