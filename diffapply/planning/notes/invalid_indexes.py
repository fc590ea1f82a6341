"""Notes on what becomes of an invalid index on the way back."""

from collections.abc import Iterator

from diffapply.model.catalog import Ends
from diffapply.planning.notes.subject import Subject
from diffapply.rehearsal.renames.invalid_indexes import stays_valid, were_invalid


def notes(subject: Subject) -> Iterator[str]:
    """A sentence on each that is invalid in the source, and not in the goal."""
    way_back = Ends(subject.goal, subject.source)
    for key in sorted(were_invalid(way_back)):
        stays = stays_valid(key, way_back)
        becomes = "stays valid" if stays else "is not made again"
        yield f"Index {key[1]}, invalid before, {becomes} on the way back."
