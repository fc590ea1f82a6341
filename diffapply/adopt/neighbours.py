"""Finds the structure that another one is most like."""

from collections.abc import Sequence

from diffapply.model.catalog import Catalog

_CANDIDATES = 500
"""Structures that others are held against, the first ones: with thousands of them, to hold each
against all would take longer than to read them."""

Delta = frozenset[tuple[str, str, str]]


def nearest(catalogs: Sequence[Catalog]) -> list[int | None]:
    """For each structure, which one before it has the fewest different facts; None for the first.

    Of several, the first one.
    """
    if not catalogs:
        return []
    deltas = differing_from(catalogs[0], catalogs)
    return [None] + [
        nearest_of(deltas[number], deltas[: min(number, _CANDIDATES)])
        for number in range(1, len(catalogs))
    ]


def nearest_of(delta: Delta, candidates: Sequence[Delta]) -> int:
    """Which of the candidates has the fewest facts that differ; the first of several.

    Args:
        delta: how a structure differs from one that all are held against; likewise `candidates`.
    """
    return min(range(len(candidates)), key=lambda number: len(delta ^ candidates[number]))


def differing_from(base: Catalog, catalogs: Sequence[Catalog]) -> list[Delta]:
    """The facts of each structure that another one lacks, and those of that one that it lacks.

    Most structures differ little. So two of these are compared much faster than two structures.
    """
    of_base = _facts(base)
    return [of_base ^ _facts(catalog) for catalog in catalogs]


def _facts(catalog: Catalog) -> Delta:
    return frozenset((its.kind, its.name, its.definition) for its in catalog.facts.values())
