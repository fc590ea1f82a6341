"""Brings one tenant to its goal, with retries.

After a busy lock or a deadlock, the tenant is tried again later; after a lost connection, on a new
one. Any other error is explained and recorded.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.blockers import Blocker, move_vacuum_aside
from diffapply.errors import ConnectionFailedError, DiffapplyError, TenantError
from diffapply.model.listing import some_of
from diffapply.model.run import StepResult, StepStatus
from diffapply.planning.rights import lacks
from diffapply.rollout.connection import RunConnection
from diffapply.rollout.explanation import (
    NOT_KNOWN,
    ROLLED_BACK,
    explain,
    find_obstacles,
    is_of_server,
    limited,
    sentence,
)
from diffapply.rollout.retry import TRIES, TenantBusyError, is_transient, pause
from diffapply.rollout.task import Task
from diffapply.rollout.terms import Terms
from diffapply.rollout.transaction.attempt import attempt, end
from diffapply.rollout.transaction.job import Job

_PATIENCE = 3
"""From so many tries on, autovacuum is made to give way, if it holds the lock."""


def apply_tenant(
    session: RunConnection, task: Task, terms: Terms, undoes: Sequence[int] = ()
) -> StepResult | Task:
    """Bring a tenant to its goal, or leave it as it is, and record which in the journal.

    If the connection is lost, a new one is tried once. If the tenant had been committed before, it
    counts as applied.

    Args:
        session: of the run.
        task: what to do.
        terms: of the run.
        undoes: runs whose steps of this tenant are undone by it.

    Returns:
        The result; or the task to try again later, after a busy lock or a deadlock.
    """
    tenant, transition = task.tenant, task.transition
    job = Job([tenant], transition, terms, {tenant: undoes}, terms.lock_timeout)
    try:
        job = replace(job, transition=transition.of(tenant))
    except TenantError as error:
        return _give_up(session, job, "refused", f"{error} {error.outcome}")
    turn = _Turn(session, task, job)
    result: StepResult | Task | None = None
    while result is None:
        try:
            result = attempt(
                session.connection(), job, singly=turn.singly, after_loss=turn.after_loss
            )
        except (psycopg2.Error, TenantBusyError, DiffapplyError) as error:
            result = turn.next(error)
    return result


class _Turn:
    """What the tries of one turn of a tenant have shown so far.

    Attributes:
        singly: whether the next one sends each statement alone.
        after_loss: whether a connection was lost that may have committed it.
    """

    def __init__(self, session: RunConnection, task: Task, job: Job) -> None:
        self._session = session
        self._task = task
        self._job = job
        self._tries = task.tries + 1
        # A loss before this turn does not count: with the server's restart, all connections are
        # lost.
        self._lost = False
        self.singly = False
        self.after_loss = task.after_loss

    def next(self, error: Exception) -> StepResult | Task | None:
        """What becomes of the tenant after an error; None: it is to be tried again at once."""
        connected = self._session.connected
        just_lost = not connected and not isinstance(error, ConnectionFailedError)
        passes = is_transient(error) or (just_lost and not self._lost)
        self._lost = self._lost or just_lost
        self.after_loss = self.after_loss or just_lost
        in_doubt = self.after_loss and not connected
        if self._job.terms.stop.is_set():
            stopped = "The run was stopped; {}.".format
            return _ended(self._session, self._job, "skipped", stopped, in_doubt=in_doubt)
        blocker = _blocker(self._session, self._job, error)
        if passes and self._tries < TRIES:
            return self._later(blocker)
        if not (passes or just_lost or self.singly):
            # PostgreSQL does not say which of several statements failed: send them singly.
            self.singly = True
            self._session.roll_back()
            return None
        return self._failed(error, blocker, in_doubt=in_doubt)

    def _later(self, blocker: Blocker | None) -> Task | None:
        """The task for its next turn; None if waiting for others would not help."""
        self._session.roll_back()
        if self._session.connected and not _is_free(self._session, blocker, self._tries):
            return replace(self._task, tries=self._tries, after_loss=self.after_loss)
        if not self._session.connected:  # without a connection, there is nothing else to do
            self._job.terms.stop.wait(pause(self._tries))
        self._tries += 1
        return None

    def _failed(self, error: Exception, blocker: Blocker | None, *, in_doubt: bool) -> StepResult:
        if self._session.connected:
            self._session.roll_back()
            limited(self._session.connection(), error)
            _name_owners(self._session.connection(), error, self._task)
        said = partial(sentence, explain(error, blocker, self._task.transition), self._tries)
        result = _ended(self._session, self._job, "failed", said, in_doubt=in_doubt)
        return replace(result, of_server=is_of_server(error))


def _name_owners(connection: Connection, error: Exception, task: Task) -> None:
    """Say in the error of a right that is missing on what, whose that is, and what mends it."""
    if isinstance(error, psycopg2.errors.InsufficientPrivilege):
        with suppress(psycopg2.Error, DiffapplyError):
            [found] = lacks(connection, [replace(task.transition, tenants=(task.tenant,))])
            if told := [its.told for its in found.get(task.tenant, ())]:
                error.add_note(some_of(told, joint="; "))


def _is_free(session: RunConnection, blocker: Blocker | None, tries: int) -> bool:
    """Whether autovacuum held the lock for several tries, and has given it up now."""
    with suppress(psycopg2.Error):
        if blocker and blocker.vacuums and tries % _PATIENCE == 0:
            return move_vacuum_aside(session.connection(), blocker.relation)
    return False


def _blocker(session: RunConnection, job: Job, error: Exception) -> Blocker | None:
    """The session that holds the lock, if there is one."""
    if isinstance(error, psycopg2.errors.QueryCanceled):  # for a lock, it is a `LocksBusyError`
        return None
    with suppress(psycopg2.Error):
        if session.connected:
            found = find_obstacles(session.connection(), error, job.tenants, job.transition)
            return next(iter(found), None)
    return None


def _ended(
    session: RunConnection,
    job: Job,
    status: StepStatus,
    said: Callable[[str], str],
    *,
    in_doubt: bool,
) -> StepResult:
    """Give it up; if it may have been committed even so, say that, too.

    Args:
        said: the sentence with an outcome.
    """
    result = _give_up(session, job, status, said(ROLLED_BACK))
    return replace(result, in_doubt=said(NOT_KNOWN)) if in_doubt else result


def _give_up(session: RunConnection, job: Job, status: StepStatus, error: str) -> StepResult:
    """Roll back and record why. If the server is gone, the run records it at its end."""
    with suppress(psycopg2.Error):
        if session.connected:
            end(session.connection(), job, status, error)
    return StepResult(job.tenants[0], status, error)
