"""Opens the live database, and looks around in it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from psycopg2.extensions import connection as Connection

from diffapply.config import Settings
from diffapply.database.connection import (
    Database,
    Server,
    connected,
    read_server,
    require_primary,
)
from diffapply.database.embedded_home import place_of
from diffapply.database.fresh_session import read_world
from diffapply.database.named import database_url
from diffapply.database.reading import rows
from diffapply.errors import DatabaseError
from diffapply.model.world import World
from diffapply.rehearsal.stage import Stage
from diffapply.tenants.discovery import Tenancy, look

_log = logging.getLogger(__name__)


@contextmanager
def live_database(settings: Settings, *, writing: bool = False) -> Iterator[Database]:
    """A connection to the live database; refuses servers that cannot be used.

    Args:
        writing: the command writes to it, so it must not be a hot standby.
    """
    url = database_url(settings)
    with connected(url) as connection:
        server = read_server(connection)
        if writing:
            require_primary(server)
        if server.superuser and settings.database_url and not _is_embedded(connection, server):
            _warn_superuser(server.role)
        yield Database(connection, url, server)


def _is_embedded(connection: Connection, server: Server) -> bool:
    """Whether it is the embedded server, such as of the demo: it has no other roles."""
    [(folder,)] = rows(connection, "select pg_catalog.current_setting('data_directory')")
    try:
        return place_of(server.major).data == Path(str(folder))
    except DatabaseError:  # there is none here
        return False


@cache
def _warn_superuser(role: str) -> None:
    """Once in a process, because a command connects several times."""
    _log.warning(
        "diffapply: connected as %s, a superuser; the role that owns the tenants is safer and "
        "enough, see `diffapply docs role`.",
        role,
    )


def look_around(database: Database, settings: Settings) -> tuple[Tenancy, World]:
    """The tenants of the database, and the application's search path and settings.

    Raises:
        UsageError: the tenants pattern, the tenants query or the search path cannot be used.
    """
    tenancy = look(database.connection, settings)
    return tenancy, read_world(database.connection, settings.search_path, tenancy.tenants)


@contextmanager
def stage(settings: Settings, *, writing: bool = False) -> Iterator[Stage]:
    """The stage on which structures of the live database can be rehearsed.

    Takes and raises what `live_database` does.
    """
    with live_database(settings, writing=writing) as database:
        yield stage_of(database, settings, *look_around(database, settings))


def stage_of(database: Database, settings: Settings, tenancy: Tenancy, world: World) -> Stage:
    """The stage on which structures of this database can be rehearsed."""
    return Stage(
        database, world, tenancy.tenants, settings.scratch_url, trusted=settings.trust_tenants
    )
