"""The shapes of the live tenants, without what only keeps account of revisions."""

from collections import defaultdict
from collections.abc import Sequence

from diffapply.adopt.neighbours import nearest
from diffapply.catalog.comparison import compare
from diffapply.model.catalog import Catalog
from diffapply.model.order import natural
from diffapply.model.survey import SurveyedShape
from diffapply.progress import Progress
from diffapply.tenants.shapes import Reader, group_by_shape

STAMPS = frozenset({"alembic_version"})
"""Tables that only say which revision a tenant is at; no part of a tenant's structure."""


def counted_part(catalog: Catalog) -> Catalog:
    """A structure without the tables that only say which revision it is at."""
    return catalog.restricted_to(catalog.objects - STAMPS) if catalog.objects & STAMPS else catalog


def surveyed_shapes(
    reader: Reader, tenants: Sequence[str], progress: Progress
) -> tuple[SurveyedShape, ...]:
    """The shapes of tenants, that of the most tenants first, each beside its nearest before it.

    Raises:
        DatabaseError: other sessions keep changing them while they are read.
    """
    names: dict[str, list[str]] = defaultdict(list)
    catalogs: dict[str, Catalog] = {}
    for group in group_by_shape(reader, tenants, progress):
        catalog = counted_part(group.catalog)
        names[catalog.fingerprint] += group.names
        catalogs.setdefault(catalog.fingerprint, catalog)
    by_size = sorted(names, key=lambda its: (-len(names[its]), min(map(natural, names[its]))))
    ordered = [catalogs[its] for its in by_size]
    found = []
    for fingerprint, neighbour in zip(by_size, nearest(ordered), strict=True):
        catalog = catalogs[fingerprint]
        its_tenants = tuple(sorted(names[fingerprint], key=natural))
        if neighbour is None:
            found.append(SurveyedShape(its_tenants, catalog))
        else:
            other = ordered[neighbour]
            differences = compare(catalog, other)
            found.append(SurveyedShape(its_tenants, catalog, other.fingerprint, differences))
    return tuple(found)
