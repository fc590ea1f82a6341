"""The second proposer: statements made from the facts themselves.

It knows all fact kinds, so it proposes what migra cannot see. It also rebuilds a whole structure
from its facts.
"""

from collections.abc import Collection
from dataclasses import dataclass

from diffapply.ddl import KINDS, RANK
from diffapply.ddl.order import build_order
from diffapply.ddl.statements import Options
from diffapply.model.catalog import Catalog, Fact, FactKey

_CONTAINERS = [kind.name for kind in KINDS.values() if kind.contains]
# Objects that depend on others are dropped first; objects that others depend on, last.
_GOES_FIRST = RANK["constraint"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ways to bring one fact to its goal.

    Attributes:
        options: best first.
        resorts: further ways, tried if nothing else works.
    """

    fact: Fact
    options: Options
    resorts: Options = ()


def propose(
    live: Catalog, goal: Catalog, anew: Collection[FactKey] = frozenset()
) -> list[Proposal]:
    """Proposals that lead from one catalog to the other, in an order that usually works.

    Args:
        anew: facts to replace even if they could be altered.
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
    """Ways to drop a fact."""
    return KINDS[fact.kind].drop(fact, live)


def _in_order(catalog: Catalog) -> list[Fact]:
    """The facts in an order in which they can usually be created.

    A table comes before its partitions: they share its names of NOT NULL constraints, and
    PostgreSQL would choose other names if those of the partitions existed.
    """
    places = build_order(catalog)

    def key(fact: Fact) -> tuple[int, bool, int, int, str]:
        partition = ("partition", fact.name) in catalog.facts
        return RANK[fact.kind], partition, places.get(fact.key, 0), fact.position, fact.name

    return sorted(catalog.facts.values(), key=key)


def _goes_with_another(fact: Fact, live: Catalog, goal: Catalog) -> bool:
    """Whether it will be dropped together with something else."""
    wholes = (*KINDS[fact.kind].goes_with(fact), *((kind, fact.object) for kind in _CONTAINERS))
    return any(
        whole != fact.key and whole in live.facts and whole not in goal.facts for whole in wholes
    )


def _comes_with_another(fact: Fact, live: Catalog) -> bool:
    """Whether it will be created together with something else."""
    wholes = KINDS[fact.kind].comes_with(fact)
    return bool(wholes) and not any(whole in live.facts for whole in wholes)
