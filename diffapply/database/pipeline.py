"""Sends statements that need no answer together with the next query.

A round trip takes longer than most statements. So a statement that needs no answer waits. The next
query on the connection takes it along, also if other code runs that query, such as a reader of
catalogs. An error of a statement that waited is raised there.
"""

from functools import partial
from types import TracebackType
from typing import Any, Self, cast

from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.foreign import ForeignConnection, ForeignCursor, is_foreign
from diffapply.database.tracing import TracedCursor

Sendable = str | bytes | sql.Composable


class Pipeline:
    """In the block, all cursors of a connection send what waits with their next statement.

    Their rows are tuples, whatever the caller's cursors return. Statements that still wait at the
    end of the block are never sent.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        make: Any = _ForeignCursor if is_foreign(connection) else _Cursor
        self._make = partial(make, self)
        self.cursor = cast("Cursor", self._make(connection))
        self._waiting: list[bytes] = []
        self._factory = connection.cursor_factory

    def __enter__(self) -> Self:
        """Make new cursors of the connection send what waits."""
        self.connection.cursor_factory = self._make
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the connection its own cursors back."""
        self.connection.cursor_factory = self._factory

    def run(self, *statements: Sendable) -> None:
        """Let statements wait, with or without a semicolon; they run before the next query."""
        # The new line ends a comment at the end of a statement.
        self._waiting += [self.cursor.mogrify(statement) + b"\n;\n" for statement in statements]

    def send(self) -> None:
        """Send what waits now."""
        if self._waiting:
            self.cursor.execute("")

    def ask(self, query: Sendable, values: Any = None) -> list[tuple[Any, ...]]:  # noqa: ANN401 - psycopg2's
        """The rows of a query, after what waits."""
        self.cursor.execute(query, values)
        return self.cursor.fetchall()

    def take(self) -> bytes:
        """Remove what waits, and return it."""
        waiting = b"".join(self._waiting)
        self._waiting.clear()
        return waiting


class _Cursor(TracedCursor):
    """Sends what waits before each statement."""

    def __init__(self, pipeline: Pipeline, connection: Connection, name: str | None = None) -> None:
        super().__init__(connection, name)
        self._pipeline = pipeline

    def execute(self, query: Sendable, values: Any = None) -> None:  # noqa: ANN401 - psycopg2's
        """Execute a statement, after what waits."""
        if waiting := self._pipeline.take():
            # psycopg2 refuses an empty text; see `Pipeline.send`.
            query, values = waiting + (self.mogrify(query, values) if query else b""), None
        super().execute(query, values)


class _ForeignCursor(ForeignCursor):
    """The same on a connection of another driver."""

    def __init__(self, pipeline: Pipeline, connection: ForeignConnection) -> None:
        super().__init__(connection)
        self._pipeline = pipeline

    def execute(self, query: Sendable, values: Any = None, *, before: bytes = b"") -> None:  # noqa: ANN401
        """Execute a statement, after what waits."""
        text = self.mogrify(query, values)
        super().execute(text, before=self._pipeline.take() + before)
