"""What a fresh session of this role has in this database: there the application's world begins.

What this connection has set meanwhile, or what a client of the same pooler has left there, does
not count.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.errors import UsageError
from diffapply.model.world import MEANING, World

_SETTINGS = """
select name, reset_val from pg_settings
where name = any (%s) and (reset_val is distinct from boot_val or name = 'search_path')
"""

_USABLE = """
select nspname from pg_namespace
where nspname = any (%s) and has_schema_privilege(oid, 'usage')
"""

_NAME = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^\s,"]+))\s*(?:,|$)')


def read_world(
    connection: Connection,
    search_path: Sequence[str] | None,
    tenants: Collection[str],
) -> World:
    """What sessions of this role have in this database.

    Args:
        connection: to the live database.
        search_path: the schemas behind the tenant; None: those that a fresh session searches.
        tenants: all there are: none of them stands behind another.

    Raises:
        UsageError: a schema that was given does not exist, or the role may not use it.
    """
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_SETTINGS, [[*MEANING, "search_path"]])
        found = dict(cursor.fetchall())
        usual = split_path(found.pop("search_path", ""))
        wanted = [*dict.fromkeys(usual if search_path is None else search_path)]
        cursor.execute(_USABLE, [wanted])
        usable = {name for (name,) in cursor.fetchall()}
    if search_path is not None and (missing := [its for its in wanted if its not in usable]):
        raise UsageError(
            f"There is no schema {missing[0]!r} that the role may use; --search-path names it.",
            "Name the schemas that the application's sessions have behind the tenant.",
        )
    behind = [name for name in wanted if name in usable and not name.startswith("pg_")]
    if search_path is not None and (own := [name for name in behind if name in tenants]):
        raise UsageError(
            f"{min(own)!r} is a tenant; --search-path names the schemas behind the tenant.",
        )
    return World(
        tuple(name for name in behind if name not in tenants), tuple(sorted(found.items()))
    )


def taken(connection: Connection, world: World) -> World:
    """The world without settings that the server of scratch does not take.

    Another server may lack a locale, say; or nobody could build a text search configuration.
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
    """The names in a search path as PostgreSQL shows it, without what stands for the role's."""
    names = [
        quoted.replace('""', '"') if plain == "" else plain.lower()
        for quoted, plain in _NAME.findall(text)
    ]
    return [name for name in names if name not in ("", "$user")]
