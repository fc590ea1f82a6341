"""The order of locks: the tenant's own tables first and all at once, shared tables last.

So we hardly ever wait while we hold a lock on a shared table, which other tenants' sessions use.
And waiting times do not add up: either all of a tenant's tables are locked soon, or the tenant is
tried again later, and nobody queues behind us.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.foreign import written
from diffapply.database.limits import milliseconds
from diffapply.ddl.locks import STRENGTH
from diffapply.model.plan import Transition
from diffapply.model.statement import Statement
from diffapply.queries import query

WAITED = query("rollout/transaction", "waited")
"""Whether the statements sent with this one have waited: meanwhile, somebody could have created an
object in a tenant that the gate has not seen."""

NOBODY_CREATES = (
    "lock table pg_catalog.pg_proc, pg_catalog.pg_operator, pg_catalog.pg_type"
    " in share row exclusive mode"
)
"""While this lock is held, nobody in the database can create functions, operators or types.
Otherwise a stranger could create one after our check, which a name in our statements would mean.
Only a superuser can take the lock, and only a superuser needs it."""

_OWN = 2 / 3
_NEXT = 1 / 3
"""Parts of the time for locks: for all the tenant's own tables together, and for the first shared
table. A second shared table gets the same part of the rest. So all waits together take not much
longer than the given time, which is how long the tenant's users may have to wait for us."""


def lock_own(
    connection: Connection, tenants: Sequence[str], transition: Transition, timeout: float
) -> list[str]:
    """Statements that lock all tables of the tenants that the transition will lock.

    Args:
        connection: used to quote names.
        tenants: of the transition, and at its source.
        transition: what to do.
        timeout: seconds for all locks together.
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
    """All tables that the transition locks, qualified, with the lock mode."""
    outside = _strongest(transition.statements, own=False)
    return [*_own(connection, tenants, transition), *outside.items()]


def paced(statements: Sequence[Statement], timeout: float) -> Iterator[tuple[Statement, str]]:
    """Statements, each with a setting to change after it.

    Args:
        statements: in order.
        timeout: seconds for all locks.
    """
    hurry = f"set local lock_timeout = {milliseconds(timeout * _NEXT * _NEXT)}"
    for statement in statements:
        yield statement, hurry if statement.locks_outside else ""


def split(statements: Sequence[Statement]) -> tuple[Sequence[Statement], Sequence[Statement]]:
    """The statements before the first that locks a shared table, and the rest."""
    first = next((n for n, its in enumerate(statements) if its.locks_outside), len(statements))
    return statements[:first], statements[first:]


def _own(
    connection: Connection, tenants: Sequence[str], transition: Transition
) -> list[tuple[str, str]]:
    tables = sorted(_strongest(transition.statements, own=True).items())
    quoted = [written(sql.Identifier(tenant), connection) for tenant in tenants]
    return [(f"{tenant}.{table}", mode) for tenant in quoted for table, mode in tables]


def _strongest(statements: Sequence[Statement], *, own: bool) -> dict[str, str]:
    """Table → the strongest lock mode on it."""
    found: dict[str, str] = {}
    for lock in (lock for statement in statements for lock in statement.locks):
        if lock.own == own and STRENGTH[found.get(lock.table, lock.mode)] <= STRENGTH[lock.mode]:
            found[lock.table] = lock.mode
    return found
