"""Constraints of tables."""

from dataclasses import replace

from diffapply.ddl.kind import Kind, Text, Turn, loses_column
from diffapply.ddl.kinds.new_table import said_with_table
from diffapply.ddl.risk import Risks
from diffapply.ddl.risks.demands import met, of_key
from diffapply.ddl.risks.losses import drops
from diffapply.ddl.risks.work import builds_index, scans, takes_index
from diffapply.ddl.statements import Alteration, Ways, alter_table, dropped_anew, one
from diffapply.ddl.structure import partitions
from diffapply.ddl.structure.ancestry import ancestors_of
from diffapply.ddl.structure.belonging import its, its_whole_index
from diffapply.ddl.structure.derived import (
    comes_to_partitions,
    has_usual_parts,
    said_with_whole,
)
from diffapply.ddl.structure.keys import index_for, may_rest_on
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Constraint, Exclude, ForeignKey, Key


def add_constraint(fact: Fact, goal: Catalog) -> Ways:
    """Add it to its table."""
    key = Constraint.of(fact)
    if isinstance(key, Key | Exclude) and partitions.is_partitioned(fact.object, goal):
        parameters = goal.facts.get(("storage parameters", fact.part))
        return add_key(fact, key, parameters.definition if parameters else "", goal)
    risks = _risks(fact) if key.valid and key.enforced else ()
    add = alter_table(fact.object, f"ADD CONSTRAINT {fact.part} {fact.definition}", *risks)
    outside = isinstance(key, ForeignKey) and ("table", key.table) not in goal.facts
    return one(replace(add, outside=outside))


def add_key(fact: Fact, key: Key | Exclude, parameters: str, catalog: Catalog) -> Ways:
    """Of a partitioned table: the parameters of its index can be set only here.

    It is said ONLY of the table if partitions have keys of their own: those are then attached.
    """
    add = f"ADD CONSTRAINT {fact.part} {key.with_parameters(parameters)}"
    return tuple(
        (alter_table(fact.object, add, *_risks(fact, only=only), only=only),)
        for only in ((False,) if has_usual_parts(fact, catalog) else (True, False))
    )


def _risks(fact: Fact, *, only: bool = False) -> Risks:
    """What it risks to look whether rows meet a constraint.

    Args:
        only: whether it is said ONLY of a partitioned table.
    """
    if isinstance(Constraint.of(fact), Key | Exclude):
        built = builds_index(fact.object, only=only)
        return (built,) if only else (built, of_key(fact))
    demand = met(fact.object, f"constraint {fact.part}", "constraint", fact.object, fact.part)
    return scans(fact.object), demand


def _from_index(fact: Fact, ends: Ends) -> Ways:
    """A key takes over a unique index that is there: nothing is built."""
    key, index = Constraint.of(fact), index_for(fact, ends)
    if not isinstance(key, Key) or index is None:
        return ()
    word = key.word.removesuffix(" NULLS NOT DISTINCT")
    add = f"ADD CONSTRAINT {fact.part} {word} USING INDEX {index.name}{key.deferral}"
    risks = (takes_index(fact.object, index.name),) if word == "PRIMARY KEY" else ()
    return one(alter_table(fact.object, add, *risks))


def drop_constraint(fact: Fact, live: Catalog) -> Ways:
    """Drop it with the foreign keys that rest on it, if other keys could take them; or alone."""
    resting = tuple(_drop_statement(other) for other in may_rest_on(fact, live))
    plain = (_drop_statement(fact),)
    return ((*resting, *plain), plain) if resting else (plain,)


def _drop_statement(constraint: Fact) -> Alteration:
    drop = f"DROP CONSTRAINT {constraint.part}"
    return alter_table(constraint.object, drop, drops("constraint", constraint.name))


def _alter_constraint(old: Fact, new: Fact, _: Ends) -> Ways:
    """VALIDATE, deferrability and enforcement in place; else nothing."""
    alter = f"ALTER CONSTRAINT {new.part}"
    had, wants = Constraint.of(old), Constraint.of(new)
    validation = _risks(new)
    actions: list[Alteration] = []
    if had == replace(wants, valid=False) and wants.valid:
        actions.append(alter_table(new.object, f"VALIDATE CONSTRAINT {new.part}", *validation))
    if isinstance(wants, ForeignKey) and had.demand == wants.demand:
        if had.deferral != wants.deferral:
            deferral = wants.deferral or " NOT DEFERRABLE"
            actions.append(alter_table(new.object, f"{alter}{deferral}"))
        elif had.enforced != wants.enforced and wants.enforced:
            actions.append(alter_table(new.object, f"{alter} ENFORCED", *validation))
        elif had.enforced != wants.enforced:
            actions.append(alter_table(new.object, f"{alter} NOT ENFORCED"))
    return tuple((action,) for action in actions)


def _no_longer_valid(fact: Fact, live: Catalog) -> Ways:
    """What a table inherits cannot be made NOT VALID, but the parent's can be added so again."""
    above = ancestors_of(fact.object, live)
    found = (live.facts.get(("constraint", f"{table}.{fact.part}")) for table in above)
    whole = next(filter(None, found), None)
    if whole is None or Constraint.of(whole).valid:
        return ()
    return tuple(
        (*dropped_anew(drop), *add)
        for drop in drop_constraint(whole, live)
        for add in add_constraint(whole, live)
    )


CONSTRAINTS = (
    Kind(
        "constraint",
        add_constraint,
        drop_constraint,
        _alter_constraint,
        create_from=_from_index,
        changes_with=comes_to_partitions,
        value=Constraint,
        text=Text.EXPRESSIONS,
        rename="ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}",
        renamed_freely="constraint",
        said_with=lambda fact, goal: said_with_whole(fact, goal) or said_with_table(fact, goal),
        goes_without=loses_column,
        is_action=True,
        turn=Turn.CONSTRAIN,
        turn_to_go=Turn.FREE,
        is_part=True,
        is_of_columns=True,
        ignored_with=its_whole_index,
        follows_declared=True,
        is_light=True,
    ),
    Kind(
        "validated constraint",
        lambda fact, _: one(
            alter_table(
                fact.object,
                f"VALIDATE CONSTRAINT {fact.part}",
                scans(fact.object),
                met(fact.object, f"constraint {fact.part}", "constraint", fact.object, fact.part),
            )
        ),
        lambda _fact, _: (),
        drop_last=_no_longer_valid,
        turn=Turn.CONSTRAIN,
        ignored_with=its("constraint"),
        is_light=True,
    ),
)
