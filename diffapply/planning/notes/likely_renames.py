"""Notes on a drop and an add that look like a rename, which nobody has declared.

Such a note asks, so it must be worth the question: what is added is like what is dropped, and
stands where that stood. Its advice is a declaration that the desired state can hold.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from diffapply.ddl.structure.draws import drawn_by
from diffapply.ddl.structure.partitions import parent_of
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.planning.notes.asked_renames import asked
from diffapply.planning.notes.subject import Subject
from diffapply.rehearsal.renames.declared import applicable
from diffapply.rehearsal.renames.moves import Move
from diffapply.values import Column, Constraint, Enum, ForeignKey, Table

_ALIKE = (
    {"smallint", "integer", "bigint", "numeric", "real", "double precision"},
    {"text", "character varying", "character", "citext"},
    {"date", "timestamp without time zone", "timestamp with time zone"},
    {"time without time zone", "time with time zone"},
    {"json", "jsonb"},
    {"inet", "cidr"},
    {"bit", "bit varying"},
)
"""Types that people turn into each other."""

_SIZE = re.compile(r"\([\d,]+\)")


def notes(subject: Subject) -> Iterator[str]:
    """A sentence for each drop and add that look like a rename.

    What can be declared is found out only if there is something to ask.
    """
    moves = [Move.of(rename) for rename in subject.renames]
    known = {key for move in moves for key in (move.before, move.after)}
    wholes = [move for move in moves if move.kind in ("table", "enum")]
    renamed = applicable(wholes, Ends(subject.source, subject.goal)) if wholes else ()
    formerly = {move.after: move.old for move in renamed}
    pairs = _Pairs(subject.source, subject.goal, known, formerly)
    if found := (*pairs.tables(), *pairs.columns(), *pairs.labels()):
        places: dict[tuple[str, str, str], str] = {
            (one.kind, one.table, one.name): one.place for one in subject.declarable()
        }
        yield from (asked(move, places) for move in found)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Finds pairs that may be one object under two names; nothing is in two pairs.

    Attributes:
        known: what declared renames are about.
        formerly: key in the goal → old name, of tables and enums that are renamed.
    """

    live: Catalog
    goal: Catalog
    known: set[FactKey]
    formerly: Mapping[FactKey, str]

    def tables(self) -> Iterator[Move]:
        """Tables with mostly the same columns."""
        gone = self._only_in(self.live, self.goal)
        come = self._only_in(self.goal, self.live)
        parents = {old: new for (kind, new), old in self.formerly.items() if kind == "table"}
        while True:  # partitions are known by their tables, and others by those they refer to
            likely = [
                (likeness, old.name, new.name)
                for old in gone
                for new in come
                if (likeness := self._likeness(old, new, parents))
            ]
            found = _best(likely)
            if not found:
                return
            yield from (Move("table", new, old, new) for old, new in found)
            parents.update(found)
            gone = [fact for fact in gone if fact.name not in parents]
            come = [fact for fact in come if fact.name not in parents.values()]

    def _only_in(self, one: Catalog, other: Catalog) -> list[Fact]:
        return [
            fact
            for fact in one.by_kind.get("table", ())
            if fact.key not in other.facts and fact.key not in self.known
        ]

    def _likeness(self, old: Fact, new: Fact, tables: Mapping[str, str]) -> tuple[float, ...]:
        """The share of their columns that is the same; nothing if it is not most of them.

        What only refers to others, as tables between two do, takes the names of its columns from
        these: so a column may also be the same because it leads to the same table.

        Args:
            tables: old name → new name.
        """
        had, wants = (replace(Table.of(its), options=None) for its in (old, new))
        parent = parent_of(old.name, self.live)
        if had != wants or tables.get(parent or "", parent) != parent_of(new.name, self.goal):
            return ()
        one, other = (
            {(fact.part, fact.definition) for fact in catalog.parts("column", its.name)}
            for catalog, its in ((self.live, old), (self.goal, new))
        )
        same, larger = len(one & other), max(len(one), len(other))
        share = same / larger if larger else 0
        renamed = {**tables, old.name: new.name}
        if one and _leading(old.name, self.live, renamed) == _leading(new.name, self.goal, {}):
            return 1, share
        enough = one == other or same > 1
        return (share, share) if enough and 2 * same > larger else ()

    def columns(self) -> Iterator[Move]:
        """Columns of equal or compatible type, at the same place or beside the same one."""
        for table in self.goal.by_kind.get("table", ()):
            before = self.formerly.get(table.key, table.name)
            if not _has_own_columns(before, self.live) or not _has_own_columns(
                table.name, self.goal
            ):
                continue
            had = _ordered(self.live.parts("column", before))
            wants = _ordered(self.goal.parts("column", table.name))
            dropped = [fact for name, fact in had.items() if name not in wants]
            added = [fact for name, fact in wants.items() if name not in had]
            likely = [
                ((likeness, closeness), old.part, new.part)
                for old in dropped
                for new in added
                if not self._is_known("column", table.name, old.part, new.part)
                and (likeness := _compatibility(old, new))
                and self._mean_the_same(old, new)
                and (closeness := _closeness([*had], old.part, [*wants], new.part))
            ]
            yield from (Move("column", table.name, old, new) for old, new in _best(likely))

    def _mean_the_same(self, old: Fact, new: Fact) -> bool:
        """Whether both number the rows or neither, and do not lead to different keys."""
        if _numbers(old, self.live) != _numbers(new, self.goal):
            return False
        tables = {was: its for (kind, its), was in self.formerly.items() if kind == "table"}
        leads = _leads(old.object, self.live, tables)[old.part]
        others = _leads(new.object, self.goal, {})[new.part]
        return not (leads and others) or not {*leads}.isdisjoint(others)

    def labels(self) -> Iterator[Move]:
        """Labels of an enum at the same place or beside the same one."""
        for enum in self.goal.by_kind.get("enum", ()):
            before = self.live.facts.get(("enum", self.formerly.get(enum.key, enum.name)))
            had = Enum.of(before).labels if before else ()
            wants = Enum.of(enum).labels
            likely = [
                ((closeness,), old, new)
                for old in had
                if old not in wants
                for new in wants
                if new not in had
                and not self._is_known("label", enum.name, old, new)
                and (closeness := _closeness(had, old, wants, new))
            ]
            yield from (Move("label", enum.name, old, new) for old, new in _best(likely))

    def _is_known(self, kind: str, whole: str, *names: str) -> bool:
        return any((kind, f"{whole}.{name}") in self.known for name in names)


_Lead = tuple[str, int, int]
"""A table that a foreign key leads to; how many columns it has, and the place among them."""


def _leads(table: str, catalog: Catalog, renamed: Mapping[str, str]) -> dict[str, list[_Lead]]:
    """Column → where foreign keys lead from it."""
    leads: dict[str, list[_Lead]] = defaultdict(list)
    for fact in catalog.parts("constraint", table):
        key = Constraint.of(fact)
        if isinstance(key, ForeignKey):
            to = renamed.get(key.table, key.table)
            for place, column in enumerate(key.columns):
                leads[column].append((to, len(key.columns), place))
    return leads


def _leading(table: str, catalog: Catalog, renamed: Mapping[str, str]) -> Counter[object]:
    """Its columns; those of foreign keys by where they lead, and not by name."""
    leads = _leads(table, catalog, renamed)
    return Counter(
        (tuple(sorted(leads[its.part])) or its.part, its.definition)
        for its in catalog.parts("column", table)
    )


def _numbers(column: Fact, catalog: Catalog) -> bool:
    """Whether a column draws numbers for its rows."""
    made = (catalog.facts.get((kind, column.name)) for kind in ("default", "identity"))
    return any(fact and drawn_by(fact) for fact in made)


def _has_own_columns(table: str, catalog: Catalog) -> bool:
    """Whether it is there, and its columns are neither its type's nor its parents'."""
    return ("table", table) in catalog.facts and not any(
        (kind, table) in catalog.facts for kind in ("of type", "partition")
    )


def _ordered(columns: Iterable[Fact]) -> dict[str, Fact]:
    return {fact.part: fact for fact in sorted(columns, key=lambda fact: fact.position)}


def _compatibility(old: Fact, new: Fact) -> int:
    """2 for columns that are the same but for their names, 1 for similar types, 0 for others."""
    had, wants = Column.of(old), Column.of(new)
    if had.kept or wants.kept or had.inherited or wants.inherited:
        return 0  # it is computed, or the parents' is renamed
    if had == wants:
        return 2
    one, other = (_SIZE.sub("", its.type) for its in (had, wants))
    return int(one == other or any(one in types and other in types for types in _ALIKE))


def _closeness(had: Sequence[str], old: str, wants: Sequence[str], new: str) -> int:
    """How much tells that both stand at one place: their numbers, and their neighbours.

    Numbers alone tell it only where nothing has come between or gone.
    """
    here, there = had.index(old), wants.index(new)
    before = here > 0 < there and had[here - 1] == wants[there - 1]
    behind = had[here + 1 : here + 2] == wants[there + 1 : there + 2] and here + 1 < len(had)
    beside = before + behind
    return (here == there) + beside if beside or len(had) == len(wants) else 0


def _best(pairs: Iterable[tuple[tuple[float, ...], str, str]]) -> list[tuple[str, str]]:
    """The likeliest pairs; no name is in two of them."""
    found: dict[str, str] = {}
    for _, old, new in sorted(pairs, key=itemgetter(0), reverse=True):
        if old not in found and new not in found.values():
            found[old] = new
    return [*found.items()]
