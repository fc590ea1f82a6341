"""One tenant, tried until it is at its goal, or is known not to get there.

What passes by itself (locks that others hold, deadlocks) is for another time, and a lost connection
is tried for again. What else goes wrong is found out about, said, and recorded.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import psycopg2

from diffapply.database.blockers import Blocker, move_vacuum_aside
from diffapply.errors import ConnectionFailedError, DiffapplyError, TenantError
from diffapply.model.plan import Transition
from diffapply.model.run import StepResult, StepStatus
from diffapply.rollout.attempt import attempt, end
from diffapply.rollout.connection import RunConnection
from diffapply.rollout.retry import (
    NOT_KNOWN,
    ROLLED_BACK,
    TRIES,
    TenantBusyError,
    explain,
    find_obstacles,
    is_transient,
    pause,
    sentence,
)
from diffapply.rollout.work import Terms, Work

_PATIENCE = 3
"""Tries after which VACUUM is not waited for any longer, if it is one that gives way."""


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


def apply_tenant(  # noqa: PLR0913 - what it needs, by name
    worker: RunConnection,
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
    work = Work([tenant], transition, terms, {tenant: undoes}, terms.lock_timeout)
    try:
        work = replace(work, transition=transition.of(tenant))
    except TenantError as error:
        return _give_up(worker, work, "refused", f"{error} {error.outcome}")
    tries, lost, singly = tries + 1, after_loss, False
    while True:
        try:
            with worker.cursor() as cursor:
                return attempt(cursor, work, singly=singly, after_loss=lost)
        except (psycopg2.Error, TenantBusyError, DiffapplyError) as error:
            if terms.stop.is_set():
                return _give_up(worker, work, "skipped", "The run was stopped; rolled back.")
            just_lost = not worker.connected and not isinstance(error, ConnectionFailedError)
            blocker = _blocker(worker, work, error)
            passes = is_transient(error) or (just_lost and not lost)
            lost = lost or just_lost
            if passes and tries < TRIES:
                worker.roll_back()
                if worker.connected and not _is_free(worker, blocker, tries):
                    return Again(tries, after_loss=lost)
                if not worker.connected:  # nor is there anything else to be done meanwhile
                    terms.stop.wait(pause(tries))
                tries += 1
            elif not passes and not just_lost and not singly:
                # PostgreSQL does not say which of several statements failed: find out.
                singly = True
                worker.roll_back()
            else:
                known = worker.connected or not lost
                outcome = ROLLED_BACK if known else NOT_KNOWN
                why = explain(error, blocker, transition)
                return _give_up(worker, work, "failed", sentence(why, tries, outcome))


def _is_free(worker: RunConnection, blocker: Blocker | None, tries: int) -> bool:
    """Whether VACUUM was in the way and is no more, if it was there for some time."""
    with suppress(psycopg2.Error):
        if blocker and blocker.vacuums and tries % _PATIENCE == 0:
            return move_vacuum_aside(worker.connection(), blocker.relation)
    return False


def _blocker(worker: RunConnection, work: Work, error: Exception) -> Blocker | None:
    """Whose lock is in the way, if one is."""
    with suppress(psycopg2.Error):
        if worker.connected:
            found = find_obstacles(worker.connection(), error, work.tenants, work.transition)
            return next(iter(found), None)
    return None


def _give_up(worker: RunConnection, work: Work, status: StepStatus, error: str) -> StepResult:
    """Roll back, and record why, unless the server is gone: the run records it at its end."""
    with suppress(psycopg2.Error):
        if worker.connected:
            with worker.cursor() as cursor:
                end(cursor, work, status, error)
    return StepResult(work.tenants[0], status, error)
