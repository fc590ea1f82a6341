"""What all results in Markdown have: code spans and fences that a name cannot end, and folds."""

import re
from collections.abc import Iterator, Sequence

from diffapply.model.unreadable import Denied, Locked, how_to_read
from diffapply.render.words.wording import EXAMPLES, counted, visible

_LONGEST_UNFOLDED = 20
"""Lines of SQL, or differences, that are shown unfolded."""
_MOST_NAMES = 500
"""Names that are listed at most; a comment holds 65,536 characters."""


def all_names(names: Sequence[str]) -> Iterator[str]:
    """The names of tenants; many of them are folded."""
    shown = [code(name) for name in names[:_MOST_NAMES]]
    if len(names) > _MOST_NAMES:
        shown.append(f"and {len(names) - _MOST_NAMES:,} more")
    if len(names) <= EXAMPLES:
        yield ", ".join(shown)
    else:
        yield from details(f"All {counted(len(names), 'tenant')}", [", ".join(shown)])


def folded(summary: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines, folded if they are many."""
    if len(lines) > _LONGEST_UNFOLDED:
        yield from details(summary, lines)
    else:
        yield from lines


def details(summary: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines that are folded, under a summary."""
    yield f"<details><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"


def code(text: str) -> str:
    """The text as a code span that it cannot end."""
    text = visible(text)
    fence = "`" * (_longest_run_of_backticks(text) + 1)
    pad = " " if "`" in text or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def could_not_be_read(whys: Sequence[Denied | Locked]) -> str:
    """What to do about tenants that could not be read; see `how_to_read`."""
    asked = (f"{words} {code(what)}" for words, what in how_to_read(whys))
    return " ".join(("Could not be read.", *asked))


def cell(text: str) -> str:
    """A code span for a table cell, which a bar would end even inside code."""
    return code(text).replace("|", r"\|")


def fenced(text: str, language: str) -> str:
    """A block that the text cannot end."""
    fence = "`" * max(3, _longest_run_of_backticks(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _longest_run_of_backticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
