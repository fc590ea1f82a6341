"""A structure while it is drawn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st

from tests.acceptance.generated.names import NAMES, TEXTS
from tests.acceptance.generated.structure import Column, Item, Keys, Structure, Type

_T = TypeVar("_T")
_RELATIONS = ("table", "partition", "view", "materialized view")


@dataclass(frozen=True)
class Relation:
    """What can be selected from.

    Attributes:
        kind: that of the item that makes it: ``table``, ``partition``, ``view``, …
        tree: for a partition, the table at the top; else itself.
        key: names of columns that it, or a table above it, is partitioned by.
        leaf: it is not partitioned itself.
        within: what tells that it has the columns of those above it.
    """

    name: str
    kind: str
    columns: tuple[Column, ...]
    tree: str
    key: frozenset[str]
    leaf: bool
    within: Keys

    @property
    def is_table(self) -> bool:
        return self.kind in ("table", "partition")

    @property
    def above(self) -> set[str]:
        """Itself and the tables whose columns it has."""
        return {table for _, _, table in self.within}

    def needs(self, *columns: Column) -> Keys:
        """That it is there, with these columns."""
        within = {("within", self.name, column.of) for column in columns}
        return frozenset({("relation", self.name)}).union(within, *(c.keys for c in columns))


class Draft:
    """What was drawn so far, and the means to draw more.

    Args:
        draw: hypothesis's.
        version: the major version of PostgreSQL that the structure is for.

    Attributes:
        focus: the relation that something is drawn anew for, where that is possible; or empty.
    """

    def __init__(self, draw: st.DrawFn, version: int, structure: Structure) -> None:
        self.focus = ""
        self.draw = draw
        self.version = version
        self.structure = structure

    @property
    def items(self) -> tuple[Item, ...]:
        return self.structure.items

    def put(self, items: Iterable[Item]) -> None:
        """Let these be the items; those that do not fit any more are left out."""
        self.structure = Structure.of(items)

    def pick(self, choices: Iterable[_T]) -> _T:
        """One of them; the first is the simplest."""
        return self.draw(st.sampled_from(list(choices)))

    def some(self, choices: Sequence[_T], most: int = 3) -> list[_T]:
        """One or more of them, in any order."""
        places = st.integers(0, len(choices) - 1)
        chosen = self.draw(st.lists(places, min_size=1, max_size=most, unique=True))
        return [choices[place] for place in chosen]

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def chance(self, percent: int) -> bool:
        """True so often; False is the simpler one."""
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def text(self) -> str:
        return self.draw(TEXTS)

    def name(self, taken: Iterable[str] = ()) -> str:
        """A name that is none of those."""
        taken = {*taken}
        name = self.draw(NAMES)
        numbered = (f"z{number}" for number in range(len(taken) + 1))
        return name if name not in taken else next(n for n in numbered if n not in taken)

    def fresh(self) -> str:
        """A name that nothing has yet."""
        return self.name(name for item in self.items for key in item.claims for name in key[1:])

    def of(self, *kinds: str) -> list[Item]:
        """The items of these kinds."""
        return [item for item in self.items if item.kind in kinds]

    def types(self) -> list[Type]:
        """The types of the structure's own."""
        return [
            item.type for item in self.items if item.type and item.kind not in ("function", "test")
        ]

    def relations(self, wanted: Callable[[Relation], bool] = lambda _: True) -> list[Relation]:
        """What can be selected from."""
        found: dict[str, Relation] = {}
        for item in self.items:
            if item.kind in _RELATIONS:
                found[item.name] = self._relation(item, found)
        return [relation for relation in found.values() if wanted(relation)]

    def one_of(self, relations: Sequence[Relation]) -> Relation:
        """One of them; that in focus, if it is among them."""
        return next((r for r in relations if r.name == self.focus), None) or self.pick(relations)

    def tables(self, wanted: Callable[[Relation], bool] = lambda _: True) -> list[Relation]:
        """Tables with columns, partitions included."""
        return self.relations(lambda r: r.is_table and bool(r.columns) and wanted(r))

    def _relation(self, item: Item, above: dict[str, Relation]) -> Relation:
        parents = [above[parent] for parent in item.parents]
        partition = item.kind == "partition"
        own = {key[3] for key in item.gives if key[0] == "partition key"}
        columns = {column.name: column for parent in parents for column in parent.columns}
        columns |= {
            column.name: column
            for part in self.items
            if part.on == item.name
            for column in part.columns
        }
        keys = [parent.key for parent in parents] if partition else []
        return Relation(
            item.name,
            item.kind,
            tuple(columns.values()),
            tree=parents[0].tree if partition else item.name,
            key=frozenset(own).union(*keys),
            leaf=not own,
            within=frozenset(key for key in item.gives if key[0] == "within"),
        )
