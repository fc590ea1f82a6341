"""Which part of a schema counts, and the schema's name in scratch."""

from dataclasses import dataclass, replace

from diffapply.model.catalog import Catalog
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.own_name import STAND_IN

TENANT = STAND_IN
"""The schema in scratch for every tenant: one name for all, so that none is in a definition."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Which facts of a schema count, wherever it is.

    Attributes:
        privileges: whether owners and grants count.
        ignoring: what does not count.
    """

    privileges: bool = False
    ignoring: Ignoring = NOTHING


STRUCTURE = Counting()
"""All facts but owners and grants."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a schema counts: all of a tenant, the managed objects of a template.

    Attributes:
        schema: its name in scratch.
        managed: for a template, the names of its managed objects; its other objects stay as they
            are. None for a tenant, whose schema in scratch is empty at first.
        privileges: whether owners and grants count.
        role: the role, quoted, that counts as owner of what a throw-away role builds.
        ignoring: what of a live schema does not count. It does not stand in scratch.
        unspoken: those of its patterns that stand for what the desired state does not speak of.
        approved: the lists of a tenant's variant; what is declared may match them.
        ahead: whether it is not known yet what the desired state does not speak of.
    """

    schema: str = TENANT
    managed: frozenset[str] | None = None
    privileges: bool = False
    role: str = ""
    ignoring: Ignoring = NOTHING
    unspoken: tuple[str, ...] = ()
    approved: tuple[tuple[str, ...], ...] = ()
    ahead: bool = False

    @property
    def counting(self) -> Counting:
        """Which facts of a live schema count."""
        return Counting(self.privileges, self.ignoring)

    def of_template(self, schema: str, managed: frozenset[str] | None) -> "Scope":
        """The same for a template, or with None for a tenant."""
        return replace(self, schema=schema, managed=managed)

    def leaving(self, unspoken: tuple[str, ...]) -> "Scope":
        """The same without what the desired state does not speak of."""
        ignoring = self.ignoring.either([Ignoring((unspoken,))])
        return replace(self, ignoring=ignoring, unspoken=unspoken)

    def approving(self, more: Ignoring) -> "Scope":
        """The same without what a variant leaves alone."""
        return replace(self, ignoring=self.ignoring.either([more]), approved=more.lists)

    def part_of(self, catalog: Catalog) -> Catalog:
        """The part of a structure that counts."""
        return catalog if self.managed is None else catalog.restricted_to(self.managed)


WHOLE = Scope()
"""All of a tenant, without owners and grants."""
