"""What a tenant holds, and what keeps it: sessions that use it, and what depends on it outside."""

from collections.abc import Sequence

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply import journal
from diffapply.database.blockers import find_blockers
from diffapply.database.transaction import neutral
from diffapply.errors import PermissionDeniedError, RefusedError, TenantError
from diffapply.model.listing import some_of
from diffapply.model.run import Holding
from diffapply.queries import query

_HOLDINGS = query("rollout/lifecycle", "holdings")
_HANGING = query("rollout/lifecycle", "hanging").replace("{standing}", query("catalog", "standing"))

_LARGEST = 100_000_000
"""Bytes of a table whose rows are counted; of larger ones they are estimated."""
_TOGETHER = 50
"""Tables whose rows one query counts: it locks all of them."""


def read_holdings(connection: Connection, names: Sequence[str]) -> tuple[Holding, ...]:
    """What each of these tenants holds, in the given order.

    Raises:
        PermissionDeniedError: the role may not drop one of them.
        RefusedError: one of them is in use.
        TenantError: somebody else has dropped one of them meanwhile.
    """
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_HOLDINGS, {"schemas": [*names], "largest": _LARGEST})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    holdings = []
    for name in names:
        if name not in found:
            raise TenantError(f"The tenant {name!r} was dropped meanwhile.")
        owner, tables, size, estimate, countable, rest = found[name]
        if owner is not None:
            raise PermissionDeniedError(
                f"The role may not drop {name!r}: {owner!r} owns the schema.",
                "Connect as that role.",
            )
        try:
            rows = _count(connection, countable or []) + rest
            exact = rest == 0 and len(countable or []) == tables
        except psycopg2.errors.InsufficientPrivilege:  # row security hides rows from the owner, too
            rows, exact = estimate, False
        except psycopg2.errors.LockNotAvailable:
            require_unused(connection, name)
            rows, exact = estimate, False
        holdings.append(Holding(name, tables, rows, size, exact=exact))
    return tuple(holdings)


def _count(connection: Connection, tables: Sequence[str]) -> int:
    counted = 0
    for start in range(0, len(tables), _TOGETHER):
        each = (f"select count(*) from only {table}" for table in tables[start : start + _TOGETHER])
        with neutral(connection, read_only=True) as cursor:
            cursor.execute("set local row_security = off")  # no policy runs anybody's code
            cursor.execute(" union all ".join(each))
            counted += sum(number for (number,) in cursor.fetchall())
    return counted


def require_unused(connection: Connection, name: str) -> None:
    """Refuse a tenant that a session uses now, or that something outside depends on.

    Raises:
        RefusedError: names the session, or what depends on it.
    """
    using = [its for its in find_blockers(connection, [name], any_mode=True) if its.schema == name]
    if not using and journal.exists(connection):
        using = journal.find_tenant_holders(connection, [name])
    for blocker in using:
        if not blocker.vacuums:
            where = str(blocker) if blocker.relation else f"it is locked by {blocker.holder}"
            raise RefusedError(
                f"The tenant {name!r} is in use: {where}.",
                "Stop the application's work in it, then try again.",
            )
    with neutral(connection, read_only=True) as cursor:
        require_nothing_hangs(cursor, name)


def require_nothing_hangs(cursor: Cursor, name: str) -> None:
    """Refuse a tenant with which something outside of it would go. Raises `RefusedError`."""
    cursor.execute(_HANGING, {"schema": name})
    hanging = [f"{sort} {identity}" for sort, identity in cursor.fetchall()]
    if hanging:
        raise RefusedError(
            f"The tenant {name!r} cannot be dropped: {some_of(hanging)} outside depends on it.",
            "Drop that first, or change what it depends on.",
        )
