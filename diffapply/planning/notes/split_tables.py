"""Notes on tables that become partitioned where no single partition can take their rows."""

from collections.abc import Iterator

from diffapply.ddl.structure.partitions import is_partitioned, parent_of
from diffapply.model.affected import Renewed
from diffapply.planning.notes.subject import Subject


def notes(subject: Subject) -> Iterator[str]:
    """A clause for each such table that is made anew, unless somebody says how rows come along."""
    if any(its.sql.lstrip().upper().startswith("INSERT INTO ") for its in subject.statements):
        return
    for one in subject.effect.anew:
        if one.kind != "table" or is_partitioned(one.old, subject.source):
            continue
        if is_partitioned(one.new, subject.goal) and not _becomes_partition(one, subject):
            yield (
                f"rows of table {one.new} do not come along: they may belong to several of its "
                f"partitions. Say how with a file for --with: rename {one.old}, create {one.new} "
                f"and its partitions, INSERT INTO {one.new} SELECT from the old one, and drop that"
            )


def _becomes_partition(table: Renewed, subject: Subject) -> bool:
    """Whether it is renamed to be a partition of itself, with all its rows."""
    ran = {" ".join(its.sql.split()) for its in subject.statements}
    return any(
        " ".join(f"ALTER TABLE {name} RENAME TO {its.name}".split()) in ran
        for name in (table.old, table.new)
        for its in subject.goal.by_kind.get("partition", ())
        if parent_of(its.name, subject.goal) == table.new
    )
