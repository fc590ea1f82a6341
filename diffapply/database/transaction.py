"""Transactions for our own queries, with pg_catalog alone on the search path.

A tenant's role can create functions and operators of any name. The message that begins our
transaction also sets the path to `pg_catalog`, so that our statements never call one of those; and
settings of the database or the role under which our texts would mean something else. All of that is
LOCAL to the transaction, like everything that we set on the live database: a pooler may give the
connection to the application next.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.limits import WHILE_READING

NEUTRAL = (
    "set local search_path = pg_catalog, pg_temp;"
    "set local standard_conforming_strings = on;"
    "set local array_nulls = on;"
    "set local transform_null_equals = off;"
    "set local quote_all_identifiers = off;"
)
"""pg_temp is named last, because PostgreSQL searches it first if it is not named.

The settings hold from the next message on: PostgreSQL reads all of a message before it runs any."""


def in_transaction(connection: Connection) -> bool:
    """Whether a transaction is open, which its caller has to end."""
    idle = connection.info.transaction_status == TRANSACTION_STATUS_IDLE
    return not (connection.autocommit and idle)


@contextmanager
def neutral(connection: Connection, *, read_only: bool = False) -> Iterator[Cursor]:
    """A cursor in a transaction in which names mean PostgreSQL's own objects.

    The block is done completely or not at all. If the caller has a transaction already, the block
    becomes a part of it, and the search path stays neutral afterwards.

    Args:
        connection: psycopg2's.
        read_only: make the transaction read-only, unless it is the caller's.
    """
    with connection.cursor() as cursor:
        if in_transaction(connection):
            cursor.execute(NEUTRAL)
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
    """The statements that begin a neutral transaction, independent of the database's defaults.

    A read-only one has time limits; see `limits`.
    """
    if read_only:
        return f"begin isolation level read committed, read only;{NEUTRAL}{WHILE_READING}"
    return f"begin isolation level read committed;{NEUTRAL}"
