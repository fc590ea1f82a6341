"""Some tenants in one transaction, with a gate on both sides as one tenant has alone.

A gate over eight tenants costs little more than half of eight gates, and a round trip serves all.
In return each of them is locked until the last is done. So a batch is only made of work whose time
does not grow with the tenants' rows, it hardly waits for a lock, and at the first sign of anything
unusual it is rolled back, whole: then its tenants take their turns alone.

The gate before the statements takes the plan's word for what a tenant is, if nothing of its own was
touched since, and nothing is to be done but to add. What its definitions name elsewhere may have
changed all the same, such as the name of a type. Then the gate after them tells: that one reads
everything, and all that was there before must still be there.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.pipeline import Sendable
from diffapply.errors import DiffapplyError
from diffapply.model.own_name import spelled
from diffapply.model.plan import Transition
from diffapply.model.run import StepResult
from diffapply.rollout.connection import RunConnection
from diffapply.rollout.gate import Gate, UnlikeError
from diffapply.rollout.job import Job, Terms
from diffapply.rollout.retry import TenantBusyError, find_obstacles
from diffapply.rollout.table_locks import paced, split
from diffapply.tenants.tokens import are_untouched

LARGEST = 8
"""Tenants in a batch. Twice as many save a tenth more of the gates' time, for twice the locks."""

_LARGEST_OUTSIDE = 3
"""The same where a table of others is locked, for whose users each tenant more is time to wait."""

_LOCK_SECONDS = 0.15
"""How long a batch waits for locks, while it may hold others."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch.

    Attributes:
        results: of all its tenants. Empty: nothing was done, they must take their turns alone; a
            lost connection leaves open whether it was.
        busy: without results, tenants that somebody else has locked; the others need not be alone.
    """

    results: Sequence[StepResult] = ()
    busy: frozenset[str] = frozenset()


def is_brief(transition: Transition) -> bool:
    """Whether tenants may be done in batches: all that is at risk is that others wait a moment.

    Whether code of others would run is asked of every tenant, in batches, too.
    """
    hazards = (hazard for statement in transition.statements for hazard in statement.hazards)
    return transition.managed is None and all(hazard.kind in ("lock", "code") for hazard in hazards)


def largest(transition: Transition) -> int:
    """How many tenants a batch of this transition may have."""
    outside = any(statement.locks_outside for statement in transition.statements)
    return _LARGEST_OUTSIDE if outside else LARGEST


def apply_batch(
    session: RunConnection,
    tenants: Sequence[str],
    transition: Transition,
    terms: Terms,
    undoes: Mapping[str, Sequence[int]],
) -> BatchResult:
    """Bring tenants to their goal, all or none; the journal's steps commit with them.

    Args:
        session: of the run.
        tenants: of the transition.
        transition: what to do; not blocked, and brief.
        terms: of the run.
        undoes: tenant → runs whose steps of it are taken back.

    Returns:
        What became of them.
    """
    job = Job(tenants, transition, terms, undoes, min(terms.lock_timeout, _LOCK_SECONDS))
    busy: set[str] = set()
    try:
        _do(job, session.connection())
    except (UnlikeError, TenantBusyError):
        pass
    except (psycopg2.Error, DiffapplyError) as error:
        with suppress(psycopg2.Error):
            if session.connected:
                found = find_obstacles(session.connection(), error, tenants, transition)
                busy = {blocker.schema for blocker in found} & {*tenants}
    else:
        return BatchResult([StepResult(tenant, "applied") for tenant in tenants])
    session.roll_back()
    return BatchResult(busy=frozenset(busy))


def _do(job: Job, connection: Connection) -> None:
    """All of it, or raise what is in the way; then the transaction is open."""
    with job.gate(connection) as work:
        job.begin(work)
        if not _as_planned(job, work):
            work.require(job.transition.source)
        had = job.belongings(work)
        job.lock(work)
        work.run(*_statements(job), "set constraints all immediate")
        work.run(*(each.sql for each in job.to_return(work, had)))
        work.require(job.transition.goal)
        job.record(work, "applied", had)


def _statements(job: Job) -> Iterator[Sendable]:
    # What locks a table of others, comes last in all of them.
    for part in split(job.transition.statements):
        pairs = paced(part, job.lock_timeout)
        texts = [
            text for its, afterwards in pairs for text in (job.written(its), afterwards) if text
        ]
        if texts:
            for tenant in job.tenants:
                yield job.entering(tenant)
                yield from (spelled(text, tenant) for text in texts)


def _as_planned(job: Job, work: Gate) -> bool:
    """Whether tenants are known to be what they were when the plan was made."""
    terms = job.terms
    tokens = {tenant: terms.tokens[tenant] for tenant in job.tenants if tenant in terms.tokens}
    if len(tokens) < len(job.tenants):
        return False
    with work.looking():
        return are_untouched(work.connection, terms.server, tokens, privileges=terms.privileges)
