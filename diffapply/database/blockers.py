"""Who holds the lock that we could not have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.limits import FOR_AUTOVACUUM
from diffapply.database.transaction import beginning
from diffapply.queries import query

_QUERY = query("database", "blockers")

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
    """A session that is in our way.

    Attributes:
        schema: of the relation; empty where a tenant is locked, and no table.
        relation: with its schema, as SQL writes it; likewise.
        own: the relation as SQL writes it in its schema, if that is one of those asked for.
        mode: of its lock, as pg_locks writes it.
        process: its pid; None for a prepared transaction.
        session: what is known of it: application name, state and since when.
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
        """Whether its lock is the one that VACUUM takes, which keeps nobody from his rows."""
        return self.mode == "ShareUpdateExclusiveLock"

    @property
    def holder(self) -> str:
        """Who it is."""
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
    """Who is in the way now, the likeliest first; empty if nobody is any more.

    The transaction that the connection is in, which has failed, is rolled back.

    Args:
        connection: ours, on which a lock was waited for.
        schemas: where that was; locks there are named first.
        wanted: relations, with their schemas and quoted, and modes as LOCK TABLE has them. Empty:
            whatever is locked against readers.
        any_mode: without `wanted`, whatever else is locked in the schemas.
    """
    pairs = [(name, its) for name, mode in wanted for its in _CONFLICTS[mode]]
    return ask_for_blockers(
        connection,
        _QUERY,
        {
            "schemas": list(schemas),
            "tables": [name for name, _ in pairs],
            "modes": [mode for _, mode in pairs],
            "any_mode": any_mode,
        },
    )


def move_vacuum_aside(connection: Connection, relation: str) -> bool:
    """Whether a table is free of VACUUM: autovacuum gives way to who waits for long enough.

    That is longer than we wait while we hold anything. Here nothing is held, and what is waited
    for is no more than VACUUM's own lock: nobody who reads or writes waits behind that.

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
    """Who is in the way, as a query of the form of `blockers.sql` says; see `find_blockers`."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"rollback; {beginning(read_only=True)}{query}", named)
            rows = cursor.fetchall()
        except psycopg2.Error:  # then it is not known; why the lock was not had, is
            rows = []
        finally:
            if not connection.closed:
                cursor.execute("rollback")
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
