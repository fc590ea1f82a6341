"""A connection of a run: opened when it is needed, and again after it was lost."""

from contextlib import suppress

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.connection import connect, end_lost_session
from diffapply.database.interruption import cut
from diffapply.database.transaction import in_transaction
from diffapply.errors import ConnectionFailedError
from diffapply.rollout.guard import run_name


class RunConnection:
    """Has at most one connection, named after the run.

    Args:
        url: libpq or SQLAlchemy URL.
        run: the run that it works for.
    """

    def __init__(self, url: str, run: int) -> None:
        self._url = url
        self._run = run
        self._connection: Connection | None = None
        self._process: int | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as known without using it."""
        return self._connection is not None and not self._connection.closed

    def connection(self) -> Connection:
        """The connection, in autocommit mode.

        Raises:
            ConnectionFailedError: no connection can be opened.
        """
        if self._connection is None or self._connection.closed:
            self._connection = connect(
                self._url, run_name(self._run), named=True, interruptible=False
            )
            try:
                end_lost_session(self._connection, self._process, run_name(self._run))
            except psycopg2.Error as error:  # a pooler has no free server connection
                self._connection.close()
                raise ConnectionFailedError(f"Cannot use the connection: {error}") from error
            self._process = self._connection.info.backend_pid
        return self._connection

    def cursor(self) -> Cursor:
        """A cursor on the connection; raises as `connection`."""
        return self.connection().cursor()

    def roll_back(self) -> None:
        """End the transaction, if there is one."""
        with suppress(psycopg2.Error):
            if self._connection is not None and self.connected and in_transaction(self._connection):
                with self.cursor() as cursor:
                    cursor.execute("rollback")

    def cancel(self) -> None:
        """Cancel the running statement, if there is one; may be called from another thread."""
        with suppress(psycopg2.Error):
            if self._connection is not None:
                self._connection.cancel()

    def cut(self, another: Connection) -> None:
        """End the session, whatever it runs; may be called from another thread.

        Args:
            another: a connection to the same database, which ends the session.
        """
        with suppress(psycopg2.Error):
            end_lost_session(another, self._process, run_name(self._run))
        if self._connection is not None:
            cut([self._connection])

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        with suppress(psycopg2.Error):
            if self._connection is not None:
                self._connection.close()
