"""Tables, how they hang together, their constraints and settings, sequences."""

from dataclasses import replace

from diffapply.ddl import partitions
from diffapply.ddl.columns import clause, not_nulls_of_inherited, set_not_null
from diffapply.ddl.inheritance import INHERITS, add_checks
from diffapply.ddl.keys import alike_indexes, may_rest_on
from diffapply.ddl.kind import Kind, Text, dropper, its_index, renamed_aside
from diffapply.ddl.sequences import create, sequence_for_identity, within_bounds
from diffapply.ddl.statements import Options, literal, one
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import (
    Column,
    Constraint,
    Exclude,
    ForeignKey,
    ForeignOptions,
    Key,
    Parameters,
    Partition,
    Sequence,
    Table,
)

_NO_OPTIONS = ForeignOptions(())


def _create_table(fact: Fact, goal: Catalog) -> Options:
    table = Table.of(fact)
    every = sorted(goal.parts("column", fact.object), key=lambda column: column.position)
    columns = [column for column in every if not Column.of(column).inherited]
    own_not_nulls = not_nulls_of_inherited(every, goal)
    inherits = goal.facts.get(("inherits", fact.name))
    parents = f" INHERITS ({inherits.definition})" if inherits else ""

    def statement(*more: str, with_default: bool = True) -> str:
        clauses = [*(clause(c, goal, with_default=with_default) for c in columns), *more]
        listed = ",\n    ".join(clauses)
        body = f"(\n    {listed}\n)" if listed else "()"
        prefix = f"CREATE {'UNLOGGED ' if table.unlogged else ''}{table.word} {fact.name}"
        return f"{prefix} {body}{parents}{table.rest}"

    plain = (statement(),), (statement(with_default=False),)
    # Only from PostgreSQL 18 on can it be said here, and is it the table's own.
    return ((statement(*own_not_nulls),), *plain) if own_not_nulls else plain


def _alter_table(old: Fact, new: Fact, _: Catalog) -> Options:
    """What can be altered in place: logging, the access method, a foreign table's options."""
    had, wants = Table.of(old), Table.of(new)
    if (had.foreign, had.partitioned_by) != (wants.foreign, wants.partitioned_by):
        return ()
    alter = f"ALTER {wants.word} {new.name} "
    statements = []
    if had.unlogged != wants.unlogged:
        statements.append(alter + ("SET UNLOGGED" if wants.unlogged else "SET LOGGED"))
    if had.method != wants.method:
        method = wants.method or ("heap" if wants.partitioned_by is None else "DEFAULT")
        statements.append(f"{alter}SET ACCESS METHOD {method}")
    if had.options != wants.options:
        changes = (had.options or _NO_OPTIONS).changes_to(wants.options or _NO_OPTIONS)
        statements.append(f"{alter}OPTIONS ({changes})")
    return (tuple(statements),) if statements else ()


def _drop_table(fact: Fact, live: Catalog) -> Options:
    drop = f"DROP {Table.of(fact).word} {fact.name}"
    ways: list[tuple[str, ...]] = [(drop,)]
    if partition := live.facts.get(("partition", fact.name)):
        # What refers to the parent hangs on each partition as long as it is attached.
        ways.append((partitions.detach(partition), drop))
    if free := _free_sequences(fact, live):
        # Other tables count by them as well.
        ways += [(*free, *way) for way in ways]
    return tuple(ways)


def _free_sequences(table: Fact, live: Catalog) -> tuple[str, ...]:
    return tuple(
        f"ALTER SEQUENCE {fact.name} OWNED BY NONE"
        for fact in live.parts("sequence owner", table.name)
    )


def _remake(old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
    """A partitioned table has no rows itself: its partitions keep them and are attached again.

    The position of an identity would be lost.
    """
    if live.parts("identity", old.name) or not partitions.is_partitioned(old.name, live):
        return ()
    stay = [
        partitions.detach(fact)
        for fact in live.by_kind.get("partition", ())
        if Partition.of(fact).parent == old.name and ("table", fact.name) in goal.facts
    ]
    free = _free_sequences(old, live)
    drop = _drop_table(old, live)[0]
    return tuple((*stay, *free, *drop, *create) for create in _create_table(new, goal))


def _key_changes(table: Fact, goal: Catalog, live: Catalog) -> bool:
    """Whether a column that partitions a table is another one, which cannot be altered."""
    its = Table.of(table)
    return any(
        fact.key in goal.facts
        and goal.facts[fact.key].definition != fact.definition
        and its.is_partitioned_by(fact.part)
        for fact in live.parts("column", table.name)
    )


def _attach(fact: Fact, goal: Catalog) -> Options:
    partition = Partition.of(fact)
    if partition.detach_pending:
        return ()  # it is no goal
    attach = partitions.attach(fact)
    checks = add_checks(fact.object, [partition.parent], goal)
    not_nulls = [set_not_null(each) for each in goal.parts("not null", fact.object)]
    ways = ((attach,), (*checks, attach), (*not_nulls, *checks, attach))
    rivals = [f"DROP INDEX {name}" for name in _rivals(fact, goal)]
    return (*((*rivals, *way) for way in ways if rivals), *ways)


def _rivals(partition: Fact, goal: Catalog) -> list[str]:
    """Its indexes that could become part of the parent's in place of those that are to be it.

    PostgreSQL takes what was made first, and that may be either.
    """
    return [
        name
        for names in alike_indexes(partition.name, goal)
        if sum(("index attachment", name) in goal.facts for name in names) == 1
        for name in names
        if ("index", name) in goal.facts and ("index attachment", name) not in goal.facts
    ]


def _no_longer_valid(fact: Fact, live: Catalog) -> Options:
    """What was validated in a partition stays so as long as it is one."""
    partition = live.facts.get(("partition", fact.object))
    above, check = fact.object, None
    while check is None and (parent := partitions.parent_of(above, live)):
        above, check = parent, live.facts.get(("constraint", f"{parent}.{fact.part}"))
    if partition is None or check is None:
        return ()
    alter = f"ALTER TABLE {fact.object}"
    return one(
        partitions.detach(partition),
        f"{alter} DROP CONSTRAINT {fact.part}",
        f"{alter} ADD CONSTRAINT {fact.part} {check.definition}",
        partitions.attach(partition),
    )


def _detach(fact: Fact, _: Catalog) -> Options:
    return one(partitions.detach(fact))


def _reattach(old: Fact, new: Fact, goal: Catalog) -> Options:
    """Its new bound may overlap the old one of another: then it is detached first."""
    detach = _detach(old, goal)[0]
    return (*((*detach, *attach) for attach in _attach(new, goal)), detach)


def _add_constraint(fact: Fact, goal: Catalog) -> Options:
    key = Constraint.of(fact)
    if isinstance(key, Key | Exclude) and partitions.is_partitioned(fact.object, goal):
        # The partitions have constraints of their own, which are then attached.
        parameters = goal.facts.get(("storage parameters", fact.part))
        return _add_key(fact, key, parameters.definition if parameters else "")
    return one(f"ALTER TABLE {fact.object} ADD CONSTRAINT {fact.part} {fact.definition}")


def _add_key(fact: Fact, key: Key | Exclude, parameters: str) -> Options:
    """Of a partitioned table: the parameters of its index can be set only here."""
    add = f"{fact.object} ADD CONSTRAINT {fact.part} {key.with_parameters(parameters)}"
    return ((f"ALTER TABLE ONLY {add}",), (f"ALTER TABLE {add}",))


def _drop_constraint(fact: Fact, live: Catalog) -> Options:
    resting = tuple(_drop_statement(other) for other in may_rest_on(fact, live))
    plain = (_drop_statement(fact),)
    return ((*resting, *plain), plain) if resting else (plain,)


def _drop_statement(constraint: Fact) -> str:
    return f"ALTER TABLE {constraint.object} DROP CONSTRAINT {constraint.part}"


def _alter_constraint(old: Fact, new: Fact, _: Catalog) -> Options:
    """VALIDATE, deferrability and enforcement in place; else nothing."""
    alter = f"ALTER TABLE {new.object} ALTER CONSTRAINT {new.part}"
    had, wants = Constraint.of(old), Constraint.of(new)
    ways = []
    if had == replace(wants, valid=False) and wants.valid:
        ways.append((f"ALTER TABLE {new.object} VALIDATE CONSTRAINT {new.part}",))
    if isinstance(wants, ForeignKey) and had.demand == wants.demand:
        if had.deferral != wants.deferral:
            ways.append((f"{alter}{wants.deferral or ' NOT DEFERRABLE'}",))
        elif had.enforced != wants.enforced:
            ways.append((f"{alter} {'ENFORCED' if wants.enforced else 'NOT ENFORCED'}",))
    return tuple(ways)


def _set_parameters(fact: Fact, catalog: Catalog) -> Options:
    if key := _key_of_partitioned(fact, catalog):
        return _key_again(key, fact.definition, catalog)
    return one(f"{_alter_relation(fact, catalog)} SET ({fact.definition})")


def _reset_parameters(fact: Fact, catalog: Catalog) -> Options:
    if key := _key_of_partitioned(fact, catalog):
        return _key_again(key, "", catalog)
    return one(f"{_alter_relation(fact, catalog)} RESET ({Parameters.of(fact).names})")


def _key_again(fact: Fact, parameters: str, catalog: Catalog) -> Options:
    key = Constraint.of(fact)
    if not isinstance(key, Key | Exclude):
        return ()
    drop = _drop_constraint(fact, catalog)[0]
    return tuple((*drop, *way) for way in _add_key(fact, key, parameters))


def _alter_parameters(_: Fact, new: Fact, goal: Catalog) -> Options:
    return _set_parameters(new, goal) if _key_of_partitioned(new, goal) else ()


def _key_of_partitioned(fact: Fact, catalog: Catalog) -> Fact | None:
    """The constraint, if the parameters are those of a partitioned table's key."""
    if fact.name == fact.object or not partitions.is_partitioned(fact.object, catalog):
        return None
    return catalog.facts.get(("constraint", f"{fact.object}.{fact.name}"))


def _alter_relation(fact: Fact, catalog: Catalog) -> str:
    """ALTER, the word for the relation, and its name."""
    if fact.name != fact.object:
        return f"ALTER INDEX {fact.name}"
    if ("materialized view", fact.object) in catalog.facts:
        return f"ALTER MATERIALIZED VIEW {fact.name}"
    return f"ALTER TABLE {fact.name}"


def _set_tablespace(fact: Fact, catalog: Catalog) -> Options:
    return one(f"{_alter_relation(fact, catalog)} SET TABLESPACE {fact.definition}")


def _create_sequence(fact: Fact, _: Catalog) -> Options:
    return one(create(fact.name, Sequence.of(fact)))


def _alter_sequence(old: Fact, new: Fact, _: Catalog) -> Options:
    had, wants = Sequence.of(old), Sequence.of(new)
    statements = []
    if had.unlogged != wants.unlogged:
        logged = "UNLOGGED" if wants.unlogged else "LOGGED"
        statements.append(f"ALTER SEQUENCE {new.name} SET {logged}")
    if had.described == wants.described:
        return (tuple(statements),)
    alter = f"ALTER SEQUENCE {new.name} {wants.described}"
    plain = (*statements, alter)
    if move := within_bounds(new.name, had, wants):
        return plain, (*statements, move, alter)
    return plain, (*statements, f"{alter} RESTART")


def _own_sequence(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER SEQUENCE {fact.name} OWNED BY {fact.definition}")


def _own_new_sequence(fact: Fact, goal: Catalog, live: Catalog) -> Options:
    """A table that is there may be another role's, and its sequences must be that one's, too."""
    if ("table", fact.object) not in live.facts:
        return ()
    alter = f"ALTER SEQUENCE {fact.name.replace('%', '%%')} OWNER TO %I"
    query = (
        f"SELECT pg_catalog.format({literal(alter)}, "
        "pg_catalog.pg_get_userbyid(relowner)) FROM pg_catalog.pg_class "
        f"WHERE oid OPERATOR(pg_catalog.=) {literal(fact.object)}::pg_catalog.regclass"
    )
    give = f"DO {literal(f'BEGIN EXECUTE ({query}); END')}"
    return tuple((give, *way) for way in _own_sequence(fact, goal))


SEQUENCES = (
    Kind(
        "sequence",
        _create_sequence,
        dropper("SEQUENCE"),
        _alter_sequence,
        create_from=sequence_for_identity,
        holds_data=True,
        contains=True,
        names="relation",
        rename="ALTER SEQUENCE {old} RENAME TO {new}",
    ),
)

TABLES = (
    Kind(
        "table",
        _create_table,
        _drop_table,
        _alter_table,
        alter_last=_remake,
        put_aside=renamed_aside("TABLE"),
        changes_with=_key_changes,
        reads=Text.EXPRESSIONS,
        holds_data=True,
        contains=True,
        told_whole=True,
        names="relation",
        rename="ALTER TABLE {old} RENAME TO {new}",
    ),
)

TIES = (
    Kind(
        "of type",
        lambda fact, _: one(f"ALTER TABLE {fact.name} OF {fact.definition}"),
        lambda fact, _: one(f"ALTER TABLE {fact.name} NOT OF"),
    ),
    Kind(
        "sequence owner",
        _own_sequence,
        lambda fact, _: one(f"ALTER SEQUENCE {fact.name} OWNED BY NONE"),
        lambda _old, new, goal: _own_sequence(new, goal),
        create_from=_own_new_sequence,
        renamed_freely="sequence",
    ),
)

TABLE_PARTS = (
    Kind(
        "storage parameters",
        _set_parameters,
        _reset_parameters,
        _alter_parameters,
        goes_with=its_index,
    ),
    Kind("partition", _attach, _detach, _reattach, reads=Text.EXPRESSIONS),
    Kind(
        "constraint",
        _add_constraint,
        _drop_constraint,
        _alter_constraint,
        reads=Text.EXPRESSIONS,
        rename="ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}",
        renamed_freely="constraint",
    ),
    Kind(
        "validated check",
        lambda fact, _: one(f"ALTER TABLE {fact.object} VALIDATE CONSTRAINT {fact.part}"),
        lambda _fact, _: (),
        drop_last=_no_longer_valid,
    ),
    INHERITS,
)

# What names an index, which must be there.
TABLE_SETTINGS = (
    Kind(
        "tablespace",
        _set_tablespace,
        lambda fact, catalog: one(f"{_alter_relation(fact, catalog)} SET TABLESPACE pg_default"),
        lambda _old, new, goal: _set_tablespace(new, goal),
        goes_with=its_index,
    ),
    Kind(
        "cluster",
        lambda fact, _: one(f"ALTER TABLE {fact.name} CLUSTER {fact.definition}"),
        lambda fact, _: one(f"ALTER TABLE {fact.name} SET WITHOUT CLUSTER"),
        lambda _old, new, _: one(f"ALTER TABLE {new.name} CLUSTER {new.definition}"),
    ),
    Kind(
        "replica identity",
        lambda fact, _: one(f"ALTER TABLE {fact.name} REPLICA IDENTITY {fact.definition}"),
        lambda fact, _: one(f"ALTER TABLE {fact.name} REPLICA IDENTITY DEFAULT"),
        lambda _old, new, _: one(f"ALTER TABLE {new.name} REPLICA IDENTITY {new.definition}"),
    ),
)
