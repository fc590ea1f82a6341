"""Proposes statements from the facts themselves, in the order in which one reads them.

It comes first, and knows all kinds of fact. It also rebuilds a whole structure from its facts.
"""

from collections.abc import Collection
from dataclasses import dataclass

from diffapply.ddl.kinds import KINDS, RANK
from diffapply.ddl.kinds.columns import kept_values
from diffapply.ddl.kinds.indexes import waits_for_name
from diffapply.ddl.statements import Ways, dropped_anew
from diffapply.ddl.structure.derived import comes_down
from diffapply.ddl.structure.order import build_order
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.proposal.places import (
    Place,
    Section,
    place_of_change,
    place_of_drop,
)
from diffapply.proposal.room import Room
from diffapply.proposal.row_types import waits_for_rows

_CONTAINERS = [kind.name for kind in KINDS.values() if kind.owns_facts]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ways to bring one fact to its goal.

    Attributes:
        options: best first.
        resorts: further ways, tried if nothing else works.
    """

    fact: Fact
    options: Ways
    resorts: Ways = ()


def propose(ends: Ends, anew: Collection[FactKey] = frozenset()) -> list[Proposal]:
    """Proposals that lead from one catalog to the other, in an order that usually works.

    Args:
        anew: facts to replace even if they could be altered.
    """
    placed: list[tuple[Place, Proposal]] = []
    room = Room(ends)
    for turn, fact in enumerate(_last_first(ends.live)):
        if fact.key in ends.goal.facts or _goes_with_another(fact, ends):
            continue
        kind = KINDS[fact.kind]
        ways = kind.ways_to_drop(fact, ends)
        if room.is_made_by(fact):
            place: Place = (Section.ROOM, turn, 0, 0, 0, "")
        elif kind.is_action and ("table", fact.object) in ends.goal.facts:
            place = place_of_drop(fact, ends)
        else:
            place = (Section.GONE, turn, 0, 0, 0, "")
        placed.append((place, Proposal(fact, ways, kind.last_ways_to_drop(fact, ends))))
    for fact in ends.goal.facts.values():
        kind, old = KINDS[fact.kind], ends.live.facts.get(fact.key)
        if old is None:
            if not _comes_with_another(fact, ends):
                ways = kind.ways_to_create(fact, ends)
                resorts = kind.last_ways_to_create(fact, ends)
                proposal = Proposal(fact, ways, resorts)
                placed.append((place_of_change(fact, ends), proposal))
        elif _changes(old, ends):
            place = place_of_change(fact, ends)
            placed.append((place, _change(old, ends, anew)))
    in_order = (proposal for _, proposal in sorted(placed, key=lambda its: its[0]))
    return [_in_time(proposal, ends) for proposal in in_order]


def _in_time(its: Proposal, ends: Ends) -> Proposal:
    """The proposal; one that waits for others is made before them only if nothing else works."""
    waits = waits_for_rows(its.fact, ends) or waits_for_name(its.fact, ends)
    if its.fact.key not in ends.goal.facts or not waits:
        return its
    return Proposal(its.fact, (), (*its.options, *its.resorts))


def _changes(old: Fact, ends: Ends) -> bool:
    """Whether it needs a statement that alters it."""
    kind, new = KINDS[old.kind], ends.goal.facts[old.key]
    if old.definition == new.definition:
        return bool(kind.changes_with and kind.changes_with(old, ends))
    return not _comes_down(new, ends)


def _change(old: Fact, ends: Ends, anew: Collection[FactKey]) -> Proposal:
    kind, new = KINDS[old.kind], ends.goal.facts[old.key]
    ways = kind.ways_to_replace if new.key in anew else kind.ways_to_alter
    resorts = kind.last_ways_to_alter(old, new, ends)
    return Proposal(new, ways(old, new, ends), resorts)


def drop(fact: Fact, live: Catalog) -> Ways:
    """Ways to drop a fact that is in the way."""
    return tuple(map(dropped_anew, KINDS[fact.kind].drop(fact, live)))


def clear(fact: Fact, ends: Ends) -> Ways:
    """Ways to clear a fact out of the way: drop it, unless it can keep values that the goal has."""
    return kept_values(fact, ends.goal) or drop(fact, ends.live)


def _last_first(catalog: Catalog) -> list[Fact]:
    """The facts in an order in which they can usually be dropped."""
    places = build_order(catalog)

    def place(fact: Fact) -> tuple[int, int, int, str]:
        return RANK[fact.kind], places.get(fact.key, 0), fact.position, fact.name

    return sorted(catalog.facts.values(), key=place, reverse=True)


def _goes_with_another(fact: Fact, ends: Ends) -> bool:
    """Whether it will be dropped together with something else."""
    kind = KINDS[fact.kind]
    if kind.goes_without and kind.goes_without(fact, ends):
        return True
    if _comes_down(fact, ends):
        return True
    wholes = (*kind.goes_with(fact), *((container, fact.object) for container in _CONTAINERS))
    return any(whole != fact.key and ends.loses(whole) for whole in wholes)


def _comes_with_another(fact: Fact, ends: Ends) -> bool:
    """Whether it will be created together with something else."""
    kind = KINDS[fact.kind]
    if kind.said_with and any(_is_said(its, ends) for its in kind.said_with(fact, ends.goal)):
        return True
    if _comes_down(fact, ends):
        return True
    wholes = kind.comes_with(fact)
    return bool(wholes) and not any(whole in ends.live.facts for whole in wholes)


def _is_said(its: FactKey, ends: Ends) -> bool:
    """Whether something will be created, with what is said with it.

    A key or an index that gets another definition is, too.
    """
    return its not in ends.live.facts or (its[0] in ("constraint", "index") and ends.changes(its))


def _comes_down(fact: Fact, ends: Ends) -> bool:
    """Whether a statement on the table of its partition says it."""
    return KINDS[fact.kind].comes_down and comes_down(fact, ends)
