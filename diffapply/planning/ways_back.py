"""The statements that take the transitions of a forward plan back; proved like those."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from diffapply.model.plan import Plan, Transition
from diffapply.model.scope import Scope
from diffapply.planning.goals.aims import Aim
from diffapply.planning.means import Means
from diffapply.planning.planner import transition_of
from diffapply.rehearsal.prover import Prover
from diffapply.rehearsal.renames.declared import inverse
from diffapply.rehearsal.renames.defects import without_defects
from diffapply.tenants.shapes import Group


@dataclass(frozen=True, slots=True)
class ThereAndBack:
    """A transition, and the one that takes it back.

    Attributes:
        back: from the goal to the source; blocked if no way back was proved.
    """

    there: Transition
    back: Transition


def there_and_back(means: Means, made: Plan, named: Collection[str]) -> tuple[ThereAndBack, ...]:
    """The transitions of a forward plan that are not blocked, with their ways back.

    Args:
        made: its shapes are rebuilt once more.
        named: further schemas that the desired state mentions.
    """
    going = [its for its in made.transitions if not its.blocked]
    if not going:
        return ()
    standing = {its.tenants[0]: made.shapes[its.source].catalog for its in going}
    ends = {its.goal: made.shapes[its.goal].catalog for its in going}.values()
    with means.stage.open(standing, named, ends=ends) as scene:
        prover = Prover("backward", scene)
        aims = [_back(means, made, its) for its in going]
        # With the DDL that the plan has proved.
        sources = [made.shapes[its.goal] for its in going]
        wanted = [replace(its.wanted, source=at) for its, at in zip(aims, sources, strict=True)]
        proved = prover.prove(wanted, means.reader.jobs, means.progress)
    return tuple(
        ThereAndBack(its, transition_of(aim, back, ()))
        for its, aim, back in zip(going, aims, proved, strict=True)
    )


def _back(means: Means, made: Plan, there: Transition) -> Aim:
    """From where the transition leads to where it began.

    Of the way there, nothing else goes along: all that is told of the way back is its own.
    """
    source, goal = made.shapes[there.source], made.shapes[there.goal].catalog
    return Aim(
        Group(there.tenants, goal),
        without_defects(source, goal),
        _scope(means, there),
        inverse(made.renames),
    )


def _scope(means: Means, transition: Transition) -> Scope:
    scope = means.reader.scope
    return (
        scope
        if transition.managed is None
        else scope.of_template(transition.tenants[0], transition.managed)
    )
