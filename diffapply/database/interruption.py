"""Lets Ctrl-C and SIGTERM end a query, and a command that has not begun.

Python runs no signal handler while a query waits in libpq. So a thread notices the signal at once
and asks the server to cancel the query; the query fails, and Python runs its handler. This costs a
query nothing. A wait callback would cost time, and with one psycopg2 ignores `connect_timeout`.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, Protocol
from weakref import WeakKeyDictionary

AGAIN_SECONDS = 0.1
"""Seconds until the next cancel request: a request before the statement begins has no effect."""
_PATIENCE_SECONDS = 2.0
"""Seconds until the connection is cut: other people's code can ignore a cancel request."""


class _Connection(Protocol):
    """The part of psycopg2's connection used here; psycopg2 itself is imported late."""

    @property
    def closed(self) -> int: ...

    def cancel(self) -> None: ...

    def fileno(self) -> int: ...


_Handler = Callable[[int, FrameType | None], Any] | signal.Handlers

_open: WeakKeyDictionary[_Connection, int] = WeakKeyDictionary()
"""Connections whose statements may be cancelled at any time → the thread that opened them."""
_lock = threading.Lock()

INTERRUPTED = "Interrupted; no tenant is left half-changed."
"""What people are told."""


_early: list[_Handler] = []
"""What handles signals before `interruptible` does."""


def until_then(end: Callable[[int, FrameType | None], NoReturn]) -> None:
    """From now on until `interruptible`, this handles the signals that end the process.

    Leaves those alone that `interruptible` does.

    Args:
        end: ends the process. Nothing is begun yet; an exception could come anywhere among imports,
            also where it is swallowed.
    """
    _early.append(end)
    for number, handler in _usual():
        if signal.getsignal(number) is handler:
            signal.signal(number, end)


def _usual() -> list[tuple[int, _Handler]]:
    """The signals that end the process, and what handles them if nobody has said otherwise."""
    usual: dict[str, _Handler] = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL}
    usual["SIGHUP"] = signal.SIG_DFL  # the terminal is closed; Windows has no such signal
    return [
        (number, handler)
        for name, handler in usual.items()
        if (number := getattr(signal, name, None)) is not None
    ]


def may_be_interrupted(connection: _Connection) -> None:
    """Cancel the statements of this connection when the command is interrupted."""
    with _lock:
        _open[connection] = threading.get_ident()
    for current in _current:
        current.connected = True


def opened_by(threads: Collection[int]) -> list[_Connection]:
    """The connections that these threads opened, without those that are not to be cancelled."""
    with _lock:
        return [connection for connection, thread in _open.items() if thread in threads]


class Interruption:
    """Whether the command was interrupted.

    Attributes:
        connected: whether it had a connection before.
    """

    def __init__(self) -> None:
        self.happened = False
        self.connected = False


_current: list[Interruption] = []
"""Of the command that is running, if one is."""


def heed(*, connecting: bool = False) -> None:
    """Raise KeyboardInterrupt if the command was interrupted, and goes on all the same.

    Python raises it wherever the signal comes, and some code in C clears it, as psycopg2 does while
    it is imported. So this is called before something is begun.

    Args:
        connecting: only before the first connection; later ones may serve to bring things to their
            end.
    """
    if any(its.happened and not (connecting and its.connected) for its in _current):
        raise KeyboardInterrupt


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

    before = {
        number: handler
        for number, handler in _usual()
        if signal.getsignal(number) in (handler, *_early)
    }
    heard, told = socket.socketpair()
    with closing(heard), closing(told):
        told.settimeout(0)  # required by signal.set_wakeup_fd
        watcher = threading.Thread(target=_watch, args=(heard, [*before], noticed), daemon=True)
        watcher.start()
        for number in before:
            signal.signal(number, interrupt)
        former = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        _current.append(found)
        try:
            yield found
        finally:
            _current.remove(found)
            signal.set_wakeup_fd(former)
            for number, handler in before.items():
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
        since = time.monotonic()
        while not noticed.is_set():
            with _lock:
                connections = list(_open)
            end_queries(connections, time.monotonic() - since)
            noticed.wait(AGAIN_SECONDS)
        noticed.clear()


def end_queries(connections: Collection[_Connection], seconds: float) -> None:
    """Cancel the queries; if that has not helped for so many seconds, cut the connections."""
    begun = time.monotonic()
    cancel(connections)  # takes as long as the server, or a pooler before it, lets it wait
    if seconds + time.monotonic() - begun > _PATIENCE_SECONDS:
        cut(connections)


def cancel(connections: Iterable[_Connection]) -> None:
    """Ask the server to cancel the queries of these connections."""
    for connection in connections:
        with suppress(Exception):  # the connection was closed meanwhile, or the server is gone
            if not connection.closed:
                connection.cancel()


def cut(connections: Iterable[_Connection]) -> None:
    """Shut the sockets down: whoever waits for the server gets an error at once."""
    for connection in connections:
        with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as shared:
            shared.shutdown(socket.SHUT_RDWR)
