"""What a run writes to the journal.

A tenant's step is written in the transaction that changes the tenant, so that the journal is right
however the run ends.
"""

import getpass
import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, astuple, dataclass

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.advice import reason
from diffapply.database.connection import connect
from diffapply.database.quoting import json_text
from diffapply.database.transaction import in_transaction, neutral
from diffapply.errors import ConnectionFailedError
from diffapply.journal.structure import permitted, statement
from diffapply.model.plan import Shape
from diffapply.model.run import REACHED, NewRun, StepStatus
from diffapply.version import VERSION

_log = logging.getLogger(__name__)

_PAGE = 500
"""Steps in one message, when many are recorded."""
LOCK_SECONDS = 5
"""Seconds to wait for a lost session of our own."""
RESTART_SECONDS = 5
"""Seconds to wait for a server that is starting again."""
_PAUSE_SECONDS = 0.2
"""Seconds between two tries to connect to it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a run records about one tenant; shapes are fingerprints.

    Attributes:
        managed: for a template, the names of its managed objects.
        seconds: how long the tenant took.
    """

    tenant: str
    source: str
    goal: str
    status: StepStatus
    error: str | None = None
    managed: frozenset[str] | None = None
    seconds: float = 0.0


def remember_shapes(connection: Connection, shapes: Iterable[Shape]) -> None:
    """Store shapes, with the DDL that rebuilds them, so that tenants can go back to them.

    Raises:
        PermissionDeniedError: the role may not write to the journal.
    """
    # Always in the same order, so that two runs that store the same shapes do not deadlock.
    ordered = sorted(shapes, key=lambda shape: shape.fingerprint)
    with permitted("write to"), neutral(connection) as cursor:
        cursor.execute(
            "select fingerprint from diffapply.shape where fingerprint = any (%s) "
            "and ddl is not null",
            [[shape.fingerprint for shape in ordered]],
        )
        remembered = {fingerprint for (fingerprint,) in cursor.fetchall()}
        for shape in ordered:
            if shape.fingerprint in remembered:
                continue
            facts = [
                [fact.kind, fact.name, fact.object, fact.definition, fact.position]
                for fact in shape.catalog.facts.values()
            ]
            cursor.execute(
                statement("remember_shape"),
                {
                    "fingerprint": shape.fingerprint,
                    "ddl": None if shape.ddl is None else list(shape.ddl),
                    "facts": json_text(facts),
                },
            )


def begin_run(connection: Connection, run: NewRun) -> int:
    """Record that a run begins, by whom and with which version; returns its id.

    Raises:
        PermissionDeniedError: the role may not write to the journal.
    """
    with permitted("write to"), neutral(connection) as cursor:
        cursor.execute(
            statement("begin_run"),
            {
                "direction": run.direction,
                "user": _operating_system_user(),
                "version": VERSION,
                "digest": run.plan_digest,
                "desired": run.purpose.desired,
                "renames": json_text([astuple(rename) for rename in run.renames]),
                "message": run.purpose.message,
                "git_commit": run.purpose.git_commit or None,
                "transitions": None
                if run.transitions is None
                else json_text([asdict(its) for its in run.transitions]),
                "ignored": json_text(run.ignoring.lists),
                "ignored_in": json_text({name: its.lists for name, its in run.ignoring_in.items()}),
            },
        )
        [(number,)] = cursor.fetchall()
    return int(number)


def step_statements(cursor: Cursor, run: int, step: Step, undoes: Sequence[int] = ()) -> bytes:
    """The statements that record a step; the caller sends them with others.

    Args:
        cursor: used to quote values.
        run: the run that the step belongs to.
        step: what to record.
        undoes: runs whose steps of this tenant are undone by it.
    """
    values = {
        "run": run,
        "tenant": step.tenant,
        "source": step.source,
        "goal": step.goal,
        "status": step.status,
        "error": step.error,
        "owners": None if step.managed is None else sorted(step.managed),
        "seconds": step.seconds,
        "undoes": list(undoes),
    }
    names = [
        "record_step",
        *(["mark_changed"] if step.status == "applied" else []),
        *(["mark_undone"] if undoes else []),
    ]
    return b";\n".join(cursor.mogrify(statement(name), values) for name in names)


def record_step(cursor: Cursor, run: int, step: Step, undoes: Sequence[int] = ()) -> None:
    """Record a step in the cursor's transaction; see `step_statements`."""
    cursor.execute(step_statements(cursor, run, step, undoes))


def recorded_status(cursor: Cursor, run: int, tenant: str) -> StepStatus | None:
    """How a tenant's step ended, if a committed transaction has recorded it."""
    cursor.execute(
        "select status from diffapply.step where run = %s and tenant = %s", [run, tenant]
    )
    row = cursor.fetchone()
    return row[0] if row else None


def record_steps(connection: Connection, run: int, steps: Iterable[Step]) -> None:
    """Record many steps, except those that a tenant's transaction has recorded already."""
    with neutral(connection) as cursor:
        recorded = [step_statements(cursor, run, step) for step in steps]
        for start in range(0, len(recorded), _PAGE):
            cursor.execute(b";\n".join(recorded[start : start + _PAGE]))


def finish_run(connection: Connection, run: int, *, complete: bool) -> None:
    """Record that a run has ended, and whether every tenant reached its goal."""
    with neutral(connection) as cursor:
        cursor.execute(
            "update diffapply.run set finished_at = clock_timestamp(), outcome = %s where id = %s",
            ["done" if complete else "incomplete", run],
        )


def close_run(
    url: str, connection: Connection, run: int, unreached: Sequence[Step]
) -> dict[str, StepStatus]:
    """Record the tenants that did not reach their goal, and finish the run, in one transaction.

    If the connection has an open transaction, it is committed with that. If the connection is lost,
    a new one is tried, for a while if the server is starting again; without one, the run stays
    "interrupted" in the journal, which is true, and there is a warning.

    Args:
        url: libpq or SQLAlchemy URL, for a new connection.
        connection: of the run.
        run: its id.
        unreached: as far as known; where the answer to a commit was lost, it may have been reached.

    Returns:
        Each of these tenants → how its step ended, as the journal has it now. Empty if it cannot be
        told.
    """

    def close(connection: Connection) -> dict[str, StepStatus]:
        with neutral(connection) as cursor:
            record_steps(connection, run, unreached)
            cursor.execute(
                "select tenant, status from diffapply.step where run = %s and tenant = any (%s)",
                [run, [step.tenant for step in unreached]],
            )
            recorded = dict(cursor.fetchall())
            finish_run(connection, run, complete={*recorded.values()} <= {*REACHED})
        return recorded

    try:
        recorded = close(connection)
        if in_transaction(connection):
            with connection.cursor() as cursor:
                cursor.execute("commit")
    except psycopg2.Error:
        try:
            with closing(_connected_again(url)) as another, neutral(another) as cursor:
                # The lost session has the run locked, as long as the server has not noticed.
                cursor.execute(f"set local lock_timeout = '{LOCK_SECONDS}s'")
                return close(another)
        except (psycopg2.Error, ConnectionFailedError) as error:  # such as where the disk is full
            why = reason(error) if isinstance(error, psycopg2.Error) else str(error)
            _log.warning(
                "diffapply: the journal lacks the end of run %s, and what became of tenants "
                "that it did not change: %s.",
                run,
                why.rstrip("."),
            )
        return {}
    return recorded


def _connected_again(url: str) -> Connection:
    """A new connection, as soon as one can be had; raises as `connect`, after a while."""
    until = time.monotonic() + RESTART_SECONDS
    while True:
        try:
            return connect(url)
        except ConnectionFailedError:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)


def _operating_system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # in a container, the user may have no name
        return "unknown"
