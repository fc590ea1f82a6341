"""Progress on standard error: a bar on a terminal, otherwise nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from diffapply.progress import Progress, silent

if TYPE_CHECKING:
    from diffapply.render.terminal.bar import Bar


@contextmanager
def shown_on(stream: TextIO) -> Iterator[Progress]:
    """The progress callback for a block; a bar is removed at the end of the block."""
    bar = _bar_on(stream)
    if bar is None:
        yield silent
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

    from diffapply.render.terminal.bar import Bar  # noqa: PLC0415

    console = Console(file=stream)
    return Bar(console) if console.is_interactive else None
