"""What statements demand of rows that are there: if a row does not meet it, they fail."""

from collections.abc import Iterator

from diffapply.ddl.lookup import fact_named
from diffapply.ddl.risk import Risk
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column
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


def no_equals(table: str, what: str, definition: str) -> Risk:
    """Rows must not be equal in what a key or a unique index names."""
    return _of_values(table, f"where rows of {table} are equal in what {what} names", definition)


def met(table: str, constraint: str, definition: str) -> Risk:
    """Rows must meet a check, or refer to rows that there are."""
    return _of_values(table, f"where a row of {table} does not meet {constraint}", definition)


def _of_values(table: str, where: str, definition: str) -> Risk:
    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        if _has_values(table, definition, before, goal):
            yield Hazard(HazardCode.FAILS_ON_VALUES, f"{FAILS}a tenant {where}")

    return Risk(tell, table)


def _has_values(table: str, definition: str, before: Catalog, goal: Catalog) -> bool:
    """Whether a column that is named may have values; a new one that nothing fills has none."""
    named = [fact for fact in goal.parts("column", table) if fact.part in words(definition)]
    return not named or any(
        fact.key in before.facts
        or ("default", fact.name) in goal.facts
        or Column.of(fact).generated is not None
        for fact in named
    )
