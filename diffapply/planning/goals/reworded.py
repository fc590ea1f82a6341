"""What PostgreSQL words anew where columns get other types, as the goal of those who have it.

PostgreSQL builds again what is on such a column from the text that it writes. So ``k IN ('a',
'b')`` on varchar gets the words that it has after a restore: an equal meaning, for which nothing
has to be dropped and added.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Catalog, Ends
from diffapply.model.plan import Shape
from diffapply.planning.goals.aims import Aim
from diffapply.proposal.room import retyped
from diffapply.rehearsal.cache import reworded_key
from diffapply.rehearsal.meaning.wording import worded_as
from diffapply.rehearsal.prover import Proved, Wanted
from diffapply.rehearsal.scene import Scene


def proved_as_reworded(
    scene: Scene, aims: Sequence[Aim], prove: Callable[[Sequence[Wanted]], Sequence[Proved]]
) -> list[tuple[Aim, Proved]]:
    """The aims as PostgreSQL words them, with their proofs.

    An aim stays as it was where PostgreSQL does not word it so after all: as it builds the index
    of a partition from its table's, or as statements of the user create anew what is on a column.
    """
    tried = [_as_reworded(scene, aim) for aim in aims]
    steps = [*zip(tried, prove([aim.wanted for aim in tried]), strict=True)]
    failed = [place for place, (aim, its) in enumerate(steps) if aim.reworded and its.blocked]
    if failed:
        again = prove([aims[place].wanted for place in failed])
        for place, its in zip(failed, again, strict=True):
            steps[place] = aims[place], its
    return steps


def _as_reworded(scene: Scene, aim: Aim) -> Aim:
    """The aim, with its goal as PostgreSQL words it on the way there."""
    goal = aim.goal.catalog
    ends = Ends(aim.group.catalog, goal)
    if not retyped(ends):
        return aim
    from diffapply.rehearsal.meaning.rewording import may_be_reworded  # noqa: PLC0415 - see `Scene`

    try:
        if not (kept := [*may_be_reworded(ends)]):
            return aim
        restored = _restored(scene, aim)
    except UnreadableFactError:
        return aim  # the prover reports the error
    changed = frozenset(
        fact.key
        for fact in kept
        if (its := restored.facts.get(fact.key)) and its.definition != fact.definition
    )
    if not changed:
        return aim
    return replace(aim, goal=Shape(worded_as(goal, restored, changed)), reworded=changed)


def _restored(scene: Scene, aim: Aim) -> Catalog:
    """The goal after a dump and a restore; of it, what has other words, if that is known."""
    goal, proofs = aim.goal.catalog, scene.proofs
    key = reworded_key(aim.goal, aim.scope, scene.conditions)
    words = proofs.recall_words(key)
    if words is None:
        restored = scene.rehearsal.restored(goal, aim.scope)
        words = [
            (*fact.key, its.definition)
            for fact in goal.facts.values()
            if (its := restored.facts.get(fact.key)) and its.definition != fact.definition
        ]
        if scene.may_keep:
            proofs.keep_words(key, words)
    return Catalog.of(
        replace(goal.facts[kind, name], definition=definition) for kind, name, definition in words
    )
