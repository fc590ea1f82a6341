"""How the values of a column get to another type, and what would not come back."""

from collections.abc import Sequence

from diffapply.ddl.conversion.conversions import Type, differ, keeps_values
from diffapply.ddl.conversion.own_types import as_json, below
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends
from diffapply.values import Column

_JSON = ("json", "jsonb")
_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_WITH_POINT = {"numeric", "real", "double precision"}
_TIMES = {"date", "interval", "timestamp", "time"}
_TEXT = {"text", "character varying", "character", "citext", "name"}


def values_as(column: str, had: Column, wants: Column, ends: Ends) -> Sequence[str]:
    """Expressions for values in another type, best first; empty: the cast of an assignment.

    In full: who may create behind the tenant may have functions of these names.
    """
    new = wants.type
    casts = ("", f"{column}::{new}")
    old = Type.of(below(had.type, ends.live))
    was_array, is_array = (bool(its.array) for its in (old, Type.of(below(new, ends.goal))))
    if is_composite(new, ends.goal) and was_array == is_array:
        all_ = _all_by_name(column, new), by_text(column, new)
        return *casts, *(all_ if is_array else (_by_name(column, f"NULL::{new}"),))
    if new in _JSON:
        return *casts, *_to_json(column, old, new)
    if had.type in _JSON:
        return *casts, *_from_json(column, had.type, wants)
    if has_many_meanings(str(old), below(new, ends.goal)):
        return casts
    text = by_text(column, new)
    if was_array != is_array:
        ways = _first(column, new) if was_array else _wrapped(column, new)
        return *ways, text
    through = _through(below(had.type, ends.live), below(new, ends.goal))
    return *casts, *((f"{column}{through}::{new}",) if through == "::integer" else ()), text


def _by_name(column: str, nothing: str) -> str:
    """A composite value of another type: attributes find their places by their names."""
    return f"pg_catalog.jsonb_populate_record({nothing}, pg_catalog.to_jsonb({column}))"


def _all_by_name(column: str, new: str) -> str:
    """The same for an array. Before PostgreSQL 17 there is no such expression."""
    return f"JSON_QUERY(pg_catalog.to_jsonb({column}), '$' RETURNING {new} ERROR ON ERROR)"


def is_composite(type_: str, catalog: Catalog) -> bool:
    """Whether values of a type are composite ones, or arrays of these."""
    return fact_named(catalog, "composite type", Type.of(below(type_, catalog)).base) is not None


def by_text(column: str, new: str) -> str:
    """Values of another type are read from the text that they have: the last resort."""
    return f"{column}::text::{new}"


def has_many_meanings(old: str, new: str) -> bool:
    """Whether a number stands for a time, or the other way round: only people know which one.

    It may count seconds, milliseconds or days since some day, or have the digits of a date.
    """
    had, wants = (Type.of(its).base.partition(" ")[0] for its in (old, new))
    pairs = ((Type.of(old).plain, wants), (Type.of(new).plain, had))
    return any(number in _NUMBERS and time in _TIMES for number, time in pairs)


def _to_json(column: str, old: Type, new: str) -> Sequence[str]:
    """Bytes are JSON as it is written. The text that PostgreSQL has for them, nobody means."""
    if old.base == "bytea":
        return () if old.array else (_from_bytes(column, new),)
    return (f"pg_catalog.to_{new}({column})",)


def _from_bytes(column: str, new: str) -> str:
    return f"pg_catalog.convert_from({column}, 'UTF8')::{new}"


def _to_bytes(column: str) -> str:
    return f"pg_catalog.convert_to({column}::text, 'UTF8')"


def _from_json(column: str, had: str, wants: Column) -> Sequence[str]:
    new = wants.type
    if Type.of(new).base == "bytea":
        return () if wants.is_array else (_to_bytes(column),)
    if not wants.is_array:
        return (by_text_of_json(column, had, new),)
    # Before PostgreSQL 17, an array is read as it would be written; `is_lost` tells what differs.
    is_array = f"pg_catalog.{had}_typeof({column}) OPERATOR(pg_catalog.=) 'array'"
    braces = f"pg_catalog.translate({column}::text, '[]', '{{}}')::{new}"
    return (
        f"JSON_QUERY({column}, '$' RETURNING {new})",
        f"CASE WHEN {is_array} THEN {braces} END",
    )


def by_text_of_json(column: str, had: str, new: str) -> str:
    """A JSON string, or another value of JSON, is read from its text."""
    return f"pg_catalog.{had}_extract_path_text({column}, VARIADIC '{{}}')::{new}"


def _first(column: str, new: str) -> Sequence[str]:
    """An array's only element; a cast comes later, for text takes the array as it is written."""
    first = f"{column}[1]"
    return first, f"{first}::{new}", "", f"{column}::{new}", f"{first}::text::{new}"


def _wrapped(column: str, new: str) -> Sequence[str]:
    """An array of one element; one that is null stays null."""
    arrays = (f"ARRAY[{column}]", f"ARRAY[{column}]::{new}")
    wrapped = (f"CASE WHEN {_is_there(column)} THEN {its} END" for its in arrays)
    return "", *wrapped, f"{column}::{new}"


def _is_there(column: str) -> str:
    """Condition: it has a value. IS NOT NULL would be false for a row with a null attribute."""
    return f"{column} IS DISTINCT FROM NULL"


def keeps_all(using: str, column: str, old: str, new: str) -> bool:
    """Whether every value stays what it is; then none is looked at in any tenant."""
    if using == f"pg_catalog.to_{new}({column})":
        return Type.of(old).base != "bytea"
    if using == _to_bytes(column):
        return old in _JSON
    if using == f"CASE WHEN {_is_there(column)} THEN ARRAY[{column}] END":
        return Type.of(new).array == "[]" and keeps_values(old, new.removesuffix("[]"))
    return is_plain(using, column, new) and keeps_values(old, new)


def is_plain(using: str, column: str, new: str) -> bool:
    """Whether the values are only cast to the type, or read from the text that they have.

    Composite ones are read by the names of their attributes.
    """
    nothing = (f"NULL::{new}", f"CAST(NULL AS {new})")
    by_name = (_by_name(column, its) for its in nothing)
    casts = (column, f"{column}::{new}", by_text(column, new), *by_name, _all_by_name(column, new))
    return not using or using in casts


def is_lost(using: str, column: str, types: tuple[str, str], ends: Ends) -> str:
    """SQL condition: a value cannot be had back from what becomes of it.

    Args:
        types: the old one and the new one.
    """
    old, new = types
    had = below(old, ends.live)
    value = f"({using or column})::{new}"
    if using == _from_bytes(column, new):
        return differ(_to_bytes(f"({value})"), column)
    if _are_alike_in_json(had, below(new, ends.goal), ends):
        return differ(as_json(value), as_json(column))
    if f"ARRAY[{column}]" in using:
        return differ(f"(({value})[1])::{old}", column, had)
    if any(its in using for its in (f"{column}[1]", f"({column})[1]")):
        return f"{column} IS NOT NULL AND {differ(f'ARRAY[{value}]::{old}', column, had)}"
    through = _through(below(new, ends.goal), had)
    if not through and using == by_text(column, new):
        through = "::text"
    return differ(f"({value}){through}::{old}", column, had)


def _through(old: str, new: str) -> str:
    """The cast before the last one, for values of a type that has no cast to the other one.

    PostgreSQL casts between boolean and integer alone: of other whole numbers, it reads the text.
    The text of those with digits behind the point it does not read.
    """
    had, wants = Type.of(old).plain, Type.of(new).plain
    if (had == "boolean" and wants in _NUMBERS - {"integer"}) or (
        had in _WITH_POINT and wants == "boolean"
    ):
        return "::integer"
    return "::text" if had in _NUMBERS - {"integer"} and wants == "boolean" else ""


def _are_alike_in_json(old: str, new: str, ends: Ends) -> bool:
    """Whether values of both types that mean the same are the same JSON."""
    if fact_named(ends.live, "composite type", old) and fact_named(
        ends.goal, "composite type", new
    ):
        return True
    return (old in _JSON) != (new in _JSON) and not any(
        its.base in _TEXT and not its.array for its in (Type.of(old), Type.of(new))
    )
