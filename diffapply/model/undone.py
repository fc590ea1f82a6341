"""What a plan tells of the runs that it takes back."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UndoneRun:
    """A run that a plan takes back.

    Attributes:
        started_at: in UTC, in ISO 8601.
        desired: how its goal was named.
        tenants: number of tenants in which it is undone.
        message: what it was for, in the words of whoever began it; empty if they said nothing.
    """

    id: int
    started_at: str
    desired: str
    tenants: int
    message: str = ""

    @property
    def named(self) -> str:
        """Such as ``run 12 (2026-11-25 13:02, schema/desired.py:metadata)``; in UTC."""
        what_for = self.message or self.desired
        return f"run {self.id} ({self.started_at[:16].replace('T', ' ')}, {what_for})"


def note_on_taken_back(runs: Sequence[UndoneRun], number: int) -> tuple[str, ...]:
    """The note on runs that a forward plan takes back, oldest first; none if there are none.

    Args:
        number: of tenants in which it takes any back.
    """
    if not (runs and number):
        return ()
    first, *later = runs
    tenants = f"{number:,} tenant{'' if number == 1 else 's'}"
    more = f" and {len(later):,} later one{'s' if later[1:] else ''}" if later else ""
    note = (
        f"this desired state is what {tenants} had before {first.named}: to apply it takes back "
        f"that run{more}. Is the checkout older than what was applied?"
    )
    return (note,)
