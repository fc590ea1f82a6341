"""Compares two catalogs, object by object."""

from functools import lru_cache

from diffapply.ddl.kinds import KINDS, RANK, WHOLES
from diffapply.ddl.kinds.privileges import RIGHTS
from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Catalog, Change, Difference, Fact, FieldChange

_OF_THE_SCHEMA = frozenset(("comment", *(kind.name for kind in RIGHTS)))
"""Kinds that the schema itself may have."""


def is_empty(catalog: Catalog) -> bool:
    """Whether there is nothing in the schema."""
    return catalog.by_kind.keys() <= _OF_THE_SCHEMA


def compare(live: Catalog, desired: Catalog, *, parts: bool = False) -> tuple[Difference, ...]:
    """How a live structure differs from the desired one.

    Args:
        parts: of an object that is missing or extra as a whole, name its parts, too.
    """
    differences = []
    for key in sorted(
        live.facts.keys() | desired.facts.keys(), key=lambda key: (RANK[key[0]], key[1])
    ):
        old, new = live.facts.get(key), desired.facts.get(key)
        if old and new and old.definition == new.definition:
            continue
        change: Change = "changed" if old and new else "extra" if old else "missing"
        fact = old or new
        if fact is None or (
            not parts and change != "changed" and _within(fact, change, live, desired)
        ):
            continue
        differences.append(
            Difference(
                fact.kind,
                fact.name,
                change,
                desired=new.definition if new else None,
                live=old.definition if old else None,
            )
        )
    return tuple(differences)


@lru_cache(2**12)
def field_changes(difference: Difference) -> tuple[FieldChange, ...]:
    """What a changed item says otherwise, field by field; empty where that cannot be told.

    Such as where the order of what it lists differs, or for a kind that is compared as a whole.
    """
    if difference.kind not in KINDS or difference.desired is None or difference.live is None:
        return ()
    value = KINDS[difference.kind].value
    try:
        desired, live = (value.read(its).fields() for its in (difference.desired, difference.live))
    except UnreadableFactError:
        return ()
    return tuple(
        FieldChange(field, desired.get(field), live.get(field))
        for field in dict.fromkeys((*desired, *live))
        if desired.get(field) != live.get(field)
    )


def _within(fact: Fact, change: Change, live: Catalog, desired: Catalog) -> bool:
    """Whether the fact is part of an object, or of a column, that is missing or extra itself."""
    having, lacking = (live, desired) if change == "extra" else (desired, live)
    wholes = [(kind, fact.object) for kind in WHOLES]
    wholes += [key for key in KINDS[fact.kind].goes_with(fact) if key[0] in WHOLES]
    return any(
        whole != fact.key and whole in having.facts and whole not in lacking.facts
        for whole in wholes
    )
