"""Lets Ctrl-C and SIGTERM end what waits for the server.

Python runs no signal handler while a query waits in libpq. So the command line has a thread that
hears of the signal at once, and asks the server to cancel what runs; the query then fails, and
Python gets to its handler. It costs a query nothing, unlike a wait callback, with which psycopg2
would also no longer heed `connect_timeout`.
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
"""After so long a statement is cancelled again: one that had not begun yet is missed."""
_PATIENCE_SECONDS = 2.0
"""After so long the connection is cut: code of others may catch that it is cancelled."""


class _Connection(Protocol):
    """What psycopg2 offers; it is not imported until a connection is wanted."""

    @property
    def closed(self) -> int: ...

    def cancel(self) -> None: ...

    def fileno(self) -> int: ...


_open: WeakKeyDictionary[_Connection, int] = WeakKeyDictionary()
"""Connections whose statements may be cancelled at any time → the thread that opened them."""
_lock = threading.Lock()


def may_be_interrupted(connection: _Connection) -> None:
    """Let what this connection runs be cancelled when the command is interrupted."""
    with _lock:
        _open[connection] = threading.get_ident()


def opened_by(threads: Collection[int]) -> list[_Connection]:
    """The connections that these threads have opened, and that may be cancelled."""
    with _lock:
        return [connection for connection, thread in _open.items() if thread in threads]


class Interruption:
    """Whether the command was interrupted."""

    def __init__(self) -> None:
        self.happened = False


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """For the length of a block, signals that end the process also end what waits for a server.

    Signals that whoever called has ignored, as nohup does, or that are handled already, are left
    alone. Only for the main thread.
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
        told.settimeout(0)  # as a signal handler needs it
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
    """Cancel what runs when one of the signals comes, until the main thread has noticed."""
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
    """Ask the server to cancel what runs on connections."""
    for connection in connections:
        with suppress(Exception):  # it was closed meanwhile, or the server is gone
            if not connection.closed:
                connection.cancel()


def cut(connections: Iterable[_Connection]) -> None:
    """Let whoever waits for the server get an error, whatever the server does."""
    for connection in connections:
        with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as its:
            its.shutdown(socket.SHUT_RDWR)
