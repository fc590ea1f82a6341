"""The library: one typed function for each command.

Each function opens the connections that it needs, and closes them. All raise
`diffapply.errors.DiffapplyError` for whatever a user can cause. What only changes tenants is
imported when it is first used, so that plans and drift start fast.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from diffapply import journal, opening
from diffapply.adoption import pull, show, survey
from diffapply.checkout import git_commit_of
from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.database.connection import connected
from diffapply.desired import Desired
from diffapply.desired import user_statements as supplied_file
from diffapply.errors import UsageError
from diffapply.hazards.foreign_code import with_hazards
from diffapply.model.drift import DriftReport
from diffapply.model.plan import Plan
from diffapply.model.run import Holding, RunRecord, RunResult
from diffapply.model.scope import Scope
from diffapply.planning import desired_shape as desired_shape_file
from diffapply.planning import plan_file
from diffapply.planning.desired_shape import DesiredShape, ShapeVariant
from diffapply.planning.drift import find_drift
from diffapply.planning.planner import plan_backward, plan_forward
from diffapply.planning.undo import find_undoing
from diffapply.planning.ways import with_ways
from diffapply.progress import Progress, silent
from diffapply.rehearsal.stage import Stage

if TYPE_CHECKING:
    from diffapply.rollout.in_application import (
        ensure_in,
        ensure_in_async,
        provision_in,
        provision_in_async,
    )
    from diffapply.setup import Findings


def plan(  # noqa: PLR0913 - what it needs, by name
    settings: Settings,
    *,
    backward: bool = False,
    to: int | None = None,
    provisioned: bool = False,
    user_statements: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """Compare every tenant with its goal, and rehearse the transitions.

    Args:
        settings: which database, which tenants, which desired state.
        backward: go back to snapshots in the journal, instead of to the desired state.
        to: with `backward`, undo this run and all later ones; None: the newest run that changed any
            of the chosen tenants and is not undone in all of them. Only what a run did to the
            chosen tenants is undone.
        provisioned: with `backward`, undo provisioning, too; its tenants become empty.
        user_statements: tried if nothing else reaches the goal; see
            `diffapply.desired.user_statements.load_statements`.
        progress: called during the work.

    Raises:
        DiffapplyError: see `diffapply.errors`; nothing was changed.
    """
    desired = None if backward else opening.desired_state(settings)
    with opening.planning(settings, progress, desired) as (means, chosen):
        database = means.reader.database
        if desired is not None:
            made = plan_forward(means, desired, chosen, user_statements)
            made = replace(made, git_commit=git_commit_of(settings.desired))
        else:
            undoing = find_undoing(
                database.connection, chosen, to, provisioned=provisioned, others=means.others
            )
            made = plan_backward(means, undoing, chosen, user_statements)
        return made if settings.trust_tenants else with_hazards(database.connection, made)


def revision(settings: Settings, made: Plan, *, progress: Progress = silent) -> str:
    """A forward plan as a revision of Alembic, up and down.

    It comes after the newest revision that the project of the current folder has.

    Args:
        settings: those that the plan was made with.

    Raises:
        UsageError: the plan goes back, or the revisions have several heads.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.planning.ways_back import there_and_back  # noqa: PLC0415 - see above
    from diffapply.render.revision import plan_revision  # noqa: PLC0415
    from diffapply.setup import settings_file  # noqa: PLC0415
    from diffapply.setup.alembic import head_of  # noqa: PLC0415

    if made.direction == "backward":
        raise UsageError(
            "A plan that goes back is no revision of Alembic.",
            "Make one without --backward; the revision goes back by its downgrade.",
        )
    head = head_of(settings_file(Path.cwd()).parent)
    desired = opening.desired_state(settings)
    with opening.planning(settings, progress) as (means, _):
        return plan_revision(made, there_and_back(means, made, desired.shared), head)


def load_statements(path: Path) -> tuple[str, ...]:
    """Read a file of statements to supply to `plan`. Raises `UsageError` if it cannot be used."""
    return supplied_file.load_statements(path)


def save_plan(made: Plan, path: Path) -> None:
    """Write a plan to a file. Raises `PlanFileError` if it cannot be written."""
    plan_file.save(made, path)


def require_writable(path: Path) -> None:
    """Check that `save_plan` can write to this file. Raises `PlanFileError` if not."""
    plan_file.require_writable(path)


def load_plan(path: Path) -> Plan:
    """Read a plan from a file. Raises `PlanFileError` if it was changed or is damaged."""
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
        settings: which database, how many tenants at once. `only` and `exclude` must not leave out
            tenants that the plan changes. With `full`, every tenant is read before it is changed,
            even if its change token matches the plan.
        made: a plan for that database.
        allow_destructive: allow statements that lose data, or drop what was never declared.
        wait: wait for the end of another apply, instead of refusing.
        progress: called during the work.

    Raises:
        RefusedError: another apply is running (says whose, and since when), or other people's code
            could run. Nothing was done.
        RunInterrupted: Ctrl-C has stopped it; see `diffapply.model.run`.
        PlanFileError: the plan was made for another database.
        PermissionDeniedError: the plan lacks tenants that could not be read.
        UsageError: it changes tenants that `only` or `exclude` leave out, or schemas that are no
            tenants.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.rollout import admission  # noqa: PLC0415 - see above
    from diffapply.rollout.rollout import roll_out  # noqa: PLC0415

    admission.require_readable(made)
    admission.require_chosen(settings, made)
    admission.require_same_patterns(settings, made)
    with opening.live_database(settings) as database:
        admission.require_same_database(database.server, made)
        tenancy, world = opening.look_around(database, settings)
        admission.require_same_world(world, made)
        admission.require_ours(tenancy, settings, made)
        opening.other_roles(database, settings).require_writable()
    return roll_out(
        database.url,
        made,
        settings,
        allow_destructive=allow_destructive,
        wait=wait,
        progress=progress,
    )


def await_turn(settings: Settings, *, wait: bool = False) -> None:
    """Make sure that no apply is running in the database now.

    `apply` does the same. Called before a plan is made, it avoids planning in vain.

    Args:
        settings: which database.
        wait: wait for the end of another apply, instead of refusing.

    Raises:
        RefusedError: another apply is running; says whose, and since when.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.rollout import guard  # noqa: PLC0415 - see above

    with connected(opening.database_url(settings)) as connection:
        guard.await_turn(connection, wait=wait)


def drift(
    settings: Settings, *, remember: bool = False, progress: Progress = silent
) -> DriftReport:
    """Compare every tenant and template with the desired state; writes nothing.

    Args:
        settings: which database, which tenants, which desired state.
        remember: write to the journal what was found, so that the next command reads only tenants
            that have changed since. Creates the journal if there is none.
        progress: called during the work.

    Raises:
        DiffapplyError: see `diffapply.errors`.
    """
    desired = opening.desired_state(settings)
    with opening.planning(settings, progress, desired, remember=remember) as (means, chosen):
        connection, safe = means.reader.database.connection, means.others.is_safe_to_read
        known = journal.known_shapes(connection) if safe else frozenset()
        return find_drift(means, desired, chosen, known)


def history(settings: Settings, run: int | None = None) -> tuple[RunRecord, ...]:
    """The runs in the journal, newest first; or one run, with what it ran and its steps.

    Raises:
        UsageError: there is no run with that id.
    """
    with opening.live_database(settings) as database:
        others = opening.other_roles(database, settings)
        others.require_readable()
        return journal.history(database.connection, run, there=others.there)


def provision(
    settings: Settings, names: Sequence[str], *, progress: Progress = silent
) -> RunResult:
    """Create new tenants at the desired state.

    Raises:
        UsageError: a name does not match the tenants pattern, or exists already.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.rollout import admission  # noqa: PLC0415 - see above
    from diffapply.rollout.provision import provision as provision_tenants  # noqa: PLC0415

    if not names:
        raise UsageError("No name was given for the new tenant.")
    admission.require_tenant_names(settings, names)
    desired = opening.desired_state(settings)
    with opening.stage(settings) as stage:
        database = stage.database
        goal = _built(stage, desired, settings, names)
        opening.other_roles(database, settings).require_writable()
        for its in (goal, *(variant.shape for variant in goal.variants)):
            if not settings.trust_tenants:
                admission.require_own_code(database.connection, its)
    return provision_tenants(
        database.url,
        names,
        goal,
        settings,
        desired=desired.label,
        git_commit=git_commit_of(settings.desired),
        progress=progress,
    )


def holdings(settings: Settings, names: Sequence[str]) -> tuple[Holding, ...]:
    """What tenants hold, before they are dropped.

    Raises:
        TenantError: there is no such tenant.
        RefusedError: a session uses one of them, or something outside depends on it.
        PermissionDeniedError: the role may not drop one of them.
    """
    from diffapply.rollout import admission  # noqa: PLC0415 - see above
    from diffapply.rollout import holdings as reading  # noqa: PLC0415

    with opening.live_database(settings) as database:
        tenancy, _ = opening.look_around(database, settings)
        chosen = admission.require_tenants(tenancy, settings, names)
        for name in chosen:
            reading.require_unused(database.connection, name)
        return reading.read_holdings(database.connection, chosen)


def deprovision(
    settings: Settings, names: Sequence[str], *, progress: Progress = silent
) -> RunResult:
    """Drop tenants with all that is in them. There is no way back.

    A tenant of thousands of objects is dropped in several transactions. If that is interrupted, the
    same call does the rest.

    Raises:
        TenantError: there is no such tenant.
        RefusedError: a session uses one of them, or something outside depends on it; nothing was
            done.
        RunInterrupted: Ctrl-C has stopped it; see `diffapply.model.run`.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.rollout import admission  # noqa: PLC0415 - see above
    from diffapply.rollout.deprovision import deprovision as drop  # noqa: PLC0415

    with opening.live_database(settings) as database:
        tenancy, world = opening.look_around(database, settings)
        chosen = admission.require_tenants(tenancy, settings, names)
        opening.other_roles(database, settings).require_writable()
    return drop(database.url, chosen, settings, world, progress)


def desired_shape(
    settings: Settings, *, ways: bool = False, progress: Progress = silent
) -> DesiredShape:
    """The desired state as a shape with DDL, which `provision_in` needs in a sign-up request.

    This creates a scratch database: call it once, when the application starts; or in CI, and
    `save` it for the application.

    Args:
        settings: which database, which desired state, which tenants.
        ways: also prove the ways from all shapes that tenants have, and that the journal knows;
            `ensure_in` needs them.
        progress: called during the work.

    Raises:
        DesiredStateError: it cannot be loaded, is refused, or cannot be rebuilt from its facts.
    """
    desired = opening.desired_state(settings)
    with opening.stage(settings) as stage:
        shape = _built(stage, desired, settings)
    if not ways:
        return shape
    with opening.planning(replace(settings, allow_none=True), progress, desired) as (means, chosen):
        connection, known = means.reader.database.connection, frozenset[str]()
        if means.others.is_safe_to_read:
            known = journal.known_shapes(connection)
        earlier = journal.load_shapes(connection, sorted(known))
        return with_ways(means, desired, chosen, earlier.values(), shape)


def _built(
    stage: Stage, desired: Desired, settings: Settings, names: Sequence[str] | None = None
) -> DesiredShape:
    """The desired state as it is built in scratch, with the shapes of its variants.

    Args:
        names: the tenants that it is for; None: all.
    """
    scope = opening.desired_scope(stage, settings, desired)
    found = opening.branches_of(stage, settings, desired, scope)
    return replace(
        _one_built(stage, desired, settings, scope),
        variants=tuple(
            ShapeVariant(
                frozenset(its.tenants),
                its.variant.expires,
                _one_built(stage, its.desired or desired, settings, its.scope),
            )
            for its in found
            if names is None or not {*names}.isdisjoint(its.tenants)
        ),
    )


def _one_built(stage: Stage, desired: Desired, settings: Settings, scope: Scope) -> DesiredShape:
    """A desired state as it is built in scratch, with what new tenants get besides."""
    rows_from = settings.provision_like or next(iter(settings.templates), "")
    if settings.copy_rows and not rows_from:
        raise UsageError(
            "It is not said from which schema to copy rows, as copy-rows wants.",
            "Name it as provision-like, or name a template.",
        )
    built = stage.build(desired, scope)
    return DesiredShape(
        built.catalog,
        built.ddl,
        built.world,
        desired=desired.label,
        git_commit=git_commit_of(settings.desired),
        server=stage.database.server.major,
        ignoring=scope.ignoring,
        provision_like=settings.provision_like or "",
        copy_rows=settings.copy_rows,
        rows_from=rows_from if settings.copy_rows else "",
    )


def require_shape_writable(path: Path) -> None:
    """Check that a shape can be written to this file. Raises `ShapeFileError` if not."""
    desired_shape_file.require_writable(path)


def find_settings(settings: Settings, root: Path) -> "Findings":
    """What a project and its database say, as settings; writes nothing.

    Args:
        settings: what it says already is taken as it is.
        root: the folder of the project.

    Raises:
        UsageError: no database is named.
        DesiredStateError: the project has no models that can be imported.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply import setup  # noqa: PLC0415 - see above

    if settings.database_url is None:
        raise UsageError(
            "No database is named, so there are no tenants to look at.",
            "Give --database-url, or DATABASE_URL.",
        )
    with opening.live_database(settings) as database:
        return setup.find_settings(database.connection, settings, root)


def with_missed(settings: Settings, found: "Findings", message: str) -> "Findings | None":
    """What was found, with a longer search path: with the schema that has what was missed.

    Args:
        message: of the error that says that something does not exist.

    Returns:
        None if no schema has it, or several do.
    """
    from diffapply import setup  # noqa: PLC0415 - see above

    with opening.live_database(settings) as database:
        return setup.with_missed(database.connection, found, message)


def embedded_notice(settings: Settings) -> str | None:
    """A notice that the embedded server is used; None if a database was named."""
    return None if settings.database_url else embedded.describe()


_IN_APPLICATION = frozenset({"ensure_in", "ensure_in_async", "provision_in", "provision_in_async"})


def __getattr__(name: str) -> object:
    if name not in _IN_APPLICATION:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from diffapply.rollout import in_application  # noqa: PLC0415 - see above

    return getattr(in_application, name)


__all__ = [
    "apply",
    "await_turn",
    "deprovision",
    "desired_shape",
    "drift",
    "embedded_notice",
    "ensure_in",
    "ensure_in_async",
    "find_settings",
    "history",
    "holdings",
    "load_plan",
    "load_statements",
    "plan",
    "provision",
    "provision_in",
    "provision_in_async",
    "pull",
    "require_shape_writable",
    "require_writable",
    "revision",
    "save_plan",
    "show",
    "survey",
    "with_missed",
]
