"""Holds tenants against the desired state."""

from collections.abc import Collection, Sequence

from diffapply.catalog.comparison import compare
from diffapply.model.catalog import Catalog
from diffapply.model.drift import DriftState, TenantDrift


def held_against(
    names: Sequence[str], catalog: Catalog, goal: Catalog, known: Collection[str]
) -> list[TenantDrift]:
    """Tenants of one structure, held against the one that they should have.

    Args:
        known: fingerprints of the shapes that the journal knows.
    """
    if catalog.fingerprint == goal.fingerprint:
        return [TenantDrift(name, "in_sync") for name in names]
    differences = compare(catalog, goal)
    state: DriftState = "behind" if catalog.fingerprint in known else "drifted"
    return [TenantDrift(name, state, differences) for name in names]
