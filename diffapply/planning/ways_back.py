"""The statements that take the transitions of a forward plan back; proved like those."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from diffapply.model.plan import Plan, Transition
from diffapply.model.scope import Scope
from diffapply.planning.means import Means
from diffapply.rehearsal.prover import Proved, Prover, Wanted
from diffapply.rehearsal.renames.invalid_indexes import without_invalid_indexes
from diffapply.rehearsal.renames.renames import inverse


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
        wanted = [
            Wanted(
                made.shapes[its.goal],
                without_invalid_indexes(made.shapes[its.source], made.shapes[its.goal].catalog),
                _scope(means, its),
                inverse(made.renames),
            )
            for its in going
        ]
        proved = prover.prove(wanted, means.reader.jobs, means.progress)
    return tuple(
        ThereAndBack(its, _reversed(its, back)) for its, back in zip(going, proved, strict=True)
    )


def _scope(means: Means, transition: Transition) -> Scope:
    scope = means.reader.scope
    return (
        scope
        if transition.managed is None
        else scope.of_template(transition.tenants[0], transition.managed)
    )


def _reversed(transition: Transition, back: Proved) -> Transition:
    return replace(
        transition,
        source=transition.goal,
        goal=transition.source,
        statements=back.proof.statements,
        blocked=back.blocked,
        anew=back.proof.effect.anew,
        alone=back.proof.alone,
    )
