"""Columns that change between types with and without a time zone.

PostgreSQL converts local time by the session's TimeZone. The application's holds when a transition
runs, but a statement should say by itself what it makes of values: so it names the zone.
"""

from diffapply.ddl.conversion.conversions import by_zone
from diffapply.ddl.statements import Draft, Retyping, Ways, literal
from diffapply.model.catalog import Fact
from diffapply.values import Column

_UTC = {"UTC", "UCT", "GMT", "ZULU", "UNIVERSAL", "GREENWICH", "GMT0", "GMT+0", "GMT-0"}


def naming_zone(ways: Ways, old: Fact | None, new: Fact, zone: str) -> Ways:
    """Ways to change something, with those before them that name the zone.

    Where that is UTC, none is needed: PostgreSQL then keeps the values as they are, and rewrites
    nothing.

    Args:
        old: what stands there, if anything.
        new: what is to stand there.
        zone: the application's time zone.
    """
    if zone.upper().removeprefix("ETC/") in _UTC or not (value := _converted(old, new, zone)):
        return ways
    return tuple(
        its
        for way in ways
        for its in dict.fromkeys((tuple(_with(value, each) for each in way), way))
    )


def _converted(old: Fact | None, new: Fact, zone: str) -> str:
    """A column's value in its new type, by the zone; empty if it does not depend on one."""
    if old is None or old.kind != "column":
        return ""
    had, wants = Column.of(old).type, Column.of(new).plain
    if not by_zone(had, wants):
        return ""
    value = new.part + ("::pg_catalog.timestamp" if had == "date" else "")
    value += f" AT TIME ZONE {literal(zone)}"
    return f"({value})::pg_catalog.date" if wants == "date" else value


def _with(value: str, draft: Draft) -> Draft:
    if isinstance(draft, Retyping) and not draft.using:
        return draft.by(value)
    return draft
