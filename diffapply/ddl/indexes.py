"""Indexes and what is set on them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pglast import ast, parser

from diffapply.ddl.kind import Kind, Text, dropper, its_index
from diffapply.ddl.statements import NAME, Options, aside, one, part
from diffapply.model.catalog import Catalog, Fact, FactKey

_INDEX = re.compile(rf"ON (?P<table>{NAME}) (?P<unique>UNIQUE )?(?P<rest>.*)", re.DOTALL)


def _create(fact: Fact, goal: Catalog) -> Options:
    return _create_as(fact.name, fact, goal)


def _create_as(name: str, fact: Fact, goal: Catalog) -> Options:
    index = _INDEX.fullmatch(fact.definition)
    assert index is not None  # noqa: S101 - index.sql writes no other form
    head = f"CREATE {index['unique'] or ''}INDEX {name} ON "
    everywhere = f"{head}{index['table']} {index['rest']}"
    table = goal.facts.get(("table", fact.object))
    if table and " PARTITION BY " in table.definition:
        # The partitions have indexes of their own, which are then attached.
        return ((f"{head}ONLY {index['table']} {index['rest']}",), (everywhere,))
    return one(everywhere)


def _alter(old: Fact, new: Fact, goal: Catalog) -> Options:
    """Its parameters in place; else the new one is built before the old one is dropped."""
    spare = aside(new.name)
    rebuilt = tuple(
        (*create, f"DROP INDEX {new.name}", f"ALTER INDEX {spare} RENAME TO {new.name}")
        for create in _create_as(spare, new, goal)
    )
    (had, plain_old), (wants, plain_new) = _parameters(old, goal), _parameters(new, goal)
    if plain_old != plain_new or had == wants:
        return rebuilt
    alter = f"ALTER INDEX {new.name}"
    statements = []
    if gone := [name for name in had if name not in wants]:
        statements.append(f"{alter} RESET ({', '.join(gone)})")
    if wants:
        listed = ", ".join(f"{name}='{value}'" for name, value in wants.items())
        statements.append(f"{alter} SET ({listed})")
    return (tuple(statements), *rebuilt)


def _parameters(fact: Fact, goal: Catalog) -> tuple[dict[str, str], object]:
    """The index's parameters, and its statement without them."""
    [[create], *_] = _create(fact, goal)
    try:
        statement: Any = parser.parse_sql(create)[0].stmt
    except parser.ParseError:
        return {}, create
    found = {}
    for option in statement.options or ():
        value = option.arg
        found[option.defname] = str(
            value.sval if isinstance(value, ast.String) else getattr(value, "ival", "true")
        )
    statement.options = None
    return found, statement(skip_none=True)


def _statistics(fact: Fact, target: str) -> Options:
    name, _, number = fact.name.rpartition(".")
    return one(f"ALTER INDEX {name} ALTER COLUMN {number} SET STATISTICS {target}")


def _drop_root(fact: Fact, live: Catalog) -> Options:
    """It can be dropped only as a whole: all that is attached to one index or key goes with it."""
    attached: Fact | None = fact
    while attached:
        root = attached.definition.removeprefix("TO ")
        attached = live.facts.get(("index attachment", root))
    keys = [f for f in live.facts.values() if f.kind == "constraint" and part(f) == root]
    drop_key = tuple((f"ALTER TABLE {key.object} DROP CONSTRAINT {part(key)}",) for key in keys[:1])
    return (*drop_key, (f"DROP INDEX {root}",))


def _attach(fact: Fact, _: Catalog) -> Options:
    parent = fact.definition.removeprefix("TO ")
    return one(f"ALTER INDEX {parent} ATTACH PARTITION {fact.name}")


def _index_of_column(fact: Fact) -> Sequence[FactKey]:
    return its_index(replace(fact, name=fact.name.rpartition(".")[0]))


INDEXES = (
    Kind(
        "index",
        _create,
        dropper("INDEX"),
        _alter,
        reads=Text.EXPRESSIONS,
        names="index",
        rename="ALTER INDEX {old} RENAME TO {new}",
        renamed_freely="index",
    ),
    # It goes with the partition, or with the index that it is attached to.
    Kind(
        "index attachment",
        _attach,
        lambda _fact, _: (),
        drop_last=_drop_root,
        alter_last=lambda old, _new, _goal, live: _drop_root(old, live),
    ),
    Kind(
        "index validity",
        lambda _fact, _: (),
        lambda fact, _: one(f"REINDEX INDEX {fact.name}"),
        goes_with=its_index,
    ),
    Kind(
        "index statistics",
        lambda fact, _: _statistics(fact, fact.definition),
        lambda fact, _: _statistics(fact, "-1"),
        lambda _old, new, _: _statistics(new, new.definition),
        goes_with=_index_of_column,
    ),
)
