"""What keeps a partition with rows from being detached: foreign keys that refer to its table.

PostgreSQL refuses to detach it if rows refer to its rows, even if it is attached again at once.
Empty tables do not show that, so it is told from the facts.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from diffapply.ddl.structure.derived import comes_down
from diffapply.ddl.structure.partitions import parent_of, tables_above
from diffapply.model.catalog import Catalog, Fact, FactKey
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


def references_to_free(live: Catalog, goal: Catalog) -> list[FactKey]:
    """The foreign keys that have to be dropped before partitions are detached.

    It is those that go or change themselves, and those that are to hold again once the partition
    is attached again. One that stays as it is refuses what leaves its table: that is right.
    """
    found = (
        key.key
        for part in live.by_kind.get("partition", ())
        if _leaves(part, live, goal) or _is_named_apart(part.name, live, goal)
        for table in tables_above(part.name, live)
        for key in references(table, live)
        if not _stays(key, live, goal) or table in tables_above(part.name, goal)
    )
    return [*dict.fromkeys(found)]


def waits_for_partitions(its: FactKey | None, goal: Catalog, live: Catalog) -> bool:
    """Whether it reads rows that come with partitions that are yet to be attached.

    A foreign key to their table does, or a materialized view, which may read any.
    """
    if its and its[0] == "materialized view":
        return bool(_with_partitions_to_come(goal, live))
    fact = goal.facts.get(its) if its and its[0] == "constraint" else None
    key = Constraint.of(fact) if fact else None
    return isinstance(key, ForeignKey) and key.table in _with_partitions_to_come(goal, live)


@lru_cache(maxsize=16)
def _with_partitions_to_come(goal: Catalog, live: Catalog) -> frozenset[str]:
    return frozenset(
        table
        for part in goal.by_kind.get("partition", ())
        if not _is_there(part, live)
        for table in tables_above(part.name, goal)
    )


def still_referred_to(partition: str, before: Catalog, goal: Catalog) -> Iterator[Fact]:
    """The foreign keys that stay as they are, although this partition leaves their table."""
    for table in tables_above(partition, before):
        if table not in tables_above(partition, goal):
            yield from (key for key in references(table, before) if _stays(key, before, goal))


def remade(live: Catalog, goal: Catalog) -> list[FactKey]:
    """The partitioned tables whose partition key changes: they are made anew.

    They hold no rows themselves: their partitions are detached, and attached again.
    """
    return [
        fact.key
        for fact in live.by_kind.get("table", ())
        if (new := goal.facts.get(fact.key)) and _key_changes(fact, new, live, goal)
    ]


def _key_changes(old: Fact, new: Fact, live: Catalog, goal: Catalog) -> bool:
    had, wants = Table.of(old), Table.of(new)
    if had.partitioned_by is None or wants.partitioned_by is None:
        return False
    return had.partitioned_by != wants.partitioned_by or key_column_changes(old, goal, live)


def key_column_changes(table: Fact, goal: Catalog, live: Catalog) -> bool:
    """Whether a column of the partition key changes: that cannot be altered."""
    its = Table.of(table)
    return any(
        fact.key in goal.facts
        and goal.facts[fact.key].definition != fact.definition
        and its.is_partitioned_by(fact.part)
        for fact in live.parts("column", table.name)
    )


def _leaves(part: Fact, live: Catalog, goal: Catalog) -> bool:
    """Whether a partition is detached, and not only dropped together with its table."""
    stay = any(("table", its) in goal.facts for its in (part.name, *tables_above(part.name, live)))
    return stay and not _is_there(part, goal)


def _is_named_apart(partition: str, live: Catalog, goal: Catalog) -> bool:
    """Whether NOT NULLs of a partition get other names, which they only can while it is detached.

    Unless they get them with those of its table.
    """
    parent = parent_of(partition, live)
    return parent is not None and any(
        fact.key in live.facts
        and not_null_name(live.facts[fact.key]) != not_null_name(fact)
        and ("not null", f"{parent}.{fact.part}") in live.facts
        and not comes_down(fact, goal, live)
        for fact in goal.parts("not null", partition)
    )


def _is_there(part: Fact, catalog: Catalog) -> bool:
    """Whether it is attached in the same way there, with all that is above it."""
    other = catalog.facts.get(part.key)
    return other is not None and other.definition == part.definition


def _stays(key: Fact, live: Catalog, goal: Catalog) -> bool:
    """Whether a constraint of the live catalog needs no change."""
    other = goal.facts.get(key.key)
    return other is not None and other.definition == live.facts[key.key].definition
