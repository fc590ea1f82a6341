"""Columns, and what hangs on a single column."""

import re
from collections.abc import Iterable

from diffapply.ddl import partitions
from diffapply.ddl.kind import Kind, Text, its_column, its_column_or_view, its_table
from diffapply.ddl.sequences import identity_for_sequence, within_bounds
from diffapply.ddl.statements import (
    IDENTIFIER,
    Options,
    before,
    changed_options,
    closing,
    one,
    part,
)
from diffapply.model.catalog import Catalog, Fact

_GENERATED = " GENERATED ALWAYS AS ("
_VIRTUAL = " VIRTUAL"
_INHERITED = " INHERITED"
_NOT_NULL = re.compile(
    rf"(?:CONSTRAINT (?P<name>{IDENTIFIER}) )?NOT NULL"
    r"(?P<rest>(?P<no_inherit> NO INHERIT)?(?P<not_valid> NOT VALID)?)(?P<inherited> INHERITED)?"
)
_IDENTITY = re.compile(
    r"(?P<when>GENERATED (?:ALWAYS|BY DEFAULT)) AS IDENTITY \((?P<logged>(?:UN)?LOGGED )?"
    rf"SEQUENCE NAME (?P<sequence>{IDENTIFIER}) (?P<options>.*)\)"
)
_SEQUENCE_OPTION = re.compile(
    r"START WITH -?\d+|INCREMENT BY -?\d+|M(?:IN|AX)VALUE -?\d+|CACHE \d+|(?:NO )?CYCLE"
)
_STORED_MAIN = re.compile(r"(?:numeric|inet|cidr)\b")


def clause(
    column: Fact, catalog: Catalog, *, with_default: bool = True, with_identity: bool = True
) -> str:
    """A column as CREATE TABLE and ADD COLUMN name it, with all that can be said in line."""
    parts = [part(column), column.definition]
    if with_default and (default := catalog.facts.get(("default", column.name))):
        parts.append(f"DEFAULT {default.definition}")
    not_null = catalog.facts.get(("not null", column.name))
    if not_null and not not_null.definition.endswith((" NOT VALID", _INHERITED)):
        if _is_partitions(not_null, catalog):
            parts.append(f"CONSTRAINT {not_null_name(not_null)}")
        parts.append(not_null.definition)
    if with_identity and (identity := catalog.facts.get(("identity", column.name))):
        parts.append(identity.definition)
    return " ".join(parts)


def is_inherited(fact: Fact) -> bool:
    """Whether a column or NOT NULL is not the table's own, but its parents'."""
    return fact.definition.endswith(_INHERITED)


def without_expression(column: Fact) -> str:
    """Its definition, but for what it is computed from."""
    head = before(column.definition, _GENERATED)
    if head == column.definition:
        return head
    return head + column.definition[closing(column.definition, len(head + _GENERATED) - 1) :]


def inherited_clause(column: Fact, catalog: Catalog, *, with_default: bool) -> str:
    """A column as a parent must have it, so that its child has this one from there."""
    parts = [part(column), own_definition(column)]
    if with_default and (default := catalog.facts.get(("default", column.name))):
        parts.append(f"DEFAULT {default.definition}")
    not_null = catalog.facts.get(("not null", column.name))
    if not_null and not _not_null(not_null)["rest"]:
        parts.append(f"CONSTRAINT {not_null_name(not_null)} NOT NULL")
    return " ".join(parts)


def _is_partitions(not_null: Fact, catalog: Catalog) -> bool:
    """Whether the name that PostgreSQL gives it is a partition's as well.

    Were it there already, PostgreSQL would give another one.
    """
    table = catalog.facts.get(("table", not_null.object))
    if table is None or " PARTITION BY " not in table.definition or _not_null(not_null)["name"]:
        return False
    name = _inside(not_null_name(not_null))
    return any(
        _inside(_not_null(fact)["name"] or "") == name
        for fact in catalog.facts.values()
        if fact.kind == "not null"
    )


def _alter_column(fact: Fact) -> str:
    return f"ALTER TABLE {fact.object} ALTER COLUMN {part(fact)}"


def _add(fact: Fact, goal: Catalog) -> Options:
    if fact.definition.endswith(_INHERITED):
        return ()  # it comes with the parent's
    table = f"ALTER TABLE {fact.object} ADD COLUMN "
    return (
        (table + clause(fact, goal),),
        (table + clause(fact, goal, with_default=False),),
        # Where there are children, an identity cannot come with it.
        (table + clause(fact, goal, with_default=False, with_identity=False),),
    )


def _drop(fact: Fact, _: Catalog) -> Options:
    if fact.definition.endswith(_INHERITED):
        return ()  # it goes with the parent's
    return one(f"ALTER TABLE {fact.object} DROP COLUMN {part(fact)}")


def _alter(old: Fact, new: Fact, goal: Catalog) -> Options:
    if own_definition(old) == own_definition(new):
        return ()  # whether it is the table's own cannot be altered
    had, wants = before(old.definition, _GENERATED), before(new.definition, _GENERATED)
    if wants != new.definition:
        if had == old.definition:
            return ()  # a column that holds values becomes one that is computed
        again = tuple((*drop, *add) for drop in _drop(old, goal) for add in _add(new, goal)[:1])
        if own_definition(old).endswith(_VIRTUAL) != own_definition(new).endswith(_VIRTUAL):
            return again
        retype = (f"{_alter_column(new)} SET DATA TYPE {wants}",) if had != wants else ()
        # From PostgreSQL 17 the expression can be set in place.
        expression = new.definition[len(wants + _GENERATED) :].rpartition(") ")[0]
        return ((*retype, f"{_alter_column(new)} SET EXPRESSION AS ({expression})"), *again)
    if had != old.definition:
        return _keep_values(old, new)
    return _retype(new, had, wants, goal)


def own_definition(column: Fact) -> str:
    """Its definition as it would be if the column were not inherited."""
    return column.definition.removesuffix(_INHERITED)


def _keep_values(old: Fact, new: Fact) -> Options:
    """A computed column becomes a plain one that holds what was computed."""
    keep = f"{_alter_column(new)} DROP EXPRESSION"
    if not old.definition.endswith(_VIRTUAL):
        return one(keep)
    stored = f"{part(old)} {old.definition.removesuffix(_VIRTUAL)} STORED"
    table = f"ALTER TABLE {new.object}"
    return one(f"{table} DROP COLUMN {part(old)}", f"{table} ADD COLUMN {stored}", keep)


def _retype(new: Fact, had: str, wants: str, goal: Catalog) -> Options:
    """Ways to another type: the cast that an assignment makes, an explicit one, through text."""
    wants = wants.removesuffix(_INHERITED)
    column, plain = part(new), before(wants, " COLLATE ")
    to_type = f"{_alter_column(new)} SET DATA TYPE {wants}"
    values = [f"{column}::{plain}", f"{column}::text::{plain}"]
    if had == "boolean":
        values.insert(1, f"{column}::integer::{plain}")
    if ("composite type", plain) in goal.facts:
        # Attributes find their places by their names.
        # In full: who may create behind the tenant may have functions of these names.
        record = f"NULL::{plain}, pg_catalog.to_jsonb({column})"
        values = [f"pg_catalog.jsonb_populate_record({record})"]
    if plain.endswith("[]") and not before(had, " COLLATE ").endswith("[]"):
        values.insert(0, f"CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}]::{plain} END")
    ways = [to_type, *(f"{to_type} USING {value}" for value in values)]
    # The old default may have no cast; the new one is set by itself.
    no_default = f"{_alter_column(new)} DROP DEFAULT"
    return tuple(statements for way in ways for statements in ((way,), (no_default, way)))


def _set_default(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} SET DEFAULT {fact.definition}")


def _not_null(fact: Fact) -> re.Match[str]:
    found = _NOT_NULL.fullmatch(fact.definition)
    assert found is not None  # noqa: S101 - not_null.sql writes no other form
    return found


def _set_not_null(fact: Fact, goal: Catalog) -> Options:
    wants = _not_null(fact)
    parent = partitions.parent_of(fact.object, goal)
    if wants["inherited"] or ("not null", f"{parent}.{part(fact)}") in goal.facts:
        return ()  # it comes with the parent's
    return one(set_not_null(fact))


def set_not_null(fact: Fact) -> str:
    """The statement that makes a column NOT NULL, whatever its table is a part of."""
    wants = _not_null(fact)
    if not wants["name"] and not wants["rest"]:
        return f"{_alter_column(fact)} SET NOT NULL"
    named = f"CONSTRAINT {wants['name']} " if wants["name"] else ""
    return f"ALTER TABLE {fact.object} ADD {named}NOT NULL {part(fact)}{wants['rest']}"


def not_nulls_of_inherited(columns: Iterable[Fact], catalog: Catalog) -> list[str]:
    """What is the table's own of columns that are not, as CREATE TABLE lists it."""
    found = (catalog.facts.get(("not null", its.name)) for its in columns if is_inherited(its))
    return [
        f"CONSTRAINT {not_null_name(fact)} NOT NULL {part(fact)}"
        for fact in found
        if fact and not is_inherited(fact) and not _not_null(fact)["rest"]
    ]


def _drop_not_null(fact: Fact, _: Catalog) -> Options:
    if _not_null(fact)["inherited"]:
        return ()
    drop = f"ALTER COLUMN {part(fact)} DROP NOT NULL"
    # A child's key may need it there; before PostgreSQL 18 it would go there, too.
    return (f"ALTER TABLE {fact.object} {drop}",), (f"ALTER TABLE ONLY {fact.object} {drop}",)


def _alter_not_null(old: Fact, new: Fact, goal: Catalog) -> Options:
    """From PostgreSQL 18, where it is a constraint: validated, inherited or renamed in place."""
    had, wants = _not_null(old), _not_null(new)
    table, name = f"ALTER TABLE {new.object}", not_null_name(new)
    statements = []
    if not_null_name(old) != name:
        statements.append(f"{table} RENAME CONSTRAINT {not_null_name(old)} TO {name}")
    if had["no_inherit"] != wants["no_inherit"]:
        inherit = "NO INHERIT" if wants["no_inherit"] else "INHERIT"
        statements.append(f"{table} ALTER CONSTRAINT {name} {inherit}")
    if had["not_valid"] and not wants["not_valid"]:
        statements.append(f"{table} VALIDATE CONSTRAINT {name}")
    if had["inherited"] and not wants["inherited"]:
        statements.extend(*_set_not_null(new, goal))
    partition = goal.facts.get(("partition", new.object))
    if statements and partition:
        # What comes from the parent can be altered only while it does not.
        apart = (partitions.detach(partition), *statements, partitions.attach(partition))
        return tuple(statements), apart
    return (tuple(statements),) if statements else ()


def not_null_name(fact: Fact) -> str:
    """The name of the constraint: the one that it says, or the one that PostgreSQL gives."""
    inside = "_".join(_inside(name) for name in (fact.object, part(fact), "not_null"))
    return _not_null(fact)["name"] or f'"{inside}"'


def _inside(name: str) -> str:
    """A quoted name without its outer quotes: fit to be part of a quoted name."""
    return name[1:-1] if name.startswith('"') else name


def _add_identity(fact: Fact, _: Catalog) -> Options:
    add = f"{_alter_column(fact)} ADD {fact.definition}"
    return (
        (add,),
        (f"{_alter_column(fact)} DROP DEFAULT", add),
        (f"{_alter_column(fact)} SET NOT NULL", add),
    )


def _alter_identity(old: Fact, new: Fact, _: Catalog) -> Options:
    had, wants = _IDENTITY.fullmatch(old.definition), _IDENTITY.fullmatch(new.definition)
    assert had is not None  # noqa: S101 - identity.sql writes no other form
    assert wants is not None  # noqa: S101
    sets = " ".join(f"SET {option}" for option in _SEQUENCE_OPTION.findall(wants["options"]))
    alter = f"{_alter_column(new)} SET {wants['when']} {sets}"
    renames = []
    if had["sequence"] != wants["sequence"]:
        renames.append(f"ALTER SEQUENCE {had['sequence']} RENAME TO {wants['sequence']}")
    statements = [alter]
    if had["logged"] != wants["logged"]:
        # Where it is not said, it is the opposite of what was.
        opposite = "UNLOGGED" if had["logged"] == "LOGGED " else "LOGGED"
        statements.append(f"ALTER SEQUENCE {wants['sequence']} SET {wants['logged'] or opposite}")
    move = within_bounds(wants["sequence"], had["options"], wants["options"])
    moved = (*renames, move, *statements) if move else (*renames, f"{alter} RESTART", *statements)
    return (*renames, *statements), moved


def _drop_identity(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} DROP IDENTITY")


def _set_storage(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} SET STORAGE {fact.definition}")


def _default_storage(fact: Fact, catalog: Catalog) -> Options:
    """Before PostgreSQL 16 the type's own storage must be named."""
    column = catalog.facts.get(("column", fact.name))
    usual = "MAIN" if column and _STORED_MAIN.match(column.definition) else "EXTENDED"
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
    names = ", ".join(option.partition("=")[0] for option in fact.definition.split(", "))
    return one(f"{_alter_column(fact)} RESET ({names})")


def _foreign_options(old: str, fact: Fact, new: str) -> Options:
    changes = changed_options(old, new)
    alter = f"ALTER FOREIGN TABLE {fact.object} ALTER COLUMN {part(fact)}"
    return one(f"{alter} OPTIONS ({changes})")


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
        lambda fact, _: _foreign_options("", fact, fact.definition),
        lambda fact, _: _foreign_options(fact.definition, fact, ""),
        lambda old, new, _: _foreign_options(old.definition, new, new.definition),
        reads=Text.CONSTANTS,
        goes_with=its_column,
    ),
)
