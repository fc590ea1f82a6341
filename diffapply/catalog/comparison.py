"""Compares two catalogs, object by object."""

from diffapply.ddl import KINDS, RANK, WHOLES
from diffapply.model.catalog import Catalog, Change, Difference, Fact


def compare(live: Catalog, desired: Catalog, *, fold: bool = True) -> tuple[Difference, ...]:
    """How a live structure differs from the desired one.

    Args:
        fold: name an object that is missing or extra as a whole once, without its parts.
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
        if fact is None or (fold and change != "changed" and _within(fact, change, live, desired)):
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


def _within(fact: Fact, change: Change, live: Catalog, desired: Catalog) -> bool:
    """Whether the fact is part of an object, or of a column, that is missing or extra itself."""
    having, lacking = (live, desired) if change == "extra" else (desired, live)
    wholes = [(kind, fact.object) for kind in WHOLES]
    wholes += [key for key in KINDS[fact.kind].goes_with(fact) if key[0] in WHOLES]
    return any(
        whole != fact.key and whole in having.facts and whole not in lacking.facts
        for whole in wholes
    )
