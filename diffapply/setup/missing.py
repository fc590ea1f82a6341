"""Finds the schema that the application has on its search path, and the role has not."""

import re
from collections.abc import Collection

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.queries import query

_QUERY = query("setup/sql", "schemas_with")
_MISSED = re.compile(
    r"\b(?:function|type|relation|operator class|collation|text search configuration) "
    r'"?(\w+)"?(?:\([^)]*\))?(?: for encoding "\w+")? does not exist'
)
"""How PostgreSQL says in English that a name without a schema means nothing."""


def missed_schemas(connection: Connection, message: str, schemas: Collection[str]) -> list[str]:
    """The schemas that have what was not found, according to an error of PostgreSQL.

    Args:
        message: PostgreSQL's.
        schemas: those that are neither tenants nor on the search path.
    """
    missed = _MISSED.search(message)
    if missed is None:
        return []
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_QUERY, {"name": missed[1], "schemas": [*schemas]})
        return [name for (name,) in cursor.fetchall()]
