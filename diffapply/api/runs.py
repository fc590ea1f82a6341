"""The library: apply a plan, and what was applied."""
# ruff: noqa: PLC0415 - what a function alone needs is imported when it runs

from collections.abc import Collection
from dataclasses import replace

from diffapply import journal, opening
from diffapply.config import Settings
from diffapply.database.connection import connected, read_server, require_primary
from diffapply.model.consent import Consent
from diffapply.model.hazards import HazardCode
from diffapply.model.plan import Plan
from diffapply.model.run import RunRecord, RunResult
from diffapply.progress import Progress, silent


def apply(
    settings: Settings,
    made: Plan,
    *,
    allow_destructive: bool | Collection[HazardCode] = False,
    wait: bool = False,
    progress: Progress = silent,
) -> RunResult:
    """Execute a plan, tenant by tenant.

    Args:
        settings: which database, how many tenants at once. Tenants that `only` or `exclude` leaves
            out stay as they are; the same plan can be applied to them later. With `full`, every
            tenant is read before it is changed, even if its change token matches the plan.
        made: a plan for that database.
        allow_destructive: allow statements that lose data, or drop what was never declared; all of
            them, or only those with one of these codes.
        wait: wait for the end of another apply, instead of refusing.
        progress: called during the work.

    Raises:
        RefusedError: another apply is running (says whose, and since when), or other people's code
            could run. Nothing was done.
        RunInterrupted: Ctrl-C has stopped it; see `diffapply.model.run`.
        PlanFileError: the plan was made for another database.
        PermissionDeniedError: the plan lacks tenants that could not be read.
        TenantError: a pattern of `only` matches none of its tenants.
        UsageError: it changes schemas that are no tenants.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.planning.narrowing import only_chosen
    from diffapply.rollout import admission
    from diffapply.rollout.rollout import roll_out

    made = only_chosen(settings, made)
    admission.require_readable(made)
    admission.require_same_patterns(settings, made)
    with opening.live_database(settings, writing=True) as database:
        admission.require_same_database(database.server, made)
        tenancy, world = opening.look_around(database, settings)
        admission.require_same_world(world, made)
        admission.require_ours(tenancy, settings, made)
        opening.other_roles(database, settings).require_writable()
        others = admission.not_in_plan(tenancy, settings, made)
    result = roll_out(
        database.url,
        made,
        settings,
        consent=Consent.to(allow_destructive),
        wait=wait,
        progress=progress,
    )
    return replace(result, notes=made.note_on_taken_back, not_in_plan=others)


def not_in_plan(settings: Settings, made: Plan) -> tuple[str, ...]:
    """The tenants, of those that settings choose, that a plan does not know.

    They came later, or were not chosen when it was made.

    Raises:
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.rollout import admission

    with opening.live_database(settings) as database:
        tenancy, _ = opening.look_around(database, settings)
        return admission.not_in_plan(tenancy, settings, made)


def await_turn(settings: Settings, *, wait: bool = False) -> None:
    """Make sure that no apply is running in the database now.

    `apply` does the same. Called before a plan is made, it avoids planning in vain.

    Args:
        settings: which database.
        wait: wait for the end of another apply, instead of refusing.

    Raises:
        RefusedError: another apply is running; says whose, and since when.
        DatabaseError: the server is a hot standby.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.database.named import database_url
    from diffapply.rollout import guard

    with connected(database_url(settings)) as connection:
        require_primary(read_server(connection))
        guard.await_turn(connection, wait=wait)


def history(settings: Settings, run: int | None = None) -> tuple[RunRecord, ...]:
    """The runs in the journal, newest first; or one run, with what it ran and its steps.

    Raises:
        UsageError: there is no run with that id.
    """
    with opening.live_database(settings) as database:
        others = opening.other_roles(database, settings)
        others.require_readable()
        return journal.history(database.connection, run, there=others.there)
