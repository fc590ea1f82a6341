"""Some tenants in one transaction, with a gate on both sides as one tenant has alone.

A gate over eight tenants costs little more than half of eight gates, and a round trip serves all.
In return each of them is locked until the last is done. So a lot is only made of work whose time
does not grow with the tenants' rows, it hardly waits for a lock, and at the first sign of anything
unusual it is rolled back, whole: then its tenants take their turns alone.

The gate before the statements takes the plan's word for what a tenant is, if nothing of its own was
touched since, and nothing is to be done but to add. What its definitions name elsewhere may have
changed all the same, such as the name of a type. Then the gate after them tells: that one reads
everything, and all that was there before must still be there.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from diffapply.catalog.reader import read_fingerprints
from diffapply.catalog.strangers import strangers_in
from diffapply.catalog.tokens import are_untouched
from diffapply.database.limits import milliseconds
from diffapply.database.locks import try_tenant_locks
from diffapply.database.session import as_written, search_path, shared_path, working
from diffapply.database.transaction import beginning
from diffapply.errors import DiffapplyError
from diffapply.planning.model import Transition
from diffapply.rollout import journal
from diffapply.rollout.belongings import read_belongings, to_give_back
from diffapply.rollout.failure import find_obstacles
from diffapply.rollout.model import StepResult
from diffapply.rollout.table_locks import WAITED, lock_own, paced, split
from diffapply.rollout.tenant import Terms, joined, roll_back
from diffapply.rollout.worker import Worker

LARGEST = 8
"""Tenants in a lot. Twice as many save a tenth more of the gates' time, for twice the locks."""

_LARGEST_OUTSIDE = 3
"""The same where a table of others is locked, for whose users each tenant more is time to wait."""

_LOCK_SECONDS = 0.15
"""How long a lot waits for locks, while it may hold others."""

_CLEAN = "rollback to savepoint gate;"
"""Takes back what reading the catalogs has set and locked."""


@dataclass(frozen=True, slots=True)
class LotResult:
    """What became of a lot.

    Attributes:
        results: of all its tenants. Empty: nothing was done, they must take their turns alone; a
            lost connection leaves open whether it was.
        busy: without results, tenants that somebody else has locked; the others need not be alone.
    """

    results: Sequence[StepResult] = ()
    busy: frozenset[str] = frozenset()


def is_brief(transition: Transition) -> bool:
    """Whether tenants may be done in lots: all that is at risk is that others wait a moment.

    Whether code of others would run is asked of every tenant, in lots, too.
    """
    hazards = (hazard for statement in transition.statements for hazard in statement.hazards)
    return transition.owners is None and all(hazard.kind in ("lock", "code") for hazard in hazards)


def largest(transition: Transition) -> int:
    """How many tenants a lot of this transition may have."""
    outside = any(statement.locks_outside for statement in transition.statements)
    return _LARGEST_OUTSIDE if outside else LARGEST


def apply_lot(
    worker: Worker,
    tenants: Sequence[str],
    transition: Transition,
    terms: Terms,
    undoes: Mapping[str, Sequence[int]],
) -> LotResult:
    """Bring tenants to their goal, all or none; the journal's steps commit with them.

    Args:
        worker: whose connection is used.
        tenants: of the transition.
        transition: what to do; not blocked, and brief.
        terms: of the run.
        undoes: tenant → runs whose steps of it are taken back.

    Returns:
        What became of them.
    """
    busy: set[str] = set()
    try:
        with worker.cursor() as cursor:
            if _attempt(cursor, tenants, transition, terms, undoes):
                return LotResult([StepResult(tenant, "applied") for tenant in tenants])
    except (psycopg2.Error, DiffapplyError) as error:
        with suppress(psycopg2.Error):
            if worker.connected:
                found = find_obstacles(worker.connection(), error, tenants, transition)
                busy = {blocker.schema for blocker in found} & {*tenants}
    roll_back(worker)
    return LotResult(busy=frozenset(busy))


def _attempt(
    cursor: Cursor,
    tenants: Sequence[str],
    transition: Transition,
    terms: Terms,
    undoes: Mapping[str, Sequence[int]],
) -> bool:
    started = time.monotonic()
    timeout = min(terms.lock_timeout, _LOCK_SECONDS)
    world = terms.world.alone if transition.alone else terms.world
    before = sql.SQL("{}{} set local lock_timeout = {};").format(
        sql.SQL(beginning()), working(world), sql.Literal(milliseconds(timeout))
    )
    if not try_tenant_locks(cursor, tenants, 0, before=before, after=sql.SQL("savepoint gate;")):
        return False

    def all_are_at(shape: str, before: str) -> bool:
        live = read_fingerprints(
            cursor.connection, tenants, privileges=terms.privileges, before=before
        )
        return all(live.get(tenant) == shape for tenant in tenants)

    if not (_as_planned(cursor, tenants, terms) or all_are_at(transition.source, _CLEAN)):
        return False
    anew = transition.anew
    had = read_belongings(cursor, tenants, anew) if anew else None
    locks = lock_own(cursor.connection, tenants, transition, timeout)
    cursor.execute(_CLEAN + joined([*locks, "savepoint locked", WAITED]))
    # Who keeps us waiting may make something meanwhile.
    if cursor.fetchall() == [(True,)] and not all_are_at(transition.source, ""):
        return False
    if terms.guarded and strangers_in(cursor.connection, tenants, terms.guarded[transition.source]):
        return False
    pending = ["rollback to savepoint locked;"]
    # What locks a table of others, comes last in all of them.
    for part in split(transition.statements):
        work = joined(
            [
                statement
                for its, afterwards in paced(part, timeout)
                for statement in (as_written(its.sql, world), afterwards)
                if statement
            ]
        )
        if work:
            paths = [search_path(tenant, world.behind).as_string(cursor) for tenant in tenants]
            pending += [path + work for path in paths]
    pending += ["set constraints all immediate;"]
    if had is not None:
        returns = to_give_back(cursor, had, "".join(pending))
        path = shared_path(terms.world.behind).as_string(cursor)
        pending = [joined([path, *(each.sql for each in returns)])]
    if not all_are_at(transition.goal, "".join(pending)):
        return False
    seconds = (time.monotonic() - started) / len(tenants)
    steps = [
        journal.Step(tenant, transition.source, transition.goal, "applied", seconds=seconds)
        for tenant in tenants
    ]
    recording = [
        journal.step_statements(cursor, terms.run, step, undoes.get(step.tenant, ()))
        for step in steps
    ]
    cursor.execute(b";\n".join([*recording, b"commit"]))
    return True


def _as_planned(cursor: Cursor, tenants: Sequence[str], terms: Terms) -> bool:
    """Whether tenants are known to be what they were when the plan was made."""
    tokens = {tenant: terms.tokens[tenant] for tenant in tenants if tenant in terms.tokens}
    return len(tokens) == len(tenants) and are_untouched(
        cursor.connection, terms.server, tokens, privileges=terms.privileges
    )
