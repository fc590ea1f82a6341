"""Whether the role may refer to the shared tables that new foreign keys lead to.

In scratch it may, as it has made them there; so only the live database can tell.
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
    """Sentences on tables that the role may not refer to, each with what would let it."""
    text = "\n".join(statement.sql for statement in statements)
    named = sorted({(bare(schema), bare(table)) for schema, table in _SHARED.findall(text)})
    if not named:
        return ()
    schemas, tables = zip(*named, strict=True)
    with neutral(live, read_only=True) as cursor:
        cursor.execute(_QUERY, {"schemas": list(schemas), "tables": list(tables)})
        return tuple(
            f"A foreign key leads to {table}, which this role may not refer to: apply would fail. "
            f"Let the table's owner run: {grant}."
            for table, grant in cursor.fetchall()
        )
