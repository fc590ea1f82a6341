"""Columns that change between types with and without a time zone.

PostgreSQL converts local time by the session's TimeZone. The application's holds when a transition
runs, but a statement should say by itself what it makes of values: so it names the zone.
"""

import re

from diffapply.ddl.statements import Options, literal
from diffapply.model.catalog import Catalog
from diffapply.values import Column
from diffapply.values.grammar import IDENTIFIER

_RETYPE = re.compile(
    rf"ALTER TABLE (?P<table>{IDENTIFIER}) ALTER COLUMN (?P<column>{IDENTIFIER}) "
    r"SET DATA TYPE (?P<type>[a-z]+(?:\(\d\))?(?: with(?:out)? time zone)?)"
)
_KNOWING = re.compile(r"timestamp(?:\(\d\))? with time zone|timestamptz(?:\(\d\))?")
_LOCAL = re.compile(r"timestamp(?:\(\d\))?(?: without time zone)?|date")

_UTC = {"UTC", "UCT", "GMT", "ZULU", "UNIVERSAL", "GREENWICH", "GMT0", "GMT+0", "GMT-0"}


def naming_zone(ways: Options, live: Catalog, zone: str) -> Options:
    """Ways to change something, with those before them that name the zone.

    Where that is UTC, none is needed: PostgreSQL then keeps the values as they are, and rewrites
    nothing.

    Args:
        live: what stands there.
        zone: the application's time zone.
    """
    if zone.upper().removeprefix("ETC/") in _UTC:
        return ways
    return tuple(
        its
        for way in ways
        for its in dict.fromkeys((tuple(_named(each, live, zone) for each in way), way))
    )


def by_zone(old: str, new: str) -> bool:
    """Whether values change from one type to the other by a time zone."""
    types = (old, new)
    return any(map(_KNOWING.fullmatch, types)) and any(map(_LOCAL.fullmatch, types))


def _named(statement: str, live: Catalog, zone: str) -> str:
    found = _RETYPE.fullmatch(statement)
    column = found and live.facts.get(("column", f"{found['table']}.{found['column']}"))
    if not found or not column:
        return statement
    old = Column.of(column).type
    if not by_zone(old, found["type"]):
        return statement
    value = found["column"]
    if old == "date":
        value += "::pg_catalog.timestamp"
    value += f" AT TIME ZONE {literal(zone)}"
    if found["type"] == "date":
        value = f"({value})::pg_catalog.date"
    return f"{statement} USING {value}"
