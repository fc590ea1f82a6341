"""Connections on which nothing is in the way of building what is thrown away."""

from psycopg2.extensions import connection as Connection

from diffapply.database.connection import connect, is_ours
from diffapply.database.transaction import neutral

# What protects a live database from its users would only be in the way of a rehearsal; and
# nothing in scratch is to last.
_UNHINDERED = """
set synchronous_commit = off;
select set_config(name, case vartype when 'bool' then 'off' else '0' end, false)
from pg_settings
where name in ('default_transaction_read_only', 'idle_in_transaction_session_timeout',
    'idle_session_timeout', 'lock_timeout', 'statement_timeout', 'transaction_timeout')
"""


def connect_unhindered(url: str) -> Connection:
    """To a scratch database, in autocommit mode. Raises as `connect`."""
    return unhindered(connect(url, "diffapply scratch"))


def connect_as_admin(url: str, *, interruptible: bool = True) -> Connection:
    """To a database that is not scratch's: a pooler there may give the session to others.

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
    """The connection, with nothing in the way to its end; closed if that cannot be had."""
    try:
        with neutral(connection) as cursor:
            cursor.execute(_UNHINDERED)
    except BaseException:
        connection.close()
        raise
    return connection


def server_time(connection: Connection) -> int:
    """Seconds since 1970, as the server counts them."""
    with neutral(connection) as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())::bigint")
        [(now,)] = cursor.fetchall()
    return int(now)
