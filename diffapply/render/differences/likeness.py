"""How a structure differs from another one that exists, in a few lines."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import unified_diff

from diffapply.catalog.comparison import compare
from diffapply.model.catalog import Catalog, Difference
from diffapply.model.listing import some_of
from diffapply.model.plan import Shape, Transition
from diffapply.render.changes.in_tenants import told_by_object
from diffapply.render.differences.items import (
    DIFFERENCE_MARKS,
    Item,
    differing_fields,
    is_block,
    items,
    sides,
)
from diffapply.render.words.wording import Line, visible

_MOST_ITEMS = 8
"""Items that are told one by one; more of them are told by object."""


def likeness(catalog: Catalog, other: Catalog, *, all_items: bool = False) -> Iterator[Line]:
    """What a structure has beyond another one, lacks, or has differently.

    Args:
        all_items: tell each item with its definitions, and never by object.

    Returns:
        Lines such as ``+ index ix_a``, safe to print.
    """
    told = items(compare(catalog, other))
    if len(told) > _MOST_ITEMS and not all_items:
        differences = compare(other, catalog)
        way = Transition(other.fingerprint, catalog.fingerprint, (), (), differences)
        shapes = {other.fingerprint: Shape(other), catalog.fingerprint: Shape(catalog)}
        yield from told_by_object(way, shapes)
        return
    for item in told:
        yield from _item(item)


def in_a_word(differences: Sequence[Difference], most: int = 2) -> str:
    """Such as ``+ index ix_a, - column t.a and 3 more``; safe to print."""
    return some_of([str(_named(item)) for item in items(differences)], most)


def _named(item: Item) -> Line:
    return Line(DIFFERENCE_MARKS[item.difference.change], item.subject)


def _item(item: Item) -> Iterator[Line]:
    of = item.difference
    if of.change != "changed":
        yield _named(item)
        return
    there, here = sides(of)
    if is_block(of):
        yield _named(item)
        _, _, *lines = unified_diff(there.split("\n"), here.split("\n"), n=1, lineterm="")
        yield from (Line("", f"    {line}") for line in lines)
        return
    told = f"{here} instead of {there}"
    if changes := differing_fields(of):
        told = visible(
            ", ".join(
                f"{its.field} {its.live or 'none'} instead of {its.desired or 'none'}"
                for its in changes
            )
        )
    named = _named(item)
    yield replace(named, text=f"{named.text}: {told}")
