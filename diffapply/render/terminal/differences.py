"""Differences for people, item by item."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from diffapply.model.catalog import Change, Difference
from diffapply.render.differences.items import DIFFERENCE_MARKS, Item, comparison, items
from diffapply.render.terminal.layout import Layout, prose

CHANGE: dict[Change, str] = {"missing": "red", "extra": "green", "changed": "yellow"}
"""The style of a difference."""


def difference_lines(differences: Iterable[Difference], layout: Layout) -> Iterator[Text]:
    """A line for each item; a changed one with its two definitions."""
    for item in items(differences):
        style = CHANGE[item.difference.change]
        for line in prose(
            item.named, layout, mark=f"  {DIFFERENCE_MARKS[item.difference.change]} "
        ):
            yield Text(line.plain, style)
        yield from definitions(item, layout)


def definitions(item: Item, layout: Layout) -> Iterator[Text]:
    """The two definitions of an item that is changed."""
    if item.difference.change != "changed":
        return
    for line in comparison(item.difference):
        if line.mark:
            yield from prose(line.text, layout, mark=f"      {line.mark} ")
        else:
            yield Text(f"      {line}")
