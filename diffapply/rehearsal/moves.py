"""Orders renames so that each new name is free, also if names are exchanged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from diffapply.ddl import KINDS
from diffapply.ddl.statements import aside
from diffapply.model.catalog import FactKey


@dataclass(frozen=True, slots=True)
class Move:
    """A rename of one object.

    Attributes:
        kind: a kind with a statement to `rename` it.
        table: the table it belongs to, by the name that the table has then.
        old: the last part of the old name, quoted; `new` likewise.
    """

    kind: str
    table: str
    old: str
    new: str

    @property
    def before(self) -> FactKey:
        """The key of its fact under the old name."""
        return self._fact(self.old)

    @property
    def after(self) -> FactKey:
        """The key of its fact under the new name."""
        return self._fact(self.new)

    @property
    def statement(self) -> str:
        """The statement that renames it."""
        return KINDS[self.kind].rename.format(table=self.table, old=self.old, new=self.new)

    def in_two(self) -> tuple["Move", "Move"]:
        """The same in two steps, with a temporary name."""
        third = aside(f"{self.table}.{self.old}")
        return replace(self, new=third), replace(self, old=third)

    def is_done_by(self, statements: Collection[str]) -> bool:
        """Whether these statements do it, also with a temporary name."""
        return any(its.statement in statements for its in (self, self.in_two()[1]))

    def frees(self, other: "Move") -> bool:
        """Whether the other move needs the old name of this one.

        A constraint may share its name with an index; index names are unique in a schema.
        """
        if "column" in (self.kind, other.kind) and self.table != other.table:
            return False
        return self.old == other.new

    def _fact(self, name: str) -> FactKey:
        within_table = "{table}" in KINDS[self.kind].rename
        return self.kind, f"{self.table}.{name}" if within_table else name


def in_turn(moves: Iterable[Move]) -> tuple[str, ...]:
    """Statements in an order in which each new name is free.

    In a circle, one object gets a temporary name.
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
    """The circles of moves that exchange names."""
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
