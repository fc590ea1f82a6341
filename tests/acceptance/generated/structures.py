"""Strategies for structures, and for pairs of them that one transition leads between."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.acceptance.generated import behaviour, constraints, indexes, types, views
from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.programs import Routine, function, other_function
from tests.acceptance.generated.sequences import Owned, Sequence, owned, sequence
from tests.acceptance.generated.structure import Item, Structure
from tests.acceptance.generated.tables import Partition, Table, other_table, partition, table

Make = Callable[[Draft, str], Item | None]

_MAKERS: dict[type[Item], Make] = {
    types.Enum: types.enum,
    types.Domain: types.domain,
    types.Composite: types.composite,
    types.Range: types.range_type,
    Sequence: sequence,
    Routine: function,
    Table: table,
    Partition: partition,
    constraints.Unique: constraints.unique,
    constraints.Checked: constraints.check,
    constraints.Exclusion: constraints.exclusion,
    constraints.ForeignKey: constraints.foreign_key,
    indexes.Index: indexes.index,
    indexes.Statistics: indexes.statistics,
    views.View: views.view,
    behaviour.Trigger: behaviour.trigger,
    behaviour.Rule: behaviour.rule,
    behaviour.Policy: behaviour.policy,
    behaviour.Setting: behaviour.setting,
    behaviour.Comment: behaviour.comment,
    Owned: owned,
}
"""Every kind of item, in an order in which they find what they need."""

_MOST = {
    Table: 4,
    Partition: 3,
    Routine: 3,
    constraints.Unique: 3,
    constraints.Checked: 2,
    constraints.ForeignKey: 3,
    indexes.Index: 3,
    views.View: 3,
    behaviour.Trigger: 2,
    behaviour.Comment: 3,
    types.Enum: 2,
    types.Domain: 2,
}
"""How many there are of a kind at most, where it is more than one."""

_NAMELESS = (behaviour.Comment, behaviour.Setting, Owned)
"""What has no name of its own."""


@dataclass(frozen=True)
class Pair:
    """Two states of one tenant."""

    old: Structure
    new: Structure

    def __repr__(self) -> str:
        """As the folders of acceptance cases have them: what is shown of a failure is a case."""
        return f"\n--- old.sql\n{self.old}\n--- new.sql\n{self.new}"


def _structure(draw: st.DrawFn, version: int) -> Structure:
    draft = Draft(draw, version)
    for kind, make in _MAKERS.items():
        most = _MOST.get(kind, 1)
        for _ in range(draft.number(1 if kind is Table else 0, most)):
            draft.add(make(draft, draft.fresh()))
    return draft.structure


def _mutated(draw: st.DrawFn, version: int, old: Structure, changes: int) -> Structure:
    draft = Draft(draw, version, old.items)
    for _ in range(changes):
        change = draft.pick(("alter", "alter", "add", "drop", "rename"))
        if change == "add" or not draft.items:
            make = draft.pick(_MAKERS.values())
            draft.add(make(draft, draft.fresh()))
            continue
        item = draft.pick(draft.items)
        rest = [other for other in draft.items if other is not item]
        if change == "drop":
            draft.put(rest)
        elif change == "rename" and not isinstance(item, _NAMELESS):
            renamed = replace(item, name=draft.fresh())
            draft.put(renamed if other is item else other for other in draft.items)
        else:
            new = _other(draft, item)
            if new is not None:
                draft.put(new if other is item else other for other in draft.items)
    return draft.structure


def _other(draft: Draft, item: Item) -> Item | None:
    """Another item of the same name and, mostly, of the same kind."""
    if isinstance(item, Table):
        return other_table(draft, item)
    if isinstance(item, types.Enum) and not draft.chance(10):
        return types.other_enum(draft, item)
    if isinstance(item, Routine):
        return other_function(draft, item)
    kind = next(kind for kind in _MAKERS if isinstance(item, kind))
    if draft.chance(5):
        kind = draft.pick(_MAKERS)
    return _MAKERS[kind](draft, item.name)


@st.composite
def structures(draw: st.DrawFn, version: int) -> Structure:
    """A structure that the version can build."""
    return _structure(draw, version)


@st.composite
def pairs(draw: st.DrawFn, version: int) -> Pair:
    """Two structures; mostly the new one is the old one with a few things changed."""
    old = _structure(draw, version)
    if draw(st.integers(0, 9)) == 9:
        return Pair(old, _structure(draw, version))
    return Pair(old, _mutated(draw, version, old, draw(st.integers(1, 4))))


@st.composite
def families(draw: st.DrawFn, version: int, size: int) -> tuple[Structure, ...]:
    """A structure, and others that each differ from it in one thing, or in none."""
    first = _structure(draw, version)
    return (first, *(_mutated(draw, version, first, 1) for _ in range(size)))
