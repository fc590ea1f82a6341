"""How far long work is, on standard error: a bar on a terminal, else a line now and then."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from diffapply.progress import Progress

_QUIET_SECONDS = 1.0
"""Work that is over sooner is not worth a word."""
_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown_on(stream: TextIO) -> Iterator[Progress]:
    """What to give to the work; a bar is wiped away when the block ends."""
    console = Console(file=stream)
    if not (stream.isatty() and console.is_interactive):
        yield _Lines(stream)
        return
    bar = _Bar(console)
    try:
        yield bar
    finally:
        bar.stop()


class _Lines:
    """A line every few seconds, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = Lock()
        self._next = time.monotonic() + _QUIET_SECONDS

    def __call__(self, what: str, done: int, total: int) -> None:
        with self._lock:
            if (now := time.monotonic()) < self._next:
                return
            self._next = now + _SECONDS_BETWEEN_LINES
            with suppress(OSError):  # whoever read it is gone, and the work goes on
                self._stream.write(f"{what}: {done:,} of {total:,}\n")
                self._stream.flush()


class _Bar:
    """A bar for each kind of work, once there has been work for a while."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            redirect_stdout=False,  # which is for the result alone
            redirect_stderr=False,
        )
        self._lock = Lock()
        self._show_after = time.monotonic() + _QUIET_SECONDS
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        with self._lock:
            if time.monotonic() < self._show_after:
                return
            self._bars.start()  # does nothing when started
            if what not in self._tasks:
                self._tasks[what] = self._bars.add_task(what, total=total)
            self._bars.update(self._tasks[what], completed=done, total=total)

    def stop(self) -> None:
        """Wipe the bars away."""
        with self._lock:
            self._bars.stop()
