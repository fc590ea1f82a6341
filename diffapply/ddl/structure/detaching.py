"""What keeps a partition with rows from being detached: foreign keys that refer to its table.

PostgreSQL refuses to detach it if rows refer to its rows, even if it is attached again at once.
Empty tables do not show that, so it is told from the facts.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from diffapply.ddl.structure.derived import comes_down
from diffapply.ddl.structure.partitions import parent_of, tables_above
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import Constraint, ForeignKey, Table, not_null_name


def references(table: str, catalog: Catalog) -> Sequence[Fact]:
    """The foreign keys that refer to a table."""
    return _references(catalog).get(table, ())


@lru_cache(maxsize=16)
def _references(catalog: Catalog) -> Mapping[str, Sequence[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in catalog.by_kind.get("constraint", ()):
        if isinstance(key := Constraint.of(fact), ForeignKey):
            found[key.table].append(fact)
    return found


def references_to_free(ends: Ends) -> list[FactKey]:
    """The foreign keys that have to be dropped before partitions are detached.

    It is those that go or change themselves, and those that are to hold again once the partition
    is attached again. One that stays as it is refuses what leaves its table: that is right.
    """
    found = (
        key.key
        for part in ends.live.by_kind.get("partition", ())
        if _leaves(part, ends) or _is_named_apart(part.name, ends)
        for table in tables_above(part.name, ends.live)
        for key in references(table, ends.live)
        if not ends.keeps(key.key) or table in tables_above(part.name, ends.goal)
    )
    return [*dict.fromkeys(found)]


def waits_for_partitions(its: FactKey | None, ends: Ends) -> bool:
    """Whether it reads rows that come with partitions that are yet to be attached.

    A foreign key to their table does, or a materialized view, which may read any.
    """
    if its and its[0] == "materialized view":
        return bool(_with_partitions_to_come(ends))
    fact = ends.goal.facts.get(its) if its and its[0] == "constraint" else None
    key = Constraint.of(fact) if fact else None
    return isinstance(key, ForeignKey) and key.table in _with_partitions_to_come(ends)


@lru_cache(maxsize=16)
def _with_partitions_to_come(ends: Ends) -> frozenset[str]:
    return frozenset(
        table
        for part in ends.goal.by_kind.get("partition", ())
        if not ends.keeps(part.key)
        for table in tables_above(part.name, ends.goal)
    )


def still_referred_to(partition: str, ends: Ends) -> Iterator[Fact]:
    """The foreign keys that stay as they are, although this partition leaves their table."""
    for table in tables_above(partition, ends.live):
        if table not in tables_above(partition, ends.goal):
            yield from (key for key in references(table, ends.live) if ends.keeps(key.key))


def remade(ends: Ends) -> list[FactKey]:
    """The partitioned tables whose partition key changes: they are made anew.

    They hold no rows themselves: their partitions are detached, and attached again.
    """
    return [
        fact.key
        for fact in ends.live.by_kind.get("table", ())
        if (new := ends.goal.facts.get(fact.key)) and _key_changes(fact, new, ends)
    ]


def _key_changes(old: Fact, new: Fact, ends: Ends) -> bool:
    had, wants = Table.of(old), Table.of(new)
    if had.partitioned_by is None or wants.partitioned_by is None:
        return False
    return had.partitioned_by != wants.partitioned_by or key_column_changes(old, ends)


def key_column_changes(table: Fact, ends: Ends) -> bool:
    """Whether a column of the partition key changes: that cannot be altered."""
    its = Table.of(table)
    return any(
        ends.changes(fact.key) and its.is_partitioned_by(fact.part)
        for fact in ends.live.parts("column", table.name)
    )


def _leaves(part: Fact, ends: Ends) -> bool:
    """Whether a partition is detached, and not only dropped together with its table."""
    tables = (part.name, *tables_above(part.name, ends.live))
    stay = any(("table", its) in ends.goal.facts for its in tables)
    return stay and not ends.keeps(part.key)


def _is_named_apart(partition: str, ends: Ends) -> bool:
    """Whether NOT NULLs of a partition get other names, which they only can while it is detached.

    Unless they get them with those of its table.
    """
    parent = parent_of(partition, ends.live)
    return parent is not None and any(
        (had := ends.live.facts.get(fact.key))
        and not_null_name(had) != not_null_name(fact)
        and ("not null", f"{parent}.{fact.part}") in ends.live.facts
        and not comes_down(fact, ends)
        for fact in ends.goal.parts("not null", partition)
    )
