"""What each live schema is, and the snapshot that it goes back to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from diffapply.catalog.ignored import shape_without_ignored
from diffapply.model.ignoring import Ignoring
from diffapply.model.order import natural
from diffapply.model.plan import Shape
from diffapply.model.undo import Undo
from diffapply.planning.goals.aims import Aim, Aims
from diffapply.planning.goals.goals import Goals
from diffapply.planning.goals.grouping import by_goal, groups_of, split, standing
from diffapply.planning.goals.undo import Undoing
from diffapply.planning.means import Means
from diffapply.planning.notes import defects
from diffapply.planning.notes.subject import Subject
from diffapply.planning.variants import by_tenant
from diffapply.rehearsal.renames.defects import without_defects
from diffapply.tenants.shapes import Group


@contextmanager
def backward_aims(
    means: Means,
    undos: Mapping[str, Undo],
    ignoring: Mapping[str, Ignoring],
    named: frozenset[str] = frozenset(),
) -> Iterator[Aims]:
    """Templates and tenants, with the snapshot that each goes back to.

    Args:
        undos: live schema → its goal.
        ignoring: tenant → what is left alone in it, where that is not what is in most.
        named: schemas that the user's own statements may name.
    """
    reader, scope = means.reader, means.reader.scope
    everywhere = scope.ignoring
    undos = _leaving(undos, ignoring, everywhere)
    tenants = sorted((n for n, undo in undos.items() if undo.managed is None), key=natural)
    templates = [name for name, undo in undos.items() if undo.managed is not None]
    groups = groups_of(means, tenants, ignoring)
    originals = {name: reader.template(name, undos[name].managed) for name in templates}
    ends = {undo.goal.fingerprint: undo.goal.catalog for undo in undos.values()}.values()
    with means.stage.open(standing(groups, originals), named, ends=ends) as scene:
        goals = Goals(scene)
        aims = []
        for template in templates:
            undo, catalog = undos[template], originals[template]
            own_scope = scope.of_template(template, undo.managed)
            goal = goals.in_own_words(catalog, undo.goal, own_scope)
            aims.append(Aim(Group((template,), catalog), goal, own_scope, undo.renames))
        for group in groups:
            alike = split(group, lambda name: (undos[name].goal.fingerprint, undos[name].renames))
            for part in alike:
                undo = undos[part.names[0]]
                own_scope = replace(scope, ignoring=ignoring.get(part.names[0], everywhere))
                for its_part, its_goal in by_goal(part, undo.goal, goals, own_scope):
                    valid = without_defects(its_goal, group.catalog)
                    goal = goals.in_own_words(group.catalog, valid, own_scope)
                    undone = Subject(its_goal.catalog, group.catalog)
                    notes = tuple(defects.notes(undone))
                    aims.append(Aim(its_part, goal, own_scope, undo.renames, notes=notes))
        yield Aims(scene, tuple(aims))


def _leaving(
    undos: Mapping[str, Undo], ignoring: Mapping[str, Ignoring], everywhere: Ignoring
) -> dict[str, Undo]:
    """The undos, their goals without what is left alone. Each goal is looked through once."""
    goals = dict[tuple[str, Ignoring], Shape]()
    found = {}
    for name, undo in undos.items():
        patterns = ignoring.get(name, everywhere)
        key = undo.goal.fingerprint, patterns
        if key not in goals:
            goals[key] = shape_without_ignored(undo.goal, patterns)
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
