"""How partitions belong to their tables."""

from diffapply.ddl.risks import attaches, detaches
from diffapply.ddl.statements import Draft, risky
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import Partition, Table


def parent_of(table: str, catalog: Catalog) -> str | None:
    """The table that this one is a partition of, if it is one."""
    fact = catalog.facts.get(("partition", table))
    return Partition.of(fact).parent if fact else None


def is_partitioned(table: str, catalog: Catalog) -> bool:
    """Whether this is a partitioned table; the name may be another relation's."""
    fact = catalog.facts.get(("table", table))
    return fact is not None and Table.of(fact).partitioned_by is not None


def attach(fact: Fact) -> Draft:
    """The statement that makes a table this partition."""
    partition = Partition.of(fact)
    attach = f"ATTACH PARTITION {fact.name} {partition.bound}"
    sql = f"ALTER TABLE {partition.parent} {attach}"
    return risky(sql, attaches(fact.name, partition.parent))


def detach(fact: Fact) -> Draft:
    """The statement that makes it a table that stands alone."""
    sql = f"ALTER TABLE {Partition.of(fact).parent} DETACH PARTITION {fact.name}"
    return risky(sql, detaches(fact.name))
