"""Compares tenants and templates with the desired state."""

from collections.abc import Collection, Mapping

from diffapply.catalog.comparison import is_empty
from diffapply.config.variant import Variant
from diffapply.desired import Desired
from diffapply.model.drift import DriftReport, DriftState, TenantDrift
from diffapply.model.order import natural
from diffapply.planning.goals.aims import Aim
from diffapply.planning.goals.forward import forward_aims
from diffapply.planning.means import Means
from diffapply.planning.notes import unmanaged, variants
from diffapply.planning.variants import by_tenant
from diffapply.tenants.discovery import Chosen


def find_drift(
    means: Means, desired: Desired, chosen: Chosen, known: Collection[str]
) -> DriftReport:
    """How tenants and templates differ from the desired state.

    Args:
        known: fingerprints of the shapes that the journal knows.
    """
    found: list[TenantDrift] = []
    varied = {name: its.variant for name, its in by_tenant(means.branches).items()}
    with forward_aims(means, desired, chosen) as aims:
        for aim in aims.all:
            found += _held_against_goal(aim, known, varied if aim.varied else {})
        left_alone = tuple(unmanaged.notes(means.reader, aims.usual_tenants))
    found += [TenantDrift(its.name, "unreadable", why=its.why) for its in means.unreadable(chosen)]
    differing = [its.name for its in found if its.state != "in_sync"]
    held = tuple(variants.on_those_that_count(means.branches, differing))
    in_order = tuple(sorted(found, key=lambda tenant: natural(tenant.name)))
    return DriftReport(in_order, (*left_alone, *held, *means.notes))


def _held_against_goal(
    aim: Aim, known: Collection[str], variants: Mapping[str, Variant]
) -> list[TenantDrift]:
    """How the tenants of an aim differ.

    Args:
        variants: tenant → its variant.
    """
    catalog = aim.group.catalog
    if aim.is_reached:
        names = aim.group.names
        return [TenantDrift(name, "in_sync", approved=variants.get(name)) for name in names]
    differences = aim.differences
    state: DriftState = "behind" if catalog.fingerprint in known else "drifted"
    empty = is_empty(catalog) and all(its.change == "missing" for its in differences)
    return [TenantDrift(name, state, differences, empty=empty) for name in aim.group.names]
