"""Looks at the server while something runs: the longest transaction that there was, the CPU."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psutil

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


@contextmanager
def server_cpu(server: str) -> Iterator[dict[str, float]]:
    """Yields figures, complete after the block: the CPU of the sessions that ended in it.

    Empty if the server is on another machine.
    """
    postmaster = _postmaster(server)
    figures: dict[str, float] = {}
    before = _of_children(postmaster) if postmaster else 0.0
    yield figures
    if postmaster:
        figures["server's CPU, s"] = _of_children(postmaster) - before


def _postmaster(server: str) -> psutil.Process | None:
    """The process that starts the server's sessions, if it is on this machine."""
    with closing(connect(server, "bench")) as connection:
        try:
            return psutil.Process(connection.info.backend_pid).parent()
        except psutil.NoSuchProcess:
            return None


def _of_children(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.children_user + times.children_system)
