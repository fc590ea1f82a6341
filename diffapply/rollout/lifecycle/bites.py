"""The objects of a schema in bites: as many at once as the lock table has room for.

DROP locks everything that it drops, until the transaction ends. All sessions share one lock table,
of 6,400 locks on a default server.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor

from diffapply.queries import query

_QUERY = query("rollout/lifecycle", "bites")

_SHARE = 4
"""A bite takes at most one of so many parts of the lock table."""
_MOST = 1_000
"""Locks for one bite, however large the lock table is."""

_CAPACITY = query("rollout/lifecycle", "lock_capacity")


@dataclass(frozen=True, slots=True)
class Bite:
    """Some objects of a schema, to be dropped in one transaction.

    Attributes:
        tables: names to be locked first, with their schema, quoted.
        statements: drop them, and what depends on them.
    """

    tables: tuple[str, ...]
    statements: tuple[str, ...]


def bites(cursor: Cursor, schema: str) -> list[Bite]:
    """All objects of a schema that are worth a bite; the rest goes with the schema.

    Args:
        cursor: in a transaction with a neutral search path.
    """
    cursor.execute(_CAPACITY)
    [(capacity,)] = cursor.fetchall()
    cursor.execute(_QUERY, {"schema": schema})
    return [*_bitten(cursor.fetchall(), min(capacity // _SHARE, _MOST))]


def _bitten(rows: Sequence[tuple[str, str, bool, int]], room: int) -> Iterable[Bite]:
    tables: list[str] = []
    statements: list[str] = []
    taken = 0
    for kind, identity, is_table, locks in rows:
        if statements and taken + locks > room:
            yield Bite(tuple(tables), tuple(statements))
            tables, statements, taken = [], [], 0
        tables += [identity] if is_table else []
        statements.append(f"drop {kind} if exists {identity} cascade")
        taken += locks
    yield Bite(tuple(tables), tuple(statements))
