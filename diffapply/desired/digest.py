"""A digest of what MetaData builds, found out without a database."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ENUM, CreateDomainType, CreateEnumType
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.events import ConnectionEvents, DialectEvents
from sqlalchemy.pool.events import PoolEvents
from sqlalchemy.schema import CreateIndex, ExecutableDDLElement
from sqlalchemy.types import SchemaType

from diffapply.desired.creation import TenantNames, named_types, new_engine, tables_of

_WHEN = ("before_create", "after_create")


def metadata_digest(metadata: sa.MetaData, tenancy: TenantNames) -> str | None:
    """SHA-256, in hex, of the statements that build what belongs to the tenant.

    Returns:
        None if code of the user takes part, or it cannot be compiled: only building it shows what
        it is then.
    """
    tables = tables_of(metadata, tenancy)
    try:
        if any(_listeners_of_all()) or not all(map(_is_plain, _listeners(metadata, tables))):
            return None
        said = [sa.__version__, repr(tenancy), *_statements(metadata, tables)]
    except Exception:  # noqa: BLE001 - building it tells what is wrong, with its place
        return None
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _statements(metadata: sa.MetaData, tables: Sequence[sa.Table]) -> Iterator[str]:
    """What `create_all` executes, and the types that decide what of it is left out."""
    found: list[Any] = []
    note: Any = lambda its, *_, **__: found.append(its)  # noqa: E731 - SQLAlchemy's
    engine = sa.create_mock_engine("postgresql+psycopg2://", note)
    metadata.create_all(engine, tables=tables, checkfirst=False)
    for are_indexes, some in groupby(found, lambda its: isinstance(its, CreateIndex)):
        texts = [str(its.compile(dialect=engine.dialect)) for its in some]
        yield from sorted(texts) if are_indexes else texts  # a table's indexes are in no order
    for table in metadata.tables.values():
        yield from (f"{table.key} {its}" for its in _types(table, engine.dialect))


def _types(table: sa.Table, dialect: Dialect) -> Iterator[str]:
    for its in named_types(table, dialect):
        create = CreateEnumType if isinstance(its, ENUM) else CreateDomainType
        yield f"{its.create_type} {create(its).compile(dialect=dialect)}"


def _listeners(metadata: sa.MetaData, tables: Sequence[sa.Table]) -> Iterator[object]:
    """All that is called when one of the objects is created."""
    targets: list[Any] = [metadata, *getattr(metadata, "_sequences", {}).values()]
    for table in tables:
        targets += [table, *table.indexes, *table.constraints]
        for column in table.columns:
            targets += [column.type, column.default, column.server_default]
    for target in targets:
        for name in _WHEN:
            yield from getattr(getattr(target, "dispatch", None), name, ())


def _listeners_of_all() -> Iterator[object]:
    """All that is called on each connection, whosever it is."""
    engine = new_engine(lambda: None)
    for place, events in (
        (engine, ConnectionEvents),
        (engine.pool, PoolEvents),
        (engine.dialect, DialectEvents),
    ):
        for name in _names(events):
            # Its own ones are SQLAlchemy's.
            yield from getattr(place.dispatch, name).parent_listeners
    for name in _names(ConnectionEvents):
        # A connection cannot be made without one to a database, so the class is asked.
        levels = getattr(sa.Connection.dispatch, name)._clslevel  # noqa: SLF001
        yield from levels.get(sa.Connection, ())


def _names(events: type) -> Iterator[str]:
    return (name for name in dir(events) if not name.startswith("_") and name != "dispatch")


def _is_plain(listener: object) -> bool:
    """Whether it executes what it says, or makes a type as SQLAlchemy does."""
    if isinstance(listener, ExecutableDDLElement):
        is_usual = type(listener).__call__ is ExecutableDDLElement.__call__
        condition = getattr(listener, "_ddl_if", None)
        return is_usual and getattr(condition, "callable_", None) is None
    its: Any = listener.func if isinstance(listener, partial) else listener
    if type(its).__module__.startswith("sqlalchemy."):  # a method that is wrapped
        its = getattr(its, "target", its)
    function = getattr(its, "__func__", None)
    of_a_type = isinstance(getattr(its, "__self__", None), SchemaType)
    return of_a_type and str(getattr(function, "__module__", "")).startswith("sqlalchemy.")
