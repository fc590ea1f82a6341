"""How partitions belong to their tables."""

from diffapply.model.catalog import Catalog
from diffapply.values import Partition, Table


def parent_of(table: str, catalog: Catalog) -> str | None:
    """The table that this one is a partition of, if it is one."""
    fact = catalog.facts.get(("partition", table))
    return Partition.of(fact).parent if fact else None


def is_partitioned(table: str, catalog: Catalog) -> bool:
    """Whether this is a partitioned table; the name may be another relation's."""
    fact = catalog.facts.get(("table", table))
    return fact is not None and Table.of(fact).partitioned_by is not None


def tables_above(table: str, catalog: Catalog) -> list[str]:
    """The tables that it is a partition of, the next one first."""
    above: list[str] = []
    while parent := parent_of(table, catalog):
        above.append(parent)
        table = parent
    return above


def default_of(table: str, catalog: Catalog) -> str | None:
    """Its default partition."""
    return next(
        (
            fact.name
            for fact in catalog.by_kind.get("partition", ())
            if Partition.of(fact).parent == table and Partition.of(fact).bound == "DEFAULT"
        ),
        None,
    )
