"""Uses the database of `--scratch-url` as scratch: it must be empty, and is emptied again."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.connection import Server, read_server
from diffapply.database.patience import timed
from diffapply.database.removal import drop_schema
from diffapply.database.transaction import neutral
from diffapply.errors import ConnectionFailedError, ScratchError
from diffapply.queries import query
from diffapply.scratch.contents import Contents
from diffapply.scratch.throwaway import (
    NoRoleError,
    connect_builder,
    create_role,
    drop_role,
    hand_over,
    new_name,
)
from diffapply.scratch.unhindered import connect_unhindered, server_time

_USER_SCHEMAS = query("scratch", "user_schemas")

_MARKER = "diffapply_scratch_in_use"


@contextmanager
def borrowed_database(
    scratch_url: str, server: Server, contents: Contents, drop_orphans: Callable[[Connection], None]
) -> Iterator[Connection]:
    """A connection to the database of `--scratch-url`, which is emptied afterwards.

    Args:
        scratch_url: its URL.
        server: the server of the live database.
        contents: what is to be built in it.
        drop_orphans: drops what killed commands have left on that server.

    Raises:
        ScratchError: it cannot be used, for example because it is not empty.
        NoRoleError: strangers' code could do harm there.
    """
    try:
        connection = connect_unhindered(scratch_url)
    except ConnectionFailedError as error:
        raise ScratchError(
            f"The scratch database cannot be reached. {error.message}",
            "Check --scratch-url and that its server runs.",
        ) from None
    try:
        borrowed = read_server(connection)
        _require_usable(borrowed, server)
        _claim(connection)
        _require_empty(connection)
        drop_orphans(connection)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"create schema {_MARKER}")
            contents.prepare(connection)
            if contents.strangers:
                with _guarded(connection, scratch_url, server, borrowed) as builder:
                    yield builder
            else:
                yield connection
        finally:
            _empty(connection)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise ScratchError(
            "The role may not create schemas in the scratch database.",
            "Give --scratch-url a role that owns that database.",
        ) from error
    finally:
        connection.close()


@contextmanager
def _guarded(
    admin: Connection, scratch_url: str, server: Server, borrowed: Server
) -> Iterator[Connection]:
    """A connection of a throw-away role, or of the URL's role if that is as harmless.

    Raises:
        NoRoleError: neither is possible.
    """
    role = new_name(now := server_time(admin))
    try:
        password = create_role(admin, role, now)
    except NoRoleError:
        if reason := _too_good(admin, server, borrowed):
            raise NoRoleError(reason) from None
        yield timed(admin)
        return
    try:
        hand_over(admin, role)
        with closing(connect_builder(scratch_url, role, password, borrowed.database)) as builder:
            try:
                yield builder
            finally:
                _empty(builder, whole=False)
    finally:
        _empty(admin)
        drop_role(admin, role)


_MAY_MORE = query("scratch", "may_more")


def _too_good(admin: Connection, server: Server, borrowed: Server) -> str:
    """Why strangers' code must not run as the URL's role; empty if it may."""
    with neutral(admin) as cursor:
        cursor.execute(_MAY_MORE)
        if cursor.fetchone() != (False,):
            return f"the role {borrowed.role} of --scratch-url may do more than it needs"
    same = borrowed.identity.partition("/")[0] == server.identity.partition("/")[0]
    if same and borrowed.role == server.role:
        return f"--scratch-url names the role {server.role} itself, on the same server"
    return ""


def _require_usable(borrowed: Server, server: Server) -> None:
    if borrowed.major != server.major:
        raise ScratchError(
            f"The scratch database is on PostgreSQL {borrowed.major}, the live database on "
            f"{server.major}; their definitions cannot be compared.",
            "Give a --scratch-url on a server of the same major version.",
        )
    if borrowed.in_recovery:
        raise ScratchError(
            "--scratch-url names a hot standby, where nothing can be built.",
            "Give an empty database on a server that is none.",
        )
    if borrowed.identity == server.identity:
        raise ScratchError(
            "--scratch-url names the live database itself.",
            "Give an empty database.",
        )


def _claim(connection: Connection) -> None:
    """Keep other commands out for as long as the session lasts."""
    with neutral(connection) as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext('diffapply scratch'))")
        if cursor.fetchone() != (True,):
            raise ScratchError(
                "Another diffapply command is using the scratch database.",
                "Try again when it has finished.",
            )


def _require_empty(connection: Connection) -> None:
    schemas = _user_schemas(connection)
    if _MARKER in schemas:  # a killed command left it
        _empty(connection)
        return
    with neutral(connection) as cursor:
        cursor.execute(
            "select exists (select from pg_depend where refobjid = to_regnamespace('public')"
            " and refclassid = 'pg_namespace'::regclass)"
        )
        if schemas - {"public"} or cursor.fetchone() == (True,):
            raise ScratchError(
                "The database that --scratch-url names is not empty.",
                "Give an empty database; diffapply drops everything in it.",
            )


def _user_schemas(connection: Connection) -> set[str]:
    """The schemas that are not PostgreSQL's own; calls nothing that was built in them."""
    with neutral(connection) as cursor:
        cursor.execute(_USER_SCHEMAS)
        return {name for (name,) in cursor.fetchall()}


def _empty(connection: Connection, *, whole: bool = True) -> None:
    """Drop all schemas.

    Args:
        whole: drop all of them; otherwise only those that the role owns.
    """
    if connection.closed:
        return
    with connection.cursor() as cursor:
        cursor.execute("rollback")
        # The marker goes last: as long as it exists, the rest is known to be ours.
        for name in sorted(_user_schemas(connection), key=lambda name: name == _MARKER):
            if not whole:
                with suppress(psycopg2.errors.InsufficientPrivilege):
                    drop_schema(connection, name)
                continue
            drop_schema(connection, name)
            if name == "public":
                cursor.execute("create schema public")
