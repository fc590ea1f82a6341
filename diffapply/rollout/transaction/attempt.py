"""One attempt at one tenant, in one transaction, with a gate before and a gate after.

The tenant must have the transition's source before and its goal after; the journal's step commits
with it. So a crash leaves it wholly before or wholly after. If no lock is busy, there are six
exchanges with the server: one to begin, two for each gate (the second gate sends the statements
along), one to commit.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.strangers import would_run
from diffapply.database.advice import reason
from diffapply.database.transaction import beginning, in_transaction
from diffapply.model.consent import Consent
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Statement
from diffapply.model.run import StepResult, StepStatus
from diffapply.planning.unmanaged import could_be_left
from diffapply.rollout.explanation import FOR_ROWS, naming
from diffapply.rollout.retry import LocksBusyError
from diffapply.rollout.transaction.belongings import Belongings
from diffapply.rollout.transaction.gate import Gate, UnlikeError
from diffapply.rollout.transaction.job import Job, StrangersError
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
    except _EndError as its:
        return end(connection, job, its.status, its.reason)


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
            with _naming(each.sql):
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
        asked = _asking(statement, job.terms.consent)
        if asked:
            work.send()  # else an error of what comes before would be told as this one's
            told = naming(number, len(statements), statement.sql)
            with _naming(f"when asked what is lost by {told}"):
                losses = [(number, lost) for its in asked if (lost := _lost(work, its))]
            if losses:
                failure = _failure(work, statement, job.written(statement))
                losses += _further_losses(work, statements, number, job.terms.consent)
                raise _EndError("refused", _why_refused(losses, failure, job.terms.plan.unspoken))
        work.run(job.written(statement))
        if singly:
            with _naming(naming(number, len(statements), statement.sql)):
                work.send()
        if afterwards:
            work.run(afterwards)
    # Check deferred constraints now, while an error can still be explained.
    work.run("set constraints all immediate")
    if singly:
        work.send()


def _asking(statement: Statement, consent: Consent) -> list[Hazard]:
    return [hazard for hazard in statement.hazards if consent.lacks(hazard)]


def _why_refused(
    losses: Sequence[tuple[int, Hazard]], failure: str, unspoken: Sequence[str]
) -> str:
    """What would be lost, statement by statement, and what to do.

    Args:
        failure: see `_failure`; of the first of the statements.
        unspoken: see `Terms`.
    """
    data, dropped = (
        "; ".join(
            f"statement {number} {hazard.message}"
            for number, hazard in losses
            if (hazard.kind == "data") is is_data
        )
        for is_data in (True, False)
    )
    told = [
        *([f"Data would be lost: {data}."] if data else ()),
        *([f"Something would be dropped for good: {dropped}."] if dropped else ()),
    ]
    if failure:
        fails = f"statement {losses[0][0]} fails on rows that are there (PostgreSQL: {failure})"
        return (
            f"{' '.join(told)} Nothing was done. To allow it would not do, as {fails}: {FOR_ROWS}."
        )
    codes = dict.fromkeys(hazard.code.name for _, hazard in losses)
    allowing = "--allow-destructive or " + " ".join(f"--allow {code}" for code in codes)
    drops = [hazard for _, hazard in losses if hazard.kind != "data"]
    ways = 'ignore, or manage = "declared"' if could_be_left(drops, unspoken) else "ignore"
    others = f"declare it, leave it alone ({ways}), or " if dropped else ""
    return f"{' '.join(told)} Nothing was done; {others}allow it with {allowing}."


_NOT_HAD = (psycopg2.DataError, psycopg2.IntegrityError)
"""Errors if a value cannot be had in a type."""


def _lost(work: Gate, hazard: Hazard) -> Hazard | None:
    """The hazard if the statement would lose something; asked under the lock that it takes.

    A value of which PostgreSQL cannot say what comes back does not come back. It says why.
    """
    if not hazard.check:
        return hazard
    work.run("savepoint asked")
    if hazard.lock:
        work.run(f"lock table {hazard.lock} in access exclusive mode")
    try:
        [(loses,)] = work.ask(hazard.check)
    except _NOT_HAD as error:
        work.run("rollback to savepoint asked")
        work.send()
        return replace(hazard, message=f"{hazard.message} (PostgreSQL: {reason(error)})")
    work.run("release savepoint asked")
    return None if loses is False else hazard


def _failure(work: Gate, statement: Statement, written: str) -> str:
    """Why a statement fails on rows, although it were allowed to lose something; empty if not.

    It is tried where values may not be had in another type: what is asked cannot tell, as it does
    not convert them in just the way of the statement.
    """
    if not any(
        its.kind == "rows" or its.code is HazardCode.DROPS_LABEL for its in statement.hazards
    ):
        return ""
    why = ""
    work.run("savepoint tried", written)
    try:
        work.send()
    except psycopg2.Error as error:
        why = reason(error) if isinstance(error, _NOT_HAD) else ""
    work.run("rollback to savepoint tried")
    work.send()
    return why


def _further_losses(
    work: Gate, statements: Sequence[Statement], after: int, consent: Consent
) -> Iterator[tuple[int, Hazard]]:
    """What else would be lost, as far as known without running the earlier statements."""
    later = enumerate(statements[after:], after + 1)
    for number, hazard in ((number, its) for number, one in later for its in _asking(one, consent)):
        work.run("savepoint further")
        work.send()
        try:
            if lost := _lost(work, hazard):
                yield number, lost
        except psycopg2.Error:
            work.run("rollback to savepoint further")
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


@contextmanager
def _naming(what: str) -> Iterator[None]:
    """Add the statement to PostgreSQL's error."""
    try:
        yield
    except psycopg2.Error as error:
        error.add_note(what)
        raise
