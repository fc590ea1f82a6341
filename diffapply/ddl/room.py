"""What must be dropped before anything else, to make room."""

from collections.abc import Iterator
from functools import cached_property

from diffapply.ddl import KINDS
from diffapply.ddl.new_table import waits_for_key
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import Column, Index
from diffapply.values.grammar import names_any

_RELATIONS = ("relation", "index", "type")


class Room:
    """Between one structure and the next."""

    def __init__(self, live: Catalog, goal: Catalog) -> None:
        self._live = live
        self._goal = goal

    def is_made_by(self, fact: Fact) -> bool:
        """Whether something that goes stands in the way of what comes.

        It has a name that is needed, or is a foreign key to a key that changes, or an index that
        would be built again for a column's new type before it goes.
        """
        if KINDS[fact.kind].names in _RELATIONS and fact.name in self._names_to_come:
            return True
        if waits_for_key(fact, self._live, self._goal):
            return ("table", fact.object) in self._goal.facts
        return fact.kind == "index" and names_any(Index.of(fact).rest, self._retyped(fact.object))

    @cached_property
    def _names_to_come(self) -> frozenset[str]:
        coming = (fact for key, fact in self._goal.facts.items() if key not in self._live.facts)
        return frozenset(fact.part for fact in coming if _has_name(fact))

    def _retyped(self, table: str) -> Iterator[str]:
        for fact in self._goal.parts("column", table):
            old = self._live.facts.get(fact.key)
            if old and Column.of(old).plain != Column.of(fact).plain:
                yield fact.part


def _has_name(fact: Fact) -> bool:
    """Whether its name is a relation's: a constraint has one with its index."""
    return KINDS[fact.kind].names in _RELATIONS or fact.kind == "constraint"
