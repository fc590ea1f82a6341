"""Notes on what becomes of an invalid index, or a constraint switched off, on the way back."""

from collections.abc import Iterator

from diffapply.model.catalog import Ends
from diffapply.planning.notes.subject import Subject
from diffapply.rehearsal.renames.defects import stays_valid, were_invalid, were_off


def notes(subject: Subject) -> Iterator[str]:
    """A sentence on each that is so in the source, and not in the goal."""
    way_back = Ends(subject.goal, subject.source)
    for key in sorted(were_invalid(way_back)):
        stays = stays_valid(key, way_back)
        becomes = "stays valid" if stays else "is not made again"
        yield f"Index {key[1]}, invalid before, {becomes} on the way back."
    for _, name in sorted(were_off(way_back)):
        if ("constraint", name) in subject.goal.facts:
            yield f"Constraint {name}, switched off before, stays in force on the way back."
