"""What a partition gets from its table without a word: columns, and its parts of keys and indexes.

PostgreSQL names these parts itself. Only where they have just these names in the goal, nothing has
to be said of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from diffapply.ddl.lookup import chosen_name
from diffapply.ddl.partitions import parent_of
from diffapply.model.catalog import Catalog, Fact, FactKey
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


def comes_down(fact: Fact, goal: Catalog, live: Catalog) -> bool:
    """Whether a partition's part of a column changes with that of its table: PostgreSQL recurses.

    Args:
        fact: of the goal, or of the live catalog if it is dropped; its kind comes down to
            partitions.
    """
    parent = parent_of(fact.object, live)
    if parent is None or parent != parent_of(fact.object, goal):
        return False
    above = (fact.kind, f"{parent}.{fact.part}")
    if fact.key not in goal.facts:
        return above in live.facts and above not in goal.facts
    new, old = goal.facts.get(above), live.facts.get(above)
    if new is None or _said(new) != _said(goal.facts[fact.key]):
        return False
    return (old is None) == (fact.key not in live.facts) and (
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
    return said_with_whole(part, goal) if part else ()


def is_derived(part: Fact, goal: Catalog) -> bool:
    """Whether all parts of the same index or key are named as PostgreSQL names them."""
    whole = _whole(part, goal)
    return whole is not None and whole.key in _with_usual_parts(goal)


def has_usual_parts(whole: Fact, goal: Catalog) -> bool:
    """Whether all partitions of a table get their part of this index or key from it."""
    return whole.key in _with_usual_parts(goal)


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
def _with_usual_parts(goal: Catalog) -> frozenset[FactKey]:
    partitions: Mapping[str, list[str]] = defaultdict(list)
    for fact in goal.by_kind.get("partition", ()):
        partitions[Partition.of(fact).parent].append(fact.name)
    parts: Mapping[FactKey, dict[str, Fact]] = defaultdict(dict)
    for fact in goal.facts.values():
        if fact.kind in ("index", "constraint") and (whole := _whole(fact, goal)):
            parts[whole.key][fact.object] = fact
    usual = set()
    for table, its in partitions.items():
        for whole in (*goal.parts("index", table), *goal.parts("constraint", table)):
            found = parts.get(whole.key, {})
            if all(name in found and _is_usual(found[name]) for name in its):
                usual.add(whole.key)
    return frozenset(usual)


def _is_usual(part: Fact) -> bool:
    """Whether it has the name that PostgreSQL gives it; see `ChooseIndexName` in indexcmds.c."""
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
    return part.part == chosen_name(part.object, *columns, ending)
