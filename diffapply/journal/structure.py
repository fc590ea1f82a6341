"""Creates the journal, knows its version, and upgrades it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.advice import reason
from diffapply.database.locks import journal_lock_key, try_journal_lock
from diffapply.database.session import shared_path
from diffapply.database.transaction import NEUTRAL, neutral
from diffapply.errors import JournalError, PermissionDeniedError
from diffapply.model.world import PLAIN, World
from diffapply.queries import query

_SQL = files("diffapply.journal") / "sql"
_PATIENCE = 30.0
"""Seconds to wait while another session upgrades the journal."""

_CREATES = re.compile(r"^create (?:table|view) diffapply\.(\w+)", re.MULTILINE)


def exists(connection: Connection) -> bool:
    """Whether the database has a journal, even one that the role may not read."""
    return _state(connection).there


def ensure(connection: Connection, world: World = PLAIN, patience: float = _PATIENCE) -> None:
    """Create the journal, or upgrade it to the version of this diffapply.

    Args:
        world: the path and settings for the database's event triggers.
        patience: seconds to wait while another session does that.

    Raises:
        JournalError: it has a newer version, is incomplete, or another session is upgrading it.
        PermissionDeniedError: the role may not create or may not read it.
        psycopg2.errors.SerializationFailure: the transaction of the caller cannot see what another
            session has made of it meanwhile.
    """
    steps = upgrades()
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
                f"{NEUTRAL}insert into diffapply.meta (version) values (%s) on conflict do nothing",
                [number],
            )
            cursor.execute(path + sql.SQL(steps[number]))


def version(connection: Connection) -> int:
    """The version of the journal's structure; 0 if there is none.

    Raises:
        JournalError: it is newer than this diffapply, or incomplete.
        PermissionDeniedError: the role may not read it.
    """
    state = _state(connection)
    if state.there and not state.may_read:
        raise PermissionDeniedError(
            "The role may not read the journal, schema diffapply.",
            "Grant it USAGE on that schema and SELECT on all tables in it.",
        )
    return _known(connection, state)


def readable_version(connection: Connection) -> int:
    """The same; also 0 if the role may not read the journal. Raises `JournalError`."""
    state = _state(connection)
    return 0 if state.there and not state.may_read else _known(connection, state)


def _known(connection: Connection, state: "_State") -> int:
    found = _recorded_version(connection) if state.there else 0
    if found > (known := max(upgrades())):
        raise JournalError(
            f"The journal has version {found}; this diffapply knows versions up to {known}.",
            "Use the diffapply that wrote it, or a newer one.",
        )
    # Another session may have upgraded it since the state was read: then it has more by now.
    if _lacking(found, state) and (lacking := _lacking(found, _state(connection))):
        raise _incomplete(lacking)
    return found


def _incomplete(lacking: Sequence[str]) -> JournalError:
    return JournalError(
        f"The journal, schema diffapply, is incomplete: it lacks {', '.join(lacking)}.",
        "Restore that schema from a backup. Or drop it, and the journal begins anew: then no "
        "run so far can be taken back or be shown.",
    )


def _lacking(version: int, state: "_State") -> list[str]:
    """What a journal of this version lacks; of one that does not say its version, what is told."""
    made_by = {
        name: number for number, text in upgrades().items() for name in _CREATES.findall(text)
    }
    if not version:
        version = max((made_by.get(name, 0) for name in state.relations), default=0)
        if version and state.there:
            return ["the rows of diffapply.meta"]
    names = ["meta", *(name for name, number in made_by.items() if number <= version)]
    return [f"diffapply.{name}" for name in names if version and name not in state.relations]


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
def upgrades() -> Mapping[int, str]:
    """Version → the statements that upgrade to it from the version before; in order."""
    found = {
        int(file.name.removesuffix(".sql")): file.read_text(encoding="utf-8")
        for file in (_SQL / "versions").iterdir()
        if file.name.endswith(".sql")
    }
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class _State:
    """What can be told of the journal without reading it.

    Attributes:
        relations: the names of its tables and views, and of others in its schema.
    """

    relations: frozenset[str]
    may_read: bool

    @property
    def there(self) -> bool:
        return "meta" in self.relations


def _state(connection: Connection) -> _State:
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("state"))
        [(relations, may_read)] = cursor.fetchall()
    return _State(frozenset(relations), bool(may_read))


def _upgrader(cursor: Cursor) -> str:
    """The session that has the lock for upgrades, for people."""
    cursor.execute(statement("upgrader"), {"key": journal_lock_key()})
    found = [
        f"role {role!r}, pid {pid}, application {application!r}, since {since} UTC"
        for role, pid, application, since in cursor.fetchall()
    ]
    return found[0] if found else "it has just ended"


def _recorded_version(connection: Connection) -> int:
    try:
        with neutral(connection, read_only=True) as cursor:
            cursor.execute("select coalesce(max(version), 0) from diffapply.meta")
            [(found,)] = cursor.fetchall()
    except psycopg2.errors.UndefinedColumn:
        raise _incomplete(["diffapply.meta.version"]) from None
    return int(found)
