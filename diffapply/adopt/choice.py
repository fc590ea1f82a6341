"""Finds the one structure that a command names: by a tenant, by a fingerprint, or by size."""

import re
from dataclasses import dataclass

from diffapply import journal
from diffapply.adopt.shapes import surveyed_shapes
from diffapply.errors import PermissionDeniedError, TenantError, UsageError
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Shape
from diffapply.model.unreadable import reading_asked
from diffapply.planning.means import Means
from diffapply.tenants.discovery import Chosen

_PREFIX = re.compile(r"[0-9a-f]{4,64}")
_SHORT = 12
"""Digits of a fingerprint that tell shapes apart."""


@dataclass(frozen=True, slots=True)
class ChosenShape:
    """A structure that a command is about.

    Attributes:
        shape: with its statements, if the journal has them.
        tenants: those that have it, as far as that was looked at.
        known: whether the journal has it.
    """

    shape: Shape
    tenants: tuple[str, ...] = ()
    known: bool = False

    @property
    def standing(self) -> dict[str, Catalog]:
        """One tenant that has it, if there is one, with its catalog."""
        return dict.fromkeys(self.tenants[:1], self.shape.catalog)


def named_shape(means: Means, chosen: Chosen, named: str) -> ChosenShape:
    """The structure of a tenant, or that with a fingerprint that begins so.

    Raises:
        UsageError: it is neither; or several fingerprints begin so.
        PermissionDeniedError: the role may not read that tenant.
    """
    for barred in chosen.unreadable:
        if barred.name == named:
            raise PermissionDeniedError(
                f"The role may not use schema {named!r}; without USAGE it cannot be read.",
                reading_asked([barred.why]),
            )
    if named in chosen.tenants:
        catalog = means.reader.tenant(named)
        return _with_statements(means, ChosenShape(Shape(catalog), (named,)))
    if not _PREFIX.fullmatch(named):
        raise UsageError(
            f"{named!r} is neither a tenant nor the beginning of a fingerprint.",
            "`diffapply survey` lists the tenants and the fingerprints of their shapes. Give "
            "at least four digits of a fingerprint.",
        )
    live = _live(means, chosen)
    known = means.known_shapes()
    found = sorted(its for its in live.keys() | known if its.startswith(named))
    if not found:
        raise UsageError(
            f"No tenant has a shape whose fingerprint begins with {named!r}, and the journal has "
            "none.",
            "`diffapply survey` lists those of the tenants.",
        )
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} fingerprints begin with {named!r}: "
            f"{', '.join(its[: max(_SHORT, len(named) + 2)] for its in found[:3])}"
            f"{f' and {len(found) - 3} more' if found[3:] else ''}.",
            "Give more digits.",
        )
    if found[0] in live:
        return _with_statements(means, live[found[0]])
    shape = journal.load_shapes(means.reader.database.connection, found)[found[0]]
    return ChosenShape(shape, known=True)


def largest_shape(means: Means, chosen: Chosen, *, only: bool) -> ChosenShape:
    """The structure of the most tenants.

    Args:
        only: refuse if there are others.

    Raises:
        TenantError: there is no tenant.
        UsageError: there are others.
    """
    found = [*_live(means, chosen, exact=False).values()]
    if not found:
        raise TenantError("There is no tenant to take a structure from.")
    if only and len(found) > 1:
        raise UsageError(
            f"The tenants have {len(found)} shapes, and none was named.",
            "Name a tenant or a fingerprint, as `diffapply survey` lists them; or give --majority "
            "for the shape of the most tenants.",
        )
    return _with_statements(means, found[0])


def _live(means: Means, chosen: Chosen, *, exact: bool = True) -> dict[str, ChosenShape]:
    shapes = surveyed_shapes(means, chosen.tenants, exact=exact)
    means.reader.require_all()
    return {its.fingerprint: ChosenShape(Shape(its.catalog), its.tenants) for its in shapes}


def _with_statements(means: Means, chosen: ChosenShape) -> ChosenShape:
    """The same with the statements that the journal has for it, if it has any."""
    fingerprint = chosen.shape.fingerprint
    if fingerprint not in means.known_shapes():
        return chosen
    found = journal.load_shapes(means.reader.database.connection, [fingerprint])
    return ChosenShape(found[fingerprint], chosen.tenants, known=True)
