"""What variants approve, for people: tenants with equal variants together."""

from dataclasses import dataclass

from diffapply.config.variant import Variant, equal
from diffapply.model.drift import DriftReport
from diffapply.render.words.wording import counted, visible


@dataclass(frozen=True, slots=True)
class Approved:
    """Tenants that are in sync with equal variants."""

    variant: Variant
    tenants: tuple[str, ...]

    @property
    def title(self) -> str:
        """Such as ``approved: 2 tenants``."""
        return f"approved: {counted(len(self.tenants), 'tenant')}"

    @property
    def told(self) -> tuple[str, ...]:
        """Whose it is, until when and why; then what it leaves alone and adds."""
        parts = [
            f"{verb} {', '.join(what)}"
            for verb, what in (("ignores", self.variant.ignore), ("adds", self.variant.sql))
            if what
        ]
        return visible(self.variant.told), visible("; ".join(parts))


def approved_blocks(report: DriftReport) -> list[Approved]:
    """What is approved, that of the most tenants first."""
    having = {its.name: its.approved for its in report.tenants if its.approved is not None}
    found = [Approved(variant, tuple(names)) for variant, names in equal(having).items()]
    return sorted(found, key=lambda its: -len(its.tenants))
