"""The scratch database: thrown away after each command, whatever happens."""

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply.database import embedded
from diffapply.database.connection import Server, connect, libpq_url, read_server
from diffapply.database.removal import drop_schema
from diffapply.errors import ConnectionFailedError, ScratchError

_log = logging.getLogger(__name__)

_NAME = re.compile(r"diffapply_scratch_(?P<made>\d{10,})_[0-9a-f]{8}")
_GRACE = 60
"""Seconds that a scratch database may have no connection before it counts as an orphan: the time
between its creation and the connection of the command that made it."""

_PATIENCE = 0.2
"""Seconds to wait for a scratch database to be dropped; it takes 0.04 when nothing else goes on."""

_CONNECTING = 5.0
"""Seconds to wait at most for the connection over which it is dropped."""

_MAINTENANCE = "postgres"
"""The database that tools connect to when they need another one than they work on."""

_CREATE = """
select format('create database %I template template0 encoding %L', {name},
        pg_encoding_to_char(d.encoding))
    || format(' lc_collate %L lc_ctype %L', d.datcollate, d.datctype)
    || case to_jsonb(d) ->> 'datlocprovider'
        when 'i' then ' locale_provider icu icu_locale '
            || quote_literal(coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
        when 'b' then ' locale_provider builtin builtin_locale '
            || quote_literal(to_jsonb(d) ->> 'datlocale')
        else '' end
from pg_database d
where d.datname = current_database()
"""

_ORPHANS = """
select d.datname
from pg_database d
where starts_with(d.datname, 'diffapply_scratch_')
    and not exists (select from pg_stat_activity a where a.datname = d.datname)
"""


# What protects a live database from its users would only be in the way of a rehearsal; and
# nothing in scratch is to last.
_UNHINDERED = """
set synchronous_commit = off;
select set_config(name, case vartype when 'bool' then 'off' else '0' end, false)
from pg_settings
where name in ('default_transaction_read_only', 'idle_in_transaction_session_timeout',
    'idle_session_timeout', 'lock_timeout', 'statement_timeout', 'transaction_timeout')
"""


@contextmanager
def scratch_database(
    target_url: str, server: Server, scratch_url: str | None
) -> Iterator[Connection]:
    """A connection, in autocommit mode, to an empty database like the target.

    Args:
        target_url: of the database that is planned for.
        server: what that server said of itself.
        scratch_url: an empty database to use instead of creating one, emptied again afterwards.

    Raises:
        ScratchError: the role may not create databases, or `scratch_url` is not fit for it.
    """
    if scratch_url is not None:
        with _borrowed(scratch_url, server) as connection:
            yield connection
        return
    if not server.createdb:
        target_url = _embedded_instead(server)
    with _created(target_url) as connection:
        yield connection


def _embedded_instead(server: Server) -> str:
    """Where a role that may not create databases can have one: on our own server.

    Definitions read alike on servers of one major version; what is missing there (an extension, a
    role) shows up by name, as what cannot be built.
    """
    if server.major not in embedded.VERSIONS:
        raise ScratchError(
            f"The role {server.role!r} may not create databases, so there is no scratch database.",
            "Nothing was done. Give --scratch-url with an empty database on a server of the same "
            f"major version ({server.major}), or grant the role CREATEDB.",
        )
    _log.warning(
        "diffapply: the role %s may not create databases; the scratch database is on the "
        "embedded PostgreSQL %s (--scratch-url chooses another).",
        server.role,
        server.major,
    )
    return embedded.ensure_running(server.major)


@contextmanager
def _created(server_url: str) -> Iterator[Connection]:
    admin = _connect(server_url)
    try:
        with admin.cursor() as cursor:
            _drop_orphans(admin, server_url)
            cursor.execute("select extract(epoch from clock_timestamp())::bigint")
            (now,) = cursor.fetchone() or (0,)
            name = f"diffapply_scratch_{now}_{secrets.token_hex(4)}"
            try:
                cursor.execute(sql.SQL(_CREATE).format(name=sql.Literal(name)))
                (create,) = cursor.fetchone() or ("",)
                cursor.execute(create)
            except psycopg2.Error as error:
                raise ScratchError(
                    "The scratch database cannot be created: " + str(error).strip().splitlines()[0],
                    "Nothing was done. Give --scratch-url with an empty database instead.",
                ) from error
            except BaseException:  # interrupted: it may have been created all the same
                _drop_soon(server_url, name)
                raise
        try:
            connection = _connect_to_scratch(server_url, name)
            try:
                yield connection
            finally:
                connection.close()
        finally:
            _drop_soon(server_url, name)
    finally:
        admin.close()


def _drop_soon(server_url: str, name: str) -> None:
    """Drop a scratch database, but do not wait long for it.

    The server makes a checkpoint first, which takes up to a minute when much was written lately.
    Once it has the statement, it goes on without us, even when this process ends. As long as it
    does, the statement's snapshot keeps dead rows in the database of its connection: that is not
    the live one, where there is another to connect to.
    """
    connected = Event()

    def drop() -> None:
        try:
            admin = _connect_elsewhere(server_url)
        except (ConnectionFailedError, psycopg2.Error):
            return  # a later command drops it
        finally:
            connected.set()
        with closing(admin):
            _drop(admin, name)

    thread = Thread(target=drop, daemon=True)
    thread.start()
    connected.wait(_CONNECTING)
    thread.join(_PATIENCE)


def _connect(url: str, *, interruptible: bool = True) -> Connection:
    connection = connect(url, "diffapply scratch", interruptible=interruptible)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_UNHINDERED)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_elsewhere(url: str) -> Connection:
    try:
        return _connect(make_dsn(libpq_url(url), dbname=_MAINTENANCE), interruptible=False)
    except (ConnectionFailedError, psycopg2.Error):  # a pooler may say later that it has none
        return _connect(url, interruptible=False)


def _connect_to_scratch(server_url: str, name: str) -> Connection:
    try:
        return _connect(make_dsn(libpq_url(server_url), dbname=name))
    except ConnectionFailedError as error:
        raise ScratchError(
            f"The scratch database was created but cannot be reached: {error.message}",
            "Nothing was done. A connection pooler may hide it: give the server's own URL, or "
            "--scratch-url.",
        ) from error


def _drop(admin: Connection, name: str) -> None:
    with suppress(psycopg2.Error), admin.cursor() as cursor:
        # An orphan that cannot be dropped now is dropped by a later command.
        cursor.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )


def _drop_orphans(admin: Connection, server_url: str) -> None:
    """Drop the scratch databases of commands that were killed."""
    with admin.cursor() as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())::bigint")
        (now,) = cursor.fetchone() or (0,)
        cursor.execute(_ORPHANS)
        for (name,) in cursor.fetchall():
            made = _NAME.fullmatch(name)
            if made and now - int(made["made"]) > _GRACE:
                _drop_soon(server_url, name)


_USER_SCHEMAS = """
select n.nspname
from pg_namespace n
where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
"""

_MARKER = "diffapply_scratch_in_use"


@contextmanager
def _borrowed(scratch_url: str, server: Server) -> Iterator[Connection]:
    connection = _connect(scratch_url)
    try:
        borrowed = read_server(connection)
        if borrowed.major != server.major:
            raise ScratchError(
                f"The scratch database is on PostgreSQL {borrowed.major}, the target on "
                f"{server.major}; definitions read differently.",
                "Nothing was done. Give a --scratch-url on a server of the same major version.",
            )
        if borrowed.identity == server.identity:
            raise ScratchError(
                "--scratch-url names the target database itself.",
                "Nothing was done. Give an empty database.",
            )
        with connection.cursor() as cursor:
            # Held by the session: two commands must not share a scratch database.
            cursor.execute("select pg_try_advisory_lock(hashtext('diffapply scratch'))")
            if cursor.fetchone() != (True,):
                raise ScratchError(
                    "Another diffapply command is using the scratch database.",
                    "Nothing was done. Try again when it has finished.",
                )
        _require_empty(connection)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"create schema {_MARKER}")
            yield connection
        finally:
            _empty(connection)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise ScratchError(
            "The role may not create schemas in the scratch database.",
            "Nothing was done. Give --scratch-url a role that owns that database.",
        ) from error
    finally:
        connection.close()


def _require_empty(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_USER_SCHEMAS)
        schemas = {name for (name,) in cursor.fetchall()}
        if _MARKER in schemas:  # a killed command left it
            _empty(connection)
            return
        cursor.execute(
            "select exists (select from pg_depend where refobjid = to_regnamespace('public')"
            " and refclassid = 'pg_namespace'::regclass)"
        )
        if schemas - {"public"} or cursor.fetchone() == (True,):
            raise ScratchError(
                "The database that --scratch-url names is not empty.",
                "Nothing was done. Its contents would be dropped, so an empty one is needed.",
            )


def _empty(connection: Connection) -> None:
    if connection.closed:
        return
    with connection.cursor() as cursor:
        cursor.execute("rollback")
        cursor.execute(_USER_SCHEMAS)
        # The marker goes last: as long as it is there, what is left is known to be ours.
        for (name,) in sorted(cursor.fetchall(), key=lambda row: row[0] == _MARKER):
            drop_schema(connection, name)
            if name == "public":
                cursor.execute("create schema public")
