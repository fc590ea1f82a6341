"""Tables themselves."""

from diffapply.ddl.kind import Kind, Text, Turn, renamed_aside
from diffapply.ddl.kinds.attaching import attaches, detach
from diffapply.ddl.kinds.clauses import clause
from diffapply.ddl.kinds.new_table import (
    clauses,
    constraints_said,
    parameters_clause,
    primary_key,
)
from diffapply.ddl.kinds.not_null import not_nulls_of_inherited
from diffapply.ddl.risk import Risk
from diffapply.ddl.risks.losses import drops, drops_table
from diffapply.ddl.risks.work import rewrites
from diffapply.ddl.statements import Draft, Drafts, Ways, alter_table, one, risky
from diffapply.ddl.structure import partitions
from diffapply.ddl.structure.belonging import its_parent
from diffapply.ddl.structure.derived import is_like_its_table
from diffapply.ddl.structure.detaching import key_column_changes
from diffapply.ddl.structure.order import circles
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import NO_OPTIONS, Column, Constraint, ForeignKey, Partition, Table


def _create_table(fact: Fact, goal: Catalog) -> Ways:
    return _create_from(fact, Ends(goal, goal))


def _create_from(fact: Fact, ends: Ends) -> Ways:
    """With all that CREATE TABLE can say; if that fails, with less: the rest is added later."""
    if is_like_its_table(fact.name, ends.goal):
        return (*_create_partition(fact, ends.goal), *_create_alone(fact, ends))
    return _create_alone(fact, ends)


def _create_partition(fact: Fact, goal: Catalog) -> Ways:
    """It gets everything from its table."""
    table, its = Table.of(fact), Partition.of(goal.facts["partition", fact.name])
    unlogged = "UNLOGGED " if table.unlogged else ""
    tail = f"{table.rest}{parameters_clause(fact.name, goal)}"
    sql = f"CREATE {unlogged}TABLE {fact.name} PARTITION OF {its.parent} {its.bound}{tail}"
    return one(risky(sql, attaches(fact.name, its.parent, made=True)))


def _create_alone(fact: Fact, ends: Ends) -> Ways:
    table, goal = Table.of(fact), ends.goal
    every = sorted(goal.parts("column", fact.name), key=lambda column: column.position)
    columns = [column for column in every if not Column.of(column).inherited]
    constraints = constraints_said(fact.name, goal)
    own_not_nulls = not_nulls_of_inherited(every, goal, primary_key(constraints))
    keys = [each for each in constraints if not isinstance(Constraint.of(each), ForeignKey)]
    inherits = goal.facts.get(("inherits", fact.name))
    parents = f" INHERITS ({inherits.definition})" if inherits else ""

    def statement(*more: str, with_default: bool = True) -> Draft:
        clauses = (clause(its, goal, with_default=with_default, live=ends.live) for its in columns)
        said = (its.text for its in clauses)
        listed = ",\n    ".join((*said, *more))
        body = f"(\n    {listed}\n)" if listed else "()"
        prefix = f"CREATE {'UNLOGGED ' if table.unlogged else ''}{table.word} {fact.name}"
        tail = f"{parents}{table.rest}{parameters_clause(fact.name, goal)}"
        return risky(f"{prefix} {body}{tail}")

    # Only from PostgreSQL 18 on can these be said here, and are they the table's own.
    first = (own_not_nulls, []) if own_not_nulls else ([],)
    more = [
        (*not_nulls, *clauses(its, goal)) for not_nulls in first for its in (constraints, keys, [])
    ]
    ways = [statement(*its) for its in dict.fromkeys(more)]
    return tuple((way,) for way in (*ways, statement(with_default=False)))


def _alter_table(old: Fact, new: Fact, _: Ends) -> Ways:
    """What can be altered in place: logging, the access method, a foreign table's options."""
    had, wants = Table.of(old), Table.of(new)
    if (had.foreign, had.partitioned_by) != (wants.foreign, wants.partitioned_by):
        return ()
    statements: list[Draft] = []
    if had.unlogged != wants.unlogged:
        logged = "SET UNLOGGED" if wants.unlogged else "SET LOGGED"
        statements.append(alter_table(new.name, logged, rewrites(new.name)))
    if had.method != wants.method:
        method = wants.method or ("heap" if wants.partitioned_by is None else "DEFAULT")
        set_method = f"SET ACCESS METHOD {method}"
        statements.append(alter_table(new.name, set_method, rewrites(new.name)))
    if had.options != wants.options:
        changes = (had.options or NO_OPTIONS).changes_to(wants.options or NO_OPTIONS)
        statements.append(risky(f"ALTER {wants.word} {new.name} OPTIONS ({changes})"))
    return one(*statements) if statements else ()


def _drop_table(fact: Fact, live: Catalog) -> Ways:
    drop = risky(f"DROP {Table.of(fact).word} {fact.name}", _goes(fact))
    ways: list[Drafts] = [(drop,)]
    if partition := live.facts.get(("partition", fact.name)):
        # A foreign key to the parent depends on each partition that is attached.
        ways.append((detach(partition), drop))
    if free := _free_sequences(fact, live):
        # Other tables count by them as well.
        ways += [(*free, *way) for way in ways]
    return tuple(ways)


def _drop_circle(fact: Fact, ends: Ends) -> Ways:
    """Tables that refer to each other go together; so no foreign key has to go before."""
    circle = [its for its in circles(ends.live).get(fact.name, ()) if ends.loses(("table", its))]
    if len(circle) == 1 or not circle:
        return ()
    drop = risky(f"DROP TABLE {', '.join(sorted(circle))}", *map(drops_table, sorted(circle)))
    return (*one(drop), *_drop_table(fact, ends.live))


def _goes(table: Fact) -> Risk:
    """What it risks to drop a table; the rows of a foreign one are elsewhere."""
    if Table.of(table).foreign:
        return drops("table", table.name, called="foreign table")
    return drops_table(table.name)


def _free_sequences(table: Fact, live: Catalog) -> Drafts:
    return tuple(
        risky(f"ALTER SEQUENCE {fact.name} OWNED BY NONE")
        for fact in live.parts("sequence owner", table.name)
    )


def _remake(old: Fact, new: Fact, ends: Ends) -> Ways:
    """A partitioned table has no rows itself: its partitions keep them and are attached again.

    The position of an identity would be lost.
    """
    if ends.live.parts("identity", old.name) or not partitions.is_partitioned(old.name, ends.live):
        return ()
    stay = [
        detach(fact)
        for fact in ends.live.by_kind.get("partition", ())
        if Partition.of(fact).parent == old.name and ("table", fact.name) in ends.goal.facts
    ]
    free = _free_sequences(old, ends.live)
    drop = _drop_table(old, ends.live)[0]
    return tuple((*stay, *free, *drop, *create) for create in _create_table(new, ends.goal))


def _goes_with_its_table(fact: Fact, ends: Ends) -> bool:
    """Whether it is a partition of one that goes."""
    parent = ("table", partitions.parent_of(fact.name, ends.live) or "")
    return ends.loses(parent)


TABLE = Kind(
    "table",
    _create_table,
    _drop_table,
    _alter_table,
    create_from=_create_from,
    drop_only=_drop_circle,
    value=Table,
    alter_last=_remake,
    put_aside=renamed_aside("TABLE"),
    changes_with=key_column_changes,
    text=Text.EXPRESSIONS,
    holds_data=True,
    owns_facts=True,
    shown_whole=True,
    goes_without=_goes_with_its_table,
    turn=Turn.SET,
    ignored_with=its_parent,
    namespace="relation",
    rename="ALTER TABLE {old} RENAME TO {new}",
)

OF_TYPE = Kind(
    "of type",
    lambda fact, _: one(alter_table(fact.name, f"OF {fact.definition}")),
    lambda fact, _: one(alter_table(fact.name, "NOT OF")),
    is_action=True,
    turn=Turn.SET,
)
