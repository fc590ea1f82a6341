"""The scratch database: dropped after each command, whatever happens."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import cache

from psycopg2.extensions import connection as Connection

from diffapply.database import embedded, embedded_home
from diffapply.database.connection import Server, connect
from diffapply.errors import ScratchError
from diffapply.model.listing import some_of
from diffapply.scratch.borrowed import borrowed_database
from diffapply.scratch.contents import HARMLESS, Contents
from diffapply.scratch.dropping import drop_left_behind, drop_soon
from diffapply.scratch.making import Make, make_database
from diffapply.scratch.roles import make_roles
from diffapply.scratch.throwaway import (
    NoRoleError,
    connect_builder,
    create_role,
    hand_over,
)
from diffapply.scratch.unhindered import server_time

_log = logging.getLogger(__name__)


@contextmanager
def scratch_database(
    live_url: str,
    server: Server,
    scratch_url: str | None,
    contents: Contents = HARMLESS,
    make: Make | None = None,
) -> Iterator[Connection]:
    """A connection, in autocommit mode, to an empty database of the live server's version.

    If something that is to be built belongs to strangers, it is a throw-away role's connection.

    Args:
        live_url: of the live database.
        server: its server.
        scratch_url: an empty database to use instead of creating one; emptied again afterwards.
        contents: what is to be built in it.
        make: how it is made, if it is created beside the live one.

    Raises:
        ScratchError: the role may not create databases, or `scratch_url` cannot be used; or there
            is no place where strangers' code can do no harm.
    """
    reasons: list[str] = []
    for way in _ways(live_url, server, scratch_url, contents, make):
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(way(reasons))
            except NoRoleError as reason:
                reasons.append(str(reason))
                continue
            yield connection
            return
    raise ScratchError(
        f"Some of what is built in scratch belongs to {some_of(contents.strangers)} and would "
        f"run their code, and there is no way to run it as a role that can do nothing: "
        f"{'; '.join(reasons)}.",
        f"Connect as a role with CREATEDB and CREATEROLE, on a server that lets new roles log in; "
        f"or give --scratch-url with an empty database on another server of version "
        f"{server.major}, as a role that may do nothing else; or, if you trust them with all "
        f"rights of {server.role!r}, --trust-tenants. See `diffapply docs role`.",
    )


_Way = Callable[[Sequence[str]], AbstractContextManager[Connection]]
"""Gets why the ways before cannot be taken."""


def _ways(
    live_url: str,
    server: Server,
    scratch_url: str | None,
    contents: Contents,
    make: Make | None,
) -> Iterator[_Way]:
    """The ways to get a scratch database, fastest first."""
    guarded = bool(contents.strangers)
    if scratch_url is not None:
        yield lambda _: borrowed_database(
            scratch_url, server, contents, lambda there: drop_left_behind(there, scratch_url)
        )
        return
    if server.createdb:
        yield lambda _: _created(live_url, contents, make, guarded=guarded)
    if not server.createdb or guarded:
        yield lambda reasons: _embedded_instead(server, contents, reasons)


@contextmanager
def _embedded_instead(
    server: Server, contents: Contents, reasons: Sequence[str]
) -> Iterator[Connection]:
    """A scratch database on the embedded server, if the role may not create one, or not the role.

    Never as the superuser of that server, because the superuser could change everything on it.
    Servers of one major version write definitions alike. What the embedded server lacks (an
    extension) cannot be built and is named.
    """
    cannot = (
        "the server is a hot standby"
        if server.in_recovery
        else f"the role {server.role} may not create databases"
    )
    if server.major not in embedded_home.VERSIONS:
        if not server.createdb and not contents.strangers:
            raise ScratchError(
                f"{cannot[0].upper()}{cannot[1:]}, so there is no scratch database.",
                f"Give --scratch-url with an empty database on a server of the same major version "
                f"({server.major}){'' if server.in_recovery else ', or grant the role CREATEDB'}.",
            )
        why = "" if reasons else f"{cannot}, and "
        raise NoRoleError(f"{why}there is no embedded PostgreSQL {server.major}")
    url = embedded.ensure_running(server.major)
    if contents.strangers:
        _require_extensions(url, contents.extensions)
    _tell("; ".join(reasons) or cannot, server.major)
    with _created(url, contents, guarded=True, ours=True) as connection:
        yield connection


@cache
def _tell(why: str, major: int) -> None:
    """Once in a process, because a command needs scratch several times."""
    _log.warning(
        "diffapply: %s; the scratch database is on the embedded PostgreSQL %s "
        "(--scratch-url chooses another).",
        why,
        major,
    )


def _require_extensions(url: str, needed: frozenset[str]) -> None:
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("select name from pg_catalog.pg_available_extensions")
        missing = sorted(needed - {name for (name,) in cursor.fetchall()})
    if missing:
        raise NoRoleError(f"the embedded PostgreSQL lacks the extension {missing[0]}")


@contextmanager
def _created(
    server_url: str,
    contents: Contents,
    make: Make | None = None,
    *,
    guarded: bool,
    ours: bool = False,
) -> Iterator[Connection]:
    """A new database.

    Args:
        guarded: a throw-away role is to build in it.
        ours: whether it is on the embedded server, where roles may be made.
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
            if ours:
                make_roles(made.admin, contents.roles)
        contents.prepare(connection)
        if guarded:
            hand_over(connection, made.name)
            connection.close()
            connection = connect_builder(server_url, made.name, password, made.name)
        yield connection
    finally:
        connection.close()
        drop_soon(server_url, made.name, embedded=ours)
