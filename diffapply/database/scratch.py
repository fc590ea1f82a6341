"""The scratch database: thrown away after each command, whatever happens."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply.database import embedded
from diffapply.database.connection import Server, connect, is_ours, libpq_url, read_server
from diffapply.database.removal import drop_schema
from diffapply.database.throwaway import (
    NAME,
    NoRoleError,
    connect_as,
    create_role,
    drop_role,
    hand_over,
    new_name,
)
from diffapply.database.transaction import neutral
from diffapply.errors import ConnectionFailedError, ScratchError

_log = logging.getLogger(__name__)

_GRACE = 60
"""Seconds that a scratch database may have no connection before it counts as an orphan: the time
between its creation and the connection of the command that made it."""

_PATIENCE = 0.2
"""Seconds to wait for a scratch database to be dropped; it takes 0.04 when nothing else goes on."""

_NAMED = 3
"""Roles that stand for all in a sentence."""

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
union all
select r.rolname
from pg_roles r
where starts_with(r.rolname, 'diffapply_scratch_')
    and not exists (select from pg_database d where d.datname = r.rolname)
    and not exists (select from pg_stat_activity a where a.usename = r.rolname)
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


@dataclass(frozen=True, slots=True)
class Inmates:
    """What is to be built in scratch, as far as its safety goes.

    Attributes:
        strangers: whom some of it belongs to, other than superusers and the connecting role, as a
            sentence names them. Empty: all of it may run as that role.
        extensions: names of those that it needs.
        prepare: makes, in the new database, what takes more rights than what is built after it:
            extensions and foreign servers.
    """

    strangers: tuple[str, ...] = ()
    extensions: frozenset[str] = frozenset()
    prepare: Callable[[Connection], None] = lambda _: None


HARMLESS = Inmates()
"""Nothing that could do anything."""


@contextmanager
def scratch_database(
    target_url: str, server: Server, scratch_url: str | None, inmates: Inmates = HARMLESS
) -> Iterator[Connection]:
    """A connection, in autocommit mode, to an empty database like the target.

    Where something of strangers is to be built there, it is that of a role which can do nothing.

    Args:
        target_url: of the database that is planned for.
        server: what that server said of itself.
        scratch_url: an empty database to use instead of creating one, emptied again afterwards.
        inmates: what is to be built in it.

    Raises:
        ScratchError: the role may not create databases, or `scratch_url` is not fit for it; or
            there is nowhere that strangers' code can be kept from doing harm.
    """
    reasons = []
    for way in _ways(target_url, server, scratch_url, inmates):
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(way())
            except NoRoleError as reason:
                reasons.append(str(reason))
                continue
            yield connection
            return
    raise ScratchError(
        f"What belongs to {_listed(inmates.strangers)} runs its code when it is built in scratch, "
        f"and there is no way to run it as a role that can do nothing: {'; '.join(reasons)}.",
        f"Nothing was done. Connect as a role with CREATEDB and CREATEROLE that the server lets "
        f"make roles that log in; or give --scratch-url with an empty database on another server "
        f"of version {server.major}, as a role that may do nothing else; or, if you trust them "
        f"with all that {server.role!r} may do, --trust-tenants. See docs/role.md.",
    )


def _listed(strangers: Sequence[str]) -> str:
    first, more = strangers[:_NAMED], len(strangers) - _NAMED
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


_Way = Callable[[], AbstractContextManager[Connection]]


def _ways(
    target_url: str, server: Server, scratch_url: str | None, inmates: Inmates
) -> Iterator[_Way]:
    """The ways to have a scratch database, quickest first."""
    guarded = bool(inmates.strangers)
    if scratch_url is not None:
        yield lambda: _borrowed(scratch_url, server, inmates)
        return
    if server.createdb:
        yield lambda: _created(target_url, inmates, guarded=guarded)
    if not server.createdb or guarded:
        yield lambda: _embedded_instead(server, inmates)


@contextmanager
def _embedded_instead(server: Server, inmates: Inmates) -> Iterator[Connection]:
    """For those who may not make databases, or not such roles: on our own server.

    Never as its superuser: that is who owns all that is on it. Definitions read alike on servers
    of one major version; what is missing there (an extension, a role) shows up by name, as what
    cannot be built.
    """
    why = (
        f"the role {server.role} may not create databases"
        if not server.createdb
        else f"the role {server.role} may not make one that can do nothing"
    )
    if server.major not in embedded.VERSIONS:
        if not server.createdb and not inmates.strangers:
            raise ScratchError(
                f"The role {server.role!r} may not create databases, so there is no scratch "
                "database.",
                "Nothing was done. Give --scratch-url with an empty database on a server of the "
                f"same major version ({server.major}), or grant the role CREATEDB.",
            )
        raise NoRoleError(f"{why}, and there is no embedded PostgreSQL {server.major}")
    url = embedded.ensure_running(server.major)
    if inmates.strangers:
        _require_extensions(url, inmates.extensions)
    _log.warning(
        "diffapply: %s; the scratch database is on the embedded PostgreSQL %s "
        "(--scratch-url chooses another).",
        why,
        server.major,
    )
    with _created(url, inmates, guarded=True) as connection:
        yield connection


def _require_extensions(url: str, needed: frozenset[str]) -> None:
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("select name from pg_catalog.pg_available_extensions")
        missing = sorted(needed - {name for (name,) in cursor.fetchall()})
    if missing:
        raise NoRoleError(f"the embedded PostgreSQL lacks the extension {missing[0]}")


@contextmanager
def _created(server_url: str, inmates: Inmates, *, guarded: bool) -> Iterator[Connection]:
    """A database of our own.

    Args:
        guarded: whether a throw-away role is to build in it.
    """
    with closing(_connect_as_admin(server_url)) as admin:
        _drop_orphans(admin, server_url)
        now = _now(admin)
        name = new_name(now)
        password = create_role(admin, name, now) if guarded else ""
        try:
            with neutral(admin) as cursor:
                cursor.execute(sql.SQL(_CREATE).format(name=sql.Literal(name)))
                [(create,)] = cursor.fetchall()
            with admin.cursor() as cursor:
                cursor.execute(create)
        except psycopg2.Error as error:
            _drop(admin, name)
            raise ScratchError(
                "The scratch database cannot be created: " + str(error).strip().splitlines()[0],
                "Nothing was done. Give --scratch-url with an empty database instead.",
            ) from error
        try:
            connection = _connect_to_scratch(server_url, name)
            try:
                inmates.prepare(connection)
                if guarded:
                    hand_over(connection, name)
                    connection.close()
                    connection = _connect_as(server_url, name, password, name)
                yield connection
            finally:
                connection.close()
        finally:
            _drop_soon(server_url, name)


def _connect_as(server_url: str, role: str, password: str, database: str) -> Connection:
    """A connection that only builds.

    Raises:
        NoRoleError: the server does not let the role in.
    """
    try:
        connection = connect_as(server_url, role, password, database)
    except ConnectionFailedError as error:
        raise NoRoleError(
            f"the server lets no new role in: {error.message.replace(password, '***')}"
        ) from error
    return _unhindered(connection)


def _now(connection: Connection) -> int:
    """Seconds since 1970, as the server counts them."""
    with neutral(connection) as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())::bigint")
        [(now,)] = cursor.fetchall()
    return int(now)


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


def _connect(url: str) -> Connection:
    return _unhindered(connect(url, "diffapply scratch"))


def _connect_as_admin(url: str) -> Connection:
    """To a database that is not scratch's: a pooler there may give the session to others."""
    connection = connect(url, "diffapply scratch")
    try:
        with neutral(connection) as cursor:
            cursor.execute("select pg_backend_pid()")
            [(process,)] = cursor.fetchall()
    except BaseException:
        connection.close()
        raise
    return _unhindered(connection) if is_ours(connection, process) else connection


def _unhindered(connection: Connection) -> Connection:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_UNHINDERED)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_elsewhere(url: str) -> Connection:
    try:
        return _connect_as_admin(make_dsn(libpq_url(url), dbname=_MAINTENANCE))
    except (ConnectionFailedError, psycopg2.Error):  # a pooler may say later that it has none
        return _connect_as_admin(url)


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
    """Drop a scratch database, and the role of the same name that built in it, if there was one.

    An orphan that cannot be dropped now is dropped by a later command.
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
    now = _now(admin)
    with neutral(admin) as cursor:
        cursor.execute(_ORPHANS)
        orphans = cursor.fetchall()
    for (name,) in orphans:
        made = NAME.fullmatch(name)
        if made and now - int(made["made"]) > _GRACE:
            _drop_soon(server_url, name)


_USER_SCHEMAS = """
select n.nspname
from pg_namespace n
where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
"""

_MARKER = "diffapply_scratch_in_use"


@contextmanager
def _borrowed(scratch_url: str, server: Server, inmates: Inmates) -> Iterator[Connection]:
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
        _drop_orphans(connection, scratch_url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"create schema {_MARKER}")
            inmates.prepare(connection)
            if inmates.strangers:
                with _guarded(connection, scratch_url, server, borrowed) as builder:
                    yield builder
            else:
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


@contextmanager
def _guarded(
    admin: Connection, scratch_url: str, server: Server, borrowed: Server
) -> Iterator[Connection]:
    """In a borrowed database: a throw-away role, or the role that the URL names if it is as good.

    Raises:
        NoRoleError: there is neither.
    """
    role = new_name(now := _now(admin))
    try:
        password = create_role(admin, role, now)
    except NoRoleError:
        if reason := _too_good(admin, server, borrowed):
            raise NoRoleError(reason) from None
        yield admin
        return
    try:
        hand_over(admin, role)
        with closing(_connect_as(scratch_url, role, password, borrowed.database)) as builder:
            try:
                yield builder
            finally:
                _empty(builder, whole=False)
    finally:
        _empty(admin)
        drop_role(admin, role)


_MAY_MORE = """
select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls
    or exists (select from pg_catalog.pg_auth_members m where m.member = r.oid)
from pg_catalog.pg_roles r
where r.rolname = session_user
"""


def _too_good(admin: Connection, server: Server, borrowed: Server) -> str:
    """Why strangers' code must not run as the role of a borrowed database; empty if it may."""
    with admin.cursor() as cursor:
        cursor.execute(_MAY_MORE)
        if cursor.fetchone() != (False,):
            return f"the role {borrowed.role} of --scratch-url may do more than it needs"
    same = borrowed.identity.partition("/")[0] == server.identity.partition("/")[0]
    if same and borrowed.role == server.role:
        return f"--scratch-url names the role {server.role} itself, on the same server"
    return ""


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


def _empty(connection: Connection, *, whole: bool = True) -> None:
    """Drop all schemas.

    Args:
        whole: whether all of them are ours to drop; else only those that the role owns are.
    """
    if connection.closed:
        return
    with connection.cursor() as cursor:
        cursor.execute("rollback")
        cursor.execute(_USER_SCHEMAS)
        # The marker goes last: as long as it is there, what is left is known to be ours.
        for (name,) in sorted(cursor.fetchall(), key=lambda row: row[0] == _MARKER):
            if not whole:
                with suppress(psycopg2.errors.InsufficientPrivilege):
                    drop_schema(connection, name)
                continue
            drop_schema(connection, name)
            if name == "public":
                cursor.execute("create schema public")
