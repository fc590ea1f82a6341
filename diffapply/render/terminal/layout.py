"""What all results for people have: lines in colour on a terminal, with the names of tenants.

Names are never wrapped or cut, so that they can be copied and searched. Prose is wrapped, but only
on a terminal.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text

from diffapply.model.unreadable import Denied, Locked, how_to_read
from diffapply.render.words.wording import counted, examples, visible
from diffapply.render.words.wrapping import NARROWEST, TOGETHER, between_words, wrapped

Detail = Literal["shape", "object"]
"""Whether what differs is told for each shape, or for each object."""

ALARM = "bold red"

_NAMES_WIDTH = 80
_INDENT = " " * 4
"""Of the lines after the first one, where names go over several."""
_MORE = re.compile(rf"{TOGETHER}(and{TOGETHER}\S+{TOGETHER}more)$")
_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """How to show a result.

    Attributes:
        verbose: show the names of all tenants, not only a few, and leave nothing out.
        width: columns to wrap prose at; None: do not wrap.
        detail: None: what suits the result.
    """

    verbose: bool = False
    width: int | None = None
    detail: Detail | None = None


USUAL = Layout()
"""For a pipe or a file."""


def with_names(
    head: Text, names: Sequence[str], layout: Layout, kind: str = "tenant"
) -> Iterator[Text]:
    """The head with the number of tenants and their names."""
    if layout.verbose:
        yield head.append(counted(len(names), kind))
        whole = (visible(name).replace(" ", TOGETHER) for name in names)
        yield from prose(", ".join(whole), Layout(width=_NAMES_WIDTH), mark="    ")
    else:
        told = f"{counted(len(names), kind)}: {examples(names)}"
        first, *others = _between_names(head.plain, told, layout)
        yield head.append(first)
        yield from (Text(f"{_INDENT}{line}") for line in others)


def object_lines(
    what: str, names: Sequence[str], layout: Layout, *, mark: str, style: str
) -> Iterator[Text]:
    """What differs in an object, and in which tenants, such as ``- index a: 1 tenant (user_1)``."""
    if layout.verbose:
        yield from with_names(Text.assemble((mark, style), f"{what}: "), names, layout)
    else:
        tenants = f"{counted(len(names), 'tenant')} ({examples(names)})"
        yield from prose(f"{what}: {tenants}", layout, mark=mark, style=style)


def notes(texts: Iterable[str], layout: Layout) -> Iterator[Text]:
    """Hints for the reader, but not more than anybody reads."""
    told = [*texts]
    shown = told if layout.verbose or len(told) <= _MOST_NOTES + 1 else told[:_MOST_NOTES]
    for text in shown:
        yield from prose(visible(text), layout, mark="  note: ", style="yellow")
    if left := len(told) - len(shown):
        yield Text(f"  and {counted(left, 'more note')}; --verbose shows them")


def reading_lines(whys: Sequence[Denied | Locked]) -> Iterator[Text]:
    """What to do about tenants that could not be read; the statement as it is to be copied."""
    for words, what in how_to_read(whys):
        yield Text(f"  {visible(words)}")
        yield Text(f"  {visible(what)}")


def prose(text: str, layout: Layout, *, mark: str = "", style: str = "") -> Iterator[Text]:
    """A paragraph with a hanging indent; the style is for the mark, or without one for the text."""
    width = None if layout.width is None else max(layout.width - len(mark), NARROWEST)
    lines = [text] if width is None else wrapped(text, width)
    for number, line in enumerate(lines):
        lead = " " * len(mark) if number else mark
        yield Text.assemble((lead, style), (line, "" if mark.strip() else style))


def _between_names(head: str, told: str, layout: Layout) -> list[str]:
    """The lines of a number and names, the first one after its head: none breaks within a name."""
    if layout.width is None:
        return [told]
    together = told.replace(" ", TOGETHER)
    together = _MORE.sub(r" \1", together.replace(f",{TOGETHER}", ", "))
    lead = "x" * len(head)  # as wide as the head, which has spaces
    first, *others = between_words(lead + together, layout.width)
    others = between_words(" ".join(others), layout.width - len(_INDENT))
    return [line.replace(TOGETHER, " ") for line in (first[len(lead) :], *others)]
