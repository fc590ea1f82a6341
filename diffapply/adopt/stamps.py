"""Reads which revision each tenant says that it is at."""

from collections.abc import Sequence

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.fact_queries import stranger_condition
from diffapply.database.transaction import neutral
from diffapply.queries import query

_TABLES = query("adopt", "stamp_tables").replace("{stranger}", stranger_condition())
_TOGETHER = 200
"""Tables in one transaction; each takes a lock, and so does its index."""


def read_stamps(
    connection: Connection, tenants: Sequence[str], behind: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Tenant → what its table alembic_version names.

    A tenant without such a table has the stamp of the first schema behind it on the search path
    that has one: a team that loops over its tenants may keep one account for all.
    """
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_TABLES, {"schemas": [*tenants, *behind]})
        having = {name for (name,) in cursor.fetchall()}
    stamps = _ask(connection, sorted(having))
    shared = next((stamps[name] for name in behind if name in stamps), ())
    return {name: stamps.get(name, shared) for name in tenants}


def _ask(connection: Connection, schemas: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Schema → its stamps; those that somebody drops or locks just now are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(schemas), _TOGETHER):
        some = schemas[start : start + _TOGETHER]
        statement = sql.SQL(" union all ").join(
            sql.SQL("select {}::text, v.version_num::text from only {}.alembic_version v").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in some
        )
        try:
            with neutral(connection, read_only=True) as cursor:
                cursor.execute(statement)
                rows = cursor.fetchall()
        except psycopg2.Error:
            if connection.closed:
                raise
            if len(some) > 1:
                for name in some:
                    found |= _ask(connection, [name])
            continue
        for name, stamp in sorted(rows):
            found[name] = (*found.get(name, ()), stamp)
    return found
