"""Columns, and what hangs on a single column."""

import re

from diffapply.catalog.model import Catalog, Fact
from diffapply.planning.ddl.statements import Kind, Options, one, part

_NOT_NULL_NAME = re.compile(r'CONSTRAINT (?P<name>"(?:[^"]|"")*"|\S+) ')
_SEQUENCE_OPTIONS = re.compile(r"AS IDENTITY \((.*)\)$")
_SEQUENCE_NAME = re.compile(r'SEQUENCE NAME (?:"(?:[^"]|"")*"|\S+) ')


def clause(column: Fact, catalog: Catalog, *, with_default: bool = True) -> str:
    """A column as CREATE TABLE and ADD COLUMN name it, with all that can be said in line."""
    parts = [part(column), column.definition]
    if with_default and (default := catalog.facts.get(("default", column.name))):
        parts.append(f"DEFAULT {default.definition}")
    not_null = catalog.facts.get(("not null", column.name))
    if not_null and not not_null.definition.endswith(("NOT VALID", "INHERITED")):
        parts.append(not_null.definition)
    if identity := catalog.facts.get(("identity", column.name)):
        parts.append(identity.definition)
    return " ".join(parts)


def _alter_column(fact: Fact) -> str:
    return f"ALTER TABLE {fact.owner} ALTER COLUMN {part(fact)}"


def _add(fact: Fact, goal: Catalog) -> Options:
    table = f"ALTER TABLE {fact.owner} ADD COLUMN "
    return (
        (table + clause(fact, goal),),
        (table + clause(fact, goal, with_default=False),),
    )


def _drop(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER TABLE {fact.owner} DROP COLUMN {part(fact)}")


def _alter(old: Fact, new: Fact, goal: Catalog) -> Options:
    generated = " GENERATED ALWAYS AS ("
    if generated in old.definition or generated in new.definition:
        if generated not in new.definition and old.definition.split(generated)[0] == new.definition:
            return one(f"{_alter_column(new)} DROP EXPRESSION")
        change = [(*_drop(old, goal)[0], *_add(new, goal)[0])]
        before, after = old.definition.split(generated), new.definition.split(generated)
        if len(before) == len(after) and before[0] == after[0]:
            # From PostgreSQL 17 the expression can be set in place.
            expression = after[1].rpartition(") ")[0]
            change.insert(0, (f"{_alter_column(new)} SET EXPRESSION AS ({expression})",))
        return tuple(change)
    column, to_type = part(new), f"{_alter_column(new)} SET DATA TYPE {new.definition}"
    plain = new.definition.split(" COLLATE ")[0]
    no_default = f"{_alter_column(new)} DROP DEFAULT"
    return (
        (to_type,),
        (no_default, to_type),
        (f"{to_type} USING {column}::{plain}",),
        (no_default, f"{to_type} USING {column}::{plain}"),
        (f"{to_type} USING {column}::text::{plain}",),
        (no_default, f"{to_type} USING {column}::text::{plain}"),
        (*_drop(old, goal)[0], *_add(new, goal)[0]),
    )


def _set_default(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} SET DEFAULT {fact.definition}")


def _set_not_null(fact: Fact, _: Catalog) -> Options:
    if fact.definition == "NOT NULL":
        return one(f"{_alter_column(fact)} SET NOT NULL")
    named = re.fullmatch(
        r"(?P<name>CONSTRAINT (?:\"(?:[^\"]|\"\")*\"|\S+) )?NOT NULL(?P<rest>.*)", fact.definition
    )
    assert named is not None  # noqa: S101 - not_null.sql writes no other form
    rest = named["rest"].replace(" INHERITED", "")
    add = f"ALTER TABLE {fact.owner} ADD {named['name'] or ''}NOT NULL {part(fact)}{rest}"
    return one(add)


def _drop_not_null(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} DROP NOT NULL")


def _alter_not_null(old: Fact, new: Fact, goal: Catalog) -> Options:
    rename = (
        f"ALTER TABLE {new.owner} RENAME CONSTRAINT {_not_null_name(old)} TO {_not_null_name(new)}"
    )
    again = (*_drop_not_null(old, goal)[0], *_set_not_null(new, goal)[0])
    if _NOT_NULL_NAME.sub("", old.definition) == _NOT_NULL_NAME.sub("", new.definition):
        return (rename,), again
    return (again,)


def _not_null_name(fact: Fact) -> str:
    """The name of the constraint: the one that it says, or the one that PostgreSQL gives."""
    if named := _NOT_NULL_NAME.match(fact.definition):
        return named["name"]
    return '"' + "_".join(_inside(name) for name in (fact.owner, part(fact), "not_null")) + '"'


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


def _alter_identity(old: Fact, new: Fact, goal: Catalog) -> Options:
    def sequence(fact: Fact) -> tuple[str, str]:
        options = _SEQUENCE_OPTIONS.search(fact.definition)
        assert options is not None  # noqa: S101 - identity.sql writes no other form
        name = _SEQUENCE_NAME.match(options[1])
        assert name is not None  # noqa: S101
        return name[0].removeprefix("SEQUENCE NAME ").strip(), options[1][name.end() :]

    (old_name, _), (name, options) = sequence(old), sequence(new)
    sets = " ".join(
        f"SET {option}"
        for option in re.findall(
            r"START WITH -?\d+|INCREMENT BY -?\d+|M(?:IN|AX)VALUE -?\d+|CACHE \d+|(?:NO )?CYCLE",
            options,
        )
    )
    always = re.search(r"GENERATED (?:ALWAYS|BY DEFAULT)", new.definition)
    assert always is not None  # noqa: S101
    statements = [f"{_alter_column(new)} SET {always[0]} {sets}"]
    if old_name != name:
        statements.insert(0, f"ALTER SEQUENCE {old_name} RENAME TO {name}")
    return (tuple(statements), (*_drop_identity(old, goal)[0], *_add_identity(new, goal)[0]))


def _drop_identity(fact: Fact, _: Catalog) -> Options:
    return one(f"{_alter_column(fact)} DROP IDENTITY")


def _setting(form: str, reset: str) -> Kind:
    """A column's setting: set by one form, set back by another."""

    def assign(fact: Fact, _: Catalog) -> Options:
        return one(f"{_alter_column(fact)} {form.format(fact.definition)}")

    def unset(fact: Fact, _: Catalog) -> Options:
        names = ", ".join(option.split("=")[0] for option in fact.definition.split(", "))
        return one(f"{_alter_column(fact)} {reset.format(names)}")

    def alter(old: Fact, new: Fact, goal: Catalog) -> Options:
        if "{}" in reset:
            return ((*unset(old, goal)[0], *assign(new, goal)[0]),)
        return assign(new, goal)

    return Kind(assign, unset, alter)


def _set_foreign_options(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER FOREIGN TABLE {fact.owner} ALTER COLUMN {part(fact)} OPTIONS ({fact.definition})")


def _drop_foreign_options(fact: Fact, _: Catalog) -> Options:
    names = ", ".join(
        f"DROP {name}" for name in re.findall(r"(?:^|, )(\"(?:[^\"]|\"\")*\"|\w+) ", fact.definition)
    )
    return one(f"ALTER FOREIGN TABLE {fact.owner} ALTER COLUMN {part(fact)} OPTIONS ({names})")


COLUMNS = {
    "column": Kind(_add, _drop, _alter),
    "default": Kind(
        _set_default,
        lambda fact, _: one(f"{_alter_column(fact)} DROP DEFAULT"),
        lambda _old, new, goal: _set_default(new, goal),
    ),
    "not null": Kind(_set_not_null, _drop_not_null, _alter_not_null),
    "identity": Kind(_add_identity, _drop_identity, _alter_identity),
    # DEFAULT as a storage or statistics target is known from PostgreSQL 16 and 17 on.
    "column storage": _setting("SET STORAGE {}", "SET STORAGE DEFAULT"),
    "column compression": _setting("SET COMPRESSION {}", "SET COMPRESSION default"),
    "column statistics": _setting("SET STATISTICS {}", "SET STATISTICS -1"),
    "column options": _setting("SET ({})", "RESET ({})"),
    "foreign column options": Kind(
        _set_foreign_options, _drop_foreign_options
    ),
}
