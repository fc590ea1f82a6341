"""The search path and settings of a fresh session of this role in this database.

Settings that this connection has changed, or that another client of the pooler left on it, do not
count.
"""

import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.connection import OwnConnection
from diffapply.database.transaction import neutral
from diffapply.errors import UsageError
from diffapply.model.world import MEANING, World
from diffapply.queries import query

_log = logging.getLogger(__name__)

_SETTINGS = query("database", "usual_settings")
_USABLE = query("database", "usable_schemas")

_NAME = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^\s,"]+))\s*(?:,|$)')


def read_world(
    connection: Connection,
    search_path: Sequence[str] | None,
    tenants: Collection[str],
) -> World:
    """The search path and settings of sessions of this role in this database.

    Args:
        connection: to the live database.
        search_path: the schemas after the tenant; None: those that a fresh session searches.
        tenants: all there are; these are left out of the path.

    Raises:
        UsageError: a given schema does not exist, or the role may not use it, or it is a tenant;
            or the given path names pg_catalog behind another.
    """
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_SETTINGS, [[*MEANING, "search_path"]])
        found = dict(cursor.fetchall())
        if isinstance(connection, OwnConnection):
            found |= connection.said_otherwise
        usual = split_path(found.pop("search_path", ""))
        wanted = [*dict.fromkeys(usual if search_path is None else search_path)]
        cursor.execute(_USABLE, [wanted])
        usable = {name for (name,) in cursor.fetchall()}
    if search_path is not None:
        _require_usable(wanted, usable, tenants)
    others = [
        name
        for name in wanted
        if name in usable and name not in tenants and not name.startswith("pg_")
    ]
    if hidden := _before_postgresql(wanted, others):
        if search_path is not None:
            raise UsageError(
                f"--search-path names {hidden[0]!r} before 'pg_catalog', whose names come first "
                "here.",
                "Leave out pg_catalog: PostgreSQL then searches it first, too.",
            )
        _warn_of_order(hidden[0])
    return World(tuple(others), tuple(sorted(found.items())))


def _require_usable(
    given: Collection[str], usable: Collection[str], tenants: Collection[str]
) -> None:
    for name in given:
        if name not in usable:
            raise UsageError(
                f"--search-path names {name!r}: there is no such schema, or the role may not use "
                "it.",
                "Name the schemas after the tenant on the application's search path.",
            )
    if own := [name for name in given if name in tenants]:
        raise UsageError(
            f"--search-path names {min(own)!r}, which is a tenant.",
            "Name only the schemas after the tenant on the application's search path.",
        )


def _before_postgresql(path: Sequence[str], names: Collection[str]) -> list[str]:
    """Those of the names that stand before PostgreSQL's own, if the path says where these stand."""
    if "pg_catalog" not in path:
        return []
    return [name for name in takewhile("pg_catalog".__ne__, path) if name in names]


@cache
def _warn_of_order(first: str) -> None:
    """Once in a process."""
    _log.warning(
        "diffapply: the role's search_path names %r before pg_catalog, whose names come first "
        "here: where both have a name, such as a function's, a structure may mean another one than "
        "in your application.",
        first,
    )


def taken(connection: Connection, world: World) -> World:
    """The world without the settings that the scratch server does not accept.

    Another server may lack a locale, for example, or a text search configuration.
    """
    takes = []
    with neutral(connection) as cursor:
        for name, value in world.settings:
            cursor.execute("savepoint setting")
            try:
                cursor.execute("select set_config(%s, %s, true)", [name, value])
                takes.append((name, value))
            except psycopg2.Error:
                pass
            cursor.execute("rollback to savepoint setting; release savepoint setting")
    return replace(world, settings=tuple(takes))


def split_path(text: str) -> list[str]:
    """The names in a search path as PostgreSQL shows it, without ``$user``."""
    names = [
        quoted.replace('""', '"') if plain == "" else plain.lower()
        for quoted, plain in _NAME.findall(text)
    ]
    return [name for name in names if name not in ("", "$user")]
