"""One transaction around a block, or the caller's if there is one; names in it are PostgreSQL's.

Tenants, and whoever may create in a schema of the search path, can have functions and operators
of any name. In a transaction of ours only `pg_catalog` is on the path, from the message on that
begins it: so none of theirs is ever called for one that our statements name. The path is LOCAL to
the transaction, as everything that we set on the live database: a pooler may hand the connection
to the application next.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.limits import WHILE_READING

NEUTRAL_PATH = "set local search_path = pg_catalog, pg_temp;"
"""Temporary objects, which are searched first unless the path says otherwise, come last."""


def in_transaction(connection: Connection) -> bool:
    """Whether statements belong to a transaction that the caller has to end."""
    idle = connection.info.transaction_status == TRANSACTION_STATUS_IDLE
    return not (connection.autocommit and idle)


@contextmanager
def neutral(connection: Connection, *, read_only: bool = False) -> Iterator[Cursor]:
    """A cursor in a transaction in which names mean PostgreSQL's own: all of the block or nothing.

    Within the caller's transaction it is a part of that, and the search path stays neutral after
    it.

    Args:
        connection: psycopg2's.
        read_only: whether the block writes nothing; said to the server, unless the transaction is
            the caller's.
    """
    with connection.cursor() as cursor:
        if in_transaction(connection):
            cursor.execute(NEUTRAL_PATH)
            yield cursor
            return
        cursor.execute(beginning(read_only=read_only))
        try:
            yield cursor
        except BaseException:
            if not connection.closed:
                cursor.execute("rollback")
            raise
        cursor.execute("commit")


def beginning(*, read_only: bool = False) -> str:
    """The statements that begin a neutral transaction, whatever the database's defaults are.

    One that only reads waits for nobody for long.
    """
    if read_only:
        return f"begin isolation level read committed, read only;{NEUTRAL_PATH}{WHILE_READING}"
    return f"begin isolation level read committed;{NEUTRAL_PATH}"
