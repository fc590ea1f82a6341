"""Columns that number their rows, as people write them: serial, and identities in short."""

from collections.abc import Mapping, Sequence

from diffapply.ddl.structure.lookup import chosen_name
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.values import Column, Default, Identity, NotNull, Table
from diffapply.values import Sequence as Numbers

_SERIAL: Mapping[str, str] = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


def serial(column: Fact, catalog: Catalog) -> str | None:
    """The word for its type, default, NOT NULL and sequence together, if there is one."""
    its = Column.of(column)
    default = catalog.facts.get(("default", column.name))
    not_null = catalog.facts.get(("not null", column.name))
    sequence = _sequence_of(default) if default else None
    if sequence is None or not_null is None or NotNull.of(not_null) != NotNull():
        return None
    fact = catalog.facts.get(("sequence", sequence))
    owner = catalog.facts.get(("sequence owner", sequence))
    table = catalog.facts.get(("table", column.object))
    if fact is None or owner is None or owner.definition != column.name or table is None:
        return None
    numbers = Numbers.of(fact)
    usual = (
        sequence == usual_sequence(column)
        and numbers.type == its.plain
        and not numbers.unusual(numbers.type)
        and numbers.unlogged == Table.of(table).unlogged
    )
    return _SERIAL.get(its.plain) if usual else None


def _sequence_of(default: Fact) -> str | None:
    its = Default.of(default)
    return its.sequence if its.is_sequence else None


def said_by_serial(fact: Fact, catalog: Catalog) -> Sequence[FactKey]:
    """The column, if ``serial`` says this sequence, or its owner, as well."""
    owner = catalog.facts.get(("sequence owner", fact.name))
    column = catalog.facts.get(("column", owner.definition)) if owner else None
    return (column.key,) if column and serial(column, catalog) else ()


def identity(fact: Fact, catalog: Catalog) -> str:
    """An identity without what PostgreSQL chooses by itself."""
    column = catalog.facts.get(("column", fact.name))
    its = Identity.of(fact)
    if column is None or (kind := Column.of(column).plain) not in _SERIAL:
        return str(its)
    return its.said(kind, usual_sequence(column))


def usual_sequence(column: Fact) -> str:
    """The name that PostgreSQL gives to a column's sequence; see `chosen_name`."""
    return chosen_name(column.object, column.part, "seq")
