"""Indexes and what is set on them."""

from collections.abc import Sequence
from dataclasses import replace

from diffapply.ddl.kind import Kind, Text, dropper, its_index, loses_column, set_anew
from diffapply.ddl.kinds.constraints import drop_constraint
from diffapply.ddl.risks.demands import indexes_no_equals
from diffapply.ddl.risks.losses import drops, drops_fact
from diffapply.ddl.risks.work import builds_index
from diffapply.ddl.statements import (
    Ways,
    alter_table,
    aside,
    drafts,
    dropped_anew,
    one,
    risky,
    spares,
)
from diffapply.ddl.structure import partitions
from diffapply.ddl.structure.belonging import its_whole_index
from diffapply.ddl.structure.derived import (
    attachment_said_with,
    comes_to_partitions,
    has_usual_parts,
    is_part_named_alike,
    parts_before,
    said_with_whole,
)
from diffapply.ddl.structure.keys import becomes_key
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import NO_PARAMETERS, Attachment, Index, IndexColumn


def _create(fact: Fact, goal: Catalog) -> Ways:
    return _create_as(fact.name, fact, goal)


def _create_as(name: str, fact: Fact, goal: Catalog) -> Ways:
    index = Index.of(fact)
    head = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {name} ON "
    risks = [builds_index(fact.object)]
    if index.unique:
        risks.append(indexes_no_equals(fact.object, name))
    everywhere = risky(f"{head}{index.table} {index.rest}", *risks)
    if not partitions.is_partitioned(fact.object, goal):
        return one(everywhere)
    if has_usual_parts(fact, goal) or parts_before(fact, goal):
        return one(everywhere)
    # A partition has none, or has several that could take its place: those are then attached.
    only = risky(f"{head}ONLY {index.table} {index.rest}", builds_index(fact.object, only=True))
    return (only,), (everywhere,)


def _from_alike(fact: Fact, ends: Ends) -> Ways:
    """One that is the same but for its name stays."""
    old = _alike(fact, ends)
    return (drafts(f"ALTER INDEX {old.name} RENAME TO {fact.name}"),) if old else ()


def _making_room(old: Fact, new: Fact, ends: Ends) -> Ways:
    """The same where another table's index has the name, such as where two change places."""
    room = f"ALTER INDEX {old.name} RENAME TO {aside(old.name)}"
    moved = () if _stays(new, ends) else _from_alike(new, ends)
    return tuple((*drafts(room), *way) for way in moved)


def _alike(index: Fact, ends: Ends) -> Fact | None:
    """The index that goes, and is as this one, such as one that PostgreSQL named for a partition.

    Of one that goes: the index that it becomes. One of another table has its name alone.
    """
    gone = [its for its in _all_alike(index, ends.live, ends) if not _stays(its, ends)]
    come = [its for its in _all_alike(index, ends.goal, ends) if not _stays(its, ends)]
    pairs = dict(zip(gone, come, strict=False)) | dict(zip(come, gone, strict=False))
    return pairs.get(index)


def _stays(index: Fact, ends: Ends) -> bool:
    """Whether its table has an index of its name in both."""
    return all(its is not None and its.object == index.object for its in ends.both(index.key))


def _all_alike(index: Fact, catalog: Catalog, ends: Ends) -> list[Fact]:
    """The indexes of its table that differ from it in the name alone, sorted by that."""
    own = ends.live if ends.live.facts.get(index.key) is index else ends.goal
    return sorted(
        (
            its
            for its in catalog.parts("index", index.object)
            if its.definition == index.definition
            and _attached_to(its, catalog) == _attached_to(index, own)
        ),
        key=lambda its: its.name,
    )


def waits_for_name(fact: Fact, ends: Ends) -> bool:
    """Whether it is the attachment of an index that is attached already, under another name."""
    index = ends.goal.facts.get(("index", fact.name)) if fact.kind == "index attachment" else None
    return index is not None and not _stays(index, ends) and _alike(index, ends) is not None


def _attached_to(index: Fact, catalog: Catalog) -> str | None:
    attachment = catalog.facts.get(("index attachment", index.name))
    return attachment.definition if attachment else None


def _alter(old: Fact, new: Fact, ends: Ends) -> Ways:
    """Its parameters in place; else the new one is built before the old one is dropped."""
    if not _stays(new, ends):
        return _from_alike(new, ends)
    drop = risky(f"DROP INDEX {new.name}", drops_fact(old))
    if partitions.is_partitioned(new.object, ends.goal):
        if old.definition == new.definition or parts_before(new, ends.goal):
            return (dropped_anew((drop,)),)  # with its parts; these come before it
        if is_part_named_alike(old, new, ends.goal):
            return tuple((*dropped_anew((drop,)), *create) for create in _create(new, ends.goal))
    rebuilt = tuple(
        (*create, *drafts(drop, f"ALTER INDEX {spare} RENAME TO {new.name}"))
        for spare in spares(new.name)
        for create in _create_as(spare, new, ends.goal)
    )
    had, wants = Index.of(old), Index.of(new)
    if not had.is_alike(wants):
        return rebuilt
    have, want = (its.parameters or NO_PARAMETERS for its in (had, wants))
    changes = have.changes_to(want)
    return (drafts(*(f"ALTER INDEX {new.name} {change}" for change in changes)), *rebuilt)


def _statistics(fact: Fact, target: str) -> Ways:
    its = IndexColumn.of(fact)
    return one(f"ALTER INDEX {its.index} ALTER COLUMN {its.number} SET STATISTICS {target}")


def _set_statistics(fact: Fact, _: Catalog) -> Ways:
    return _statistics(fact, fact.definition)


def _drop_root(fact: Fact, live: Catalog) -> Ways:
    """Drop the whole: an index that is attached to another one, or to a key, cannot go alone."""
    attached: Fact | None = fact
    while attached:
        root = Attachment.of(attached).to
        attached = live.facts.get(("index attachment", root))
    keys = [f for f in live.by_kind.get("constraint", ()) if f.part == root]
    drop_key = (
        (alter_table(key.object, f"DROP CONSTRAINT {key.part}", drops_fact(key)),)
        for key in keys[:1]
    )
    return (*drop_key, drafts(risky(f"DROP INDEX {root}", drops("index", root))))


def _attach(fact: Fact, _: Catalog) -> Ways:
    return one(f"ALTER INDEX {Attachment.of(fact).to} ATTACH PARTITION {fact.name}")


def _build_again(fact: Fact, live: Catalog) -> Ways:
    """An index that consists of others is valid only if it is made so: it is created anew."""
    if attachment := live.facts.get(("index attachment", fact.name)):
        return tuple(map(dropped_anew, _drop_root(attachment, live)))
    if not partitions.is_partitioned(fact.object, live):
        return one(risky(f"REINDEX INDEX {fact.name}", builds_index(fact.object)))
    if key := live.facts.get(("constraint", f"{fact.object}.{fact.name}")):
        return tuple(map(dropped_anew, drop_constraint(key, live)))
    return (dropped_anew(drafts(risky(f"DROP INDEX {fact.name}", drops("index", fact.name)))),)


def _is_built_again(fact: Fact, ends: Ends) -> bool:
    """Whether it becomes valid by another change: its index gets another definition."""
    found = map(ends.both, its_index(fact))
    changed = [(old, new) for old, new in found if old and new]
    if partitions.is_partitioned(fact.object, ends.live):
        return any(old.definition != new.definition for old, new in changed)
    return any(
        old.kind == "index" and not Index.of(old).is_alike(Index.of(new)) for old, new in changed
    )


def _index_of_column(fact: Fact) -> Sequence[FactKey]:
    return its_index(replace(fact, name=IndexColumn.of(fact).index))


def _goes_without(fact: Fact, ends: Ends) -> bool:
    return becomes_key(fact, ends) or loses_column(fact, ends) or _alike(fact, ends) is not None


INDEXES = (
    Kind(
        "index",
        _create,
        dropper("INDEX"),
        _alter,
        create_from=_from_alike,
        alter_last=_making_room,
        value=Index,
        said_with=said_with_whole,
        changes_with=comes_to_partitions,
        goes_without=_goes_without,
        text=Text.EXPRESSIONS,
        namespace="index",
        rename="ALTER INDEX {old} RENAME TO {new}",
        renamed_freely="index",
        is_part=True,
        is_of_columns=True,
        ignored_with=its_whole_index,
        follows_declared=True,
        is_light=True,
    ),
    # It goes with the partition, or with the index that it is attached to.
    Kind(
        "index attachment",
        _attach,
        lambda _fact, _: (),
        value=Attachment,
        said_with=attachment_said_with,
        drop_last=_drop_root,
        alter_last=lambda old, _, ends: _drop_root(old, ends.live),
        is_light=True,
    ),
    Kind(
        "index validity",
        lambda _fact, _: (),
        _build_again,
        goes_without=_is_built_again,
        goes_with=its_index,
        is_light=True,
    ),
    Kind(
        "index statistics",
        _set_statistics,
        lambda fact, _: _statistics(fact, "-1"),
        set_anew(_set_statistics),
        goes_with=_index_of_column,
        left_alone_as="index statistics",
        is_light=True,
    ),
)
