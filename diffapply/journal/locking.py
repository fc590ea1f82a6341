"""Locks of tenants, and of an apply that is running: on objects of the journal.

Not advisory locks, which any role can take; only roles that may write to the journal can lock what
is in it. The locks belong to a transaction: they also work behind a pooler in transaction mode, and
end with the transaction, even if the client is killed.
"""

from collections.abc import Sequence

from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.blockers import Blocker, ask_for_blockers, ask_for_blockers_within
from diffapply.database.transaction import neutral
from diffapply.journal.structure import permitted, statement

LOCK_GUARD = "lock table diffapply.guard in exclusive mode nowait"
"""Keeps a second apply out. Needs neither a snapshot nor a transaction id."""


def know_tenants(connection: Connection, schemas: Sequence[str]) -> None:
    """Make sure that each of these tenants has a row that can be locked.

    Raises:
        PermissionDeniedError: the role may not write to the journal.
    """
    with permitted("write to"), neutral(connection) as cursor:
        cursor.execute(
            "insert into diffapply.tenant (name) select distinct unnest(%s::text[]) order by 1 "
            "on conflict do nothing",
            [list(schemas)],
        )


def try_tenant_locks(cursor: Cursor, schemas: Sequence[str]) -> bool:
    """Lock tenants for the rest of the transaction, if nobody else has locked one of them.

    Args:
        cursor: in a transaction with a neutral search path.
        schemas: the names of tenants that the journal knows.

    Returns:
        Whether all are locked.
    """
    locks = sql.SQL(statement("lock_tenants")).format(names=sql.Literal(list(schemas)))
    had = sql.SQL("select current_setting('search_path') = 'pg_catalog'")
    cursor.execute(locks + had)
    [(locked,)] = cursor.fetchall()
    return bool(locked)


def find_tenant_holders(connection: Connection, schemas: Sequence[str]) -> list[Blocker]:
    """Who has locked these tenants; see `find_blockers`."""
    return ask_for_blockers(connection, statement("tenant_holders"), {"tenants": list(schemas)})


def find_tenant_holders_within(connection: Connection, schemas: Sequence[str]) -> list[Blocker]:
    """The same in the transaction of a caller; see `find_blockers_within`."""
    named: dict[str, object] = {"tenants": list(schemas)}
    return ask_for_blockers_within(connection, statement("tenant_holders"), named)
