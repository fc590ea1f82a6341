"""Progress on standard error: a bar on a terminal, otherwise a line every few seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, TextIO

from diffapply.progress import Progress
from diffapply.render.pace import QUIET_SECONDS, duration, failures, rate

if TYPE_CHECKING:
    from diffapply.render.bar import Bar

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown_on(stream: TextIO) -> Iterator[Progress]:
    """The progress callback for a block; a bar is removed at the end of the block."""
    bar = _bar_on(stream)
    if bar is None:
        yield _Lines(stream)
        return
    try:
        yield bar
    finally:
        bar.stop()


def _bar_on(stream: TextIO) -> "Bar | None":
    """A bar, if the stream is a terminal that can move it."""
    if not stream.isatty():
        return None  # spares the import: what draws bars takes a while to load
    from rich.console import Console  # noqa: PLC0415

    from diffapply.render.bar import Bar  # noqa: PLC0415

    console = Console(file=stream)
    return Bar(console) if console.is_interactive else None


class _Lines:
    """A line every few seconds, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = Lock()
        self._next = time.monotonic() + QUIET_SECONDS
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
                pace = (done - already) / (now - since)
                told += [rate(pace), f"{duration((total - done) / pace)} left"]
            if failed:
                told.append(failures(failed))
            with suppress(OSError):  # the reader is gone; the work goes on
                self._stream.write(", ".join(told) + "\n")
                self._stream.flush()
