"""psycopg 3 and asyncpg, as `diffapply.database.foreign` wants a driver.

And psycopg2, where its own way to write values would not do.

What is asynchronous is awaited in a greenlet, as SQLAlchemy does it: see `in_greenlet`. Nothing
stays on the connection, no prepared statement either.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import (
    TRANSACTION_STATUS_IDLE,
    TRANSACTION_STATUS_INTRANS,
    Diagnostics,
)
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.foreign import Rows, as_ours

if TYPE_CHECKING:
    import asyncpg
    import psycopg

_FIELDS = tuple(name for name in dir(Diagnostics) if not name.startswith("_"))
"""All that PostgreSQL says of an error, as psycopg2 names it, and psycopg 3, too."""

_IN_ASYNCPG = {
    "message_primary": "message",
    "message_detail": "detail",
    "message_hint": "hint",
    "statement_position": "position",
    "datatype_name": "data_type_name",
    "severity_nonlocalized": "severity_en",
    "source_file": "server_source_filename",
    "source_line": "server_source_line",
    "source_function": "server_source_function",
}
"""Those that have another name there."""


class PsycopgDriver:
    """A connection of psycopg 3, asynchronous or not."""

    def __init__(
        self, connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]"
    ) -> None:
        self.itself = connection

    @property
    def closed(self) -> bool:
        """Whether the connection is closed."""
        return self.itself.closed

    @property
    def autocommit(self) -> bool:
        """Whether each statement commits, unless a transaction was begun."""
        return self.itself.autocommit

    @property
    def transaction_status(self) -> int:
        """As libpq has it."""
        return int(self.itself.info.transaction_status)

    @property
    def server_version(self) -> int:
        """As ``server_version_num``."""
        return self.itself.info.server_version

    def run(self, before: str, query: str) -> Rows:
        """Execute all of it in one message."""
        import psycopg  # noqa: PLC0415 - loaded already, by whoever made the connection
        from psycopg.rows import tuple_row  # noqa: PLC0415

        # A plain cursor: the caller's own may return other rows.
        kinds = (psycopg.Cursor, psycopg.AsyncCursor)
        kind: Any = kinds[isinstance(self.itself, psycopg.AsyncConnection)]
        text = (before + query).encode(self.itself.info.encoding)
        with _told(psycopg.Error, _psycopg_said):
            cursor = kind(self.itself, row_factory=tuple_row)
            # Without values and not prepared, psycopg sends a text of many statements as it is.
            _done(cursor.execute(text, prepare=False))
            while cursor.nextset():
                pass
            rows = _done(cursor.fetchall()) if cursor.description else []
            _done(cursor.close())
        return list(rows)


class Psycopg2Driver:
    """A connection of psycopg2 whose session began with standard_conforming_strings = off.

    It writes values for that session as long as it lasts, and we change the setting.
    """

    def __init__(self, connection: Connection) -> None:
        self.itself = connection

    @property
    def closed(self) -> bool:
        """Whether the connection is closed."""
        return bool(self.itself.closed)

    @property
    def autocommit(self) -> bool:
        """Whether each statement commits, unless a transaction was begun."""
        return self.itself.autocommit

    @property
    def transaction_status(self) -> int:
        """As libpq has it."""
        return self.itself.info.transaction_status

    @property
    def server_version(self) -> int:
        """As ``server_version_num``."""
        return self.itself.server_version

    def run(self, before: str, query: str) -> Rows:
        """Execute all of it in one message."""
        # A plain cursor: the caller's own may return other rows.
        with self.itself.cursor(cursor_factory=Cursor) as cursor:
            cursor.execute(before + query)
            return cursor.fetchall() if cursor.description else []


class AsyncpgDriver:
    """A connection of asyncpg, or one that its pool has lent."""

    autocommit = True
    """It begins no transaction by itself."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self.itself = connection

    @property
    def closed(self) -> bool:
        """Whether the connection is closed."""
        return bool(self.itself.is_closed())

    @property
    def transaction_status(self) -> int:
        """As libpq has it, as far as asyncpg tells it."""
        within = self.itself.is_in_transaction()
        return TRANSACTION_STATUS_INTRANS if within else TRANSACTION_STATUS_IDLE

    @property
    def server_version(self) -> int:
        """As ``server_version_num``."""
        version = self.itself.get_server_version()
        return int(version.major * 10000 + version.minor)

    def run(self, before: str, query: str) -> Rows:
        """Execute it in two messages or three: asyncpg returns rows of single statements only."""
        import asyncpg  # noqa: PLC0415 - loaded already, by whoever made the connection
        import pglast  # noqa: PLC0415 - takes long, and no other driver needs it

        *first, last = pglast.split(query, with_parser=False) if query.strip() else [""]
        text = ";\n".join([*([before] if before else []), *first])
        with _told((asyncpg.PostgresError, asyncpg.InterfaceError, OSError), _asyncpg_said):
            if text:
                _done(self.itself.execute(text))
            if not last:
                return []
            # Without a name, it is gone with the next one.
            statement = _done(self.itself.prepare(last, name=""))
            return [tuple(row) for row in _done(statement.fetch())]


@contextmanager
def _told(
    kinds: type[Exception] | tuple[type[Exception], ...],
    said: Callable[[Any], tuple[str | None, dict[str, str | None]]],
) -> Iterator[None]:
    """Raise a driver's errors as psycopg2 would, with the driver's own as the cause."""
    try:
        yield
    except kinds as error:
        raise as_ours(said(error)[0], str(error), said(error)[1]) from error


def _psycopg_said(error: "psycopg.Error") -> tuple[str | None, dict[str, str | None]]:
    return error.sqlstate, {name: getattr(error.diag, name) for name in _FIELDS}


def _asyncpg_said(error: Exception) -> tuple[str | None, dict[str, str | None]]:
    fields = {name: getattr(error, _IN_ASYNCPG.get(name, name), None) for name in _FIELDS}
    return getattr(error, "sqlstate", None), fields


def _done(result: Any) -> Any:  # noqa: ANN401 - what a driver returns
    """The result, awaited if it has to be."""
    if not inspect.isawaitable(result):
        return result
    from sqlalchemy.util import await_only  # noqa: PLC0415 - only where something is asynchronous

    return await_only(result)


async def in_greenlet(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the work returns
    """Do synchronous work that awaits in between; see `_done`."""
    from sqlalchemy.util import greenlet_spawn  # noqa: PLC0415 - see above

    return await greenlet_spawn(work)
