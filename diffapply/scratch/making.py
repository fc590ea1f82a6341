"""Makes scratch databases on a server, like the one that is live there."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply.database.advice import reason
from diffapply.database.connection import all_in_use
from diffapply.database.transaction import neutral
from diffapply.database.urls import libpq_url
from diffapply.errors import ConnectionFailedError, ScratchError
from diffapply.queries import query
from diffapply.scratch.dropping import drop, drop_left_behind, drop_soon
from diffapply.scratch.throwaway import new_name
from diffapply.scratch.unhindered import connect_as_admin, connect_unhindered, server_time

_CREATE = query("scratch", "create_database")


@dataclass(frozen=True, slots=True)
class Made:
    """A new scratch database.

    Attributes:
        admin: a connection to another database of its server.
        connection: to it; as long as it is open, no other command takes it for left behind.
    """

    admin: Connection
    name: str
    connection: Connection


Make = Callable[[], Made]
"""Makes a scratch database on the live database's server, or has begun to."""


def make_database(server_url: str, first: Callable[[Connection, str], None] | None = None) -> Made:
    """Create a scratch database on a server.

    Args:
        first: called with the connection and the name before it is created.

    Raises:
        ScratchError: it cannot be created, or not be reached.
    """
    admin = connect_as_admin(server_url)
    try:
        drop_left_behind(admin, server_url)
        name = new_name(server_time(admin))
        if first:
            first(admin, name)
        try:
            with neutral(admin) as cursor:
                cursor.execute(_CREATE, {"name": name})
                [(create,)] = cursor.fetchall()
            with admin.cursor() as cursor:
                cursor.execute(create)
            return Made(admin, name, _connect_to_scratch(server_url, name))
        except ScratchError:  # perhaps no further connection is allowed: this one can drop it
            drop(admin, name)
            raise
        except psycopg2.Error as error:
            drop(admin, name)
            raise ScratchError(
                f"The scratch database cannot be created: {reason(error)}",
                "Give --scratch-url with an empty database instead.",
            ) from error
        except BaseException:  # interrupted, but it may have been created
            drop_soon(server_url, name)
            raise
    except BaseException:
        admin.close()
        raise


def abandon(server_url: str, made: Made) -> None:
    """Drop a scratch database that nobody uses."""
    made.connection.close()
    made.admin.close()
    drop_soon(server_url, made.name)


def _connect_to_scratch(server_url: str, name: str) -> Connection:
    try:
        return connect_unhindered(make_dsn(libpq_url(server_url), dbname=name))
    except ConnectionFailedError as error:
        raise ScratchError(
            f"The scratch database was created but cannot be reached: {error.message}",
            all_in_use(error.message)
            or "A connection pooler may not know it: give the server's own URL, or --scratch-url.",
        ) from error
