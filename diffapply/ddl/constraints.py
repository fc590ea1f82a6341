"""Constraints of tables."""

from dataclasses import replace

from diffapply.ddl import partitions
from diffapply.ddl.derived import has_usual_parts, said_with_whole
from diffapply.ddl.keys import index_for, may_rest_on
from diffapply.ddl.kind import Kind, Text, loses_column
from diffapply.ddl.new_table import said_with_table
from diffapply.ddl.statements import Alteration, Options, alter_table, one
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.hazards import HazardCode
from diffapply.values import Constraint, Exclude, ForeignKey, Key


def _add_constraint(fact: Fact, goal: Catalog) -> Options:
    key = Constraint.of(fact)
    in_parts = partitions.is_partitioned(fact.object, goal) and not has_usual_parts(fact, goal)
    if isinstance(key, Key | Exclude) and in_parts:
        # The partitions have constraints of their own, which are then attached.
        parameters = goal.facts.get(("storage parameters", fact.part))
        return add_key(fact, key, parameters.definition if parameters else "")
    add = alter_table(fact.object, f"ADD CONSTRAINT {fact.part} {fact.definition}")
    outside = isinstance(key, ForeignKey) and ("table", key.table) not in goal.facts
    return one(replace(add, outside=outside))


def add_key(fact: Fact, key: Key | Exclude, parameters: str) -> Options:
    """Of a partitioned table: the parameters of its index can be set only here."""
    add = f"ADD CONSTRAINT {fact.part} {key.with_parameters(parameters)}"
    return tuple((alter_table(fact.object, add, only=only),) for only in (True, False))


def _from_index(fact: Fact, goal: Catalog, live: Catalog) -> Options:
    """A key takes over a unique index that is there: nothing is built."""
    key, index = Constraint.of(fact), index_for(fact, goal, live)
    if not isinstance(key, Key) or index is None:
        return ()
    word = key.word.removesuffix(" NULLS NOT DISTINCT")
    add = f"ADD CONSTRAINT {fact.part} {word} USING INDEX {index.name}{key.deferral}"
    return one(alter_table(fact.object, add))


def drop_constraint(fact: Fact, live: Catalog) -> Options:
    """With the foreign keys that rest on it, where others could bear them; or alone."""
    resting = tuple(_drop_statement(other) for other in may_rest_on(fact, live))
    plain = (_drop_statement(fact),)
    return ((*resting, *plain), plain) if resting else (plain,)


def _drop_statement(constraint: Fact) -> Alteration:
    return alter_table(constraint.object, f"DROP CONSTRAINT {constraint.part}")


def _alter_constraint(old: Fact, new: Fact, _: Catalog) -> Options:
    """VALIDATE, deferrability and enforcement in place; else nothing."""
    alter = f"ALTER CONSTRAINT {new.part}"
    had, wants = Constraint.of(old), Constraint.of(new)
    actions = []
    if had == replace(wants, valid=False) and wants.valid:
        actions.append(f"VALIDATE CONSTRAINT {new.part}")
    if isinstance(wants, ForeignKey) and had.demand == wants.demand:
        if had.deferral != wants.deferral:
            actions.append(f"{alter}{wants.deferral or ' NOT DEFERRABLE'}")
        elif had.enforced != wants.enforced:
            actions.append(f"{alter} {'ENFORCED' if wants.enforced else 'NOT ENFORCED'}")
    return tuple((alter_table(new.object, action),) for action in actions)


def _no_longer_valid(fact: Fact, live: Catalog) -> Options:
    """What was validated in a partition stays so as long as it is one."""
    partition = live.facts.get(("partition", fact.object))
    above, check = fact.object, None
    while check is None and (parent := partitions.parent_of(above, live)):
        above, check = parent, live.facts.get(("constraint", f"{parent}.{fact.part}"))
    if partition is None or check is None:
        return ()
    return one(
        partitions.detach(partition),
        _drop_statement(fact),
        alter_table(fact.object, f"ADD CONSTRAINT {fact.part} {check.definition}"),
        partitions.attach(partition),
    )


CONSTRAINTS = (
    Kind(
        "constraint",
        _add_constraint,
        drop_constraint,
        _alter_constraint,
        create_from=_from_index,
        value=Constraint,
        reads=Text.EXPRESSIONS,
        rename="ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}",
        renamed_freely="constraint",
        said_with=lambda fact, goal: said_with_whole(fact, goal) or said_with_table(fact, goal),
        goes_without=loses_column,
        risks=frozenset({HazardCode.SCANS_TABLE, HazardCode.BUILDS_INDEX}),
    ),
    Kind(
        "validated check",
        lambda fact, _: one(alter_table(fact.object, f"VALIDATE CONSTRAINT {fact.part}")),
        lambda _fact, _: (),
        drop_last=_no_longer_valid,
        risks=frozenset({HazardCode.SCANS_TABLE}),
    ),
)
