"""What stands halfway, when the user's own statements change rows.

What comes is there, what goes still is, and nothing is stricter yet than it was or will be.
"""

from dataclasses import replace

from diffapply.ddl.structure.keys import is_reference
from diffapply.ddl.structure.partitions import parent_of
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Check, Column, Constraint, Enum, ForeignKey

_LATER = frozenset(
    {
        *("view", "materialized view", "unpopulated", "rule", "rule state", "trigger"),
        *("trigger state", "policy", "row security", "forced row security", "comment"),
        *("extended statistics", "extended statistics target"),
        *("owner", "privilege", "column privilege", "default privilege"),
    }
)
"""Kinds of which rows need nothing, or that would do more with them than is said."""

_FROM_ABOVE = frozenset({"not null", "constraint", "index", "index attachment"})
"""Kinds that a new partition gets from its table, and must not have before that has them."""

_OF_DOMAIN = frozenset({"domain not null", "domain constraint"})
"""Kinds by which a domain forbids values."""

_WITH_COLUMN = frozenset({"column", "default", "identity", "sequence owner"})
"""What a new column of a table that stands needs to take values."""


def halfway(ends: Ends) -> Catalog:
    """The structure in which the user's own statements find what is, and what is to be."""
    kept = (fact for fact in ends.live.facts.values() if not _is_loosened(fact, ends))
    new = (fact for fact in ends.goal.facts.values() if _comes_first(fact, ends))
    return Catalog.of((*kept, *new))


def with_new_labels(ends: Ends) -> Catalog:
    """What stands, with the labels that its enums get beside those that they have."""
    changed = (fact for fact in ends.live.by_kind.get("enum", ()) if ends.changes(fact.key))
    new = (_with_all_labels(fact, ends.goal.facts[fact.key]) for fact in changed)
    return Catalog.of((*ends.live.facts.values(), *new))


def _with_all_labels(old: Fact, new: Fact) -> Fact:
    """An enum with the labels of both; as the new one is, if that has all of them."""
    has, wants = Enum.of(old).labels, Enum.of(new).labels
    if {*has} <= {*wants}:
        return new
    labels = dict.fromkeys((*has, *wants))
    return replace(old, definition=str(replace(Enum.of(old), labels=tuple(labels))))


def _is_loosened(fact: Fact, ends: Ends) -> bool:
    """Whether it forbids rows that the goal allows."""
    if ends.keeps(fact.key):
        return False
    if fact.kind in _OF_DOMAIN:
        return ("domain", fact.object) in ends.goal.facts
    if ("table", fact.object) not in ends.goal.facts:
        return False
    if fact.kind == "not null":
        return ends.loses(fact.key) and ("column", fact.name) in ends.goal.facts
    return fact.kind == "constraint" and isinstance(Constraint.of(fact), Check | ForeignKey)


def _comes_first(fact: Fact, ends: Ends) -> bool:
    """Whether it comes, or is as in the goal, before rows are changed."""
    if ends.changes(fact.key):
        return fact.kind == "enum" and _gets_labels(fact, ends)
    if fact.key in ends.live.facts or fact.kind in _LATER or _is_of_standing_domain(fact, ends):
        return False
    if is_reference(fact):
        return False
    if ("table", fact.object) not in ends.live.facts:
        return fact.kind not in _FROM_ABOVE or not _is_new_partition(fact.object, ends)
    if fact.kind == "not null":
        return ("column", fact.name) not in ends.live.facts and fills_itself(fact.name, ends.goal)
    column = fact.name if fact.kind != "sequence owner" else fact.definition
    return fact.kind in _WITH_COLUMN and ("column", column) not in ends.live.facts


def _is_of_standing_domain(fact: Fact, ends: Ends) -> bool:
    """Whether it makes a domain stricter that columns may have by now."""
    return fact.kind in _OF_DOMAIN and ("domain", fact.object) in ends.live.facts


def _is_new_partition(table: str, ends: Ends) -> bool:
    """Whether a table comes as a part of one that stands, and gets from it what that demands."""
    return ("table", parent_of(table, ends.goal)) in ends.live.facts


def _gets_labels(fact: Fact, ends: Ends) -> bool:
    """Whether an enum has all that it had."""
    return {*Enum.of(ends.live.facts[fact.key]).labels} <= {*Enum.of(fact).labels}


def fills_itself(column: str, goal: Catalog) -> bool:
    """Whether a new column has a value in each row at once, if it may have one at all."""
    fact = goal.facts.get(("column", column))
    generated = fact is not None and Column.of(fact).generated is not None
    return generated or any((kind, column) in goal.facts for kind in ("default", "identity"))
