"""Bars on a terminal that show how far the work has come."""

import time
from threading import Lock

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

_QUIET_SECONDS = 1.0
"""Shorter work shows no progress."""
_EXACTLY = 10
"""Rates below this are shown with a decimal."""


class Bar:
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
        """Show how much is done; see `diffapply.progress`."""
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


def _failures(count: int) -> str:
    return f"{count:,} failed or refused"
