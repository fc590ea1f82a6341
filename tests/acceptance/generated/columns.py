"""Columns of tables, what is set on them, and sequences, which count for them."""

from tests.acceptance.generated.draft import Draft, Relation
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import NOTHING, Column, Expr, Item, Keys
from tests.acceptance.generated.types import BOOLEAN, BUILTIN, INTEGERS, TEXT, any_type

_SERIAL = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}


def column(draft: Draft, name: str) -> Item | None:
    """A column that holds values, counts, or is computed; it may have the name of another's."""
    tables = draft.relations(lambda its: its.kind == "table")
    if not tables:
        return None
    table = draft.one_of(tables[::-1])
    if not draft.focus and draft.chance(50):
        # Tables have columns of the same name, but not those that share their columns.
        kin = draft.relations(lambda its: bool(its.above & table.above))
        name = draft.name(column.name for each in kin for column in each.columns)
    form = draft.pick(("", "", "", "", "serial", "identity", "computed"))
    sources = [each for each in table.columns if not each.filled and each.type in BUILTIN]
    if form == "computed" and sources:
        return _computed(draft, table, name, draft.pick(sources))
    if form in ("serial", "identity"):
        its = Column(table.name, name, draft.pick(INTEGERS), filled="by counting")
        if form == "serial":
            return _column(table, its, _SERIAL[its.type.sql])
        counting = options(draft)
        sequence = f" ({counting})" if counting else ""
        when = draft.pick(("BY DEFAULT", "ALWAYS"))
        return _column(table, its, f"{its.type.sql} GENERATED {when} AS IDENTITY{sequence}")
    its = Column(table.name, name, any_type(draft))
    collation = ""
    if its.type.family == "text" and not its.type.own and draft.chance(15):
        collation = f' COLLATE pg_catalog."{draft.pick(("C", "POSIX"))}"'
    return _column(table, its, its.type.sql + collation, its.type.needs)


def _column(table: Relation, its: Column, clause: str, needs: Keys = NOTHING) -> Item:
    return Item(
        "column",
        its.name,
        f"ALTER TABLE {quote(table.name)} ADD COLUMN {quote(its.name)} {clause}",
        on=table.name,
        needs=needs | {("table", table.name)},
        gives=its.keys,
        claims=frozenset({("column", table.name, its.name)}),
        columns=(its,),
    )


def _computed(draft: Draft, table: Relation, name: str, source: Column) -> Item:
    value = quote(source.name)
    kind, expression = {
        "int": (INTEGERS[0], f"({value})::integer * 2"),
        "text": (TEXT, f"pg_catalog.upper(({value})::pg_catalog.text)"),
    }.get(source.type.family, (BOOLEAN, f"{value} IS NULL"))
    virtual = draft.version >= 18 and draft.chance(30)
    its = Column(table.name, name, kind, filled="when read" if virtual else "by computing")
    word = "VIRTUAL" if virtual else "STORED"
    clause = f"{kind.sql} GENERATED ALWAYS AS ({expression}) {word}"
    return _column(table, its, clause, table.needs(source))


def default(draft: Draft, name: str) -> Item | None:
    """A constant, a sequence, or a function of the structure's own; of partitions as well."""
    del name
    found = _pick_column(draft, plain=True)
    if found is None:
        return None
    table, its = found
    values = list(its.type.values)
    values += [
        Expr(f"{quote(function.name)}()", function.gives)
        for function in draft.of("function")
        if function.type == its.type
    ]
    if its.type.sql in ("integer", "bigint"):
        for each in draft.of("sequence"):
            sequence = literal(quote(each.name))
            values.append(Expr(f"pg_catalog.nextval({sequence}::pg_catalog.regclass)", each.gives))
    if not values:
        return None
    value = draft.pick(values)
    return _on_column(
        "default", table, its, f"{_alter(its)} SET DEFAULT {value.sql}", needs=value.needs
    )


def not_null(draft: Draft, name: str) -> Item | None:
    """From PostgreSQL 18 it may have a name, and be not valid."""
    found = _pick_column(draft)
    if found is None:
        return None
    table, its = found
    claims: Keys = frozenset({("not null", its.of, its.name)})
    if draft.version < 18 or its.filled or not draft.chance(40):
        return _on_column("not null", table, its, f"{_alter(its)} SET NOT NULL", claims=claims)
    tail = draft.pick(("", " NO INHERIT", " NOT VALID")) if table.leaf else ""
    action = f"ADD CONSTRAINT {quote(name)} NOT NULL {quote(its.name)}{tail}"
    # That of a primary key is another one.
    claims |= {("constraint", name), ("primary key", its.of, its.name)}
    return _on_column("not null", table, its, action, claims=claims)


def setting(draft: Draft, name: str) -> Item | None:
    """What ALTER COLUMN sets."""
    del name
    found = _pick_column(draft)
    if found is None:
        return None
    table, its = found
    choices = ["SET STATISTICS 10", "SET STATISTICS 0", "SET (n_distinct = 5)"]
    if its.type.family == "text" and not its.type.own and not its.virtual:
        choices += ["SET STORAGE EXTERNAL", "SET STORAGE PLAIN", "SET COMPRESSION pglz"]
    return _on_column("setting", table, its, f"{_alter(its)} {draft.pick(choices)}")


def _pick_column(draft: Draft, *, plain: bool = False) -> tuple[Relation, Column] | None:
    tables = draft.tables(lambda its: any(not (plain and c.filled) for c in its.columns))
    if not tables:
        return None
    table = draft.one_of(tables)
    return table, draft.pick(c for c in table.columns if not (plain and c.filled))


def _alter(its: Column) -> str:
    return f"ALTER COLUMN {quote(its.name)}"


def _on_column(  # noqa: PLR0913 - what differs
    kind: str,
    table: Relation,
    its: Column,
    action: str,
    *,
    needs: Keys = NOTHING,
    claims: Keys = NOTHING,
) -> Item:
    return Item(
        kind,
        "",
        f"ALTER TABLE {quote(table.name)} {action}",
        on=table.name,
        needs=needs | table.needs(its),
        claims=claims | {(kind, table.name, its.name)},
    )


def options(draft: Draft) -> str:
    """Of a sequence."""
    choices = ("START WITH 9", "INCREMENT BY 5", "MAXVALUE 1000", "CACHE 4", "CYCLE", "MINVALUE 1")
    return " ".join(draft.some(choices)) if draft.chance(50) else ""


def sequence(draft: Draft, name: str) -> Item:
    """One that stands alone."""
    kind = draft.pick(("bigint", "integer", "smallint"))
    return Item(
        "sequence",
        name,
        f"CREATE SEQUENCE {quote(name)} AS {kind} {options(draft)}".rstrip(),
        gives=frozenset({("sequence", name)}),
        claims=frozenset({("relation", name)}),
    )


def owned(draft: Draft, name: str) -> Item | None:
    """A sequence is owned by a column from here on."""
    del name
    sequences = draft.of("sequence")
    found = _pick_column(draft)
    if not sequences or found is None or found[0].kind != "table":
        return None
    table, its = found
    each = draft.pick(sequences).name
    return Item(
        "owned",
        "",
        f"ALTER SEQUENCE {quote(each)} OWNED BY {quote(table.name)}.{quote(its.name)}",
        needs=table.needs(its) | {("sequence", each)},
        claims=frozenset({("owner of", each)}),
    )
