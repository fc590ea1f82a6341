"""Drops scratch databases: at the end of a command, or those that a killed command left behind."""

import atexit
from contextlib import closing, suppress
from threading import Event, Thread

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply.database.transaction import neutral
from diffapply.database.urls import libpq_url
from diffapply.errors import ConnectionFailedError
from diffapply.queries import query
from diffapply.scratch.roles import drop_roles
from diffapply.scratch.throwaway import NAME, drop_role
from diffapply.scratch.unhindered import connect_as_admin, server_time

_GRACE = 60
"""Seconds without a connection after which a scratch database counts as left behind: longer than
a command needs between creating it and connecting to it."""

_PATIENCE = 0.2
"""Seconds to wait until a scratch database is dropped; 0.04 on an idle server."""

_CONNECTING = 5.0
"""Seconds to wait for the connection that drops it."""

MAINTENANCE = "postgres"
"""The database that tools connect to when they cannot use the one that they work on."""

_LEFT_BEHIND = query("scratch", "left_behind")

_dropping: dict[Thread, Event] = {}
"""Threads that drop a scratch database → set as soon as they are connected."""


def drop_soon(server_url: str, *names: str, embedded: bool = False) -> None:
    """Begin to drop scratch databases; nobody waits for that before the process ends.

    The server makes a checkpoint first, which takes up to a minute after many writes. Once the
    server has the statement, it goes on even if this process ends. Until it is done, VACUUM keeps
    dead rows in the database of that connection; so we connect to another database than the live
    one, if possible.

    Args:
        embedded: whether it is the embedded server, where roles were made for them.
    """
    connected = Event()

    def begin() -> None:
        try:
            admin = _connect_elsewhere(server_url)
        except (ConnectionFailedError, psycopg2.Error):
            return  # a later command drops it
        else:
            connected.set()
            with closing(admin):
                for name in names:
                    drop(admin, name)
                if embedded:
                    with suppress(psycopg2.Error):
                        drop_roles(admin)
        finally:
            connected.set()
            _dropping.pop(thread, None)

    thread = Thread(target=begin, daemon=True)
    _dropping[thread] = connected
    thread.start()


@atexit.register
def _await_drops() -> None:
    """Wait a little for what is being dropped."""
    for thread, connected in [*_dropping.items()]:
        connected.wait(_CONNECTING)
        thread.join(_PATIENCE)


def _connect_elsewhere(url: str) -> Connection:
    try:
        elsewhere = make_dsn(libpq_url(url), dbname=MAINTENANCE)
        return connect_as_admin(elsewhere, interruptible=False)
    except (ConnectionFailedError, psycopg2.Error):  # a pooler may refuse at the first query
        return connect_as_admin(url, interruptible=False)


def drop(admin: Connection, name: str) -> None:
    """Drop a scratch database and its throw-away role, which has the same name, if there is one.

    If that fails now, a later command does it.
    """
    with suppress(psycopg2.Error), admin.cursor() as cursor:
        cursor.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )
        cursor.execute(
            "select from pg_catalog.pg_roles where rolname operator(pg_catalog.=) %s", [name]
        )
        if cursor.rowcount:
            drop_role(admin, name)


def drop_left_behind(admin: Connection, server_url: str) -> None:
    """Drop the scratch databases and throw-away roles of commands that were killed."""
    now = server_time(admin)
    with neutral(admin) as cursor:
        cursor.execute(_LEFT_BEHIND)
        found = cursor.fetchall()
    old = []
    for (name,) in found:
        made = NAME.fullmatch(name)
        # A time in the future counts as old: the clock was wrong then.
        if made and abs(now - int(made["made"])) > _GRACE:
            old.append(name)
    if old:
        drop_soon(server_url, *old)
