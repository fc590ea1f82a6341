"""Reads the live database beside others: what they keep locked is tried again, then they are named.

Also what only reads catalogs may have to wait, such as for VACUUM FULL of one of them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.advice import reason
from diffapply.database.blockers import Blocker, find_blockers
from diffapply.database.transaction import in_transaction, neutral
from diffapply.errors import DatabaseError

TRIES = 5
PAUSE = 0.5
"""Seconds to wait after a try that met a lock."""

NO_LOCK = (
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.QueryCanceled,
)

_Value = TypeVar("_Value")


class TenantsLockedError(DatabaseError):
    """Other sessions keep tenants locked, so that these cannot be read.

    Attributes:
        locked: such a tenant → who has it locked.
    """

    def __init__(self, locked: Mapping[str, Blocker]) -> None:
        first, *more = locked
        super().__init__(
            f"The tenant {first!r} cannot be read: {locked[first]}"
            + (f"; and {len(more)} more." if more else "."),
            "Try again when no other session keeps it locked, or leave it out with --exclude.",
        )
        self.locked = locked


def read(
    connection: Connection, do: Callable[[Cursor], _Value], schemas: Sequence[str] = ()
) -> _Value:
    """What something returns that reads in a neutral transaction; if a lock is busy, once more.

    Within the caller's transaction, it is done once.

    Args:
        do: may be called several times.
        schemas: what it reads, if that is known.

    Raises:
        TenantsLockedError, DatabaseError: another session keeps something locked; names that
            session.
    """
    for tries in range(1, TRIES + 1):
        try:
            with neutral(connection, read_only=True) as cursor:
                return do(cursor)
        except NO_LOCK as error:
            if in_transaction(connection):
                raise
            let_pass(connection, error, schemas, last=tries == TRIES)
    raise AssertionError("unreachable")


def rows(
    connection: Connection,
    query: str,
    parameters: Mapping[str, object] | Sequence[object] | None = None,
    schemas: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """The rows of a query; see `read`."""

    def ask(cursor: Cursor) -> list[tuple[Any, ...]]:
        cursor.execute(query, parameters)
        return cursor.fetchall()

    return read(connection, ask, schemas)


def let_pass(
    connection: Connection, error: psycopg2.Error, schemas: Sequence[str], *, last: bool
) -> None:
    """Wait a little for the session that holds the lock.

    Raises:
        TenantsLockedError, DatabaseError: it was the last try, or it took too long; names that
            session.
    """
    blockers = find_blockers(connection, schemas)
    if last or isinstance(error, psycopg2.errors.QueryCanceled):
        if locked := {its.schema: its for its in reversed(blockers) if its.schema in schemas}:
            raise TenantsLockedError(locked) from error
        why = blockers[0] if blockers else reason(error)
        raise DatabaseError(
            f"The tenants cannot be read: {why}.",
            "Try again when no other session keeps them locked.",
        ) from error
    time.sleep(PAUSE)
