"""Types of the tenant's own that columns keep by name, while what they are made of changes.

One that cannot be altered is put aside, and a new one takes its name.
"""

from collections.abc import Iterator

from diffapply.ddl.conversion.conversions import Type, differ, keeps_values
from diffapply.ddl.statements import aside
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Column, Composite, Range
from diffapply.values.grammar import words

_COMPOSED = ("domain", "composite type")
_KINDS = (*_COMPOSED, "range type")


def users(name: str, catalog: Catalog) -> set[str]:
    """The types that a type is part of, and itself."""
    found = {name}
    facts = [fact for kind in _COMPOSED for fact in catalog.by_kind.get(kind, ())]
    while more := {its.name for its in facts if words(its.definition) & found} - found:
        found |= more
    return found


def columns_of(name: str, catalog: Catalog) -> Iterator[Fact]:
    """The columns that hold values of a type, or of one that it is part of."""
    its = users(name, catalog)
    for fact in catalog.by_kind.get("column", ()):
        column = Column.of(fact)
        if Type.of(column.type).base in its and not column.kept:
            yield fact


def what_is_lost(value: str, column: str, type_: str, ends: Ends) -> str | None:
    """SQL condition: a value is not the same in the new type of the name; None if all are.

    Args:
        value: the value in the new type.
        type_: of the column, before and afterwards.
    """
    if not _differs(Type.of(type_).base, ends, frozenset()):
        return None
    new, array = f"({value})::{type_}", Type.of(type_).array
    had, wants = below(type_, ends.live), below(type_, ends.goal)
    named = Type.of(had).base
    if fact_named(ends.live, "composite type", named):
        return f"NOT {as_json(column)} OPERATOR(pg_catalog.<@) pg_catalog.to_jsonb({new})"
    if range_of(named, ends.live):
        if holds_text(value, column, type_, ends.live):
            return differ(new, column)
        return differ(f"({new})::pg_catalog.text::{aside(named)}{array}", column)
    return None if keeps_values(had, wants) else differ(f"({new})::{had}", column, had)


def as_json(value: str) -> str:
    """Attributes are told apart by their names; one that is null may be absent."""
    return f"pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb({value}))"


def holds_text(value: str, column: str, type_: str, before: Catalog) -> bool:
    """Whether a column of ranges holds their texts until the new type is there; see `ranges`."""
    return value == f"{column}::{type_}" and bool(range_of(Type.of(type_).base, before))


def below(type_: str, catalog: Catalog) -> str:
    """The type that domains are made of, and its dimensions."""
    its = Type.of(type_)
    domain = fact_named(catalog, "domain", its.base)
    return below(Column.of(domain).type + its.array, catalog) if domain else type_


def _differs(name: str, ends: Ends, above: frozenset[str]) -> bool:
    """Whether a type is made of something else.

    Args:
        above: the types that it is looked for in; a table's row type may contain itself.
    """
    old, new = _own(name, ends.live), _own(name, ends.goal)
    if old is None or name in above:
        return False
    if new is None or old.definition != new.definition:
        return True
    return any(_differs(its, ends, above | {name}) for its in _parts(old))


def _own(name: str, catalog: Catalog) -> Fact | None:
    found = (fact_named(catalog, kind, name) for kind in _KINDS)
    return next((fact for fact in found if fact), None) or range_of(name, catalog)


def range_of(name: str, catalog: Catalog) -> Fact | None:
    """The range type of this name, or the one whose multirange type has it."""
    ranges = catalog.by_kind.get("range type", ())
    return next((fact for fact in ranges if name in (fact.name, Range.of(fact).multirange)), None)


def _parts(fact: Fact) -> Iterator[str]:
    """The types that a type is made of."""
    if fact.kind == "domain":
        yield Type.of(Column.of(fact).type).base
    elif fact.kind == "range type":
        yield Type.of(Range.of(fact).subtype).base
    else:
        for kind in Composite.of(fact).by_name.values():
            yield Type.of(kind.partition(" COLLATE ")[0]).base
