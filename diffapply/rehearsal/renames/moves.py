"""Orders renames so that each new name is free, also if names are exchanged."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import Draft, Drafts, Renaming, aside, literal
from diffapply.model.catalog import Catalog, FactKey
from diffapply.model.plan import Rename
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
    """Drafts in an order in which each new name is free.

    In a circle, one object gets a temporary name.
    """
    waiting = [*moves]
    drafts: list[Draft] = []
    while waiting:
        ready = (move for move in waiting if not any(its.frees(move) for its in waiting))
        move = next(ready, None)
        if move is not None:
            waiting.remove(move)
        else:
            move, later = waiting.pop(0).in_two()
            waiting.append(later)
        drafts.append(move.draft)
    return tuple(drafts)


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
