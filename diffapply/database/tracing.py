"""Logs statements with the time that they took, if anybody listens."""

import logging
import time
from collections.abc import Mapping, Sequence

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

_log = logging.getLogger("diffapply.sql")


def is_traced() -> bool:
    """Whether statements are logged."""
    return _log.isEnabledFor(logging.DEBUG)


class TracedCursor(Cursor):
    """Logs each statement with its values, its time, and how it ended."""

    def execute(
        self,
        query: str | bytes | sql.Composable,
        vars: Sequence[object] | Mapping[str, object] | None = None,  # noqa: A002 - psycopg2's
    ) -> None:
        """Execute a statement."""
        if not is_traced():
            super().execute(query, vars)
            return
        began = time.monotonic()
        ended = "failed"
        try:
            super().execute(query, vars)
            ended = f"{self.rowcount} rows" if self.rowcount >= 0 else "done"
        except psycopg2.Error as error:
            ended = f"failed ({error.diag.sqlstate or type(error).__name__})"
            raise
        finally:
            took = time.monotonic() - began
            process = 0 if self.connection.closed else self.connection.info.backend_pid
            text = (self.query or b"").decode(errors="replace")
            _log.debug("%8.4f s  pid %d  %s: %s", took, process, ended, text.strip())
