"""Records the statements that are executed while a desired state is built."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor


@contextmanager
def recorded(connection: Connection, adapt: Callable[[str], str] = str) -> Iterator[list[str]]:
    """The statements executed on a connection in the block, by any code.

    Args:
        adapt: what to execute instead of a statement.
    """
    texts: list[str] = []

    class Recorder(Cursor):
        """Records what is sent to PostgreSQL."""

        def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002, ANN401 - psycopg2's
            try:
                super().execute(adapt(query) if isinstance(query, str) else query, vars)
            finally:
                texts.append((self.query or b"").decode("utf-8", "replace"))

    factory, connection.cursor_factory = connection.cursor_factory, Recorder
    try:
        yield texts
    finally:
        connection.cursor_factory = factory
