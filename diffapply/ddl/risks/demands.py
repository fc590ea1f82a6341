"""What statements demand of rows that are there: if a row does not meet it, they fail."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.conversion.own_types import what_is_lost
from diffapply.ddl.risk import Risk, certain
from diffapply.ddl.statements import spares
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import (
    Check,
    Column,
    Constraint,
    Default,
    Exclude,
    ForeignKey,
    Index,
    Key,
    NotNull,
    Table,
)
from diffapply.values.grammar import IDENTIFIER, Regex, leading_name, words

_IS_THERE = Regex(rf"\(?(?P<column>{IDENTIFIER}) IS NOT NULL\)?")
_UNIQUE = {"gen_random_uuid()", "uuidv4()", "uuidv7()"}
"""Defaults of PostgreSQL that give each row another value."""


def no_nulls(table: str, column: str, *, is_empty: bool = False) -> Risk:
    """A column that stands becomes NOT NULL.

    Args:
        is_empty: whether it counts, too, if it comes by the transition itself.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        if is_empty or fact_named(ends.live, "column", table, column):
            where = f"a tenant where {table}.{column} is null in a row"
            yield Hazard.failing(HazardCode.FAILS_ON_NULLS, where)

    return Risk(tell, table)


def no_equals(table: str, what: str, kind: str = "", *name: str) -> Risk:
    """Rows must not be equal in what a key or a unique index names.

    Args:
        what: the key or index, as people are told.
        kind: of its fact in the goal, and its name, in parts; empty: it is not known.
    """
    where = f"where rows of {table} are equal in what {what} names"
    return _of_values(table, where, kind, *name)


def no_conflicts(table: str, what: str, kind: str = "", *name: str) -> Risk:
    """Rows must not conflict by an exclusion constraint. Arguments as of `no_equals`."""
    return _of_values(table, f"where rows of {table} conflict by {what}", kind, *name)


def of_key(key: Fact) -> Risk:
    """What a key or an exclusion constraint demands."""
    demand = no_conflicts if isinstance(Constraint.of(key), Exclude) else no_equals
    return demand(key.object, f"constraint {key.part}", key.kind, key.object, key.part)


def indexes_no_equals(table: str, index: str) -> Risk:
    """The same of a unique index, which may have the name that it gets in the end, or a spare."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        wanted = (its.name for its in ends.goal.parts("index", table) if index in spares(its.name))
        name = index if ("index", index) in ends.goal.facts else next(wanted, index)
        yield from no_equals(table, f"unique index {name}", "index", name).tell(ends)

    return Risk(tell, table)


def met(table: str, what: str, kind: str = "", *name: str) -> Risk:
    """Rows must meet a check, or refer to rows that there are. Arguments as of `no_equals`."""
    return _of_values(table, _unmet(table, what), kind, *name)


def met_by_new(constraint: Fact) -> Risk:
    """Rows that came in the same transition must meet a constraint."""
    where = _unmet(constraint.object, f"constraint {constraint.part}")
    return certain(Hazard.failing(HazardCode.FAILS_ON_VALUES, f"a tenant {where}"))


def _unmet(table: str, what: str) -> str:
    return f"where a row of {table} does not meet {what}"


def refers(key: Fact, partition: str) -> Hazard:
    """No row must refer by a foreign key to one of a partition that leaves its table."""
    where = f"where {key.object} refers to a row of {partition} by constraint {key.part}"
    return Hazard.failing(HazardCode.FAILS_ON_VALUES, f"a tenant {where}")


def _of_values(table: str, where: str, kind: str, *name: str) -> Risk:
    def tell(ends: Ends) -> Iterator[Hazard]:
        fact = fact_named(ends.goal, kind, *name) if kind else None
        if fact is None or _may_be_broken(fact, ends):
            yield Hazard.failing(HazardCode.FAILS_ON_VALUES, f"a tenant {where}")

    return Risk(tell, table)


def _may_be_broken(demand: Fact, ends: Ends) -> bool:
    """Whether rows that are there may break it: not by new columns that are null in all of them."""

    def has_values(column: str, *, equal: bool = False) -> bool:
        return not column or _may_have_values(f"{demand.object}.{column}", ends, equal=equal)

    if _is_met(demand, ends) or _is_not_null(demand, ends.goal):
        return False
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
            columns = [
                its.part for its in ends.goal.parts("column", demand.object) if its.part in named
            ]
            asks_for_null = "null" in check.expression.lower()
            return asks_for_null or not columns or any(map(has_values, columns))
    return True


def _is_met(demand: Fact, ends: Ends) -> bool:
    """Whether a key that stood made the rows different in some of what this one names.

    Or, of a foreign key, whether one that stood lets them refer to the same rows.
    Its columns must be what they were: values that differ may be equal in another type.
    """
    if not _is_same_table(demand.object, ends):
        return False
    if demand.kind == "constraint" and isinstance(key := Constraint.of(demand), ForeignKey):
        return _is_referred(demand.object, key, ends)
    wants = _unique(demand)
    if wants is None:
        return False
    for fact in (
        *ends.held.parts("constraint", demand.object),
        *ends.held.parts("index", demand.object),
    ):
        had = _unique(fact)
        if had is None or not had.columns <= wants.columns or _is_put_off(fact, ends.held):
            continue
        names = [f"{demand.object}.{its}" for its in had.columns]
        never_null = all(_is_never_null(name, ends.held) for name in names)
        if (wants.nulls_differ or not had.nulls_differ or never_null) and all(
            _is_same(name, ends) for name in names
        ):
            return True
    return False


def _is_not_null(demand: Fact, goal: Catalog) -> bool:
    """Whether it is a check that a column is there which NOT NULL demands, too."""
    check = Constraint.of(demand) if demand.kind == "constraint" else None
    its = _IS_THERE.fullmatch(check.expression) if isinstance(check, Check) else None
    return its is not None and ("not null", f"{demand.object}.{its['column']}") in goal.facts


def _is_referred(table: str, key: ForeignKey, ends: Ends) -> bool:
    """Whether a foreign key that holds says the same, whatever is done if a row goes."""
    had = (
        Constraint.of(fact)
        for fact in ends.held.parts("constraint", table)
        if ("constraint state", fact.name) not in ends.held.facts  # switched off, it does not hold
    )
    named = [f"{table}.{its}" for its in key.columns]
    named += [f"{key.table}.{its}" for its in key.referenced]
    return (
        any(isinstance(its, ForeignKey) and _demanded(its) == _demanded(key) for its in had)
        and _is_same_table(key.table, ends)
        and all(_is_same(name, ends) for name in named)
    )


def _demanded(key: ForeignKey) -> ForeignKey:
    """What it demands of rows, without what is done when those go that they refer to, and when."""
    its = replace(key, on_update=None, on_delete=None)
    return replace(its, deferrable=False, initially_deferred=False)


@dataclass(frozen=True, slots=True)
class _Unique:
    """What a key or a unique index demands.

    Attributes:
        columns: those that are compared as their types do.
        nulls_differ: whether rows may be equal in them if one of them is null.
    """

    columns: frozenset[str]
    nulls_differ: bool


def _unique(fact: Fact) -> _Unique | None:
    """None if it is neither, or not of all rows and of columns as they are."""
    if fact.kind == "index":
        index = Index.of(fact)
        keys, plain = index.unsorted, index.unique and index.where is None
        differ = not index.nulls_not_distinct
    else:
        key = Constraint.of(fact)
        if not isinstance(key, Key):
            return None
        keys, plain, differ = key.keys, True, "NOT DISTINCT" not in key.word
    columns = frozenset(its for its in keys if its == leading_name(its))
    return _Unique(columns, differ) if plain and len(columns) == len(keys) else None


def _is_put_off(key: Fact, before: Catalog) -> bool:
    """Whether it does not hold at each moment: it is checked later, or its index is not valid."""
    if key.kind == "index":
        return ("index validity", key.name) in before.facts
    return bool(Constraint.of(key).deferral)


def _is_same_table(table: str, ends: Ends) -> bool:
    """Whether a table has no rows but its own, before and afterwards."""
    facts = ends.both(("table", table))
    return all(fact is not None and Table.of(fact).partitioned_by is None for fact in facts)


def _is_never_null(column: str, before: Catalog) -> bool:
    fact = before.facts.get(("not null", column))
    return fact is not None and NotNull.of(fact).valid


def _is_same(column: str, ends: Ends) -> bool:
    """Whether a column has the type that it had, and that is what it was."""
    old, new = ends.both(("column", column))
    if old is None or new is None or old.definition != new.definition or Column.of(old).kept:
        return False
    its = Column.of(old)
    made_of = (("collation", its.collation or ""), ("domain", Type.of(its.type).base))
    return (
        all(ends.live.facts.get(key) == ends.goal.facts.get(key) for key in made_of)
        and what_is_lost(old.part, old.part, its.type, ends) is None
    )


def _may_have_values(name: str, ends: Ends, *, equal: bool) -> bool:
    """Whether a column may have values in rows that are there.

    Args:
        equal: whether equal ones count alone: those of a sequence differ, and so do random ones.
    """
    fact = ends.goal.facts.get(("column", name))
    if fact is None or fact.key in ends.live.facts or Column.of(fact).generated is not None:
        return True
    if ("table", fact.object) not in ends.live.facts:  # the rows are those of its partitions
        return True
    if ("identity", name) in ends.goal.facts:
        return not equal
    default = ends.goal.facts.get(("default", name))
    if default is None:
        return False
    its = Default.of(default)
    return not (equal and (its.is_sequence or its.expression in _UNIQUE))
