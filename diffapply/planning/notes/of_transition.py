"""All notes on a transition, in their order. A new one is a module and an entry here.

What the live database has to be asked for, `reference_rights` and `rights` add.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from diffapply.model.plan import Direction
from diffapply.planning.notes import (
    added_labels,
    defects,
    likely_renames,
    namesakes,
    passed_over,
    split_tables,
    stamp_tables,
    unconverted,
)
from diffapply.planning.notes.subject import Subject


@dataclass(frozen=True, slots=True)
class _Entry:
    """A module's notes, and when they are made.

    Attributes:
        forward_only: not on the way back.
        proved_only: not if the transition is blocked.
    """

    notes: Callable[[Subject], Iterable[str]]
    forward_only: bool = False
    proved_only: bool = False


_ENTRIES = (
    _Entry(likely_renames.notes, forward_only=True),  # a snapshot declares nothing
    _Entry(stamp_tables.notes, forward_only=True),
    _Entry(unconverted.notes),
    _Entry(split_tables.notes),
    _Entry(passed_over.notes, proved_only=True),
    _Entry(added_labels.notes, forward_only=True, proved_only=True),
    _Entry(defects.notes, forward_only=True, proved_only=True),
    _Entry(namesakes.notes, forward_only=True),  # going back, the journal has recorded it
)


def notes(subject: Subject, direction: Direction, *, blocked: bool) -> Iterator[str]:
    """Those on this transition."""
    for entry in _ENTRIES:
        left_out = entry.forward_only and direction == "backward"
        if not left_out and not (entry.proved_only and blocked):
            yield from entry.notes(subject)
