"""Drops a schema in portions: DROP locks everything it drops, and the lock table can be full."""

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.queries import query

PORTION = 10
"""Objects in one statement. Each may lock some hundred objects; all sessions of a default server
share 6,400 locks."""

MANY = 100
"""From so many objects on, they are dropped in portions."""

_TABLES = query("database", "tables_of_schema")


def drop_schema(connection: Connection, schema: str) -> None:
    """Drop a schema and everything in it, if it exists.

    Args:
        connection: in autocommit mode, because many tables take several transactions.
    """
    with neutral(connection) as cursor:
        cursor.execute(_TABLES, [schema])
        tables = [name for (name,) in cursor.fetchall()]
    with connection.cursor() as cursor:
        if len(tables) > MANY:
            for start in range(0, len(tables), PORTION):
                portion = ", ".join(tables[start : start + PORTION])
                cursor.execute(f"drop table if exists {portion} cascade")
        cursor.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
