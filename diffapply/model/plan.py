"""The plan as values: shapes, transitions between them, and the tenants that these serve."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from diffapply.model.affected import Owned, Renewed
from diffapply.model.catalog import Catalog, Difference
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.rename import Rename
from diffapply.model.statement import Statement
from diffapply.model.undone import UndoneRun, note_on_taken_back
from diffapply.model.unreadable import Unreadable
from diffapply.model.world import PLAIN, World

Direction = Literal["forward", "backward"]


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
