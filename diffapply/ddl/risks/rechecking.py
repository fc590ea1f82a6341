"""Constraints that are checked again, on all rows, when one of their columns gets another type."""

from collections.abc import Iterator

from diffapply.ddl.conversion.conversions import Conversion, is_rewritten, sorts_alike
from diffapply.ddl.conversion.own_types import below
from diffapply.ddl.risk import stands
from diffapply.ddl.risks.work import scanning
from diffapply.ddl.structure.detaching import references
from diffapply.ddl.structure.partitions import tables_above
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard
from diffapply.values import Check, Column, Constraint, ForeignKey
from diffapply.values.grammar import words


def rechecks(old: Fact, new: str, ends: Ends, *, by: Conversion, changed: bool) -> Iterator[Hazard]:
    """That rows are read for it.

    PostgreSQL makes the constraints again. It does not check foreign keys anew where no row is
    written and values are compared as before. Arguments as of `rebuilds`.
    """
    had, wants = below(Column.of(old).type, ends.live), below(new, ends.goal)
    written = changed or by == "expression" or is_rewritten(had, wants)
    read = [*_tables(old, ends.live, keys=written or not sorts_alike(had, wants))]
    yield from (scanning(table) for table in dict.fromkeys(read) if stands(table, ends.live))


def _tables(column: Fact, live: Catalog, *, keys: bool) -> Iterator[str]:
    """Those with checks on a column, and, with `keys`, with foreign keys from or to it."""
    for table in _with_partitions(column.object, live):
        for fact in live.parts("constraint", table):
            match Constraint.of(fact):
                case Check(valid=True, enforced=True, expression=said) if column.part in words(
                    said
                ):
                    yield table
                case ForeignKey(valid=True, enforced=True, columns=named) if column.part in named:
                    yield from [table] if keys else []
    for fact in references(column.object, live) if keys else ():
        match Constraint.of(fact):
            case ForeignKey(valid=True, enforced=True, referenced=named) if column.part in named:
                its = [*_with_partitions(fact.object, live)]
                yield from its[:1] if stands(fact.object, live) else its


def _with_partitions(table: str, catalog: Catalog) -> Iterator[str]:
    yield table
    for part in catalog.by_kind.get("partition", ()):
        if table in tables_above(part.name, catalog):
            yield part.name
