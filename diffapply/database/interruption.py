"""Lets Ctrl-C and SIGTERM end a query.

Python runs no signal handler while a query waits in libpq. So a thread notices the signal at once
and asks the server to cancel the query; the query fails, and Python runs its handler. This costs a
query nothing. A wait callback would cost time, and with one psycopg2 ignores `connect_timeout`.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from types import FrameType
from typing import Protocol
from weakref import WeakKeyDictionary

_AGAIN_SECONDS = 0.1
"""Seconds until the next cancel request: a request before the statement begins has no effect."""
_PATIENCE_SECONDS = 2.0
"""Seconds until the connection is cut: other people's code can ignore a cancel request."""


class _Connection(Protocol):
    """The part of psycopg2's connection used here; psycopg2 itself is imported late."""

    @property
    def closed(self) -> int: ...

    def cancel(self) -> None: ...

    def fileno(self) -> int: ...


_open: WeakKeyDictionary[_Connection, int] = WeakKeyDictionary()
"""Connections whose statements may be cancelled at any time → the thread that opened them."""
_lock = threading.Lock()


def may_be_interrupted(connection: _Connection) -> None:
    """Cancel the statements of this connection when the command is interrupted."""
    with _lock:
        _open[connection] = threading.get_ident()


def opened_by(threads: Collection[int]) -> list[_Connection]:
    """The connections that these threads opened, without those that are not to be cancelled."""
    with _lock:
        return [connection for connection, thread in _open.items() if thread in threads]


class Interruption:
    """Whether the command was interrupted."""

    def __init__(self) -> None:
        self.happened = False


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """In the block, signals that end the process also cancel queries.

    Signals that the caller ignores (as nohup does) or handles already are left alone. Only for the
    main thread.
    """
    found = Interruption()
    noticed = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        found.happened = True
        noticed.set()
        signal.default_int_handler(number, frame)

    usual = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL}
    usual["SIGHUP"] = signal.SIG_DFL  # the terminal is closed; Windows has no such signal
    numbers = [
        number
        for name, handler in usual.items()
        if (number := getattr(signal, name, None)) is not None
        and signal.getsignal(number) is handler
    ]
    heard, told = socket.socketpair()
    with closing(heard), closing(told):
        told.settimeout(0)  # required by signal.set_wakeup_fd
        watcher = threading.Thread(target=_watch, args=(heard, numbers, noticed), daemon=True)
        watcher.start()
        before = [(number, signal.signal(number, interrupt)) for number in numbers]
        former = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        try:
            yield found
        finally:
            signal.set_wakeup_fd(former)
            for number, handler in before:
                signal.signal(number, handler)
            noticed.set()
            with suppress(OSError):
                told.shutdown(socket.SHUT_RDWR)
            watcher.join()


def _watch(heard: socket.socket, numbers: Sequence[int], noticed: threading.Event) -> None:
    """When one of the signals comes, cancel queries until the main thread has noticed."""
    while said := heard.recv(1):
        if said[0] not in numbers:
            continue
        patient_until = time.monotonic() + _PATIENCE_SECONDS
        while not noticed.is_set():
            with _lock:
                connections = list(_open)
            cancel(connections)
            if time.monotonic() > patient_until:
                cut(connections)
            noticed.wait(_AGAIN_SECONDS)
        noticed.clear()


def cancel(connections: Iterable[_Connection]) -> None:
    """Ask the server to cancel the queries of these connections."""
    for connection in connections:
        with suppress(Exception):  # the connection was closed meanwhile, or the server is gone
            if not connection.closed:
                connection.cancel()


def cut(connections: Iterable[_Connection]) -> None:
    """Shut the sockets down: whoever waits for the server gets an error at once."""
    for connection in connections:
        with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as its:
            its.shutdown(socket.SHUT_RDWR)
