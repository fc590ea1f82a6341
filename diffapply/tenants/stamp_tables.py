"""Finds the tables in which Alembic keeps its stamps, whatever they are called.

Alembic's own name for it is ``alembic_version``; with ``version_table`` it may be another one, as a
plug-in of an application has it.
"""

from collections.abc import Collection, Mapping

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.model.catalog import Catalog
from diffapply.queries import query
from diffapply.values.grammar import bare

STAMP_TABLES = query("tenants", "stamp_tables")
"""Finds them: for each such table of `schemas` the schema, and its name."""


def stamp_tables(connection: Connection, schemas: Collection[str]) -> Mapping[str, Collection[str]]:
    """The name of such a table → the schemas that have it."""
    found: dict[str, list[str]] = {}
    names = [*schemas]
    for schema, table in rows(connection, STAMP_TABLES, {"schemas": names}, names):
        found.setdefault(table, []).append(schema)
    return found


def is_stamp_table(table: str, catalog: Catalog) -> bool:
    """Whether a table of a catalog is one, by what the query looks for.

    Args:
        table: its name as facts have it.
    """
    plain = bare(table)
    columns = [fact.part for fact in catalog.parts("column", table)]
    keys = {bare(fact.part) for fact in catalog.parts("constraint", table)}
    return columns == ["version_num"] and f"{plain}_pkc" in keys
