"""The plan as values: transitions, their statements, and what each statement risks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NotRequired, Self, TypedDict

from diffapply.model.affected import Owned, Renewed
from diffapply.model.catalog import Catalog, Difference
from diffapply.model.hazards import Hazard, HazardDocument
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.own_name import spelled
from diffapply.model.undone import UndoneRun, note_on_taken_back
from diffapply.model.unreadable import Unreadable
from diffapply.model.world import PLAIN, World

Direction = Literal["forward", "backward"]
RenameKind = Literal[
    "table",
    "view",
    "materialized view",
    "sequence",
    "enum",
    "composite type",
    "domain",
    "column",
    "index",
    "constraint",
    "label",
]
"""The kind of fact that is renamed, or ``label``, one of an enum's.

In the order in which renames are done: what belongs to a table or an enum says its new name.
"""


@dataclass(frozen=True, slots=True)
class Rename:
    """A declared rename.

    Attributes:
        table: the table or enum it belongs to, by its new name; its own new name if it stands
            alone.
        old: the last part of the old name, as SQL quotes it; of a label, the constant.
        new: the last part of the new name, likewise.
    """

    kind: RenameKind
    table: str
    old: str
    new: str


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


@dataclass(frozen=True)
class Shape:
    """A structure that tenants share, and DDL that was proved to rebuild it, if there is any.

    Attributes:
        ddl: statements that build it in an empty schema, in order; None if it could not be rebuilt,
            or was made from a similar structure.
        world: the path and the settings under which the DDL was proved.
    """

    catalog: Catalog
    ddl: tuple[str, ...] | None = None
    world: World = PLAIN

    @property
    def fingerprint(self) -> str:
        """The name of the shape."""
        return self.catalog.fingerprint


@dataclass(frozen=True)
class Transition:
    """The way from one shape to another, and the tenants it serves.

    Attributes:
        tenants: names of the live schemas, in natural order.
        statements: proved in scratch to lead from `source` to `goal`; empty when blocked.
        differences: what differs between the two, object by object.
        blocked: reasons why it cannot be done; empty if it can.
        no_way_back: why it could not be undone; empty if the way back was proved, too.
        notes: hints for the reader, such as a drop and an add that look like a rename.
        managed: for a template, the names of its managed objects; None for a tenant.
        anew: objects that the statements drop and create again.
        dropped: objects that they drop; see `Effect`; likewise `created`.
        alone: whether they were proved, and run, with the tenant alone on the search path, because
            something in another schema would match a definition better than what is meant.
    """

    source: str
    goal: str
    tenants: tuple[str, ...]
    statements: tuple[Statement, ...]
    differences: tuple[Difference, ...] = ()
    blocked: tuple[str, ...] = ()
    no_way_back: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    managed: frozenset[str] | None = None
    anew: tuple[Renewed, ...] = ()
    dropped: tuple[Owned, ...] = ()
    created: tuple[Owned, ...] = ()
    alone: bool = False

    @property
    def destructive(self) -> bool:
        """Whether a statement may lose data."""
        return any(statement.destructive for statement in self.statements)

    @property
    def needs_consent(self) -> bool:
        """Whether a statement may be refused without consent."""
        return any(statement.needs_consent for statement in self.statements)

    def world_in(self, world: World) -> World:
        """The path and the settings under which it runs, in the world of a plan."""
        return world.alone if self.alone else world

    def of(self, name: str) -> "Transition":
        """The same as it runs in a tenant or template. Raises as `Statement.in_tenant`."""
        if self.managed is not None:
            return self
        return replace(self, statements=tuple(its.in_tenant(name) for its in self.statements))

    def blocked_for(self, tenants: tuple[str, ...], reasons: tuple[str, ...]) -> "Transition":
        """The same for tenants in which it cannot be done: nothing runs there."""
        return replace(
            self,
            tenants=tenants,
            statements=(),
            blocked=reasons,
            no_way_back=(),
            anew=(),
            dropped=(),
            created=(),
            alone=False,
        )

    @property
    def only_adds(self) -> bool:
        """Whether every fact of the source is in the goal, unchanged."""
        return all(difference.change == "missing" for difference in self.differences)


@dataclass(frozen=True)
class Plan:
    """All transitions of one command.

    Attributes:
        database: identifies the database that the plan was made for; contains no password.
        desired: how the goal was named, such as ``schema/desired.py:metadata`` or ``run 12``.
        git_commit: of the desired state, short; empty if it is in no git checkout.
        ignoring: what of the tenants was not compared, and is left alone.
        ignoring_in: tenant → the same, for those in which it is not that; they have a variant.
        unspoken: those of its patterns that stand for what the desired state does not speak of.
        in_sync: names of tenants that need no change.
        shapes: the shapes of all transitions, by fingerprint.
        undoes: for a backward plan, tenant → ids of the runs whose steps it undoes.
        undone: those runs, oldest first.
        takes_back: for a forward plan, the runs before which its tenants were what their goal is,
            oldest first.
        takes_back_in: tenant → ids of these runs, for those in which it takes back any.
        renames: those that the desired state declares; going back reverses them.
        privileges: whether owners and grants count.
        tokens: tenant → change token, read before the tenant's facts. Only for additive
            transitions, and only if known.
        unreadable: tenants that could not be compared; the plan leaves them alone.
        world: the path and the settings under which it was proved, and is applied.
        notes: hints, such as about tenants that are in sync, as they were when it was made.
        notes_as_now: those that apply asks again, because it goes by what holds then: whose what is
            new will be, and who gets rights on it.
        proofs: what was proved for it and still has to be stored in the journal; not in files.
    """

    direction: Direction
    database: str
    desired: str
    in_sync: tuple[str, ...]
    transitions: tuple[Transition, ...]
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    undoes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    undone: tuple[UndoneRun, ...] = ()
    takes_back: tuple[UndoneRun, ...] = ()
    takes_back_in: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    renames: tuple[Rename, ...] = ()
    privileges: bool = False
    tokens: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    world: World = PLAIN
    notes: tuple[str, ...] = ()
    notes_as_now: tuple[str, ...] = ()
    git_commit: str = ""
    ignoring: Ignoring = NOTHING
    unspoken: tuple[str, ...] = ()
    ignoring_in: Mapping[str, Ignoring] = field(default_factory=dict)
    proofs: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The hints that are not about one transition."""
        return *self.note_on_taken_back, *self.notes, *self.notes_as_now

    @property
    def note_on_taken_back(self) -> tuple[str, ...]:
        """What `takes_back` says to a reader; none if it takes nothing back."""
        return note_on_taken_back(self.takes_back, len(self.takes_back_in))

    @property
    def to_change(self) -> int:
        """How many tenants the plan changes."""
        return sum(len(t.tenants) for t in self.transitions if not t.blocked)

    @property
    def blocked(self) -> int:
        """How many tenants cannot be brought to their goal."""
        return sum(len(t.tenants) for t in self.transitions if t.blocked)

    @property
    def total(self) -> int:
        """How many tenants the plan has compared."""
        return len(self.in_sync) + self.to_change + self.blocked + len(self.unreadable)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.transitions
