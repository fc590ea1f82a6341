"""Differences for people, item by item."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from diffapply.model.catalog import Change, Difference
from diffapply.render.differences import Item, comparison, items

CHANGE: dict[Change, str] = {"missing": "red", "extra": "green", "changed": "yellow"}
"""The style of a difference."""


def difference_lines(differences: Iterable[Difference]) -> Iterator[Text]:
    """A line for each item; a changed one with its two definitions."""
    for item in items(differences):
        yield Text(f"  {item.title}", CHANGE[item.difference.change])
        yield from definitions(item)


def definitions(item: Item) -> Iterator[Text]:
    """The two definitions of an item that is changed."""
    if item.difference.change == "changed":
        yield from (Text(f"      {line}") for line in comparison(item.difference))
