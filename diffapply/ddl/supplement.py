"""The second proposer: statements made from the facts themselves.

It expresses whatever the table of kinds expresses, so it proposes what migra cannot see, and it
rebuilds a whole structure when there is nothing yet.
"""

from collections.abc import Collection
from dataclasses import dataclass

from diffapply.ddl import KINDS, RANK
from diffapply.ddl.order import build_order
from diffapply.ddl.statements import Options
from diffapply.model.catalog import Catalog, Fact, FactKey

_CONTAINERS = [kind.name for kind in KINDS.values() if kind.contains]
# What hangs on other objects goes first, so that it is not in the way; what others hang on
# goes last.
_GOES_FIRST = RANK["constraint"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ways to bring one fact to what it should be.

    Attributes:
        options: best first.
        resorts: further ways, for when nothing else gets any further.
    """

    fact: Fact
    options: Options
    resorts: Options = ()


def propose(
    live: Catalog, goal: Catalog, anew: Collection[FactKey] = frozenset()
) -> list[Proposal]:
    """What would lead from one catalog to the other, in an order that mostly works.

    Args:
        anew: facts that are replaced even where they could be altered.
    """
    first: list[Proposal] = []
    last: list[Proposal] = []
    for fact in reversed(_in_order(live)):
        if fact.key not in goal.facts and not _goes_with_another(fact, live, goal):
            proposals = first if RANK[fact.kind] >= _GOES_FIRST else last
            kind = KINDS[fact.kind]
            ways = kind.ways_to_drop(fact, goal, live)
            proposals.append(Proposal(fact, ways, kind.last_ways_to_drop(fact, live)))
    middle: list[Proposal] = []
    for fact in _in_order(goal):
        kind, old = KINDS[fact.kind], live.facts.get(fact.key)
        if old is None:
            if not _comes_with_another(fact, live):
                ways = kind.ways_to_create(fact, goal, live)
                middle.append(Proposal(fact, ways, kind.last_ways_to_create(fact, goal, live)))
        elif old.definition != fact.definition or (
            kind.changes_with and kind.changes_with(old, goal, live)
        ):
            middle.append(_change(old, live, goal, anew))
    return first + middle + last


def _change(old: Fact, live: Catalog, goal: Catalog, anew: Collection[FactKey]) -> Proposal:
    kind, new = KINDS[old.kind], goal.facts[old.key]
    ways = kind.ways_to_replace if new.key in anew else kind.ways_to_alter
    resorts = kind.last_ways_to_alter(old, new, goal, live)
    return Proposal(new, ways(old, new, goal, live), resorts)


def drop(fact: Fact, live: Catalog) -> Options:
    """How this fact is dropped."""
    return KINDS[fact.kind].drop(fact, live)


def _in_order(catalog: Catalog) -> list[Fact]:
    """Its facts in an order in which they can mostly be made.

    A table before its partitions: its names for what is NOT NULL are theirs as well, and the one
    that PostgreSQL gives by itself would be another one if theirs were there.
    """
    places = build_order(catalog)

    def key(fact: Fact) -> tuple[int, bool, int, int, str]:
        partition = ("partition", fact.name) in catalog.facts
        return RANK[fact.kind], partition, places.get(fact.key, 0), fact.position, fact.name

    return sorted(catalog.facts.values(), key=key)


def _goes_with_another(fact: Fact, live: Catalog, goal: Catalog) -> bool:
    """Whether something is to be dropped that takes it along."""
    wholes = (*KINDS[fact.kind].goes_with(fact), *((kind, fact.object) for kind in _CONTAINERS))
    return any(
        whole != fact.key and whole in live.facts and whole not in goal.facts for whole in wholes
    )


def _comes_with_another(fact: Fact, live: Catalog) -> bool:
    """Whether something is still to be created that brings it along."""
    wholes = KINDS[fact.kind].comes_with(fact)
    return bool(wholes) and not any(whole in live.facts for whole in wholes)
