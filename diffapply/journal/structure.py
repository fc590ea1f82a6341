"""Creates the journal, knows its version, and upgrades it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.advice import reason
from diffapply.database.locks import journal_lock_key, try_journal_lock
from diffapply.database.session import shared_path
from diffapply.database.transaction import NEUTRAL_PATH, neutral
from diffapply.errors import JournalError, PermissionDeniedError
from diffapply.model.world import PLAIN, World
from diffapply.queries import query

_SQL = files("diffapply.journal") / "sql"
_PATIENCE = 30.0
"""Seconds to wait while another session upgrades the journal."""


def exists(connection: Connection) -> bool:
    """Whether the database has a journal, even one that the role may not read."""
    return _state(connection)[0]


def ensure(connection: Connection, world: World = PLAIN, patience: float = _PATIENCE) -> None:
    """Create the journal, or upgrade it to the version of this diffapply.

    Args:
        world: the path and settings for the database's event triggers.
        patience: seconds to wait while another session does that.

    Raises:
        JournalError: it has a newer version, or another session is upgrading it.
        PermissionDeniedError: the role may not create or may not read it.
        psycopg2.errors.SerializationFailure: the transaction of the caller cannot see what another
            session has made of it meanwhile.
    """
    steps = migrations()
    if version(connection) == max(steps):
        return
    with permitted("create"), neutral(connection) as cursor:
        if not try_journal_lock(cursor, patience):
            raise JournalError(
                "Another session has locked the journal for an upgrade and does not finish: "
                f"{_upgrader(cursor)}.",
                "Try again. Any role can take that lock: if the session is not one of diffapply, "
                "end it.",
            )
        path = shared_path(world.behind)
        cursor.execute(path + sql.SQL(statement("schema") + statement("meta")))
        current = _recorded_version(connection)
        for number in range(current + 1, max(steps) + 1):
            # First: where another session was faster, and the caller's transaction has a snapshot
            # from before that, this is a serialization failure, and not some table there is.
            cursor.execute(
                f"{NEUTRAL_PATH}insert into diffapply.meta (version) values (%s)"
                " on conflict do nothing",
                [number],
            )
            cursor.execute(path + sql.SQL(steps[number]))


def version(connection: Connection) -> int:
    """The version of the journal's structure; 0 if there is none.

    Raises:
        JournalError: it is newer than this diffapply.
        PermissionDeniedError: the role may not read it.
    """
    there, may_read = _state(connection)
    if not there:
        return 0
    if not may_read:
        raise PermissionDeniedError(
            "The role may not read the journal, schema diffapply.",
            "Grant it USAGE on that schema and SELECT on all tables in it.",
        )
    return _known(_recorded_version(connection))


def readable_version(connection: Connection) -> int:
    """The same; also 0 if the role may not read the journal. Raises `JournalError`."""
    return _known(_recorded_version(connection)) if all(_state(connection)) else 0


def _known(found: int) -> int:
    if found > (known := max(migrations())):
        raise JournalError(
            f"The journal has version {found}; this diffapply knows versions up to {known}.",
            "Use the diffapply that wrote it, or a newer one.",
        )
    return found


@contextmanager
def permitted(doing: str) -> Iterator[None]:
    """Turn PostgreSQL's refusal in the block into a sentence that says what the role may not do.

    Raises:
        PermissionDeniedError: the role lacks a right for a statement in the block.
    """
    try:
        yield
    except (
        psycopg2.errors.InsufficientPrivilege,
        psycopg2.errors.ReadOnlySqlTransaction,
    ) as error:
        read_only = isinstance(error, psycopg2.errors.ReadOnlySqlTransaction)
        raise PermissionDeniedError(
            f"The role may not {doing} the journal, schema diffapply: {reason(error)}.",
            (
                "Turn default_transaction_read_only off."
                if read_only
                else "Let the role own that schema, or grant it CREATE on the database."
            ),
        ) from error


@cache
def statement(name: str) -> str:
    """The text of one of the journal's `.sql` files."""
    return query("journal/sql", name)


@cache
def migrations() -> Mapping[int, str]:
    """Version → the statements that upgrade to it from the version before."""
    return {
        int(file.name.removesuffix(".sql")): file.read_text(encoding="utf-8")
        for file in (_SQL / "versions").iterdir()
        if file.name.endswith(".sql")
    }


def _state(connection: Connection) -> tuple[bool, bool]:
    """Whether there is a journal, and whether it may be read."""
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("state"))
        [(there, may_read)] = cursor.fetchall()
    return there, bool(may_read)


def _upgrader(cursor: Cursor) -> str:
    """The session that has the lock for upgrades, for people."""
    cursor.execute(statement("upgrader"), {"key": journal_lock_key()})
    found = [
        f"role {role!r}, pid {pid}, application {application!r}, since {since} UTC"
        for role, pid, application, since in cursor.fetchall()
    ]
    return found[0] if found else "it has just ended"


def _recorded_version(connection: Connection) -> int:
    with neutral(connection, read_only=True) as cursor:
        cursor.execute("select coalesce(max(version), 0) from diffapply.meta")
        [(found,)] = cursor.fetchall()
    return int(found)
