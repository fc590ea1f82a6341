"""A structure as a value: items that need and provide, and that render valid SQL in an order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tests.acceptance.generated.columns import Column

Key = tuple[str, ...]
"""What one item provides and others need, such as ``("column", "t", "c", "integer")``."""

NOTHING: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Expr:
    """An expression, and what must be there for it."""

    sql: str
    needs: frozenset[Key] = NOTHING


@dataclass(frozen=True)
class Relation:
    """What can be selected from.

    Attributes:
        kind: ``table``, ``partitioned``, ``view`` or ``materialized view``.
        partition_key: names of columns that every unique key of it must have.
        permanent: not unlogged.
        tree: for a partition, the table at the top; else empty.
    """

    name: str
    kind: str
    columns: "tuple[Column, ...]"
    partition_key: frozenset[str] = frozenset()
    permanent: bool = True
    tree: str = ""

    @property
    def root(self) -> bool:
        """Whether it is no partition."""
        return not self.tree

    @property
    def is_table(self) -> bool:
        return self.kind in ("table", "partitioned")

    def keys(self) -> set[Key]:
        """What the relation and its columns provide."""
        keys: set[Key] = {("relation", self.name), (self.kind, self.name)}
        if self.is_table:
            keys.add(("any table", self.name))
        if self.is_table and self.permanent:
            keys.add(("permanent", self.name))
        for column in self.columns:
            keys |= {
                ("column", self.name, column.name),
                ("column", self.name, column.name, column.type.sql),
            }
        return keys


@dataclass
class World:
    """What there is already, while items are put in order."""

    keys: set[Key] = field(default_factory=set)
    names: set[Key] = field(default_factory=set)
    relations: dict[str, Relation] = field(default_factory=dict)

    def admit(self, item: "Item") -> None:
        """Add what an item provides."""
        self.keys |= item.provides()
        self.names |= item.names()
        if relation := item.relation(self):
            self.relations[relation.name] = relation
            self.keys |= relation.keys()


@dataclass(frozen=True)
class Item:
    """One thing that is created."""

    name: str

    def names(self) -> frozenset[Key]:
        """Names that no other item may have: by default in the one room of relations and types."""
        return frozenset({("relation", self.name)})

    def needs(self) -> frozenset[Key]:
        """What must be there before it."""
        return NOTHING

    def provides(self) -> frozenset[Key]:
        """What is there after it, beside its relation."""
        return NOTHING

    def relation(self, world: World) -> Relation | None:
        """What can be selected from it."""
        del world
        return None

    def fits(self, world: World) -> bool:
        """Whether it can be created now."""
        return self.needs() <= world.keys and not self.names() & world.names

    def trimmed(self, world: World) -> Self | None:
        """What of it can be created when some of what it needs will never be there."""
        del world
        return None

    def statements(self, world: World) -> list[str]:
        """What creates it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Structure:
    """What stands in a schema: only items that can be created, in an order in which they can."""

    items: tuple[Item, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Structure":
        """The structure of those items that have what they need."""
        placed: list[Item] = []
        world = World()
        waiting = list(items)
        while waiting:
            item = _next(waiting, world)
            if item is None:
                break
            placed.append(item)
            world.admit(item)
        return cls(tuple(placed))

    def world(self) -> World:
        """All there is."""
        world = World()
        for item in self.items:
            world.admit(item)
        return world

    def statements(self) -> tuple[str, ...]:
        """What builds it in an empty schema that is the current one."""
        world = World()
        statements: list[str] = []
        for item in self.items:
            statements += item.statements(world)
            world.admit(item)
        return tuple(statements)

    def __str__(self) -> str:
        return ";\n".join(self.statements()) + ";\n"


def _next(waiting: list[Item], world: World) -> Item | None:
    for index, item in enumerate(waiting):
        if item.fits(world):
            return waiting.pop(index)
    for index, item in enumerate(waiting):
        trimmed = item.trimmed(world)
        if trimmed is not None and trimmed.fits(world):
            del waiting[index]
            return trimmed
    return None
