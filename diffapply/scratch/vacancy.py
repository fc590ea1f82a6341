"""Empties the schema of the sandbox for the next structure, and keeps the schema itself.

A change of pg_namespace makes the server plan every prepared query anew, and the one that reads
facts takes longer to plan than to run. So the schema is created once for a connection. It is made
anew where more than its contents may have changed: its owner, grants, comment, or default
privileges.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from weakref import WeakKeyDictionary

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.removal import MANY, PORTION, drop_schema
from diffapply.database.transaction import neutral
from diffapply.queries import query

_CONTAINED = query("scratch", "contained")
_STATE = query("scratch", "state_of_schema")

_made: WeakKeyDictionary[Connection, dict[str, str]] = WeakKeyDictionary()
"""Connection → schema → the version of its row when it was created there."""


def vacate(connection: Connection, schema: str) -> None:
    """Let there be an empty schema of this name, as if it were new.

    Args:
        connection: in autocommit mode.
    """
    ours = _made.setdefault(connection, {})
    state = _state(connection, schema)
    if schema in ours and state == (ours[schema], True):
        for statements in _drops(connection, schema):
            with connection.cursor() as cursor:
                cursor.execute(statements)
        state = _state(connection, schema)
    if schema in ours and state == (ours[schema], False):
        return
    drop_schema(connection, schema)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    made = _state(connection, schema)
    if made is not None:
        ours[schema], _ = made


def _state(connection: Connection, schema: str) -> tuple[str, bool] | None:
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_STATE, {"schema": schema})
        return cursor.fetchone()


def _drops(connection: Connection, schema: str) -> Iterator[str]:
    """Statements that drop what is in the schema, in portions."""
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_CONTAINED, {"schema": schema})
        contained = cursor.fetchall()
    size = PORTION if len(contained) > MANY else MANY
    for start in range(0, len(contained), size):
        yield ";".join(_drop(contained[start : start + size]))


def _drop(contained: Sequence[tuple[str, str]]) -> Iterator[str]:
    for kind, of_kind in groupby(contained, key=lambda row: row[0]):
        yield f"drop {kind} if exists {', '.join(name for _, name in of_kind)} cascade"
