"""The order of objects of one kind that use each other, such as views on views."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from diffapply.ddl.partitions import parent_of
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.values import Constraint, ForeignKey, Inherits
from diffapply.values.grammar import IDENTIFIER

_NAME_EACH_OTHER = ("composite type", "domain", "view", "materialized view")
_WORD = re.compile(IDENTIFIER)

_Uses = Mapping[str, frozenset[str]]
"""Name → the names that it uses."""


@lru_cache(maxsize=16)
def build_order(catalog: Catalog) -> Mapping[FactKey, int]:
    """Fact → its place among those of its kind, after what it uses.

    Otherwise, objects are in the order of their names. A definition may contain a name and mean
    something else; trying corrects that. Kinds that do not use each other get no place.
    """
    places: dict[FactKey, int] = {}
    for kind in _NAME_EACH_OTHER:
        facts = {fact.name: fact for fact in catalog.by_kind.get(kind, ())}
        uses = {
            name: frozenset(facts.keys() & {*_WORD.findall(fact.definition)} - {name})
            for name, fact in facts.items()
        }
        places |= {(kind, name): place for place, name in enumerate(_after_used(uses))}
    tables = {fact.name: frozenset(_tables_used(fact, catalog)) for fact in _tables(catalog)}
    places |= {("table", name): place for place, name in enumerate(_after_used(tables))}
    return places


def _tables(catalog: Catalog) -> list[Fact]:
    return [*catalog.by_kind.get("table", ())]


def _tables_used(table: Fact, catalog: Catalog) -> Iterator[str]:
    """The tables that it hangs on: its parents, and those that its foreign keys refer to."""
    if parent := parent_of(table.name, catalog):
        yield parent
    if inherits := catalog.facts.get(("inherits", table.name)):
        yield from Inherits.of(inherits).parents
    for fact in catalog.parts("constraint", table.name):
        if isinstance(key := Constraint.of(fact), ForeignKey):
            yield key.table


def _after_used(uses: _Uses) -> list[str]:
    """The names in order, each after those that it uses; in a circle, one comes before."""
    placed: dict[str, None] = {}
    begun: set[str] = set()
    waiting = sorted(uses, reverse=True)
    while waiting:
        name = waiting[-1]
        first = [] if name in begun else [its for its in uses[name] if its in uses]
        begun.add(name)
        if more := sorted((its for its in first if its not in begun), reverse=True):
            waiting += more
        else:
            placed.setdefault(waiting.pop())
    return [*placed]
