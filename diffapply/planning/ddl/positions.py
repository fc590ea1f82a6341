"""Positions of sequences: kept when one takes another's place, and when its bounds change."""

import re

from diffapply.catalog.model import Catalog, Fact
from diffapply.planning.ddl.statements import IDENTIFIER, Options, aside, literal, one

_BOUND = re.compile(r"(START WITH|MINVALUE|MAXVALUE) (-?\d+)")
_NAMED = re.compile(rf"SEQUENCE NAME (?P<sequence>{IDENTIFIER}) ")


def sequence_of(identity: Fact) -> str:
    """The name of the sequence that an identity uses."""
    named = _NAMED.search(identity.definition)
    assert named is not None  # noqa: S101 - identity.sql writes no other form
    return named["sequence"]


def carry(source: str, target: str) -> str:
    """The statement that moves a sequence to where another one stands."""
    return f"SELECT setval({literal(target)}, last_value, is_called) FROM {source}"


def within_bounds(sequence: str, old: str, new: str) -> str | None:
    """The statement that makes a position fit for new options; None if none fits both.

    Args:
        old: the options that it has.
        new: those that it is to have; where they admit the position, it stays.
    """
    had, wants = dict(_BOUND.findall(old)), dict(_BOUND.findall(new))
    low = max(int(had["MINVALUE"]), int(wants["MINVALUE"]))
    high = min(int(had["MAXVALUE"]), int(wants["MAXVALUE"]))
    if low > high:
        return None
    start = min(max(int(wants["START WITH"]), low), high)
    return (
        f"SELECT setval({literal(sequence)}, {start}, false) FROM {sequence} "
        f"WHERE last_value NOT BETWEEN {wants['MINVALUE']} AND {wants['MAXVALUE']}"
    )


def identity_for_sequence(fact: Fact, _: Catalog, live: Catalog) -> Options:
    """An identity goes on where the sequence stands that the column owned."""
    owned = [
        owner
        for owner in live.facts.values()
        if owner.kind == "sequence owner" and owner.definition == fact.name
    ]
    if len(owned) != 1:
        return ()
    alter = f"ALTER TABLE {fact.owner} ALTER COLUMN {fact.name[len(fact.owner) + 1 :]}"
    waiting = aside(owned[0].name)
    return one(
        f"{alter} DROP DEFAULT",
        f"ALTER SEQUENCE {owned[0].name} RENAME TO {waiting}",
        f"{alter} ADD {fact.definition}",
        carry(waiting, sequence_of(fact)),
        f"DROP SEQUENCE {waiting}",
    )


def sequence_for_identity(fact: Fact, goal: Catalog, live: Catalog) -> Options:
    """A sequence goes on where the identity of the column stands that it is for."""
    owner = goal.facts.get(("sequence owner", fact.name))
    identity = live.facts.get(("identity", owner.definition)) if owner else None
    if identity is None or identity.key in goal.facts:
        return ()
    waiting = aside(sequence_of(identity))
    column = identity.name[len(identity.owner) + 1 :]
    unlogged = "UNLOGGED " if fact.definition.startswith("UNLOGGED ") else ""
    return one(
        f"CREATE {unlogged}SEQUENCE {waiting} {fact.definition.removeprefix('UNLOGGED ')}",
        carry(sequence_of(identity), waiting),
        f"ALTER TABLE {identity.owner} ALTER COLUMN {column} DROP IDENTITY",
        f"ALTER SEQUENCE {waiting} RENAME TO {fact.name}",
    )
