"""Definitions that differ as texts, and a catalog in the words of another."""

from collections.abc import Collection
from dataclasses import replace

from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.values import Column


def changed_expressions(live: Catalog, goal: Catalog) -> frozenset[FactKey]:
    """The facts in both that differ, maybe only in an expression."""
    return frozenset(
        fact.key
        for fact in live.facts.values()
        if KINDS[fact.kind].text.has_expressions
        and (wanted := goal.facts.get(fact.key)) is not None
        and wanted.definition != fact.definition
        and (fact.kind != "column" or _frame(wanted) == _frame(fact))
    )


def worded_as(catalog: Catalog, other: Catalog, keys: Collection[FactKey]) -> Catalog:
    """The catalog, with some definitions as another catalog has them."""
    if not keys:
        return catalog
    facts = (
        replace(fact, definition=other.facts[fact.key].definition) if fact.key in keys else fact
        for fact in catalog.facts.values()
    )
    return Catalog.of(facts, catalog.strangers)


def _frame(column: Fact) -> Column:
    """The parts of a column that are no expressions."""
    return replace(Column.of(column), generated=None)
