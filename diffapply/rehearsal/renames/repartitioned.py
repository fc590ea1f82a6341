"""Renames of tables that become partitioned, or cease to be, so that they keep their rows."""

from diffapply.ddl.kinds.attaching import detach
from diffapply.ddl.statements import Draft, Drafts, aside, drafts
from diffapply.ddl.structure.detaching import references
from diffapply.ddl.structure.partitions import is_partitioned, tables_above
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.rehearsal.renames.moves import Move
from diffapply.values import Constraint, Exclude, Key, Partition


def repartitioned(ends: Ends) -> Drafts:
    """Drafts for tables that become partitioned, or cease to be, that keep their rows.

    A table becomes its own first partition: the default one, or the only one. The other way
    round, that partition becomes the table. One that is a partition itself is detached before.
    """
    statements: list[str | Draft] = []
    for table, first in _partitioned(ends.live, ends.goal):
        statements += [*_leaving(table, ends), f"ALTER TABLE {table} RENAME TO {first}"]
    for table, first in _partitioned(ends.goal, ends.live):
        statements += [
            *_leaving(table, ends),
            detach(ends.live.facts["partition", first]),
            f"ALTER TABLE {table} RENAME TO {aside(table)}",
            *_names_freed(table, ends),
            f"ALTER TABLE {first} RENAME TO {table}",
        ]
    return drafts(*statements)


def _leaving(table: str, ends: Ends) -> Drafts:
    partition = ends.live.facts.get(("partition", table))
    return (detach(partition),) if partition else ()


def _names_freed(table: str, ends: Ends) -> Drafts:
    """Drafts that free the names of a table's indexes, once it has another name itself.

    What becomes a partition needs them before, as parts of other indexes cannot be renamed.
    """
    if ("partition", table) not in ends.goal.facts:
        return ()
    keys = [
        fact
        for fact in ends.live.parts("constraint", table)
        if isinstance(Constraint.of(fact), Key | Exclude)
    ]
    return tuple(
        Move(fact.kind, aside(table), fact.part, aside(fact.part)).draft
        for fact in (*keys, *ends.live.parts("index", table))
        if fact.key in ends.goal.facts
    )


def references_to_repartitioned(ends: Ends) -> list[Fact]:
    """The foreign keys that would keep partitions from being detached then; see `detaching`."""
    live = ends.live
    tables = [
        *(table for table, _ in _partitioned(ends.goal, live)),
        *(
            above
            for one, other in ((live, ends.goal), (ends.goal, live))
            for table, _ in _partitioned(one, other)
            for above in tables_above(table, live)
        ),
    ]
    return [key for table in dict.fromkeys(tables) for key in references(table, live)]


def _partitioned(plain: Catalog, split: Catalog) -> list[tuple[str, str]]:
    """Tables of both that are partitioned in one alone, each with its first partition there."""
    return [
        (table.name, first)
        for table in plain.by_kind.get("table", ())
        if not is_partitioned(table.name, plain)
        and is_partitioned(table.name, split)
        and (first := _first_partition(table.name, split, plain))
    ]


def _first_partition(table: str, having: Catalog, lacking: Catalog) -> str | None:
    found = [
        fact
        for fact in having.by_kind.get("partition", ())
        if Partition.of(fact).parent == table
        and ("table", fact.name) not in lacking.facts
        and not is_partitioned(fact.name, having)
    ]
    default = [fact for fact in found if Partition.of(fact).bound == "DEFAULT"]
    chosen = default or found
    return chosen[0].name if len(chosen) == 1 else None
