"""Statements that wait for the next one whose answer is wanted, and travel with it.

An exchange with the server takes longer than many a statement. So who has nothing to ask lets
statements wait; whoever asks something on that connection next, a reader of catalogs that knows
nothing of it included, sends both. What PostgreSQL says of what has waited is then raised there.
"""

from functools import partial
from types import TracebackType
from typing import Any, Self

from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

Sendable = str | bytes | sql.Composable


class Pipeline:
    """For the length of a block, all that a connection's cursors execute belongs to it.

    Their rows are tuples, whatever the caller's are. What still waits at the end is never sent.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.cursor = _Cursor(self, connection)
        self._waiting: list[bytes] = []
        self._factory = connection.cursor_factory

    def __enter__(self) -> Self:
        """Let cursors send what waits."""
        self.connection.cursor_factory = partial(_Cursor, self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let them be the caller's again."""
        self.connection.cursor_factory = self._factory

    def run(self, *statements: Sendable) -> None:
        """Run statements before the next one that is executed, each ended or not."""
        # The line's end also ends a comment at the end of a statement.
        self._waiting += [self.cursor.mogrify(statement) + b"\n;\n" for statement in statements]

    def send(self) -> None:
        """Run them now."""
        if waiting := self.take():
            self.cursor.execute(waiting)

    def ask(self, query: Sendable, values: Any = None) -> list[tuple[Any, ...]]:  # noqa: ANN401 - psycopg2's
        """The rows of a query, after what waits."""
        self.cursor.execute(query, values)
        return self.cursor.fetchall()

    def take(self) -> bytes:
        """What waits; it does so no longer."""
        waiting = b"".join(self._waiting)
        self._waiting.clear()
        return waiting


class _Cursor(Cursor):
    """One that sends what waits before each statement."""

    def __init__(self, pipeline: Pipeline, connection: Connection, name: str | None = None) -> None:
        super().__init__(connection, name)
        self._pipeline = pipeline

    def execute(self, query: Sendable, values: Any = None) -> None:  # noqa: ANN401 - psycopg2's
        """Execute it, after what waits."""
        if waiting := self._pipeline.take():
            query, values = waiting + self.mogrify(query, values), None
        super().execute(query, values)
