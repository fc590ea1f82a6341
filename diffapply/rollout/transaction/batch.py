"""Several tenants in one transaction, with the same gates as one tenant alone.

A gate for eight tenants costs little more than half of eight gates, and one round trip serves all.
But each tenant is locked until the last one is done. So a batch is only made if the time does not
grow with the tenants' rows; it hardly waits for locks, or for the question whether rows would be
lost; and if anything unusual happens, it is rolled back completely, and its tenants are done alone.

For additive changes, the gate before only compares change tokens with the plan. Something outside
that definitions name may have changed all the same, such as the name of a type. The gate after
notices that: it reads everything, and what the tenant had before must still be there.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.limits import milliseconds
from diffapply.database.pipeline import Sendable
from diffapply.errors import DiffapplyError
from diffapply.model.consent import NONE, Consent
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.own_name import spelled
from diffapply.model.plan import Transition
from diffapply.model.run import StepResult
from diffapply.model.statement import Statement
from diffapply.rollout.connection import RunConnection
from diffapply.rollout.explanation import find_obstacles
from diffapply.rollout.retry import TenantBusyError
from diffapply.rollout.terms import Terms
from diffapply.rollout.transaction.gate import Gate, UnlikeError
from diffapply.rollout.transaction.job import Job, StrangersError
from diffapply.rollout.transaction.table_locks import paced, split
from diffapply.tenants.tokens import OwnTokens

LARGEST = 8
"""Tenants in a batch. Sixteen would save another tenth of the gates' time, for twice the locks."""

_LARGEST_OUTSIDE = 3
"""The same if a shared table is locked: its users wait longer with each further tenant."""

_MOST_STATEMENTS = 48
"""Statements of all tenants in a batch. To create or drop a table takes up to twenty locks; four
batches then need half of the locks that PostgreSQL has room for by default, others' included."""

_BRIEF = ("drop", "lock", "code")
"""Kinds of hazards that do not keep tenants from being done in batches."""

_NOTHING_LOST = "select 1 operator(pg_catalog./) ((({check}) is false)::pg_catalog.int4)"
"""Fails, as a division by zero, unless the check says that nothing would be lost. So it needs no
answer, and all checks of a batch are sent along with the statements."""

_LOCK_SECONDS = 0.15
"""Seconds that a batch waits for a lock, or for a check, while it may hold other locks."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result of a batch.

    Attributes:
        results: of all its tenants. Empty: nothing was done, and they must be done alone; after a
            lost connection, it is unknown whether it was done.
        busy: without results, the tenants that somebody else has locked; the others need not be
            done alone.
        loses: without results, whether a tenant would lose rows, and there is no consent.
    """

    results: Sequence[StepResult] = ()
    busy: frozenset[str] = frozenset()
    loses: bool = False


def is_brief(transition: Transition, consent: Consent = NONE) -> bool:
    """Whether tenants may be done in batches: nothing takes longer with more rows.

    A lock is brief, and so is it to drop a table, or what holds no data. A `code` hazard does not
    matter here: it is checked for every tenant, in batches, too.

    Args:
        consent: to what is lost. Without it, a tenant that needs it is refused alone; a
            batch asks only whether tables have rows, and only if it locks no shared table, whose
            users would wait for the answers.
    """
    if transition.managed is not None:
        return False
    hazards = [hazard for statement in transition.statements for hazard in statement.hazards]
    asked = [hazard for hazard in hazards if consent.lacks(hazard)]
    if asked and _locks_outside(transition):
        return False
    return all(map(_is_brief, hazards)) and all(map(_is_asked_soon, asked))


def _is_brief(hazard: Hazard) -> bool:
    return hazard.kind in _BRIEF or hazard.code is HazardCode.DROPS_TABLE


def _is_asked_soon(hazard: Hazard) -> bool:
    return hazard.code is HazardCode.DROPS_TABLE and bool(hazard.check)


def largest(transition: Transition) -> int:
    """How many tenants a batch of this transition may have."""
    most = _LARGEST_OUTSIDE if _locks_outside(transition) else LARGEST
    return min(most, max(1, _MOST_STATEMENTS // max(1, len(transition.statements))))


def _locks_outside(transition: Transition) -> bool:
    return any(statement.locks_outside for statement in transition.statements)


def apply_batch(
    session: RunConnection,
    tenants: Sequence[str],
    transition: Transition,
    terms: Terms,
    undoes: Mapping[str, Sequence[int]],
) -> BatchResult:
    """Bring all of the tenants to their goal, or none; the journal's steps commit with them.

    Args:
        session: of the run.
        tenants: of the transition.
        transition: what to do; not blocked, and brief.
        terms: of the run.
        undoes: tenant → runs whose steps in it are undone.

    Returns:
        What became of them.
    """
    job = Job(tenants, transition, terms, undoes, min(terms.lock_timeout, _LOCK_SECONDS))
    busy: set[str] = set()
    loses = False
    try:
        _do(job, session.connection())
    except (UnlikeError, TenantBusyError, StrangersError):
        pass
    except psycopg2.errors.DivisionByZero:
        loses = _asks(job)  # else it comes from code of others
    except (psycopg2.Error, DiffapplyError) as error:
        with suppress(psycopg2.Error):
            if session.connected:
                found = find_obstacles(session.connection(), error, tenants, transition)
                busy = {blocker.schema for blocker in found} & {*tenants}
    else:
        return BatchResult([StepResult(tenant, "applied") for tenant in tenants])
    session.roll_back()
    return BatchResult(busy=frozenset(busy), loses=loses)


def _do(job: Job, connection: Connection) -> None:
    """All of it, or raise what is in the way; then the transaction is open."""
    with job.gate(connection) as work:
        job.begin(work)
        tokens = job.own_tokens(work)
        if tokens is None or _now(tokens, work) != tokens.known:
            work.require(job.transition.source)
        job.lock(work)
        had = job.belongings(work)
        work.run(*_statements(job), "set constraints all immediate")
        work.run(*(each.sql for each in job.to_return(work, had)))
        # Before the facts: so no change in between goes unnoticed.
        moved = {} if tokens is None else _now(tokens, work)
        work.require(job.transition.goal)
        job.record(work, "applied", had)
    job.terms.moved.update(moved)


def _now(tokens: OwnTokens, work: Gate) -> Mapping[str, str]:
    with work.looking():
        return tokens.now()


def _statements(job: Job) -> Iterator[Sendable]:
    # What locks a table of others, comes last in all of them.
    for part in split(job.transition.statements):
        pairs = paced(part, job.lock_timeout)
        texts = [
            text
            for its, afterwards in pairs
            for text in (*_checks(job, its), job.written(its), afterwards)
            if text
        ]
        if texts:
            for tenant in job.tenants:
                yield job.entering(tenant)
                yield from (spelled(text, tenant) for text in texts)


def _asks(job: Job) -> bool:
    """Whether it is asked what is lost."""
    return any(its for one in job.transition.statements for its in _checks(job, one))


def _checks(job: Job, statement: Statement) -> Iterator[str]:
    """What fails if the statement would lose rows, or if that is not found out soon."""
    for hazard in filter(job.terms.consent.lacks, statement.hazards):
        if hazard.lock:
            yield f"lock table {hazard.lock} in access exclusive mode"
        yield f"set local statement_timeout = {milliseconds(job.lock_timeout)}"
        yield _NOTHING_LOST.format(check=hazard.check)
        yield "set local statement_timeout to default"
