"""Renames that metadata declares: ``info={"renamed_from": …}``, and of types at their columns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ENUM

from diffapply.desired.metadata.column_types import DIALECT, NamedType, types_of
from diffapply.desired.metadata.creation import TenantNames
from diffapply.desired.model import Declarable
from diffapply.errors import DesiredStateError
from diffapply.model.rename import Rename, RenameKind


def renames_in(tables: Iterable[sa.Table], tenancy: TenantNames) -> tuple[Rename, ...]:
    """What tables, columns, indexes and constraints declare.

    A column also declares what its type was called, and the labels of its enum. Columns of one
    type may say the same.

    Raises:
        DesiredStateError: what is declared as renamed has no name, or is not there.
    """
    found = (
        rename
        for table in tables
        for rename in (*_of_table(table), *_of_types(table.columns, tenancy))
    )
    return tuple(dict.fromkeys(found))


def declarable_in(tables: Iterable[sa.Table], tenancy: TenantNames) -> tuple[Declarable, ...]:
    """Where a rename can be declared."""
    found: list[Declarable] = []
    for table in tables:
        found += [Declarable(kind, table.name, table.name) for kind in _kinds(table)]
        for column in table.columns:
            found.append(Declarable("column", table.name, column.name))
            for type_ in _own_types(column, tenancy):
                labels = type_.enums if isinstance(type_, ENUM) else ()
                found += [Declarable("label", str(type_.name), label) for label in labels]
    return tuple(dict.fromkeys(found))


def _kinds(table: sa.Table) -> tuple[RenameKind, ...]:
    """What SQLAlchemy calls a table may be a view; of which kind, the tenant tells."""
    return ("view", "materialized view") if getattr(table, "is_view", False) else ("table",)


def _of_table(table: sa.Table) -> Iterator[Rename]:
    items: list[tuple[RenameKind, Any]] = [(kind, table) for kind in _kinds(table)]
    items += [("column", column) for column in table.columns]
    items += [("index", index) for index in table.indexes]
    items += [("constraint", constraint) for constraint in table.constraints]
    for kind, item in items:
        for old in _names(item.info.get("renamed_from")):
            if item.name is None:
                raise DesiredStateError(
                    f"A {kind} of table {table.name} is declared as renamed, but has no name.",
                )
            yield Rename(kind, table.name, old, str(item.name))


def _of_types(columns: Iterable[sa.Column[Any]], tenancy: TenantNames) -> Iterator[Rename]:
    for column in columns:
        types = _own_types(column, tenancy)
        if olds := _names(column.info.get("type_renamed_from")):
            if not types:
                raise _no_type(column, "type_renamed_from", "type with a name")
            # The last one consists of the others.
            name, kind = str(types[-1].name), _kind(types[-1])
            yield from (Rename(kind, name, old, name) for old in olds)
        yield from _of_labels(column, types)


def _of_labels(column: sa.Column[Any], types: Iterable[NamedType]) -> Iterator[Rename]:
    declared = column.info.get("labels_renamed_from") or {}
    if not isinstance(declared, Mapping):
        raise DesiredStateError(
            f"What column {column.table.name}.{column.name} declares in labels_renamed_from is "
            "no dictionary.",
            'Write {"new label": "earlier label"}.',
        )
    enums = [its for its in types if isinstance(its, ENUM)]
    if declared and not enums:
        raise _no_type(column, "labels_renamed_from", "enum")
    for new, olds in declared.items():
        if new not in enums[0].enums:
            raise DesiredStateError(
                f"Column {column.table.name}.{column.name} declares a label {new!r} as renamed, "
                f"but {enums[0].name} has none of that name.",
                f"Its labels are: {', '.join(enums[0].enums)}.",
            )
        yield from (Rename("label", str(enums[0].name), old, new) for old in _names(olds))


def _no_type(column: sa.Column[Any], key: str, what: str) -> DesiredStateError:
    return DesiredStateError(
        f"Column {column.table.name}.{column.name} says {key}, but its type is no {what} that "
        "belongs to the tenant.",
    )


def _own_types(column: sa.Column[Any], tenancy: TenantNames) -> list[NamedType]:
    return [its for its in types_of(column, DIALECT) if tenancy.is_tenants(its.schema)]


def _kind(type_: NamedType) -> RenameKind:
    return "enum" if isinstance(type_, ENUM) else "domain"


def _names(said: str | Iterable[str] | None) -> tuple[str, ...]:
    """Earlier names: one, several, or none."""
    return (said,) if isinstance(said, str) else tuple(map(str, said or ()))
