"""Indexes on tables, partitioned tables and materialized views; extended statistics."""

from dataclasses import dataclass

from tests.acceptance.generated.columns import Column
from tests.acceptance.generated.constraints import condition
from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import quote
from tests.acceptance.generated.programs import Check
from tests.acceptance.generated.structure import Expr, Item, Key, Relation, World


@dataclass(frozen=True)
class Index(Item):
    """An index.

    Attributes:
        parts: columns and expressions, with what is said of each.
        plain: names of columns, if it has no expressions and is unique over all rows.
    """

    table: str
    unique: bool
    method: str
    parts: tuple[Expr, ...]
    tail: Expr
    plain: frozenset[str] = frozenset()

    def needs(self) -> frozenset[Key]:
        return frozenset({("relation", self.table)}).union(
            self.tail.needs, *(part.needs for part in self.parts)
        )

    def provides(self) -> frozenset[Key]:
        index: set[Key] = {("index", self.table, self.name)}
        if self.method == "btree" and "WHERE" not in self.tail.sql:
            index.add(("whole index", self.table, self.name))
        return frozenset(index)

    def fits(self, world: World) -> bool:
        if not super().fits(world):
            return False
        relation = world.relations[self.table]
        if relation.kind == "view":
            return False
        return not self.unique or relation.partition_key <= self.plain

    def statements(self, world: World) -> list[str]:
        del world
        unique = "UNIQUE " if self.unique else ""
        parts = ", ".join(part.sql for part in self.parts)
        return [
            f"CREATE {unique}INDEX {quote(self.name)} ON {quote(self.table)} USING {self.method} "
            f"({parts}) {self.tail.sql}".rstrip()
        ]


@dataclass(frozen=True)
class Statistics(Item):
    table: str
    columns: tuple[tuple[str, str], ...]
    kinds: str

    def provides(self) -> frozenset[Key]:
        return frozenset({("statistics", self.name)})

    def needs(self) -> frozenset[Key]:
        columns = {("column", self.table, *column) for column in self.columns}
        return frozenset({("relation", self.table), *columns})

    def statements(self, world: World) -> list[str]:
        del world
        columns = ", ".join(quote(name) for name, _ in self.columns)
        kinds = f"({self.kinds}) " if self.kinds else ""
        return [f"CREATE STATISTICS {quote(self.name)} {kinds}ON {columns} FROM {quote(self.table)}"]


def _needs(table: str, column: Column) -> frozenset[Key]:
    return frozenset({("column", table, column.name, column.type.sql)})


def index(draft: Draft, name: str) -> Index | None:
    relations = [
        relation
        for relation in draft.relations("table", "partitioned", "materialized view")
        if any(column.indexable for column in relation.columns)
    ]
    if not relations:
        return None
    table = draft.pick(relations)
    columns = [column for column in table.columns if column.indexable]
    method = draft.pick(("btree", "btree", "btree", "hash", "brin", "gin"))
    if method == "gin":
        fitting = [c for c in columns if c.type.family == "json" and not c.type.own]
        if fitting:
            its = draft.pick(fitting)
            part = Expr(f"{quote(its.name)} jsonb_path_ops", _needs(table.name, its))
            return Index(name, table.name, False, "gin", (part,), Expr(""))
        method = "btree"
    if method == "brin":
        columns = [c for c in columns if c.type.family in ("int", "text", "time") and not c.type.own]
    if method == "hash":
        columns = [c for c in columns if c.type.family in ("int", "text", "enum")]
    if not columns:
        return None
    chosen = draft.some(columns, most=1 if method == "hash" else 3)
    unique = method == "btree" and draft.chance(30)
    parts, plain = [], set()
    for its in chosen:
        part, is_plain = _part(draft, table.name, its, method)
        parts.append(part)
        plain |= {its.name} if is_plain else set()
    tail = _tail(draft, table, columns, method, unique=unique)
    return Index(name, table.name, unique, method, tuple(parts), tail, frozenset(plain))


def _part(draft: Draft, table: str, column: Column, method: str) -> tuple[Expr, bool]:
    value = Expr(quote(column.name), _needs(table, column))
    fitting = [f for f in draft.of(Check) if f.takes == column.type]
    if fitting and method == "btree" and draft.chance(40):
        return draft.pick(fitting).call(value), False
    text = column.type.family == "text" and not column.type.own
    if text and method == "btree" and draft.chance(40):
        forms = (
            f"(pg_catalog.lower(({value.sql})::pg_catalog.text))",
            f"(({value.sql})::pg_catalog.text || ' ON x USING y')",
            f"(({value.sql})::pg_catalog.text <> ALL ((ARRAY['a'::character varying])"
            "::pg_catalog.text[]))",
        )
        return Expr(draft.pick(forms), value.needs), False
    extras = [""]
    if method == "btree":
        extras += [" DESC", " NULLS FIRST", " DESC NULLS LAST"]
        if text:
            extras += [' COLLATE pg_catalog."C"', " text_pattern_ops"]
            if column.type.sql.startswith("character("):
                extras = ["", " bpchar_pattern_ops"]
    return Expr(value.sql + draft.pick(extras), value.needs), True


def _tail(
    draft: Draft, table: Relation, columns: list[Column], method: str, *, unique: bool
) -> Expr:
    words, needs = [], frozenset[Key]()
    if method == "btree" and draft.chance(15):
        its = draft.pick(columns)
        words.append(f"INCLUDE ({quote(its.name)})")
        needs |= _needs(table.name, its)
    if unique and draft.chance(15):
        words.append("NULLS NOT DISTINCT")
    if method == "btree" and draft.chance(20):
        words.append(f"WITH ({draft.pick(('fillfactor=60', 'deduplicate_items=off'))})")
    if draft.chance(25):
        stored = tuple(c for c in table.columns if (c.stored or not c.computed))
        its_condition = condition(draft, table, columns=stored)
        if "CURRENT" not in its_condition.sql:
            words.append(f"WHERE {its_condition.sql}")
            needs |= its_condition.needs
    return Expr(" ".join(words), needs)


def statistics(draft: Draft, name: str) -> Statistics | None:
    choices = []
    for relation in draft.relations("table", "partitioned", "materialized view"):
        columns = [column for column in relation.columns if column.indexable]
        if len(columns) > 1:
            choices.append((relation, columns))
    if not choices:
        return None
    table, columns = draft.pick(choices)
    chosen = draft.some(columns, least=2, most=3)
    kinds = draft.pick(("", "ndistinct", "dependencies, mcv"))
    return Statistics(name, table.name, tuple((c.name, c.type.sql) for c in chosen), kinds)
