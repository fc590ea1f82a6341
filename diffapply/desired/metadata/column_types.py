"""The types that a column's type consists of, as PostgreSQL gets them."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

NamedType = ENUM | DOMAIN

DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
"""As what types are compiled where no engine is at hand."""


def named_types(table: sa.Table, dialect: Dialect) -> Iterator[NamedType]:
    """The enums and domains of a table's columns; a type comes after the types it is made of."""
    for column in table.columns:
        yield from types_of(column, dialect)


def types_of(column: sa.Column[Any], dialect: Dialect) -> Iterator[NamedType]:
    """The same for one column."""
    return (its for its in parts_of(column.type, dialect) if isinstance(its, NamedType))


def parts_of(whole: TypeEngine[Any], dialect: Dialect) -> Iterator[TypeEngine[Any]]:
    """The type itself, after those it is made of: an array's elements, what a domain restricts.

    Of a type with variants, or one that decides what it is, that is what it is in this dialect.
    """
    there = _in_dialect(whole, dialect)
    inner: Sequence[TypeEngine[Any]] = ()
    if isinstance(there, sa.TypeDecorator):
        inner = [there.load_dialect_impl(dialect)]
    elif isinstance(there, sa.ARRAY):
        inner = [there.item_type]
    elif isinstance(there, DOMAIN):
        inner = [there.data_type]
    for more in inner:
        yield from parts_of(more, dialect)
    yield there


def _in_dialect(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    # Not TypeEngine.dialect_impl: in SQLAlchemy 2.0 its copy of a domain lacks the check.
    # Nothing public names a type's variants.
    variant = type_._variant_mapping.get(dialect.name, type_)  # noqa: SLF001
    return dialect.type_descriptor(variant)
