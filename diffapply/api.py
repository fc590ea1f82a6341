"""The library: what the command line wraps, in typed Python.

Every function opens the connections it needs and closes them, whatever happens. All raise
`diffapply.errors.DiffapplyError` for whatever a user can cause.
"""

from collections.abc import Sequence
from pathlib import Path

from diffapply import journal, opening
from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.database.connection import connected
from diffapply.desired import user_statements as supplied_file
from diffapply.errors import UsageError
from diffapply.hazards.foreign_code import with_hazards
from diffapply.model.drift import DriftReport
from diffapply.model.plan import Plan, Shape
from diffapply.model.run import RunRecord, RunResult
from diffapply.plan import plan_file
from diffapply.plan.drift import find_drift
from diffapply.plan.planner import plan_backward, plan_forward
from diffapply.plan.undo import find_undoing
from diffapply.progress import Progress, silent
from diffapply.rollout import guard
from diffapply.rollout.admission import (
    require_chosen,
    require_ours,
    require_own_code,
    require_readable,
    require_same_database,
    require_same_world,
    require_tenant_names,
)
from diffapply.rollout.provision import provision as provision_tenants
from diffapply.rollout.provision import provision_in
from diffapply.rollout.rollout import roll_out


def plan(  # noqa: PLR0913 - what it needs, by name
    settings: Settings,
    *,
    backward: bool = False,
    to: int | None = None,
    provisioned: bool = False,
    user_statements: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """Compare every tenant with its goal, and rehearse what leads there.

    Args:
        settings: which database, which tenants, which desired state.
        backward: to the snapshots in the journal, not to the desired state.
        to: with `backward`, undo this run and all later ones; None: the newest that changed any
            of the chosen tenants and is not undone in all of them. Of a run, only what it did to
            the chosen tenants.
        provisioned: with `backward`, whether provisionings count, too: taken back, their tenants
            are empty.
        user_statements: tried where nothing else reaches the goal; see
            `diffapply.desired.user_statements.load_statements`.
        progress: told how far it is.

    Raises:
        DiffapplyError: see `diffapply.errors`; nothing was changed.
    """
    desired = None if backward else opening.desired_state(settings)
    with opening.planning(settings, progress) as (means, chosen):
        database = means.reader.database
        if desired is not None:
            made = plan_forward(means, desired, chosen, user_statements)
        else:
            hands = opening.hands(database, settings)
            undoing = find_undoing(
                database.connection, chosen, to, provisioned=provisioned, hands=hands
            )
            made = plan_backward(means, undoing, chosen, user_statements)
        return made if settings.trust_tenants else with_hazards(database.connection, made)


def load_statements(path: Path) -> tuple[str, ...]:
    """Read a file of statements to supply to `plan`. Raises `UsageError` if it cannot be used."""
    return supplied_file.load_statements(path)


def save_plan(made: Plan, path: Path) -> None:
    """Write a plan to a file. Raises `PlanFileError` if it cannot be written."""
    plan_file.save(made, path)


def require_writable(path: Path) -> None:
    """Find out whether `save_plan` will be able to write. Raises `PlanFileError` if not."""
    plan_file.require_writable(path)


def load_plan(path: Path) -> Plan:
    """Read a plan from a file. Raises `PlanFileError` if it is not as it was written."""
    return plan_file.load(path)


def apply(
    settings: Settings,
    made: Plan,
    *,
    allow_destructive: bool = False,
    wait: bool = False,
    progress: Progress = silent,
) -> RunResult:
    """Execute a plan, tenant by tenant.

    Args:
        settings: which database, how many tenants at once; `only` and `exclude` must leave in
            what the plan changes. With `full`, every tenant is read before it is changed, even if
            it is plain that nobody has touched it since the plan was made.
        made: a plan for that database.
        allow_destructive: whether statements may lose data.
        wait: wait for the end of another apply, instead of refusing.
        progress: told how far it is.

    Raises:
        RefusedError: another apply goes on; says whose, since when. Nothing was done.
        RunInterrupted: Ctrl-C has stopped it; see `diffapply.model.run`.
        PlanFileError: the plan was made for another database.
        PermissionDeniedError: it leaves out tenants that could not be read.
        UsageError: it changes what `only` or `exclude` leaves out, or what is no tenant.
        RefusedError: others' code could run, and is not trusted.
        DiffapplyError: see `diffapply.errors`.
    """
    require_readable(made)
    require_chosen(settings, made)
    with opening.live_database(settings) as database:
        require_same_database(database.server, made)
        tenancy, world = opening.look_around(database, settings)
        require_same_world(world, made)
        require_ours(tenancy, settings, made)
        opening.hands(database, settings).require_writable()
    return roll_out(
        database.url,
        made,
        jobs=settings.jobs,
        lock_timeout=settings.lock_timeout,
        allow_destructive=allow_destructive,
        wait=wait,
        trust_tenants=settings.trust_tenants,
        full=settings.full,
        progress=progress,
    )


def await_turn(settings: Settings, *, wait: bool = False) -> None:
    """Make sure that no apply goes on in the database at this moment.

    `apply` does so by itself. To have done it before a plan is made saves a plan in vain.

    Args:
        settings: which database.
        wait: wait for the end of another apply, instead of refusing.

    Raises:
        RefusedError: another apply goes on; says whose, since when.
        DiffapplyError: see `diffapply.errors`.
    """
    with connected(opening.database_url(settings)) as connection:
        guard.await_turn(connection, wait=wait)


def drift(
    settings: Settings, *, remember: bool = False, progress: Progress = silent
) -> DriftReport:
    """Hold every tenant and template against the desired state; writes nothing.

    Args:
        settings: which database, which tenants, which desired state.
        remember: write to the journal after all: what was found, so that the next look need not
            read again what has not been touched since. Makes the journal if there is none.
        progress: told how far it is.

    Raises:
        DiffapplyError: see `diffapply.errors`.
    """
    desired = opening.desired_state(settings)
    with opening.planning(settings, progress, remember=remember) as (means, chosen):
        database = means.reader.database
        legible = opening.hands(database, settings).legible
        known = journal.known_shapes(database.connection) if legible else frozenset()
        return find_drift(means, desired, chosen, known)


def history(settings: Settings, run: int | None = None) -> tuple[RunRecord, ...]:
    """The runs in the journal, newest first; or one of them, with its steps.

    Raises:
        UsageError: there is no run of that id.
    """
    with opening.live_database(settings) as database:
        hands = opening.hands(database, settings)
        hands.require_readable()
        return journal.history(database.connection, run, there=hands.there)


def provision(
    settings: Settings, names: Sequence[str], *, progress: Progress = silent
) -> RunResult:
    """Create new tenants at the desired state.

    Raises:
        UsageError: a name would be no tenant, or exists already.
        DiffapplyError: see `diffapply.errors`.
    """
    if not names:
        raise UsageError("No name was given for the new tenant.")
    require_tenant_names(settings, names)
    desired = opening.desired_state(settings)
    with opening.stage(settings) as stage:
        goal = stage.build(desired, opening.scope(stage.database, settings))
    with opening.live_database(settings) as database:
        opening.hands(database, settings).require_writable()
        if not settings.trust_tenants:
            require_own_code(database.connection, goal)
    return provision_tenants(
        database.url,
        names,
        goal,
        desired=desired.label,
        lock_timeout=settings.lock_timeout,
        trust_tenants=settings.trust_tenants,
        progress=progress,
    )


def desired_shape(settings: Settings) -> Shape:
    """The desired state as a shape with DDL, such as a sign-up request needs for `provision_in`.

    It costs a scratch database: get it once, when the application starts.

    Raises:
        DesiredStateError: it cannot be loaded, is refused, or cannot be rebuilt from its facts.
    """
    desired = opening.desired_state(settings)
    with opening.stage(settings) as stage:
        return stage.build(desired, opening.scope(stage.database, settings))


def embedded_notice(settings: Settings) -> str | None:
    """What to tell the user when no database was named; None when one was."""
    return None if settings.database_url else embedded.describe()


__all__ = [
    "apply",
    "await_turn",
    "desired_shape",
    "drift",
    "embedded_notice",
    "history",
    "load_plan",
    "load_statements",
    "plan",
    "provision",
    "provision_in",
    "require_writable",
    "save_plan",
]
