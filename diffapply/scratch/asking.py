"""Asks scratch what is asked there again and again: such queries are prepared once."""

import re
from collections.abc import Mapping
from hashlib import sha256
from weakref import WeakKeyDictionary

from psycopg2.extensions import connection as Connection

from diffapply.database.connection import is_ours

_PARAMETER = re.compile(r"%\((\w+)\)s|%%")
_PREFIX = "diffapply_"

_prepared: WeakKeyDictionary[Connection, dict[str, str]] = WeakKeyDictionary()
"""Connection → query → name of the prepared statement; absent where a pooler is between."""


def asking(
    connection: Connection, path: str, query: str, parameters: Mapping[str, object]
) -> bytes:
    """What to send for a query; one with texts as parameters is prepared, if that can be.

    Args:
        connection: in a transaction.
        path: the statement that sets the search path that the query runs under.
    """
    with connection.cursor() as cursor:
        prepared = _prepared.get(connection)
        if prepared is None:
            cursor.execute("select pg_catalog.pg_backend_pid()")
            [(process,)] = cursor.fetchall()
            prepared = _prepared[connection] = {}
            if not is_ours(connection, process):
                prepared[""] = ""
        if "" in prepared or not all(map(_is_text, parameters.values())):
            return path.encode() + cursor.mogrify(query, parameters)
        named = list(dict.fromkeys(name for name in _PARAMETER.findall(query) if name))
        if query not in prepared:
            text = _PARAMETER.sub(
                lambda its: f"${named.index(its[1]) + 1}" if its[1] else "%", query
            )
            types = ["text[]" if isinstance(parameters[its], list) else "text" for its in named]
            listed = f" ({', '.join(types)})" if named else ""
            name = f"{_PREFIX}{sha256(text.encode()).hexdigest()[:16]}"
            cursor.execute(f"{path}prepare {name}{listed} as {text}")
            prepared[query] = name
        values = ", ".join("%s" for _ in named)
        execute = f"execute {prepared[query]}" + (f" ({values})" if named else "")
        return path.encode() + cursor.mogrify(execute, [parameters[its] for its in named])


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(its, str) for its in value)
    )
