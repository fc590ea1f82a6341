"""One tenant, one transaction, and a gate on both sides.

The tenant must have the shape that the plan leads from, and must end with the one that it leads
to; the journal's step commits with it. So a crash leaves it wholly before or wholly after. Six
exchanges with the server suffice when nothing is in the way: one to begin, two for each gate, of
which the second takes the statements along, and one to commit.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.catalog.reader import read_catalog, read_fingerprints
from diffapply.catalog.strangers import Strange, strangers_in
from diffapply.database.blockers import Blocker, move_vacuum_aside
from diffapply.database.connection import Server
from diffapply.database.limits import milliseconds
from diffapply.database.locks import try_tenant_locks
from diffapply.database.session import as_written, search_path, shared_path, working
from diffapply.database.transaction import beginning
from diffapply.database.world import PLAIN, World
from diffapply.errors import ConnectionFailedError, DiffapplyError
from diffapply.planning.model import Hazard, Statement, Transition
from diffapply.rollout import journal
from diffapply.rollout.belongings import read_belongings, to_give_back
from diffapply.rollout.failure import (
    NOT_KNOWN,
    ROLLED_BACK,
    TRIES,
    LocksBusyError,
    TenantBusyError,
    explain,
    find_obstacles,
    is_transient,
    naming,
    pause,
    sentence,
)
from diffapply.rollout.model import StepResult, StepStatus
from diffapply.rollout.table_locks import WAITED, lock_own, paced
from diffapply.rollout.worker import Worker

_PATIENCE = 3
"""Tries after which VACUUM is not waited for any longer, if it is one that gives way."""

_SOON = 1.0
"""Seconds that the server may take to say that a lock's time is over."""


@dataclass(frozen=True)
class Terms:
    """What holds for all tenants of a run.

    Attributes:
        run: its id in the journal.
        server: what the run's connections lead to.
        lock_timeout: seconds to wait for locks before the tenant is put off.
        allow_destructive: whether statements may lose data.
        privileges: whether owners and grants count.
        stop: set when the run is to end; then no tenant is tried again.
        tokens: tenant → change token; see `Plan`. Empty to read what every tenant is.
        guarded: where code of others must not run unsaid: source of a transition → the schemas
            that its tenants refer to. Empty where it may.
        world: the path and the settings under which statements were proved, and run.
    """

    run: int
    server: Server
    lock_timeout: float
    allow_destructive: bool
    privileges: bool = False
    stop: Event = field(default_factory=Event)
    tokens: Mapping[str, str] = field(default_factory=dict)
    guarded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    world: World = PLAIN


@dataclass(frozen=True, slots=True)
class Again:
    """A tenant that could not be done now, and is as it was.

    Attributes:
        tries: how often it was tried.
        after_loss: whether a connection was lost that may have done it.
    """

    tries: int
    after_loss: bool = False

    @property
    def pause(self) -> float:
        """Seconds after which it may be tried again."""
        return pause(self.tries)


@dataclass(frozen=True, slots=True)
class _Work:
    tenant: str
    transition: Transition
    undoes: Sequence[int]
    terms: Terms
    started: float = field(default_factory=time.monotonic)

    @property
    def world(self) -> World:
        return self.terms.world.alone if self.transition.alone else self.terms.world

    def live_fingerprint(self, connection: Connection, before: str = "") -> str | None:
        return live_fingerprint(
            connection,
            self.tenant,
            self.transition.owners,
            privileges=self.terms.privileges,
            before=before,
        )

    def step(self, status: StepStatus, error: str | None = None) -> journal.Step:
        transition, seconds = self.transition, time.monotonic() - self.started
        return journal.Step(
            self.tenant,
            transition.source,
            transition.goal,
            status,
            error,
            transition.owners,
            seconds,
        )


def apply_tenant(  # noqa: PLR0913 - what it needs, by name
    worker: Worker,
    tenant: str,
    transition: Transition,
    terms: Terms,
    undoes: Sequence[int] = (),
    *,
    after_loss: bool = False,
    tries: int = 0,
) -> StepResult | Again:
    """Bring a tenant to its goal, or leave it as it is; either way the journal says so.

    What passes by itself (locks that others hold, deadlocks) is for another time. A connection that
    is lost is tried for again, once: if the tenant was committed before it went, it is applied.

    Args:
        worker: whose connection is used.
        tenant: the schema's name.
        transition: what to do; not blocked.
        terms: of the run.
        undoes: runs whose steps of this tenant are taken back by it.
        after_loss: whether a connection was lost that may have done it.
        tries: how often it was tried before.
    """
    work = _Work(tenant, transition, undoes, terms)
    tries, lost, singly = tries + 1, after_loss, False
    while True:
        try:
            with worker.cursor() as cursor:
                return _attempt(cursor, work, singly=singly, after_loss=lost)
        except (psycopg2.Error, TenantBusyError, DiffapplyError) as error:
            if terms.stop.is_set():
                return _give_up(worker, work, "skipped", "The run was stopped; rolled back.")
            just_lost = not worker.connected and not isinstance(error, ConnectionFailedError)
            blocker = _blocker(worker, work, error)
            passes = is_transient(error) or (just_lost and not lost)
            lost = lost or just_lost
            if passes and tries < TRIES:
                roll_back(worker)
                if worker.connected and not _is_free(worker, blocker, tries):
                    return Again(tries, after_loss=lost)
                if not worker.connected:  # nor is there anything else to be done meanwhile
                    terms.stop.wait(pause(tries))
                tries += 1
            elif not passes and not just_lost and not singly:
                # PostgreSQL does not say which of several statements failed: find out.
                singly = True
                roll_back(worker)
            else:
                known = worker.connected or not lost
                outcome = ROLLED_BACK if known else NOT_KNOWN
                why = explain(error, blocker, transition)
                return _give_up(worker, work, "failed", sentence(why, tries, outcome))


def _is_free(worker: Worker, blocker: Blocker | None, tries: int) -> bool:
    """Whether VACUUM was in the way and is no more, if it was there for some time."""
    with suppress(psycopg2.Error):
        if blocker and blocker.vacuums and tries % _PATIENCE == 0:
            return move_vacuum_aside(worker.connection(), blocker.relation)
    return False


def _blocker(worker: Worker, work: _Work, error: Exception) -> Blocker | None:
    """Whose lock is in the way, if one is."""
    with suppress(psycopg2.Error):
        if worker.connected:
            connection = worker.connection()
            return next(
                iter(find_obstacles(connection, error, [work.tenant], work.transition)), None
            )
    return None


def live_fingerprint(
    connection: Connection,
    schema: str,
    owners: frozenset[str] | None = None,
    *,
    privileges: bool = False,
    before: str = "",
) -> str | None:
    """The fingerprint of a schema as it is now; None if it does not exist.

    Args:
        connection: inside a transaction; its search path is not what it was afterwards.
        schema: a tenant or a template.
        owners: for a template, the names in it that count.
        privileges: whether owners and grants count.
        before: statements, each ended, that run first.
    """
    if owners is None:
        found = read_fingerprints(connection, [schema], privileges=privileges, before=before)
        return found.get(schema)
    if before:
        with connection.cursor() as cursor:
            cursor.execute(before)
    catalog = read_catalog(connection, schema, privileges=privileges)
    return catalog.restricted_to(owners).fingerprint


def _attempt(cursor: Cursor, work: _Work, *, singly: bool, after_loss: bool) -> StepResult:
    tenant, transition, terms = work.tenant, work.transition, work.terms
    run = terms.run
    _begin(cursor, work)
    if after_loss and (recorded := journal.recorded_status(cursor, run, tenant)):
        cursor.execute("rollback")
        return StepResult(tenant, recorded)
    live = work.live_fingerprint(cursor.connection)
    status: StepStatus = "unchanged"
    if refusal := _refusal(cursor, work, live):
        return _end(cursor, work, "refused", refusal)
    if live != transition.goal:
        had = read_belongings(cursor, [tenant], transition.anew) if transition.anew else None
        with _in_time(work.terms.lock_timeout):
            losses, pending = _run(cursor, work, singly=singly)
            if had is not None and not losses:
                pending = _give_back(cursor, work, had, pending, singly=singly)
            reached = not losses and work.live_fingerprint(cursor.connection, pending)
        if losses:
            return _end(
                cursor,
                work,
                "refused",
                f"Data would be lost: {'; '.join(losses)}. Nothing was done; "
                "allow it with --allow-destructive.",
            )
        if reached != transition.goal:
            return _end(
                cursor,
                work,
                "failed",
                "It did not reach its goal: something else in the database takes part, such as an "
                "event trigger; rolled back.",
            )
        status = "applied"
    recording = journal.step_statements(cursor, run, work.step(status), work.undoes)
    cursor.execute(recording + b";\ncommit")
    return StepResult(tenant, status)


def _refusal(cursor: Cursor, work: _Work, live: str | None) -> str:
    """Why the tenant is left alone that is now of this fingerprint; empty if it is not."""
    transition, guarded = work.transition, work.terms.guarded
    if live is None:
        return "The schema no longer exists."
    if live == transition.goal:
        return ""
    if live != transition.source:
        return "It has changed since the plan was made; nothing was done."
    if guarded:
        schemas = guarded[transition.source]
        strange = strangers_in(cursor.connection, [work.tenant], schemas)
        return _would_run(strange[work.tenant]) if strange else ""
    return ""


def _would_run(strange: Sequence[Strange]) -> str:
    """Why a tenant is refused in which code of others would run."""
    return (
        f"It would run code of others with all rights of a superuser: {strange[0]}. Nothing was "
        "done; connect as the role that owns the tenant, or allow it with --trust-tenants "
        "(docs/role.md)."
    )


def _begin(cursor: Cursor, work: _Work) -> None:
    """Begin the transaction, with the tenant's lock and settings."""
    terms = work.terms
    before = sql.SQL("{}{} set local lock_timeout = {};").format(
        sql.SQL(beginning()),
        working(work.world),
        sql.Literal(milliseconds(terms.lock_timeout)),
    )
    # What reading the catalogs sets and locks is taken back before the statements run.
    if not try_tenant_locks(
        cursor, [work.tenant], 0, before=before, after=sql.SQL("savepoint gate;")
    ):
        raise TenantBusyError("another session of diffapply is working on it")


def _run(cursor: Cursor, work: _Work, *, singly: bool) -> tuple[list[str], str]:
    """Run the statements, up to the first that would lose data.

    Returns:
        What would be lost, and the statements that have yet to be sent.
    """
    statements, world = work.transition.statements, work.world
    pending = _lock(cursor, work, singly=singly)
    pending.append(search_path(work.tenant, world.behind).as_string(cursor))
    for number, (statement, afterwards) in enumerate(paced(statements, work.terms.lock_timeout)):
        if not work.terms.allow_destructive:
            for hazard in _data_hazards([statement]):
                if _loses(cursor, pending, hazard):
                    more = _further_losses(cursor, statements[number + 1 :])
                    return [hazard.message, *more], ""
        pending.append(as_written(statement.sql, world))
        if singly:
            with _naming(naming(number + 1, len(statements), statement.sql)):
                _send(cursor, pending)
        if afterwards:
            pending.append(afterwards)
    # Deferred constraints speak up now, where it can still be said what happened.
    pending.append("set constraints all immediate")
    if singly:
        _send(cursor, pending)
    return [], joined(pending)


def _lock(cursor: Cursor, work: _Work, *, singly: bool) -> list[str]:
    """Lock the tenant's tables, and see that nobody has used the wait to plant code.

    Returns:
        The statements that have yet to be sent.
    """
    source, guarded = work.transition.source, work.terms.guarded
    pending = ["rollback to savepoint gate"]
    if singly and not guarded:  # each statement locks, whatever that needs by way of rights
        return pending
    locks = lock_own(cursor.connection, [work.tenant], work.transition, work.terms.lock_timeout)
    if not (locks or guarded):
        return pending
    _send(cursor, [*pending, *locks, "savepoint locked", WAITED])
    changed = cursor.fetchall() == [(True,)] and work.live_fingerprint(cursor.connection) != source
    if changed or (guarded and strangers_in(cursor.connection, [work.tenant], guarded[source])):
        raise TenantBusyError("it was changed while its tables were waited for")
    return ["rollback to savepoint locked"]


def _give_back(cursor: Cursor, work: _Work, belongings: str, pending: str, *, singly: bool) -> str:
    """Find out what gives back to what was made anew what it had.

    Returns:
        The statements that have yet to be sent.
    """
    returns = to_give_back(cursor, belongings, pending)
    path = shared_path(work.terms.world.behind).as_string(cursor)
    if not singly:
        return joined([path, *(each.sql for each in returns)])
    cursor.execute(path)
    for each in returns:
        with _naming(each.sql):
            each.run(cursor)
    return ""


def _data_hazards(statements: Sequence[Statement]) -> list[Hazard]:
    return [h for statement in statements for h in statement.hazards if h.kind == "data"]


def _loses(cursor: Cursor, pending: list[str], hazard: Hazard) -> bool:
    """Whether data would be lost, after what is pending and under the statement's own lock."""
    if not hazard.check:
        return True
    if hazard.lock:
        pending.append(f"lock table {hazard.lock} in access exclusive mode")
    _send(cursor, [*pending, hazard.check])
    pending.clear()
    [(loses,)] = cursor.fetchall()
    return loses is not False


def _further_losses(cursor: Cursor, statements: Sequence[Statement]) -> Iterator[str]:
    """What else would be lost, as far as can be told without running the statements before."""
    for hazard in _data_hazards(statements):
        cursor.execute("savepoint further")
        try:
            if _loses(cursor, [], hazard):
                yield hazard.message
        except psycopg2.Error:
            cursor.execute("rollback to savepoint further")


def _send(cursor: Cursor, statements: list[str]) -> None:
    cursor.execute(joined(statements))
    statements.clear()


def joined(statements: Sequence[str]) -> str:
    """Statements as one text, each ended."""
    # The line's end also ends a comment at the end of a statement.
    return "".join(f"{statement}\n;" for statement in statements)


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """Tell a statement that is cancelled soon, which is the one that locks, from a later one."""
    started = time.monotonic()
    try:
        yield
    except psycopg2.errors.QueryCanceled as error:
        if time.monotonic() - started > seconds + _SOON:
            raise
        raise LocksBusyError("its tables are locked by other sessions") from error


@contextmanager
def _naming(what: str) -> Iterator[None]:
    """Let PostgreSQL's error name the statement that it came from."""
    try:
        yield
    except psycopg2.Error as error:
        error.add_note(what)
        raise


def _end(cursor: Cursor, work: _Work, status: StepStatus, error: str) -> StepResult:
    """Roll back, and record why."""
    recording = journal.step_statements(cursor, work.terms.run, work.step(status, error))
    cursor.execute(f"rollback;{beginning()}".encode() + recording + b";\ncommit")
    return StepResult(work.tenant, status, error)


def _give_up(worker: Worker, work: _Work, status: StepStatus, error: str) -> StepResult:
    """Roll back, and record why, unless the server is gone: the run records it at its end."""
    with suppress(psycopg2.Error):
        if worker.connected:
            with worker.cursor() as cursor:
                _end(cursor, work, status, error)
    return StepResult(work.tenant, status, error)


def roll_back(worker: Worker) -> None:
    """End the worker's transaction, if it has a connection."""
    with suppress(psycopg2.Error):
        if worker.connected:
            with worker.cursor() as cursor:
                cursor.execute("rollback")
