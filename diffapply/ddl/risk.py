"""What a statement may risk, told once it is known where its transition begins and ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.hazards import Hazard
from diffapply.values import Inherits, Partition, Table

Tell = Callable[[Ends], Iterable[Hazard]]
"""The argument begins with what stands after the renames of the transition."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk of a statement.

    Attributes:
        tell: the hazards that it is between two structures.
        relation: the table or materialized view that it is about, quoted. Empty: it is told
            whatever stood before.
        drops: the fact that goes, or a column whose values go into another type; as it is named in
            the statement.
        stays: whether what `drops` names stays, with other values.
        attaches: a table that gets a partition, and that one if it stood before.
    """

    tell: Tell
    relation: str = ""
    drops: FactKey | None = None
    stays: bool = False
    attaches: tuple[str, ...] = ()


Risks = tuple[Risk, ...]


def certain(hazard: Hazard) -> Risk:
    """A risk that does not depend on anything."""
    return Risk(lambda _: [hazard])


def goes(kind: str, name: str) -> Risk:
    """Something goes that is no loss: the transition itself made it, or makes it again."""
    return Risk(lambda _: (), drops=(kind, name))


def of_relation(name: str, *hazards: Hazard) -> Risk:
    """The risks of what is done to a relation, if it stood before."""
    return Risk(lambda _: hazards, name)


def told(risks: Iterable[Risk], ends: Ends) -> tuple[Hazard, ...]:
    """What they come to, each once.

    The rows of a relation that came with the transition itself risk nothing, and cost no time;
    nor do those of a foreign table. It is decided here, for all of them.
    """
    found = (
        hazard
        for risk in risks
        if not risk.relation or _has_rows(risk.relation, ends)
        for its in risk.tell(ends)
        for hazard in _counting(its, risk.relation, ends.live)
    )
    return tuple(dict.fromkeys(found))


def _has_rows(relation: str, ends: Ends) -> bool:
    """Whether it, or what becomes a partition of it, may have rows already."""
    return stands(relation, ends.live) or any(
        _has_rows(part.name, ends)
        for part in ends.goal.by_kind.get("partition", ())
        if Partition.of(part).parent == relation
    )


def _counting(hazard: Hazard, relation: str, before: Catalog) -> Iterator[Hazard]:
    """The hazard; of foreign tables only if it is about rows of tables that inherit from them.

    No DDL reads, checks or converts rows of foreign tables; nor can these be locked for a check.
    """
    of = {"data": hazard.lock, "rows": relation, "time": relation}.get(hazard.kind, "")
    if not is_foreign(of, before):
        yield hazard
    elif not is_elsewhere(of, before):
        yield replace(hazard, check="", lock="")


def stands(relation: str, catalog: Catalog) -> bool:
    """Whether a table or a materialized view of this name is there."""
    return any(fact_named(catalog, kind, relation) for kind in ("table", "materialized view"))


def keeps_rows(relation: str, catalog: Catalog) -> bool:
    """Whether it holds rows itself: its partitions do not, nor another server."""
    fact = fact_named(catalog, "table", relation)
    if fact is None:
        return fact_named(catalog, "materialized view", relation) is not None
    table = Table.of(fact)
    return not table.foreign and table.partitioned_by is None


def is_foreign(relation: str, catalog: Catalog) -> bool:
    """Whether a foreign table of this name is there."""
    fact = fact_named(catalog, "table", relation)
    return fact is not None and Table.of(fact).foreign


def is_elsewhere(relation: str, catalog: Catalog) -> bool:
    """Whether it is a foreign table, and so is all that inherits from it."""
    return is_foreign(relation, catalog) and all(
        is_elsewhere(fact.name, catalog)
        for fact in catalog.by_kind.get("inherits", ())
        if relation in Inherits.of(fact).parents
    )
