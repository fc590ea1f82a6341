"""Positions of sequences: kept when one takes another's place, and when its bounds change."""

import re
from collections.abc import Mapping, Sequence

from diffapply.ddl.statements import (
    IDENTIFIER,
    LITERAL,
    Options,
    aside,
    literal,
    one,
    unquoted,
)
from diffapply.model.catalog import Catalog, Fact

_BOUND = re.compile(r"(START WITH|MINVALUE|MAXVALUE) (-?\d+)")
_NAMED = re.compile(rf"SEQUENCE NAME (?P<sequence>{IDENTIFIER}) ")


def sequence_of(identity: Fact) -> str:
    """The name of the sequence that an identity uses."""
    return _named(identity)["sequence"]


def _named(identity: Fact) -> re.Match[str]:
    named = _NAMED.search(identity.definition)
    assert named is not None  # noqa: S101 - identity.sql writes no other form
    return named


def carry(source: str, target: str) -> str:
    """The statement that moves a sequence to where another one stands."""
    return f"{move_to(target)}, last_value, is_called) FROM {source}"


def move_to(target: str) -> str:
    """What a statement that moves a sequence begins with."""
    return f"SELECT pg_catalog.setval({literal(target)}"


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
        f"{move_to(sequence)}, {start}, false) FROM {sequence} "
        f"WHERE last_value OPERATOR(pg_catalog.<) {wants['MINVALUE']} "
        f"OR last_value OPERATOR(pg_catalog.>) {wants['MAXVALUE']}"
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
    alter = f"ALTER TABLE {fact.object} ALTER COLUMN {fact.name[len(fact.object) + 1 :]}"
    waits = aside(owned[0].name)
    return one(
        f"{alter} DROP DEFAULT",
        f"ALTER SEQUENCE {owned[0].name} RENAME TO {waits}",
        f"{alter} ADD {fact.definition}",
        carry(waits, sequence_of(fact)),
        f"DROP SEQUENCE {waits}",
    )


def sequence_for_identity(fact: Fact, goal: Catalog, live: Catalog) -> Options:
    """A sequence goes on where the identity stands that it is in place of.

    That is the identity of the column that is to own it, or the one that had its name.
    """
    owner = goal.facts.get(("sequence owner", fact.name))
    identity = live.facts.get(("identity", owner.definition)) if owner else None
    if identity is None and owner is None:
        identity = next(
            (
                other
                for other in live.by_kind.get("identity", ())
                if sequence_of(other) == fact.name
            ),
            None,
        )
    if identity is None or identity.key in goal.facts:
        return ()
    return (tuple(_released(identity, fact)),)


def _released(identity: Fact, sequence: Fact) -> list[str]:
    """Statements that leave a sequence where an identity stood."""
    waits = aside(sequence_of(identity))
    column = identity.name[len(identity.object) + 1 :]
    unlogged = "UNLOGGED " if sequence.definition.startswith("UNLOGGED ") else ""
    return [
        f"CREATE {unlogged}SEQUENCE {waits} {sequence.definition.removeprefix('UNLOGGED ')}",
        carry(sequence_of(identity), waits),
        f"ALTER TABLE {identity.object} ALTER COLUMN {column} DROP IDENTITY",
        f"ALTER SEQUENCE {waits} RENAME TO {sequence.name}",
    ]


def _put_by(identity: Fact) -> list[str]:
    """Statements that keep the position of an identity aside, for another one of its name."""
    named = _named(identity)
    waits = aside(named["sequence"])
    column = identity.name[len(identity.object) + 1 :]
    return [
        f"CREATE SEQUENCE {waits} {identity.definition[named.end() : -1]}",
        carry(named["sequence"], waits),
        f"ALTER TABLE {identity.object} ALTER COLUMN {column} DROP IDENTITY",
    ]


def outliving(live: Catalog, goal: Catalog) -> list[str]:
    """Statements that keep sequences whose table or column goes, so that their positions stay.

    One that a column owned, or was the identity of, comes to stand alone. One that stands alone,
    and whose name is an identity's in the goal, waits aside until its position is carried over.
    """
    taken = {
        sequence_of(fact): fact.name
        for fact in goal.by_kind.get("identity", ())
        if fact.key not in live.facts
    }
    statements: list[str] = []
    put_aside: list[str] = []
    for fact in live.facts.values():
        if fact.kind == "identity" and ("column", fact.name) not in goal.facts:
            alone = goal.facts.get(("sequence", sequence_of(fact)))
            if alone and alone.key not in live.facts:
                statements += _released(fact, alone)
        if fact.kind == "identity" and fact.key not in goal.facts and sequence_of(fact) in taken:
            statements += _put_by(fact)
        if fact.kind != "sequence":
            continue
        owner = live.facts.get(("sequence owner", fact.name))
        its_column = owner.definition if owner else None
        # The identity of the column that owns it takes it over by itself.
        waits = fact.name in taken and fact.key not in goal.facts and taken[fact.name] != its_column
        outlives = its_column and ("column", its_column) not in goal.facts
        if outlives and (waits or fact.key in goal.facts):
            statements.append(f"ALTER SEQUENCE {fact.name} OWNED BY NONE")
        if waits:
            put_aside.append(f"ALTER SEQUENCE {fact.name} RENAME TO {aside(fact.name)}")
    return statements + put_aside


_WAITS = re.compile(rf"ALTER SEQUENCE (?P<sequence>{IDENTIFIER}) RENAME TO (?P<aside>{IDENTIFIER})")
_PUT_BY = re.compile(
    rf"SELECT pg_catalog\.setval\((?P<aside>{LITERAL}), last_value, is_called\) "
    rf"FROM (?P<sequence>{IDENTIFIER})"
)


def waiting(statements: Sequence[str]) -> dict[str, str]:
    """Name aside → name, of the sequences that statements of `outliving` put aside."""
    renamed = [*filter(None, map(_WAITS.fullmatch, statements))]
    left = {its["sequence"] for its in renamed}
    pairs = [
        *((its["aside"], its["sequence"]) for its in renamed),
        *(
            (name, its["sequence"])
            for its in filter(None, map(_PUT_BY.fullmatch, statements))
            if (name := unquoted(its["aside"])) not in left  # it has its own name again
        ),
    ]
    return {name: sequence for name, sequence in pairs if name == aside(sequence)}


def with_carries(statements: Sequence[str], asides: Mapping[str, str]) -> tuple[str, ...]:
    """Statements that drop what waits aside only when its position has been carried over."""
    drops = {f"DROP SEQUENCE {name}" for name in asides}
    return (
        *(statement for statement in statements if statement not in drops),
        *(
            statement
            for name, sequence in asides.items()
            for statement in (carry(name, sequence), f"DROP SEQUENCE {name}")
        ),
    )


_CARRIED = re.compile(
    rf"SELECT pg_catalog\.setval\((?P<target>{LITERAL}), last_value, is_called\) "
    rf"|ALTER SEQUENCE (?P<old>{IDENTIFIER}) RENAME TO (?P<new>{IDENTIFIER})"
)


def carried(statements: Sequence[str]) -> set[str]:
    """The sequences that statements have brought to where another one stood."""
    names: set[str] = set()
    for found in filter(None, map(_CARRIED.match, statements)):
        if found["target"]:
            names.add(unquoted(found["target"]))
        elif found["old"] in names:
            names.add(found["new"])
    return names
