"""Drift for people: tenants with equal differences together, each object once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from diffapply.model.catalog import Difference
from diffapply.model.drift import DriftReport, DriftState, TenantDrift
from diffapply.model.unreadable import Denied, Locked
from diffapply.render.differences.items import Item, items
from diffapply.render.words.wording import by_number, counted, in_order

_ORDER: tuple[DriftState, ...] = ("unreadable", "drifted", "behind")


@dataclass(frozen=True, slots=True)
class DriftBlock:
    """Tenants that differ from the desired state in the same way.

    Attributes:
        whys: why they could not be read, if they are unreadable.
        empty: whether they have nothing at all of what counts.
    """

    state: DriftState
    differences: tuple[Difference, ...]
    tenants: tuple[str, ...]
    whys: tuple[Denied | Locked, ...] = ()
    empty: bool = False

    @property
    def title(self) -> str:
        """Such as ``drifted: 2 tenants``."""
        empty = ", empty" if self.empty else ""
        return f"{self.state}{empty}: {counted(len(self.tenants), 'tenant')}"

    @property
    def lacks(self) -> str:
        """What an empty one lacks, such as ``missing all of it: 12 tables, 1 view``."""
        kinds = by_number(its.difference.kind for its in items(self.differences))
        return f"missing all of it: {kinds}"


def drift_blocks(report: DriftReport) -> list[DriftBlock]:
    """The tenants that are not in sync: the worst state first, then the largest block."""
    alike: dict[tuple[DriftState, tuple[Difference, ...], bool], list[TenantDrift]]
    alike = defaultdict(list)
    for tenant in report.tenants:
        if tenant.state != "in_sync":
            alike[tenant.state, tenant.differences, tenant.empty].append(tenant)
    blocks = [
        DriftBlock(
            state,
            diffs,
            tuple(its.name for its in tenants),
            tuple(its.why for its in tenants if its.why),
            empty,
        )
        for (state, diffs, empty), tenants in alike.items()
    ]
    return sorted(blocks, key=lambda block: (_ORDER.index(block.state), -len(block.tenants)))


def drift_summary(report: DriftReport) -> str:
    """One sentence: how many tenants differ, and how."""
    total = counted(len(report.tenants), "tenant")
    approved = sum(tenant.approved is not None for tenant in report.tenants)
    some = f"; {approved:,} with approved differences" if approved else ""
    if report.in_sync:
        return f"In sync: {total} at the desired state{some}."
    states = [tenant.state for tenant in report.tenants if tenant.state != "in_sync"]
    counts = ", ".join(f"{states.count(state):,} {state}" for state in _ORDER if state in states)
    return f"Drift: {len(states):,} of {total} not at the desired state ({counts}){some}."


def by_object(blocks: Iterable[DriftBlock]) -> list[tuple[Item, tuple[str, ...]]]:
    """Each item with the tenants that have it, that of the most tenants first."""
    having: dict[Item, list[tuple[str, ...]]] = defaultdict(list)
    for block in blocks:
        for item in items(block.differences):
            having[item].append(block.tenants)
    together = cache(in_order)  # most items differ in the same blocks
    found = [(item, together(*tenants)) for item, tenants in having.items()]
    return sorted(found, key=lambda its: -len(its[1]))
