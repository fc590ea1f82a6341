"""The first proposer: statements made from the facts themselves.

It knows all fact kinds, and it also rebuilds a whole structure from its facts. The statements come
in the order in which they are read: what is in the way goes first; types, routines and tables come;
then tables change, one after the other; then come views and the rest; drops are last.
"""

from collections.abc import Collection
from dataclasses import dataclass

from diffapply.ddl import KINDS, RANK
from diffapply.ddl.new_table import waits_for_key
from diffapply.ddl.order import build_order
from diffapply.ddl.statements import Alteration, Options, dropped_anew
from diffapply.model.catalog import Catalog, Fact, FactKey

_CONTAINERS = [kind.name for kind in KINDS.values() if kind.contains]
_VIEWS = {"view", "materialized view", "unpopulated"}
_OF_TABLES = {name for name, rank in RANK.items() if RANK["table"] < rank < RANK["rule"]} - _VIEWS
# Objects that depend on others are dropped first; objects that others depend on, last.
_GOES_FIRST = RANK["constraint"]

_Place = tuple[int, int, int, int, int, int, str]


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
    with_tables: list[tuple[_Place, Proposal]] = []
    for place, fact in reversed(_in_order(live, live)):
        if fact.key in goal.facts or _goes_with_another(fact, live, goal):
            continue
        kind = KINDS[fact.kind]
        ways = kind.ways_to_drop(fact, goal, live)
        proposal = Proposal(fact, ways, kind.last_ways_to_drop(fact, live))
        if _changes_table(proposal, goal) and not waits_for_key(fact, live, goal):
            with_tables.append((_among_changes(place, fact, goal), proposal))
        else:
            (first if RANK[fact.kind] >= _GOES_FIRST else last).append(proposal)
    for place, fact in _in_order(goal, live):
        kind, old = KINDS[fact.kind], live.facts.get(fact.key)
        if old is None:
            if not _comes_with_another(fact, goal, live):
                ways = kind.ways_to_create(fact, goal, live)
                resorts = kind.last_ways_to_create(fact, goal, live)
                with_tables.append((place, Proposal(fact, ways, resorts)))
        elif old.definition != fact.definition or (
            kind.changes_with and kind.changes_with(old, goal, live)
        ):
            with_tables.append((place, _change(old, live, goal, anew)))
    return [*first, *(its for _, its in sorted(with_tables, key=_by_place)), *last]


def _by_place(placed: tuple[_Place, Proposal]) -> _Place:
    return placed[0]


def _changes_table(proposal: Proposal, goal: Catalog) -> bool:
    """Whether something is dropped by an action on a table that stays."""
    fact = proposal.fact
    return (
        fact.kind in _OF_TABLES
        and ("table", fact.object) in goal.facts
        and bool(proposal.options)
        and all(isinstance(draft, Alteration) for draft in proposal.options[0])
    )


def _change(old: Fact, live: Catalog, goal: Catalog, anew: Collection[FactKey]) -> Proposal:
    kind, new = KINDS[old.kind], goal.facts[old.key]
    ways = kind.ways_to_replace if new.key in anew else kind.ways_to_alter
    resorts = kind.last_ways_to_alter(old, new, goal, live)
    return Proposal(new, ways(old, new, goal, live), resorts)


def drop(fact: Fact, live: Catalog) -> Options:
    """Ways to drop a fact that is in the way."""
    return tuple(map(dropped_anew, KINDS[fact.kind].drop(fact, live)))


def _in_order(catalog: Catalog, live: Catalog) -> list[tuple[_Place, Fact]]:
    """The facts in an order in which they can usually be created, each with its place.

    A table comes before its partitions: they share its names of NOT NULL constraints, and
    PostgreSQL would choose other names if those of the partitions existed.
    """
    places = build_order(catalog)

    def place(fact: Fact) -> _Place:
        rank, its = RANK[fact.kind], places.get(fact.key, 0)
        table = places.get(("table", fact.object))
        if rank <= RANK["table"]:
            return _BASE, 0, 0, rank, its, fact.position, fact.name
        if table is None or fact.kind not in _OF_TABLES:
            return _REST, 0, 0, rank, its or table or 0, fact.position, fact.name
        stage = _KEYS if waits_for_key(fact, catalog, live) else _TABLES
        turn = _CHANGED if rank <= RANK["constraint"] else _INDEXED
        return stage, table, turn, rank, its, fact.position, fact.name

    return sorted(((place(fact), fact) for fact in catalog.facts.values()), key=lambda its: its[0])


_BASE, _TABLES, _KEYS, _REST = range(4)
"""Stages: all up to new tables; what tables consist of; foreign keys that wait; the rest."""

_FREED, _CHANGED, _REDUCED, _INDEXED = range(4)
"""Turns among the changes of a table: constraints are dropped first, then what it consists of comes
or is altered, then columns and the like are dropped; indexes are last."""


def _among_changes(place: _Place, fact: Fact, goal: Catalog) -> _Place:
    """The place of a drop among the changes of its table."""
    table = build_order(goal)["table", fact.object]
    turn = _FREED if fact.kind == "constraint" else _REDUCED
    return _TABLES, table, turn, *place[3:]


def _goes_with_another(fact: Fact, live: Catalog, goal: Catalog) -> bool:
    """Whether it will be dropped together with something else."""
    kind = KINDS[fact.kind]
    if kind.taken_over and kind.taken_over(fact, goal, live):
        return True
    wholes = (*kind.goes_with(fact), *((container, fact.object) for container in _CONTAINERS))
    return any(
        whole != fact.key and whole in live.facts and whole not in goal.facts for whole in wholes
    )


def _comes_with_another(fact: Fact, goal: Catalog, live: Catalog) -> bool:
    """Whether it will be created together with something else."""
    kind = KINDS[fact.kind]
    said_with = kind.said_with(fact, goal) if kind.said_with else None
    if said_with and said_with not in live.facts:
        return True
    wholes = kind.comes_with(fact)
    return bool(wholes) and not any(whole in live.facts for whole in wholes)
