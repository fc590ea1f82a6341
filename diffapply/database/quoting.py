"""SQL with the values in it, also where no connection of psycopg2 writes them.

psycopg2 asks its own connections how to write names and values. For other drivers, this writes
them so that each setting of the session reads them in the same way.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2 import sql

from diffapply.errors import UsageError
from diffapply.model.identifier import in_quotes

Values = Sequence[Any] | Mapping[str, Any] | None
"""For `%s`, or for `%(name)s`; None: the text has no placeholders, and a `%` is a `%`."""


def json_text(value: object) -> str:
    """JSON for PostgreSQL: it cannot read escaped letters in a SQL_ASCII database."""
    return json.dumps(value, ensure_ascii=False)


def rendered(what: sql.Composable) -> str:
    """Composed SQL as text, without a connection."""
    match what:
        case sql.Composed():
            return "".join(rendered(part) for part in what)
        case sql.Identifier():
            return ".".join(map(identifier, what.strings))
        case sql.Literal():
            return literal(what.wrapped)
        case sql.SQL():
            return what.string
    raise AssertionError(f"nothing of ours composes {type(what).__name__}")


def filled(query: str, values: Values) -> str:
    """A query with its values in place of the placeholders."""
    if values is None:
        return query
    if isinstance(values, Mapping):
        return query % {name: literal(value) for name, value in values.items()}
    return query % tuple(map(literal, values))


def identifier(name: str) -> str:
    """A name, quoted."""
    _require_text(name)
    return in_quotes(name)


def literal(value: object) -> str:
    """A value as a constant; text gets its type from where it stands."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value) if value >= 0 else f" {value}"
        case str():
            return _text(value)
        case list():
            return f"ARRAY[{', '.join(map(literal, value))}]" if value else "'{}'"
    raise AssertionError(f"nothing of ours sends {type(value).__name__}")


def _text(value: str) -> str:
    _require_text(value)
    quoted = value.replace("'", "''")
    # With E, a backslash means the same whatever standard_conforming_strings says.
    return " E'{}'".format(quoted.replace("\\", "\\\\")) if "\\" in quoted else f"'{quoted}'"


def _require_text(value: str) -> None:
    if "\0" in value:
        raise UsageError("No text of PostgreSQL holds NUL, but a value has one.")
