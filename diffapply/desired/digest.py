"""A digest of what MetaData builds, found out without a database."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ENUM, CreateDomainType, CreateEnumType
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.events import ConnectionEvents, DialectEvents
from sqlalchemy.pool.events import PoolEvents
from sqlalchemy.schema import BaseDDLElement

from diffapply.desired.creation import TenantNames, named_types, new_engine, tables_of

_WHEN = ("before_create", "after_create")


def metadata_digest(metadata: sa.MetaData, tenancy: TenantNames) -> str | None:
    """SHA-256, in hex, of the statements that build what belongs to the tenant.

    Returns:
        None if code of the user takes part, or it cannot be compiled: only building it shows what
        it is then.
    """
    tables = tables_of(metadata, tenancy)
    if not all(map(_is_plain, _listeners(metadata, tables))):
        return None
    said: list[object] = [sa.__version__, tenancy]
    try:
        said += sorted(_statements(metadata, tables))  # a table's indexes are in no order
    except Exception:  # noqa: BLE001 - building it tells what is wrong, with its place
        return None
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _statements(metadata: sa.MetaData, tables: Sequence[sa.Table]) -> Iterator[str]:
    """What `create_all` executes, and the types that decide what of it is left out."""
    found: list[Any] = []
    note: Any = lambda its, *_, **__: found.append(its)  # noqa: E731 - SQLAlchemy's
    engine = sa.create_mock_engine("postgresql+psycopg2://", note)
    metadata.create_all(engine, tables=tables, checkfirst=False)
    for its in found:
        yield str(its.compile(dialect=engine.dialect))
    for table in metadata.tables.values():
        yield from (f"{table.key} {its}" for its in _types(table, engine.dialect))


def _types(table: sa.Table, dialect: Dialect) -> Iterator[str]:
    for its in named_types(table, dialect):
        create = CreateEnumType if isinstance(its, ENUM) else CreateDomainType
        yield f"{its.create_type} {create(its).compile(dialect=dialect)}"


def _listeners(metadata: sa.MetaData, tables: Sequence[sa.Table]) -> Iterator[object]:
    """All that is called while it is built."""
    for target in (metadata, *tables, *(index for table in tables for index in table.indexes)):
        for name in _WHEN:
            yield from getattr(target.dispatch, name, ())
    engine = new_engine(lambda: None)
    for place, kind in (
        (engine, ConnectionEvents),
        (engine.pool, PoolEvents),
        (engine.dialect, DialectEvents),
    ):
        for name in dir(kind):
            if not name.startswith("_") and name != "dispatch":
                yield from getattr(place.dispatch, name, ())


def _is_plain(listener: object) -> bool:
    """Whether it is DDL, or SQLAlchemy's own."""
    if isinstance(listener, BaseDDLElement):
        return True
    its: Any = listener.func if isinstance(listener, partial) else listener
    its = getattr(its, "target", its)  # a method that an older SQLAlchemy has wrapped
    module = getattr(getattr(its, "__func__", its), "__module__", "") or ""
    # What is in its package for events stands for a function of the user.
    return module.startswith("sqlalchemy.") and not module.startswith("sqlalchemy.event.")
