"""The changes of a search, and which of them the result needs.

A search tries one thing after another. So it may create what it then has to drop again.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import Alteration, Drafts, Retyping
from diffapply.model.catalog import Catalog, FactKey

_AT_REST = frozenset(
    {
        *("routine", "view", "policy", "rule", "trigger", "row security", "forced row security"),
        *("comment", "storage parameters", "column storage", "column compression"),
        *("column statistics", "extended statistics", "extended statistics target"),
    }
)
"""Kinds of which nothing runs when they are created, altered or dropped."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One change that ran.

    Attributes:
        key: the fact that it is about; None for a statement from migra, or of the user.
    """

    way: Drafts
    key: FactKey | None = None

    @property
    def is_light(self) -> bool:
        """Whether it may be left out, or come earlier or later, without a change of values."""
        return self.key is not None and KINDS[self.key[0]].is_light

    @property
    def may_evaluate(self) -> bool:
        """Whether it may call a routine; it counts if that is not known."""
        return bool(self.makes) and (self.key is None or self.key[0] not in _AT_REST)

    @property
    def drops(self) -> Drafts:
        """Those of its statements that drop what is created again."""
        return tuple(draft for draft in self.way if draft.anew)

    @property
    def makes(self) -> Drafts:
        """Its other statements."""
        return tuple(draft for draft in self.way if not draft.anew)

    @property
    def alters_column(self) -> bool:
        """Whether it does nothing but alter a column."""
        alters = all(isinstance(its, Alteration) for its in self.way)
        return self.key is not None and self.key[0] == "column" and alters

    @property
    def is_assignment(self) -> bool:
        """Whether it does nothing but give columns types that take their values as they are."""
        return all(isinstance(its, Retyping) and not its.using for its in self.way)

    @property
    def retypes(self) -> str | None:
        """What stands before its actions, if all of them give columns of a table other types."""
        heads = {its.head if isinstance(its, Retyping) else None for its in self.way}
        return heads.pop() if len(heads) == 1 else None


def needed(
    changes: Sequence[Ran], before: Catalog, *, computing: bool = False, calling: bool = True
) -> tuple[Ran, ...]:
    """The changes without those that later ones undo or repeat; they may not run in this form.

    An object that is dropped several times is dropped only the first time, and created only the
    last time.

    Args:
        before: what stood before the first change.
        computing: whether values are computed: whenever code may run, all must stand as it did.
        calling: whether routines may be called.
    """
    left = {turn: change.way for turn, change in enumerate(changes)}
    evaluating = [turn for turn, change in enumerate(changes) if calling and change.may_evaluate]
    turns: dict[FactKey, list[int]] = defaultdict(list)
    for turn, change in enumerate(changes):
        if change.key and (change.is_light or change.key[0] == "routine"):
            turns[change.key].append(turn)
    for key, its in turns.items():
        is_seen = key[0] == "routine" or (computing and key[0] != "comment")
        ends = evaluating if is_seen else []
        stands = key in before.facts
        for _, stretch in groupby(its, partial(bisect, ends)):
            together = [*stretch]
            left |= _once(together, changes, stands=stands)
            stands = bool(changes[together[-1]].makes)
    return tuple(Ran(way, changes[turn].key) for turn, way in left.items() if way)


def _once(turns: Sequence[int], changes: Sequence[Ran], *, stands: bool) -> dict[int, Drafts]:
    """What is left of changes of one fact.

    Args:
        stands: whether it stood before.
    """
    left = {turn: changes[turn].way for turn in turns}
    after = turns
    if dropping := [turn for turn in turns if changes[turn].drops]:
        first, last = dropping[0], dropping[-1]
        left |= {turn: () for turn in turns if turn < last}
        left[last] = changes[last].makes
        if stands or first == turns[0]:
            left[first] = (*changes[first].drops, *left[first])
        after = [turn for turn in turns if turn > last]
    left |= {one: () for one, next_ in pairwise(after) if changes[one].way == changes[next_].way}
    return left
