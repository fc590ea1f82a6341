"""The steps of a search, and which of them the result needs.

A search tries one thing after another. So it may create what it then has to drop again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from diffapply.ddl import KINDS
from diffapply.ddl.statements import Alteration, Draft, Retyping, Way
from diffapply.model.catalog import Catalog, FactKey


@dataclass(frozen=True, slots=True)
class Step:
    """One change that ran.

    Attributes:
        key: the fact that it is about; None for a statement from migra.
    """

    way: Way
    key: FactKey | None = None

    @property
    def drops(self) -> Way:
        """Those of its statements that drop what is created again."""
        return tuple(draft for draft in self.way if draft.anew)

    @property
    def makes(self) -> Way:
        """Its other statements."""
        return tuple(draft for draft in self.way if not draft.anew)


def needed(steps: Sequence[Step], before: Catalog) -> tuple[Step, ...]:
    """The steps without those that later ones undo or repeat; they may not run in this form.

    An object that is dropped several times is dropped only the first time, and created only the
    last time. What holds data keeps all its steps.

    Args:
        before: what stood before the first step.
    """
    left = {turn: step.way for turn, step in enumerate(steps)}
    turns: dict[FactKey, list[int]] = defaultdict(list)
    for turn, step in enumerate(steps):
        if step.key and not KINDS[step.key[0]].holds_data:
            turns[step.key].append(turn)
    for key, its in turns.items():
        dropping = [turn for turn in its if steps[turn].drops]
        if dropping:
            first, last = dropping[0], dropping[-1]
            left |= {turn: () for turn in its if turn < last}
            left[last] = steps[last].makes
            if key in before.facts or first == its[0]:
                left[first] = (*steps[first].drops, *left[first])
            its = [turn for turn in its if turn > last]  # noqa: PLW2901 - what is left to look at
        left |= {one: () for one, next_ in pairwise(its) if steps[one].way == steps[next_].way}
    return tuple(Step(way, steps[turn].key) for turn, way in left.items() if way)


def gathered(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps with all drops first, and each table's changes together; they may not run so.

    What was dropped is created again after everything else. No change of a table comes before a
    step that may write rows.
    """
    again = {step.key for step in steps if step.drops}
    drops = [Step(step.drops, step.key) for step in steps if step.drops]
    rest = [Step(step.makes, step.key) for step in steps if step.makes]
    places: list[tuple[bool, int]] = []
    first: dict[str, int] = {}
    for turn, step in enumerate(rest):
        head = _only_head(step)
        if head is None and _may_write(step):
            first.clear()
        place = first.setdefault(head, turn) if head else turn
        places.append((step.key in again, place))
    return (*drops, *(rest[turn] for turn in sorted(range(len(rest)), key=places.__getitem__)))


def is_gathered(steps: Sequence[Step]) -> bool:
    """Whether no table has several statements that give columns other types."""
    ways = groupby((draft for step in steps for draft in step.way), _head)
    rewritten = [head for head, way in ways if any(isinstance(its, Retyping) for its in way)]
    return len(rewritten) == len({*rewritten})


def _only_head(step: Step) -> str | None:
    """What stands before the actions, if they are all that the step does, on one table."""
    heads = {*map(_head, step.way)}
    return heads.pop() if len(heads) == 1 else None


def _head(draft: Draft) -> str | None:
    return draft.head if isinstance(draft, Alteration) else None


def _may_write(step: Step) -> bool:
    return step.key is None or KINDS[step.key[0]].holds_data
