"""What the journal remembers of objects that runs have dropped: whose they were, and more.

A shape says how to make them again. What each tenant's own had beside its structure is written in
the transaction that drops it, and read in the one that makes it again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.transaction import NEUTRAL_PATH, neutral
from diffapply.journal.payload import altered
from diffapply.journal.structure import permitted, statement, version

_SINCE = 3
"""The version of the journal that brought it."""

Thing = tuple[str, str]
"""Class and name; see `owned.sql`."""


def remember_dropped(cursor: Cursor, run: int, had: str) -> bytes:
    """The statement that remembers what a run drops, to travel with others in one round trip.

    Args:
        cursor: knows how its connection wants values to be written.
        run: the run that drops it.
        had: what `belongings.sql` found, as JSON; of that, only what goes.
    """
    query = NEUTRAL_PATH + statement("remember_dropped")
    return cursor.mogrify(query, {"run": run, "kept": had})


def recall_dropped(
    cursor: Cursor,
    tenants: Iterable[str],
    undoes: Mapping[str, Sequence[int]],
    again: Collection[Thing],
    *,
    rights: bool,
) -> list[object]:
    """What had been dropped of tenants, in the form in which `give_back.sql` takes it.

    Args:
        cursor: inside a transaction; its search path is another one afterwards.
        tenants: names of schemas.
        undoes: tenant → the runs that are taken back.
        again: what is made again.
        rights: whether owners and grants are given back of what may have grants.

    Raises:
        JournalError: what is remembered was altered.
    """
    named = {
        **_steps(tenants, undoes),
        "classes": [its_class for its_class, _ in again],
        "names": [name for _, name in again],
        "rights": rights,
    }
    with _as_written():
        cursor.execute(NEUTRAL_PATH + statement("recall_dropped"), named)
    return [its for (its,) in cursor.fetchall()]


def remembered_dropped(
    connection: Connection, tenants: Collection[str], undoes: Mapping[str, Sequence[int]]
) -> dict[Thing, Sequence[str]]:
    """What is remembered in all of these tenants → roles that it had to do with, and are gone.

    Args:
        connection: may only read.
        tenants: names of schemas.
        undoes: tenant → the runs that are taken back.

    Raises:
        JournalError: the journal is newer than this diffapply, or what is remembered was altered.
        PermissionDeniedError: the role may not read it.
    """
    if version(connection) < _SINCE:
        return {}
    with permitted("read"), _as_written(), neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("remembered_dropped"), _steps(tenants, undoes))
        return {
            (its_class, name): gone
            for its_class, name, count, gone in cursor.fetchall()
            if count == len(tenants)
        }


@contextmanager
def _as_written() -> Iterator[None]:
    """The statements say which types they take what is remembered for."""
    try:
        yield
    except psycopg2.DataError as error:
        raise altered(
            "memory of what runs have dropped, diffapply.dropped.had,",
            "Delete the row, and what that run dropped comes back without its owner and grants.",
            f": {error.diag.message_primary}",
        ) from error


def _steps(tenants: Iterable[str], undoes: Mapping[str, Sequence[int]]) -> dict[str, list[object]]:
    steps = [(tenant, run) for tenant in tenants for run in undoes.get(tenant, ())]
    return {"tenants": [tenant for tenant, _ in steps], "runs": [run for _, run in steps]}
