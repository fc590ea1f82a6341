"""Finds names in the routines of live schemas that may be schemas."""

from collections.abc import Iterable

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.model.mentions import mentioned_in
from diffapply.queries import query

_ROUTINES = query("catalog", "routine_texts")


def mentioned_by_routines(connection: Connection, schemas: Iterable[str]) -> frozenset[str]:
    """Names before a dot or on a search path, in bodies and settings of live routines."""
    found = rows(connection, _ROUTINES, [sorted(schemas)])
    return mentioned_in(text for body, settings in found for text in (body, *(settings or ())))
