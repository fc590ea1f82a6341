"""Proposes statements from the facts themselves, in the order in which one reads them.

It comes first, and knows all kinds of fact. It also rebuilds a whole structure from its facts.
"""

from collections.abc import Collection
from dataclasses import dataclass

from diffapply.ddl.kinds import KINDS, RANK
from diffapply.ddl.kinds.columns import kept_values
from diffapply.ddl.statements import Ways, dropped_anew
from diffapply.ddl.structure.derived import comes_down
from diffapply.ddl.structure.order import build_order
from diffapply.model.catalog import Catalog, Fact, FactKey
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


def propose(
    live: Catalog, goal: Catalog, anew: Collection[FactKey] = frozenset()
) -> list[Proposal]:
    """Proposals that lead from one catalog to the other, in an order that usually works.

    Args:
        anew: facts to replace even if they could be altered.
    """
    placed: list[tuple[Place, Proposal]] = []
    room = Room(live, goal)
    for turn, fact in enumerate(_last_first(live)):
        if fact.key in goal.facts or _goes_with_another(fact, live, goal):
            continue
        kind = KINDS[fact.kind]
        ways = kind.ways_to_drop(fact, goal, live)
        if room.is_made_by(fact):
            place: Place = (Section.ROOM, turn, 0, 0, 0, "")
        elif kind.is_action and ("table", fact.object) in goal.facts:
            place = place_of_drop(fact, goal, live)
        else:
            place = (Section.GONE, turn, 0, 0, 0, "")
        placed.append((place, Proposal(fact, ways, kind.last_ways_to_drop(fact, live))))
    for fact in goal.facts.values():
        kind, old = KINDS[fact.kind], live.facts.get(fact.key)
        if old is None:
            if not _comes_with_another(fact, goal, live):
                ways = kind.ways_to_create(fact, goal, live)
                resorts = kind.last_ways_to_create(fact, goal, live)
                proposal = Proposal(fact, ways, resorts)
                placed.append((place_of_change(fact, goal, live), proposal))
        elif _changes(old, goal, live):
            place = place_of_change(fact, goal, live)
            placed.append((place, _change(old, live, goal, anew)))
    in_order = (proposal for _, proposal in sorted(placed, key=lambda its: its[0]))
    return [_in_time(proposal, live, goal) for proposal in in_order]


def _in_time(its: Proposal, live: Catalog, goal: Catalog) -> Proposal:
    """The proposal; one that waits for others is made before them only if nothing else works."""
    if its.fact.key not in goal.facts or not waits_for_rows(its.fact, live, goal):
        return its
    return Proposal(its.fact, (), (*its.options, *its.resorts))


def _changes(old: Fact, goal: Catalog, live: Catalog) -> bool:
    """Whether it needs a statement that alters it."""
    kind, new = KINDS[old.kind], goal.facts[old.key]
    if old.definition == new.definition:
        return bool(kind.changes_with and kind.changes_with(old, goal, live))
    return not _comes_down(new, goal, live)


def _change(old: Fact, live: Catalog, goal: Catalog, anew: Collection[FactKey]) -> Proposal:
    kind, new = KINDS[old.kind], goal.facts[old.key]
    ways = kind.ways_to_replace if new.key in anew else kind.ways_to_alter
    resorts = kind.last_ways_to_alter(old, new, goal, live)
    return Proposal(new, ways(old, new, goal, live), resorts)


def drop(fact: Fact, live: Catalog) -> Ways:
    """Ways to drop a fact that is in the way."""
    return tuple(map(dropped_anew, KINDS[fact.kind].drop(fact, live)))


def clear(fact: Fact, live: Catalog, goal: Catalog) -> Ways:
    """Ways to clear a fact out of the way: drop it, unless it can keep values that the goal has."""
    return kept_values(fact, goal) or drop(fact, live)


def _last_first(catalog: Catalog) -> list[Fact]:
    """The facts in an order in which they can usually be dropped."""
    places = build_order(catalog)

    def place(fact: Fact) -> tuple[int, int, int, str]:
        return RANK[fact.kind], places.get(fact.key, 0), fact.position, fact.name

    return sorted(catalog.facts.values(), key=place, reverse=True)


def _goes_with_another(fact: Fact, live: Catalog, goal: Catalog) -> bool:
    """Whether it will be dropped together with something else."""
    kind = KINDS[fact.kind]
    if kind.goes_without and kind.goes_without(fact, goal, live):
        return True
    if _comes_down(fact, goal, live):
        return True
    wholes = (*kind.goes_with(fact), *((container, fact.object) for container in _CONTAINERS))
    return any(
        whole != fact.key and whole in live.facts and whole not in goal.facts for whole in wholes
    )


def _comes_with_another(fact: Fact, goal: Catalog, live: Catalog) -> bool:
    """Whether it will be created together with something else."""
    kind = KINDS[fact.kind]
    if kind.said_with and any(_is_said(its, goal, live) for its in kind.said_with(fact, goal)):
        return True
    if _comes_down(fact, goal, live):
        return True
    wholes = kind.comes_with(fact)
    return bool(wholes) and not any(whole in live.facts for whole in wholes)


def _is_said(its: FactKey, goal: Catalog, live: Catalog) -> bool:
    """Whether something will be created, with what is said with it.

    A key or an index that gets another definition is, too.
    """
    if its not in live.facts:
        return True
    return (
        its[0] in ("constraint", "index")
        and its in goal.facts
        and live.facts[its].definition != goal.facts[its].definition
    )


def _comes_down(fact: Fact, goal: Catalog, live: Catalog) -> bool:
    """Whether a statement on the table of its partition says it."""
    return KINDS[fact.kind].comes_down and comes_down(fact, goal, live)
