"""Drops tenants as one run: each in one transaction, or in bites if it is too large for that.

A tenant that was left in the middle is still a tenant, with less in it: the same command does the
rest.
"""

from collections.abc import Sequence
from contextlib import closing
from functools import partial

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.reader import read_catalog
from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.database.interruption import heed
from diffapply.database.limits import bounded_lock_timeout, milliseconds
from diffapply.database.session import shared_path
from diffapply.database.transaction import NEUTRAL, neutral
from diffapply.errors import RefusedError
from diffapply.model.own_name import STAND_IN, Naming
from diffapply.model.plan import Shape
from diffapply.model.run import NewRun, Purpose, RunResult, RunTransition, StepResult, StepStatus
from diffapply.model.world import World
from diffapply.progress import Progress, silent
from diffapply.rollout.ending import carry_out, closed, each_in_turn
from diffapply.rollout.explanation import given_up
from diffapply.rollout.guard import Guard
from diffapply.rollout.lifecycle.bites import Bite, bites
from diffapply.rollout.lifecycle.creation import EMPTY
from diffapply.rollout.lifecycle.holdings import require_nothing_hangs, require_unused
from diffapply.rollout.retry import TenantBusyError, persist

_STOPPED = "The run was stopped."
_IN_PART = "what was dropped so far stays dropped; the same command does the rest"


def deprovision(
    url: str, names: Sequence[str], settings: Settings, world: World, progress: Progress = silent
) -> RunResult:
    """Drop tenants, with all that is in them.

    Args:
        url: libpq or SQLAlchemy URL.
        names: existing schemas.
        settings: how long a statement waits for a lock, and what the run is for.
        world: the path and settings for the database's event triggers.
        progress: called during the work.

    Raises:
        RefusedError: a tenant is in use, or something outside depends on it; nothing was done.
        RunInterrupted: Ctrl-C or a signal has stopped it; has the results so far.
        JournalError, PermissionDeniedError: the journal cannot be written.
    """
    heed()
    with closing(connect(url)) as connection, closing(Guard(url, alone=False)) as guard:
        for name in names:
            require_unused(connection, name)
        if not settings.trust_tenants:
            journal.claim(connection, world)
        journal.ensure(connection, world)
        journal.know_tenants(connection, names)
        shapes = {name: Shape(read_catalog(connection, name, Naming.OWN)) for name in names}
        journal.remember_shapes(connection, [EMPTY, *shapes.values()])
        run = _begin(connection, [*shapes.values()], settings)
        guard.hold(run)
        results = {name: StepResult(name, "skipped", _STOPPED) for name in names}

        def work() -> None:
            tell = partial(progress, "deprovision")
            for name in each_in_turn(connection, results, tell, needs_room=False):
                step = journal.Step(name, shapes[name].fingerprint, EMPTY.fingerprint, "applied")
                dropping = _Dropping(connection, step, run, settings.lock_timeout, world)
                try:
                    results[name] = dropping.to_the_end()
                except KeyboardInterrupt:
                    results[name] = dropping.stopped()
                    raise

        ends = {name: (its.fingerprint, EMPTY.fingerprint) for name, its in shapes.items()}
        return carry_out(work, partial(closed, url, connection, run, results, ends))


def _begin(connection: Connection, shapes: Sequence[Shape], settings: Settings) -> int:
    statement = f"DROP SCHEMA {STAND_IN} CASCADE"
    sources = dict.fromkeys(shape.fingerprint for shape in shapes)
    # Nothing is the goal, in place of a plan's digest: so the journal tells it from going back.
    run = NewRun(
        "backward",
        EMPTY.fingerprint,
        Purpose("", settings.message),
        transitions=[RunTransition(its, EMPTY.fingerprint, (statement,)) for its in sources],
    )
    return journal.begin_run(connection, run)


class _Dropping:
    """Drops one tenant."""

    def __init__(
        self,
        connection: Connection,
        step: journal.Step,
        run: int,
        lock_timeout: float,
        world: World,
    ) -> None:
        self._connection = connection
        self._step = step
        self._run = run
        self._world = world
        self._wait = milliseconds(bounded_lock_timeout(connection, lock_timeout))
        self._begun = False

    def to_the_end(self) -> StepResult:
        """Drop it bite by bite; returns how far that went."""
        name = self._step.tenant
        gave_up = persist(self._connection, self._try)
        if gave_up is None:
            return StepResult(name, "applied")
        status: StepStatus = "refused" if isinstance(gave_up.error, RefusedError) else "failed"
        outcome = _IN_PART if self._begun else "nothing of it was dropped"
        return given_up(self._connection, name, gave_up, status, outcome)

    def _try(self) -> None:
        with neutral(self._connection, read_only=True) as cursor:
            *first, last = bites(cursor, self._step.tenant)
        for bite in first:
            self._take(bite)
            self._begun = True
        self._take(last, whole=True)

    def stopped(self) -> StepResult:
        """How far it is, if the run is stopped here."""
        reason = f"The run was stopped; {_IN_PART}." if self._begun else _STOPPED
        return StepResult(self._step.tenant, "skipped", reason)

    def _take(self, bite: Bite, *, whole: bool = False) -> None:
        """Drop some objects in a transaction; or the last ones, with the schema and the step."""
        name = self._step.tenant
        with neutral(self._connection) as cursor:
            cursor.execute(f"set local lock_timeout = {self._wait}")
            if not journal.try_tenant_locks(cursor, [name]):
                raise TenantBusyError("Another run of diffapply works on it")
            if bite.tables:
                cursor.execute(f"lock table only {', only '.join(bite.tables)}")
            require_nothing_hangs(cursor, name)
            cursor.execute(shared_path(self._world.behind))
            cursor.execute("set local client_min_messages = warning")
            for statement in bite.statements:
                cursor.execute(statement)
            if whole:
                dropping = sql.SQL("drop schema {} cascade").format(sql.Identifier(name))
                cursor.execute(dropping)
                cursor.execute(NEUTRAL)
                journal.record_step(cursor, self._run, self._step)
