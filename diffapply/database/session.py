"""The session settings under which definitions are read and statements run.

PostgreSQL writes and reads constants according to the session, and resolves names through the
search path: rehearsal, apply and reading must therefore all run under the same settings. All are
LOCAL to a transaction, so that nothing is left behind in a pooled connection.
"""

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

NORMAL_SETTINGS = """
set local datestyle = 'ISO, MDY'; set local intervalstyle = postgres; set local timezone = 'UTC';
set local extra_float_digits = 1; set local bytea_output = hex; set local xmlbinary = base64;
set local quote_all_identifiers = off; set local standard_conforming_strings = on;
"""
"""How constants and names are written."""

WORK_SETTINGS = """
set local check_function_bodies = off; set local default_tablespace = '';
set local default_table_access_method = heap; set local client_min_messages = warning;
set local row_security = off;
"""
"""How statements run: the same defaults everywhere, and bodies may name what comes later. A
query that row security would make blind to rows fails instead of not seeing them."""


def search_path(schema: str) -> sql.Composed:
    """The statement that makes a schema the current one.

    The schema stands even before pg_catalog, and temporary objects last: within it, names mean
    its own objects, and PostgreSQL writes them without the schema.
    """
    return sql.SQL("set local search_path = {}, pg_catalog, pg_temp;").format(
        sql.Identifier(schema)
    )


def enter_schema(connection: Connection, schema: str) -> None:
    """Make the settings and the search path hold for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(NORMAL_SETTINGS + WORK_SETTINGS) + search_path(schema))
