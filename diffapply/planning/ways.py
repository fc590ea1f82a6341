"""Finds the ways from known shapes to the desired state, for tenants that are not looked at now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from diffapply import journal
from diffapply.catalog.ignored import shape_without_ignored
from diffapply.desired import Desired
from diffapply.model.own_name import reads_otherwise
from diffapply.model.plan import Shape
from diffapply.model.scope import Scope
from diffapply.planning.desired_shape import DesiredShape, ShapeVariant
from diffapply.planning.goals.aims import Aim, Aims
from diffapply.planning.goals.forward import forward_aims
from diffapply.planning.goals.goals import Goals
from diffapply.planning.goals.not_null_names import cannot_name
from diffapply.planning.goals.reworded import proved_as_reworded
from diffapply.planning.means import Means
from diffapply.planning.planner import ends, transition_of
from diffapply.planning.variants import by_tenant
from diffapply.rehearsal.desired_state import require_desired
from diffapply.rehearsal.prover import Prover
from diffapply.tenants.discovery import Chosen
from diffapply.tenants.shapes import Group


def with_ways(
    means: Means,
    desired: Desired,
    chosen: Chosen,
    furnished: Callable[[Shape, Scope], DesiredShape],
) -> DesiredShape:
    """The desired state with the ways from all shapes that tenants have now, or had earlier.

    Others may have an earlier shape again, from a backup. Tenants with variants have their own
    shape, and ways to it.

    Args:
        chosen: the tenants.
        furnished: adds to the desired state in a scope what new tenants get besides.

    Raises:
        DesiredStateError: it is refused, or cannot be rebuilt from its facts.
    """
    connection = means.reader.database.connection
    known = journal.load_shapes(connection, sorted(means.known_shapes())).values()
    varied = by_tenant(means.branches)
    usual = [name for name in chosen.tenants if name not in varied]
    made = _with_ways(replace(means, branches=()), desired, usual, known, furnished)
    variants = (
        ShapeVariant(
            frozenset(its.tenants),
            its.variant.expires,
            _with_ways(
                means.of(its),
                its.desired or desired,
                [name for name in chosen.tenants if name in its.tenants],
                known,
                furnished,
            ),
        )
        for its in means.branches
    )
    return replace(made, variants=tuple(variants))


def _with_ways(
    means: Means,
    desired: Desired,
    tenants: Sequence[str],
    known: Iterable[Shape],
    furnished: Callable[[Shape, Scope], DesiredShape],
) -> DesiredShape:
    """The same for tenants with one goal."""
    scope = means.reader.scope
    with forward_aims(means, desired, Chosen(tenants)) as aims:
        means.reader.require_all()
        goal = furnished(require_desired(aims.scene, desired, scope), scope)
        goals = Goals(aims.scene, cannot_name(desired, means.reader.database.connection))
        all_aims = [*filter(_of_any_name, aims.all), *_earlier(means, goals, aims, known, goal)]
        left = [aim for aim in all_aims if not aim.is_reached]
        prover = Prover("forward", aims.scene)
        prove = partial(prover.prove, jobs=means.reader.jobs, progress=means.progress)
        steps = proved_as_reworded(aims.scene, left, prove)
    there = (aim for aim in all_aims if aim.is_reached)
    reached = {aim.goal.fingerprint for aim in (*there, *(aim for aim, _ in steps))}
    return replace(
        goal,
        ways=tuple(replace(transition_of(aim, its, ()), tenants=()) for aim, its in steps),
        ends={its.fingerprint: its for aim, one in steps for its in ends(aim, one)},
        alike=frozenset(reached - {goal.fingerprint}),
    )


def _of_any_name(aim: Aim) -> bool:
    """Whether source and goal read the same in a tenant of any usual name."""
    return not reads_otherwise(aim.group.names[0], aim.goal.catalog.text)


def _earlier(
    means: Means, goals: Goals, aims: Aims, known: Iterable[Shape], goal: Shape
) -> list[Aim]:
    """The aims for known shapes that no tenant has now."""
    scope = means.reader.scope
    known = (shape_without_ignored(its, scope.ignoring) for its in known)
    now = {aim.group.catalog.fingerprint for aim in aims.all}
    return [
        Aim(
            Group((), its.catalog),
            goals.forward(its.catalog, Shape(goal.catalog), scope, aims.renames),
            scope,
            aims.renames,
        )
        for its in {one.fingerprint: one for one in known}.values()
        if its.fingerprint not in now and its.catalog.facts
    ]
