"""The locks that a transition takes: the tenant's own first and all at once, others' last.

So nothing is waited for while a table is locked that other tenants' sessions use, but another one
of those, hardly. And waits do not add up: either a tenant's tables are had soon, all of them, or it
is put off, and nobody waits behind it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.limits import milliseconds
from diffapply.hazards.observation import STRENGTH
from diffapply.model.plan import Statement, Transition

WAITED = """select pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()
    operator(pg_catalog.-) pg_catalog.statement_timestamp()) operator(pg_catalog.>) 0.005"""
"""Whether the statements that were sent with this one have waited for anybody: for so long somebody
could make something in a tenant that the gate has not seen."""

NOBODY_CREATES = (
    "lock table pg_catalog.pg_proc, pg_catalog.pg_operator, pg_catalog.pg_type"
    " in share row exclusive mode"
)
"""Keeps everybody in the database from making functions, operators and types, which a name in the
statements that follow could mean: where strangers may make some, code of theirs could run that
came up after we looked. To lock these takes a superuser, whom alone it could serve them."""

_OWN = 2 / 3
_NEXT = 1 / 3
"""Of the time for locks: what the tenant's own may take all together, and what is left for the
first table of others. A second one gets as little of that, so that all waits together take not
much more than the time that was given: for so long whoever uses the tenant may wait for us."""


def lock_own(
    connection: Connection, tenants: Sequence[str], transition: Transition, timeout: float
) -> list[str]:
    """Statements that lock all that the transition will lock of the tenants' own.

    Args:
        connection: knows how names are quoted.
        tenants: of the transition, and at its source.
        transition: what is to be done.
        timeout: seconds for all locks; they may take most of it, all together.
    """
    by_mode: dict[str, list[str]] = defaultdict(list)
    for name, mode in _own(connection, tenants, transition):
        by_mode[mode].append(name)
    if not by_mode:
        return []
    return [
        f"set local statement_timeout = {milliseconds(timeout * _OWN / len(by_mode))}",
        *(
            f"lock table {', '.join(f'only {name}' for name in names)} in {mode} mode"
            for mode, names in sorted(by_mode.items(), key=lambda its: -STRENGTH[its[0]])
        ),
        "set local statement_timeout to default",
        f"set local lock_timeout = {milliseconds(timeout * _NEXT)}",
    ]


def wanted_locks(
    connection: Connection, tenants: Sequence[str], transition: Transition
) -> list[tuple[str, str]]:
    """All tables that the transition locks, with their schemas, and how strongly."""
    outside = _strongest(transition.statements, own=False)
    return [*_own(connection, tenants, transition), *outside.items()]


def paced(statements: Sequence[Statement], timeout: float) -> Iterator[tuple[Statement, str]]:
    """Statements, each with what is to be set after it.

    Args:
        statements: in their order.
        timeout: seconds for all locks.
    """
    hurry = f"set local lock_timeout = {milliseconds(timeout * _NEXT * _NEXT)}"
    for statement in statements:
        yield statement, hurry if statement.locks_outside else ""


def split(statements: Sequence[Statement]) -> tuple[Sequence[Statement], Sequence[Statement]]:
    """Those before the first that locks a table of others, and the rest."""
    first = next((n for n, its in enumerate(statements) if its.locks_outside), len(statements))
    return statements[:first], statements[first:]


def _own(
    connection: Connection, tenants: Sequence[str], transition: Transition
) -> list[tuple[str, str]]:
    tables = sorted(_strongest(transition.statements, own=True).items())
    quoted = [sql.Identifier(tenant).as_string(connection) for tenant in tenants]
    return [(f"{tenant}.{table}", mode) for tenant in quoted for table, mode in tables]


def _strongest(statements: Sequence[Statement], *, own: bool) -> dict[str, str]:
    """Table → the strongest lock that is taken on it."""
    found: dict[str, str] = {}
    for lock in (lock for statement in statements for lock in statement.locks):
        if lock.own == own and STRENGTH[found.get(lock.table, lock.mode)] <= STRENGTH[lock.mode]:
            found[lock.table] = lock.mode
    return found
