"""The order of objects of one kind that use each other, such as views on views."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from heapq import heapify, heappop, heappush

from diffapply.ddl.structure.partitions import default_of, parent_of
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.values import Constraint, ForeignKey, Inherits, Partition
from diffapply.values.grammar import words

_NAME_EACH_OTHER = ("composite type", "domain", "view", "materialized view")

_Uses = Mapping[str, frozenset[str]]
"""Name → the names that it uses."""


@lru_cache(maxsize=16)
def build_order(catalog: Catalog) -> Mapping[FactKey, int]:
    """Fact → its place among those of its kind, after those that it uses.

    Otherwise, objects are in the order of their names. A definition may contain a name and mean
    something else; trying corrects that. Kinds that do not use each other get no place.
    """
    places: dict[FactKey, int] = {}
    for kind in _NAME_EACH_OTHER:
        facts = {fact.name: fact for fact in catalog.by_kind.get(kind, ())}
        uses = {
            name: frozenset(facts.keys() & words(fact.definition) - {name})
            for name, fact in facts.items()
        }
        places |= {(kind, name): place for place, name in enumerate(_after_used(uses))}
    tables = catalog.by_kind.get("table", ())
    uses = {fact.name: frozenset(_tables_used(fact, catalog)) for fact in tables}
    places |= {("table", name): place for place, name in enumerate(_after_used(uses))}
    return places


def parents_first(catalog: Catalog) -> list[str]:
    """The tables by name, each after its parents; and a default partition after the others.

    Whatever is attached after it would read its rows.
    """
    parts: dict[str, set[str]] = defaultdict(set)
    for fact in catalog.by_kind.get("partition", ()):
        parts[Partition.of(fact).parent].add(fact.name)
    uses = {its.name: {*_parents(its, catalog)} for its in catalog.by_kind.get("table", ())}
    for parent, others in parts.items():
        if (default := default_of(parent, catalog)) in uses:
            uses[default] |= others - {default}
    return _after_used({name: frozenset(used) for name, used in uses.items()})


@lru_cache(maxsize=16)
def circles(catalog: Catalog) -> Mapping[str, frozenset[str]]:
    """Table → the tables, itself included, that refer to each other; others have none."""
    tables = catalog.by_kind.get("table", ())
    uses = {fact.name: {*_referred_to(fact, catalog)} - {fact.name} for fact in tables}
    # A table that refers to no other one is in no circle.
    while ends := {name for name, used in uses.items() if not used & uses.keys()}:
        uses = {name: used - ends for name, used in uses.items() if name not in ends}
    reached = {name: _reached(name, uses) for name in uses}
    found = {name: frozenset(its for its in reached[name] if name in reached[its]) for name in uses}
    return {name: circle for name, circle in found.items() if circle}


def _reached(name: str, uses: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [*uses[name]]
    while waiting:
        if (its := waiting.pop()) not in reached:
            reached.add(its)
            waiting += uses[its]
    return reached


def _tables_used(table: Fact, catalog: Catalog) -> Iterator[str]:
    """The tables that it hangs on: its parents, and those that its foreign keys refer to."""
    yield from _parents(table, catalog)
    yield from _referred_to(table, catalog)


def _referred_to(table: Fact, catalog: Catalog) -> Iterator[str]:
    for fact in catalog.parts("constraint", table.name):
        if isinstance(key := Constraint.of(fact), ForeignKey):
            yield key.table


def _parents(table: Fact, catalog: Catalog) -> Iterator[str]:
    if parent := parent_of(table.name, catalog):
        yield parent
    if inherits := catalog.facts.get(("inherits", table.name)):
        yield from Inherits.of(inherits).parents


def _after_used(uses: _Uses) -> list[str]:
    """The names in order, each after those that it uses; a circle begins with its first name."""
    left = {name: {*used} & uses.keys() - {name} for name, used in uses.items()}
    users: dict[str, list[str]] = defaultdict(list)
    for name, used in left.items():
        for its in used:
            users[its].append(name)
    ready = [name for name, used in left.items() if not used]
    heapify(ready)
    placed: list[str] = []
    while left:
        name = heappop(ready) if ready else _first_of_circle(left)
        if name not in left:
            continue
        del left[name]
        placed.append(name)
        for user in users[name]:
            if user in left:
                left[user].discard(name)
                if not left[user]:
                    heappush(ready, user)
    return placed


def _first_of_circle(uses: Mapping[str, set[str]]) -> str:
    """The first name of a circle, where each name uses another."""
    name, way = min(uses), []
    while name not in way:
        way.append(name)
        name = min(uses[name])
    return min(way[way.index(name) :])
