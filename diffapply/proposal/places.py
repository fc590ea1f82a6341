"""Where each change stands in a plan: in the order in which one reads.

1. What makes room. 2. Types, sequences, routines. 3. New tables, each after what it refers to, with
its indexes, triggers, policies and comments. 4. Tables that change, by name, likewise; then new
partitions of these. 5. Views and the rest. 6. What is dropped.
"""

import sys
from enum import IntEnum
from functools import lru_cache

from diffapply.ddl.kind import Turn
from diffapply.ddl.kinds import KINDS, RANK
from diffapply.ddl.kinds.forcing import waits_for_checks
from diffapply.ddl.kinds.new_table import constraint_place, waits_for_key
from diffapply.ddl.structure.derived import parts_before
from diffapply.ddl.structure.detaching import waits_for_partitions
from diffapply.ddl.structure.order import build_order, parents_first
from diffapply.ddl.structure.partitions import parent_of
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.proposal.room import comes_before_types, rests_on_retyped
from diffapply.values import Column, Constraint, ForeignKey, not_null_name
from diffapply.values.grammar import before, words

Place = tuple[int, int, int, int, int, str]
"""Section, table, turn; then three keys for the order within a turn."""


class Section(IntEnum):
    """A part of a plan."""

    ROOM = 0
    BASE = 1
    NEW = 2
    CHANGED = 3
    KEYS = 4
    REST = 5
    GONE = 6


_LAST_TABLE = sys.maxsize
_VIEWS = ("view", "materialized view")
_RIGHTS = RANK["comment"]


def place_of_change(fact: Fact, ends: Ends) -> Place:
    """The place of a fact that is created or altered."""
    place = _own_place(fact, ends)
    if waits_for_checks(fact, ends):
        return Section.KEYS, _LAST_TABLE, *place[2:]
    if fact.kind != "index" or fact.key in ends.live.facts:
        return place
    # Just behind the last of its parts, if these come first.
    found = (place_of_change(part, ends) for part in parts_before(fact, ends.goal))
    return max((place, *((*its[:-1], f"{its[-1]} {fact.name}") for its in found)))


def _own_place(fact: Fact, ends: Ends) -> Place:
    rank, order = RANK[fact.kind], build_order(ends.goal).get(fact.key, 0)
    table = None if _replaces_identity(fact, ends) else _table(fact, ends.goal)
    if table is None or fact.kind in (*_VIEWS, "unpopulated") or rank > _RIGHTS:
        if rank < RANK["table"] or _is_of_base(fact, ends.goal):
            stands = fact.key in ends.live.facts
            return Section.BASE, _base_rank(fact, ends.goal), stands, order, rank, fact.name
        view = _view(fact, ends.goal) if rank <= _RIGHTS else None
        if view is None:
            return Section.REST, _LAST, 0, rank, order, fact.name
        return Section.REST, RANK[view.kind], build_order(ends.goal)[view.key], rank, 0, fact.name
    if ("table", table) not in ends.live.facts:
        turn = Turn.ADD if fact.kind == "table" else _turn(fact, ends.live)
        new = build_order(ends.goal)["table", table]
        if ("table", parent_of(table, ends.goal)) in ends.live.facts:
            # What changes in the table above comes with it.
            return Section.CHANGED, len(_by_name(ends.goal)) + new, turn, *_within(fact, ends.goal)
        return Section.NEW, new, turn, *_within(fact, ends.goal)
    waits = (
        waits_for_key(fact, ends.goal, ends.live)
        or waits_for_partitions(fact.key, ends)
        or _waits_for_types(fact, ends)
    )
    section = Section.KEYS if waits else Section.CHANGED
    turn = Turn.RENAME if comes_before_types(fact, ends) else _turn(fact, ends.live)
    return section, _by_name(ends.goal)[table], turn, *_within(fact, ends.goal)


def _waits_for_types(fact: Fact, ends: Ends) -> bool:
    """Whether it is a foreign key that refers to a later table, whose columns get other types."""
    if fact.kind != "constraint" or not rests_on_retyped(fact, ends):
        return False
    key, places = Constraint.of(fact), _by_name(ends.goal)
    return isinstance(key, ForeignKey) and places[key.table] > places[fact.object]


def place_of_drop(fact: Fact, ends: Ends) -> Place:
    """The place of a fact that an action on its table drops."""
    turn = KINDS[fact.kind].turn_to_go
    turn = _turn(fact, ends.live) if turn is None else turn
    return Section.CHANGED, _by_name(ends.goal)[fact.object], turn, *_within(fact, ends.live)


def _table(fact: Fact, goal: Catalog) -> str | None:
    """The table that it belongs to; of a sequence, the table whose column owns it."""
    if ("table", fact.object) in goal.facts:
        return fact.object
    owner = goal.facts.get(("sequence owner", fact.name)) if fact.kind == "sequence" else None
    return owner.object if owner else None


def _replaces_identity(fact: Fact, ends: Ends) -> bool:
    """Whether it is a sequence that goes on where an identity stands, before that is dropped."""
    owner = ends.goal.facts.get(("sequence owner", fact.name)) if fact.kind == "sequence" else None
    return owner is not None and ends.loses(("identity", owner.definition))


def _base_rank(fact: Fact, goal: Catalog) -> int:
    """Its rank; a domain that calls a routine comes after routines."""
    if fact.kind not in ("domain", "domain default", "domain constraint"):
        return RANK[fact.kind]
    parts = (goal.parts(kind, fact.object) for kind in ("domain default", "domain constraint"))
    said = words(" ".join(its.definition for facts in parts for its in facts))
    return RANK["routine"] + 1 if said & _routines(goal) else RANK["domain"]


@lru_cache(maxsize=16)
def _routines(catalog: Catalog) -> frozenset[str]:
    """The names of routines, without their arguments."""
    return frozenset(before(its.name, "(") for its in catalog.by_kind.get("routine", ()))


_LAST = len(RANK)


def _view(fact: Fact, goal: Catalog) -> Fact | None:
    """The view that it is, or belongs to."""
    return next(
        (goal.facts[kind, fact.object] for kind in _VIEWS if (kind, fact.object) in goal.facts),
        None,
    )


def _is_of_base(fact: Fact, goal: Catalog) -> bool:
    """Whether it is a comment on something that comes before tables."""
    return fact.kind == "comment" and _view(fact, goal) is None


def _turn(fact: Fact, live: Catalog) -> Turn:
    if fact.kind == "column" and Column.of(fact).kept:
        return (
            Turn.COMPUTE
        )  # once it is there, the columns that it is computed from keep their types
    if fact.kind == "column" and fact.key not in live.facts:
        return Turn.ADD
    if fact.kind == "identity" and fact.key not in live.facts:
        return Turn.NUMBER  # it may take over from a sequence, which stands apart
    old = live.facts.get(fact.key) if fact.kind == "not null" else None
    if old and not_null_name(old) != not_null_name(fact):
        return Turn.RENAME  # it is a statement apart, and would be one between types
    return KINDS[fact.kind].turn


def _within(fact: Fact, catalog: Catalog) -> tuple[int, int, str]:
    """Its place in its turn: of columns in their order, of constraints by what they are."""
    if KINDS[fact.kind].turn is Turn.ALTER:
        column = catalog.facts.get(("column", fact.name))
        return column.position if column else 0, RANK[fact.kind], fact.name
    if fact.kind == "constraint":
        return constraint_place(Constraint.of(fact)), 0, fact.name
    return RANK[fact.kind], fact.position, fact.name


@lru_cache(maxsize=16)
def _by_name(catalog: Catalog) -> dict[str, int]:
    """Table → its place by name, after its parents."""
    return {name: place for place, name in enumerate(parents_first(catalog))}
