"""Definitions that differ as texts, and a catalog in the words of another."""

from collections.abc import Collection
from dataclasses import replace

from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.values import Column, Constraint, ForeignKey, Index, Key, Value


def changed_expressions(live: Catalog, goal: Catalog) -> frozenset[FactKey]:
    """The facts in both that differ, maybe only in an expression."""
    return frozenset(
        fact.key
        for fact in live.facts.values()
        if KINDS[fact.kind].text.has_expressions
        and (wanted := goal.facts.get(fact.key)) is not None
        and wanted.definition != fact.definition
        and _frame(wanted) == _frame(fact)
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


def _frame(fact: Fact) -> Value | None:
    """The parts that are no expressions, as far as they are told apart; else they may be any."""
    if not issubclass(KINDS[fact.kind].value, (Column, Index, Constraint)):
        return None
    value = KINDS[fact.kind].value.of(fact)
    if isinstance(value, Column):
        return replace(value, generated=None)
    if isinstance(value, Index):
        return replace(value, keys=value.columns, where=value.where and "")
    return value if isinstance(value, Key | ForeignKey) else None
