"""What is left alone because the desired state does not speak of it, and how that is told."""

from collections.abc import Iterable, Iterator, Sequence

from diffapply.catalog.ignored_queries import is_object
from diffapply.config import Settings
from diffapply.ddl import KINDS
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard
from diffapply.model.ignoring import Ignoring
from diffapply.model.listing import some_of
from diffapply.tenants.shapes import Reader


def looks_ahead(settings: Settings) -> bool:
    """Whether what is left alone depends on what the desired state says."""
    return settings.manage == "declared" or settings.runtime_partitions


def left_by(desired: Catalog, settings: Settings) -> tuple[str, ...]:
    """The patterns for what this desired state leaves alone.

    Tables and what they consist of, sequences and types are always managed: a table cannot be
    rebuilt without them.
    """
    patterns: list[str] = []
    if settings.manage == "declared":
        spoken = {KINDS[kind].left_with for kind in desired.by_kind} | {""}
        patterns += (f"{its.name}:*" for its in KINDS.values() if its.left_with not in spoken)
    if settings.runtime_partitions:
        declared = desired.by_kind.get("partition", ())
        patterns += ("partition:*", *(f"!partition:{its.name}" for its in declared))
    return tuple(patterns)


def could_be_left(dropped: Iterable[Hazard], unspoken: Sequence[str]) -> bool:
    """Whether `manage = "declared"` could leave alone something that would be dropped.

    Args:
        dropped: hazards of drops.
        unspoken: what it leaves alone already; empty if it is not set.
    """
    kinds = (its.dropped[0] for its in dropped if its.dropped)
    return not unspoken and any(KINDS[kind].left_with for kind in kinds)


def notes(reader: Reader, names: Sequence[str]) -> Iterator[str]:
    """What the desired state leaves alone in these tenants, told once.

    Args:
        names: one tenant of each shape.
    """
    found = _objects(reader, names)
    if found:
        listed = "; ".join(_told(kind, sorted(found[kind])) for kind in KINDS if kind in found)
        yield f"left alone, because the desired state does not speak of it: {listed}"


def _objects(reader: Reader, names: Sequence[str]) -> dict[str, set[str]]:
    """Kind → the names of what is there, but not managed."""
    scope = reader.scope
    if not scope.unspoken or not names:
        return {}
    others = tuple(texts for texts in scope.ignoring.lists if texts != scope.unspoken)
    unspoken = Ignoring((scope.unspoken,))
    found: dict[str, set[str]] = {}
    for catalog in reader.ignoring(Ignoring(others)).tenants(names).values():
        for kind, name in catalog.facts:
            told = is_object(kind) or KINDS[kind].left_with
            if told and unspoken.names(kind, name):
                found.setdefault(kind, set()).add(name)
    return found


def _told(kind: str, names: Sequence[str]) -> str:
    return f"{kind} {some_of(names)}"
