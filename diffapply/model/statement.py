"""A statement of a transition: what it risks, and what it locks."""

from dataclasses import dataclass, replace
from typing import NotRequired, Self, TypedDict

from diffapply.model.hazards import Hazard, HazardDocument
from diffapply.model.own_name import spelled


@dataclass(frozen=True, slots=True)
class TableLock:
    """A lock that a statement takes on an existing table, as observed in rehearsal.

    Attributes:
        table: as SQL writes it; without the schema, if it is the tenant's own.
        mode: as LOCK TABLE writes it, such as ``SHARE ROW EXCLUSIVE``.
        own: whether the table is the tenant's own.
    """

    table: str
    mode: str
    own: bool


class StatementDocument(TypedDict):
    """A statement as JSON has it; those that were written first say nothing of locks."""

    sql: str
    hazards: list[HazardDocument]
    locks: NotRequired[tuple[TableLock, ...]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a transition; runs with the tenant first on the search path.

    It does not name the tenant: a stand-in replaces the name; see `diffapply.model.own_name`.

    Attributes:
        locks: what it locks; empty if unknown, as in plans of older versions.
    """

    sql: str
    hazards: tuple[Hazard, ...] = ()
    locks: tuple[TableLock, ...] = ()

    @property
    def document(self) -> StatementDocument:
        """All of it as JSON has it."""
        hazards = [hazard.document for hazard in self.hazards]
        return {"sql": self.sql, "hazards": hazards, "locks": self.locks}

    @classmethod
    def of(cls, document: StatementDocument) -> Self:
        """The statement of such a document, which may be an older one."""
        hazards = tuple(map(Hazard.of, document["hazards"]))
        return cls(document["sql"], hazards, document.get("locks", ()))

    @property
    def destructive(self) -> bool:
        """Whether it may lose data."""
        return any(hazard.kind == "data" for hazard in self.hazards)

    @property
    def needs_consent(self) -> bool:
        """Whether it may be refused without consent."""
        return any(hazard.needs_consent for hazard in self.hazards)

    def in_tenant(self, name: str) -> "Statement":
        """The statement as it runs in a tenant: with the tenant's name for the stand-in.

        Raises:
            TenantError: as `spelled`.
        """
        hazards = tuple(hazard.in_tenant(name) for hazard in self.hazards)
        return replace(self, sql=spelled(self.sql, name), hazards=hazards)

    @property
    def locks_outside(self) -> bool:
        """Whether it locks a table outside the tenant, so that other tenants' sessions may wait."""
        return any(not lock.own for lock in self.locks)
