"""What to do about models that PostgreSQL refuses, where that can be told from the models."""

import re
from collections.abc import Iterable, Iterator

import psycopg2
import sqlalchemy as sa

from diffapply.database.names_said import called_in, one_quoted_in, quoted_in

_UNFOUND = re.compile(r'^(?P<kind>function|type) "?(?P<name>[^("]+)"?(?:\(.*\))? does not exist$')
_TYPES, _COLLATIONS = ("parse_type.c", "functioncmds.c"), "get_collation_oid"
_OPERATOR_CLASSES = "ResolveOpClass"
"""Source files, and the functions, that tell of a type, a collation or an operator class: words may
be translated."""


def remedy(label: str, cause: BaseException, tables: Iterable[sa.Table]) -> str:
    """What to do, in sentences; empty if that is not known.

    Args:
        label: how the user named the models.
        cause: what PostgreSQL says.
        tables: those of the tenant.
    """
    said = _said(cause)
    if isinstance(cause, psycopg2.errors.DuplicateTable) and (name := one_quoted_in(said)):
        return _declared_again(name, tables)
    if any(its(cause) for its in (_is_function, _is_type, _is_collation, _is_operator_class)):
        order = ("functions.sql", *label.split(", "))
        return (
            "If a revision or a library makes it in the tenants, write it into a file of SQL, and "
            f"name that before the models: desired = [{', '.join(map(_quoted, order))}]."
        )
    return ""


def unfound(error: BaseException) -> str:
    """The name of the function or type that PostgreSQL did not find, without a schema, or empty.

    Args:
        error: whose cause is that of PostgreSQL, or of SQLAlchemy.
    """
    cause = error.__cause__
    cause = getattr(cause, "orig", cause)
    said = _said(cause)
    if found := _UNFOUND.match(said):
        return found["name"].rpartition(".")[2]
    names = called_in(said) if _is_function(cause) else []
    if _is_type(cause):
        names = quoted_in(said)
    return names[0].rpartition(".")[2] if names else ""


def _is_function(cause: object) -> bool:
    return isinstance(cause, psycopg2.errors.UndefinedFunction)


def _is_type(cause: object) -> bool:
    if not isinstance(cause, psycopg2.errors.UndefinedObject):
        return False
    return cause.diag.source_file in _TYPES


def _is_collation(cause: object) -> bool:
    if not isinstance(cause, psycopg2.errors.UndefinedObject):
        return False
    return cause.diag.source_function == _COLLATIONS


def _is_operator_class(cause: object) -> bool:
    """Whether one was not found; where a type has no default one, only the method is quoted."""
    if not isinstance(cause, psycopg2.errors.UndefinedObject):
        return False
    return cause.diag.source_function == _OPERATOR_CLASSES and len(quoted_in(_said(cause))) > 1


def _said(cause: object) -> str:
    return str(cause).partition("\n")[0].strip() if isinstance(cause, psycopg2.Error) else ""


def _quoted(label: str) -> str:
    return f'"{label}"'


def _declared_again(name: str, tables: Iterable[sa.Table]) -> str:
    """A sentence if the models give one name to several things; empty if not."""
    places = [place for table in tables for place in _named(name, table)]
    if len(places) < 2:  # noqa: PLR2004 - then something else made it
        return ""
    return (
        f"The models declare {name} {len(places)} times: {', '.join(places)}. Take out what is "
        "there twice, as a column with index=True and an Index of the same name, or name it "
        "otherwise."
    )


def _named(name: str, table: sa.Table) -> Iterator[str]:
    """What of a table has this name, among relations."""
    if table.name == name:
        yield f"table {name}"
    for index in sorted(table.indexes, key=lambda its: [*map(str, its.expressions)]):
        if index.name == name:
            on = ", ".join(getattr(its, "name", str(its)) for its in index.expressions)
            yield f"index of table {table.name} ({on})"
    for constraint in table.constraints:
        if constraint.name == name and isinstance(
            constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint
        ):
            yield f"key of table {table.name} ({', '.join(constraint.columns.keys())})"
