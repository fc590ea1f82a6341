"""Notes on a drop and an add that look like a rename, which nobody has declared.

Such a note asks, so it must be worth the question: what is added is like what is dropped, and
stands where that stood. Its advice is a declaration that the desired state can hold.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from diffapply.ddl.structure.draws import drawn_by
from diffapply.ddl.structure.partitions import parent_of
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.planning.notes.asked_renames import asked
from diffapply.planning.notes.likeness import (
    beside,
    best,
    closeness,
    compatibility,
    differ_in_a_word,
    similarity,
)
from diffapply.planning.notes.subject import Subject
from diffapply.rehearsal.renames.declared import applicable
from diffapply.rehearsal.renames.moves import Move
from diffapply.values import Constraint, Enum, ForeignKey, Table

_ELSEWHERE = 2
"""How much it tells that the same names are likely in another table: as much as two neighbours."""


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
                (
                    (differ_in_a_word(*names), *likeness, similarity(*names)),
                    *names,
                )
                for old in gone
                for new in come
                for names in [(old.name, new.name)]
                if (likeness := self._likeness(old, new, parents))
            ]
            found = best(likely)
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

        Half of them will do if their names differ in a word alone.

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
        most = 2 * same > larger - differ_in_a_word(old.name, new.name)
        return (share, share) if enough and most else ()

    def columns(self) -> Iterator[Move]:
        """Columns of equal or compatible type, at one place or with the same index.

        Names that are likely in one table are likely in each: so a mixin of all tables is asked in
        all, wherever these have its columns.
        """
        fitting = {table.name: self._fitting(table) for table in self.goal.by_kind.get("table", ())}
        likely = {
            table: best(its.ranked() for its in pairs if its.evidence)
            for table, pairs in fitting.items()
        }
        times = Counter(names for found in likely.values() for names in found)
        for table, pairs in fitting.items():
            elsewhere = {names for names in times if times[names] > (names in likely[table])}
            ranked = [
                its.ranked(elsewhere) for its in pairs if its.evidence or its.names in elsewhere
            ]
            yield from (Move("column", table, old, new) for old, new in best(ranked))

    def _fitting(self, table: Fact) -> "list[_Columns]":
        """The columns of a table that could be one under two names."""
        before = self.formerly.get(table.key, table.name)
        if not _has_own_columns(before, self.live) or not _has_own_columns(table.name, self.goal):
            return []
        had = _ordered(self.live.parts("column", before))
        wants = _ordered(self.goal.parts("column", table.name))
        mean_the_same = self._meanings(before, table.name)
        fitting = [
            (likeness, old, new)
            for old in (fact for name, fact in had.items() if name not in wants)
            for new in (fact for name, fact in wants.items() if name not in had)
            if not self._is_known("column", table.name, old.part, new.part)
            and (likeness := compatibility(old, new))
            and mean_the_same(old, new)
        ]
        here = {old: beside(old, self.live) for _, old, _ in fitting}
        there = {new: beside(new, self.goal) for _, _, new in fitting}
        along = [
            (old.part, new.part)
            for likeness, old, new in fitting
            if likeness > 1 and not here[old].isdisjoint(there[new])
        ]
        ends = Counter(name for names in along for name in names)
        sure = {names for names in along if all(ends[name] == 1 for name in names)}
        return [
            _Columns(
                (old.part, new.part),
                likeness,
                closeness([*had], old.part, [*wants], new.part)
                or int((old.part, new.part) in sure),
            )
            for likeness, old, new in fitting
        ]

    def _meanings(self, before: str, table: str) -> Callable[[Fact, Fact], bool]:
        """Asks of two columns whether both number the rows or neither, and lead to one key."""
        tables = {was: its for (kind, its), was in self.formerly.items() if kind == "table"}
        led = _leads(before, self.live, tables)
        leads = _leads(table, self.goal, {})

        def mean_the_same(old: Fact, new: Fact) -> bool:
            if _numbers(old, self.live) != _numbers(new, self.goal):
                return False
            here, there = led.get(old.part, ()), leads.get(new.part, ())
            return not (here and there) or not {*here}.isdisjoint(there)

        return mean_the_same

    def labels(self) -> Iterator[Move]:
        """Labels of an enum at the same place or beside the same one."""
        for enum in self.goal.by_kind.get("enum", ()):
            before = self.live.facts.get(("enum", self.formerly.get(enum.key, enum.name)))
            had = Enum.of(before).labels if before else ()
            wants = Enum.of(enum).labels
            likely = [
                ((near,), old, new)
                for old in had
                if old not in wants
                for new in wants
                if new not in had
                and not self._is_known("label", enum.name, old, new)
                and (near := closeness(had, old, wants, new))
            ]
            yield from (Move("label", enum.name, old, new) for old, new in best(likely))

    def _is_known(self, kind: str, whole: str, *names: str) -> bool:
        return any((kind, f"{whole}.{name}") in self.known for name in names)


@dataclass(frozen=True, slots=True)
class _Columns:
    """A dropped and an added column that fit.

    Attributes:
        names: the old one and the new one.
        likeness: of their types.
        evidence: how much tells that they are one; 0 if nothing does.
    """

    names: tuple[str, str]
    likeness: int
    evidence: int

    def ranked(
        self, elsewhere: Collection[tuple[str, str]] = ()
    ) -> tuple[tuple[float, ...], str, str]:
        """With its rank for `best`.

        Args:
            elsewhere: names that are likely in other tables.
        """
        evidence = self.evidence + _ELSEWHERE * (self.names in elsewhere)
        return (self.likeness, evidence, similarity(*self.names)), *self.names


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
