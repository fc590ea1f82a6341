"""Finds the ways from known shapes to the desired state, for tenants that are not looked at now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from diffapply.catalog.ignored import shape_without_ignored
from diffapply.desired import Desired
from diffapply.model.own_name import reads_otherwise
from diffapply.model.plan import Shape
from diffapply.planning.aims import Aim, Aims, forward_aims
from diffapply.planning.desired_shape import DesiredShape
from diffapply.planning.goals import Goals
from diffapply.planning.means import Means
from diffapply.planning.planner import ends, transition_of
from diffapply.rehearsal.prover import Prover
from diffapply.tenants.discovery import Chosen
from diffapply.tenants.shapes import Group


def with_ways(
    means: Means, desired: Desired, chosen: Chosen, known: Iterable[Shape], goal: DesiredShape
) -> DesiredShape:
    """The goal with the ways from all shapes that tenants have now, and from further known ones.

    Args:
        means: with the branches of the same variants that the goal has.
        desired: what it was built from.
        chosen: the tenants.
        known: shapes that tenants had earlier; others may have them again, from a backup.
        goal: the desired state as a shape.
    """
    known = tuple(known)
    branches = {frozenset(its.tenants): its for its in means.branches}
    usual = [name for name in chosen.tenants if goal.for_tenant(name) is goal]
    variants = [
        replace(
            its,
            shape=_with_ways(
                means.of(branch),
                branch.desired or desired,
                [name for name in chosen.tenants if name in its.tenants],
                known,
                its.shape,
            ),
        )
        if (branch := branches.get(its.tenants))
        else its
        for its in goal.variants
    ]
    made = _with_ways(replace(means, branches=()), desired, usual, known, goal)
    return replace(made, variants=tuple(variants))


def _with_ways(
    means: Means,
    desired: Desired,
    tenants: Sequence[str],
    known: Iterable[Shape],
    goal: DesiredShape,
) -> DesiredShape:
    """The same for tenants with one goal."""
    with forward_aims(means, desired, Chosen(tenants)) as aims:
        all_aims = [*filter(_of_any_name, aims.all), *_earlier(means, aims, known, goal)]
        left = [aim for aim in all_aims if not aim.is_reached]
        prover = Prover("forward", aims.rehearsal, means.proofs)
        proved = prover.prove([aim.wanted for aim in left], means.reader.jobs, means.progress)
    steps = [*zip(left, proved, strict=True)]
    goals = {aim.goal.fingerprint for aim in all_aims}
    return replace(
        goal,
        ways=tuple(replace(transition_of(aim, its, ()), tenants=()) for aim, its in steps),
        ends={its.fingerprint: its for aim, one in steps for its in ends(aim, one)},
        alike=frozenset(goals - {goal.fingerprint}),
    )


def _of_any_name(aim: Aim) -> bool:
    """Whether source and goal read the same in a tenant of any usual name."""
    return not reads_otherwise(aim.group.names[0], aim.goal.catalog.text)


def _earlier(means: Means, aims: Aims, known: Iterable[Shape], goal: Shape) -> list[Aim]:
    """The aims for known shapes that no tenant has now."""
    scope = means.reader.scope
    known = (shape_without_ignored(its, scope.ignoring) for its in known)
    now = {aim.group.catalog.fingerprint for aim in aims.all}
    goals = Goals(aims.rehearsal, means.proofs)
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
