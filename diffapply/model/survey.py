"""A survey as values: the shapes of the live tenants, and what is wrong in them."""

from dataclasses import dataclass
from typing import Literal

from diffapply.model.catalog import Catalog, Difference
from diffapply.model.stamps import Revisions
from diffapply.model.unreadable import Unreadable

FindingKind = Literal[
    "sequence_behind",
    "sequence_ends",
    "invalid_index",
    "switched_off",
    "unvalidated",
    "no_primary_key",
]
"""What fails soonest comes first."""


@dataclass(frozen=True)
class SurveyedShape:
    """A structure, and how it differs from the one that is most like it.

    Attributes:
        tenants: in natural order.
        catalog: its facts.
        nearest: of the shapes that come before it, the one with the fewest differences; None for
            the first.
        differences: how it differs from that one, which takes the place of the desired state.
    """

    tenants: tuple[str, ...]
    catalog: Catalog
    nearest: str | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The name of the shape."""
        return self.catalog.fingerprint


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in tenants that deserves a look.

    Attributes:
        name: of the object, as SQL writes it, without the tenant.
        table: the table or domain that it belongs to; empty if it stands alone.
        tenants: those that have it, in natural order.
        detail: of a sequence, how far it is in the tenant where it is worst; otherwise empty.
    """

    kind: FindingKind
    name: str
    table: str
    tenants: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True)
class Survey:
    """What a look at all tenants has found.

    Attributes:
        shapes: that of the most tenants first.
        findings: that of the most tenants first, kind by kind.
        unreadable: tenants that could not be read.
        unchecked: number of sequences whose columns could not be looked into.
        revisions: where the tenants are among Alembic's revisions; None if there are none.
    """

    shapes: tuple[SurveyedShape, ...]
    findings: tuple[Finding, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    unchecked: int = 0
    revisions: Revisions | None = None

    @property
    def total(self) -> int:
        """The number of tenants that were read."""
        return sum(len(shape.tenants) for shape in self.shapes)

    @property
    def alone(self) -> tuple[str, ...]:
        """The tenants whose shape no other tenant has, if any tenants share one."""
        if len(self.shapes) == self.total == 1:
            return ()
        return tuple(its.tenants[0] for its in self.shapes if len(its.tenants) == 1)
