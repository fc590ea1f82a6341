"""What a plan file says, as types: what says anything else is no plan.

They are those of the plan, wherever these can be written down as they are.
"""

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from diffapply.model.affected import Owned, Renewed
from diffapply.model.catalog import Catalog, Difference, Fact
from diffapply.model.ignoring import Ignoring
from diffapply.model.own_name import STAND_IN
from diffapply.model.plan import Direction, Plan, Shape, Transition
from diffapply.model.rename import Rename
from diffapply.model.statement import Statement, StatementDocument
from diffapply.model.undone import UndoneRun
from diffapply.model.world import World
from diffapply.planning.files.sense import (
    require_known,
    require_own_name,
    require_patterns,
    require_settings,
    require_shapes,
    require_statements,
)
from diffapply.planning.files.unreadable_document import UnreadableDocument
from diffapply.typed import MisfitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

FORMAT: Final = 1
"""Version of the format; a file of another one is refused."""

_HIGHEST_RUN = 2**63 - 1

_AS_NOW = ("What is new will belong to ", "Who has rights on all tables gets none on what is new ")
"""How the notes begin that older versions wrote among the others."""


def _fields(value: "DataclassInstance") -> dict[str, Any]:
    """The fields of a dataclass, as they are; what it has by default is not in `vars`."""
    return {its.name: getattr(value, its.name) for its in fields(value)}


@dataclass(kw_only=True)
class TransitionDocument:
    """From one shape to another; see `diffapply.model.plan.Transition`.

    Attributes:
        owners: for a template, the names in it that are managed; null for a tenant.
    """

    source: str
    goal: str
    tenants: tuple[str, ...]
    owners: list[str] | None
    statements: list[StatementDocument]
    differences: tuple[Difference, ...]
    blocked: tuple[str, ...]
    no_way_back: tuple[str, ...]
    notes: tuple[str, ...]
    anew: tuple[Renewed, ...] = ()
    dropped: tuple[Owned, ...] = ()
    created: tuple[Owned, ...] = ()
    alone: bool = False

    @classmethod
    def of(cls, transition: Transition) -> Self:
        """What is written of a transition."""
        said = _fields(transition)
        managed = said.pop("managed")
        said["statements"] = [its.document for its in transition.statements]
        return cls(**said, owners=None if managed is None else sorted(managed))

    @property
    def transition(self) -> Transition:
        """The transition that was written."""
        said = _fields(self)
        owners = said.pop("owners")
        said["statements"] = tuple(map(Statement.of, self.statements))
        return Transition(**said, managed=None if owners is None else frozenset(owners))


@dataclass
class FactDocument:
    """One item of a structure; see `diffapply.model.catalog.Fact`.

    Attributes:
        owner: the relation, type or function it belongs to.
    """

    kind: str
    name: str
    owner: str
    definition: str
    position: int = 0


@dataclass
class StructureDocument:
    """A structure that tenants share, and DDL that was proved to rebuild it, if there is any."""

    ddl: tuple[str, ...] | None
    facts: list[FactDocument]

    @classmethod
    def of(cls, shape: Shape) -> Self:
        """What is written of a shape."""
        facts = shape.catalog.facts.values()
        return cls(
            shape.ddl,
            [FactDocument(f.kind, f.name, f.object, f.definition, f.position) for f in facts],
        )

    @property
    def shape(self) -> Shape:
        """The shape that was written."""
        facts = (Fact(f.kind, f.name, f.owner, f.definition, f.position) for f in self.facts)
        return Shape(Catalog.of(facts), self.ddl)


@dataclass(kw_only=True)
class PlanBody:
    """All transitions of one command; what later versions have brought may be missing.

    Attributes:
        search_path: the schemas behind the tenant, in order.
        settings: of those that change what literals mean, those that are not PostgreSQL's usual.
        own_name: stands for each tenant's own name.
        shapes: by fingerprint.
        git_commit: of the desired state, short; empty if it is in no git checkout.
        ignored: lists of patterns; what any list ignores is left alone.
        unspoken: the list for what the desired state does not speak of.
        ignored_in: tenant → the lists for it, where they are not those above.
        notes_as_now: those that apply asks again; null or missing: they are among the notes.
    """

    direction: Direction
    database: str
    desired: str
    in_sync: tuple[str, ...]
    privileges: bool
    search_path: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    own_name: str = STAND_IN
    tokens: dict[str, str] = field(default_factory=dict)
    unreadable: tuple[UnreadableDocument, ...] = ()
    notes: tuple[str, ...] = ()
    notes_as_now: tuple[str, ...] | None = None
    undoes: dict[str, tuple[int, ...]]
    undone: tuple[UndoneRun, ...] = ()
    takes_back: tuple[UndoneRun, ...] = ()
    takes_back_in: dict[str, tuple[int, ...]] = field(default_factory=dict)
    renames: tuple[Rename, ...]
    transitions: tuple[TransitionDocument, ...]
    shapes: dict[str, StructureDocument]
    git_commit: str = ""
    ignored: tuple[tuple[str, ...], ...] = ()
    unspoken: tuple[str, ...] = ()
    ignored_in: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """What is written of a plan."""
        said = _fields(plan)
        del said["proofs"]  # who reads a file does not trust it with those of other plans
        world: World = said.pop("world")
        said["transitions"] = tuple(TransitionDocument.of(its) for its in plan.transitions)
        said["unreadable"] = tuple(UnreadableDocument.of(its) for its in plan.unreadable)
        said["shapes"] = {name: StructureDocument.of(its) for name, its in plan.shapes.items()}
        ignoring: Ignoring = said.pop("ignoring")
        ignoring_in: Mapping[str, Ignoring] = said.pop("ignoring_in")
        return cls(
            **said,
            search_path=world.behind,
            settings=dict(world.settings),
            ignored=ignoring.lists,
            ignored_in={name: its.lists for name, its in ignoring_in.items()},
        )

    @property
    def plan(self) -> Plan:
        """The plan that was written.

        Raises:
            MisfitError: it is none that would ever be made.
        """
        self._require_sense()
        said = _fields(self)
        del said["own_name"]
        said["ignoring"] = Ignoring(said.pop("ignored"))
        said["ignoring_in"] = {
            name: Ignoring(lists) for name, lists in said.pop("ignored_in").items()
        }
        said["notes"], said["notes_as_now"] = self._notes()
        said["world"] = World(said.pop("search_path"), tuple(said.pop("settings").items()))
        said["transitions"] = tuple(its.transition for its in self.transitions)
        said["unreadable"] = tuple(its.unreadable for its in self.unreadable)
        said["shapes"] = {name: its.shape for name, its in self.shapes.items()}
        plan = _without_note_on_taken_back(Plan(**said))
        require_shapes(plan.shapes, "$.plan.shapes")
        require_statements(plan.transitions, "$.plan.transitions")
        for number, transition in enumerate(plan.transitions):
            place = f"$.plan.transitions[{number}]"
            require_known((transition.source, transition.goal), plan.shapes, place)
        return plan

    def _notes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those that stay, and those that apply asks again."""
        if self.notes_as_now is not None:
            return self.notes, self.notes_as_now
        as_now = tuple(note for note in self.notes if note.startswith(_AS_NOW))
        return tuple(note for note in self.notes if note not in as_now), as_now

    def _require_sense(self) -> None:
        require_own_name(self.own_name, "$.plan.own_name")
        require_settings(self.settings, "$.plan.settings")
        require_patterns((*self.ignored, self.unspoken), "$.plan.ignored")
        for name, lists in self.ignored_in.items():
            require_patterns(lists, f"$.plan.ignored_in.{name}")
        for name, runs in self.undoes.items():
            if runs and not 0 < min(runs) <= max(runs) <= _HIGHEST_RUN:
                raise MisfitError(f"There is no such run - at `$.plan.undoes.{name}`")
        self._require_direction()

    def _require_direction(self) -> None:
        """Going back undoes runs, in each tenant that it changes; going forward undoes none."""
        if self.direction == "forward" and (self.undoes or self.undone):
            raise MisfitError("It undoes runs, so it is backward - at `$.plan.direction`")
        changed = {name for its in self.transitions for name in its.tenants}
        undoing = {name for name, runs in self.undoes.items() if runs}
        if self.direction == "backward" and (strange := changed - undoing):
            said = f"It undoes nothing in {min(strange)!r}, so it is forward"
            raise MisfitError(f"{said} - at `$.plan.direction`")


def _without_note_on_taken_back(plan: Plan) -> Plan:
    """Without the one that older versions wrote among the others: the plan tells it by itself."""
    told = plan.note_on_taken_back
    return replace(plan, notes=tuple(note for note in plan.notes if note not in told))


@dataclass
class PlanFile:
    """A plan that was written down.

    Attributes:
        diffapply_plan: version of the format.
        digest: SHA-256, in hex, of the plan as JSON: sorted keys, no spaces, ASCII.
    """

    diffapply_plan: Literal[1]
    digest: str
    plan: PlanBody
