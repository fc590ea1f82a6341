"""Ends statements that take too long on a connection that may run other people's code.

Such code could change PostgreSQL's own timeouts and ignore a cancel request. So the time is taken
here; the statement is cancelled, and if that does not help, the connection is cut.
"""

import time
from collections.abc import Mapping, Sequence
from threading import Thread
from weakref import WeakKeyDictionary

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.interruption import end_queries
from diffapply.database.tracing import TracedCursor

PATIENCE = 60.0
"""Seconds that a statement may take."""
_LOOK_SECONDS = 0.2

_begun: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
"""Connections with a statement running → since when."""


class _TimedCursor(TracedCursor):
    """Records when a statement begins and ends."""

    def execute(
        self,
        query: str | bytes | sql.Composable,
        vars: Sequence[object] | Mapping[str, object] | None = None,  # noqa: A002 - psycopg2's
    ) -> None:
        _begun[self.connection] = time.monotonic()
        try:
            super().execute(query, vars)
        finally:
            _begun.pop(self.connection, None)


def timed(connection: Connection) -> Connection:
    """The connection; from now on, no statement on it takes longer than `PATIENCE`."""
    connection.cursor_factory = _TimedCursor
    Thread(target=_watch, args=(connection,), daemon=True).start()
    return connection


def is_timed(connection: Connection) -> bool:
    """Whether `timed` was applied to the connection."""
    return connection.cursor_factory is _TimedCursor


def _watch(connection: Connection) -> None:
    while not connection.closed:
        time.sleep(_LOOK_SECONDS)
        taken = time.monotonic() - _begun.get(connection, time.monotonic())
        if taken > PATIENCE:
            end_queries([connection], taken - PATIENCE)
