"""The time limit that an administrator has set for statements of our role."""

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.queries import query

_DOCS = "see `diffapply docs operations`"

_PLACES = {
    "database": "set for the database",
    "user": "set for the role {role}",
    "database user": "set for the role {role} in this database",
    "configuration file": "set in postgresql.conf",
    "client": "set by the options of the connection",
}
"""Source in pg_settings → where people find it."""

_LIMIT = query("database", "statement_limit")


def statement_limit(connection: Connection) -> float:
    """Seconds that a statement may take if nobody says otherwise; 0: no limit."""
    with neutral(connection) as cursor:
        cursor.execute(_LIMIT)
        [(seconds, *_)] = cursor.fetchall()
    return float(seconds)


def told_limit(connection: Connection) -> str:
    """What limits a statement, who has set it, and what to do; empty if nothing does.

    Args:
        connection: outside of a transaction, in which we may have set another limit.
    """
    with neutral(connection) as cursor:
        cursor.execute(_LIMIT)
        [(seconds, shown, source, role)] = cursor.fetchall()
    if not seconds:
        return ""
    place = _PLACES.get(source, "").format(role=role)
    limit = ", ".join(filter(None, [f"statement_timeout = {shown}", place]))
    return f"{limit}: raise it for whoever runs diffapply, {_DOCS}"
