"""One attempt at one tenant, in one transaction, with a gate on both sides.

The tenant must have the shape that the plan leads from, and must end with the one that it leads
to; the journal's step commits with it. So a crash leaves it wholly before or wholly after. Six
exchanges with the server suffice when nothing is in the way: one to begin, two for each gate, of
which the second takes the statements along, and one to commit.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import cursor as Cursor

from diffapply import journal
from diffapply.catalog.strangers import Strange
from diffapply.database.transaction import beginning
from diffapply.model.hazards import Hazard
from diffapply.model.plan import Statement
from diffapply.model.run import StepResult, StepStatus
from diffapply.rollout.belongings import Belongings, to_give_back
from diffapply.rollout.retry import LocksBusyError, TenantBusyError, naming
from diffapply.rollout.table_locks import paced
from diffapply.rollout.work import CLEAN, Work, joined

_SOON = 1.0
"""Seconds that the server may take to say that a lock's time is over."""


def attempt(cursor: Cursor, work: Work, *, singly: bool, after_loss: bool) -> StepResult:
    """Bring a tenant to its goal, or leave it as it is and record why.

    Args:
        cursor: outside of a transaction.
        work: of one tenant.
        singly: whether each statement is sent alone, so that an error names it.
        after_loss: whether a connection was lost that may have done it.

    Raises:
        TenantBusyError: another session is in the way.
        DiffapplyError: reading failed, or the role may not give back what an object had.
        psycopg2.Error: PostgreSQL refused a statement. As with the others, the transaction is open.
    """
    [tenant], transition = work.tenants, work.transition
    if not work.begin(cursor):
        raise TenantBusyError("another session of diffapply is working on it")
    if after_loss and (recorded := journal.recorded_status(cursor, work.terms.run, tenant)):
        cursor.execute("rollback")
        return StepResult(tenant, recorded)
    live = work.live(cursor).get(tenant)
    if refusal := _refusal(cursor, work, live):
        return end(cursor, work, "refused", refusal)
    status: StepStatus = "unchanged"
    had = Belongings()
    if live != transition.goal:
        had = work.belongings(cursor)
        with _in_time(work.lock_timeout):
            losses, pending = _run(cursor, work, singly=singly)
            if had.to_give_back and not losses:
                pending = _give_back(cursor, work, had, pending, singly=singly)
            arrived = not losses and work.are_at(cursor, transition.goal, pending)
        if losses:
            return end(
                cursor,
                work,
                "refused",
                f"Data would be lost: {'; '.join(losses)}. Nothing was done; "
                "allow it with --allow-destructive.",
            )
        if not arrived:
            return end(
                cursor,
                work,
                "failed",
                "It did not reach its goal: something else in the database takes part, such as an "
                "event trigger; rolled back.",
            )
        status = "applied"
    cursor.execute(work.recording(cursor, status, had))
    return StepResult(tenant, status)


def end(cursor: Cursor, work: Work, status: StepStatus, error: str) -> StepResult:
    """Roll back, and record why."""
    cursor.execute(f"rollback;{beginning()}".encode() + work.recording(cursor, status, error=error))
    return StepResult(work.tenants[0], status, error)


def _refusal(cursor: Cursor, work: Work, live: str | None) -> str:
    """Why the tenant is left alone that is now of this fingerprint; empty if it is not."""
    if live is None:
        return "The schema no longer exists."
    if live == work.transition.goal:
        return ""
    if live != work.transition.source:
        return "It has changed since the plan was made; nothing was done."
    strange = work.strangers(cursor)
    return _would_run(strange[work.tenants[0]]) if strange else ""


def _would_run(strange: Sequence[Strange]) -> str:
    """Why a tenant is refused in which code of others would run."""
    return (
        f"It would run code of others with all rights of a superuser: {strange[0]}. Nothing was "
        "done; connect as the role that owns the tenant, or allow it with --trust-tenants "
        "(docs/role.md)."
    )


def _run(cursor: Cursor, work: Work, *, singly: bool) -> tuple[list[str], str]:
    """Run the statements, up to the first that would lose data.

    Returns:
        What would be lost, and the statements that have yet to be sent.
    """
    statements = work.transition.statements
    pending = [_lock(cursor, work, singly=singly), work.entering(cursor, work.tenants[0])]
    for number, (statement, afterwards) in enumerate(paced(statements, work.lock_timeout)):
        if not work.terms.allow_destructive:
            for hazard in _data_hazards([statement]):
                if _loses(cursor, pending, hazard):
                    more = _further_losses(cursor, statements[number + 1 :])
                    return [hazard.message, *more], ""
        pending.append(work.written(statement))
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


def _lock(cursor: Cursor, work: Work, *, singly: bool) -> str:
    """Lock the tenant's tables; returns what is to run before the statements."""
    if singly and not work.terms.guarded:
        return CLEAN  # each statement locks, whatever that needs by way of rights
    clean = work.lock(cursor)
    if clean is None:
        raise TenantBusyError("it was changed while its tables were waited for")
    return clean


def _give_back(
    cursor: Cursor, work: Work, belongings: Belongings, pending: str, *, singly: bool
) -> str:
    """Find out what gives back to what was made anew what it had.

    Returns:
        The statements that have yet to be sent.
    """
    returns = to_give_back(cursor, belongings, pending)
    leaving = work.leaving(cursor)
    if not singly:
        return joined([leaving, *(each.sql for each in returns)])
    cursor.execute(leaving)
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
