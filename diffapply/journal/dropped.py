"""Owners, grants and sequence positions of objects that runs have dropped.

A shape says how to create such objects again. What each tenant's object had besides its structure
is written in the transaction that drops it, and read in the one that creates it again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.advice import reason
from diffapply.database.transaction import NEUTRAL, neutral
from diffapply.journal.payload import changed
from diffapply.journal.structure import permitted, statement, version

_SINCE = 3
"""The first version of the journal that has this."""

Thing = tuple[str, str]
"""Class and name of an object; see `owned.sql`."""


def remember_dropped(cursor: Cursor, run: int, had: str) -> bytes:
    """The statement that records what a run drops; the caller sends it with others.

    Args:
        cursor: used to quote values.
        run: the run that drops it.
        had: what `belongings.sql` found, as JSON; only dropped objects are recorded.
    """
    query = NEUTRAL + statement("remember_dropped")
    return cursor.mogrify(query, {"run": run, "kept": had})


def recall_dropped(
    cursor: Cursor,
    tenants: Iterable[str],
    undoes: Mapping[str, Sequence[int]],
    again: Collection[Thing],
    *,
    rights: bool,
) -> list[Mapping[str, Any]]:
    """What dropped objects of tenants had, in the form that `give_back.sql` takes.

    Args:
        cursor: inside a transaction; its search path changes.
        tenants: names of schemas.
        undoes: tenant → the runs that are undone.
        again: the objects that are created again.
        rights: give back owners and grants, too.

    Raises:
        JournalError: what is recorded was changed.
    """
    named = {
        **_steps(tenants, undoes),
        "classes": [its_class for its_class, _ in again],
        "names": [name for _, name in again],
        "rights": rights,
    }
    with _as_written():
        cursor.execute(NEUTRAL + statement("recall_dropped"), named)
    return [its for (its,) in cursor.fetchall()]


def remembered_dropped(
    connection: Connection, tenants: Collection[str], undoes: Mapping[str, Sequence[int]]
) -> dict[Thing, Sequence[str]]:
    """Object that is recorded for all of these tenants → roles it names that no longer exist.

    Args:
        connection: needs only to read.
        tenants: names of schemas.
        undoes: tenant → the runs that are undone.

    Raises:
        JournalError: the journal is newer than this diffapply, or what is recorded was changed.
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
        raise changed(
            "memory of what runs have dropped, diffapply.dropped.had,",
            "Delete the row, and what that run dropped comes back without its owner and grants.",
            f": {reason(error)}",
        ) from error


def _steps(tenants: Iterable[str], undoes: Mapping[str, Sequence[int]]) -> dict[str, list[object]]:
    steps = [(tenant, run) for tenant in tenants for run in undoes.get(tenant, ())]
    return {"tenants": [tenant for tenant, _ in steps], "runs": [run for _, run in steps]}
