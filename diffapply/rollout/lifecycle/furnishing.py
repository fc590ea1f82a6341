"""Gives a new tenant what its structure does not say: owners, grants, and rows of lookup tables.

All of it is taken from another schema of the database, usually a template.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import psycopg2
from psycopg2 import sql

from diffapply.catalog.owned import OWNED
from diffapply.database.advice import reason
from diffapply.database.session import search_path, shared_path
from diffapply.database.transaction import NEUTRAL
from diffapply.errors import PermissionDeniedError, UsageError
from diffapply.planning.desired_shape import DesiredShape
from diffapply.queries import query
from diffapply.rollout.lifecycle.stamping import stamp_statements
from diffapply.rollout.transaction.belongings import Belongings, to_give_back
from diffapply.rollout.transaction.gate import Gate
from diffapply.typed import typed

_OBJECTS = query("rollout/lifecycle", "likeness").replace("{owned}", OWNED)
_SCHEMA = query("rollout/lifecycle", "likeness_of_schema")
_TABLES = query("rollout/lifecycle", "copied_tables")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that takes values.

    Attributes:
        there: whether the other schema's table has it.
        cast: its type, if it is another one there; None if not.
        sequence: the sequence that it owns, if any.
        falling: whether that one counts down.
    """

    name: str
    there: bool
    cast: str | None
    sequence: str | None
    falling: bool | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table whose rows are copied.

    Attributes:
        here: whether the tenant has it; there: whether the other schema has it.
        refers: names of further such tables that it refers to.
    """

    name: str
    here: bool
    there: bool
    refers: tuple[str, ...]
    columns: tuple[_Column, ...]


def furnish(work: Gate, tenant: str, shape: DesiredShape) -> None:
    """Give a new tenant what its shape says that it gets from another schema.

    Args:
        work: in the transaction that has created the tenant.

    Raises:
        UsageError: that schema does not exist, or has not what is to be copied.
        PermissionDeniedError: the role may not give the owners or grants, or not read the rows.
    """
    if shape.copy_rows:
        with _permitted(tenant, shape.rows_from, "copy the rows of"):
            _copy_rows(work, tenant, shape)
    if shape.provision_like:
        with _permitted(tenant, shape.provision_like, "give the owners and grants of"):
            _give(work, tenant, shape.provision_like, shape)


@contextmanager
def _permitted(tenant: str, like: str, doing: str) -> Iterator[None]:
    """Turn PostgreSQL's refusal in the block into a sentence."""
    try:
        yield
    except psycopg2.errors.InsufficientPrivilege as error:
        raise PermissionDeniedError(
            f"The role may not {doing} {like!r} for the new tenant {tenant!r}: {reason(error)}.",
            "Grant the role what is missing: to be a member of each owner, for example.",
        ) from error


def _give(work: Gate, tenant: str, like: str, shape: DesiredShape) -> None:
    """Owners and grants, first of the schema, so that its owner may own what is in it."""
    values = {"like": like, "tenant": tenant}
    statements = [text for (text,) in work.ask(NEUTRAL + _SCHEMA, values)]
    if not statements:
        raise UsageError(
            f"There is no schema {like!r}, which provision-like names.",
            "Create it, or change that setting.",
        )
    objects: Iterable[str] = ()
    if not shape.catalog.has_privileges:  # otherwise the desired state says whose they are
        [(text,)] = work.ask(NEUTRAL + _OBJECTS, values)
        kept = Belongings(text, to_give_back=True)
        objects = [its.sql for its in to_give_back(work, kept)]
    work.run(shared_path(shape.world.behind), *statements, *objects)
    work.send()


def _copy_rows(work: Gate, tenant: str, shape: DesiredShape) -> None:
    source = shape.rows_from
    tables = _tables(work, tenant, shape)
    missing = [table.name for table in tables if not table.here]
    if made := [*stamp_statements(work, tenant, shape, missing)]:
        work.run(search_path(tenant, shape.world.behind), *made)
        work.send()
        tables = _tables(work, tenant, shape)
    for table in tables:
        _require_there(table, tenant, source)
    work.run(search_path(tenant, shape.world.behind))
    try:
        for table in _in_order(tables):
            work.run(*_copying(table, tenant, source))
        work.run("set constraints all immediate")
        work.send()
    except psycopg2.errors.ForeignKeyViolation as error:
        raise UsageError(
            f"The rows of {source!r} cannot be copied: {reason(error)}.",
            "Name the tables that they refer to in copy-rows, too.",
        ) from error


def _tables(work: Gate, tenant: str, shape: DesiredShape) -> tuple[_Table, ...]:
    """The tables that `copy-rows` names."""
    values = {"tables": list(shape.copy_rows), "tenant": tenant, "source": shape.rows_from}
    [(text,)] = work.ask(NEUTRAL + _TABLES, values)
    return typed(json.loads(text), tuple[_Table, ...])


def _require_there(table: _Table, tenant: str, source: str) -> None:
    for there, schema in ((table.here, tenant), (table.there, source)):
        if not there:
            raise UsageError(
                f"Schema {schema!r} has no table {table.name!r}, which copy-rows names.",
                "Create the table, or change copy-rows.",
            )
    if missing := [column.name for column in table.columns if not column.there]:
        raise UsageError(
            f"The table {table.name!r} of schema {source!r} has no column {missing[0]!r}, so its "
            "rows cannot be copied.",
            "Bring that schema to the desired state first: it can be a template.",
        )


def _in_order(tables: Iterable[_Table]) -> list[_Table]:
    """Each after those that it refers to, as far as that is possible."""
    by_name = {table.name: table for table in tables}
    try:
        order = TopologicalSorter({name: its.refers for name, its in by_name.items()})
        return [by_name[name] for name in order.static_order()]
    except CycleError:
        return [*by_name.values()]


def _copying(table: _Table, tenant: str, source: str) -> Iterator[sql.Composable]:
    """The statements that copy its rows, and set its sequences behind them."""
    here, there = (sql.Identifier(schema, table.name) for schema in (tenant, source))
    if not table.columns:
        return
    yield sql.SQL("insert into {} ({}) overriding system value select {} from {}").format(
        here,
        sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns),
        sql.SQL(", ").join(map(_value, table.columns)),
        there,
    )
    for column in table.columns:
        if column.sequence:
            last = sql.SQL("min" if column.falling else "max")
            yield sql.SQL(
                "select pg_catalog.setval({}, pg_catalog.{}({})) from {} having count(*) > 0"
            ).format(sql.Literal(column.sequence), last, sql.Identifier(column.name), here)


def _value(column: _Column) -> sql.Composable:
    """The value there, as one of the type here: an enum is another one in each tenant."""
    value = sql.Identifier(column.name)
    if column.cast is None:
        return value
    return sql.SQL("{}::pg_catalog.text::{}").format(value, sql.SQL(column.cast))
