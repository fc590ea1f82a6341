"""What to do about models that PostgreSQL refuses, where that can be told from the models."""

import re
from collections.abc import Iterable, Iterator

import psycopg2
import sqlalchemy as sa

_EXISTS = re.compile(r'^relation "(?P<name>.*)" already exists$')
_UNFOUND = re.compile(r'^(?P<kind>function|type) "?(?P<name>[^("]+)"?(?:\(.*\))? does not exist$')
_OF_OTHERS = re.compile(r"^(?:function|procedure|aggregate|operator|type|collation)\b")


def remedy(label: str, cause: BaseException, tables: Iterable[sa.Table]) -> str:
    """What to do, in sentences; empty if that is not known.

    Args:
        label: how the user named the models.
        cause: what PostgreSQL says.
        tables: those of the tenant.
    """
    said = _said(cause)
    if isinstance(cause, psycopg2.errors.DuplicateTable) and (found := _EXISTS.match(said)):
        return _declared_again(found["name"], tables)
    missing = psycopg2.errors.UndefinedFunction | psycopg2.errors.UndefinedObject
    if isinstance(cause, missing) and _OF_OTHERS.match(said):
        return (
            "If a revision or a library makes it in the tenants, write it into a file of SQL, and "
            f'name that before the models: desired = ["functions.sql", "{label}"].'
        )
    return ""


def unfound(error: BaseException) -> str:
    """The name of the function or type that PostgreSQL did not find, without a schema, or empty.

    Args:
        error: whose cause is that of PostgreSQL, or of SQLAlchemy.
    """
    cause = error.__cause__
    found = _UNFOUND.match(_said(getattr(cause, "orig", cause)))
    return found["name"].rpartition(".")[2] if found else ""


def _said(cause: object) -> str:
    return str(cause).partition("\n")[0].strip() if isinstance(cause, psycopg2.Error) else ""


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
