"""Finds the schemas and roles that SQLAlchemy objects may name: in types, keys, and texts.

Most are found in the DDL that SQLAlchemy generates: in defaults, checks, computed columns, and the
types of array elements.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.named_types import CreateDomainType
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from diffapply.desired.metadata.column_types import DIALECT, named_types, parts_of
from diffapply.model.mentions import mentioned_in
from diffapply.values.grammar import bare

_NAME = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_GRANTEES = re.compile(rf"\bto\s+({_NAME}(?:\s*,\s*{_NAME})*)", re.IGNORECASE)
"""Whom a policy or a grant is for, among others."""
_EVENTS = ("before_create", "after_create")


def names_of(tables: Iterable[sa.Table], metadata: sa.MetaData) -> frozenset[str]:
    """Names that may be schemas or roles; callers ignore those that the database does not have.

    Args:
        tables: the tables of the tenant.
        metadata: their MetaData.
    """
    found = _said(_ddl_of_events(metadata))
    for table in tables:
        found |= _said(_ddl(table))
        found.update(filter(None, _schemas(table)))
    return frozenset(found)


def _said(texts: Iterable[str]) -> set[str]:
    texts = [*texts]
    lists = (its[1] for text in texts for its in _GRANTEES.finditer(text))
    return {*mentioned_in(texts), *map(bare, re.findall(_NAME, " ".join(lists)))}


def _ddl(table: sa.Table) -> Iterator[str]:
    """The DDL for a table, as far as it is known without running it."""
    elements: list[ExecutableDDLElement] = [CreateTable(table), *map(CreateIndex, table.indexes)]
    elements += [
        CreateDomainType(its)
        for its in named_types(table, DIALECT)
        if isinstance(its, postgresql.DOMAIN)
    ]
    for element in elements:
        with suppress(SQLAlchemyError):  # errors are reported when it is built
            yield str(element.compile(dialect=DIALECT))
    yield from _ddl_of_events(table)


def _ddl_of_events(target: sa.Table | sa.MetaData) -> Iterator[str]:
    """The DDL of event listeners; what listeners that are functions run is unknown."""
    for event in _EVENTS:
        for listener in getattr(target.dispatch, event):
            if isinstance(listener, ExecutableDDLElement):
                with suppress(Exception):  # any exception: it is the user's code
                    yield str(listener.compile(dialect=DIALECT))


def _schemas(table: sa.Table) -> Iterator[str | None]:
    for column in table.columns:
        for part in parts_of(column.type, DIALECT):
            yield getattr(part, "schema", None)
        if isinstance(column.default, sa.Sequence):
            yield column.default.schema
    for key in table.foreign_keys:
        # The key may refer to a table of another MetaData, or be created after the tables.
        with suppress(SQLAlchemyError):
            yield key.column.table.schema
        yield from mentioned_in([key.target_fullname])
