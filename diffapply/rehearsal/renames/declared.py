"""Declared renames: which are yet to be done, and which take them back.

A rename that nobody declares is a drop and an add, and loses the data between them. So tables and
columns are renamed only when the desired state says so; for what holds nothing, see `freely`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from diffapply.ddl.statements import Drafts
from diffapply.model.catalog import Ends, FactKey
from diffapply.model.rename import Rename, RenameKind
from diffapply.rehearsal.renames.moves import WHOLE, Move, circles, in_turn, named

DECLARED: tuple[RenameKind, ...] = get_args(RenameKind)
"""Kinds whose renames are declared, in the order in which they are done."""


def inverse(renames: Iterable[Rename]) -> tuple[Rename, ...]:
    """The renames that take these back; of two steps of one item, both at once as well."""
    renames = tuple(renames)
    wholes: dict[FactKey, list[str]] = defaultdict(list)
    for rename in renames:
        wholes[rename.kind, rename.new].append(rename.old)
    back = [
        replace(rename, table=whole, old=rename.new, new=rename.old)
        for rename in reversed(renames)
        for whole in (
            wholes.get((WHOLE[rename.kind], rename.table), [rename.table])
            if rename.kind in WHOLE
            else [rename.old]
        )
    ]
    both = [
        replace(second, old=first.old)
        for number, first in enumerate(back)
        for second in back[number + 1 :]
        if (second.kind, second.table, second.old) == (first.kind, first.table, first.new)
        and second.new != first.old
    ]
    return (*back, *both)


@dataclass(frozen=True, slots=True)
class Declared:
    """Declared renames of one kind that may not be done yet.

    Attributes:
        plain: what renames.
        exchanges: the drafts of each exchange of names. Both names are there before and after;
            only the objects tell whether it was done.
    """

    plain: Drafts
    exchanges: tuple[Drafts, ...]


def declared(renames: Iterable[Rename], kind: RenameKind, ends: Ends) -> Declared:
    """The declared renames of a kind that are yet to be done; none once they are.

    Args:
        ends: from what there is when the renames of the kinds before this one are done.
    """
    moves = [Move.of(its) for its in renames if its.kind == kind]
    moves = applicable(moves, ends) if moves else []
    exchanges = circles(moves)
    going_round = {move for circle in exchanges for move in circle}
    return Declared(
        in_turn(move for move in moves if move not in going_round),
        tuple(in_turn(circle) for circle in exchanges),
    )


def applicable(moves: Iterable[Move], ends: Ends) -> list[Move]:
    """The moves from a name that goes to one that comes."""
    there, wanted = named(ends.live), named(ends.goal)
    # Of several earlier names, the last one that is there counts.
    arriving = {move.after: move for move in moves if move.before in there and move.after in wanted}
    left = {move.before: move for move in arriving.values()}
    while True:
        coming = {move.after for move in left.values()}
        kept = {
            before: move
            for before, move in left.items()
            if (move.after not in there or move.after in left)
            and (before not in wanted or before in coming)
        }
        if len(kept) == len(left):
            return [*kept.values()]
        left = kept


def from_declarations(declarations: Sequence[Rename], quoted: Sequence[str]) -> tuple[Rename, ...]:
    """Renames whose names PostgreSQL has quoted: three for each, in the order of the fields."""
    names = iter(quoted)
    return tuple(
        replace(rename, table=next(names), old=next(names), new=next(names))
        for rename in declarations
    )
