"""Notes on tables of Alembic's stamps that would be dropped: they have another name than usual.

Only ``alembic_version`` is always left alone. No models declare a further one, and what
``--allow-destructive`` was given for may be something else.
"""

from collections.abc import Iterator

from diffapply.planning.notes.subject import Subject
from diffapply.tenants.stamp_tables import is_stamp_table


def notes(subject: Subject) -> Iterator[str]:
    """A sentence on each."""
    for fact in subject.source.by_kind.get("table", ()):
        if fact.key not in subject.goal.facts and is_stamp_table(fact.name, subject.source):
            yield (
                f"table {fact.name} has the form of Alembic's stamps, and would be dropped. If a "
                "service still runs `alembic upgrade` with it, leave it alone: "
                f"ignore = [{f'table:{fact.name}'.replace(chr(34), '')!r}]"
            )
