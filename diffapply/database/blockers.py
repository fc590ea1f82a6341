"""Who holds the lock that we could not get."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.limits import FOR_AUTOVACUUM
from diffapply.database.pipeline import Pipeline
from diffapply.database.transaction import NEUTRAL, beginning
from diffapply.queries import query

_QUERY = query("database", "blockers")
_SINCE = query("database", "since")

# As LOCK TABLE writes them → as pg_locks writes those that they wait for.
_WEAKER = ("AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock")
_ALL = (*_WEAKER, "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
_CONFLICTS: dict[str, tuple[str, ...]] = {
    "SHARE UPDATE EXCLUSIVE": _ALL[3:],
    "SHARE": (*_ALL[2:4], *_ALL[5:]),
    "SHARE ROW EXCLUSIVE": _ALL[2:],
    "EXCLUSIVE": _ALL[1:],
    "ACCESS EXCLUSIVE": _ALL,
}


@dataclass(frozen=True, slots=True)
class Blocker:
    """A session that holds a lock we wait for.

    Attributes:
        schema: of the relation; empty if a tenant is locked, not a table.
        relation: with its schema, as SQL writes it; empty as well if a tenant is locked.
        own: the relation without its schema, if the schema is one of those asked for.
        mode: of the lock, as pg_locks writes it.
        process: its pid; None for a prepared transaction.
        session: what is known about it: application name, state and since when.
    """

    schema: str
    relation: str
    own: str | None
    mode: str
    process: int | None
    session: str

    def __str__(self) -> str:
        """Such as ``user_3.orders is locked by process 4711 (psql, active since 13:02:11 UTC)``."""
        return f"{self.relation} is locked by {self.holder}"

    @property
    def vacuums(self) -> bool:
        """Whether it may be a VACUUM: that lock does not stop anybody from reading or writing."""
        return self.mode == "ShareUpdateExclusiveLock"

    @property
    def holder(self) -> str:
        """The process, for people."""
        if self.process is None:
            return "a prepared transaction"
        return f"process {self.process} ({self.session})"


def find_blockers(
    connection: Connection,
    schemas: Sequence[str],
    wanted: Iterable[tuple[str, str]] = (),
    *,
    any_mode: bool = False,
) -> list[Blocker]:
    """Sessions that hold such locks now, the likeliest first; empty if nobody does any more.

    Rolls back the transaction of the connection, which has failed.

    Args:
        connection: ours, the one that waited for the lock.
        schemas: where it waited; locks in these schemas come first.
        wanted: relations, qualified and quoted, and lock modes as LOCK TABLE writes them. Empty:
            all locks that keep readers out.
        any_mode: without `wanted`, all other locks in the schemas, too.
    """
    return ask_for_blockers(connection, _QUERY, _values(schemas, wanted, any_mode=any_mode))


def find_blockers_within(
    connection: Connection, wanted: Iterable[tuple[str, str]]
) -> list[Blocker]:
    """The same in the transaction of a caller, which goes on; see `find_blockers`.

    Args:
        connection: in a transaction, with any search path; any driver's.
        wanted: relations and lock modes. Those that are not qualified are passed over.
    """
    return ask_for_blockers_within(connection, _QUERY, _values((), wanted))


def ask_for_blockers_within(
    connection: Connection, query: str, named: dict[str, object]
) -> list[Blocker]:
    """The same with another query, as in `ask_for_blockers`."""
    with Pipeline(connection) as work:
        work.run("savepoint diffapply_blockers", NEUTRAL)
        try:
            rows = work.ask(query.replace("{since}", _SINCE), named)
        except psycopg2.Error:
            rows = []
        work.run("rollback to savepoint diffapply_blockers", "release savepoint diffapply_blockers")
        work.send()
    return _blockers(rows)


def _values(
    schemas: Sequence[str], wanted: Iterable[tuple[str, str]], *, any_mode: bool = False
) -> dict[str, object]:
    pairs = [(name, its) for name, mode in wanted for its in _CONFLICTS[mode]]
    return {
        "schemas": list(schemas),
        "tables": [name for name, _ in pairs],
        "modes": [mode for _, mode in pairs],
        "any_mode": any_mode,
    }


def move_vacuum_aside(connection: Connection, relation: str) -> bool:
    """Wait until autovacuum gives a table up; returns whether it did.

    Autovacuum gives way to a session that waits longer than `deadlock_timeout`. We never wait so
    long while we hold a lock. Here we hold none, and wait for the lock mode that VACUUM has itself:
    nobody who reads or writes has to queue behind us.

    Args:
        connection: in no transaction.
        relation: with its schema, quoted.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{beginning()}{FOR_AUTOVACUUM}")
        try:
            cursor.execute(f"lock table only {relation} in share update exclusive mode")
        except psycopg2.Error:
            return False
        finally:
            if not connection.closed:
                cursor.execute("rollback")
    return True


def ask_for_blockers(connection: Connection, query: str, named: dict[str, object]) -> list[Blocker]:
    """The same with a query that returns what `blockers.sql` returns; see `find_blockers`.

    Args:
        query: has ``{since}`` in place of `since.sql`.
    """
    query = query.replace("{since}", _SINCE)
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"rollback; {beginning(read_only=True)}{query}", named)
            rows = cursor.fetchall()
        except psycopg2.Error:  # report the busy lock all the same, without who holds it
            rows = []
        finally:
            if not connection.closed:
                cursor.execute("rollback")
    return _blockers(rows)


def _blockers(rows: Iterable[tuple[Any, ...]]) -> list[Blocker]:
    return [
        Blocker(schema or "", relation or "", own, mode, process, _session(name, state, since))
        for schema, relation, own, _, mode, process, name, state, since in rows
    ]


def _session(name: str | None, state: str | None, since: str | None) -> str:
    known = [name] if name else []
    if state:
        known.append(f"{state} since {since} UTC" if since else state)
    else:
        known.append("its state is hidden from our role")
    return ", ".join(known)
