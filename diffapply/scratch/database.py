"""The scratch database: dropped after each command, whatever happens."""

import atexit
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply.database import embedded, embedded_home
from diffapply.database.connection import Server, connect, libpq_url
from diffapply.database.transaction import neutral
from diffapply.errors import ConnectionFailedError, ScratchError
from diffapply.scratch.borrowed import borrowed_database
from diffapply.scratch.contents import HARMLESS, Contents
from diffapply.scratch.throwaway import (
    NAME,
    NoRoleError,
    connect_builder,
    create_role,
    drop_role,
    hand_over,
    new_name,
)
from diffapply.scratch.unhindered import connect_as_admin, connect_unhindered, server_time

_log = logging.getLogger(__name__)

_GRACE = 60
"""Seconds without a connection after which a scratch database counts as left behind: longer than
a command needs between creating it and connecting to it."""

_PATIENCE = 0.2
"""Seconds to wait until a scratch database is dropped; 0.04 on an idle server."""

_NAMED = 3
"""Roles that an error names; the others are counted."""

_CONNECTING = 5.0
"""Seconds to wait for the connection that drops it."""

_MAINTENANCE = "postgres"
"""The database that tools connect to when they cannot use the one that they work on."""

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
union all
select r.rolname
from pg_roles r
where starts_with(r.rolname, 'diffapply_scratch_')
    and not exists (select from pg_database d where d.datname = r.rolname)
    and not exists (select from pg_stat_activity a where a.usename = r.rolname)
"""


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


@contextmanager
def scratch_database(
    target_url: str,
    server: Server,
    scratch_url: str | None,
    contents: Contents = HARMLESS,
    make: Make | None = None,
) -> Iterator[Connection]:
    """A connection, in autocommit mode, to an empty database of the live server's version.

    If something that is to be built belongs to strangers, it is a throw-away role's connection.

    Args:
        target_url: of the live database.
        server: its server.
        scratch_url: an empty database to use instead of creating one; emptied again afterwards.
        contents: what is to be built in it.
        make: how it is made, if it is created beside the live one.

    Raises:
        ScratchError: the role may not create databases, or `scratch_url` cannot be used; or there
            is no place where strangers' code can do no harm.
    """
    reasons = []
    for way in _ways(target_url, server, scratch_url, contents, make):
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(way())
            except NoRoleError as reason:
                reasons.append(str(reason))
                continue
            yield connection
            return
    raise ScratchError(
        f"Some of what is built in scratch belongs to {_listed(contents.strangers)} and would run "
        f"their code, and there is no way to run it as a role that can do nothing: "
        f"{'; '.join(reasons)}.",
        f"Connect as a role with CREATEDB and CREATEROLE, on a server that lets new roles log in; "
        f"or give --scratch-url with an empty database on another server of version "
        f"{server.major}, as a role that may do nothing else; or, if you trust them with all "
        f"rights of {server.role!r}, --trust-tenants. See docs/role.md.",
    )


def _listed(strangers: Sequence[str]) -> str:
    first, more = strangers[:_NAMED], len(strangers) - _NAMED
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


_Way = Callable[[], AbstractContextManager[Connection]]


def _ways(
    target_url: str,
    server: Server,
    scratch_url: str | None,
    contents: Contents,
    make: Make | None,
) -> Iterator[_Way]:
    """The ways to get a scratch database, fastest first."""
    guarded = bool(contents.strangers)
    if scratch_url is not None:
        yield lambda: borrowed_database(
            scratch_url, server, contents, lambda there: _drop_orphans(there, scratch_url)
        )
        return
    if server.createdb:
        yield lambda: _created(target_url, contents, make, guarded=guarded)
    if not server.createdb or guarded:
        yield lambda: _embedded_instead(server, contents)


@contextmanager
def _embedded_instead(server: Server, contents: Contents) -> Iterator[Connection]:
    """A scratch database on the embedded server, if the role may not create one, or not the role.

    Never as the superuser of that server, because the superuser could change everything on it.
    Servers of one major version write definitions alike. What the embedded server lacks (an
    extension, a role) cannot be built and is named.
    """
    why = (
        f"the role {server.role} may not create databases"
        if not server.createdb
        else f"the role {server.role} may not create a role that can do nothing"
    )
    if server.major not in embedded_home.VERSIONS:
        if not server.createdb and not contents.strangers:
            raise ScratchError(
                f"The role {server.role!r} may not create databases, so there is no scratch "
                "database.",
                "Give --scratch-url with an empty database on a server of the "
                f"same major version ({server.major}), or grant the role CREATEDB.",
            )
        raise NoRoleError(f"{why}, and there is no embedded PostgreSQL {server.major}")
    url = embedded.ensure_running(server.major)
    if contents.strangers:
        _require_extensions(url, contents.extensions)
    _log.warning(
        "diffapply: %s; the scratch database is on the embedded PostgreSQL %s "
        "(--scratch-url chooses another).",
        why,
        server.major,
    )
    with _created(url, contents, guarded=True) as connection:
        yield connection


def _require_extensions(url: str, needed: frozenset[str]) -> None:
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("select name from pg_catalog.pg_available_extensions")
        missing = sorted(needed - {name for (name,) in cursor.fetchall()})
    if missing:
        raise NoRoleError(f"the embedded PostgreSQL lacks the extension {missing[0]}")


@contextmanager
def _created(
    server_url: str, contents: Contents, make: Make | None = None, *, guarded: bool
) -> Iterator[Connection]:
    """A new database.

    Args:
        guarded: a throw-away role is to build in it.
    """
    password = ""

    def with_role(admin: Connection, name: str) -> None:
        nonlocal password
        password = create_role(admin, name, server_time(admin))

    made = make() if make else make_database(server_url, with_role if guarded else None)
    connection = made.connection
    try:
        with closing(made.admin):
            if make and guarded:
                with_role(made.admin, made.name)
        contents.prepare(connection)
        if guarded:
            hand_over(connection, made.name)
            connection.close()
            connection = connect_builder(server_url, made.name, password, made.name)
        yield connection
    finally:
        connection.close()
        _drop_soon(server_url, made.name)


def make_database(server_url: str, first: Callable[[Connection, str], None] | None = None) -> Made:
    """Create a scratch database on a server.

    Args:
        first: called with the connection and the name before it is created.

    Raises:
        ScratchError: it cannot be created, or not be reached.
    """
    admin = connect_as_admin(server_url)
    try:
        _drop_orphans(admin, server_url)
        name = new_name(server_time(admin))
        if first:
            first(admin, name)
        try:
            with neutral(admin) as cursor:
                cursor.execute(sql.SQL(_CREATE).format(name=sql.Literal(name)))
                [(create,)] = cursor.fetchall()
            with admin.cursor() as cursor:
                cursor.execute(create)
            return Made(admin, name, _connect_to_scratch(server_url, name))
        except psycopg2.Error as error:
            _drop(admin, name)
            raise ScratchError(
                "The scratch database cannot be created: " + str(error).strip().splitlines()[0],
                "Give --scratch-url with an empty database instead.",
            ) from error
        except BaseException:  # interrupted, but it may have been created
            _drop_soon(server_url, name)
            raise
    except BaseException:
        admin.close()
        raise


def abandon(server_url: str, made: Made) -> None:
    """Drop a scratch database that nobody uses."""
    made.connection.close()
    made.admin.close()
    _drop_soon(server_url, made.name)


_dropping: dict[Thread, Event] = {}
"""Threads that drop a scratch database → set as soon as they are connected."""


def _drop_soon(server_url: str, *names: str) -> None:
    """Begin to drop scratch databases; nobody waits for that before the process ends.

    The server makes a checkpoint first, which takes up to a minute after many writes. Once the
    server has the statement, it goes on even if this process ends. Until it is done, VACUUM keeps
    dead rows in the database of that connection; so we connect to another database than the live
    one, if possible.
    """
    connected = Event()

    def drop() -> None:
        try:
            admin = _connect_elsewhere(server_url)
        except (ConnectionFailedError, psycopg2.Error):
            return  # a later command drops it
        else:
            connected.set()
            with closing(admin):
                for name in names:
                    _drop(admin, name)
        finally:
            connected.set()
            _dropping.pop(thread, None)

    thread = Thread(target=drop, daemon=True)
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
        elsewhere = make_dsn(libpq_url(url), dbname=_MAINTENANCE)
        return connect_as_admin(elsewhere, interruptible=False)
    except (ConnectionFailedError, psycopg2.Error):  # a pooler may refuse at the first query
        return connect_as_admin(url, interruptible=False)


def _connect_to_scratch(server_url: str, name: str) -> Connection:
    try:
        return connect_unhindered(make_dsn(libpq_url(server_url), dbname=name))
    except ConnectionFailedError as error:
        raise ScratchError(
            f"The scratch database was created but cannot be reached: {error.message}",
            "A connection pooler may not know it: give the server's own URL, or --scratch-url.",
        ) from error


def _drop(admin: Connection, name: str) -> None:
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


def _drop_orphans(admin: Connection, server_url: str) -> None:
    """Drop the scratch databases and throw-away roles of commands that were killed."""
    now = server_time(admin)
    with neutral(admin) as cursor:
        cursor.execute(_ORPHANS)
        orphans = cursor.fetchall()
    left = []
    for (name,) in orphans:
        made = NAME.fullmatch(name)
        # A time in the future counts as old: the clock was wrong then.
        if made and abs(now - int(made["made"])) > _GRACE:
            left.append(name)
    if left:
        _drop_soon(server_url, *left)
