"""Wraps prose between words. What is one thing to a reader stays on one line."""

import os
import re
from contextlib import suppress
from textwrap import wrap
from typing import TextIO

TOGETHER = "\N{NO-BREAK SPACE}"
"""No text that is shown has it: it is no printable character."""
NARROWEST = 20
"""Columns below which nothing is wrapped any further."""

_USUAL_COLUMNS = 80
"""Of a terminal that does not say how wide it is."""

_MARK = re.compile(r"(?<= )([-+~]) ")
_COMMAND = re.compile(r"`[^`]{1,40}`")


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a paragraph.

    No word is broken; a mark such as ``+`` stays with what it is about, and a command in backticks
    stays whole.
    """
    together = _MARK.sub(rf"\1{TOGETHER}", text)
    together = _COMMAND.sub(lambda its: its[0].replace(" ", TOGETHER), together)
    return [line.replace(TOGETHER, " ") for line in between_words(together, width)]


def between_words(text: str, width: int) -> list[str]:
    """The lines of a text, broken at spaces alone; none is `TOGETHER`."""
    return wrap(text, max(width, NARROWEST), break_long_words=False, break_on_hyphens=False)


def fitted(text: str, stream: TextIO) -> list[str]:
    """The lines of a paragraph on a terminal; elsewhere it has one."""
    return wrapped(text, _columns(stream)) if stream.isatty() else [text]


def _columns(stream: TextIO) -> int:
    """How wide a terminal is; as for Rich, a variable says it first."""
    told = os.environ.get("COLUMNS", "")
    if told.isdigit():
        return int(told)
    with suppress(OSError):
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_COLUMNS
    return _USUAL_COLUMNS
