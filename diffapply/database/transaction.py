"""One transaction around a block, or the caller's if there is one."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extensions import connection as Connection


def in_transaction(connection: Connection) -> bool:
    """Whether statements belong to a transaction that the caller has to end."""
    idle = connection.info.transaction_status == TRANSACTION_STATUS_IDLE
    return not (connection.autocommit and idle)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of the block or nothing; within the caller's transaction, a part of that."""
    if in_transaction(connection):
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("begin isolation level read committed")
        try:
            yield
        except BaseException:
            if not connection.closed:
                cursor.execute("rollback")
            raise
        cursor.execute("commit")
