"""Columns that are not null: from PostgreSQL 18 by a constraint that has a name."""

from collections.abc import Collection, Iterable
from itertools import chain

from diffapply.ddl.kind import Kind, Turn, its_column, its_column_or_view
from diffapply.ddl.kinds.attaching import attach, detach, freed
from diffapply.ddl.risk import Risks
from diffapply.ddl.risks.demands import met, no_nulls
from diffapply.ddl.risks.work import scans
from diffapply.ddl.statements import (
    Alteration,
    Draft,
    Ways,
    alter_column,
    alter_table,
    one,
    risky,
)
from diffapply.ddl.structure.ancestry import ancestors_of
from diffapply.ddl.structure.partitions import parent_of
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Column, NotNull, not_null_name


def _set_not_null(fact: Fact, goal: Catalog) -> Ways:
    parent = parent_of(fact.object, goal)
    if NotNull.of(fact).inherited or ("not null", f"{parent}.{fact.part}") in goal.facts:
        return ()  # it comes with the parent's
    return one(set_not_null(fact))


def set_not_null(fact: Fact) -> Alteration:
    """The statement that makes a column NOT NULL, whatever its table is a part of."""
    wants = NotNull.of(fact)
    if not wants.name and not wants.rest:
        return alter_column(fact, "SET NOT NULL", *_read(fact))
    named = f"CONSTRAINT {wants.name} " if wants.name else ""
    risks = _read(fact) if wants.valid else ()
    return alter_table(fact.object, f"ADD {named}NOT NULL {fact.part}{wants.rest}", *risks)


def _read(fact: Fact) -> Risks:
    """The risks of a NOT NULL: all rows are read, and it fails on a null."""
    return scans(fact.object), no_nulls(fact.object, fact.part)


def not_nulls_of_inherited(
    columns: Iterable[Fact], catalog: Catalog, keyed: Collection[str]
) -> list[str]:
    """NOT NULLs of the table's own on columns that it inherits, as CREATE TABLE lists them.

    Args:
        keyed: columns of the primary key, which makes them so.
    """
    inherited = (its for its in columns if Column.of(its).inherited and its.part not in keyed)
    found = (catalog.facts.get(("not null", its.name)) for its in inherited)
    return [
        f"CONSTRAINT {not_null_name(fact)} NOT NULL {fact.part}"
        for fact in found
        if fact and not NotNull.of(fact).inherited and not NotNull.of(fact).rest
    ]


def rename_constraint(table: str, old: str, new: str) -> Draft:
    """The statement that renames a constraint; PostgreSQL takes no other action beside it."""
    return risky(f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}")


def _drop_not_null(fact: Fact, _: Catalog) -> Ways:
    if NotNull.of(fact).inherited:
        return ()
    drop = f"ALTER COLUMN {fact.part} DROP NOT NULL"
    # A child's key may need it there; before PostgreSQL 18 it would go there, too.
    return tuple((alter_table(fact.object, drop, only=only),) for only in (False, True))


def _alter_not_null(old: Fact, new: Fact, ends: Ends) -> Ways:
    """From PostgreSQL 18, where it is a constraint: validated, inherited or renamed in place."""
    had, wants = NotNull.of(old), NotNull.of(new)
    name = not_null_name(new)
    statements: list[Draft] = []
    if not_null_name(old) != name:
        statements.append(rename_constraint(new.object, not_null_name(old), name))
    if had.no_inherit != wants.no_inherit:
        inherit = "NO INHERIT" if wants.no_inherit else "INHERIT"
        statements.append(alter_table(new.object, f"ALTER CONSTRAINT {name} {inherit}"))
    if wants.valid and not had.valid:
        demand = met(new.object, f"constraint {name}", "constraint", new.object, name)
        risks = scans(new.object), demand
        statements.append(alter_table(new.object, f"VALIDATE CONSTRAINT {name}", *risks))
    if had.inherited and not wants.inherited:
        statements.extend(*_set_not_null(new, ends.goal))
    partition = ends.goal.facts.get(("partition", new.object))
    if statements and partition:
        # While it comes from the parent, it cannot be altered.
        # Foreign keys that keep it from leaving went before, if it has other names.
        free = freed(new.object, ends.goal) if not_null_name(old) == name else ()
        return tuple(statements), (*free, detach(partition), *statements, attach(partition))
    return one(*statements) if statements else ()


def no_longer_valid(old: Fact, new: Fact, ends: Ends) -> Ways:
    """What a table inherits cannot be made NOT VALID, but the parent's can be added so again.

    A partition, and a child that has it of its own, too, would keep it valid: there it goes first.
    """
    if NotNull.of(new).valid or not NotNull.of(old).valid:
        return ()
    above = ancestors_of(new.object, ends.live)
    found = (ends.live.facts.get(("not null", f"{table}.{new.part}")) for table in above[::-1])
    whole = next(filter(None, found), None)
    if whole is None or NotNull.of(whole).valid:
        return ()
    below = [
        fact
        for fact in ends.goal.by_kind.get("not null", ())
        if fact.part == new.part and whole.object in ancestors_of(fact.object, ends.live)
    ]
    changed = [fact.object for fact in below if ends.changes(fact.key)]
    between = {*chain.from_iterable(ancestors_of(table, ends.live) for table in changed)}
    kept = [
        fact
        for fact in below
        if fact.object in between.union(changed)
        and not (NotNull.of(fact).valid or NotNull.of(fact).inherited)
    ]
    kept.sort(key=lambda fact: len(ancestors_of(fact.object, ends.live)))
    drops = (alter_column(fact, "DROP NOT NULL") for fact in (whole, *kept))
    own = (set_not_null(fact) for fact in kept if not parent_of(fact.object, ends.live))
    return one(*drops, *own, set_not_null(whole))


NOT_NULL = Kind(
    "not null",
    _set_not_null,
    _drop_not_null,
    _alter_not_null,
    value=NotNull,
    comes_with=its_column_or_view,
    goes_with=its_column,
    comes_down=True,
    is_action=True,
    turn=Turn.ALTER,
    is_light=True,
)
