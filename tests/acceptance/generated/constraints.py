"""Keys, checks, exclusions and foreign keys, which may form cycles."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.acceptance.generated.columns import Column
from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import quote
from tests.acceptance.generated.programs import Check
from tests.acceptance.generated.structure import NOTHING, Expr, Item, Key, Relation, World
from tests.acceptance.generated.types import predicate


@dataclass(frozen=True)
class Constraint(Item):
    """What ALTER TABLE adds to a table.

    Attributes:
        name: empty where PostgreSQL gives it one.
    """

    table: str

    def names(self) -> frozenset[Key]:
        return frozenset({("constraint", self.name)} if self.name else ())

    def needs(self) -> frozenset[Key]:
        return frozenset({("any table", self.table)})

    def provides(self) -> frozenset[Key]:
        return frozenset({("constraint", self.table, self.name)} if self.name else ())

    def definition(self) -> str:
        raise NotImplementedError

    def statements(self, world: World) -> list[str]:
        del world
        named = f"CONSTRAINT {quote(self.name)} " if self.name else ""
        return [f"ALTER TABLE {quote(self.table)} ADD {named}{self.definition()}"]


@dataclass(frozen=True)
class Unique(Constraint):
    """A primary or unique key."""

    columns: tuple[tuple[str, str], ...]
    primary: bool
    tail: str
    included: tuple[str, ...] = ()

    def names(self) -> frozenset[Key]:
        index = {("relation", self.name)} if self.name else set()
        primary = {("primary key", self.table)} if self.primary else set()
        return super().names() | index | primary

    def needs(self) -> frozenset[Key]:
        columns = {("column", self.table, *column) for column in self.columns}
        included = {("column", self.table, name) for name in self.included}
        return super().needs() | columns | included

    def provides(self) -> frozenset[Key]:
        if "DEFERRABLE" in self.tail:
            return super().provides()
        names = (name for name, _ in self.columns)
        key: set[Key] = {("unique", self.table, *names)}
        return super().provides() | key

    def fits(self, world: World) -> bool:
        if not super().fits(world):
            return False
        relation = world.relations[self.table]
        own = {column.name: column for column in relation.columns}
        names = {name for name, _ in self.columns}
        indexed = (*names, *self.included)
        return relation.partition_key <= names and all(own[name].indexable for name in indexed)

    def definition(self) -> str:
        word = "PRIMARY KEY" if self.primary else "UNIQUE"
        nulls = ""
        if self.tail.startswith("NULLS"):
            nulls = " NULLS NOT DISTINCT"
        tail = self.tail.removeprefix("NULLS NOT DISTINCT").strip()
        included = f" INCLUDE ({_listed(self.included)})" if self.included else ""
        return f"{word}{nulls} ({_listed(n for n, _ in self.columns)}){included} {tail}".rstrip()


@dataclass(frozen=True)
class Checked(Constraint):
    condition: Expr
    tail: str

    def needs(self) -> frozenset[Key]:
        return super().needs() | self.condition.needs

    def fits(self, world: World) -> bool:
        if not super().fits(world):
            return False
        kind = world.relations[self.table].kind
        return kind == "table" or self.tail != "NO INHERIT"

    def definition(self) -> str:
        return f"CHECK ({self.condition.sql}) {self.tail}".rstrip()


@dataclass(frozen=True)
class Exclusion(Constraint):
    column: str
    kind: str
    tail: str

    def names(self) -> frozenset[Key]:
        return super().names() | {("relation", self.name)}

    def needs(self) -> frozenset[Key]:
        column = ("column", self.table, self.column, self.kind)
        return super().needs() | {("table", self.table), column}

    def definition(self) -> str:
        if self.kind == "pg_catalog.int4range":
            return f"EXCLUDE USING gist ({quote(self.column)} WITH &&) {self.tail}".rstrip()
        return f"EXCLUDE ({quote(self.column)} WITH =) {self.tail}".rstrip()


@dataclass(frozen=True)
class ForeignKey(Constraint):
    columns: tuple[tuple[str, str], ...]
    target: str
    targets: tuple[str, ...]
    tail: str

    def needs(self) -> frozenset[Key]:
        here = {("column", self.table, name, kind) for name, kind in self.columns}
        pairs = zip(self.targets, self.columns, strict=True)
        there = {("column", self.target, name, kind) for name, (_, kind) in pairs}
        return super().needs() | here | there | {("unique", self.target, *self.targets)}

    def fits(self, world: World) -> bool:
        if not super().fits(world):
            return False
        here, there = world.relations[self.table], world.relations[self.target]
        own = {column.name: column for column in here.columns}
        return (
            (there.permanent or not here.permanent)
            and not any(own[name].computed for name, _ in self.columns)
            # PostgreSQL has no foreign keys within a tree of partitions.
            and (here.name == there.name or (here.tree or here.name) != (there.tree or there.name))
            and (here.kind == "table" or "NOT VALID" not in self.tail)
        )

    def definition(self) -> str:
        return (
            f"FOREIGN KEY ({_listed(name for name, _ in self.columns)}) "
            f"REFERENCES {quote(self.target)} ({_listed(self.targets)}) {self.tail}"
        ).rstrip()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quote, names))


def unique(draft: Draft, name: str) -> Unique | None:
    """A primary key if the table has none; of a partitioned table with its partition key."""
    tables = [relation for relation in draft.relations() if relation.is_table]
    if not tables:
        return None
    table = draft.pick(tables)
    columns = [column for column in table.columns if column.indexable]
    wanted = [column for column in columns if column.name in table.partition_key]
    others = [column for column in columns if column.name not in table.partition_key]
    if others and (not wanted or draft.chance(40)):
        wanted += draft.some(others, most=2)
    if not wanted:
        return None
    keys = {("primary key", table.name)} & draft.structure.world().names
    primary = not keys and table.root and draft.chance(70)
    tails = ["", "", "", "DEFERRABLE INITIALLY DEFERRED", "DEFERRABLE"]
    if not primary:
        tails.append("NULLS NOT DISTINCT")
    rest = [column for column in columns if column not in wanted]
    tails.append("WITH (fillfactor=80)")
    return Unique(
        "" if primary and draft.chance(30) else name,
        table.name,
        tuple((column.name, column.type.sql) for column in wanted),
        primary,
        draft.pick(tails),
        included=(rest[0].name,) if rest and draft.chance(15) else (),
    )


def check(draft: Draft, name: str) -> Checked | None:
    condition = _condition(draft)
    if condition is None:
        return None
    table, expression = condition
    tails = ["", "", "", "NOT VALID"]
    if table.kind == "table":
        tails.append("NO INHERIT")
    if draft.version >= 18:
        tails.append("NOT ENFORCED")
    return Checked(name, table.name, expression, draft.pick(tails))


def _condition(draft: Draft) -> tuple[Relation, Expr] | None:
    tables = [r for r in draft.relations() if r.is_table and r.columns]
    if not tables:
        return None
    table = draft.pick(tables)
    return table, condition(draft, table)


def condition(
    draft: Draft, table: Relation, prefix: str = "", columns: tuple[Column, ...] = ()
) -> Expr:
    """A condition on one or two columns, which may call a function of the structure's own.

    Args:
        prefix: in front of the columns, such as ``NEW.``.
        columns: those that it may be on; none given: all.
    """
    terms = []
    for its in draft.some(columns or table.columns, most=2):
        value = Expr(
            prefix + quote(its.name),
            frozenset({("column", table.name, its.name, its.type.sql)}),
        )
        fitting = [f for f in draft.of(Check) if f.takes == its.type]
        virtual = its.computed and not its.stored
        if fitting and not virtual and draft.chance(60):
            terms.append(draft.pick(fitting).call(value))
        else:
            terms.append(predicate(draft, value, its.type))
    word = draft.pick((" AND ", " OR "))
    return Expr(
        word.join(f"({term.sql})" for term in terms),
        NOTHING.union(*(term.needs for term in terms)),
    )


def exclusion(draft: Draft, name: str) -> Exclusion | None:
    pairs = [(r, c) for r in draft.relations("table") for c in r.columns if _excludable(c)]
    if not pairs:
        return None
    table, its = draft.pick(pairs)
    tails = ("", f"WHERE ({quote(its.name)} IS NOT NULL)", "DEFERRABLE")
    return Exclusion(name, table.name, its.name, its.type.sql, draft.pick(tails))


def _excludable(column: Column) -> bool:
    return column.indexable and not column.type.own


def foreign_key(draft: Draft, name: str) -> ForeignKey | None:
    """To any key of any table, its own included."""
    tables = [relation for relation in draft.relations() if relation.is_table]
    choices: list[tuple[Relation, tuple[Column, ...], Unique]] = []
    for key in draft.of(Unique):
        for table in tables:
            columns: list[Column] = []
            for _, kind in key.columns:
                columns += [
                    c
                    for c in table.columns
                    if c.type.sql == kind and not c.computed and c not in columns
                    # Of some arrays PostgreSQL finds no operator here.
                    and c.type.family != "array"
                ][:1]
            if len(columns) == len(key.columns):
                choices.append((table, tuple(columns), key))
    if not choices:
        return None
    table, columns_of, key = draft.pick(choices)
    tails = ["", "", "ON DELETE CASCADE", "ON UPDATE CASCADE ON DELETE SET NULL", "MATCH FULL"]
    tails += ["DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED", "ON DELETE SET DEFAULT"]
    tails += ["NOT VALID", f"ON DELETE SET NULL ({quote(columns_of[0].name)})"]
    if draft.version >= 18 and table.kind == "table":
        tails.append("NOT ENFORCED")
    return ForeignKey(
        name,
        table.name,
        tuple((column.name, column.type.sql) for column in columns_of),
        key.table,
        tuple(name for name, _ in key.columns),
        draft.pick(tails),
    )
