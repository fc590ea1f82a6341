"""Looks at the server while something runs: the longest transaction that there was."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from diffapply.database.connection import connect

_PAUSE = 0.2
# In the bench's databases and in diffapply's scratch databases; the watcher itself is elsewhere.
_LONGEST = r"""
select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8
from pg_stat_activity where backend_type = 'client backend' and datname like 'diffapply\_%'
"""


@contextmanager
def longest_transaction(server: str) -> Iterator[dict[str, float]]:
    """Yields figures, complete after the block: the seconds of the longest transaction in it."""
    found = [0.0]
    over = threading.Event()

    def look() -> None:
        with closing(connect(server, "bench")) as connection, connection.cursor() as cursor:
            while not over.wait(_PAUSE):
                cursor.execute(_LONGEST)
                found.extend(seconds for (seconds,) in cursor)

    watcher = threading.Thread(target=look)
    watcher.start()
    figures: dict[str, float] = {}
    try:
        yield figures
    finally:
        over.set()
        watcher.join()
    figures["longest transaction, s"] = max(found)
