"""Sequences, those of identity columns among them."""

from diffapply.ddl.kind import Kind, Turn, its_column, its_column_or_view, set_anew
from diffapply.ddl.kinds.positions import (
    create,
    drop_identity,
    identity_for_sequence,
    rename_sequence,
    sequence_for_identity,
    within_bounds,
)
from diffapply.ddl.risks.demands import no_nulls
from diffapply.ddl.risks.lost_positions import (
    begins_again,
    drops_position,
    identity_begins_again,
    identity_stays_within,
    stays_within,
)
from diffapply.ddl.risks.work import scans
from diffapply.ddl.statements import Ways, alter_column, drafts, literal, one, risky
from diffapply.ddl.structure.belonging import its, its_owner
from diffapply.ddl.structure.serial import identity, said_by_serial
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Identity, Sequence


def _add_identity(fact: Fact, goal: Catalog) -> Ways:
    add = alter_column(fact, f"ADD {identity(fact, goal)}")
    before = (
        (),
        (alter_column(fact, "DROP DEFAULT"),),
        (alter_column(fact, "SET NOT NULL", scans(fact.object), no_nulls(fact.object, fact.part)),),
    )
    return tuple((*its, add) for its in before)


def _alter_identity(old: Fact, new: Fact, _: Ends) -> Ways:
    had, wants = Identity.of(old), Identity.of(new)
    when = (wants.when,) if had.when != wants.when else ()
    sets = " ".join(f"SET {its}" for its in (*when, *wants.unlike(had)))
    renames = []
    if had.sequence != wants.sequence:
        renames.append(rename_sequence(had.sequence, wants.sequence))
    within = identity_stays_within(new.object, new.part)
    set_ = (alter_column(new, sets, within),) if sets else ()
    statements: list[str] = []
    if had.logged != wants.logged:
        # If the goal does not say it, it is the opposite of what it was.
        opposite = "UNLOGGED" if had.logged == "LOGGED" else "LOGGED"
        statements.append(f"ALTER SEQUENCE {wants.sequence} SET {wants.logged or opposite}")
    plain = drafts(*renames, *set_, *statements)
    if move := within_bounds(wants.sequence, had, wants):
        moved = risky(move, begins_again(wants.sequence, wants.bounds))
        return plain, drafts(*renames, moved, *set_, *statements)
    restart = alter_column(
        new, f"{sets} RESTART".lstrip(), identity_begins_again(new.object, new.part)
    )
    return plain, drafts(*renames, restart, *statements)


def _drop_identity(fact: Fact, _: Catalog) -> Ways:
    return one(drop_identity(fact))


def _create_sequence(fact: Fact, _: Catalog) -> Ways:
    return one(create(fact.name, Sequence.of(fact)))


def _alter_sequence(old: Fact, new: Fact, _: Ends) -> Ways:
    had, wants = Sequence.of(old), Sequence.of(new)
    statements = []
    if had.unlogged != wants.unlogged:
        logged = "UNLOGGED" if wants.unlogged else "LOGGED"
        statements.append(f"ALTER SEQUENCE {new.name} SET {logged}")
    if not (changes := wants.changes_from(had)):
        return one(*statements)
    alter = f"ALTER SEQUENCE {new.name} {changes}"
    plain = risky(alter, stays_within(new.name))
    if move := within_bounds(new.name, had, wants):
        moved = risky(move, begins_again(new.name, wants.bounds))
        return drafts(*statements, plain), drafts(*statements, moved, plain)
    again = risky(f"{alter} RESTART", begins_again(new.name))
    return drafts(*statements, plain), drafts(*statements, again)


def _own_sequence(fact: Fact, _: Catalog) -> Ways:
    return one(f"ALTER SEQUENCE {fact.name} OWNED BY {fact.definition}")


def _own_new_sequence(fact: Fact, ends: Ends) -> Ways:
    """The owner of a table that stands already must own the sequence, too."""
    if ("table", fact.object) not in ends.live.facts:
        return ()
    alter = f"ALTER SEQUENCE {fact.name.replace('%', '%%')} OWNER TO %I"
    query = (
        f"SELECT pg_catalog.format({literal(alter)}, "
        "pg_catalog.pg_get_userbyid(relowner)) FROM pg_catalog.pg_class "
        f"WHERE oid OPERATOR(pg_catalog.=) {literal(fact.object)}::pg_catalog.regclass"
    )
    give = f"DO {literal(f'BEGIN EXECUTE ({query}); END')}"
    return tuple((*drafts(give), *way) for way in _own_sequence(fact, ends.goal))


SEQUENCE = Kind(
    "sequence",
    _create_sequence,
    lambda fact, _: one(risky(f"DROP SEQUENCE {fact.name}", drops_position(fact.name))),
    _alter_sequence,
    value=Sequence,
    create_from=sequence_for_identity,
    holds_data=True,
    owns_facts=True,
    said_with=said_by_serial,
    namespace="relation",
    rename="ALTER SEQUENCE {old} RENAME TO {new}",
    ignored_with=its_owner,
)


SEQUENCE_OWNER = Kind(
    "sequence owner",
    _own_sequence,
    lambda fact, _: one(f"ALTER SEQUENCE {fact.name} OWNED BY NONE"),
    set_anew(_own_sequence),
    create_from=_own_new_sequence,
    said_with=said_by_serial,
    renamed_freely="sequence",
    ignored_with=its("sequence"),
)


IDENTITY = Kind(
    "identity",
    _add_identity,
    _drop_identity,
    _alter_identity,
    value=Identity,
    create_from=identity_for_sequence,
    comes_with=its_column_or_view,
    goes_with=its_column,
    is_action=True,
    turn=Turn.ALTER,
)
