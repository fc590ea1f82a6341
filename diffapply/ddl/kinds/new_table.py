"""What CREATE TABLE says of a table beside its columns: keys, checks, parameters.

A foreign key is said there if the table that it refers to stands by then. A foreign key to another
schema is added last: it locks a table that everybody uses.
"""

from collections.abc import Sequence

from diffapply.ddl.structure.order import build_order
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.values import Check, Constraint, Exclude, ForeignKey, Key, NotNull, Table


def constraints_said(table: str, goal: Catalog) -> Sequence[Fact]:
    """The constraints that CREATE TABLE says: keys, then checks, then foreign keys."""
    said = (fact for fact in goal.parts("constraint", table) if _is_said(fact, goal))
    return sorted(said, key=lambda fact: (constraint_place(Constraint.of(fact)), fact.name))


def said_with_table(fact: Fact, goal: Catalog) -> Sequence[FactKey]:
    """The table that a constraint is said with, if it is."""
    return (("table", fact.object),) if _is_said(fact, goal) else ()


def _is_said(fact: Fact, goal: Catalog) -> bool:
    its = Constraint.of(fact)
    table = goal.facts.get(("table", fact.object))
    if table is None or Table.of(table).foreign or not its.valid:
        return False
    if _would_own_not_null(fact, its, goal):
        return False
    return not isinstance(its, ForeignKey) or _stands_by_then(fact, its, goal)


def _would_own_not_null(fact: Fact, its: Constraint, goal: Catalog) -> bool:
    """Whether a column would be NOT NULL by the table itself, and not by its parents alone."""
    if not (isinstance(its, Key) and its.word == "PRIMARY KEY"):
        return False
    if ("inherits", fact.object) not in goal.facts:
        return False
    not_nulls = (goal.facts.get(("not null", f"{fact.object}.{name}")) for name in its.columns)
    return any(each and NotNull.of(each).inherited for each in not_nulls)


def waits_for_key(fact: Fact, catalog: Catalog, other: Catalog) -> bool:
    """Whether a foreign key stands apart from the other changes of its table.

    It does if it refers to another schema, or to a key that the other catalog lacks.

    Args:
        catalog: what the constraint is in.
        other: what stands before, or is to stand afterwards.
    """
    its = Constraint.of(fact) if fact.kind == "constraint" else None
    if not isinstance(its, ForeignKey) or its.table == fact.object:
        return False
    if ("table", its.table) not in catalog.facts:
        return True
    # A new table has its keys from the beginning.
    return ("table", its.table) in other.facts and not _has_key(its, other)


def _has_key(its: ForeignKey, catalog: Catalog) -> bool:
    """Whether a foreign key finds its key there."""
    return any(
        isinstance(key := Constraint.of(each), Key) and {*key.columns} == {*its.referenced}
        for each in catalog.parts("constraint", its.table)
    )


def _stands_by_then(fact: Fact, its: ForeignKey, goal: Catalog) -> bool:
    """Whether a foreign key finds its table and key when its own table is created."""
    places = build_order(goal)
    own, other = (places.get(("table", name)) for name in (fact.object, its.table))
    if own is None or other is None or other > own:
        return False
    return _has_key(its, goal)


def constraint_place(constraint: Constraint) -> int:
    """Its place among a table's constraints."""
    if isinstance(constraint, Key):
        return 0 if constraint.word == "PRIMARY KEY" else 1
    return {Exclude: 2, Check: 3, ForeignKey: 4}.get(type(constraint), 5)


def primary_key(constraints: Sequence[Fact]) -> frozenset[str]:
    """The columns of the primary key, if it is among them."""
    keys = (key for each in constraints if isinstance(key := Constraint.of(each), Key))
    primary = (key.columns for key in keys if key.word == "PRIMARY KEY")
    return frozenset(column for columns in primary for column in columns)


def clauses(constraints: Sequence[Fact], goal: Catalog) -> list[str]:
    """Constraints as CREATE TABLE lists them, with the parameters of their indexes."""
    return [f"CONSTRAINT {fact.part} {_with_parameters(fact, goal)}" for fact in constraints]


def _with_parameters(fact: Fact, goal: Catalog) -> str:
    its = Constraint.of(fact)
    parameters = goal.facts.get(("storage parameters", fact.part))
    if parameters and parameters.object == fact.object and isinstance(its, Key | Exclude):
        return its.with_parameters(parameters.definition)
    return fact.definition


def parameters_said_with(fact: Fact, goal: Catalog) -> Sequence[FactKey]:
    """The table that storage parameters are said with, if they are."""
    if fact.name != fact.object:
        key = goal.facts.get(("constraint", f"{fact.object}.{fact.name}"))
        return said_with_table(key, goal) if key else ()
    table = goal.facts.get(("table", fact.object))
    return (table.key,) if table and not Table.of(table).foreign else ()


def parameters_clause(table: str, goal: Catalog) -> str:
    """A table's own parameters, as CREATE TABLE says them."""
    fact = goal.facts.get(("storage parameters", table))
    said = fact is not None and fact.object == table and parameters_said_with(fact, goal)
    return f" WITH ({fact.definition})" if fact and said else ""
