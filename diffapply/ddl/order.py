"""The order of objects of one kind that use each other, such as views on views."""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from diffapply.model.catalog import Catalog, FactKey
from diffapply.values.grammar import IDENTIFIER

_USE_EACH_OTHER = ("composite type", "domain", "view", "materialized view")
_WORD = re.compile(IDENTIFIER)


def build_order(catalog: Catalog) -> Mapping[FactKey, int]:
    """Fact → its place among those of its kind, after what it names.

    A definition may contain a name and mean something else; trying corrects that. Kinds that do not
    use each other, and circles, get no place.
    """
    places: dict[FactKey, int] = {}
    for kind in _USE_EACH_OTHER:
        facts = {fact.name: fact for fact in catalog.by_kind.get(kind, ())}
        uses = {
            name: facts.keys() & {*_WORD.findall(fact.definition)} - {name}
            for name, fact in sorted(facts.items())
        }
        try:
            order = [*TopologicalSorter(uses).static_order()]
        except CycleError:
            continue
        places |= {(kind, name): place for place, name in enumerate(order)}
    return places
