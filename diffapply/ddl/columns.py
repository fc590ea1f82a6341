"""Columns, and what hangs on a single column."""

from collections.abc import Iterable
from dataclasses import replace

from diffapply.ddl import partitions
from diffapply.ddl.kind import Kind, Text, its_column, its_column_or_view, its_table
from diffapply.ddl.sequences import identity_for_sequence, within_bounds
from diffapply.ddl.statements import Options, one
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import (
    Column,
    ForeignOptions,
    Identity,
    NotNull,
    Parameters,
    not_null_name,
)
from diffapply.values.grammar import bare

_STORED_MAIN = ("numeric", "inet", "cidr")
_NO_OPTIONS = ForeignOptions(())


def clause(
    column: Fact, catalog: Catalog, *, with_default: bool = True, with_identity: bool = True
) -> str:
    """A column as CREATE TABLE and ADD COLUMN name it, with all that can be said in line."""
    parts = [column.part, column.definition]
    if with_default and (default := catalog.facts.get(("default", column.name))):
        parts.append(f"DEFAULT {default.definition}")
    if (fact := catalog.facts.get(("not null", column.name))) and _in_line(NotNull.of(fact)):
        if _is_partitions(fact, catalog):
            parts.append(f"CONSTRAINT {not_null_name(fact)}")
        parts.append(fact.definition)
    if with_identity and (identity := catalog.facts.get(("identity", column.name))):
        parts.append(identity.definition)
    return " ".join(parts)


def _in_line(not_null: NotNull) -> bool:
    return not_null.valid and not not_null.inherited


def inherited_clause(column: Fact, catalog: Catalog, *, with_default: bool) -> str:
    """A column as a parent must have it, so that its child has this one from there."""
    parts = [column.part, str(Column.of(column).own)]
    if with_default and (default := catalog.facts.get(("default", column.name))):
        parts.append(f"DEFAULT {default.definition}")
    not_null = catalog.facts.get(("not null", column.name))
    if not_null and not NotNull.of(not_null).rest:
        parts.append(f"CONSTRAINT {not_null_name(not_null)} NOT NULL")
    return " ".join(parts)


def _is_partitions(not_null: Fact, catalog: Catalog) -> bool:
    """Whether the name that PostgreSQL gives it is a partition's as well.

    Were it there already, PostgreSQL would give another one.
    """
    if NotNull.of(not_null).name or not partitions.is_partitioned(not_null.object, catalog):
        return False
    name = bare(not_null_name(not_null))
    return any(
        bare(NotNull.of(fact).name or "") == name for fact in catalog.by_kind.get("not null", ())
    )


def _alter_column(fact: Fact) -> str:
    return f"ALTER TABLE {fact.object} ALTER COLUMN {fact.part}"


def _add(fact: Fact, goal: Catalog) -> Options:
    if Column.of(fact).inherited:
        return ()  # it comes with the parent's
    table = f"ALTER TABLE {fact.object} ADD COLUMN "
    return (
        (table + clause(fact, goal),),
        (table + clause(fact, goal, with_default=False),),
        # Where there are children, an identity cannot come with it.
        (table + clause(fact, goal, with_default=False, with_identity=False),),
    )


def _drop(fact: Fact, _: Catalog) -> Options:
    if Column.of(fact).inherited:
        return ()  # it goes with the parent's
    return one(f"ALTER TABLE {fact.object} DROP COLUMN {fact.part}")


def _alter(old: Fact, new: Fact, goal: Catalog) -> Options:
    had, wants = Column.of(old).own, Column.of(new).own
    if had == wants:
        return ()  # whether it is the table's own cannot be altered
    if not wants.kept:
        return _keep_values(old, new) if had.kept else _retype(new, had, wants, goal)
    if not had.kept:
        return ()  # a column that holds values becomes one that is computed
    again = tuple((*drop, *add) for drop in _drop(old, goal) for add in _add(new, goal)[:1])
    if had.kept != wants.kept:
        return again
    alter = _alter_column(new)
    retype = (f"{alter} SET DATA TYPE {wants.plain}",) if had.plain != wants.plain else ()
    # From PostgreSQL 17 the expression can be set in place.
    return ((*retype, f"{alter} SET EXPRESSION AS ({wants.generated})"), *again)


def _keep_values(old: Fact, new: Fact) -> Options:
    """A computed column becomes a plain one that holds what was computed."""
    keep = f"{_alter_column(new)} DROP EXPRESSION"
    if Column.of(old).kept == "STORED":
        return one(keep)
    stored = f"{old.part} {replace(Column.of(old).own, kept='STORED')}"
    table = f"ALTER TABLE {new.object}"
    return one(f"{table} DROP COLUMN {old.part}", f"{table} ADD COLUMN {stored}", keep)


def _retype(new: Fact, had: Column, wants: Column, goal: Catalog) -> Options:
    """Ways to another type: the cast that an assignment makes, an explicit one, through text."""
    column, plain = new.part, wants.type
    to_type = f"{_alter_column(new)} SET DATA TYPE {wants}"
    values = [f"{column}::{plain}", f"{column}::text::{plain}"]
    if had.plain == "boolean":
        values.insert(1, f"{column}::integer::{plain}")
    if ("composite type", plain) in goal.facts:
        # Attributes find their places by their names.
        # In full: who may create behind the tenant may have functions of these names.
        record = f"NULL::{plain}, pg_catalog.to_jsonb({column})"
        values = [f"pg_catalog.jsonb_populate_record({record})"]
    if plain.endswith("[]") and not had.type.endswith("[]"):
        values.insert(0, f"CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}]::{plain} END")
    ways = [to_type, *(f"{to_type} USING {value}" for value in values)]
    # The old default may have no cast; the new one is set by itself.
    no_default = f"{_alter_column(new)} DROP DEFAULT"
    return tuple(statements for way in ways for statements in ((way,), (no_default, way)))


def _set_default(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} SET DEFAULT {fact.definition}")


def _set_not_null(fact: Fact, goal: Catalog) -> Options:
    parent = partitions.parent_of(fact.object, goal)
    if NotNull.of(fact).inherited or ("not null", f"{parent}.{fact.part}") in goal.facts:
        return ()  # it comes with the parent's
    return one(set_not_null(fact))


def set_not_null(fact: Fact) -> str:
    """The statement that makes a column NOT NULL, whatever its table is a part of."""
    wants = NotNull.of(fact)
    if not wants.name and not wants.rest:
        return f"{_alter_column(fact)} SET NOT NULL"
    named = f"CONSTRAINT {wants.name} " if wants.name else ""
    return f"ALTER TABLE {fact.object} ADD {named}NOT NULL {fact.part}{wants.rest}"


def not_nulls_of_inherited(columns: Iterable[Fact], catalog: Catalog) -> list[str]:
    """What is the table's own of columns that are not, as CREATE TABLE lists it."""
    inherited = (its for its in columns if Column.of(its).inherited)
    found = (catalog.facts.get(("not null", its.name)) for its in inherited)
    return [
        f"CONSTRAINT {not_null_name(fact)} NOT NULL {fact.part}"
        for fact in found
        if fact and not NotNull.of(fact).inherited and not NotNull.of(fact).rest
    ]


def _drop_not_null(fact: Fact, _: Catalog) -> Options:
    if NotNull.of(fact).inherited:
        return ()
    drop = f"ALTER COLUMN {fact.part} DROP NOT NULL"
    # A child's key may need it there; before PostgreSQL 18 it would go there, too.
    return (f"ALTER TABLE {fact.object} {drop}",), (f"ALTER TABLE ONLY {fact.object} {drop}",)


def _alter_not_null(old: Fact, new: Fact, goal: Catalog) -> Options:
    """From PostgreSQL 18, where it is a constraint: validated, inherited or renamed in place."""
    had, wants = NotNull.of(old), NotNull.of(new)
    table, name = f"ALTER TABLE {new.object}", not_null_name(new)
    statements = []
    if not_null_name(old) != name:
        statements.append(f"{table} RENAME CONSTRAINT {not_null_name(old)} TO {name}")
    if had.no_inherit != wants.no_inherit:
        inherit = "NO INHERIT" if wants.no_inherit else "INHERIT"
        statements.append(f"{table} ALTER CONSTRAINT {name} {inherit}")
    if wants.valid and not had.valid:
        statements.append(f"{table} VALIDATE CONSTRAINT {name}")
    if had.inherited and not wants.inherited:
        statements.extend(*_set_not_null(new, goal))
    partition = goal.facts.get(("partition", new.object))
    if statements and partition:
        # What comes from the parent can be altered only while it does not.
        apart = (partitions.detach(partition), *statements, partitions.attach(partition))
        return tuple(statements), apart
    return (tuple(statements),) if statements else ()


def _add_identity(fact: Fact, _: Catalog) -> Options:
    add = f"{_alter_column(fact)} ADD {fact.definition}"
    return (
        (add,),
        (f"{_alter_column(fact)} DROP DEFAULT", add),
        (f"{_alter_column(fact)} SET NOT NULL", add),
    )


def _alter_identity(old: Fact, new: Fact, _: Catalog) -> Options:
    had, wants = Identity.of(old), Identity.of(new)
    sets = " ".join(f"SET {option}" for option in wants.options)
    alter = f"{_alter_column(new)} SET {wants.when} {sets}"
    renames = []
    if had.sequence != wants.sequence:
        renames.append(f"ALTER SEQUENCE {had.sequence} RENAME TO {wants.sequence}")
    statements = [alter]
    if had.logged != wants.logged:
        # Where it is not said, it is the opposite of what was.
        opposite = "UNLOGGED" if had.logged == "LOGGED" else "LOGGED"
        statements.append(f"ALTER SEQUENCE {wants.sequence} SET {wants.logged or opposite}")
    move = within_bounds(wants.sequence, had, wants)
    moved = (*renames, move, *statements) if move else (*renames, f"{alter} RESTART", *statements)
    return (*renames, *statements), moved


def _drop_identity(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} DROP IDENTITY")


def _set_storage(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} SET STORAGE {fact.definition}")


def _default_storage(fact: Fact, catalog: Catalog) -> Options:
    """Before PostgreSQL 16 the type's own storage must be named."""
    column = catalog.facts.get(("column", fact.name))
    usual = "MAIN" if column and Column.of(column).base in _STORED_MAIN else "EXTENDED"
    storage = f"{_alter_column(fact)} SET STORAGE"
    return (f"{storage} DEFAULT",), (f"{storage} {usual}",)


def _setting(name: str, form: str, unset: str) -> Kind:
    """A column's setting that one form sets, and another sets back."""

    def assign(fact: Fact, _: Catalog) -> Options:
        return one(f"{_alter_column(fact)} {form.format(fact.definition)}")

    return Kind(
        name,
        assign,
        lambda fact, _: one(f"{_alter_column(fact)} {unset}"),
        lambda _old, new, goal: assign(new, goal),
        goes_with=its_column,
    )


def _reset_options(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} RESET ({Parameters.of(fact).names})")


def _foreign_options(fact: Fact, old: ForeignOptions, new: ForeignOptions) -> Options:
    alter = f"ALTER FOREIGN TABLE {fact.object} ALTER COLUMN {fact.part}"
    return one(f"{alter} OPTIONS ({old.changes_to(new)})")


def _add_foreign_options(fact: Fact, _: Catalog) -> Options:
    return _foreign_options(fact, _NO_OPTIONS, ForeignOptions.of(fact))


def _drop_foreign_options(fact: Fact, _: Catalog) -> Options:
    return _foreign_options(fact, ForeignOptions.of(fact), _NO_OPTIONS)


def _alter_foreign_options(old: Fact, new: Fact, _: Catalog) -> Options:
    return _foreign_options(new, ForeignOptions.of(old), ForeignOptions.of(new))


COLUMN = Kind(
    "column",
    _add,
    _drop,
    _alter,
    reads=Text.EXPRESSIONS,
    holds_data=True,
    told_whole=True,
    comes_with=its_table,
    rename="ALTER TABLE {table} RENAME COLUMN {old} TO {new}",
)

DEFAULT = Kind(
    "default",
    _set_default,
    lambda fact, _: one(f"{_alter_column(fact)} DROP DEFAULT"),
    lambda _old, new, goal: _set_default(new, goal),
    reads=Text.EXPRESSIONS,
    comes_with=its_column_or_view,
    goes_with=its_column,
)

NOT_NULL = Kind(
    "not null",
    _set_not_null,
    _drop_not_null,
    _alter_not_null,
    comes_with=its_column_or_view,
    goes_with=its_column,
)

IDENTITY = Kind(
    "identity",
    _add_identity,
    _drop_identity,
    _alter_identity,
    create_from=identity_for_sequence,
    comes_with=its_column_or_view,
    goes_with=its_column,
)

COLUMN_SETTINGS = (
    Kind(
        "column storage",
        _set_storage,
        _default_storage,
        lambda _old, new, goal: _set_storage(new, goal),
        goes_with=its_column,
    ),
    _setting("column compression", "SET COMPRESSION {}", "SET COMPRESSION default"),
    _setting("column statistics", "SET STATISTICS {}", "SET STATISTICS -1"),
    Kind(
        "column options",
        lambda fact, _: one(f"{_alter_column(fact)} SET ({fact.definition})"),
        _reset_options,
        goes_with=its_column,
    ),
    Kind(
        "foreign column options",
        _add_foreign_options,
        _drop_foreign_options,
        _alter_foreign_options,
        reads=Text.CONSTANTS,
        goes_with=its_column,
    ),
)
