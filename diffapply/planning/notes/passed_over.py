"""Notes on declared renames that a transition does not do."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from diffapply.model.catalog import FactKey
from diffapply.planning.notes.subject import Subject
from diffapply.rehearsal.renames.moves import WHOLE, Move, named


def notes(subject: Subject) -> Iterator[str]:
    """Sentences on declared renames that it does not do, but for those done long ago."""
    renames = subject.renames
    if subject.of_template:  # its object of the old name is not managed
        renames = tuple(rename for rename in renames if rename.kind in WHOLE)
    there, wanted = named(subject.source), named(subject.goal)
    statements = {statement.sql for statement in subject.statements}
    done = [move for move in map(Move.of, renames) if move.is_done_by(statements)]
    wholes = {(move.kind, move.new): move.old for move in done if move.kind not in WHOLE}
    arrived = {move.after for move in done}
    alike: dict[FactKey, list[Move]] = defaultdict(list)
    for move in map(Move.of, renames):
        if move.after in wanted and move.after not in arrived:
            whole = wholes.get((WHOLE.get(move.kind, ""), move.table), move.table)
            alike[move.after].append(replace(move, table=whole))
    leaving = {move.before for moves in alike.values() for move in moves}
    for (_, name), moves in alike.items():
        if sentence := _why_not(name, moves, leaving, there, wanted):
            yield sentence


def _why_not(
    name: str,
    moves: Sequence[Move],
    leaving: Collection[FactKey],
    live: Collection[FactKey],
    goal: Collection[FactKey],
) -> str:
    """The sentence on moves to one name; empty if there is nothing to say.

    Args:
        name: the whole one, as the goal has it.
        leaving: the objects that are declared to get another name.
        live: the names that are taken there; likewise in the `goal`.
    """
    there = [move for move in moves if move.before in live]
    kind, new = moves[0].kind, moves[0].after
    arrived = new in live
    if not there:
        within = (WHOLE.get(kind), moves[0].table) in live
        expected = within and kind in ("column", "label") if kind in WHOLE else bool(live)
        if arrived or not expected:
            return ""
        olds = " or ".join(move.before[1] for move in moves)
        return f"{kind} {name} is declared as renamed from {olds}, which is not there: it is new."
    old = there[-1].before
    declared_so = f"{kind} {old[1]} is not renamed to {name}, as declared"
    if old not in goal:
        return f"{declared_so}: both are there." if arrived else ""
    if not arrived:
        return f"{declared_so}: the desired state has both."
    if new in leaving:
        return (
            f"{declared_so}, in exchange with others: it looks as if that was done. Take the "
            "declaration out; where it was not done, nothing tells the two apart."
        )
    return ""
