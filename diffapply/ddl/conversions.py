"""What becomes of values when a column gets another type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from diffapply.ddl.lookup import fact_named
from diffapply.ddl.risk import Risk, keeps_rows
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column, Enum
from diffapply.values.grammar import LITERAL, NAME, Pattern, unquoted

_SYNONYMS: Mapping[str, str] = {
    "int": "integer", "int2": "smallint", "int4": "integer", "int8": "bigint",
    "varchar": "character varying", "char": "character", "bpchar": "character",
    "decimal": "numeric", "float": "double precision", "float4": "real",
    "float8": "double precision", "bool": "boolean", "varbit": "bit varying",
}  # fmt: skip
_TIMES = ("timestamp", "time")
_EXACT = 6
"""Digits of a second that times have where nothing is said."""

_TYPE = Pattern(
    r"(?:pg_catalog\.)?(?P<base>[a-z_0-9 ]+?|\"(?:[^\"]|\"\")+\")"
    r"(?: ?\((?P<sizes>[-0-9, ]+)\))?(?P<zone> with(?:out)? time zone)?(?P<array>(?:\[\])*)"
)


@dataclass(frozen=True, slots=True)
class Type:
    """A type as its name tells it.

    Attributes:
        base: without size, zone and dimensions; of an interval with its fields.
        sizes: such as precision and scale.
        zone: of times, with its words.
        array: ``[]``, if it is one.
    """

    base: str
    sizes: tuple[int, ...] = ()
    zone: str = ""
    array: str = ""

    @classmethod
    def of(cls, name: str) -> Self:
        """The type of a name, as PostgreSQL or the parser writes it."""
        its = _TYPE.fullmatch(name)
        if its is None:
            return cls(name)
        base, zone = its["base"], its["zone"] or ""
        if base in ("timestamptz", "timetz"):
            base, zone = base.removesuffix("tz"), " with time zone"
        elif base in _TIMES and not zone:
            zone = " without time zone"
        sizes = tuple(int(size) for size in (its["sizes"] or "").split(",") if size)
        if base in ("numeric", "decimal") and len(sizes) == 1:
            sizes = (*sizes, 0)
        if base in ("char", "bit", "character") and not sizes:
            sizes = (1,)
        return cls(_SYNONYMS.get(base, base), sizes, zone, its["array"])

    def __str__(self) -> str:
        sizes = f"({','.join(map(str, self.sizes))})" if self.sizes else ""
        return f"{self.base}{sizes}{self.zone}{self.array}"

    @property
    def plain(self) -> str:
        """Without sizes and dimensions."""
        return self.base + self.zone

    @property
    def digits(self) -> int:
        """Digits of a second that it has."""
        return self.sizes[0] if self.sizes else _EXACT


_KEEPS = {
    ("smallint", "integer"), ("smallint", "bigint"), ("integer", "bigint"),
    ("smallint", "real"), ("smallint", "double precision"), ("integer", "double precision"),
    ("real", "double precision"), ("date", "timestamp without time zone"), ("cidr", "inet"),
    ("character varying", "text"), ("text", "character varying"), ("smallint", "text"),
    ("integer", "text"), ("bigint", "text"), ("boolean", "text"), ("uuid", "text"),
    ("numeric", "text"), ("json", "text"), ("jsonb", "text"), ("json", "jsonb"),
}  # fmt: skip
"""Casts to types without a limit that keep every value; others are checked value by value."""

_DIGITS: Mapping[str, int] = {"smallint": 5, "integer": 10, "bigint": 19}
"""How many digits whole numbers may have."""


def keeps_values(old: str, new: str) -> bool:
    """Whether every value stays what it is; then it need not be looked at in any tenant."""
    had, wants = Type.of(old), Type.of(new)
    if had == wants or had.array != wants.array:
        return had == wants
    if wants.plain == "numeric" and had.base in _DIGITS:
        return not wants.sizes or (wants.sizes[1] >= 0 and _whole(wants) >= _DIGITS[had.base])
    if had.plain == "bit" and wants.plain == "bit varying":
        return not wants.sizes or had.sizes <= wants.sizes
    if had.plain == wants.plain:
        return _is_wider(had, wants)
    if had.base.startswith("interval ") and wants.base == "interval":
        return had.digits <= wants.digits
    return (had.plain, wants.plain) in _KEEPS and (not wants.sizes or bool(wants.zone))


def _is_wider(had: Type, wants: Type) -> bool:
    """Of types that differ in their sizes alone."""
    if had.base in _TIMES or had.base.partition(" ")[0] == "interval":
        return had.digits <= wants.digits
    if not (had.sizes and wants.sizes):
        return not wants.sizes
    if had.base == "numeric":
        return had.sizes[1] <= wants.sizes[1] and _whole(had) <= _whole(wants)
    return had.base in ("character varying", "character", "bit varying") and (
        had.sizes <= wants.sizes
    )


def _whole(numeric: Type) -> int:
    """The digits before its point."""
    precision, scale = numeric.sizes
    return precision - scale


_APART = {
    *_DIGITS, "numeric", "real", "double precision", "boolean", "uuid", "date", "interval", "json",
    "jsonb", "bytea", "timestamp with time zone", "timestamp without time zone",
    "time with time zone", "time without time zone",
}  # fmt: skip
"""Types none of whose values another type stores in the same way."""


def is_rewritten(old: str, new: str) -> bool:
    """Whether it is certain that PostgreSQL writes all rows anew for it."""
    had, wants = Type.of(old), Type.of(new)
    if had == wants or had.array or wants.array or by_zone(old, new):
        return False
    if had.plain != wants.plain:
        return had.plain in _APART and wants.plain in {*_APART, "text", "character varying"}
    if had.base in ("numeric", "character"):
        return not keeps_values(old, new) or had.sizes[1:] != wants.sizes[1:] != ()
    return had.base in ("character varying", *_TIMES) and not keeps_values(old, new)


_KNOWING = Pattern(r"timestamp(?:\(\d\))? with time zone|timestamptz(?:\(\d\))?")
_LOCAL = Pattern(r"timestamp(?:\(\d\))?(?: without time zone)?|date")


def by_zone(old: str, new: str) -> bool:
    """Whether values change from one type to the other by a time zone."""
    types = (old, new)
    return any(map(_KNOWING.fullmatch, types)) and any(map(_LOCAL.fullmatch, types))


def retypes(table: str, column: str, new: str, using: str = "") -> Risk:
    """What it risks to give a column another type.

    Args:
        new: the type.
        using: the expression that converts the values; empty: as an assignment does.
    """

    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        fact = fact_named(before, "column", table, column)
        if fact is None:
            if fact_named(before, "table", table):  # what it was is not known: assume the worst
                message = f"changes the type of column {table}.{column}"
                yield Hazard(HazardCode.CONVERTS_VALUES, message)
            return
        its = Column.of(fact)
        if its.kept != "VIRTUAL" and is_rewritten(its.type, new) and keeps_rows(table, before):
            yield Hazard(HazardCode.REWRITES_TABLE, f"rewrites {table}")
        if its.kept or (_is_plain(using, column, new) and keeps_values(its.type, new)):
            # An enum of the same name may have other labels.
            if not its.kept:
                yield from _drops_labels(fact, new, before, goal)
            return
        labels = _labels(its.type, before), _labels(new, goal)
        if _is_plain(using, column, new) and all(its is not None for its in labels):
            yield from _drops_labels(fact, new, before, goal)
            return
        value = using or column
        by = f", by local time {_zone(using)}" if by_zone(its.type, new) else ""
        yield Hazard(
            HazardCode.CONVERTS_VALUES,
            f"changes column {table}.{column} from {its.type} to {Type.of(new)}{by}; values may be "
            "changed or cut",
            check=f"SELECT EXISTS (SELECT FROM {table} WHERE "
            f"{differ(f'(({value})::{new})::{its.type}', column)})",
            lock=table,
        )

    return Risk(tell)


_ZONE = Pattern(rf" AT TIME ZONE ({LITERAL})|\btimezone\(({LITERAL}),")


def _zone(using: str) -> str:
    """The time zone that an expression names."""
    named = _ZONE.search(using)
    return f"in {unquoted(named[1] or named[2])}" if named else "of the session"


def _is_plain(using: str, column: str, new: str) -> bool:
    """Whether the values are only cast to the type, or read from the text that they have."""
    casts = (column, f"{column}::{new}", f"{column}::text::{new}")
    return not using or using in casts


_FROM_TEXT = Pattern(rf"({NAME})(?:\[\])?")


def _labels(type_: str, catalog: Catalog) -> tuple[str, ...] | None:
    """Those of an enum, or of an array of one; None if it is none."""
    its = _FROM_TEXT.fullmatch(type_)
    fact = fact_named(catalog, "enum", its[1]) if its else None
    return Enum.of(fact).labels if fact else None


def _drops_labels(column: Fact, new: str, before: Catalog, goal: Catalog) -> Iterator[Hazard]:
    """The hazard of labels that rows may have, and that the new enum has not."""
    had, wants = _labels(Column.of(column).type, before), _labels(new, goal)
    if had is None or wants is None:
        return
    gone = [label for label in had if label not in wants]
    if not gone:
        return
    plural = "" if len(gone) == 1 else "s"
    listed = ", ".join(gone)
    if Column.of(column).is_array:
        used = f"{column.part}::pg_catalog.text[] OPERATOR(pg_catalog.&&) "
        used += f"ARRAY[{listed}]::pg_catalog.text[]"
    else:
        used = f"{column.part}::pg_catalog.text OPERATOR(pg_catalog.=) "
        used += f"ANY (ARRAY[{listed}]::pg_catalog.text[])"
    yield Hazard(
        HazardCode.DROPS_LABEL,
        f"drops label{plural} {listed} that rows of {column.object} may have in {column.part}",
        check=f"SELECT EXISTS (SELECT FROM {column.object} WHERE {used})",
        lock=column.object,
    )


def differ(one: str, other: str) -> str:
    """SQL condition: two expressions are written differently; NULL is like NULL alone.

    IS DISTINCT FROM would take whatever "=" the tenant has.
    """
    one, other = f"({one})::pg_catalog.text", f"({other})::pg_catalog.text"
    return (
        f"({one} OPERATOR(pg_catalog.=) {other}) IS NOT TRUE "
        f"AND NOT ({one} IS NULL AND {other} IS NULL)"
    )
