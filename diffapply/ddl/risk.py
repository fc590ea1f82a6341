"""What a statement may risk, told once it is known where its transition begins and ends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from diffapply.ddl.lookup import fact_named
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard
from diffapply.values import Partition, Table

Tell = Callable[[Catalog, Catalog], Iterable[Hazard]]
"""Arguments: what stands where the transition begins, after its renames; the goal's catalog."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk of a statement.

    Attributes:
        tell: the hazards that it is between two structures.
        relation: the table or materialized view that it is about, quoted. Empty: it is told
            whatever stood before.
    """

    tell: Tell
    relation: str = ""


Risks = tuple[Risk, ...]


def certain(hazard: Hazard) -> Risk:
    """A risk that does not depend on anything."""
    return Risk(lambda _before, _goal: [hazard])


def of_relation(name: str, *hazards: Hazard) -> Risk:
    """The risks of what is done to a relation, if it stood before."""
    return Risk(lambda _before, _goal: hazards, name)


def told(risks: Iterable[Risk], before: Catalog, goal: Catalog) -> tuple[Hazard, ...]:
    """What they come to, each once.

    The rows of a relation that came with the transition itself risk nothing, and cost no time;
    nor do those of a foreign table. It is decided here, for all of them.
    """
    found = (
        hazard
        for risk in risks
        if not risk.relation or _has_rows(risk.relation, before, goal)
        for hazard in risk.tell(before, goal)
        if not _is_elsewhere(hazard, risk.relation, before)
    )
    return tuple(dict.fromkeys(found))


def _has_rows(relation: str, before: Catalog, goal: Catalog) -> bool:
    """Whether it, or what becomes a partition of it, may have rows already."""
    return stands(relation, before) or any(
        _has_rows(part.name, before, goal)
        for part in goal.by_kind.get("partition", ())
        if Partition.of(part).parent == relation
    )


def _is_elsewhere(hazard: Hazard, relation: str, before: Catalog) -> bool:
    """Whether it is about rows of a foreign table, which no DDL reads, checks or converts."""
    of = {"data": hazard.lock, "rows": relation, "time": relation}.get(hazard.kind, "")
    return is_foreign(of, before)


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
