"""One attempt at one tenant, in one transaction, with a gate before and a gate after.

The tenant must have the transition's source before and its goal after; the journal's step commits
with it. So a crash leaves it wholly before or wholly after. If no lock is busy, there are six
exchanges with the server: one to begin, two for each gate (the second gate sends the statements
along), one to commit.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.strangers import would_run
from diffapply.database.transaction import beginning, in_transaction
from diffapply.model.run import StepResult, StepStatus
from diffapply.rollout.explanation import naming, noting
from diffapply.rollout.retry import LocksBusyError
from diffapply.rollout.transaction.belongings import Belongings
from diffapply.rollout.transaction.gate import Gate, UnlikeError
from diffapply.rollout.transaction.job import Job, StrangersError
from diffapply.rollout.transaction.losses import refusal_of
from diffapply.rollout.transaction.table_locks import paced

_SOON = 1.0
"""Seconds that the server may need to report that a lock timeout has passed."""


class _EndError(Exception):
    """The attempt ends without a change."""

    def __init__(self, status: StepStatus, reason: str) -> None:
        super().__init__()
        self.status: StepStatus = status
        self.reason = reason


def attempt(connection: Connection, job: Job, *, singly: bool, after_loss: bool) -> StepResult:
    """Bring a tenant to its goal, or leave it as it is and record why.

    Args:
        connection: outside of a transaction.
        job: of one tenant.
        singly: send each statement alone, so that an error names it.
        after_loss: a connection was lost that may have committed it.

    Raises:
        TenantBusyError: another session holds a lock.
        DiffapplyError: reading failed, or the role may not give back what an object had.
        psycopg2.Error: PostgreSQL refused a statement. After any of these, the transaction is open.
    """
    [tenant] = job.tenants
    try:
        with job.gate(connection) as work:
            job.begin(work)
            if after_loss and (done := journal.recorded_status(work.cursor, job.terms.run, tenant)):
                work.run("rollback")
                work.send()
                return StepResult(tenant, done)
            if _is_there(work, job):
                job.record(work, "unchanged")
                return StepResult(tenant, "unchanged")
            with in_time(job.lock_timeout, job.terms.statement_timeout):
                had = _change(work, job, singly=singly)
            job.record(work, "applied", had)
            return StepResult(tenant, "applied")
    except _EndError as ended:
        return end(connection, job, ended.status, ended.reason)


def end(connection: Connection, job: Job, status: StepStatus, error: str) -> StepResult:
    """Roll back what is open, and record why."""
    with job.gate(connection) as work:
        work.run(*(["rollback"] if in_transaction(connection) else []), beginning())
        job.record(work, status, error=error)
    return StepResult(job.tenants[0], status, error)


def _is_there(work: Gate, job: Job) -> bool:
    """Whether the tenant is at its goal; if not, it is at the plan's source and may be changed."""
    transition = job.transition
    try:
        work.require(transition.source)
    except UnlikeError as unlike:
        if not unlike.live:
            raise _EndError("refused", "The schema no longer exists.") from unlike
        if transition.goal in unlike.live.values():
            return True
        changed = "It has changed since the plan was made; nothing was done."
        raise _EndError("refused", changed) from unlike
    return transition.source == transition.goal


def _change(work: Gate, job: Job, *, singly: bool) -> Belongings:
    """Bring the tenant from the plan's source to its goal; returns what its objects had before."""
    if job.terms.guarded or not singly:  # else each statement locks, with the rights for that
        _lock(work, job)
    had = job.belongings(work)
    _run(work, job, singly=singly)
    for each in job.to_return(work, had):
        if singly:
            with noting(each.sql):
                each.run(work)
        else:
            work.run(each.sql)
    try:
        work.require(job.transition.goal)
    except UnlikeError as unlike:
        raise _EndError(
            "failed",
            "It did not reach its goal: something else in the database changes the result, such as "
            "an event trigger or a partition that is not declared; rolled back.",
        ) from unlike
    return had


def _lock(work: Gate, job: Job) -> None:
    try:
        job.lock(work)
    except StrangersError as strangers:
        raise _EndError(
            "refused",
            f"It {would_run(strangers.found[job.tenants[0]])}. Nothing was done; connect as the "
            "role that owns the tenant, or allow it with --trust-tenants (`diffapply docs role`).",
        ) from strangers


def _run(work: Gate, job: Job, *, singly: bool) -> None:
    """Run the statements; stop at the first that needs consent which was not given."""
    statements = job.transition.statements
    work.run(job.entering(job.tenants[0]))
    for number, (statement, afterwards) in enumerate(paced(statements, job.lock_timeout), 1):
        if refusal := refusal_of(work, job, number):
            raise _EndError("refused", refusal)
        work.run(job.written(statement))
        if singly:
            with noting(naming(number, len(statements), statement.sql)):
                work.send()
        if afterwards:
            work.run(afterwards)
    # Check deferred constraints now, while an error can still be explained.
    work.run("set constraints all immediate")
    if singly:
        work.send()


@contextmanager
def in_time(seconds: float, limit: float = 0.0) -> Iterator[None]:
    """Turn an early cancel, which comes from the statement that locks, into a busy lock.

    Args:
        seconds: for all locks.
        limit: seconds that any statement may take; 0: no limit. Later, it is that which cancelled.
    """
    started = time.monotonic()
    try:
        yield
    except psycopg2.errors.QueryCanceled as error:
        elapsed = time.monotonic() - started
        if elapsed > seconds + _SOON or 0 < limit <= elapsed:
            raise
        raise LocksBusyError("its tables are locked by other sessions") from error
