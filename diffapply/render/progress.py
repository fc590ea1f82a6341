"""Progress on standard error: a bar on a terminal, otherwise a line every few seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from diffapply.progress import Progress

_QUIET_SECONDS = 1.0
"""Shorter work shows no progress."""
_SECONDS_BETWEEN_LINES = 5.0
_IN_MINUTES = 120
"""From so many seconds on, times are shown in minutes."""
_EXACTLY = 10
"""Rates below this are shown with a decimal."""


@contextmanager
def shown_on(stream: TextIO) -> Iterator[Progress]:
    """The progress callback for a block; a bar is removed at the end of the block."""
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
        self._begun: dict[str, tuple[float, int]] = {}

    def __call__(self, what: str, done: int, total: int, failed: int = 0) -> None:
        with self._lock:
            now = time.monotonic()
            since, already = self._begun.setdefault(what, (now, done))
            if now < self._next:
                return
            self._next = now + _SECONDS_BETWEEN_LINES
            told = [f"{what}: {done:,} of {total:,}"]
            if done > already and now > since:
                rate = (done - already) / (now - since)
                told += [_rate(rate), f"{_duration((total - done) / rate)} left"]
            if failed:
                told.append(_failures(failed))
            with suppress(OSError):  # the reader is gone; the work goes on
                self._stream.write(", ".join(told) + "\n")
                self._stream.flush()


class _Bar:
    """A bar for each kind of work, shown after `_QUIET_SECONDS`."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _RateColumn(),
            TimeRemainingColumn(),
            TextColumn("[red]{task.fields[failed]}"),
            console=console,
            transient=True,
            redirect_stdout=False,  # stdout is for the result only
            redirect_stderr=False,
        )
        self._lock = Lock()
        self._show_after = time.monotonic() + _QUIET_SECONDS
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int, failed: int = 0) -> None:
        with self._lock:
            if time.monotonic() < self._show_after:
                return
            self._bars.start()  # no effect if it is started already
            if what not in self._tasks:
                # Start from the current count: work done before must not count for the rate.
                self._tasks[what] = self._bars.add_task(
                    what, total=total, completed=done, failed=""
                )
            self._bars.update(
                self._tasks[what],
                completed=done,
                total=total,
                failed=_failures(failed) if failed else "",
            )

    def stop(self) -> None:
        """Remove the bars."""
        with self._lock:
            self._bars.stop()


class _RateColumn(ProgressColumn):
    """The current rate per second."""

    def render(self, task: Task) -> Text:
        return Text(_rate(task.speed) if task.speed else "")


def _rate(per_second: float) -> str:
    return f"{per_second:,.{1 if per_second < _EXACTLY else 0}f}/s"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:,.0f} min" if seconds >= _IN_MINUTES else f"{seconds:.0f} s"


def _failures(count: int) -> str:
    return f"{count:,} failed or refused"
