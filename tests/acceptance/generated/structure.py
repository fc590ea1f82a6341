"""A structure as a value: items that need and give keys, in an order in which they can be made."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

from tests.acceptance.generated.names import quote

Key = tuple[str, ...]
"""What one item gives and others need, such as ``("column", "t", "c", "integer")``."""

Keys = frozenset[Key]

NOTHING: Keys = frozenset()


@dataclass(frozen=True)
class Expr:
    """An expression, and what must be there for it."""

    sql: str
    needs: Keys = NOTHING


@dataclass(frozen=True)
class Type:
    """A type of a column, attribute, domain or function.

    Attributes:
        family: what expressions fit it.
        values: constants of it.
        ordered: whether a btree may have it.
    """

    sql: str
    family: str
    values: tuple[Expr, ...] = ()
    needs: Keys = NOTHING
    ordered: bool = True

    @property
    def own(self) -> bool:
        """Whether the structure itself defines it."""
        return bool(self.needs)


@dataclass(frozen=True)
class Column:
    """A column of a relation.

    Attributes:
        of: the relation that has it of its own; its children and partitions have it as well.
        filled: by what, if not by whoever inserts a row.
    """

    of: str
    name: str
    type: Type
    filled: Literal["", "by counting", "by computing", "when read"] = ""

    @property
    def keys(self) -> Keys:
        """What gives it, and what those who use it need."""
        return frozenset({("column", self.of, self.name, self.type.sql)})

    @property
    def indexable(self) -> bool:
        """Whether a key or an index may have it."""
        return self.type.ordered and not self.virtual

    @property
    def computed(self) -> bool:
        return self.filled in ("by computing", "when read")

    @property
    def virtual(self) -> bool:
        return self.filled == "when read"


@dataclass(frozen=True)
class Item:
    """One thing that is made.

    Attributes:
        kind: names the strategy that made it.
        sql: the statement.
        on: the relation that it is, or is part of; empty if neither.
        needs: what must be there before it.
        gives: what is there after it.
        claims: what no other item may claim.
        columns: what it adds to the relation.
        parents: relations whose columns are its own as well.
        type: what a type is, what a function gives, or what a test takes.
    """

    kind: str
    name: str
    sql: str
    on: str = ""
    needs: Keys = NOTHING
    gives: Keys = NOTHING
    claims: Keys = NOTHING
    columns: tuple[Column, ...] = ()
    parents: tuple[str, ...] = ()
    type: Type | None = None


@dataclass(frozen=True)
class Structure:
    """What stands in a schema: only items that can be made, in an order in which they can."""

    items: tuple[Item, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Structure":
        """The structure of those items that have what they need."""
        placed: list[Item] = []
        given: set[Key] = set()
        claimed: set[Key] = set()
        waiting = list(items)
        while found := next(
            (i for i in waiting if i.needs <= given and not i.claims & claimed), None
        ):
            waiting.remove(found)
            placed.append(found)
            given |= found.gives
            claimed |= found.claims
        return cls(tuple(placed))

    def renamed(self, old: str, new: str) -> "Structure":
        """With another name wherever a plain one stands; the new one must be new to it."""
        items: tuple[Item, ...] = _renamed(self.items, old, new)
        return Structure(items)

    def __str__(self) -> str:
        """What builds it in an empty schema that is the current one."""
        return "".join(f"{item.sql};\n" for item in self.items)


def _renamed(value: Any, old: str, new: str) -> Any:  # noqa: ANN401 - whatever items are made of
    if isinstance(value, str):
        return new if value == old else value.replace(quote(old), quote(new))
    if isinstance(value, tuple | frozenset):
        return type(value)(_renamed(part, old, new) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        return replace(value, **{key: _renamed(part, old, new) for key, part in parts.items()})
    return value
