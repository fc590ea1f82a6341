"""Checks that the role may refer to the shared tables of new foreign keys.

In scratch it always may, because it has created these tables there. So the live database is asked.
"""

import re
from collections.abc import Iterable

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.model.plan import Statement
from diffapply.queries import query
from diffapply.values.grammar import IDENTIFIER, bare

_SHARED = re.compile(rf" REFERENCES ({IDENTIFIER})\.({IDENTIFIER}) ?\(")
_QUERY = query("planning", "reference_rights")


def lacking(live: Connection, statements: Iterable[Statement]) -> tuple[str, ...]:
    """A sentence for each table that the role may not refer to, with the GRANT that is missing."""
    text = "\n".join(statement.sql for statement in statements)
    named = sorted({(bare(schema), bare(table)) for schema, table in _SHARED.findall(text)})
    if not named:
        return ()
    schemas, tables = zip(*named, strict=True)
    with neutral(live, read_only=True) as cursor:
        cursor.execute(_QUERY, {"schemas": list(schemas), "tables": list(tables)})
        return tuple(
            f"A foreign key refers to {table}, but this role may not do that: apply would fail. "
            f"Let the table's owner run: {grant}."
            for table, grant in cursor.fetchall()
        )
