"""Ends what takes too long on a connection on which code of others may run.

That code could undo any limit that PostgreSQL keeps, and may catch that it is cancelled. So it is
timed here, cancelled, and if that does not help, the connection is cut.
"""

import time
from collections.abc import Mapping, Sequence
from threading import Thread
from weakref import WeakKeyDictionary

from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.interruption import cancel, cut

PATIENCE = 60.0
"""Seconds that a statement may take."""
_GRACE = 2.0
"""Seconds after which it is not asked any more."""
_LOOK_SECONDS = 0.2

_begun: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
"""Connections on which something runs now → since when."""


class _TimedCursor(Cursor):
    """Says when a statement begins and ends."""

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
    """The connection, on which from now on nothing takes longer than `PATIENCE`."""
    connection.cursor_factory = _TimedCursor
    Thread(target=_watch, args=(connection,), daemon=True).start()
    return connection


def is_timed(connection: Connection) -> bool:
    """Whether it is."""
    return connection.cursor_factory is _TimedCursor


def _watch(connection: Connection) -> None:
    while not connection.closed:
        time.sleep(_LOOK_SECONDS)
        taken = time.monotonic() - _begun.get(connection, time.monotonic())
        if taken > PATIENCE + _GRACE:
            cut([connection])
        elif taken > PATIENCE:
            cancel([connection])
