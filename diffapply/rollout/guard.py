"""The guard of a run: a transaction of its own that holds locks as long as the run goes on.

A lock on an object of the journal keeps a second apply out. An advisory lock shows everybody that
this run is going on; nothing depends on it. Both belong to a transaction: they also work behind a
pooler in transaction mode, leave nothing on its connections, and end with the process, however that
ends. Between statements the transaction has no snapshot and no id, so VACUUM and CREATE INDEX
CONCURRENTLY do not wait for it.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply import journal
from diffapply.database.connection import connect, end_lost_session
from diffapply.database.locks import run_lock_key, run_lock_space
from diffapply.database.transaction import beginning, in_transaction, neutral
from diffapply.errors import ConnectionFailedError, DiffapplyError, RefusedError
from diffapply.journal.structure import statement

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5
"""Seconds between checks whether the other run has ended; a check is one round trip."""

_PATIENCE = 10.0
"""Seconds that a run goes on without its guard, while no connection can be opened for it: as long
as one attempt to connect may take."""

_TRANSACTION_TIMEOUT = 170000
"""The first server version with `transaction_timeout`."""


class GuardLostError(Exception):
    """The guard was lost, so the run must end; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The session that holds the lock.

    Attributes:
        since: when its transaction began; None if our role may not see that.
        run: the id of its run; None before it has one.
    """

    pid: int
    role: str
    application: str
    since: datetime | None
    run: int | None

    @property
    def is_ours(self) -> bool:
        """Whether it seems to be a session of diffapply."""
        return self.run is not None or self.application.startswith("diffapply")


def run_name(run: int) -> str:
    """The name of a run's connections in pg_stat_activity."""
    return f"diffapply run {run}"


def holder(connection: Connection) -> Holder | None:
    """The session of the apply that is running in this database, if there is one."""
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("holder"), {"space": run_lock_space()})
        row = cursor.fetchone()
    return Holder(*row) if row else None


def await_turn(connection: Connection, *, wait: bool) -> None:
    """Make sure that no apply is running now.

    Args:
        connection: in autocommit mode, without an open transaction.
        wait: wait for the end of another apply, instead of refusing.

    Raises:
        RefusedError: another apply is running; says whose, and since when.
    """
    told = False
    while found := holder(connection):
        if not wait:
            raise _refusal(connection, found)
        if not told:
            _log.warning("diffapply: waiting for the end of %s.", _described(found))
            told = True
        time.sleep(_POLL_SECONDS)


class Guard:
    """Holds the locks of a run on a connection, and takes them again if that is lost.

    Used by one thread at a time.

    Args:
        url: libpq or SQLAlchemy URL.
        alone: whether it keeps a second apply out; a provisioning does not.
    """

    def __init__(self, url: str, *, alone: bool = True) -> None:
        self._url = url
        self._alone = alone
        self._run = 0
        self._process: int | None = None
        self._lost_since: float | None = None
        self.connection = connect(url)
        """From `begin` on, in the transaction that holds the locks."""

    def begin(self, record: Callable[[Connection], int], *, wait: bool) -> int:
        """Record a run and guard it.

        Args:
            record: writes the run to the journal, and returns its id.
            wait: wait for the end of another apply, instead of refusing.

        Raises:
            RefusedError: another apply is running; says whose, and since when.
        """
        with self.connection.cursor() as cursor:
            # Others see by this name who keeps them out, so it overrides the URL's.
            begin = f"{beginning()} set local application_name = 'diffapply';"
            while not self._locks(cursor, begin):
                await_turn(self.connection, wait=wait)
            run = record(self.connection)
            # Locks end with their transaction; in between, another apply may get them.
            while not self.hold(run):
                try:
                    await_turn(self.connection, wait=wait)
                except RefusedError:
                    journal.finish_run(self.connection, run, complete=False)
                    raise
        return run

    def hold(self, run: int) -> bool:
        """Guard a run from now on; returns false if another apply is running.

        Commits the connection's current transaction in the same round trip.
        """
        self._run = run
        limits = ["idle_in_transaction_session_timeout"]
        if self.connection.server_version >= _TRANSACTION_TIMEOUT:
            limits.append("transaction_timeout")
        begin = "commit;" if in_transaction(self.connection) else ""
        begin += beginning() + "".join(f"set local {limit} = 0;" for limit in limits)
        with self.connection.cursor() as cursor:
            begin += cursor.mogrify("set local application_name = %s;", [run_name(run)]).decode()
            if not self._locks(cursor, begin):
                return False
            cursor.execute(
                "select pg_backend_pid(), pg_try_advisory_xact_lock(%s)", [run_lock_key(run)]
            )
            [(self._process, _)] = cursor.fetchall()
        return True

    def _locks(self, cursor: Cursor, begin: str) -> bool:
        """Begin a transaction, with the lock if wanted; returns false if another apply has it."""
        try:
            with journal.permitted("lock"):
                cursor.execute(f"{begin} {journal.LOCK_GUARD if self._alone else ''}")
        except psycopg2.errors.LockNotAvailable:
            cursor.execute("rollback")
            return False
        return True

    def keep(self) -> None:
        """Check the connection; if it was lost, take the locks again on a new one.

        While the connection works, this sends nothing and does not wait.

        Raises:
            GuardLostError: another run has begun meanwhile, or no connection can be opened.
        """
        if self._stands():
            return
        now = time.monotonic()
        lost_since = self._lost_since = self._lost_since or now
        problem = "no connection to the server can be opened"
        with suppress(psycopg2.Error, ConnectionFailedError):
            self.close()
            lost, self.connection = self._process, connect(self._url)
            if self.hold(self._run):
                self._lost_since = None
                return
            self._process = lost
            found = holder(self.connection)
            if found is not None and found.pid != lost:
                raise GuardLostError(f"its guard was lost, and {_described(found)} is running")
            problem = "its lost session still holds it"
            end_lost_session(self.connection, lost, run_name(self._run))
        self.close()
        if now - lost_since > _PATIENCE:
            raise GuardLostError(f"its guard was lost, and {problem}")

    def close(self) -> None:
        """Release the locks."""
        with suppress(psycopg2.Error):
            self.connection.close()

    def _stands(self) -> bool:
        try:
            self.connection.poll()  # reads what the server has sent, such as that it ended us
        except psycopg2.Error:
            return False
        return not self.connection.closed


def _refusal(connection: Connection, found: Holder) -> RefusedError:
    if not found.is_ours:
        return RefusedError(
            f"No apply can begin: {_described(found)}.",
            "Wait for its end, end it, or give --wait.",
        )
    since = ""
    with suppress(DiffapplyError):
        if found.run is not None:
            (record,) = journal.history(connection, found.run)
            started = f"{record.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
            since = f" since {started} UTC, begun by {record.who}"
    return RefusedError(
        f"Another apply is running: {_described(found)}{since}.",
        "Wait for its end, or give --wait.",
    )


def _described(found: Holder) -> str:
    who = f"role {found.role!r}, pid {found.pid}, application {found.application!r}"
    if not found.is_ours:
        since = (
            f", since {found.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if found.since else ""
        )
        return f"a session that is not diffapply's has locked diffapply.guard ({who}{since})"
    return f"{'a run that is about to begin' if found.run is None else f'run {found.run}'} ({who})"
