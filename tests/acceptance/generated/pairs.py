"""Pairs of structures that one transition leads between."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.acceptance.generated import (
    behaviour,
    columns,
    constraints,
    indexes,
    programs,
    tables,
    types,
    views,
)
from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import PLAIN
from tests.acceptance.generated.structure import Item, Structure

_MAKERS: dict[str, tuple[int, Callable[[Draft, str], Item | None]]] = {
    "enum": (2, types.enum),
    "domain": (2, types.domain),
    "composite": (1, types.composite),
    "range": (1, types.range_type),
    "sequence": (1, columns.sequence),
    "function": (2, programs.function),
    "test": (2, programs.test),
    "trigger function": (1, programs.trigger_function),
    "procedure": (1, programs.procedure),
    "aggregate": (1, programs.aggregate),
    "table": (4, tables.table),
    "column": (12, columns.column),
    "partition": (3, tables.partition),
    "default": (4, columns.default),
    "not null": (4, columns.not_null),
    "setting": (2, columns.setting),
    "unique": (3, constraints.unique),
    "check": (2, constraints.check),
    "exclusion": (1, constraints.exclusion),
    "foreign key": (3, constraints.foreign_key),
    "view": (3, views.view),
    "index": (3, indexes.index),
    "statistics": (1, indexes.statistics),
    "counting": (1, programs.counting),
    "trigger": (2, behaviour.trigger),
    "rule": (1, behaviour.rule),
    "policy": (1, behaviour.policy),
    "table setting": (2, behaviour.table_setting),
    "owned": (1, columns.owned),
    "comment": (3, behaviour.comment),
}
"""Every kind of item, how many there are at most, and what makes it; each finds what it needs."""

_CHANGES = ("alter", "alter", "alter", "add", "drop", "reorder", "rename")


@dataclass(frozen=True)
class Pair:
    """Two states of one tenant."""

    old: Structure
    new: Structure

    def __repr__(self) -> str:
        """As the folders of acceptance cases have them: what is shown of a failure is a case."""
        return f"\n--- old.sql\n{self.old}\n--- new.sql\n{self.new}"


def _structure(draw: st.DrawFn, version: int) -> Structure:
    draft = Draft(draw, version, Structure())
    for kind, (most, _) in _MAKERS.items():
        for _ in range(draft.number(1 if kind == "table" else 0, most)):
            _add(draft, kind)
    return draft.structure


def _add(draft: Draft, kind: str) -> None:
    item = _MAKERS[kind][1](draft, draft.fresh())
    draft.put((*draft.items, item) if item else draft.items)


def _changed(draw: st.DrawFn, version: int, old: Structure) -> Structure:
    draft = Draft(draw, version, old)
    for _ in range(draft.number(1, 5)):
        change = draft.pick(_CHANGES)
        if change == "add" or not draft.items:
            _add(draft, draft.pick(_MAKERS))
            continue
        item = draft.pick(draft.items)
        rest = [other for other in draft.items if other is not item]
        if change == "alter":
            new = _altered(draft, item)
            draft.put(new if other is item else other for other in draft.items)
        elif change == "drop":
            draft.put(rest)
        elif change == "reorder":
            draft.put((*rest, item))
        elif item.name in PLAIN:
            draft.structure = draft.structure.renamed(item.name, draft.fresh())
    return draft.structure


def _altered(draft: Draft, item: Item) -> Item:
    """Another one in its place, of its name and, mostly, of its kind; the same if there is none."""
    kind = "view" if item.kind == "materialized view" else item.kind
    if draft.chance(5):
        kind = draft.pick(_MAKERS)
    draft.focus = item.on
    new = _MAKERS[kind][1](draft, item.name or draft.fresh())
    draft.focus = ""
    return new or item


@st.composite
def pairs(draw: st.DrawFn, version: int) -> Pair:
    """Two structures; mostly the new one is the old one with a few things changed.

    Args:
        version: the major version of PostgreSQL that can build them.
    """
    old = _structure(draw, version)
    if draw(st.integers(0, 9)) == 9:
        return Pair(old, _structure(draw, version))
    return Pair(old, _changed(draw, version, old))
