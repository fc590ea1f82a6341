"""Positions of sequences: kept when one takes another's place, and when its bounds change."""

from collections.abc import Mapping
from dataclasses import dataclass

from diffapply.ddl.risk import goes
from diffapply.ddl.risks.lost_positions import forgets_position
from diffapply.ddl.statements import (
    Alteration,
    Draft,
    Drafts,
    Renaming,
    Ways,
    alter_column,
    aside,
    drafts,
    literal,
    one,
    risky,
)
from diffapply.ddl.structure import serial
from diffapply.model.catalog import Ends, Fact
from diffapply.values import Identity, Numbering, Sequence


@dataclass(frozen=True, slots=True)
class Carry(Draft):
    """Moves a sequence, the target, to where another one stands."""

    source: str
    target: str


def carry(source: str, target: str) -> Carry:
    """The statement that moves a sequence to where another one stands."""
    return Carry(f"{move_to(target)}, last_value, is_called) FROM {source}", source, target)


def rename_sequence(old: str, new: str) -> Renaming:
    """The statement that renames a sequence."""
    return Renaming(f"ALTER SEQUENCE {old} RENAME TO {new}", "sequence", old, new)


def move_to(target: str) -> str:
    """The beginning of a statement that moves a sequence."""
    return f"SELECT pg_catalog.setval({literal(target)}"


def within_bounds(sequence: str, had: Numbering, wants: Numbering) -> str | None:
    """The statement that makes a position fit for new options; None if none fits both.

    Args:
        wants: the new options; a position that they allow stays.
    """
    low = max(had.minimum, wants.minimum)
    high = min(had.maximum, wants.maximum)
    if low > high:
        return None
    start = min(max(wants.start, low), high)
    return (
        f"{move_to(sequence)}, {start}, false) FROM {sequence} "
        f"WHERE last_value OPERATOR(pg_catalog.<) {wants.minimum} "
        f"OR last_value OPERATOR(pg_catalog.>) {wants.maximum}"
    )


def identity_for_sequence(fact: Fact, ends: Ends) -> Ways:
    """An identity goes on at the position of the sequence that the column owned."""
    owners = ends.live.by_kind.get("sequence owner", ())
    owned = [its for its in owners if its.definition == fact.name]
    if len(owned) != 1:
        return ()
    waits = aside(owned[0].name)
    return tuple(
        drafts(
            *first,
            rename_sequence(owned[0].name, waits),
            alter_column(fact, f"ADD {said}"),
            carry(waits, Identity.of(fact).sequence),
            risky(f"DROP SEQUENCE {waits}", goes("sequence", waits)),
        )
        # The usual name may be taken. The default goes by itself, unless it has to go right before.
        for said in dict.fromkeys((serial.identity(fact, ends.goal), fact.definition))
        for first in ((), (alter_column(fact, "DROP DEFAULT"),))
    )


def sequence_for_identity(fact: Fact, ends: Ends) -> Ways:
    """A sequence continues at the position of the identity that it replaces.

    It replaces the identity of the column that owns it in the goal, or the one that had its name.
    """
    owned = ends.goal.facts.get(("sequence owner", fact.name))
    identity = ends.live.facts.get(("identity", owned.definition)) if owned else None
    if identity is None and owned is None:
        identity = next(
            (
                other
                for other in ends.live.by_kind.get("identity", ())
                if Identity.of(other).sequence == fact.name
            ),
            None,
        )
    if identity is None or identity.key in ends.goal.facts:
        return ()
    return one(*_released(identity, fact))


def create(name: str, numbers: Sequence) -> str:
    """The statement that creates a sequence."""
    unlogged = "UNLOGGED " if numbers.unlogged else ""
    return f"CREATE {unlogged}SEQUENCE {name} {numbers.said}".rstrip()


def drop_identity(fact: Fact) -> Alteration:
    """The action that makes a column an identity no longer."""
    return alter_column(fact, "DROP IDENTITY", forgets_position(fact.object, fact.part))


def _released(identity: Fact, sequence: Fact) -> list[str | Draft]:
    """Statements that leave a sequence where an identity stood."""
    had = Identity.of(identity).sequence
    waits = aside(had)
    return [
        create(waits, Sequence.of(sequence)),
        carry(had, waits),
        drop_identity(identity),
        rename_sequence(waits, sequence.name),
    ]


def _put_by(identity: Fact) -> list[str | Draft]:
    """Statements that put the position of an identity aside, for another one of its name."""
    its = Identity.of(identity)
    waits = aside(its.sequence)
    return [
        f"CREATE SEQUENCE {waits} {' '.join(its.options)}",
        carry(its.sequence, waits),
        drop_identity(identity),
    ]


def outliving(ends: Ends) -> Drafts:
    """Drafts that keep a sequence and its position when its table or column is dropped.

    A sequence of a column comes to stand alone. A sequence whose name an identity has in the goal
    waits aside until its position is carried over to the identity.
    """
    live, goal = ends.live, ends.goal
    taken = {
        Identity.of(fact).sequence: fact.name
        for fact in goal.by_kind.get("identity", ())
        if fact.key not in live.facts
    }
    statements: list[str | Draft] = []
    put_aside: list[Draft] = []
    for fact in live.facts.values():
        if fact.kind == "identity":
            sequence = Identity.of(fact).sequence
            alone = goal.facts.get(("sequence", sequence))
            if alone and alone.key not in live.facts and ("column", fact.name) not in goal.facts:
                statements += _released(fact, alone)
            if fact.key not in goal.facts and sequence in taken:
                statements += _put_by(fact)
        if fact.kind != "sequence":
            continue
        owned = live.facts.get(("sequence owner", fact.name))
        its_column = owned.definition if owned else None
        # The identity of the column that owns it takes it over by itself.
        waits = fact.name in taken and fact.key not in goal.facts and taken[fact.name] != its_column
        outlives = its_column and ("column", its_column) not in goal.facts
        if outlives and (waits or fact.key in goal.facts):
            statements.append(f"ALTER SEQUENCE {fact.name} OWNED BY NONE")
        if waits:
            put_aside.append(rename_sequence(fact.name, aside(fact.name)))
    return drafts(*statements, *put_aside)


def waiting(way: Drafts) -> dict[str, str]:
    """Name aside → name, of the sequences that drafts of `outliving` put aside."""
    names: dict[str, str] = {}
    for draft in way:
        match draft:
            case Carry(source=source, target=target) if target == aside(source):
                names[target] = source
            case Renaming(kind="sequence", old=old, new=new):
                names.pop(old, None)  # it has its own name again
                if new == aside(old):
                    names[new] = old
    return names


def with_carries(way: Drafts, asides: Mapping[str, str]) -> Drafts:
    """The drafts; what waits aside is dropped last, after its position was carried over."""
    drops = {("sequence", name) for name in asides}
    carries = (
        statement
        for name, sequence in asides.items()
        for statement in (
            carry(name, sequence),
            risky(f"DROP SEQUENCE {name}", goes("sequence", name)),
        )
    )
    return (*(draft for draft in way if drops.isdisjoint(draft.drops)), *drafts(*carries))


def carried(way: Drafts) -> set[str]:
    """The sequences that drafts have brought to where another one stood."""
    names: set[str] = set()
    for draft in way:
        match draft:
            case Carry(target=target):
                names.add(target)
            case Renaming(kind="sequence", old=old, new=new) if old in names:
                names.add(new)
    return names
