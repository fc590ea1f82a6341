"""What each live schema is, and its goal: the desired state, or a snapshot."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from diffapply.catalog.ignored import shape_without_ignored
from diffapply.desired import Declarable, Desired
from diffapply.model.catalog import Catalog
from diffapply.model.order import natural
from diffapply.model.plan import Rename, Shape
from diffapply.model.scope import Scope
from diffapply.model.undo import Undo
from diffapply.planning.goals import Goals
from diffapply.planning.means import Means
from diffapply.rehearsal.desired_state import build_desired
from diffapply.rehearsal.prover import Wanted
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.tenants.discovery import Chosen
from diffapply.tenants.shapes import Group, group_by_shape


@dataclass(frozen=True, slots=True)
class Aim:
    """Live schemas of one shape, and their goal.

    Attributes:
        scope: which part of the schemas counts.
        renames: declared renames that may be used.
    """

    group: Group
    goal: Shape
    scope: Scope
    renames: tuple[Rename, ...] = ()

    @property
    def is_reached(self) -> bool:
        """Whether they are at their goal."""
        return self.group.catalog.fingerprint == self.goal.fingerprint

    @property
    def wanted(self) -> Wanted:
        """The transition that has to be proved."""
        return Wanted(Shape(self.group.catalog), self.goal, self.scope, self.renames)


@dataclass(frozen=True, slots=True)
class Aims:
    """All aims of a plan, templates first.

    Attributes:
        rehearsal: where the goals were built; transitions can be proved there.
        renames: those that the desired state declares.
        declarable: finds out what it can declare as renamed; nothing, if the goals are snapshots.
    """

    rehearsal: Rehearsal
    all: tuple[Aim, ...]
    renames: tuple[Rename, ...] = ()
    declarable: Callable[[], tuple[Declarable, ...]] = tuple


@contextmanager
def forward_aims(means: Means, desired: Desired, chosen: Chosen) -> Iterator[Aims]:
    """Templates and tenants, with the desired state of each."""
    reader, scope = means.reader, means.reader.scope
    groups = group_by_shape(reader, chosen.tenants, means.progress)
    originals = {name: reader.template(name) for name in chosen.templates}
    with means.stage.open(_standing(groups, originals), desired.shared) as rehearsal:
        goal = build_desired(rehearsal, desired, scope)
        goals = Goals(rehearsal, means.proofs)
        renames = goals.quoted(desired.renames)
        aims = []
        for template in chosen.templates:
            its = scope.of_template(template, goal.catalog.objects)
            catalog = its.part_of(originals[template])
            its_goal = build_desired(rehearsal, desired, its)
            its_goal = goals.forward(catalog, its_goal, its, renames)
            aims.append(Aim(Group((template,), catalog), its_goal, its, renames))
        for group in groups:
            its_goal = goals.forward(group.catalog, goal, scope, renames)
            for part, its_own in _by_goal(group, its_goal, goals, scope):
                aims.append(Aim(part, its_own, scope, renames))
        yield Aims(rehearsal, tuple(aims), renames, desired.declarable)


@contextmanager
def backward_aims(means: Means, undos: Mapping[str, Undo]) -> Iterator[Aims]:
    """Templates and tenants, with the snapshot that each goes back to.

    Args:
        undos: live schema → its goal.
    """
    reader, scope = means.reader, means.reader.scope
    undos = {
        name: replace(undo, goal=shape_without_ignored(undo.goal, scope.ignoring))
        for name, undo in undos.items()
    }
    tenants = sorted((n for n, undo in undos.items() if undo.managed is None), key=natural)
    templates = [name for name, undo in undos.items() if undo.managed is not None]
    groups = group_by_shape(reader, tenants, means.progress)
    originals = {name: reader.template(name, undos[name].managed) for name in templates}
    ends = {undo.goal.fingerprint: undo.goal.catalog for undo in undos.values()}.values()
    with means.stage.open(_standing(groups, originals), ends=ends) as rehearsal:
        goals = Goals(rehearsal, means.proofs)
        aims = []
        for template in templates:
            undo, catalog = undos[template], originals[template]
            its = scope.of_template(template, undo.managed)
            goal = goals.in_own_words(catalog, undo.goal, its)
            aims.append(Aim(Group((template,), catalog), goal, its, undo.renames))
        for group in groups:
            # Which renames are reversed depends on the runs that are undone.
            alike = _split(group, lambda name: (undos[name].goal.fingerprint, undos[name].runs))
            for part in alike:
                undo = undos[part.names[0]]
                for its_part, its_goal in _by_goal(part, undo.goal, goals, scope):
                    goal = goals.in_own_words(group.catalog, its_goal, scope)
                    aims.append(Aim(its_part, goal, scope, undo.renames))
        yield Aims(rehearsal, tuple(aims))


def _standing(groups: Iterable[Group], originals: Mapping[str, Catalog]) -> dict[str, Catalog]:
    """One tenant of each shape, and the templates, with their catalogs."""
    return {group.names[0]: group.catalog for group in groups} | dict(originals)


def _by_goal(
    group: Group, goal: Shape, goals: Goals, scope: Scope
) -> Iterator[tuple[Group, Shape]]:
    """Split a group by the goal as it reads in each tenant; usually it is the same in all."""
    own = {name: goals.in_tenant(name, goal, scope) for name in group.names}
    for part in _split(group, lambda name: own[name].fingerprint):
        yield part, own[part.names[0]]


def _split(group: Group, key: Callable[[str], Hashable]) -> list[Group]:
    """Split a group into groups with equal keys."""
    alike: dict[Hashable, list[str]] = defaultdict(list)
    for name in group.names:
        alike[key(name)].append(name)
    return [replace(group, names=tuple(names)) for names in alike.values()]
