"""Compares tenants and templates with the desired state."""

from collections.abc import Collection

from diffapply.catalog.comparison import compare
from diffapply.desired import Desired
from diffapply.model.drift import DriftReport, DriftState, TenantDrift
from diffapply.model.order import natural
from diffapply.planning.aims import Aim, forward_aims
from diffapply.planning.means import Means
from diffapply.planning.unmanaged import notes
from diffapply.tenants.discovery import Chosen


def find_drift(
    means: Means, desired: Desired, chosen: Chosen, known: Collection[str]
) -> DriftReport:
    """How tenants and templates differ from the desired state.

    Args:
        known: fingerprints of the shapes that the journal knows.
    """
    found = [TenantDrift(its.name, "unreadable", remedy=its.remedy) for its in chosen.unreadable]
    with forward_aims(means, desired, chosen) as aims:
        for aim in aims.all:
            found += _held_against_goal(aim, known)
        usual = [aim.group.names[0] for aim in aims.all if aim.branch is None]
        all_notes = (*notes(means.reader, usual), *means.notes)
    return DriftReport(tuple(sorted(found, key=lambda tenant: natural(tenant.name))), all_notes)


def _held_against_goal(aim: Aim, known: Collection[str]) -> list[TenantDrift]:
    catalog = aim.group.catalog
    if aim.is_reached:
        approved = aim.branch.variant if aim.branch else None
        return [TenantDrift(name, "in_sync", approved=approved) for name in aim.group.names]
    differences = compare(catalog, aim.goal.catalog)
    state: DriftState = "behind" if catalog.fingerprint in known else "drifted"
    return [TenantDrift(name, state, differences) for name in aim.group.names]
