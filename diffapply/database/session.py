"""The session settings under which definitions are read and statements run.

PostgreSQL writes and reads constants according to the session, and resolves names through the
search path. So there are two kinds of session. Definitions are read in a *neutral* one, where the
tenant stands alone and all settings are fixed, so that they compare. What users wrote, and what
runs their code, has the *application's* path and settings; see `world.py`.

All are LOCAL to a transaction, so that nothing is left behind in a pooled connection.
"""

import re
from collections.abc import Iterable

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.model.world import PLAIN, World

NORMAL_SETTINGS = """
set local datestyle = 'ISO, MDY'; set local intervalstyle = postgres; set local timezone = 'UTC';
set local extra_float_digits = 1; set local bytea_output = hex; set local xmlbinary = base64;
set local quote_all_identifiers = off; set local standard_conforming_strings = on;
set local lc_monetary = 'C';
"""
"""How constants and names are written."""

WORK_SETTINGS = """
set local check_function_bodies = off; set local default_tablespace = '';
set local default_table_access_method = heap; set local client_min_messages = warning;
set local row_security = off; set local array_nulls = on; set local xmloption = content;
set local transform_null_equals = off;
"""
"""How statements run: the same defaults everywhere, and bodies may name what comes later. A
query that row security would make blind to rows fails instead of not seeing them."""

_MONEY = re.compile(r"'-?\$[\d,]+(?:\.\d+)?'")
"""An amount as it is read where lc_monetary is C."""


def search_path(schema: str, behind: Iterable[str] = ()) -> sql.Composed:
    """The statement that makes a schema the current one, for statements made from definitions.

    The schema stands even before pg_catalog: definitions are read so, and what they leave without
    a schema means the tenant's own or else PostgreSQL's. What is behind comes only after both: no
    such name ever means something there, but code that runs (functions, defaults, event triggers)
    finds what it finds in the application. Temporary objects come last.

    Args:
        schema: the tenant's, or a template.
        behind: the schemas that the application has behind it; none to read definitions.
    """
    return _path([schema, "pg_catalog", *_others(schema, behind), "pg_temp"])


def users_path(schema: str, behind: Iterable[str]) -> sql.Composed:
    """The same for text that users wrote, as the application has it: pg_catalog is not on it.

    So PostgreSQL searches that first, whatever the tenant calls its own.
    """
    return _path([schema, *_others(schema, behind)])


def shared_path(behind: Iterable[str]) -> sql.Composed:
    """The statement for commands of our own that fire event triggers: no tenant is on the path.

    What our text names is in pg_catalog, to which nothing behind it comes as close.
    """
    return _path(["pg_catalog", *behind, "pg_temp"])


def _others(schema: str, behind: Iterable[str]) -> list[str]:
    return [name for name in behind if name != schema]


def _path(names: Iterable[str]) -> sql.Composed:
    path = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("set local search_path = {};").format(path)


def working(world: World = PLAIN) -> sql.Composed:
    """The settings under which transitions run.

    The application's, but for those that our own literals take for granted.
    """
    return sql.SQL(NORMAL_SETTINGS + WORK_SETTINGS) + _set(world.of_transitions)


def _set(settings: Iterable[tuple[str, str]]) -> sql.Composed:
    return sql.SQL("").join(
        sql.SQL("set local {} = {};").format(sql.Identifier(name), sql.Literal(value))
        for name, value in settings
    )


def as_written(statement: str, world: World) -> str:
    """A statement made from definitions, to be run among the application's settings.

    All constants that PostgreSQL writes are unmistakable (ISO dates, offsets from UTC), but for
    amounts of money, which every locale reads in its own way.
    """
    locale = dict(world.settings).get("lc_monetary")
    if locale is None or not _MONEY.search(statement):
        return statement
    there = locale.replace("'", "''")
    return f"set local lc_monetary = 'C';\n{statement}\n;set local lc_monetary = '{there}'"


def enter_schema(connection: Connection, schema: str, world: World = PLAIN) -> None:
    """Make settings and search path hold for the rest of the transaction, for transitions.

    Args:
        connection: in a transaction.
        schema: where they run.
        world: the application's; none to read definitions.
    """
    with connection.cursor() as cursor:
        cursor.execute(working(world) + search_path(schema, world.behind))


def enter_as_application(connection: Connection, schema: str, world: World) -> None:
    """The same for text that users wrote: names and literals mean what they do there."""
    settings = sql.SQL(NORMAL_SETTINGS + WORK_SETTINGS) + _set(world.settings)
    with connection.cursor() as cursor:
        cursor.execute(settings + users_path(schema, world.behind))
