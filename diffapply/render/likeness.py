"""How a structure differs from another one that exists, in a few lines."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import unified_diff

from diffapply.catalog.comparison import compare, field_changes
from diffapply.model.catalog import Catalog, Difference
from diffapply.model.listing import some_of
from diffapply.model.plan import Shape, Transition
from diffapply.render.changes_in_tenants import told_by_object
from diffapply.render.differences import DIFFERENCE_MARKS, Item, is_block, items
from diffapply.render.wording import Line, visible, visible_block

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
    of = item.difference
    return Line(DIFFERENCE_MARKS[of.change], f"{of.kind} {visible(of.name)}{item.with_parts}")


def _item(item: Item) -> Iterator[Line]:
    of = item.difference
    if of.change != "changed":
        yield _named(item)
        return
    if is_block(of):
        yield _named(item)
        there, here = (visible_block(its or "").split("\n") for its in (of.desired, of.live))
        _, _, *lines = unified_diff(there, here, n=1, lineterm="")
        yield from (Line("", f"    {line}") for line in lines)
        return
    fields = ", ".join(
        f"{its.field} {its.desired or 'none'} → {its.live or 'none'}" for its in field_changes(of)
    )
    whole = f"{of.desired} → {of.live}"
    told, named = visible(fields if fields and len(fields) < len(whole) else whole), _named(item)
    yield replace(named, text=f"{named.text}: {told}")
