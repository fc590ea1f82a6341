"""The library: tenants that come and go, and the shape that new ones get."""
# ruff: noqa: PLC0415 - what a function alone needs is imported when it runs

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from diffapply import opening
from diffapply.checkout import git_commit_of
from diffapply.config import Settings
from diffapply.desired import Desired
from diffapply.errors import UsageError
from diffapply.model.plan import Shape
from diffapply.model.run import Holding, RunResult
from diffapply.model.scope import Scope
from diffapply.planning import desired_shape as desired_shape_file
from diffapply.planning.desired_shape import DesiredShape, ShapeVariant
from diffapply.planning.ways import with_ways
from diffapply.progress import Progress, silent
from diffapply.rehearsal.stage import Stage


def provision(
    settings: Settings, names: Sequence[str], *, progress: Progress = silent
) -> RunResult:
    """Create new tenants at the desired state.

    Raises:
        UsageError: a name does not match the tenants pattern, is left out by `only` or `exclude`,
            or exists already.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.rollout import admission
    from diffapply.rollout.lifecycle.provision import provision as provision_tenants
    from diffapply.rollout.lifecycle.stamping import notes_on_stamps
    from diffapply.tenants.discovery import look

    if not names:
        raise UsageError("No name was given for the new tenant.")
    admission.require_tenant_names(settings, names)
    desired = opening.desired_state(settings)
    with opening.stage(settings, writing=True) as stage:
        database = stage.database
        goal = _built(stage, desired, settings, names)
        opening.other_roles(database, settings).require_writable()
        if not settings.trust_tenants:
            for shape in (goal, *(variant.shape for variant in goal.variants)):
                admission.require_own_code(database.connection, shape)
        tenants = look(database.connection, settings).tenants
        notes = [*notes_on_stamps(database.connection, tenants, goal)]
    done = provision_tenants(
        database.url,
        names,
        goal,
        settings,
        desired=desired.label,
        git_commit=git_commit_of(settings.desired),
        progress=progress,
    )
    return replace(done, notes=(*done.notes, *notes))


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
    if not ways:
        with opening.stage(settings) as stage:
            return _built(stage, desired, settings)
    with opening.planning(replace(settings, allow_none=True), progress, desired) as (means, chosen):
        server = means.stage.database.server.major
        return with_ways(
            means,
            desired,
            chosen,
            lambda built, scope: _furnished(built, desired, scope, server, settings),
        )


def _built(
    stage: Stage, desired: Desired, settings: Settings, names: Sequence[str] | None = None
) -> DesiredShape:
    """The desired state as it is built in scratch, with what new tenants get besides.

    Args:
        names: the tenants that it is for; None: all.
    """
    scope, server = opening.desired_scope(stage, settings, desired), stage.database.server.major
    variants = (
        ShapeVariant(
            frozenset(its.tenants),
            its.variant.expires,
            _furnished(
                stage.build(its.desired or desired, its.scope),
                desired,
                its.scope,
                server,
                settings,
            ),
        )
        for its in opening.branches_of(stage, settings, desired, scope)
        if names is None or not {*names}.isdisjoint(its.tenants)
    )
    made = _furnished(stage.build(desired, scope), desired, scope, server, settings)
    return replace(made, variants=tuple(variants))


def _furnished(
    built: Shape, desired: Desired, scope: Scope, server: int, settings: Settings
) -> DesiredShape:
    """With what new tenants get besides the structure."""
    rows_from = settings.provision_like or next(iter(settings.templates), "")
    if settings.copy_rows and not rows_from:
        raise UsageError(
            "copy-rows needs a schema to copy from, and none is named.",
            "Name it as provision-like, or name a template.",
        )
    return DesiredShape(
        built.catalog,
        built.ddl,
        built.world,
        desired=desired.label,
        git_commit=git_commit_of(settings.desired),
        server=server,
        ignoring=scope.ignoring,
        provision_like=settings.provision_like or "",
        copy_rows=settings.copy_rows,
        rows_from=rows_from if settings.copy_rows else "",
        tenants="" if settings.tenants_query is not None else settings.tenants,
    )


def require_shape_writable(path: Path) -> None:
    """Check that a shape can be written to this file. Raises `ShapeFileError` if not."""
    desired_shape_file.require_writable(path)


def holdings(settings: Settings, names: Sequence[str]) -> tuple[Holding, ...]:
    """What tenants hold, before they are dropped.

    Raises:
        TenantError: there is no such tenant.
        UsageError: a name is no tenant's, or is left out by `only` or `exclude`.
        RefusedError: a session uses one of them, or something outside depends on it.
        PermissionDeniedError: the role may not drop one of them.
    """
    from diffapply.rollout import admission
    from diffapply.rollout.lifecycle import holdings as reading

    with opening.live_database(settings, writing=True) as database:
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
        UsageError: a name is no tenant's, or is left out by `only` or `exclude`.
        RefusedError: a session uses one of them, or something outside depends on it; nothing was
            done.
        RunInterrupted: Ctrl-C has stopped it; see `diffapply.model.run`.
        DiffapplyError: see `diffapply.errors`.
    """
    from diffapply.rollout import admission
    from diffapply.rollout.lifecycle.deprovision import deprovision as drop

    with opening.live_database(settings, writing=True) as database:
        tenancy, world = opening.look_around(database, settings)
        chosen = admission.require_tenants(tenancy, settings, names)
        opening.other_roles(database, settings).require_writable()
    return drop(database.url, chosen, settings, world, progress)
