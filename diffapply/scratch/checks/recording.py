"""What is said while a desired state is built: the text of all that is executed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor


@contextmanager
def recorded(connection: Connection) -> Iterator[list[str]]:
    """The texts that are executed over a connection in the block, whoever executes them."""
    texts: list[str] = []

    class Recorder(Cursor):
        """Remembers what PostgreSQL is sent."""

        def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002, ANN401 - psycopg2's
            try:
                super().execute(query, vars)
            finally:
                texts.append((self.query or b"").decode("utf-8", "replace"))

    factory, connection.cursor_factory = connection.cursor_factory, Recorder
    try:
        yield texts
    finally:
        connection.cursor_factory = factory
