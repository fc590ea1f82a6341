"""The library: what the command line wraps, in typed Python.

Every function opens the connections it needs and closes them, whatever happens. All raise
`diffapply.errors.DiffapplyError` for whatever a user can cause.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from diffapply import journal, opening
from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.database.connection import connected
from diffapply.desired import Desired, load
from diffapply.desired import user_statements as supplied_file
from diffapply.errors import DesiredStateError, UsageError
from diffapply.hazards.foreign_code import with_hazards
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.order import natural
from diffapply.model.own_name import Naming
from diffapply.model.plan import Plan, Shape
from diffapply.model.run import RunRecord, RunResult
from diffapply.plan import plan_file
from diffapply.plan.drift import held_against
from diffapply.plan.planner import aiming, plan_backward, plan_forward, rehearsing
from diffapply.plan.undo import find_undoing, noting_what_is_forgotten
from diffapply.progress import Progress, silent
from diffapply.rollout import guard
from diffapply.rollout.admission import (
    require_chosen,
    require_ours,
    require_own_code,
    require_readable,
    require_tenant_names,
)
from diffapply.rollout.provision import provision as provision_tenants
from diffapply.rollout.provision import provision_in
from diffapply.rollout.rollout import roll_out
from diffapply.tenants.discovery import (
    chosen_templates,
    discover,
    readable,
    tenant_pattern,
)
from diffapply.tenants.shapes import Live


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
    desired = None if backward else _desired(settings)
    with (
        opening.live_database(settings, neighbours=True) as live,
        opening.remembering(live, settings) as live,
    ):
        templates = chosen_templates(live.connection, settings)
        tenants, barred = readable(live.connection, discover(live.connection, settings), templates)
        if desired is not None:
            made = plan_forward(
                live,
                desired,
                tenants,
                templates,
                user_statements=user_statements,
                progress=progress,
            )
            return _warned(live, replace(made, unreadable=barred))
        hands = opening.hands(live)
        hands.require_own_word()
        names = [*templates, *tenants]
        undoing = find_undoing(
            live.connection, names, to, provisioned=provisioned, there=hands.there
        )
        made = plan_backward(
            live, undoing.undos, undoing.label, user_statements=user_statements, progress=progress
        )
        nothing_to_undo = [name for name in names if name not in undoing.undos]
        made = replace(made, in_sync=(*made.in_sync, *nothing_to_undo), undone=undoing.runs)
        if not live.privileges:  # else that is structure
            made = noting_what_is_forgotten(live.connection, made)
        return _warned(live, replace(made, unreadable=barred))


def _warned(live: Live, made: Plan) -> Plan:
    return made if live.trusted else with_hazards(live.connection, made)


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
    with opening.live_database(settings) as live:
        require_ours(live, settings, made)
        opening.hands(live).require_writable()
        url = live.url
    return roll_out(
        url,
        replace(made, tokens={}) if settings.full else made,
        jobs=settings.jobs,
        lock_timeout=settings.lock_timeout,
        allow_destructive=allow_destructive,
        wait=wait,
        trust_tenants=settings.trust_tenants,
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
    desired = _desired(settings)
    with (
        opening.live_database(settings, neighbours=True) as live,
        opening.remembering(live, settings, wanted=remember) as live,
    ):
        templates = chosen_templates(live.connection, settings)
        tenants, barred = readable(live.connection, discover(live.connection, settings), templates)
        legible = opening.hands(live).legible
        known = journal.known_shapes(live.connection) if legible else frozenset()
        found = [TenantDrift(its.name, "unreadable", remedy=its.remedy) for its in barred]
        with aiming(live, desired, tenants, templates, progress) as (_, aims, _):
            for aim in aims:
                found += held_against(aim.group.names, aim.group.catalog, aim.goal.catalog, known)
    return DriftReport(tuple(sorted(found, key=lambda tenant: natural(tenant.name))))


def history(settings: Settings, run: int | None = None) -> tuple[RunRecord, ...]:
    """The runs in the journal, newest first; or one of them, with its steps.

    Raises:
        UsageError: there is no run of that id.
    """
    with opening.live_database(settings) as live:
        hands = opening.hands(live)
        hands.require_readable()
        return journal.history(live.connection, run, there=hands.there)


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
    desired = _desired(settings)
    goal = _desired_shape(settings, desired)
    with opening.live_database(settings) as live:
        opening.hands(live).require_writable()
        require_own_code(live, goal)
        url = live.url
    return provision_tenants(
        url,
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
    return _desired_shape(settings, _desired(settings))


def _desired(settings: Settings) -> Desired:
    token = settings.tenant_token
    desired = load(settings.desired, token, settings.schemaless)
    if token is not None and tenant_pattern(settings.tenants).fullmatch(token):
        # It is no word, but such as tenants are called: it was made from one.
        return replace(desired, naming=Naming.OWN)
    return desired


def _desired_shape(settings: Settings, desired: Desired) -> Shape:
    with (
        opening.live_database(settings, neighbours=True) as live,
        rehearsing(live, {}, desired.shared) as rehearsal,
    ):
        goal = rehearsal.rebuild(rehearsal.build_desired(desired, live.scope()), live.scope())
        if goal.ddl is None:
            reasons = "; ".join(rehearsal.why_not_rebuilt(goal, live.scope()))
            raise DesiredStateError(
                f"The desired state {desired.label} cannot be rebuilt: {reasons}.",
            )
        return goal


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
