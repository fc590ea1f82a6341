"""Drift as values: how the live tenants differ from the desired state."""

from dataclasses import dataclass
from typing import Literal

from diffapply.model.catalog import Difference
from diffapply.variant import Variant

DriftState = Literal["in_sync", "behind", "drifted", "unreadable"]


@dataclass(frozen=True, slots=True)
class TenantDrift:
    """One tenant compared with the desired state.

    Attributes:
        state: ``in_sync``; ``behind`` (at a shape that the journal knows); ``drifted`` (at one
            that it does not know); ``unreadable`` (the role may not use the schema, or other
            sessions keep it locked).
        differences: empty when in sync; tenants of one shape share one tuple.
        remedy: the GRANT that makes it readable, if it is not; or when to try again.
        approved: the variant that it is at, if it has one and is in sync with that.
    """

    name: str
    state: DriftState
    differences: tuple[Difference, ...] = ()
    remedy: str = ""
    approved: Variant | None = None


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Every tenant compared with the desired state, in natural order of their names.

    Attributes:
        notes: hints about all of them.
    """

    tenants: tuple[TenantDrift, ...]
    notes: tuple[str, ...] = ()

    @property
    def in_sync(self) -> bool:
        """Whether no tenant differs."""
        return all(tenant.state == "in_sync" for tenant in self.tenants)

    @property
    def unreadable(self) -> tuple[TenantDrift, ...]:
        """The tenants that could not be compared."""
        return tuple(tenant for tenant in self.tenants if tenant.state == "unreadable")
