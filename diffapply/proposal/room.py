"""What must be dropped before anything else, to make room."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.kinds.new_table import waits_for_key
from diffapply.ddl.structure.partitions import is_partitioned
from diffapply.model.catalog import Ends, Fact, FactKey
from diffapply.values import Column, Constraint, ForeignKey, Index, Key
from diffapply.values.grammar import names_any

_RELATIONS = ("relation", "index", "type")


def retyped(ends: Ends) -> list[FactKey]:
    """The columns that get another type."""
    columns = ends.live.by_kind.get("column", ())
    return [fact.key for fact in columns if _is_retyped(fact.key, ends)]


def _is_retyped(column: FactKey, ends: Ends) -> bool:
    if not ends.changes(column):
        return False
    had, wants = ends.live.facts[column], ends.goal.facts[column]
    return Column.of(had).plain != Column.of(wants).plain


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


def rests_on_retyped(constraint: Fact, ends: Ends) -> bool:
    """Whether it is a foreign key to columns of another table that get other types.

    If it comes before they do, PostgreSQL checks all rows twice.
    """
    key = Constraint.of(constraint)
    if not isinstance(key, ForeignKey) or key.table == constraint.object:
        return False
    return any(_is_retyped(("column", f"{key.table}.{name}"), ends) for name in key.referenced)


def references_to_change(ends: Ends) -> list[FactKey]:
    """The foreign keys that change, and refer to columns that get other types."""
    return [
        fact.key
        for fact in ends.live.by_kind.get("constraint", ())
        if ends.changes(fact.key) and rests_on_retyped(ends.goal.facts[fact.key], ends)
    ]


def indexes_to_change(ends: Ends, columns: Collection[FactKey]) -> list[FactKey]:
    """The indexes on these columns, which get other types, that change: else they are built twice.

    Not those of partitioned tables, which bring along those of their partitions.
    """
    retyped = _by_table(columns, ends)
    return [
        fact.key
        for fact in ends.live.by_kind.get("index", ())
        if ends.changes(fact.key)
        and names_any(Index.of(fact).rest, retyped.get(fact.object, ()))
        and not is_partitioned(fact.object, ends.live)
        and ("index attachment", fact.name) not in ends.live.facts
        and not Index.of(fact).is_alike(Index.of(ends.goal.facts[fact.key]))
    ]


def comes_before_types(fact: Fact, ends: Ends) -> bool:
    """Whether it is an index whose parameters alone change, and new types build it with these."""
    had = ends.live.facts.get(fact.key) if fact.kind == "index" else None
    if had is None or not Index.of(had).is_alike(Index.of(fact)):
        return False
    return any(_is_retyped(its.key, ends) for its in ends.live.parts("column", fact.object))


def _by_table(columns: Iterable[FactKey], ends: Ends) -> Mapping[str, Sequence[str]]:
    """Table → those of these columns that it has."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in columns:
        fact = ends.live.facts[key]
        found[fact.object].append(fact.part)
    return found


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
        return _by_table(retyped(self._ends), self._ends)


def _has_name(fact: Fact) -> bool:
    """Whether its name is a relation's: a constraint has one with its index."""
    return KINDS[fact.kind].namespace in _RELATIONS or fact.kind == "constraint"
