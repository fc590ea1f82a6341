"""What each live schema is, and the desired state as its goal."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from diffapply.catalog.ignored import shape_without_ignored
from diffapply.desired import Desired
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Shape
from diffapply.model.rename import Rename
from diffapply.model.scope import Scope
from diffapply.planning.goals.aims import Aim, Aims
from diffapply.planning.goals.found_in_tenants import telling_who_has_it
from diffapply.planning.goals.goals import Goals, quoted
from diffapply.planning.goals.grouping import by_goal, groups_of, split, standing
from diffapply.planning.goals.not_null_names import cannot_name
from diffapply.planning.means import Means
from diffapply.planning.notes import stamp_tables
from diffapply.planning.variants import Branch, by_tenant
from diffapply.rehearsal.desired_state import build_desired
from diffapply.tenants.discovery import Chosen
from diffapply.tenants.shapes import Group


@contextmanager
def forward_aims(
    means: Means, desired: Desired, chosen: Chosen, named: frozenset[str] = frozenset()
) -> Iterator[Aims]:
    """Templates and tenants, with the desired state of each.

    Args:
        named: schemas that the user's own statements may name.
    """
    with _forward_aims(means, desired, chosen, named) as aims:
        if aims:
            yield aims
            return
    reading = replace(means, reader=replace(means.reader, known=()))
    with _forward_aims(reading, desired, chosen, named) as aims:
        if aims:
            yield aims


@contextmanager
def _forward_aims(
    means: Means, desired: Desired, chosen: Chosen, named: frozenset[str]
) -> Iterator[Aims | None]:
    """The same; None if tenants that were not read are not at their goal."""
    reader, scope = means.reader, means.reader.scope
    branch_of = by_tenant(means.branches)
    ignoring = {name: its.scope.ignoring for name, its in branch_of.items()}
    goal_of = {name: its.goal for name, its in branch_of.items()}
    groups = [
        (branch_of.get(part.names[0]), part)
        for group in groups_of(means, chosen.tenants, ignoring)
        for part in split(group, goal_of.get)
    ]
    originals = {name: reader.template(name) for name in chosen.templates}
    states = [desired, *(its.desired for its in means.branches if its.desired)]
    named = named.union(*(its.shared for its in states))
    with means.stage.open(standing((its for _, its in groups), originals), named) as scene:
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
        aims = (*of_templates, *of_tenants)
        leaving = stamp_tables.setting(
            ((its.group.catalog, its.goal.catalog) for its in aims), scope
        )
        yield Aims(scene, aims, tuple(renames), desired.declarable, leaving)


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
        for part, its_own in by_goal(group, goal, goals, held.scope):
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
