"""Types of columns: PostgreSQL's, and enums, domains, composites and ranges of the structure."""

from dataclasses import dataclass, replace

from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import NOTHING, Expr, Item, Key, World


@dataclass(frozen=True)
class Type:
    """A type of a column, attribute, domain or function.

    Attributes:
        sql: as it is written.
        family: what expressions fit it.
        values: constants of it.
        ordered: whether it has an operator class for btree.
    """

    sql: str
    family: str
    values: tuple[Expr, ...] = ()
    needs: frozenset[Key] = NOTHING
    ordered: bool = True

    @property
    def own(self) -> bool:
        """Whether the structure itself defines it."""
        return bool(self.needs)


def _builtin(sql: str, family: str, *values: str, ordered: bool = True) -> Type:
    return Type(sql, family, tuple(map(Expr, values)), ordered=ordered)


_TEXTS = ("'x'", "'a''b'", "'100%'", "'a.b'", r"E'a\\b'", "'(x)'", "'ü'")

# Those whose names are no words of the grammar are qualified: the tenant may have such a name.
BUILTIN = (
    _builtin("integer", "int", "1", "2", "42"),
    _builtin("pg_catalog.text", "text", *_TEXTS),
    _builtin("bigint", "int", "7", "9000"),
    _builtin("smallint", "int", "3"),
    _builtin("character varying(40)", "text", *_TEXTS),
    _builtin("character varying(50)", "text", *_TEXTS),
    _builtin("character varying", "text", *_TEXTS),
    _builtin("character(12)", "text", *_TEXTS),
    _builtin("numeric(10,2)", "number", "1.50", "'2'"),
    _builtin("numeric", "number", "0.1"),
    _builtin("double precision", "number", "1.5", "'1e-7'"),
    _builtin("real", "number", "2.5"),
    _builtin("boolean", "boolean", "true", "false"),
    _builtin("pg_catalog.date", "time", "'2020-02-29'", "CURRENT_DATE"),
    _builtin("timestamp with time zone", "time", "'2020-02-29 12:00+02'", "CURRENT_TIMESTAMP"),
    _builtin("timestamp(3) without time zone", "time", "'2020-02-29 12:00'"),
    _builtin("interval day to second(2)", "any", "'1 day'"),
    _builtin("pg_catalog.uuid", "any", "pg_catalog.gen_random_uuid()"),
    _builtin("pg_catalog.jsonb", "json", "'{}'", """'{"a": "b\\u00e9 % "}'"""),
    _builtin("pg_catalog.json", "any", "'[1, 2]'", ordered=False),
    _builtin("pg_catalog.bytea", "any", r"'\x00ff'"),
    _builtin("pg_catalog.inet", "any", "'10.0.0.1'"),
    _builtin("bit(8)", "any", "B'10101010'"),
    _builtin("integer[]", "array", "'{}'", "'{1,2}'"),
    _builtin("pg_catalog.text[]", "array", "'{}'", "ARRAY['a','b,c']"),
    _builtin("character varying(30)[]", "array", "'{a}'"),
    _builtin("pg_catalog.int4range", "any", "'[1,5)'"),
    _builtin("pg_catalog.tsvector", "any", "'a b'"),
    _builtin("pg_catalog.point", "any", "'(1,2)'", ordered=False),
)

_OF_RANGES = ("integer", "pg_catalog.text", "bigint", "numeric", "pg_catalog.date")


@dataclass(frozen=True)
class Enum(Item):
    labels: tuple[str, ...]

    def provides(self) -> frozenset[Key]:
        labels = {("label", self.name, label) for label in self.labels}
        return frozenset({("type", self.name), ("enum", self.name), *labels})

    def statements(self, world: World) -> list[str]:
        del world
        labels = ", ".join(map(literal, self.labels))
        return [f"CREATE TYPE {quote(self.name)} AS ENUM ({labels})"]

    def type(self) -> Type:
        values = tuple(
            Expr(literal(label), frozenset({("label", self.name, label)})) for label in self.labels
        )
        return Type(quote(self.name), "enum", values, frozenset({("enum", self.name)}))


@dataclass(frozen=True)
class Domain(Item):
    """Its checks hold for every value that types have here."""

    base: Type
    not_null: bool
    default: Expr | None
    checks: tuple[tuple[str, Expr], ...]

    def needs(self) -> frozenset[Key]:
        its = [self.default] if self.default else []
        return self.base.needs.union(*(e.needs for e in (*its, *(c for _, c in self.checks))))

    def provides(self) -> frozenset[Key]:
        checks = {("domain check", self.name, name) for name, _ in self.checks}
        return frozenset({("type", self.name), ("domain", self.name, self.base.sql), *checks})

    def trimmed(self, world: World) -> "Domain | None":
        checks = tuple((name, check) for name, check in self.checks if check.needs <= world.keys)
        default = self.default if self.default and self.default.needs <= world.keys else None
        return replace(self, checks=checks, default=default)

    def statements(self, world: World) -> list[str]:
        del world
        parts = [f"CREATE DOMAIN {quote(self.name)} AS {self.base.sql}"]
        if self.default:
            parts.append(f"DEFAULT {self.default.sql}")
        if self.not_null:
            parts.append("NOT NULL")
        parts += [f"CONSTRAINT {quote(name)} CHECK ({check.sql})" for name, check in self.checks]
        return [" ".join(parts)]

    def type(self) -> Type:
        needs = frozenset({("domain", self.name, self.base.sql)})
        # The operators of enums are found for enums alone.
        family = "any" if self.base.family == "enum" else self.base.family
        return Type(quote(self.name), family, self.base.values, needs, self.base.ordered)


@dataclass(frozen=True)
class Composite(Item):
    attributes: tuple[tuple[str, Type], ...]

    def needs(self) -> frozenset[Key]:
        return NOTHING.union(*(kind.needs for _, kind in self.attributes))

    def provides(self) -> frozenset[Key]:
        attributes = {("attribute", self.name, name) for name, _ in self.attributes}
        return frozenset({("type", self.name), ("composite", self.name), *attributes})

    def trimmed(self, world: World) -> "Composite | None":
        left = tuple((name, kind) for name, kind in self.attributes if kind.needs <= world.keys)
        return replace(self, attributes=left)

    def statements(self, world: World) -> list[str]:
        del world
        attributes = ", ".join(f"{quote(name)} {kind.sql}" for name, kind in self.attributes)
        return [f"CREATE TYPE {quote(self.name)} AS ({attributes})"]

    def type(self) -> Type:
        return Type(quote(self.name), "row", (), frozenset({("composite", self.name)}), False)


@dataclass(frozen=True)
class Range(Item):
    subtype: Type

    def needs(self) -> frozenset[Key]:
        return self.subtype.needs

    def provides(self) -> frozenset[Key]:
        return frozenset({("type", self.name), ("range", self.name)})

    def statements(self, world: World) -> list[str]:
        del world
        return [f"CREATE TYPE {quote(self.name)} AS RANGE (subtype = {self.subtype.sql})"]

    def type(self) -> Type:
        return Type(quote(self.name), "range", (), frozenset({("range", self.name)}))


def any_type(draft: Draft, *, own: bool = True) -> Type:
    """A type that there is: mostly one of PostgreSQL's.

    Args:
        own: whether it may be one of the structure's.
    """
    its = [item.type() for item in draft.items if isinstance(item, Enum | Domain | Composite | Range)]
    if not its or not own or not draft.chance(40):
        return draft.pick(BUILTIN[:3]) if draft.chance(40) else draft.pick(BUILTIN)
    kind = draft.pick(its)
    if draft.chance(15):
        return Type(f"{kind.sql}[]", "array", (Expr("'{}'"),), kind.needs, kind.ordered)
    return kind


def enum(draft: Draft, name: str) -> Enum:
    labels: list[str] = []
    for _ in range(draft.number(1, 4)):
        labels.append(_label(draft, labels))
    return Enum(name, tuple(labels))


def other_enum(draft: Draft, old: Enum) -> Enum:
    """With a label more, or less, or in another order."""
    labels = list(old.labels)
    change = draft.pick(("add", "add", "remove", "reorder"))
    if change == "add" or len(labels) < 2:
        labels.insert(draft.number(0, len(labels)), _label(draft, labels))
    elif change == "remove":
        del labels[draft.number(0, len(labels) - 1)]
    else:
        labels.reverse()
    return Enum(old.name, tuple(labels))


def _label(draft: Draft, taken: list[str]) -> str:
    label = draft.text()
    while len(label.encode()) > 63:
        label = label[:-1]
    return label if label not in taken else f"{len(taken)}{label}"[:15]


def domain(draft: Draft, name: str) -> Domain:
    base = any_type(draft)
    if base.family in ("row", "range"):
        base = BUILTIN[0]
    checks = []
    for _ in range(draft.number(0, 2)):
        check = draft.fresh_of(name for name, _ in checks)
        checks.append((check, predicate(draft, Expr("VALUE"), base)))
    default = draft.pick(base.values) if base.values and draft.chance(40) else None
    return Domain(name, base, draft.chance(20), default, tuple(checks))


def composite(draft: Draft, name: str) -> Composite:
    attributes: list[tuple[str, Type]] = []
    for _ in range(draft.number(1, 3)):
        attribute = draft.fresh_of(name for name, _ in attributes)
        attributes.append((attribute, any_type(draft)))
    return Composite(name, tuple(attributes))


def range_type(draft: Draft, name: str) -> Range:
    return Range(name, draft.pick([kind for kind in BUILTIN if kind.sql in _OF_RANGES]))


def predicate(draft: Draft, value: Expr, kind: Type) -> Expr:
    """A condition that holds for every constant of the type."""
    sql = value.sql
    needs = value.needs | kind.needs
    forms: dict[str, list[str]] = {
        "int": [f"{sql} > 0", f"{sql} <> ALL (ARRAY[-1, -2])", f"{sql} % 100000 < 99999"],
        "number": [f"{sql} > 0", f"{sql} BETWEEN 0 AND 1e6", f"pg_catalog.round({sql}) >= 0"],
        "text": [
            f"{sql} <> 'y'",
            f"{sql} NOT IN ('p', 'q%', 'r.s', 'it''s')",
            f"pg_catalog.length({sql}) < 30",
            f"{sql} !~~ '_. %'",
            f"pg_catalog.lower({sql}) <> ALL ((ARRAY['y', 'z'])::pg_catalog.text[])",
            f"({sql})::pg_catalog.text <> ALL "
            "((ARRAY['y'::character varying, 'a]b'::character varying])::pg_catalog.text[])",
        ],
        "boolean": [f"{sql} IS NOT NULL OR {sql} IS NULL", f"({sql}) = ANY (ARRAY[true, false])"],
        "time": [f"{sql} > '2000-01-01'", f"pg_catalog.isfinite({sql})"],
        "json": [f"pg_catalog.jsonb_typeof({sql}) <> 'null'", f"NOT ({sql} ? 'a.b')"],
        "array": [f"pg_catalog.cardinality({sql}) < 9", f"{sql} IS NOT NULL OR {sql} IS NULL"],
    }
    every = [f"{sql} IS NOT DISTINCT FROM {sql}"] if kind.ordered else []
    choices = [Expr(form, needs) for form in (*forms.get(kind.family, ()), *every)]
    choices.append(Expr(f"pg_catalog.num_nonnulls({sql}) < 2", needs))
    if kind.family == "enum":
        choices += [
            Expr(f"{sql} >= {kind.values[0].sql} OR {sql} IS NOT NULL", needs | kind.values[0].needs)
        ]
    return draft.pick(choices)
