"""Indexes on tables and materialized views; extended statistics."""

from tests.acceptance.generated.constraints import condition_on
from tests.acceptance.generated.draft import Draft, Relation
from tests.acceptance.generated.names import listed, quote
from tests.acceptance.generated.structure import NOTHING, Column, Expr, Item, Key, Keys

_OF_TEXT = (
    "(pg_catalog.lower(({})::pg_catalog.text))",
    "(({})::pg_catalog.text || ' ON x USING y')",
    "(({})::pg_catalog.text <> ALL ((ARRAY['a'::character varying])::pg_catalog.text[]))",
)
_EXTRAS = ("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST")


def index(draft: Draft, name: str) -> Item | None:
    tables = _indexable(draft, 1)
    if not tables:
        return None
    table = draft.one_of(tables)
    columns = [column for column in table.columns if column.indexable]
    its = columns[0].type
    method = draft.pick(("btree", "btree", "btree", "hash", "brin", "gin"))
    if its.own or its.family not in {"hash": ("int", "text"), "brin": ("int", "text", "time")}.get(
        method, ("json",)
    ):
        method = "btree"
    if method != "btree":
        return _index(
            table, name, method, [Expr(quote(columns[0].name), table.needs(columns[0]))], Expr("")
        )
    parts = [_part(draft, table, column) for column in draft.some(columns)]
    plain = {column.name for column in columns for part in parts if part.sql == quote(column.name)}
    unique = "UNIQUE " if table.key <= plain and draft.chance(30) else ""
    tail = _tail(draft, table, columns, unique=bool(unique))
    return _index(table, name, method, parts, tail, unique=unique)


def _index(  # noqa: PLR0913 - what differs
    table: Relation,
    name: str,
    method: str,
    parts: list[Expr],
    tail: Expr,
    *,
    unique: str = "",
) -> Item:
    listed_parts = ", ".join(part.sql for part in parts)
    gives: set[Key] = {("index", name)}
    if method == "btree" and " WHERE " not in tail.sql and table.leaf:
        gives.add(("whole index", table.name, name))
    return Item(
        "index",
        name,
        f"CREATE {unique}INDEX {quote(name)} ON {quote(table.name)} USING {method} "
        f"({listed_parts}){tail.sql}",
        on=table.name,
        needs=tail.needs.union(*(part.needs for part in parts)) | {(table.kind, table.name)},
        gives=frozenset(gives),
        claims=frozenset({("relation", name)}),
    )


def _indexable(draft: Draft, least: int) -> list[Relation]:
    return draft.relations(
        lambda its: its.kind != "view" and sum(column.indexable for column in its.columns) >= least
    )


def _part(draft: Draft, table: Relation, column: Column) -> Expr:
    value = Expr(quote(column.name), table.needs(column))
    tests = [test for test in draft.of("test") if test.type == column.type]
    if tests and draft.chance(40):
        test = draft.pick(tests)
        return Expr(f"{quote(test.name)}({value.sql})", value.needs | test.gives)
    extras = list(_EXTRAS)
    if column.type.family == "text" and not column.type.own:
        if draft.chance(40):
            return Expr(draft.pick(_OF_TEXT).format(value.sql), value.needs)
        extras += [' COLLATE pg_catalog."C"']
        extras += [" text_pattern_ops"] * (column.type.sql != "character(12)")
    return Expr(value.sql + draft.pick(extras), value.needs)


def _tail(draft: Draft, table: Relation, columns: list[Column], *, unique: bool) -> Expr:
    words, needs = "", NOTHING
    if draft.chance(15):
        words += f" INCLUDE ({quote(columns[0].name)})"
        needs |= table.needs(columns[0])
    if unique and draft.chance(15):
        words += " NULLS NOT DISTINCT"
    if draft.chance(20):
        words += draft.pick((" WITH (fillfactor=60)", " WITH (deduplicate_items=off)"))
    stored = tuple(column for column in table.columns if not column.virtual)
    if draft.chance(25):
        condition = condition_on(draft, table, columns=stored)
        return Expr(f"{words} WHERE {condition.sql}", needs | condition.needs)
    return Expr(words, needs)


def statistics(draft: Draft, name: str) -> Item | None:
    tables = _indexable(draft, 2)
    if not tables:
        return None
    table = draft.one_of(tables)
    columns = [column for column in table.columns if column.indexable][:3]
    kinds = draft.pick(("", "(ndistinct) ", "(dependencies, mcv) "))
    names = listed(column.name for column in columns)
    needs: Keys = table.needs(*columns) | {(table.kind, table.name)}
    return Item(
        "statistics",
        name,
        f"CREATE STATISTICS {quote(name)} {kinds}ON {names} FROM {quote(table.name)}",
        on=table.name,
        needs=needs,
        gives=frozenset({("statistics", name)}),
        claims=frozenset({("relation", name)}),
    )
