"""A digest of what MetaData builds, found out without a database."""

import gc
import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from types import MethodType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ENUM, CreateDomainType, CreateEnumType
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.events import ConnectionEvents, DialectEvents
from sqlalchemy.event import registry
from sqlalchemy.pool.events import PoolEvents
from sqlalchemy.schema import DDL, CreateIndex, ExecutableDDLElement, SchemaItem
from sqlalchemy.types import SchemaType, TypeEngine

from diffapply.desired.metadata.column_types import named_types
from diffapply.desired.metadata.creation import TenantNames, new_engine, tables_of

_WHEN = ("before_create", "after_create")
_LOOKED_THROUGH = (
    *(dict, list, tuple, set, frozenset, deque, partial, MethodType),
    *(sa.MetaData, SchemaItem, TypeEngine),
)
"""Beside SQLAlchemy's own objects, these may have something that is listened to."""


def metadata_digest(metadata: sa.MetaData, tenancy: TenantNames) -> str | None:
    """SHA-256, in hex, of the statements that build what belongs to the tenant.

    Returns:
        None if code of the user takes part, or it cannot be compiled: only building it shows what
        it is then.
    """
    tables = tables_of(metadata, tenancy)
    try:
        if _runs_code(metadata, tables):
            return None
        said = [sa.__version__, repr(tenancy), *_statements(metadata, tables)]
    except Exception:  # noqa: BLE001 - building it tells what is wrong, with its place
        return None
    return hashlib.sha256(repr(said).encode()).hexdigest()


class _ComputingError(Exception):
    """A statement computes what it builds."""


def _statements(metadata: sa.MetaData, tables: Sequence[sa.Table]) -> Iterator[str]:
    """What `create_all` executes, and the types that decide what of it is left out."""
    found: list[Any] = []
    note: Any = lambda its, *_, **__: found.append(its)  # noqa: E731 - SQLAlchemy's
    engine = sa.create_mock_engine("postgresql+psycopg2://", note)
    metadata.create_all(engine, tables=tables, checkfirst=False)
    for are_indexes, some in groupby(found, lambda its: isinstance(its, CreateIndex)):
        texts = [_compiled(its, engine.dialect) for its in some]
        yield from sorted(texts) if are_indexes else texts  # a table's indexes are in no order
    for table in metadata.tables.values():
        yield from (f"{table.key} {its}" for its in _types(table, engine.dialect))


def _compiled(element: Any, dialect: Dialect) -> str:  # noqa: ANN401 - SQLAlchemy's
    """The text of a statement. Raises `_ComputingError` if it is the user's, and not constant."""
    text = str(element.compile(dialect=dialect))
    # What the user compiles, SQLAlchemy notes in the class.
    is_theirs = not _is_sqlalchemys(type(element)) or hasattr(element, "_compiler_dispatcher")
    if is_theirs or isinstance(element, DDL) or not isinstance(element, ExecutableDDLElement):
        # Importing the parser takes long.
        from diffapply.desired.sql.constancy import is_constant_text  # noqa: PLC0415

        if not is_constant_text(text):
            raise _ComputingError
    return text


def _types(table: sa.Table, dialect: Dialect) -> Iterator[str]:
    for type_ in named_types(table, dialect):
        create = CreateEnumType if isinstance(type_, ENUM) else CreateDomainType
        yield f"{type_.create_type} {create(type_).compile(dialect=dialect)}"


def _runs_code(metadata: sa.MetaData, tables: Sequence[sa.Table]) -> bool:
    """Whether code of the user may run while it is built."""
    if type(metadata).create_all is not sa.MetaData.create_all or any(_listeners_of_all()):
        return True
    parts = [its for table in tables for its in (table, *table.indexes, *table.constraints)]
    if any(map(_has_condition, parts)):
        return True
    listened = {target for target, its in _listeners() if not _is_plain(its)}
    return bool(listened) and not listened.isdisjoint(_reached_from(metadata))


def _listeners() -> Iterator[tuple[int, object]]:
    """What is called when something is created, of whatever MetaData, each with its target's id.

    A target can be a type within a type, or a class: SQLAlchemy's registry has all of them.
    """
    for listeners in registry._collection_to_key.values():  # noqa: SLF001 - no other way to ask
        for listener, (target, when, _) in listeners.items():
            if when in _WHEN:
                yield target, listener()


def _reached_from(metadata: sa.MetaData) -> set[int]:
    """The ids of all that belongs to MetaData, and of the classes of that."""
    found: set[int] = set()
    left: list[object] = [metadata]
    while left:
        reached = left.pop()
        if id(reached) not in found:
            found.add(id(reached))
            if isinstance(reached, _LOOKED_THROUGH) or type(reached).__module__.startswith(
                "sqlalchemy."
            ):
                left += gc.get_referents(reached)
            if not isinstance(reached, type):
                left += type(reached).__mro__
    return found


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


def _has_condition(element: object) -> bool:
    """Whether code decides if it is executed."""
    return getattr(getattr(element, "_ddl_if", None), "callable_", None) is not None


def _is_plain(listener: object) -> bool:
    """Whether it executes what it says, or makes a type as SQLAlchemy does."""
    if isinstance(listener, ExecutableDDLElement):
        is_usual = type(listener).__call__ is ExecutableDDLElement.__call__
        return is_usual and not _has_condition(listener)
    function: Any = listener.func if isinstance(listener, partial) else listener
    if type(function).__module__ == "sqlalchemy.util.langhelpers":  # a method that SQLAlchemy wraps
        function = getattr(function.target, function.name)
    maker = getattr(function, "__self__", None)
    return isinstance(maker, SchemaType) and _is_sqlalchemys(type(maker))


def _is_sqlalchemys(kind: type) -> bool:
    return kind.__module__.startswith("sqlalchemy.")
