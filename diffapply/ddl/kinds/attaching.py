"""How a table becomes a partition, or ceases to be one, and what that risks."""

from collections.abc import Iterator
from dataclasses import replace

from diffapply.ddl.risk import Risk, stands
from diffapply.ddl.risks.demands import met, no_equals, of_key, refers
from diffapply.ddl.risks.losses import drops
from diffapply.ddl.risks.work import builds_index, scans
from diffapply.ddl.statements import Draft, Drafts, alter_table, dropped_anew, risky
from diffapply.ddl.structure.derived import is_derived
from diffapply.ddl.structure.detaching import references, remade, still_referred_to
from diffapply.ddl.structure.partitions import default_of, tables_above
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard
from diffapply.values import Constraint, ForeignKey, Index, Partition


def attach(fact: Fact) -> Draft:
    """The statement that makes a table this partition."""
    partition = Partition.of(fact)
    attach = f"ATTACH PARTITION {fact.name} {partition.bound}"
    sql = f"ALTER TABLE {partition.parent} {attach}"
    return risky(sql, attaches(fact.name, partition.parent))


def detach(fact: Fact) -> Draft:
    """The statement that makes it a table that stands alone."""
    sql = f"ALTER TABLE {Partition.of(fact).parent} DETACH PARTITION {fact.name}"
    return replace(risky(sql, detaches(fact.name)), undoes=attach(fact).sql)


def freed(partition: str, catalog: Catalog) -> Drafts:
    """What drops the foreign keys that would keep it from being detached; they come again."""
    return dropped_anew(
        tuple(
            alter_table(key.object, f"DROP CONSTRAINT {key.part}", drops("constraint", key.name))
            for table in tables_above(partition, catalog)
            for key in references(table, catalog)
        )
    )


def attaches(partition: str, parent: str, *, made: bool = False) -> Risk:
    """A table becomes a partition: its rows are read, and those of the default one.

    It gets indexes of its own for those of its parent.

    Args:
        made: whether the statement makes the table, too.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        # A table that is made anew has left its default partition, and gets it last.
        is_anew = ("table", parent) in remade(ends)
        default = None if is_anew else default_of(parent, ends.live)
        for name in dict.fromkeys(filter(None, (partition, default))):
            if stands(name, ends.live):
                yield from scans(name).tell(ends)
                bounds = f"the bounds of its partition of {parent}"
                yield from met(name, bounds).tell(ends)
        if stands(partition, ends.live):
            for risk in _gets(partition, ends):
                yield from risk.tell(ends)

    return Risk(tell, attaches=(parent,) if made else (parent, partition))


def _gets(partition: str, ends: Ends) -> Iterator[Risk]:
    """What comes to a table that stands: indexes, keys, and what its parent refers to."""
    for part in (*ends.goal.parts("index", partition), *ends.goal.parts("constraint", partition)):
        if part.key in ends.live.facts or not is_derived(part, ends.goal):
            continue
        yield builds_index(partition)
        if part.kind == "index" and Index.of(part).unique:
            yield no_equals(partition, f"unique index {part.name}", *part.key)
        elif part.kind == "constraint":
            yield of_key(part)
    has = {key.definition for key in _refers_by(partition, ends.live)}
    for key in _refers_by(partition, ends.goal):
        if key.object != partition and key.definition not in has:
            yield scans(partition)
            yield met(partition, f"constraint {key.part}")


def _refers_by(partition: str, catalog: Catalog) -> Iterator[Fact]:
    """The foreign keys that it has, also by what it is a partition of."""
    for table in (partition, *tables_above(partition, catalog)):
        for fact in catalog.parts("constraint", table):
            if isinstance(Constraint.of(fact), ForeignKey):
                yield fact


def detaches(partition: str) -> Risk:
    """A partition leaves its table: rows that other rows refer to must not."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        for key in still_referred_to(partition, ends):
            yield refers(key, partition)

    return Risk(tell, partition)
