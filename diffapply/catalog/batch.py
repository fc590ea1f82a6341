"""Runs a query over the facts of a batch of schemas.

It is tried again if another session has dropped or locked an object meanwhile.
"""

from collections.abc import Callable
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.catalog.prepared import PREPARED, Prepared
from diffapply.database.advice import reason
from diffapply.database.reading import NO_LOCK, TRIES, let_pass
from diffapply.database.session import NORMAL_SETTINGS
from diffapply.database.transaction import NEUTRAL, beginning, in_transaction
from diffapply.errors import DatabaseError, PermissionDeniedError
from diffapply.queries import query

_MOVED = (psycopg2.errors.InternalError_, psycopg2.errors.UndefinedObject)
"""Errors if an object is dropped after the snapshot and before its definition is written."""

_SETTINGS = f"{NORMAL_SETTINGS}\n{query('catalog/sql', '_settings')}"
_SCHEMAS = query("catalog/sql", "_schemas").format(prepared=PREPARED)

QueryFor = Callable[[frozenset[str]], Prepared]
"""Argument: what the schemas have; see `facts_query`."""

Found = tuple[dict[int, str], list[tuple[Any, ...]]]
"""Oid → name of the schemas that exist, and the rows of the query."""


def read_batch(connection: Connection, query_for: QueryFor, schemas: list[str]) -> Found:
    """Run the query for what is present, in the caller's transaction or in a new one.

    In a new one, it is tried again if an object was dropped or locked meanwhile.
    """
    if in_transaction(connection):
        try:
            return _read_once(connection, query_for, schemas, NEUTRAL)
        except _MOVED as error:
            raise _moved(error) from error
    for tries in range(1, TRIES + 1):
        last = tries == TRIES
        with connection.cursor() as cursor:
            try:
                found = _read_once(connection, query_for, schemas, beginning(read_only=True))
                cursor.execute("commit")
            except _MOVED as error:
                cursor.execute("rollback")
                if last:
                    raise _moved(error) from error
            except NO_LOCK as error:
                let_pass(connection, error, schemas, last=last)
            except BaseException:
                if not connection.closed:
                    cursor.execute("rollback")
                raise
            else:
                return found
    raise AssertionError("unreachable")


def _read_once(
    connection: Connection, query_for: QueryFor, schemas: list[str], first: str
) -> Found:
    """Run it once, after statements that make the search path neutral."""
    with connection.cursor() as cursor:
        asking = cursor.mogrify(_SETTINGS + _SCHEMAS, {"schemas": schemas})
        cursor.execute(first.encode() + asking)
        found = cursor.fetchall()
        _require_usage(found)
        names = {oid: name for oid, name, *_ in found}
        if not found:
            return names, []
        *_, process, prepared, _ = found[0]
        present = {word for *_, words in found for word in words}
        if present <= {"pg_cast"}:  # nothing that could have a fact
            return names, []
        query = query_for(frozenset(present))
        cursor.execute(query.execution(connection, process, prepared, list(names)))
        return names, cursor.fetchall()


def _moved(error: psycopg2.Error) -> DatabaseError:
    return DatabaseError(
        f"The catalogs change while they are read: {reason(error)}",
        "Try again when no other session is changing the tenants.",
        outcome="",
    )


def _require_usage(found: list[tuple[Any, ...]]) -> None:
    if denied := [name for _, name, usable, *_ in found if not usable]:
        raise PermissionDeniedError(
            f"The role may not use schema {denied[0]!r}"
            + (f" and {len(denied) - 1} more" if denied[1:] else "")
            + "; without USAGE its structure cannot be read as others see it.",
            f"Grant USAGE on {'each of them' if denied[1:] else 'it'} to the role.",
        )
