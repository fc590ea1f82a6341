"""What a plan for the way back tells of the runs that it undoes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UndoneRun:
    """A run that a plan undoes.

    Attributes:
        started_at: in UTC, in ISO 8601.
        desired: how its goal was named.
        tenants: number of tenants in which it is undone.
    """

    id: int
    started_at: str
    desired: str
    tenants: int

    @property
    def named(self) -> str:
        """Such as ``run 12 (2026-11-25 13:02, schema/desired.py:metadata)``; in UTC."""
        return f"run {self.id} ({self.started_at[:16].replace('T', ' ')}, {self.desired})"
