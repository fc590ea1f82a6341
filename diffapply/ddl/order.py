"""In which order objects of one kind are made that use each other, such as views on views."""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from diffapply.model.catalog import Catalog, FactKey
from diffapply.values.grammar import IDENTIFIER

_USE_EACH_OTHER = ("composite type", "domain", "view", "materialized view")
_WORD = re.compile(IDENTIFIER)


def build_order(catalog: Catalog) -> Mapping[FactKey, int]:
    """Fact → its place among those of its kind: what it names comes before it.

    A definition may say a name and mean something else; what is tried puts that right. Of kinds
    that do not use each other, and where they do in a circle, nothing is said.
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
