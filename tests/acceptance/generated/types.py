"""Types of columns: PostgreSQL's, and enums, domains, composites and ranges of the structure."""

from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import NOTHING, Expr, Item, Type


def _builtin(sql: str, family: str, *values: str, ordered: bool = True) -> Type:
    return Type(sql, family, tuple(map(Expr, values)), ordered=ordered)


_LONG = 50
_TEXTS = ("'x'", "'a''b'", "'100%'", "'a.b'", r"E'a\\b'", "'(x)'", "'ü'")

INTEGERS = (
    _builtin("integer", "int", "1", "42"),
    _builtin("bigint", "int", "7", "9000"),
    _builtin("smallint", "int", "3"),
)
# Those whose names are no words of the grammar are qualified: the tenant may have such a name.
TEXT = _builtin("pg_catalog.text", "text", *_TEXTS)
DATE = _builtin("pg_catalog.date", "time", "'2020-02-29'", "CURRENT_DATE")
BOOLEAN = _builtin("boolean", "boolean", "true", "false")
RANGE = _builtin("pg_catalog.int4range", "range", "'[1,5)'")
BUILTIN = (
    *INTEGERS,
    TEXT,
    _builtin("character varying(40)", "text", *_TEXTS),
    _builtin("character varying", "text", *_TEXTS),
    _builtin("character(12)", "text", *_TEXTS),
    _builtin("numeric(10,2)", "number", "1.50", "'2'"),
    _builtin("numeric", "number", "0.1"),
    _builtin("double precision", "number", "1.5", "'1e-7'"),
    BOOLEAN,
    DATE,
    _builtin("timestamp with time zone", "time", "'2020-02-29 12:00+02'", "CURRENT_TIMESTAMP"),
    _builtin("timestamp(3) without time zone", "time", "'2020-02-29 12:00'"),
    _builtin("interval day to second(2)", "any", "'1 day'"),
    _builtin("pg_catalog.uuid", "any", "pg_catalog.gen_random_uuid()"),
    _builtin("pg_catalog.jsonb", "json", "'{}'", """'{"a": "b\\u00e9 % "}'"""),
    _builtin("pg_catalog.json", "any", "'[1, 2]'", ordered=False),
    _builtin("pg_catalog.bytea", "any", r"'\x00ff'"),
    _builtin("bit(8)", "any", "B'10101010'"),
    _builtin("integer[]", "array", "'{}'", "'{1,2}'"),
    _builtin("pg_catalog.text[]", "array", "'{}'", "ARRAY['a','b,c']"),
    _builtin("character varying(30)[]", "array", "'{a}'"),
    _builtin("pg_catalog.point", "any", "'(1,2)'", ordered=False),
    RANGE,
)


def any_type(draft: Draft) -> Type:
    """A type that there is: mostly one of PostgreSQL's."""
    own = draft.types()
    if not own or not draft.chance(40):
        return draft.pick(BUILTIN)
    kind = draft.pick(own)
    if draft.chance(15):
        return Type(f"{kind.sql}[]", "array", (Expr("'{}'"),), kind.needs, kind.ordered)
    return kind


def predicate(draft: Draft, value: Expr, kind: Type) -> Expr:
    """A condition on a value; it holds for every constant of the type."""
    sql = value.sql
    forms = {
        "int": [f"{sql} > 0", f"{sql} <> ALL (ARRAY[-1, -2])", f"{sql} % 100000 < 99999"],
        "number": [f"{sql} > 0", f"{sql} BETWEEN 0 AND 1e6"],
        "text": [
            f"{sql} NOT IN ('p', 'q%', 'r.s', 'it''s')",
            f"pg_catalog.length({sql}) < 30",
            f"pg_catalog.lower({sql}) <> ALL ((ARRAY['y', 'z'])::pg_catalog.text[])",
            f"({sql})::pg_catalog.text <> ALL ((ARRAY['y'::character varying])::pg_catalog.text[])",
        ],
        "boolean": [f"({sql}) = ANY (ARRAY[true, false])"],
        "time": [f"{sql} > '2000-01-01'", f"pg_catalog.isfinite({sql})"],
        "json": [f"pg_catalog.jsonb_typeof({sql}) <> 'null'", f"NOT ({sql} ? 'a.b')"],
        "array": [f"pg_catalog.cardinality({sql}) < 9"],
        "enum": [f"{sql} >= {v.sql} OR {sql} IS NULL" for v in kind.values[:1]],
    }
    same = [f"{sql} IS NOT DISTINCT FROM {sql}"] if kind.ordered and kind.family != "opaque" else []
    form = draft.pick([*forms.get(kind.family, ()), *same, f"pg_catalog.num_nonnulls({sql}) < 2"])
    labels = kind.values[0].needs if kind.family == "enum" else NOTHING
    return Expr(form, value.needs | kind.needs | labels)


def _type(kind: str, name: str, sql: str, its: Type, *needed: Expr | Type) -> Item:
    parts = {("type", name), (kind, name), *its.needs}
    parts |= {key for value in its.values for key in value.needs if key[:2] == ("label", name)}
    return Item(
        kind,
        name,
        sql,
        needs=NOTHING.union(*(part.needs for part in needed)),
        gives=frozenset(parts),
        claims=frozenset({("relation", name)}),
        type=its,
    )


def enum(draft: Draft, name: str) -> Item:
    """Mostly with some labels of the one that has the name already."""
    labels = [*dict.fromkeys(draft.name() for _ in range(draft.number(1, 4)))]
    for old in draft.of("enum"):
        if old.name == name and old.type and draft.chance(80):
            had = [value.sql[1:-1].replace("''", "'") for value in old.type.values]
            kept = had[draft.number(0, 1) :]
            added = [label for label in labels[:1] if label not in kept]
            place = draft.number(0, len(kept))
            labels = [*kept[:place], *added, *kept[place:]]
    values = tuple(Expr(literal(label), frozenset({("label", name, label)})) for label in labels)
    its = Type(quote(name), "enum", values, frozenset({("enum", name)}))
    listed = ", ".join(map(literal, labels))
    return _type("enum", name, f"CREATE TYPE {quote(name)} AS ENUM ({listed})", its)


def domain(draft: Draft, name: str) -> Item:
    base = any_type(draft)
    parts, needed = [f"CREATE DOMAIN {quote(name)} AS {base.sql}"], []
    if base.values and draft.chance(40):
        needed.append(draft.pick(base.values))
        parts.append(f"DEFAULT {needed[0].sql}")
    if draft.chance(20):
        parts.append("NOT NULL")
    for check in {draft.name() for _ in range(draft.number(0, 2))}:
        needed.append(predicate(draft, Expr("VALUE"), base))
        parts.append(f"CONSTRAINT {quote(check)} CHECK ({needed[-1].sql})")
    # The operators of enums are found for enums alone.
    family = "opaque" if base.family in ("enum", "row") else base.family
    key = frozenset({("domain", name, base.sql)})
    its = Type(quote(name), family, base.values, key, base.ordered)
    return _type("domain", name, " ".join(parts), its, base, *needed)


def composite(draft: Draft, name: str) -> Item:
    names = {draft.name(): any_type(draft) for _ in range(draft.number(1, 3))}
    attributes = ", ".join(f"{quote(each)} {kind.sql}" for each, kind in names.items())
    its = Type(quote(name), "row", (), frozenset({("composite", name)}), ordered=False)
    sql = f"CREATE TYPE {quote(name)} AS ({attributes})"
    return _type("composite", name, sql, its, *names.values())


def range_type(draft: Draft, name: str) -> Item:
    subtype = draft.pick((*INTEGERS[:2], TEXT, DATE))
    options = f"subtype = {subtype.sql}"
    if len(name.encode()) > _LONG:
        # PostgreSQL would cut its name in the middle of a character.
        options += f", multirange_type_name = {quote(draft.fresh()[:_LONG])}"
    its = Type(quote(name), "any", (), frozenset({("range", name)}))
    return _type("range", name, f"CREATE TYPE {quote(name)} AS RANGE ({options})", its)
