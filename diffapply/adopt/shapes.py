"""The shapes of the live tenants."""

from collections.abc import Sequence
from dataclasses import replace

from diffapply.adopt.neighbours import nearest
from diffapply.catalog.comparison import compare
from diffapply.model.order import natural
from diffapply.model.survey import SurveyedShape
from diffapply.progress import Progress
from diffapply.tenants.shapes import Reader, group_by_shape


def surveyed_shapes(
    reader: Reader, tenants: Sequence[str], progress: Progress
) -> tuple[SurveyedShape, ...]:
    """The shapes of tenants, that of the most tenants first, each beside its nearest before it.

    Raises:
        DatabaseError: other sessions keep changing them while they are read.
    """
    groups = sorted(
        group_by_shape(reader, tenants, progress),
        key=lambda group: (-len(group.names), natural(group.names[0])),
    )
    found = []
    for group, neighbour in zip(groups, nearest([its.catalog for its in groups]), strict=True):
        shape = SurveyedShape(group.names, group.catalog)
        if neighbour is not None:
            other = groups[neighbour].catalog
            differences = compare(group.catalog, other)
            shape = replace(shape, nearest=other.fingerprint, differences=differences)
        found.append(shape)
    return tuple(found)
