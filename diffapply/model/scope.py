"""Which part of a schema counts, and where that stands in scratch."""

from dataclasses import dataclass, replace

from diffapply.model.catalog import Catalog
from diffapply.model.own_name import STAND_IN

TENANT = STAND_IN
"""The schema where tenants stand: all under one name, so that none is in a definition."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a schema counts: all of a tenant, of a template what is managed.

    Attributes:
        schema: where it stands in scratch.
        managed: for a template, the names in it that are managed: all others belong to what is
            there already. None for a tenant, whose schema is empty at first.
        privileges: whether owners and grants count.
        role: the role, quoted, as whose counts what a throw-away role builds there.
    """

    schema: str = TENANT
    managed: frozenset[str] | None = None
    privileges: bool = False
    role: str = ""

    def of_template(self, schema: str, managed: frozenset[str] | None) -> "Scope":
        """The same for a template, or with None for a tenant."""
        return replace(self, schema=schema, managed=managed)

    def part_of(self, catalog: Catalog) -> Catalog:
        """What counts of a structure."""
        return catalog if self.managed is None else catalog.restricted_to(self.managed)


WHOLE = Scope()
"""All of a tenant, but for owners and grants."""
