"""What becomes of values when a column gets another type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from diffapply.values.grammar import Regex

_SYNONYMS: Mapping[str, str] = {
    "int": "integer", "int2": "smallint", "int4": "integer", "int8": "bigint",
    "varchar": "character varying", "char": "character", "bpchar": "character",
    "decimal": "numeric", "float": "double precision", "float4": "real",
    "float8": "double precision", "bool": "boolean", "varbit": "bit varying",
}  # fmt: skip
_TIMES = ("timestamp", "time")
_EXACT = 6
"""Digits of a second that times have where nothing is said."""

_TYPE = Regex(
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
    ("numeric", "text"), ("json", "text"), ("jsonb", "text"), ("inet", "text"), ("cidr", "text"),
    ("macaddr", "text"), ("macaddr8", "text"), ("interval", "text"), ("name", "text"),
    ("jsonb", "json"), ("text", "citext"), ("character varying", "citext"), ("citext", "text"),
    ("citext", "character varying"), ("int4range", "int8range"),
    ("int4range", "numrange"), ("int8range", "numrange"), ("daterange", "tsrange"),
    ("int4multirange", "int8multirange"), ("int4multirange", "nummultirange"),
    ("int8multirange", "nummultirange"), ("datemultirange", "tsmultirange"),
}  # fmt: skip
"""Casts to types without a limit that keep every value; others are checked value by value."""

_DIGITS: Mapping[str, int] = {"smallint": 5, "integer": 10, "bigint": 19}
"""How many digits whole numbers may have."""

_LONGEST: Mapping[str, int] = {
    **{its: digits + 1 for its, digits in _DIGITS.items()}, "boolean": 5, "uuid": 36,
}  # fmt: skip
"""How long the texts of values may be."""


def keeps_values(old: str, new: str) -> bool:
    """Whether every value stays what it is; then it need not be looked at in any tenant."""
    had, wants = Type.of(old), Type.of(new)
    if had == wants or had.array != wants.array or _loses_modifier(old, new):
        return had.array == wants.array
    if wants.plain == "numeric" and had.base in _DIGITS:
        return not wants.sizes or (wants.sizes[1] >= 0 and _whole(wants) >= _DIGITS[had.base])
    if had.plain == "bit" and wants.plain == "bit varying":
        return not wants.sizes or had.sizes <= wants.sizes
    if had.plain == wants.plain or (had.base.startswith("interval ") and wants.base == "interval"):
        return _is_wider(had, wants)
    if wants.plain == "character varying" and had.plain in _LONGEST:
        return _LONGEST[had.plain] <= min(wants.sizes, default=_LONGEST[had.plain])
    return (had.plain, wants.plain) in _KEEPS and (not wants.sizes or bool(wants.zone))


def keeps_or_fails(old: str, new: str) -> bool:
    """Whether every value stays what it is, or fails.

    PostgreSQL cuts no whole numbers, and of others only what is behind the point.
    """
    had, wants = Type.of(old), Type.of(new)
    behind, room = _behind(had), _behind(wants)
    fits = behind is not None and room is not None and behind <= room
    return (fits and had.array == wants.array) or keeps_values(old, new)


def _behind(number: Type) -> int | None:
    """How many digits it has behind its point; None if it is no such type, or has any number."""
    if number.plain == "numeric":
        return number.sizes[1] if number.sizes else None
    return 0 if number.plain in _DIGITS else None


_MODIFIED = Regex(r"(?P<name>(?:[^\"(]|\"(?:[^\"]|\"\")+\")+)\([^()\"]*\)(?P<rest>[^()\"]*)")


def _loses_modifier(old: str, new: str) -> bool:
    """Whether it is the same type without a modifier, be it an extension's.

    Without one, a type takes every value as it is.
    """
    its = _MODIFIED.fullmatch(old)
    return its is not None and its["name"] + its["rest"] == new and not Type.of(new).sizes


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


TEXTS = {"text", "character varying"}
"""Types that take any text, up to their size."""
_FOLDED = "citext"
"""An extension's type, in which texts are equal that differ in case alone."""
_ALIKE = (TEXTS, {"cidr", "inet"})
"""Types that indexes sort and compare in the same way."""


def sorts_alike(old: str, new: str) -> bool:
    """Whether an index of a column is still right if that gets the type without a rewrite."""
    had, wants = Type.of(old), Type.of(new)
    if had.array != wants.array:
        return False
    return had.plain == wants.plain or any({had.plain, wants.plain} <= its for its in _ALIKE)


Conversion = Literal["assignment", "cast", "expression"]
"""How values are converted: an assignment refuses what a cast would cut."""


def may_merge(old: str, new: str, by: Conversion) -> bool:
    """Whether values that differ may be equal in the new type, where they do not fail in it.

    Whatever has different texts stays apart as a text.
    """
    had, wants = Type.of(old), Type.of(new)
    folds = had.plain != wants.plain == _FOLDED
    if by == "expression" or had.array != wants.array or folds:
        return True
    if wants.plain in TEXTS and (by == "assignment" or not wants.sizes):
        return False
    if {had.plain, wants.plain} <= _DIGITS.keys():
        return False
    if had.base == wants.base == "timestamp":  # in UTC: another zone is named in an expression
        return had.digits > wants.digits
    if had.plain == wants.plain == "numeric" and had.sizes and wants.sizes:
        return had.sizes[1] > wants.sizes[1]
    return not keeps_values(old, new)


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


_KNOWING = Regex(r"timestamp(?:\(\d\))? with time zone|timestamptz(?:\(\d\))?")
_LOCAL = Regex(r"timestamp(?:\(\d\))?(?: without time zone)?|date")


def by_zone(old: str, new: str) -> bool:
    """Whether values change from one type to the other by a time zone."""
    types = (old, new)
    return any(map(_KNOWING.fullmatch, types)) and any(map(_LOCAL.fullmatch, types))


def differ(one: str, other: str, type_: str = "") -> str:
    """SQL condition: two expressions are written differently; NULL is like NULL alone.

    IS DISTINCT FROM would take whatever "=" the tenant has.

    Args:
        type_: theirs. Those of numeric are compared as numbers: 1 is 1.00.
    """
    its = Type.of(type_)
    as_ = f"numeric{its.array}" if its.plain == "numeric" else "text"
    one, other = f"({one})::pg_catalog.{as_}", f"({other})::pg_catalog.{as_}"
    return (
        f"({one} OPERATOR(pg_catalog.=) {other}) IS NOT TRUE "
        f"AND NOT ({one} IS NULL AND {other} IS NULL)"
    )
