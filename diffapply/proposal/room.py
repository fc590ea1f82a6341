"""What must be dropped before anything else, to make room."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.kinds.new_table import waits_for_key
from diffapply.model.catalog import Ends, Fact, FactKey
from diffapply.values import Column, Constraint, ForeignKey, Index, Key
from diffapply.values.grammar import names_any

_RELATIONS = ("relation", "index", "type")


def retyped(ends: Ends) -> list[FactKey]:
    """The columns that get another type."""
    return [
        fact.key
        for fact in ends.live.by_kind.get("column", ())
        if ends.changes(fact.key)
        and Column.of(ends.goal.facts[fact.key]).plain != Column.of(fact).plain
    ]


def referred_keys_to_go(ends: Ends) -> list[FactKey]:
    """The keys that foreign keys refer to and that go, or change, although their tables stay."""
    constraints = ends.live.by_kind.get("constraint", ())
    referred = {
        its.table for fact in constraints if isinstance(its := Constraint.of(fact), ForeignKey)
    }
    return [
        fact.key
        for fact in constraints
        if fact.object in referred
        and ("table", fact.object) in ends.goal.facts
        and not ends.keeps(fact.key)
        and isinstance(Constraint.of(fact), Key)
    ]


class Room:
    """Tells what must go first between two structures."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends

    def is_made_by(self, fact: Fact) -> bool:
        """Whether a fact that goes stands in the way of one that comes.

        It has a name that is needed, or is a foreign key to a key that changes, or a key on which a
        foreign key that comes would rest, or an index that would be built again for a column's new
        type before it goes.
        """
        if KINDS[fact.kind].namespace in _RELATIONS and fact.name in self._names_to_come:
            return True
        key = Constraint.of(fact) if fact.kind == "constraint" else None
        if isinstance(key, Key):
            return (fact.object, frozenset(key.columns)) in self._referred_anew
        if waits_for_key(fact, self._ends.live, self._ends.goal):
            return ("table", fact.object) in self._ends.goal.facts
        return fact.kind == "index" and names_any(
            Index.of(fact).rest, self._retyped.get(fact.object, ())
        )

    @cached_property
    def _names_to_come(self) -> frozenset[str]:
        coming = (
            fact for key, fact in self._ends.goal.facts.items() if key not in self._ends.live.facts
        )
        return frozenset(fact.part for fact in coming if _has_name(fact))

    @cached_property
    def _referred_anew(self) -> frozenset[tuple[str, frozenset[str | None]]]:
        """Tables and columns to which foreign keys come: they must not rest on a key that goes."""
        coming = (
            Constraint.of(fact)
            for fact in self._ends.goal.by_kind.get("constraint", ())
            if fact.key not in self._ends.live.facts
        )
        keys = (its for its in coming if isinstance(its, ForeignKey))
        return frozenset((its.table, frozenset(its.referenced)) for its in keys)

    @cached_property
    def _retyped(self) -> Mapping[str, Sequence[str]]:
        """Table → its columns that get another type."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in retyped(self._ends):
            fact = self._ends.live.facts[key]
            found[fact.object].append(fact.part)
        return found


def _has_name(fact: Fact) -> bool:
    """Whether its name is a relation's: a constraint has one with its index."""
    return KINDS[fact.kind].namespace in _RELATIONS or fact.kind == "constraint"
