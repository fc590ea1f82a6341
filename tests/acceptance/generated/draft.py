"""A structure while it is drawn."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

from tests.acceptance.generated.names import NAMES, TEXTS
from tests.acceptance.generated.structure import Item, Relation, Structure

_T = TypeVar("_T")
_I = TypeVar("_I", bound=Item)


class Draft:
    """What was drawn so far, and the means to draw more.

    Args:
        draw: hypothesis's.
        version: the major version of PostgreSQL that the structure is for.
    """

    def __init__(self, draw: st.DrawFn, version: int, items: Iterable[Item] = ()) -> None:
        self.draw = draw
        self.version = version
        self.structure = Structure.of(items)

    @property
    def items(self) -> tuple[Item, ...]:
        return self.structure.items

    def add(self, item: Item | None) -> None:
        """Add an item, if it fits."""
        if item is not None:
            self.structure = Structure.of((*self.items, item))

    def put(self, items: Iterable[Item]) -> None:
        """Let these be the items; those that do not fit any more are left out."""
        self.structure = Structure.of(items)

    def pick(self, choices: Iterable[_T]) -> _T:
        """One of them; the first is the simplest."""
        return self.draw(st.sampled_from(list(choices)))

    def some(self, choices: Sequence[_T], least: int = 1, most: int = 3) -> list[_T]:
        """Some of them, in any order."""
        most = min(most, len(choices))
        indexes = st.lists(
            st.integers(0, len(choices) - 1), min_size=min(least, most), max_size=most, unique=True
        )
        return [choices[index] for index in self.draw(indexes)]

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def chance(self, percent: int) -> bool:
        """True so often; False is the simpler one."""
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def text(self) -> str:
        return self.draw(TEXTS)

    def fresh(self) -> str:
        """A name that no item has yet."""
        taken = {name[-1] for item in self.items for name in item.names()}
        return self.fresh_of(taken)

    def fresh_of(self, taken: Iterable[str]) -> str:
        """A name that is none of those."""
        taken = set(taken)
        name = self.draw(NAMES)
        for _ in range(20):
            if name not in taken:
                return name
            name = self.draw(NAMES)
        return next(f"z{number}" for number in range(1000) if f"z{number}" not in taken)

    def of(self, kind: type[_I]) -> list[_I]:
        """The items of a kind."""
        return [item for item in self.items if isinstance(item, kind)]

    def relations(self, *kinds: str) -> list[Relation]:
        """What can be selected from, of these kinds or of all."""
        relations = self.structure.world().relations.values()
        return [relation for relation in relations if not kinds or relation.kind in kinds]
