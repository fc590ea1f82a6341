"""Indexes that are alike: PostgreSQL takes the one that was created first.

It does so when a foreign key is made: that rests on one of several unique keys. It does so when a
partition is attached: its indexes become parts of the table's. pg_dump does not show which one was
first, and two tenants of one shape may differ in it.
"""

from collections import Counter
from dataclasses import replace

from diffapply.ddl.statements import Drafts
from diffapply.ddl.structure.partitions import is_partitioned
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.identifier import spellings
from diffapply.values import Constraint, ForeignKey, Index, Key
from diffapply.values.grammar import leading_name

_Target = tuple[str, frozenset[str]]
"""A table, and columns of it."""


def has_choice(catalog: Catalog) -> bool:
    """Whether a foreign key could rest on more than one key."""
    keys = Counter(target for fact in catalog.facts.values() if (target := _of_key(fact)))
    return any(
        keys[target] > 1 for fact in catalog.facts.values() if (target := _of_foreign_key(fact))
    )


def is_reference(fact: Fact) -> bool:
    """Whether it is a foreign key."""
    return fact.kind == "constraint" and isinstance(Constraint.of(fact), ForeignKey)


def may_rest_on(key: Fact, catalog: Catalog) -> list[Fact]:
    """The foreign keys that could rest on this key, and on another one as well."""
    target = _of_key(key)
    others = (f for f in catalog.facts.values() if f.object == key.object and f.key != key.key)
    if target is None or not any(_of_key(other) == target for other in others):
        return []
    return [fact for fact in catalog.facts.values() if _of_foreign_key(fact) == target]


def index_for(key: Fact, ends: Ends) -> Fact | None:
    """An index that goes, and that this key can take over."""
    its = _key(key)
    if not isinstance(its, Key) or is_partitioned(key.object, ends.goal):
        return None
    found = (fact for fact in ends.live.parts("index", key.object) if ends.loses(fact.key))
    return next((fact for fact in found if _fits(Index.of(fact), its)), None)


def _fits(index: Index, key: Key) -> bool:
    """Whether PostgreSQL takes an index for a key, and makes no other one of it."""
    return (
        index.unique
        and index.method == "btree"
        and index.keys == key.keys
        and (index.include or "") == ", ".join(key.include)
        and index.nulls_not_distinct == (key.word == "UNIQUE NULLS NOT DISTINCT")
        and index.where is None
        and index.parameters is None
    )


def becomes_key(index: Fact, ends: Ends) -> bool:
    """Whether a key of the goal takes this index over."""
    keys = (f for f in ends.goal.parts("constraint", index.object) if f.key not in ends.live.facts)
    return any(index_for(key, ends) == index for key in keys)


def undetermined(way: Drafts, source: Catalog) -> tuple[str, ...]:
    """Why the effect of drafts is not certain: a table is attached that has alike indexes.

    Args:
        source: what stands where they begin.
    """
    gone: set[str] = set()
    reasons: dict[str, None] = {}
    for draft in way:
        gone |= {name for kind, name in draft.drops if kind == "index"}
        attached = (name for risk in draft.risks for name in risk.attaches)
        for table in (spelled for name in attached for spelled in spellings(name)):
            for names in alike_indexes(table, source):
                if len(left := [its for its in names if its not in gone]) > 1:
                    reason = (
                        f"a partition is attached, and the indexes {', '.join(left)} of {table} "
                        "are alike: which of them becomes part of which cannot be told beforehand"
                    )
                    reasons[reason] = None
    return tuple(sorted(reasons))


def alike_indexes(table: str, catalog: Catalog) -> list[list[str]]:
    """Names of a table's indexes and keys that PostgreSQL cannot tell apart, in groups.

    Keys are named as facts are: ``table.key``.
    """
    alike: dict[object, list[str]] = {}
    for fact in (*catalog.parts("index", table), *catalog.parts("constraint", table)):
        if likeness := _likeness(fact):
            alike.setdefault(likeness, []).append(fact.name)
    return [names for names in alike.values() if len(names) > 1]


def _likeness(fact: Fact) -> object:
    """The properties by which PostgreSQL compares indexes; None for other facts."""
    if fact.kind == "index":
        index = Index.of(fact)
        return replace(index, keys=index.unsorted)
    key = Constraint.of(fact)
    return (key.word, key.keys) if isinstance(key, Key) else None


def _of_key(fact: Fact) -> _Target | None:
    """The table and the columns that a constraint or an index makes unique."""
    its = _key(fact)
    return (fact.object, frozenset(filter(None, its.columns))) if its else None


def _key(fact: Fact) -> Key | Index | None:
    if fact.kind == "index":
        index = Index.of(fact)
        return index if index.unique else None
    key = Constraint.of(fact) if fact.kind == "constraint" else None
    return key if isinstance(key, Key) else None


def _of_foreign_key(fact: Fact) -> _Target | None:
    """The table and the columns that a foreign key refers to."""
    key = Constraint.of(fact) if fact.kind == "constraint" else None
    if not isinstance(key, ForeignKey):
        return None
    return key.table, frozenset(filter(None, map(leading_name, key.referenced)))
