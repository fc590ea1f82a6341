"""What statements demand of rows that are there: if a row does not meet it, they fail."""

from collections.abc import Iterator

from diffapply.ddl.lookup import fact_named
from diffapply.ddl.risk import Risk
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Check, Column, Constraint, Default, ForeignKey, Index, Key
from diffapply.values.grammar import words

FAILS = "fails in "
"""How a hazard begins that tells in which tenants a statement fails."""


def no_nulls(table: str, column: str) -> Risk:
    """A column that stands becomes NOT NULL."""

    def tell(before: Catalog, _: Catalog) -> Iterator[Hazard]:
        if fact_named(before, "column", table, column):
            message = f"{FAILS}a tenant where {table}.{column} is null in a row"
            yield Hazard(HazardCode.FAILS_ON_NULLS, message)

    return Risk(tell, table)


def no_equals(table: str, what: str, kind: str = "", *name: str) -> Risk:
    """Rows must not be equal in what a key or a unique index names.

    Args:
        what: the key or index, as people are told.
        kind: of its fact in the goal, and its name, in parts; empty: it is not known.
    """
    where = f"where rows of {table} are equal in what {what} names"
    return _of_values(table, where, kind, *name)


def met(table: str, what: str, kind: str = "", *name: str) -> Risk:
    """Rows must meet a check, or refer to rows that there are. Arguments as of `no_equals`."""
    return _of_values(table, f"where a row of {table} does not meet {what}", kind, *name)


def refers(key: Fact, partition: str) -> Hazard:
    """No row must refer by a foreign key to one of a partition that leaves its table."""
    where = f"where {key.object} refers to a row of {partition} by constraint {key.part}"
    return Hazard(HazardCode.FAILS_ON_VALUES, f"{FAILS}a tenant {where}")


def _of_values(table: str, where: str, kind: str, *name: str) -> Risk:
    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        fact = fact_named(goal, kind, *name) if kind else None
        if fact is None or _may_be_broken(fact, before, goal):
            yield Hazard(HazardCode.FAILS_ON_VALUES, f"{FAILS}a tenant {where}")

    return Risk(tell, table)


def _may_be_broken(demand: Fact, before: Catalog, goal: Catalog) -> bool:
    """Whether rows that are there may break it: not by new columns that are null in all of them."""

    def has_values(column: str, *, equal: bool = False) -> bool:
        return not column or _may_have_values(
            f"{demand.object}.{column}", before, goal, equal=equal
        )

    if demand.kind == "index":
        index = Index.of(demand)
        return index.nulls_not_distinct or all(has_values(its, equal=True) for its in index.columns)
    match Constraint.of(demand):
        case Key() as key:
            distinct = "NOT DISTINCT" not in key.word
            return not distinct or all(has_values(its, equal=True) for its in key.columns)
        case ForeignKey() as key:
            enough = any if key.match == "FULL" else all
            return enough(map(has_values, key.columns))
        case Check() as check:
            named = words(check.expression)
            columns = [its.part for its in goal.parts("column", demand.object) if its.part in named]
            asks_for_null = "null" in check.expression.lower()
            return asks_for_null or not columns or any(map(has_values, columns))
    return True


def _may_have_values(name: str, before: Catalog, goal: Catalog, *, equal: bool) -> bool:
    """Whether a column may have values in rows that are there.

    Args:
        equal: whether equal ones count alone: those of a sequence differ.
    """
    fact = goal.facts.get(("column", name))
    if fact is None or fact.key in before.facts or Column.of(fact).generated is not None:
        return True
    if ("table", fact.object) not in before.facts:  # the rows are those of its partitions
        return True
    if ("identity", name) in goal.facts:
        return not equal
    default = goal.facts.get(("default", name))
    return default is not None and not (equal and Default.of(default).is_sequence)
