"""Values of PostgreSQL's types, to try in scratch whether a conversion takes them."""

from collections.abc import Mapping, Sequence

from diffapply.ddl.conversion.casts import by_text, by_text_of_json
from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.conversion.own_types import below
from diffapply.ddl.risks.labels import labels_of
from diffapply.ddl.statements import aside, literal
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends
from diffapply.values.grammar import unquoted

_TIMES = ("2020-01-31 10:11:12.123456", "1970-01-01 00:00:00", "infinity", "0044-03-15 00:00:00 BC")
_TEXTS = ("", "x", "a\\b")
_ADDRESSES = ("192.168.0.0/24", "::1")
_JSON = ("1", "-1.5", "1e100", "true", '"x"', "[1]", '{"a": 1}', "null")
VALUES: Mapping[str, Sequence[str]] = {
    "smallint": ("0", "1", "-32768", "32767"),
    "integer": ("0", "1", "-2147483648", "2147483647"),
    "bigint": ("0", "1", "-9223372036854775808", "9223372036854775807"),
    "numeric": ("0", "1", "-1.5", "1e30"),
    "real": ("0", "1", "-1.5", "1e30"),
    "double precision": ("0", "1", "-1.5", "1e300"),
    "boolean": ("true", "false"),
    "text": _TEXTS,
    "character varying": _TEXTS,
    "character": _TEXTS,
    "citext": _TEXTS,
    "bytea": ("", "\\x7b7d", "\\x00ff"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "c0ffee00-0000-4000-8000-123456789abc"),
    "date": ("2020-01-31", "1970-01-01", "infinity", "0044-03-15 BC"),
    "timestamp without time zone": _TIMES,
    "timestamp with time zone": _TIMES,
    "time without time zone": ("00:00:00", "10:11:12.123456"),
    "time with time zone": ("00:00:00+00", "10:11:12.123456+02"),
    "interval": ("0", "1 day", "-1 mon 2 days 03:04:05.6"),
    "money": ("0", "-2"),
    "inet": (*_ADDRESSES, "192.168.0.1"),
    "cidr": _ADDRESSES,
    "macaddr": ("08:00:2b:01:02:03",),
    "point": ("(1,2)",),
    "json": (*_JSON, '"\\u0000"'),
    "jsonb": _JSON,
}
_STRINGS = (
    *(text for values in VALUES.values() for text in values if text),
    *("empty", "{}", "(0,0)", "<(0,0),1>", "08:00:2b:01:02:03:04:05", "0/0", "1:1:"),
)
"""Texts of which each of PostgreSQL's types reads one."""
_READS_NO_JSON = ".hstore"
"""The end of the name of a type that is known so, among those of extensions."""
_LONG = "pg_catalog.repeat('x', 100000)"
"""A text that is too long for most types with a limit."""


def samples(type_: str, catalog: Catalog) -> Sequence[str]:
    """Expressions for values of a type; none if no value is known.

    Those for a domain are of the type that it is made of: its checks may refuse some.
    """
    type_ = below(type_, catalog)
    its = Type.of(type_)
    if its.base == "numeric" and its.sizes:
        found = ["'0'", f"'{_largest(*its.sizes)}'"]
    elif values := VALUES.get(its.plain):
        found = [*map(literal, values), *([_LONG] if values is _TEXTS else ())]
    else:
        found = [*(labels_of(type_, catalog) or ())]
    if its.array:
        element = type_.removesuffix(its.array)
        return [*(f"ARRAY[{each}::{element}]::{type_}" for each in found), f"'{{}}'::{type_}"]
    return [f"{each}::{type_}" for each in found]


def _largest(precision: int, scale: int) -> str:
    """The largest number of such a size."""
    return f"{'9' * precision}e{-scale}"


def trial(column: str, values: Sequence[str], new: str, using: str) -> str:
    """Statements that convert these values, as a column of a table of their own."""
    table = aside(f"trial of {column}")
    rows = " UNION ALL ".join(f"SELECT {value} AS {column}" for value in values)
    how = f" USING {using}" if using else ""
    return (
        f"CREATE TABLE {table} AS {rows}; ALTER TABLE {table} ALTER COLUMN {column} TYPE {new}{how}"
    )


def read_trial(values: Sequence[str], new: str) -> str:
    """Statements that read these values from their texts, as attributes of a composite value."""
    old, table = (aside(f"{which} trial") for which in ("old", "new"))
    rows = " UNION ALL ".join(f"SELECT {value} AS v" for value in values)
    return (
        f"CREATE TABLE {old} AS {rows}; CREATE TABLE {table} (v {new}); SELECT "
        f"pg_catalog.jsonb_populate_record(NULL::{table}, pg_catalog.to_jsonb(t)) FROM {old} t"
    )


def trials(old: str, new: str, ends: Ends) -> Sequence[str]:
    """Values that are read from their texts, one by one: if none can be, the type takes no value.

    None if too little is known of the types. Any text may be what the new type reads. An enum reads
    its labels, which the old type may have or not.
    """
    catalog, labels = ends.live, labels_of(new, ends.goal)
    had = Type.of(below(old, catalog))
    if VALUES.get(had.plain) is _TEXTS:
        return ()
    if labels and VALUES.get(had.plain):
        return [f"SELECT {by_text(f'{its}::{old}', new)}" for its in labels]
    if not VALUES.get(Type.of(new).plain):
        return ()
    return [f"SELECT {by_text(value, new)}" for value in samples(old, catalog)]


def trials_of_json(old: str, new: str, ends: Ends) -> Sequence[str]:
    """Values of JSON that are read from their texts, one by one: those of the type first.

    None if what the type reads is not known, as it is the tenant's own or stands beside it.
    """
    type_ = below(new, ends.goal)
    labels = labels_of(type_, ends.goal)
    is_beside = "." in type_ and not (labels or type_.endswith(_READS_NO_JSON))
    if is_beside or fact_named(ends.goal, "base type", type_):
        return ()
    known = labels or map(literal, VALUES.get(Type.of(type_).plain, ()))
    strings = dict.fromkeys((*known, *map(literal, _STRINGS)))
    values = (
        *(f"pg_catalog.to_{old}({its}::text)" for its in strings),
        *(f"{literal(its)}::{old}" for its in _JSON if its != "null"),
    )
    return [f"SELECT {by_text_of_json(its, old, type_)}" for its in values]


def is_too_short(old: str, new: str, ends: Ends) -> bool:
    """Whether a type is too short for the texts of all values of another, which are known."""
    had, wants = Type.of(below(old, ends.live)), Type.of(below(new, ends.goal))
    labels = (
        [*map(literal, VALUES["boolean"])] if had.plain == "boolean" else labels_of(old, ends.live)
    )
    if not labels or had.array or wants.array or wants.base not in _BOUNDED:
        return False
    return bool(wants.sizes) and wants.sizes[0] < min(len(unquoted(its)) for its in labels)


_BOUNDED = ("character varying", "character")
