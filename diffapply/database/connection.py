"""Connections to PostgreSQL, and what a server says about itself."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.interruption import heed, may_be_interrupted
from diffapply.database.tracing import TracedCursor, is_traced
from diffapply.database.transaction import neutral
from diffapply.database.urls import libpq_url, scrub
from diffapply.errors import ConnectionFailedError, DatabaseError
from diffapply.queries import query

OLDEST_SUPPORTED = 15

_ALL_IN_USE = re.compile(
    "too many connections for|too many clients already|remaining connection slots are reserved"
    "|no more connections allowed"
)
"""PostgreSQL's and PgBouncer's words for a limit of connections that is reached."""
_BACKSLASHES = "standard_conforming_strings"
_RAISE_IT = (
    "All connections that are allowed are in use: raise the limit, or wait until others end. "
    "A command needs up to three, and more for further --jobs: see `diffapply docs operations`."
)


@dataclass(frozen=True, slots=True)
class Server:
    """What a server says about itself and about the database we are connected to.

    Attributes:
        version: as ``server_version_num``, such as 180006.
        identity: the cluster's system identifier and the database's oid and name.
        createdb: whether the role may create databases; on a hot standby, nobody may.
    """

    version: int
    database: str
    identity: str
    role: str
    superuser: bool
    createdb: bool
    in_recovery: bool
    collate: str

    def unlike(self, identity: str) -> str:
        """How the database with another identity differs from this one, in words."""
        cluster, _, place = identity.partition("/")
        name = place.partition("/")[2]
        if name != self.database:
            return f"{name!r}, and not this {self.database!r}"
        if cluster != self.identity.partition("/")[0]:
            return f"{name!r} on another server than this"
        return f"a {name!r} that was on this server before this one"

    @property
    def major(self) -> int:
        """The major version, such as 18."""
        return self.version // 10000


@dataclass(frozen=True, slots=True)
class Database:
    """A database that we are connected to.

    Attributes:
        connection: in autocommit mode.
        url: libpq or SQLAlchemy URL, for further connections.
        server: what it said of itself.
    """

    connection: Connection
    url: str
    server: Server


class OwnConnection(Connection):
    """A connection that `connect` made, not one that a caller lent us.

    Attributes:
        last_words: what libpq knew of an error when it was closed; then libpq forgets it.
        said_otherwise: settings that a session has which does not say what ours does.
    """

    last_words = ""
    said_otherwise: Mapping[str, str] = MappingProxyType({})

    def close(self) -> None:
        """Close it; an open transaction is rolled back."""
        self.last_words = self.last_words or self.info.error_message or ""
        super().close()


def connect(
    url: str, purpose: str = "diffapply", *, named: bool = False, interruptible: bool = True
) -> Connection:
    """A connection in autocommit mode.

    Args:
        url: libpq or SQLAlchemy URL.
        purpose: shown as ``application_name`` in pg_stat_activity. Not set behind a pooler: it
            would stay on a connection that the application gets next.
        named: set it even if the URL or the environment sets another name.
        interruptible: cancel its statements when the command is interrupted.

    Raises:
        ConnectionFailedError: the server cannot be reached or refuses. Contains no password.
    """
    if interruptible:
        heed(connecting=True)
    place = libpq_url(url)
    try:
        connection = _with_plain_backslashes(place, url)
        with _closed_on_error(connection):
            connection.autocommit = True
            if is_traced():
                connection.cursor_factory = TracedCursor
            if interruptible:
                may_be_interrupted(connection)
            if named or not connection.info.dsn_parameters.get("application_name"):
                _name(connection, purpose)
    except (psycopg2.Error, UnicodeError, ValueError) as error:
        reason = _reason(error, url)
        raise ConnectionFailedError(
            f"Cannot connect to PostgreSQL: {reason}",
            all_in_use(reason)
            or "Check --database-url (or DATABASE_URL) and that the server runs.",
        ) from None
    return connection


def _with_plain_backslashes(place: str, url: str) -> OwnConnection:
    """A connection whose literals hold a backslash as it is, whatever the database says.

    psycopg2 asks once how values are to be written, when it connects: if a setting changed that
    later, a value could end its literal. So it is asked for at the start, where it is not the rule.
    """
    connection = _opened(place)
    if connection.info.parameter_status(_BACKSLASHES) != "off":
        return connection
    given = connection.info.options or ""
    connection.close()
    try:
        connection = _opened(place, options=f"{given} -c {_BACKSLASHES}=on".strip())
    except psycopg2.OperationalError as error:
        raise _not_said_otherwise(_reason(error, url)) from None
    if connection.info.parameter_status(_BACKSLASHES) == "off":
        connection.close()
        raise _not_said_otherwise("it takes options, and passes them over")
    connection.said_otherwise = {_BACKSLASHES: "off"}
    return connection


def _not_said_otherwise(why: str) -> ConnectionFailedError:
    return ConnectionFailedError(
        f"The database or the role sets {_BACKSLASHES} = off, and a pooler does not let a "
        f"connection say otherwise: {why}",
        f"Set it for the role that diffapply connects as: ALTER ROLE … SET {_BACKSLASHES} = "
        "on; or connect to the server itself.",
    )


def _opened(place: str, options: str | None = None) -> OwnConnection:
    connection: OwnConnection = psycopg2.connect(
        place,
        connection_factory=OwnConnection,
        connect_timeout=10,
        # Whatever the database or the role sets: names and definitions hold any character.
        client_encoding="UTF8",
        options=options,
    )
    return connection


def all_in_use(reason: str) -> str:
    """What to do if there is no connection because a limit is reached; empty if that is not why."""
    return _RAISE_IT if _ALL_IN_USE.search(reason) else ""


@contextmanager
def _closed_on_error(connection: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _reason(error: Exception, url: str) -> str:
    """Why there is no connection; libpq may give advice on lines of its own."""
    lines = [line for line in scrub(str(error), url).splitlines() if not line.startswith("\t")]
    return "; ".join(" ".join(line.split()) for line in lines if line) or type(error).__name__


def _name(connection: Connection, purpose: str) -> None:
    """Set the application name for the whole session, unless a pooler may share the session."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_catalog.set_config('application_name', %s,"
            " pg_catalog.pg_backend_pid() operator(pg_catalog.<>) %s)",
            [purpose, connection.info.backend_pid],
        )


def is_ours(connection: Connection, process: int) -> bool:
    """Whether the session ends with the connection: no pooler stands between.

    A pooler gives each client a process number of its own, so that the client can cancel its query
    on whatever server connection it runs.

    Args:
        connection: any connection.
        process: the process number that the server reports for the session.
    """
    return isinstance(connection, OwnConnection) and connection.info.backend_pid == process


def end_lost_session(connection: Connection, process: int | None, name: str) -> None:
    """End a lost session of ours, which keeps its locks as long as the server has not noticed.

    Args:
        connection: another connection, of the same role.
        process: the process of the session; None: there was none.
        name: the application's name that it had; by now, the process may be another's.
    """
    if process is None:
        return
    with neutral(connection) as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid = %s"
            " and pid <> pg_backend_pid() and usename = current_user and application_name = %s",
            [process, name],
        )


@contextmanager
def connected(url: str, purpose: str = "diffapply") -> Iterator[Connection]:
    """`connect` for a block; closes the connection at the end."""
    connection = connect(url, purpose)
    try:
        yield connection
    finally:
        connection.close()


_SERVER = query("database", "server")


def read_server(connection: Connection) -> Server:
    """What the server says about itself.

    Raises:
        DatabaseError: it is older than PostgreSQL 15.
    """
    if connection.server_version < OLDEST_SUPPORTED * 10000:
        major = connection.server_version // 10000
        raise DatabaseError(
            f"The server runs PostgreSQL {major}; diffapply needs {OLDEST_SUPPORTED} or newer.",
        )
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_SERVER)
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 - the query always has one row
    return Server(*row)


def require_primary(server: Server) -> None:
    """Refuse a hot standby, where something is to be written.

    Raises:
        DatabaseError: the server is in recovery.
    """
    if server.in_recovery:
        raise DatabaseError(
            "The server is a hot standby (in recovery), and nothing can be written there.",
            "Give the URL of the primary.",
        )
