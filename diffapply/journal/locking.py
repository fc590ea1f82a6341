"""Locks on what is in the journal: of tenants, and of an apply that goes on.

Whoever may log in may hold any advisory lock there is; but only who may write the journal may lock
what is in it. The locks belong to a transaction, so that they also hold behind a pooler in
transaction mode and end with it, even when the client is killed.
"""

from collections.abc import Sequence

from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.blockers import Blocker, ask_for_blockers
from diffapply.database.transaction import neutral
from diffapply.journal.structure import permitted, statement

LOCK_GUARD = "lock table diffapply.guard in exclusive mode nowait"
"""Keeps a second apply out; it takes neither a snapshot nor a transaction's id."""


def know_tenants(connection: Connection, schemas: Sequence[str]) -> None:
    """Make sure that there is something to lock for each of these tenants.

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
    """Take tenants for the rest of the transaction, if nobody else has one of them.

    Args:
        cursor: inside a transaction with a neutral search path.
        schemas: the names of tenants that the journal knows.

    Returns:
        Whether all were had.
    """
    locks = sql.SQL(statement("lock_tenants")).format(names=sql.Literal(list(schemas)))
    had = sql.SQL("select current_setting('search_path') = 'pg_catalog'")
    cursor.execute(locks + had)
    [(locked,)] = cursor.fetchall()
    return bool(locked)


def find_tenant_holders(connection: Connection, schemas: Sequence[str]) -> list[Blocker]:
    """Who has tenants locked; see `find_blockers`."""
    return ask_for_blockers(connection, statement("tenant_holders"), {"tenants": list(schemas)})
