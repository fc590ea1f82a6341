"""Tables, their constraints, indexes and settings, sequences."""

import re

from diffapply.catalog.model import Catalog, Fact
from diffapply.planning.ddl.columns import clause
from diffapply.planning.ddl.statements import Kind, Options, one, part

_TABLE = re.compile(r"(?P<unlogged>UNLOGGED )?(?P<word>(?:FOREIGN )?TABLE)(?P<rest>.*)", re.DOTALL)
_INDEX = re.compile(
    r'ON (?P<table>"(?:[^"]|"")*"|\S+) (?P<unique>UNIQUE )?(?P<rest>.*)', re.DOTALL
)


def _create_table(fact: Fact, goal: Catalog) -> Options:
    table = _TABLE.fullmatch(fact.definition)
    assert table is not None  # noqa: S101 - table.sql writes no other form
    columns = sorted(
        (
            column
            for column in goal.facts.values()
            if column.kind == "column"
            and column.owner == fact.owner
            and not column.definition.endswith(" INHERITED")
        ),
        key=lambda column: column.position,
    )
    inherits = goal.facts.get(("inherits", fact.name))

    def statement(*, with_default: bool) -> str:
        listed = ",\n    ".join(clause(c, goal, with_default=with_default) for c in columns)
        body = "" if " OF " in f"{table['rest']} " else f" (\n    {listed}\n)" if listed else " ()"
        parents = f" INHERITS ({inherits.definition})" if inherits else ""
        prefix = f"CREATE {table['unlogged'] or ''}{table['word']} {fact.name}"
        return f"{prefix}{body}{parents}{table['rest']}"

    return (statement(with_default=True),), (statement(with_default=False),)


def _alter_table(old: Fact, new: Fact, _: Catalog) -> Options:
    if old.definition.removeprefix("UNLOGGED ") == new.definition.removeprefix("UNLOGGED "):
        logged = "UNLOGGED" if new.definition.startswith("UNLOGGED ") else "LOGGED"
        return one(f"ALTER TABLE {new.name} SET {logged}")
    return ()


def _drop_table(fact: Fact, _: Catalog) -> Options:
    foreign = "FOREIGN " if "FOREIGN TABLE" in fact.definition else ""
    return one(f"DROP {foreign}TABLE {fact.name}")


def _parents(fact: Fact) -> list[str]:
    return re.findall(r'(?:"(?:[^"]|"")*"|[^,"\s])+', fact.definition)


def _set_parents(verb: str, fact: Fact) -> Options:
    return one(*(f"ALTER TABLE {fact.name} {verb} {parent}" for parent in _parents(fact)))


def _alter_parents(old: Fact, new: Fact, _: Catalog) -> Options:
    return ((*_set_parents("NO INHERIT", old)[0], *_set_parents("INHERIT", new)[0]),)


def _partition(fact: Fact) -> tuple[str, str]:
    """Parent and bound, from ``OF parent FOR VALUES …`` or ``OF parent DEFAULT``."""
    parent, _, bound = fact.definition.removeprefix("OF ").rpartition(" FOR VALUES ")
    if parent:
        return parent, f"FOR VALUES {bound}"
    return fact.definition.removeprefix("OF ").removesuffix(" DEFAULT"), "DEFAULT"


def _attach(fact: Fact, _: Catalog) -> Options:
    parent, bound = _partition(fact)
    return one(f"ALTER TABLE {parent} ATTACH PARTITION {fact.name} {bound}")


def _detach(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER TABLE {_partition(fact)[0]} DETACH PARTITION {fact.name}")


def _add_constraint(fact: Fact, goal: Catalog) -> Options:
    table = goal.facts.get(("table", fact.owner))
    add = f"ADD CONSTRAINT {part(fact)} {fact.definition}"
    everywhere = f"ALTER TABLE {fact.owner} {add}"
    if (
        table
        and "PARTITION BY" in table.definition
        and re.match(r"PRIMARY|UNIQUE|EXCLUDE", fact.definition)
    ):
        # The partitions have constraints of their own, which are then attached.
        return ((f"ALTER TABLE ONLY {fact.owner} {add}",), (everywhere,))
    return one(everywhere)


def _drop_constraint(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER TABLE {fact.owner} DROP CONSTRAINT {part(fact)}")


def _alter_constraint(old: Fact, new: Fact, _: Catalog) -> Options:
    """VALIDATE, or deferrability of a foreign key, in place; else nothing."""
    if old.definition == f"{new.definition} NOT VALID":
        return one(f"ALTER TABLE {new.owner} VALIDATE CONSTRAINT {part(new)}")
    deferral = re.compile(r" (?:DEFERRABLE|INITIALLY DEFERRED)")
    plain = deferral.sub("", new.definition)
    if new.definition.startswith("FOREIGN KEY") and deferral.sub("", old.definition) == plain:
        mode = "".join(deferral.findall(new.definition)) or " NOT DEFERRABLE"
        return one(f"ALTER TABLE {new.owner} ALTER CONSTRAINT {part(new)}{mode}")
    return ()


def _create_index(fact: Fact, goal: Catalog) -> Options:
    index = _INDEX.fullmatch(fact.definition)
    assert index is not None  # noqa: S101 - index.sql writes no other form
    head = f"CREATE {index['unique'] or ''}INDEX {fact.name} ON "
    everywhere = f"{head}{index['table']} {index['rest']}"
    table = goal.facts.get(("table", fact.owner))
    if table and "PARTITION BY" in table.definition:
        return ((f"{head}ONLY {index['table']} {index['rest']}",), (everywhere,))
    return one(everywhere)


def _attach_index(fact: Fact, _: Catalog) -> Options:
    parent = fact.definition.removeprefix("TO ")
    return one(f"ALTER INDEX {parent} ATTACH PARTITION {fact.name}")


def _reindex(fact: Fact, _: Catalog) -> Options:
    return one(f"REINDEX INDEX {fact.name}")


def _set_parameters(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER {_relation_word(fact, _)} {fact.name} SET ({fact.definition})")


def _reset_parameters(fact: Fact, catalog: Catalog) -> Options:
    names = re.findall(r"(?:^|, )([\w.]+)='", fact.definition)
    return one(f"ALTER {_relation_word(fact, catalog)} {fact.name} RESET ({', '.join(names)})")


def _relation_word(fact: Fact, catalog: Catalog) -> str:
    return "MATERIALIZED VIEW" if ("materialized view", fact.owner) in catalog.facts else "TABLE"


def _create_sequence(fact: Fact, _: Catalog) -> Options:
    unlogged = "UNLOGGED " if fact.definition.startswith("UNLOGGED ") else ""
    return one(
        f"CREATE {unlogged}SEQUENCE {fact.name} {fact.definition.removeprefix('UNLOGGED ')}"
    )


def _alter_sequence(old: Fact, new: Fact, _: Catalog) -> Options:
    statements = []
    if old.definition.startswith("UNLOGGED ") != new.definition.startswith("UNLOGGED "):
        logged = "UNLOGGED" if new.definition.startswith("UNLOGGED ") else "LOGGED"
        statements.append(f"ALTER SEQUENCE {new.name} SET {logged}")
    options = new.definition.removeprefix("UNLOGGED ")
    if options != old.definition.removeprefix("UNLOGGED "):
        statements.append(f"ALTER SEQUENCE {new.name} {options}")
    return (tuple(statements),)


def _own_sequence(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER SEQUENCE {fact.name} OWNED BY {fact.definition}")


TABLES = {
    "table": Kind(_create_table, _drop_table, _alter_table),
    "inherits": Kind(
        lambda fact, _: _set_parents("INHERIT", fact),
        lambda fact, _: _set_parents("NO INHERIT", fact),
        _alter_parents,
    ),
    "partition": Kind(_attach, _detach),
    "constraint": Kind(_add_constraint, _drop_constraint, _alter_constraint),
    "index": Kind(_create_index, lambda fact, _: one(f"DROP INDEX {fact.name}")),
    "index attachment": Kind(_attach_index, lambda _fact, _: ()),
    "index validity": Kind(lambda _fact, _: (), _reindex),
    "index statistics": Kind(
        lambda fact, _: one(
            f"ALTER INDEX {fact.name.rpartition('.')[0]} ALTER COLUMN "
            f"{fact.name.rpartition('.')[2]} SET STATISTICS {fact.definition}"
        ),
        lambda fact, _: one(
            f"ALTER INDEX {fact.name.rpartition('.')[0]} ALTER COLUMN "
            f"{fact.name.rpartition('.')[2]} SET STATISTICS -1"
        ),
    ),
    "cluster": Kind(
        lambda fact, _: one(f"ALTER TABLE {fact.name} CLUSTER {fact.definition}"),
        lambda fact, _: one(f"ALTER TABLE {fact.name} SET WITHOUT CLUSTER"),
    ),
    "replica identity": Kind(
        lambda fact, _: one(f"ALTER TABLE {fact.name} REPLICA IDENTITY {fact.definition}"),
        lambda fact, _: one(f"ALTER TABLE {fact.name} REPLICA IDENTITY DEFAULT"),
    ),
    "storage parameters": Kind(
        _set_parameters,
        _reset_parameters,
        lambda old, new, goal: (
            (*_reset_parameters(old, goal)[0], *_set_parameters(new, goal)[0]),
        ),
    ),
    "sequence": Kind(
        _create_sequence,
        lambda fact, _: one(f"DROP SEQUENCE {fact.name}"),
        _alter_sequence,
    ),
    "sequence owner": Kind(
        _own_sequence,
        lambda fact, _: one(f"ALTER SEQUENCE {fact.name} OWNED BY NONE"),
        lambda _old, new, goal: _own_sequence(new, goal),
    ),
}
