"""Orders renames so that each new name is free, also if names are exchanged."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from typing import Self

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import Draft, Drafts, Renaming, aside, literal
from diffapply.model.catalog import Catalog, FactKey
from diffapply.model.rename import Rename
from diffapply.values import Enum

WHOLE: Mapping[str, str] = {
    "column": "table",
    "index": "table",
    "constraint": "table",
    "label": "enum",
}
"""Kind → the kind of what it belongs to."""

_OF_A_TABLE = frozenset({"column", "label", "trigger", "policy", "rule"})
"""Kinds whose names mean something within a table or enum alone."""

_ANYWHERE = "*"
"""Stands for all tables."""

_STATEMENTS: Mapping[str, str] = {
    "view": "ALTER VIEW {old} RENAME TO {new}",
    "materialized view": "ALTER MATERIALIZED VIEW {old} RENAME TO {new}",
    "label": "ALTER TYPE {table} RENAME VALUE {old} TO {new}",
}
"""Those that the table of kinds does not have: a label is no fact of its own."""


@dataclass(frozen=True, slots=True)
class Move:
    """A rename of one object.

    Attributes:
        kind: a kind with a statement to `rename` it, or ``label``.
        table: the table or enum it belongs to, by its name at that time.
        old: the last part of the old name, quoted; of a label, the constant; `new` likewise.
    """

    kind: str
    table: str
    old: str
    new: str

    @classmethod
    def of(cls, rename: Rename) -> Self:
        """The move that does a declared rename."""
        return cls(rename.kind, rename.table, rename.old, rename.new)

    @property
    def before(self) -> FactKey:
        """The key of its fact under the old name; see `named`."""
        return self._fact(self.old)

    @property
    def after(self) -> FactKey:
        """The key of its fact under the new name."""
        return self._fact(self.new)

    @property
    def statement(self) -> str:
        """The statement that renames it."""
        return self._pattern.format(table=self.table, old=self.old, new=self.new)

    @property
    def draft(self) -> Renaming:
        """The same as a draft."""
        return Renaming(self.statement, self.kind, self.old, self.new)

    def in_two(self) -> tuple["Move", "Move"]:
        """The same in two steps, with a temporary name."""
        third = aside(f"{self.table}.{self.old}")
        if self.kind == "label":
            third = literal(third)
        return replace(self, new=third), replace(self, old=third)

    def is_done_by(self, statements: Collection[str]) -> bool:
        """Whether these statements do it, also with a temporary name."""
        return any(its.statement in statements for its in (self, self.in_two()[1]))

    def frees(self, other: "Move") -> bool:
        """Whether the other move needs the old name of this one.

        A constraint may share its name with an index; index names are unique in a schema.
        """
        if _OF_A_TABLE & {self.kind, other.kind} and self.table != other.table:
            return False
        return self.old == other.new

    @property
    def places(self) -> tuple[str, ...]:
        """Where another that has its name may be: in its table, or anywhere."""
        return (self.table,) if self.kind in _OF_A_TABLE else (self.table, _ANYWHERE)

    @property
    def _pattern(self) -> str:
        return _STATEMENTS.get(self.kind) or KINDS[self.kind].rename

    def _fact(self, name: str) -> FactKey:
        return self.kind, f"{self.table}.{name}" if "{table}" in self._pattern else name


def named(catalog: Catalog) -> frozenset[FactKey]:
    """The keys of all facts, and of the labels of enums as if these were facts."""
    labels = (
        ("label", f"{fact.name}.{label}")
        for fact in catalog.by_kind.get("enum", ())
        for label in Enum.of(fact).labels
    )
    return frozenset(catalog.facts).union(labels)


def in_turn(moves: Iterable[Move]) -> Drafts:
    """Drafts in an order in which each new name is free; else as they come.

    In a circle, one object gets a temporary name.
    """
    waiting = _Waiting()
    drafts: list[Draft] = []
    for move in moves:
        waiting.add(move)
    while waiting.moves:
        drafts.append(waiting.next().draft)
    return tuple(drafts)


class _Waiting:
    """Moves that are yet to be done, by their turns.

    Attributes:
        moves: turn → move, in order.
    """

    def __init__(self) -> None:
        self.moves: dict[int, Move] = {}
        self._turn = count()
        self._ready: list[int] = []  # a heap of turns; some may be done, or ready no more
        self._leaving: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._coming: dict[tuple[str, str], list[int]] = defaultdict(list)

    def add(self, move: Move) -> None:
        """Let it wait behind all others."""
        turn = next(self._turn)
        self.moves[turn] = move
        for place in move.places:
            self._leaving[place, move.old].append(turn)
            self._coming[place, move.new].append(turn)
        heappush(self._ready, turn)

    def next(self) -> Move:
        """The first one whose new name is free; in a circle, half of one that makes room."""
        while self._ready:
            turn = heappop(self._ready)
            if turn in self.moves and self._is_ready(self.moves[turn]):
                return self._done(turn)
        move, later = self._done(next(iter(self.moves))).in_two()
        self.add(later)
        return move

    def _done(self, turn: int) -> Move:
        """Take one out; then others may be ready."""
        move = self.moves.pop(turn)
        for place in move.places:
            for other in self._coming[place, move.old]:
                heappush(self._ready, other)
        return move

    def _is_ready(self, move: Move) -> bool:
        return not any(
            other in self.moves and self.moves[other].frees(move)
            for place in move.places
            for other in self._leaving[place, move.new]
        )


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
