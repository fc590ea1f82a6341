"""The throw-away role: builds in scratch what belongs to others, and can do nothing else.

Building a structure runs code: checks, defaults, views, triggers. That code has all rights of the
role that builds it, and neither SET ROLE nor SET SESSION AUTHORIZATION can take rights from it,
because code can change back to the session's own role. So a separate role builds it, in a session
of its own: it owns nothing, is a member of no role, and only this process knows its password.
"""

import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import encrypt_password, libpq_version, make_dsn, parse_dsn

from diffapply.database.advice import reason
from diffapply.database.connection import connect
from diffapply.database.patience import timed
from diffapply.database.transaction import neutral
from diffapply.database.urls import libpq_url
from diffapply.errors import ConnectionFailedError
from diffapply.queries import query
from diffapply.scratch.unhindered import unhindered

PREFIX = "diffapply_scratch_"
NAME = re.compile(rf"{PREFIX}(?P<made>\d{{10,}})_[0-9a-f]{{8}}")
"""The names of scratch databases and of throw-away roles."""

_VALID = timedelta(minutes=10)
"""How long the password is valid. The role connects at once; its session may last longer."""
_CONNECTIONS = 2
"""Connections at a time: one, and one more that the server may not have ended yet."""
_HAS_REQUIRE_AUTH = 160000
"""The first libpq version with `require_auth`."""

_CREATE = query("scratch", "create_role")
_MEMBERSHIPS = query("scratch", "memberships")

_GRANTABLE = query("scratch", "grants_to_builder")
_OWNABLE = query("scratch", "schemas_to_builder")


def new_name(now: int) -> str:
    """A new name for a scratch database and its role.

    Args:
        now: seconds since 1970, by the server's clock.
    """
    return f"{PREFIX}{now}_{secrets.token_hex(4)}"


def is_throwaway(role: str) -> bool:
    """Whether a role has the name of a throw-away role."""
    return NAME.fullmatch(role) is not None


class NoRoleError(Exception):
    """No throw-away role can be used here; says why."""


def create_role(admin: Connection, name: str, now: int) -> str:
    """Create a role that may log in and do nothing else.

    Args:
        admin: a connection of a superuser, or of a role with CREATEROLE.
        name: of the new role.
        now: seconds since 1970, by the server's clock.

    Returns:
        Its password.

    Raises:
        NoRoleError: the role may not be created, or the server makes it a member of another role.
    """
    password = secrets.token_urlsafe(32)
    # Encrypted here, so that the password is not in the server's log or statistics.
    verifier = encrypt_password(password, name, admin, "scram-sha-256")
    until = (datetime.fromtimestamp(now, UTC) + _VALID).isoformat()
    try:
        with neutral(admin) as cursor:
            cursor.execute(
                sql.SQL(_CREATE).format(
                    role=sql.Identifier(name),
                    verifier=sql.Literal(verifier),
                    until=sql.Literal(until),
                    connections=sql.Literal(_CONNECTIONS),
                )
            )
            cursor.execute(_MEMBERSHIPS, [name])
            [(memberships,)] = cursor.fetchall()
            if memberships:  # the server added it to a role; this is rolled back
                raise NoRoleError("the server makes new roles members of others")
    except psycopg2.Error as error:
        raise NoRoleError(f"no role can be made: {reason(error)}") from error
    return password


def hand_over(admin: Connection, role: str) -> None:
    """Let the role create schemas in a database, use those that exist, and rename them.

    Args:
        admin: connected to that database, as the role that owns its schemas.
        role: the throw-away role.
    """
    database, name = sql.Identifier(admin.info.dbname), sql.Identifier(role)
    with admin.cursor() as cursor:
        if is_throwaway(admin.info.dbname):
            cursor.execute(sql.SQL("revoke all on database {} from public").format(database))
        cursor.execute(
            sql.SQL("grant connect, create, temporary on database {} to {}").format(database, name)
        )
        grants = _statements(admin, _GRANTABLE, role)
        if is_throwaway(admin.info.dbname):
            # A sandbox may take the name of one of them. Only a member may give it to the role.
            grants += [f"grant {role} to current_user", *_statements(admin, _OWNABLE, role)]
        for grant in grants:
            with suppress(psycopg2.errors.InsufficientPrivilege):  # another role's: not used
                cursor.execute(grant)


def _statements(admin: Connection, text: str, role: str) -> list[str]:
    with neutral(admin) as cursor:
        cursor.execute(text.replace("{role}", role))
        return [statement for (statement,) in cursor.fetchall()]


def connect_builder(server_url: str, role: str, password: str, database: str) -> Connection:
    """A connection of the throw-away role, with a time limit for each statement.

    Raises:
        NoRoleError: the server does not let the role log in.
    """
    try:
        connection = _connect_as(server_url, role, password, database)
    except ConnectionFailedError as error:
        told = error.message.replace(password, "***").replace(role, f"{PREFIX}…")
        raise NoRoleError(
            f"the server, or a connection pooler before it, lets no new role in: {told}"
        ) from error
    return timed(unhindered(connection))


def _connect_as(url: str, role: str, password: str, database: str) -> Connection:
    """A connection of the throw-away role, in autocommit mode.

    If the URL uses a Unix socket, which the server may allow for system users only, the loopback
    interface is tried as well.

    Args:
        url: of the server, with the role that created this one.

    Raises:
        ConnectionFailedError: the role is not let in.
    """
    # Without client certificates and options such as "-c role=…", also of a service: what is empty
    # here is not taken from its file, but the host is.
    own = {"user": role, "password": password, "dbname": database, "options": ""}
    own |= dict.fromkeys(("sslcert", "sslkey", "sslpassword", "passfile"), "")
    kept = given = parse_dsn(make_dsn(libpq_url(url)))
    ways = [kept]
    if given.get("host", "/").startswith("/") and "hostaddr" not in given:
        loopback = kept | {"host": "127.0.0.1"}
        if libpq_version() >= _HAS_REQUIRE_AUTH:
            loopback["require_auth"] = "scram-sha-256"  # proves that it is the same server
            ways.append(loopback)
    failed: ConnectionFailedError | None = None
    for way in ways:
        try:
            return connect(make_dsn(**(way | own)), "diffapply scratch")
        except ConnectionFailedError as error:
            failed = failed or error
    assert failed is not None  # noqa: S101 - there is always a way to try
    raise failed


def drop_role(admin: Connection, name: str) -> None:
    """Drop a throw-away role and its rights. If it still owns something, a later command does."""
    role = sql.Identifier(name)
    ways = (
        sql.SQL("drop role if exists {}").format(role),
        sql.SQL("drop owned by {0}; drop role if exists {0}").format(role),
        # Only a member of the role may use DROP OWNED.
        sql.SQL("grant {0} to current_user; drop owned by {0}; drop role {0}").format(role),
    )
    for way in ways:
        try:
            with admin.cursor() as cursor:
                cursor.execute(way)
        except psycopg2.Error:
            continue
        return
