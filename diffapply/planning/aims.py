"""What each live schema is, and its goal: the desired state, or a snapshot."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from diffapply.catalog.ignored import shape_without_ignored
from diffapply.desired import Declarable, Desired
from diffapply.model.catalog import Catalog
from diffapply.model.ignoring import Ignoring
from diffapply.model.order import natural
from diffapply.model.plan import Rename, Shape
from diffapply.model.scope import Scope
from diffapply.model.undo import Undo
from diffapply.planning.found_in_tenants import telling_who_has_it
from diffapply.planning.goals import Goals, quoted
from diffapply.planning.means import Means
from diffapply.planning.not_null_names import cannot_name
from diffapply.planning.notes import invalid_indexes
from diffapply.planning.notes.subject import Subject
from diffapply.planning.undo import Undoing
from diffapply.planning.variants import Branch, by_tenant
from diffapply.rehearsal.desired_state import build_desired
from diffapply.rehearsal.prover import Wanted
from diffapply.rehearsal.renames.invalid_indexes import without_invalid_indexes
from diffapply.rehearsal.scene import Scene
from diffapply.tenants.discovery import Chosen
from diffapply.tenants.shapes import Group, group_by_shape


@dataclass(frozen=True, slots=True)
class Aim:
    """Live schemas of one shape, and their goal.

    Attributes:
        scope: which part of the schemas counts.
        renames: declared renames that may be used.
        varied: whether they have a variant.
        notes: what is to be said of the goal.
    """

    group: Group
    goal: Shape
    scope: Scope
    renames: tuple[Rename, ...] = ()
    varied: bool = False
    notes: tuple[str, ...] = ()

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
        scene: where the goals were built; transitions can be proved there.
        renames: those that the desired state declares.
        declarable: finds out what it can declare as renamed; nothing, if the goals are snapshots.
    """

    scene: Scene
    all: tuple[Aim, ...]
    renames: tuple[Rename, ...] = ()
    declarable: Callable[[], tuple[Declarable, ...]] = tuple

    @property
    def usual_tenants(self) -> list[Sequence[str]]:
        """The tenants without a variant, shape by shape."""
        usual = (its for its in self.all if not its.varied and its.scope.managed is None)
        return [its.group.names for its in usual]


@contextmanager
def forward_aims(means: Means, desired: Desired, chosen: Chosen) -> Iterator[Aims]:
    """Templates and tenants, with the desired state of each."""
    with _forward_aims(means, desired, chosen) as aims:
        if aims:
            yield aims
            return
    reading = replace(means, reader=replace(means.reader, known=()))
    with _forward_aims(reading, desired, chosen) as aims:
        if aims:
            yield aims


@contextmanager
def _forward_aims(means: Means, desired: Desired, chosen: Chosen) -> Iterator[Aims | None]:
    """The same; None if tenants that were not read are not at their goal."""
    reader, scope = means.reader, means.reader.scope
    branch_of = by_tenant(means.branches)
    ignoring = {name: its.scope.ignoring for name, its in branch_of.items()}
    goal_of = {name: its.goal for name, its in branch_of.items()}
    groups = [
        (branch_of.get(part.names[0]), part)
        for group in _groups(means, chosen.tenants, ignoring)
        for part in _split(group, goal_of.get)
    ]
    originals = {name: reader.template(name) for name in chosen.templates}
    states = [desired, *(its.desired for its in means.branches if its.desired)]
    named = frozenset().union(*(its.shared for its in states))
    with means.stage.open(_standing((its for _, its in groups), originals), named) as scene:
        goals = Goals(scene, cannot_name(desired, reader.database.connection))
        with telling_who_has_it({its.names[0]: its.catalog for _, its in groups}):
            goal = build_desired(scene, desired, scope)
        usual = _Held(scope, goal, quoted(reader.database.connection, desired.renames))
        of_templates = [*_template_aims(desired, originals, usual, goals)]
        held = {
            its.goal: _held(means, its, usual, goals)
            for its in {one.goal: one for one, _ in groups if one is not None}.values()
        }
        against = [(usual if its is None else held[its.goal], group) for its, group in groups]
        of_tenants = _tenant_aims(against, goals)
        if of_tenants is None:
            yield None
            return
        renames = dict.fromkeys(rename for its in (usual, *held.values()) for rename in its.renames)
        yield Aims(scene, (*of_templates, *of_tenants), tuple(renames), desired.declarable)


@dataclass(frozen=True, slots=True)
class _Held:
    """What tenants are held against, whatever they are now."""

    scope: Scope
    goal: Shape
    renames: tuple[Rename, ...]
    varied: bool = False


def _template_aims(
    desired: Desired, originals: Mapping[str, Catalog], usual: _Held, goals: Goals
) -> Iterator[Aim]:
    """The templates, whatever else is in them: template → its whole catalog."""
    for name, original in originals.items():
        scope = usual.scope.of_template(name, usual.goal.catalog.objects)
        catalog = scope.part_of(original)
        goal = build_desired(goals.scene, desired, scope)
        goal = goals.forward(catalog, goal, scope, usual.renames)
        yield Aim(Group((name,), catalog), goal, scope, usual.renames)


def _tenant_aims(against: Iterable[tuple[_Held, Group]], goals: Goals) -> list[Aim] | None:
    """Tenants, each with what it is held against; None if one that was not read is not there."""
    aims = []
    for held, group in against:
        if group.known and group.catalog.fingerprint != held.goal.fingerprint:
            return None
        goal = goals.forward(group.catalog, held.goal, held.scope, held.renames)
        for part, its_own in _by_goal(group, goal, goals, held.scope):
            aims.append(Aim(part, its_own, held.scope, held.renames, held.varied))
    if any(aim.group.known and not aim.is_reached for aim in aims):  # their own name matters
        return None
    return aims


def _held(means: Means, branch: Branch, usual: _Held, goals: Goals) -> _Held:
    """What the tenants of a branch are held against."""
    if branch.desired is None:
        goal = shape_without_ignored(usual.goal, branch.scope.ignoring)
        return _Held(branch.scope, goal, usual.renames, varied=True)
    goal = build_desired(goals.scene, branch.desired, branch.scope)
    renames = quoted(means.reader.database.connection, branch.desired.renames)
    return _Held(branch.scope, goal, renames, varied=True)


@contextmanager
def backward_aims(
    means: Means, undos: Mapping[str, Undo], ignoring: Mapping[str, Ignoring]
) -> Iterator[Aims]:
    """Templates and tenants, with the snapshot that each goes back to.

    Args:
        undos: live schema → its goal.
        ignoring: tenant → what is left alone in it, where that is not what is in most.
    """
    reader, scope = means.reader, means.reader.scope
    everywhere = scope.ignoring
    undos = _leaving(undos, ignoring, everywhere)
    tenants = sorted((n for n, undo in undos.items() if undo.managed is None), key=natural)
    templates = [name for name, undo in undos.items() if undo.managed is not None]
    groups = _groups(means, tenants, ignoring)
    originals = {name: reader.template(name, undos[name].managed) for name in templates}
    ends = {undo.goal.fingerprint: undo.goal.catalog for undo in undos.values()}.values()
    with means.stage.open(_standing(groups, originals), ends=ends) as scene:
        goals = Goals(scene)
        aims = []
        for template in templates:
            undo, catalog = undos[template], originals[template]
            its = scope.of_template(template, undo.managed)
            goal = goals.in_own_words(catalog, undo.goal, its)
            aims.append(Aim(Group((template,), catalog), goal, its, undo.renames))
        for group in groups:
            alike = _split(group, lambda name: (undos[name].goal.fingerprint, undos[name].renames))
            for part in alike:
                undo = undos[part.names[0]]
                its = replace(scope, ignoring=ignoring.get(part.names[0], everywhere))
                for its_part, its_goal in _by_goal(part, undo.goal, goals, its):
                    valid = without_invalid_indexes(its_goal, group.catalog)
                    goal = goals.in_own_words(group.catalog, valid, its)
                    undone = Subject(its_goal.catalog, group.catalog)
                    notes = tuple(invalid_indexes.notes(undone))
                    aims.append(Aim(its_part, goal, its, undo.renames, notes=notes))
        yield Aims(scene, tuple(aims))


def _leaving(
    undos: Mapping[str, Undo], ignoring: Mapping[str, Ignoring], everywhere: Ignoring
) -> dict[str, Undo]:
    """The undos, their goals without what is left alone. Each goal is looked through once."""
    goals: dict[tuple[str, Ignoring], Shape] = {}
    found = {}
    for name, undo in undos.items():
        its = ignoring.get(name, everywhere)
        key = undo.goal.fingerprint, its
        if key not in goals:
            goals[key] = shape_without_ignored(undo.goal, its)
        found[name] = replace(undo, goal=goals[key])
    return found


def ignoring_on_the_way_back(means: Means, undoing: Undoing) -> dict[str, Ignoring]:
    """Tenant → what is left alone in it, for those with variants, now or then.

    That is what is ignored now, and what the runs that are undone left alone in it.
    """
    now = {name: its.scope.ignoring for name, its in by_tenant(means.branches).items()}
    then = undoing.ignoring_in
    return {
        name: now.get(name, means.reader.scope.ignoring).either([then.get(name, undoing.ignoring)])
        for name in now.keys() | then.keys()
    }


def _groups(means: Means, names: Sequence[str], ignoring: Mapping[str, Ignoring]) -> list[Group]:
    """Tenants of one shape, largest group first; those are read together that ignore the same.

    Args:
        ignoring: tenant → what is left alone in it, where that is not what is in most.
    """
    usual = means.reader.scope.ignoring
    alike: dict[Ignoring, list[str]] = {usual: []}
    for name in names:
        alike.setdefault(ignoring.get(name, usual), []).append(name)
    found = [
        group
        for its, read in alike.items()
        if read or its is usual
        for group in group_by_shape(means.leaving(its), read, means.progress)
    ]
    return sorted(found, key=lambda group: -len(group.names))


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
