"""What is wrong in a structure, told by its facts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from diffapply.model.catalog import Catalog
from diffapply.model.order import natural
from diffapply.model.survey import Finding, FindingKind, SurveyedShape

_UNVALIDATED = ("constraint", "not null", "domain constraint")

_Place = tuple[FindingKind, str, str]
"""Kind of finding, name of the object, and what it belongs to."""


def structure_findings(shapes: Iterable[SurveyedShape]) -> list[Finding]:
    """Invalid indexes, constraints that may be broken, tables without a key; with their tenants."""
    tenants: dict[_Place, list[str]] = defaultdict(list)
    for shape in shapes:
        for place in _in(shape.catalog):
            tenants[place] += shape.tenants
    return [
        Finding(*place, tenants=tuple(sorted(names, key=natural)))
        for place, names in tenants.items()
    ]


def _in(catalog: Catalog) -> Iterator[_Place]:
    for fact in catalog.by_kind.get("index validity", ()):
        yield "invalid_index", fact.name, fact.object
    for fact in catalog.by_kind.get("constraint state", ()):
        if "DISABLE" in fact.definition or "REPLICA" in fact.definition:
            yield "switched_off", fact.part, fact.object
    for kind in _UNVALIDATED:
        for fact in catalog.by_kind.get(kind, ()):
            if fact.definition.endswith("NOT VALID"):
                what = f"not null of {fact.part}" if kind == "not null" else fact.part
                yield "unvalidated", what, fact.object
    for fact in catalog.by_kind.get("table", ()):
        keys = (its.definition for its in catalog.parts("constraint", fact.name))
        if "FOREIGN TABLE" not in fact.definition and not any(map(_is_primary, keys)):
            yield "no_primary_key", fact.name, ""


def _is_primary(definition: str) -> bool:
    return definition.startswith("PRIMARY KEY")


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Kind by kind, that of the most tenants first."""
    kinds: tuple[FindingKind, ...] = get_args(FindingKind)
    return tuple(
        sorted(
            findings,
            key=lambda its: (kinds.index(its.kind), -len(its.tenants), natural(its.name)),
        )
    )
