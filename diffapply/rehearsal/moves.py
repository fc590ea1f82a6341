"""Names that change, in an order in which each new one is free, even where they are exchanged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from diffapply.ddl import KINDS
from diffapply.ddl.statements import aside
from diffapply.model.catalog import FactKey


@dataclass(frozen=True, slots=True)
class Move:
    """Something that gets another name.

    Attributes:
        kind: one that has a statement to `rename` it.
        table: that it belongs to, by the name that it has then.
        old: the last part of its name, quoted; so is `new`.
    """

    kind: str
    table: str
    old: str
    new: str

    @property
    def before(self) -> FactKey:
        """The fact that it is under its old name."""
        return self._fact(self.old)

    @property
    def after(self) -> FactKey:
        """The fact that it is under its new name."""
        return self._fact(self.new)

    @property
    def statement(self) -> str:
        """What does it."""
        return KINDS[self.kind].rename.format(table=self.table, old=self.old, new=self.new)

    def in_two(self) -> tuple["Move", "Move"]:
        """The same by way of a third name."""
        third = aside(f"{self.table}.{self.old}")
        return replace(self, new=third), replace(self, old=third)

    def is_done_by(self, statements: Collection[str]) -> bool:
        """Whether it is among these statements, be it by way of a third name."""
        return any(its.statement in statements for its in (self, self.in_two()[1]))

    def frees(self, other: "Move") -> bool:
        """Whether the other one needs the name that this one gives up.

        Names of constraints may be those of indexes, which are unique in a schema.
        """
        if "column" in (self.kind, other.kind) and self.table != other.table:
            return False
        return self.old == other.new

    def _fact(self, name: str) -> FactKey:
        within_table = "{table}" in KINDS[self.kind].rename
        return self.kind, f"{self.table}.{name}" if within_table else name


def in_turn(moves: Iterable[Move]) -> tuple[str, ...]:
    """Statements in an order in which each new name is free.

    Where they go round in a circle, one of them waits under a third name.
    """
    waiting = [*moves]
    statements = []
    while waiting:
        ready = (move for move in waiting if not any(its.frees(move) for its in waiting))
        move = next(ready, None)
        if move is not None:
            waiting.remove(move)
        else:
            move, later = waiting.pop(0).in_two()
            waiting.append(later)
        statements.append(move.statement)
    return tuple(statements)


def circles(moves: Sequence[Move]) -> list[tuple[Move, ...]]:
    """Those of the moves that exchange names, each circle by itself."""
    leaving = {move.before: move for move in moves}
    found: list[tuple[Move, ...]] = []
    for first in moves:
        if any(first in circle for circle in found):
            continue
        circle = [first]
        while (following := leaving.get(circle[-1].after)) and following not in circle:
            circle.append(following)
        if following is first:
            found.append(tuple(circle))
    return found
