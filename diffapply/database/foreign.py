"""Connections of other drivers, as far as our code uses one of psycopg2.

What runs in an application's transaction runs on the application's connection, whose driver may be
another one than ours. A `ForeignConnection` takes its place: it executes texts of several
statements, and returns the rows of the last one.
"""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.quoting import Values, filled, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Rows = list[tuple[Any, ...]]


class Driver(Protocol):
    """What another driver has to do. Its errors are `psycopg2.Error`, caused by its own."""

    @property
    def itself(self) -> object:
        """The driver's own connection."""

    @property
    def closed(self) -> bool:
        """Whether the connection is closed."""

    @property
    def autocommit(self) -> bool:
        """Whether each statement commits, unless a transaction was begun."""

    @property
    def transaction_status(self) -> int:
        """As libpq has it: one of psycopg2's `TRANSACTION_STATUS_…`."""

    @property
    def server_version(self) -> int:
        """As ``server_version_num``."""

    def run(self, before: str, query: str) -> Rows:
        """Execute statements, and then a query; returns its rows.

        Args:
            before: statements, perhaps with text of others in them; may be empty.
            query: our own statements, the last of which may return rows; may be empty.
        """


class ForeignConnection:
    """A connection of another driver, in place of one of psycopg2."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.cursor_factory: Callable[[ForeignConnection], ForeignCursor] = ForeignCursor

    @property
    def info(self) -> Driver:
        """Has the status of the transaction."""
        return self.driver

    @property
    def autocommit(self) -> bool:
        """Whether each statement commits, unless a transaction was begun."""
        return self.driver.autocommit

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self.driver.closed

    @property
    def server_version(self) -> int:
        """As ``server_version_num``."""
        return self.driver.server_version

    def cursor(self) -> "ForeignCursor":
        """A cursor whose rows are tuples."""
        return self.cursor_factory(self)

    @property
    def as_ours(self) -> Connection:
        """The same, for code that says that it works on psycopg2's."""
        return cast("Connection", self)


def is_foreign(connection: object) -> bool:
    """Whether it is a connection of another driver, whatever its type says."""
    return isinstance(connection, ForeignConnection)


def connection_itself(connection: Connection) -> object:
    """The driver's connection."""
    itself: object = connection
    return itself.driver.itself if isinstance(itself, ForeignConnection) else itself


def written(what: sql.Composable, connection: Connection) -> str:
    """Composed SQL as text, for any connection that we work on."""
    return rendered(what) if is_foreign(connection) else what.as_string(connection)


class ForeignCursor:
    """Executes statements, and keeps the rows of the last one."""

    def __init__(self, connection: ForeignConnection) -> None:
        self.connection = connection
        self._rows: Rows = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._rows = []

    def mogrify(self, query: str | bytes | sql.Composable, values: Values = None) -> bytes:
        """The text of a query with its values."""
        if isinstance(query, bytes):
            return query
        text = rendered(query) if isinstance(query, sql.Composable) else query
        return filled(text, values).encode()

    def execute(
        self, query: str | bytes | sql.Composable, values: Values = None, *, before: bytes = b""
    ) -> None:
        """Execute a query, after other statements."""
        text = self.mogrify(query, values).decode()
        self._rows = self.connection.driver.run(before.decode(), text)

    def __iter__(self) -> "Iterator[tuple[Any, ...]]":
        return iter(self.fetchall())

    def fetchall(self) -> Rows:
        """The rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, if there is one."""
        return self._rows.pop(0) if self._rows else None


class Diagnostics:
    """What PostgreSQL said of an error; what it did not say is None."""

    def __init__(self, said: dict[str, str | None]) -> None:
        self._said = said

    def __getattr__(self, name: str) -> str | None:
        return self._said.get(name)


def as_ours(sqlstate: str | None, message: str, said: dict[str, str | None]) -> psycopg2.Error:
    """An error of another driver as psycopg2 would raise it.

    Args:
        sqlstate: PostgreSQL's code; None: the connection was lost.
        message: all that the driver says.
        said: PostgreSQL's fields, by their names in psycopg2's `Diagnostics`.
    """
    kind: type[psycopg2.Error] = psycopg2.OperationalError
    if sqlstate is not None:
        try:
            kind = psycopg2.errors.lookup(sqlstate)
        except KeyError:
            kind = psycopg2.DatabaseError
    error = _with_diagnostics(kind)(message)
    vars(error).update(its_code=sqlstate, its_diag=Diagnostics(said))
    return error


def _with_diagnostics(kind: type[psycopg2.Error]) -> type[psycopg2.Error]:
    """The same kind of error, which knows what another driver has told; psycopg2's cannot be."""
    return type(
        kind.__name__,
        (kind,),
        {
            "pgcode": property(lambda self: self.its_code),
            "diag": property(lambda self: self.its_diag),
        },
    )
