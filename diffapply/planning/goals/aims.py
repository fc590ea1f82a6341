"""What live schemas are, and their goals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diffapply.catalog.comparison import compare
from diffapply.desired import Declarable
from diffapply.model.catalog import Difference, FactKey
from diffapply.model.plan import Shape
from diffapply.model.rename import Rename
from diffapply.model.scope import Scope
from diffapply.rehearsal.meaning.wording import worded_as
from diffapply.rehearsal.prover import Wanted
from diffapply.rehearsal.scene import Scene
from diffapply.tenants.shapes import Group


@dataclass(frozen=True, slots=True)
class Aim:
    """Live schemas of one shape, and their goal.

    Attributes:
        scope: which part of the schemas counts.
        renames: declared renames that may be used.
        varied: whether they have a variant.
        notes: what is to be said of the goal.
        reworded: what differs only because PostgreSQL words it anew on the way.
    """

    group: Group
    goal: Shape
    scope: Scope
    renames: tuple[Rename, ...] = ()
    varied: bool = False
    notes: tuple[str, ...] = ()
    reworded: frozenset[FactKey] = frozenset()

    @property
    def is_reached(self) -> bool:
        """Whether they are at their goal."""
        return self.group.catalog.fingerprint == self.goal.fingerprint

    @property
    def wanted(self) -> Wanted:
        """The transition that has to be proved."""
        source = Shape(self.group.catalog)
        return Wanted(source, self.goal, self.scope, self.renames, self.reworded)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is to be changed."""
        goal = worded_as(self.goal.catalog, self.group.catalog, self.reworded)
        return compare(self.group.catalog, goal)


@dataclass(frozen=True, slots=True)
class Aims:
    """All aims of a plan, templates first.

    Attributes:
        scene: where the goals were built; transitions can be proved there.
        renames: those that the desired state declares.
        declarable: finds out what it can declare as renamed; nothing, if the goals are snapshots.
        leaving_stamps: how to leave the tables of Alembic's stamps alone that would be dropped.
    """

    scene: Scene
    all: tuple[Aim, ...]
    renames: tuple[Rename, ...] = ()
    declarable: Callable[[], tuple[Declarable, ...]] = tuple
    leaving_stamps: str = ""

    @property
    def usual_tenants(self) -> list[Sequence[str]]:
        """The tenants without a variant, shape by shape."""
        usual = (its for its in self.all if not its.varied and its.scope.managed is None)
        return [its.group.names for its in usual]
