"""What is left alone because the desired state does not speak of it."""

from collections.abc import Iterable, Sequence

from diffapply.config import Settings
from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard


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
        spoken = {KINDS[kind].left_alone_as for kind in desired.by_kind} | {""}
        patterns += (f"{its.name}:*" for its in KINDS.values() if its.left_alone_as not in spoken)
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
    return not unspoken and any(KINDS[kind].left_alone_as for kind in kinds)
