"""Creates new tenants at the desired state as one run, each in its own transaction."""

from collections.abc import Sequence
from contextlib import closing
from functools import partial

from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.database.interruption import heed
from diffapply.database.transaction import neutral
from diffapply.errors import UsageError
from diffapply.model.plan import Shape
from diffapply.model.run import Purpose, RunResult, StepResult, StepStatus
from diffapply.planning.desired_shape import DesiredShape
from diffapply.progress import Progress, silent
from diffapply.rollout.ending import carry_out, closed, each_in_turn
from diffapply.rollout.explanation import ROLLED_BACK, given_up
from diffapply.rollout.guard import Guard
from diffapply.rollout.lifecycle.creation import (
    EMPTY,
    NewTenant,
    begin_provisioning,
    create_in,
    require_ddl,
    require_valid,
)
from diffapply.rollout.retry import persist


def provision(  # noqa: PLR0913 - what it needs, by name
    url: str,
    names: Sequence[str],
    goal: Shape,
    settings: Settings,
    *,
    desired: str = "the desired state",
    git_commit: str = "",
    progress: Progress = silent,
) -> RunResult:
    """Create tenants as one run, each in its own transaction; also while an apply is running.

    Args:
        url: libpq or SQLAlchemy URL.
        names: schemas that do not exist yet.
        goal: their shape, with DDL, and those of tenants with variants.
        settings: how long a statement waits for a lock before its tenant is tried again, whether
            other roles may have rights on the journal, and what the run is for.
        desired: the name of the goal in the journal.
        git_commit: of the desired state, for the journal.
        progress: called during the work.

    Raises:
        UsageError: a name cannot be a tenant's, or its schema exists; nothing was done.
        RefusedError: other roles can misuse the journal; nothing was done.
        RunInterrupted: Ctrl-C or a signal has stopped it; has the results so far.
        DesiredStateError: the goal cannot be built from nothing; nothing was done.
        ConnectionFailedError: the server cannot be reached.
        JournalError: the journal has a newer version.
        PermissionDeniedError: the role may not write to the journal.
    """
    names = list(dict.fromkeys(names))
    for name in names:
        require_valid(name)
    goal = DesiredShape.of(goal)
    own = {name: goal.for_tenant(name) for name in names}
    for shape in own.values():
        require_ddl(shape)
    heed()
    # A sign-up does not wait for an apply; its guard only shows `history` that it is running.
    with closing(connect(url)) as connection, closing(Guard(url, alone=False)) as guard:
        _require_new(connection, names)
        if not settings.trust_tenants:
            journal.claim(connection, goal.world)
        with neutral(connection):
            journal.ensure(connection, goal.world)
            run = begin_provisioning(
                connection,
                goal,
                Purpose(desired, settings.message, git_commit),
                {name: its.ignoring for name, its in own.items() if its.ignoring != goal.ignoring},
            )
            guard.hold(run)
        results = {name: StepResult(name, "skipped", "The run was stopped.") for name in names}

        def work() -> None:
            tell = partial(progress, "provision")
            for name in each_in_turn(connection, results, tell, needs_room=True):
                new = NewTenant(name, goal, run, lock_timeout=settings.lock_timeout)
                results[name] = _provision_one(connection, new)

        ends = {name: (EMPTY.fingerprint, its.fingerprint) for name, its in own.items()}
        return carry_out(work, partial(closed, url, connection, run, results, ends))


def _provision_one(connection: Connection, new: NewTenant) -> StepResult:
    def work() -> None:
        with neutral(connection):
            create_in(connection, new)

    gave_up = persist(connection, work)
    if gave_up is None:
        return StepResult(new.name, "applied")
    # If it exists now, another session was faster.
    status: StepStatus = "refused" if isinstance(gave_up.error, UsageError) else "failed"
    return given_up(connection, new.name, gave_up, status, ROLLED_BACK)


def _require_new(connection: Connection, names: Sequence[str]) -> None:
    with neutral(connection, read_only=True) as cursor:
        cursor.execute("select nspname from pg_namespace where nspname = any (%s)", [names])
        existing = sorted(name for (name,) in cursor.fetchall())
    if existing:
        raise UsageError(
            f"There is a schema {existing[0]!r} already"
            + (f", and {len(existing) - 1} more of these." if existing[1:] else "."),
            "`diffapply apply` brings existing tenants to the desired state.",
        )
