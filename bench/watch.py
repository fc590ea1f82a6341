"""Looks at the server while something runs: how long vacuum was held back, the CPU."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psutil

from bench.queries import query
from diffapply.database.connection import connect

_PAUSE = 0.2
_HOLDING = query("holding")


@contextmanager
def vacuum_held_back(server: str) -> Iterator[dict[str, float]]:
    """Yields figures, complete after the block: the most seconds that a session held vacuum back.

    What sessions do between two looks is not seen. So a transaction counts from the look before it
    is first seen to hold vacuum back: a run's guard does so for an instant, and is old by then.
    """
    longest = 0.0
    over = threading.Event()

    def look() -> None:
        nonlocal longest
        held: dict[int, float] = {}
        last = time.monotonic()
        with closing(connect(server, "bench")) as connection, connection.cursor() as cursor:
            while not over.wait(_PAUSE):
                cursor.execute(_HOLDING)
                last, passed = (now := time.monotonic()), now - last
                held = {pid: min(old, held.get(pid, 0.0) + passed) for pid, old in cursor}
                longest = max([longest, *held.values()])

    watcher = threading.Thread(target=look)
    watcher.start()
    figures: dict[str, float] = {}
    try:
        yield figures
    finally:
        over.set()
        watcher.join()
    figures["vacuum held back, s"] = longest


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
