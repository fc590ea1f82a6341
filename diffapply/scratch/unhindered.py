"""Connections to scratch, without settings that would disturb a rehearsal."""

from psycopg2.extensions import connection as Connection

from diffapply.database.connection import connect, is_ours
from diffapply.database.transaction import neutral
from diffapply.queries import query

_UNHINDERED = query("scratch", "unhindered")


def connect_unhindered(url: str) -> Connection:
    """A connection to a scratch database, in autocommit mode. Raises as `connect`."""
    return unhindered(connect(url, "diffapply scratch"))


def connect_as_admin(url: str, *, interruptible: bool = True) -> Connection:
    """A connection to another database of that server, where a pooler may share the session.

    Args:
        interruptible: see `connect`.
    """
    connection = connect(url, "diffapply scratch", interruptible=interruptible)
    try:
        with neutral(connection) as cursor:
            cursor.execute("select pg_backend_pid()")
            [(process,)] = cursor.fetchall()
    except BaseException:
        connection.close()
        raise
    return unhindered(connection) if is_ours(connection, process) else connection


def unhindered(connection: Connection) -> Connection:
    """Change the settings of the connection for its lifetime; close it if that fails."""
    try:
        with neutral(connection) as cursor:
            cursor.execute(_UNHINDERED)
    except BaseException:
        connection.close()
        raise
    return connection


def server_time(connection: Connection) -> int:
    """Seconds since 1970, by the server's clock."""
    with neutral(connection) as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())::bigint")
        [(now,)] = cursor.fetchall()
    return int(now)
