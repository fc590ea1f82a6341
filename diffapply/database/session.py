"""The session settings under which definitions are read and statements run.

PostgreSQL reads and writes constants according to session settings, and finds names through the
search path. So there are two kinds of session. Definitions are read in a *neutral* session: the
tenant alone on the path, all settings fixed, so that texts can be compared. What users wrote, and
what runs their code, gets the *application's* path and settings; see `diffapply.model.world`.

All settings are LOCAL to a transaction: nothing stays on a pooled connection.
"""

import re
from collections.abc import Iterable, Mapping

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.model.world import PLAIN, World

NORMAL: Mapping[str, str] = {
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "lc_monetary": "C",
}
"""How PostgreSQL writes constants and names."""

WORK: Mapping[str, str] = {
    "check_function_bodies": "off",
    "default_tablespace": "",
    "default_table_access_method": "heap",
    "client_min_messages": "warning",
    "row_security": "off",
    "array_nulls": "on",
    "xmloption": "content",
    "transform_null_equals": "off",
}
"""How statements run: the same defaults everywhere; bodies of routines may name objects that are
created later; a query that row security would hide rows from fails instead."""

NORMAL_SETTINGS, _WORK_SETTINGS = (
    "\n" + "".join(f"set local {name} = '{value}';\n" for name, value in settings.items())
    for settings in (NORMAL, WORK)
)
"""`NORMAL` as statements."""

_MONEY = re.compile(r"'-?\$[\d,]+(?:\.\d+)?'")
"""An amount of money as PostgreSQL writes it with lc_monetary = C."""

_FILLS_VIEW = re.compile(r"\s*(create|refresh)\s+materialized\s+view\b", re.IGNORECASE)


def search_path(schema: str, behind: Iterable[str] = ()) -> sql.Composed:
    """The statement that sets the search path for statements made from definitions.

    The schema comes even before pg_catalog, as it does when definitions are read: a name without a
    schema means the tenant's own object, or else PostgreSQL's. The schemas behind come after both.
    No definition means anything there, but code that runs (functions, defaults, event triggers)
    finds what it finds in the application. Temporary objects come last.

    Args:
        schema: a tenant or a template.
        behind: the schemas after it on the application's path; empty to read definitions.
    """
    return _path([schema, "pg_catalog", *_others(schema, behind), "pg_temp"])


def users_path(schema: str, behind: Iterable[str]) -> sql.Composed:
    """The application's own search path, for text that users wrote.

    It does not name pg_catalog, so PostgreSQL searches that first, whatever names a tenant uses.
    """
    return _path([schema, *_others(schema, behind)])


def shared_path(behind: Iterable[str]) -> sql.Composed:
    """The search path for our own commands that fire event triggers: no tenant is on it.

    pg_catalog comes first, so that the names in our text mean PostgreSQL's own objects.
    """
    return _path(["pg_catalog", *behind, "pg_temp"])


def _others(schema: str, behind: Iterable[str]) -> list[str]:
    return [name for name in behind if name != schema]


def _path(names: Iterable[str]) -> sql.Composed:
    path = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("set local search_path = {};").format(path)


def working(world: World = PLAIN) -> sql.Composed:
    """The statements that set what transitions run under.

    The application's settings, except those that our own literals depend on.
    """
    return sql.SQL(NORMAL_SETTINGS + _WORK_SETTINGS) + _set(world.of_transitions)


def working_settings(world: World) -> Iterable[tuple[str, str]]:
    """The same as names and values, for scripts."""
    return (*NORMAL.items(), *WORK.items(), *world.of_transitions)


def _set(settings: Iterable[tuple[str, str]]) -> sql.Composed:
    return sql.SQL("").join(
        sql.SQL("set local {} = {};").format(sql.Identifier(name), sql.Literal(value))
        for name, value in settings
    )


def as_written(statement: str, world: World) -> str:
    """A statement made from definitions, to be run with the application's settings.

    PostgreSQL's constants mean the same with all settings (ISO dates, offsets from UTC), except
    amounts of money, which each locale reads differently.
    """
    locale = dict(world.settings).get("lc_monetary")
    if locale is None or not _MONEY.search(statement):
        return statement
    there = locale.replace("'", "''")
    return f"set local lc_monetary = 'C';\n{statement}\n;set local lc_monetary = '{there}'"


def as_run(statement: str, world: World) -> str:
    """The statement as `as_written`, as it runs under what `working` sets.

    A materialized view holds what its owner may see: policies hold for its query.
    """
    written = as_written(statement, world)
    if not _FILLS_VIEW.match(statement):
        return written
    return f"set local row_security = on;\n{written}\n;set local row_security = off"


def enter_schema(connection: Connection, schema: str) -> None:
    """Set settings and search path for the rest of the transaction, to read definitions.

    Args:
        connection: in a transaction.
        schema: alone on the path.
    """
    with connection.cursor() as cursor:
        cursor.execute(working(PLAIN) + search_path(schema, PLAIN.behind))


def enter_as_application(connection: Connection, schema: str, world: World) -> None:
    """Set what text of users runs under: names and literals mean what they mean to them.

    Row security holds: in scratch there are no rows that it could hide.
    """
    settings = sql.SQL(NORMAL_SETTINGS + _WORK_SETTINGS) + _set(world.settings)
    settings += sql.SQL("set local row_security = on;")
    with connection.cursor() as cursor:
        cursor.execute(settings + users_path(schema, world.behind))
