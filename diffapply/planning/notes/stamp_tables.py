"""Notes on tables of Alembic's stamps that would be dropped: they have another name than usual.

Only ``alembic_version`` is always left alone. No models declare a further one, and what
``--allow-destructive`` was given for may be something else.
"""

import json
from collections.abc import Iterable, Iterator

from diffapply.model.catalog import Catalog
from diffapply.model.listing import some_of
from diffapply.model.scope import Scope
from diffapply.planning.notes.subject import Subject
from diffapply.tenants.stamp_tables import is_stamp_table
from diffapply.values.grammar import bare


def notes(subject: Subject) -> Iterator[str]:
    """One sentence on all of them."""
    if names := _dropped(subject.source, subject.goal):
        one = len(names) == 1
        tables, have, them = ("table", "has", "it") if one else ("tables", "have", "them")
        yield (
            f"{tables} {some_of(names)} {have} the form of Alembic's stamps, and would be dropped. "
            f"If a service still runs `alembic upgrade` with {them}, leave {them} alone: "
            f"{subject.leaving_stamps}"
        )


def setting(transitions: Iterable[tuple[Catalog, Catalog]], scope: Scope) -> str:
    """How to leave all of them alone that a plan would drop: one setting for all of its notes.

    Args:
        transitions: the source and the goal of each.
        scope: what counts in tenants, by the settings.
    """
    found = {name for source, goal in transitions for name in _dropped(source, goal)}
    patterns = [f"table:{bare(name)}" for name in sorted(found)]
    texts = ", ".join(json.dumps(its, ensure_ascii=False) for its in patterns)
    if {*scope.ignoring.explicit} - {*scope.unspoken}:
        return f"add {texts} to ignore"
    return f"ignore = [{texts}]"


def _dropped(source: Catalog, goal: Catalog) -> list[str]:
    return [
        fact.name
        for fact in source.by_kind.get("table", ())
        if fact.key not in goal.facts and is_stamp_table(fact.name, source)
    ]
