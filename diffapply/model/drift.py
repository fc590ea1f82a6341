"""Drift as values: how the live tenants differ from the desired state."""

from dataclasses import dataclass
from typing import Literal

from diffapply.config.variant import Variant
from diffapply.model.catalog import Difference
from diffapply.model.unreadable import Denied, Locked, Unreadable

DriftState = Literal["in_sync", "behind", "drifted", "unreadable"]


@dataclass(frozen=True, slots=True)
class TenantDrift:
    """One tenant compared with the desired state.

    Attributes:
        state: ``in_sync``; ``behind`` (at a shape that the journal knows); ``drifted`` (at one
            that it does not know); ``unreadable`` (the role may not use the schema, or other
            sessions keep it locked).
        differences: empty when in sync; tenants of one shape share one tuple.
        empty: whether it has nothing at all of what counts.
        why: why it could not be read, if it is unreadable; `remedy` says what to do.
        approved: the variant that it is at, if it has one and is in sync with that.
    """

    name: str
    state: DriftState
    differences: tuple[Difference, ...] = ()
    why: Denied | Locked | None = None
    approved: Variant | None = None
    empty: bool = False

    @property
    def remedy(self) -> str:
        """The GRANT that makes it readable, if it is not; or when to try again."""
        return self.why.remedy if self.why else ""


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
    def unreadable(self) -> tuple[Unreadable, ...]:
        """The tenants that could not be compared."""
        return tuple(Unreadable(its.name, its.why) for its in self.tenants if its.why)
