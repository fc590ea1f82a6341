"""What a partition gets from its table without a word: columns, and its parts of keys and indexes.

PostgreSQL names these parts itself. Only where they have just these names in the goal, nothing has
to be said of them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from diffapply.ddl.structure.keys import alike_indexes
from diffapply.ddl.structure.lookup import chosen_name
from diffapply.ddl.structure.partitions import is_partitioned, parent_of
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import (
    Attachment,
    Column,
    Constraint,
    Exclude,
    Index,
    Key,
    NotNull,
    Partition,
    Table,
    not_null_name,
)
from diffapply.values.grammar import bare, leading_name, listed


def is_like_its_table(table: str, goal: Catalog) -> bool:
    """Whether ``PARTITION OF`` says all of a partition's columns, keys and NOT NULLs."""
    partition, parent = goal.facts.get(("partition", table)), parent_of(table, goal)
    fact = goal.facts.get(("table", table))
    if partition is None or parent is None or fact is None or Table.of(fact).foreign:
        return False
    return (
        not Partition.of(partition).detach_pending
        and _columns(table, goal) == _columns(parent, goal)
        and not any(("identity", f"{table}.{name}") in goal.facts for name in _names(table, goal))
        and all(is_derived(key, goal) for key in goal.parts("constraint", table))
    )


def _names(table: str, goal: Catalog) -> list[str]:
    return [fact.part for fact in goal.parts("column", table)]


def _columns(table: str, goal: Catalog) -> list[tuple[str, Column, str | None, str | None]]:
    """The columns in their order, each with its default and what makes it NOT NULL."""
    found = []
    for fact in sorted(goal.parts("column", table), key=lambda column: column.position):
        default = goal.facts.get(("default", fact.name))
        not_null = goal.facts.get(("not null", fact.name))
        found.append(
            (
                fact.part,
                Column.of(fact).own,
                default.definition if default else None,
                _said(not_null) if not_null else None,
            )
        )
    return found


def comes_down(fact: Fact, ends: Ends) -> bool:
    """Whether a partition's part of a column changes with that of its table: PostgreSQL recurses.

    Args:
        fact: of the goal, or of the live catalog if it is dropped; its kind comes down to
            partitions.
    """
    parent = parent_of(fact.object, ends.live)
    if parent is None or parent != parent_of(fact.object, ends.goal):
        return False
    above = (fact.kind, f"{parent}.{fact.part}")
    if fact.key not in ends.goal.facts:
        return ends.loses(above)
    old, new = ends.both(above)
    if new is None or _said(new) != _said(ends.goal.facts[fact.key]):
        return False
    return (old is None) == (fact.key not in ends.live.facts) and (
        old is None or _said(old) != _said(new)
    )


def _said(fact: Fact) -> str:
    """What a statement on the column of a table gives its partitions."""
    if fact.kind == "column":
        return str(Column.of(fact).own)
    if fact.kind == "not null":
        return f"{bare(not_null_name(fact))}{NotNull.of(fact).rest}"
    return fact.definition


def said_with_whole(fact: Fact, goal: Catalog) -> Sequence[FactKey]:
    """The facts whose statements bring along a partition's part of a key or an index, if any do."""
    whole = _whole(fact, goal)
    if whole is None or not is_derived(fact, goal):
        return ()
    return ("table", fact.object), ("partition", fact.object), whole.key


def attachment_said_with(fact: Fact, goal: Catalog) -> Sequence[FactKey]:
    """The same for the attachment of that part."""
    keys = (("index", fact.name), ("constraint", f"{fact.object}.{fact.name}"))
    part = next((goal.facts[key] for key in keys if key in goal.facts), None)
    if part is None:
        return ()
    whole = _whole(part, goal)
    first = (whole.key,) if whole and parts_before(whole, goal) else ()
    return said_with_whole(part, goal) or first


def is_derived(part: Fact, goal: Catalog) -> bool:
    """Whether all parts of the same index or key are named as PostgreSQL names them."""
    whole = _whole(part, goal)
    return whole is not None and whole.key in _with_usual_parts(goal)


def has_usual_parts(whole: Fact, goal: Catalog) -> bool:
    """Whether all partitions of a table get their part of this index or key from it.

    Also if none is structure: those that were made at run time get theirs from it, too.
    """
    return whole.key in _with_usual_parts(goal)


def parts_before(whole: Fact, goal: Catalog) -> tuple[Fact, ...]:
    """Of an index, its parts, if they have names of their own and are to be built before the whole.

    PostgreSQL then attaches them, and builds the parts of partitions that are not structure. Said
    ONLY of the table, the whole would never reach those, and never be valid. A key is said so all
    the same: one that stands would be built twice.
    """
    return _with_parts_before(goal).get(whole.key, ())


def is_part_named_alike(old: Fact, new: Fact, goal: Catalog) -> bool:
    """Whether PostgreSQL would name parts of an index as those that it is to replace."""
    had, wants = Index.of(old), Index.of(new)
    named_alike = (had.columns, had.include) == (wants.columns, wants.include)
    return named_alike and bool(_with_all_parts(goal).get(new.key))


def comes_to_partitions(fact: Fact, ends: Ends) -> bool:
    """Whether an index or a key that is the table's alone is to have a part in each partition.

    It is made anew then: attached piece by piece, it would not reach those that are no structure.
    """
    if not is_partitioned(fact.object, ends.live) or fact.key in _with_all_parts(ends.live):
        return False
    attached = ends.live.by_kind.get("index attachment", ())
    if any(Attachment.of(its).to == fact.part for its in attached):
        return False
    whole = ends.goal.facts[fact.key]
    return has_usual_parts(whole, ends.goal) or bool(parts_before(whole, ends.goal))


def _whole(part: Fact, goal: Catalog) -> Fact | None:
    """The index or key of the table above that this one is a part of."""
    parent = parent_of(part.object, goal)
    attachment = goal.facts.get(("index attachment", part.part))
    if parent is None or attachment is None or part.kind not in ("index", "constraint"):
        return None
    name = Attachment.of(attachment).to
    key = goal.facts.get(("constraint", f"{parent}.{name}"))
    return key or goal.facts.get(("index", name))


@lru_cache(maxsize=16)
def _with_all_parts(goal: Catalog) -> Mapping[FactKey, tuple[Fact, ...]]:
    """Index or key of a partitioned table → its parts, if each partition has one."""
    partitions: dict[str, list[str]] = {}
    for fact in goal.by_kind.get("table", ()):
        if Table.of(fact).partitioned_by is not None:
            partitions[fact.name] = []
    for fact in goal.by_kind.get("partition", ()):
        table = goal.facts.get(("table", fact.name))
        if not (table and Table.of(table).foreign):  # PostgreSQL passes over these
            partitions.setdefault(Partition.of(fact).parent, []).append(fact.name)
    parts: Mapping[FactKey, dict[str, Fact]] = defaultdict(dict)
    for fact in goal.facts.values():
        if fact.kind in ("index", "constraint") and (whole := _whole(fact, goal)):
            parts[whole.key][fact.object] = fact
    return {
        whole.key: tuple(parts[whole.key][name] for name in its)
        for table, its in partitions.items()
        for whole in (*goal.parts("index", table), *goal.parts("constraint", table))
        if all(name in parts[whole.key] for name in its)
    }


@lru_cache(maxsize=16)
def _with_usual_parts(goal: Catalog) -> frozenset[FactKey]:
    parts = _with_all_parts(goal)

    def are_usual(whole: FactKey) -> bool:
        """Whether PostgreSQL gives all parts their names, and the parts of these."""
        siblings = {part.part for part in parts.get(whole, ())}
        return whole in parts and all(
            _is_usual(part, siblings)
            and (not is_partitioned(part.object, goal) or are_usual(part.key))
            for part in parts[whole]
        )

    return frozenset(filter(are_usual, parts))


@lru_cache(maxsize=16)
def _with_parts_before(goal: Catalog) -> Mapping[FactKey, tuple[Fact, ...]]:
    usual = _with_usual_parts(goal)
    return {
        whole: parts
        for whole, parts in _with_all_parts(goal).items()
        if whole[0] == "index"
        and whole not in usual
        and not any(_has_rival(part, goal) for part in parts)
    }


def _has_rival(part: Fact, goal: Catalog) -> bool:
    """Whether PostgreSQL may take another index in its place; see `keys`."""
    return any(part.name in names for names in alike_indexes(part.object, goal))


def _is_usual(part: Fact, siblings: Collection[str]) -> bool:
    """Whether it has the name that PostgreSQL gives it; see `ChooseIndexName` in indexcmds.c.

    Names that are cut may be the same, and then have numbers.

    Args:
        siblings: the names of all parts of the same index or key.
    """
    if part.kind == "index":
        index = Index.of(part)
        include = tuple(map(leading_name, listed(index.include or "")))
        columns, ending = (*index.columns, *include), "idx"
    else:
        key = Constraint.of(part)
        if isinstance(key, Exclude) or not isinstance(key, Key):
            return False
        columns, ending = (*key.columns, *key.include), "key"
        if key.word == "PRIMARY KEY":
            columns, ending = (), "pkey"
    if not all(columns):
        return False
    number = 0
    while (name := chosen_name(part.object, *columns, f"{ending}{number or ''}")) != part.part:
        if part.kind != "index" or name not in siblings:
            return False
        number += 1
    return True
