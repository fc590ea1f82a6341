"""The library: what the command line wraps, in typed Python.

Every function opens the connections it needs and closes them, whatever happens. All raise
`diffapply.errors.DiffapplyError` for whatever a user can cause.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from psycopg2.extensions import connection as Connection

from diffapply.catalog.comparison import compare
from diffapply.catalog.memory import Memory
from diffapply.catalog.model import Catalog
from diffapply.catalog.tenants import chosen, chosen_templates, discover, natural, tenant_pattern
from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.database.connection import connected, read_server, require_primary
from diffapply.drift_report import DriftReport, DriftState, TenantDrift
from diffapply.errors import DesiredStateError, PlanFileError, UsageError
from diffapply.planning import plan_file
from diffapply.planning import supplied as supplied_file
from diffapply.planning.desired import load as load_desired
from diffapply.planning.live import Group, Live, group_by_shape
from diffapply.planning.model import Plan, Shape, Undo
from diffapply.planning.planner import plan_backward, plan_forward, rehearsing
from diffapply.planning.proofs import Proofs
from diffapply.planning.renames import inverse
from diffapply.progress import Progress, silent
from diffapply.rollout import journal
from diffapply.rollout.model import RunRecord, RunResult
from diffapply.rollout.provision import provision as provision_tenants
from diffapply.rollout.provision import provision_in
from diffapply.rollout.rollout import roll_out


def plan(
    settings: Settings,
    *,
    backward: bool = False,
    to: int | None = None,
    supplied: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """Compare every tenant with its goal, and rehearse what leads there.

    Args:
        settings: which database, which tenants, which desired state.
        backward: to the snapshots in the journal, not to the desired state.
        to: with `backward`, undo this run and all later ones; None: each tenant's latest.
        supplied: statements of the user's own, tried where nothing else reaches the goal; see
            `diffapply.planning.supplied.load_statements`.
        progress: told how far it is.

    Raises:
        DiffapplyError: see `diffapply.errors`; nothing was changed.
    """
    desired = None if backward else load_desired(settings.desired, settings.tenant_token)
    with _live(settings) as live, _remembering(live, settings) as live:
        tenants = discover(live.connection, settings)
        templates = chosen_templates(live.connection, settings)
        if desired is not None:
            return plan_forward(
                live, desired, tenants, templates, supplied=supplied, progress=progress
            )
        undos = _undos(live.connection, [*tenants, *templates], to)
        label = "the snapshots before the latest run" if to is None else f"before run {to}"
        made = plan_backward(live, undos, label, supplied=supplied, progress=progress)
        nothing_to_undo = [name for name in [*templates, *tenants] if name not in undos]
        return replace(made, in_sync=(*made.in_sync, *nothing_to_undo))


def load_statements(path: Path) -> tuple[str, ...]:
    """Read a file of statements to supply to `plan`. Raises `UsageError` if it cannot be used."""
    return supplied_file.load_statements(path)


def save_plan(made: Plan, path: Path) -> None:
    """Write a plan to a file. Raises `PlanFileError` if it cannot be written."""
    plan_file.save(made, path)


def load_plan(path: Path) -> Plan:
    """Read a plan from a file. Raises `PlanFileError` if it is not as it was written."""
    return plan_file.load(path)


def apply(
    settings: Settings,
    made: Plan,
    *,
    allow_destructive: bool = False,
    progress: Progress = silent,
) -> RunResult:
    """Execute a plan, tenant by tenant.

    Args:
        settings: which database, how many tenants at once; `only` and `exclude` must leave in
            what the plan changes. With `full`, every tenant is read before it is changed, even if
            it is plain that nobody has touched it since the plan was made.
        made: a plan for that database.
        allow_destructive: whether statements may lose data.
        progress: told how far it is.

    Raises:
        PlanFileError: the plan was made for another database.
        UsageError: it changes what `only` or `exclude` leaves out.
        DiffapplyError: see `diffapply.errors`.
    """
    changed = [name for transition in made.transitions for name in transition.tenants]
    if left_out := [name for name in changed if not chosen(name, settings)]:
        raise UsageError(
            f"The plan changes {left_out[0]!r}, which --only or --exclude leaves out.",
            "Nothing was done. A plan is applied as it is: narrow it down when it is made.",
        )
    with _live(settings) as live:
        if made.database != live.server.identity:
            raise PlanFileError(
                f"The plan was made for another database ({made.database.rpartition('/')[2]}, "
                f"not this {live.server.database}).",
                "Nothing was done. Make the plan anew for this database.",
            )
        url = live.url
    return roll_out(
        url,
        replace(made, tokens={}) if settings.full else made,
        jobs=settings.jobs,
        lock_timeout=settings.lock_timeout,
        allow_destructive=allow_destructive,
        progress=progress,
    )


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
    desired = load_desired(settings.desired, settings.tenant_token)
    with _live(settings) as live, _remembering(live, settings, wanted=remember) as live:
        tenants = discover(live.connection, settings)
        templates = chosen_templates(live.connection, settings)
        groups = group_by_shape(live, tenants, progress)
        known = journal.known_shapes(live.connection)
        representatives = [*(group.names[0] for group in groups), *templates]
        found: list[TenantDrift] = []
        with rehearsing(live, representatives, desired.shared) as rehearsal:
            goal = rehearsal.build_desired(desired, live.place())
            renames = rehearsal.quoted(desired.renames)
            for group in groups:
                its_goal = rehearsal.goal_for(group.catalog, goal, renames)
                found += _drift(group, its_goal.catalog, known)
            for template in templates:
                place = live.place(template, goal.catalog.owners)
                catalog = live.catalog(template, place.owners)
                its_goal = rehearsal.build_desired(desired, place)
                its_goal = rehearsal.goal_for(catalog, its_goal, renames)
                found += _drift(Group((template,), catalog), its_goal.catalog, known)
    return DriftReport(tuple(sorted(found, key=lambda tenant: natural(tenant.name))))


def history(settings: Settings, run: int | None = None) -> tuple[RunRecord, ...]:
    """The runs in the journal, newest first; or one of them, with its steps.

    Raises:
        UsageError: there is no run of that id.
    """
    with _live(settings) as live:
        return journal.history(live.connection, run)


def provision(
    settings: Settings, names: Sequence[str], *, progress: Progress = silent
) -> RunResult:
    """Create new tenants at the desired state.

    Raises:
        UsageError: a name would be no tenant, or exists already.
        DiffapplyError: see `diffapply.errors`.
    """
    if not names:
        raise UsageError("No name was given for the new tenant.", "Nothing was done.")
    pattern = tenant_pattern(settings.tenants)
    if settings.tenants_query is None:
        for name in names:
            if not pattern.fullmatch(name):
                raise UsageError(
                    f"{name!r} would be no tenant: it does not match {settings.tenants!r}.",
                    "Nothing was done.",
                )
    goal = desired_shape(settings)
    with _url(settings) as url:
        return provision_tenants(url, names, goal, progress=progress)


def desired_shape(settings: Settings) -> Shape:
    """The desired state as a shape with DDL, such as a sign-up request needs for `provision_in`.

    It costs a scratch database: get it once, when the application starts.

    Raises:
        DesiredStateError: it cannot be loaded, is refused, or cannot be rebuilt from its facts.
    """
    desired = load_desired(settings.desired, settings.tenant_token)
    with _live(settings) as live, rehearsing(live, [], desired.shared) as rehearsal:
        goal = rehearsal.rebuild(rehearsal.build_desired(desired, live.place()), live.place())
        if goal.ddl is None:
            reasons = "; ".join(rehearsal.why_not_rebuilt(goal, live.place()))
            raise DesiredStateError(
                f"The desired state {desired.label} cannot be rebuilt: {reasons}.",
                "Nothing was done.",
            )
        return goal


def embedded_notice(settings: Settings) -> str | None:
    """What to tell the user when no database was named; None when one was."""
    return None if settings.database_url else embedded.describe()


def _drift(group: Group, goal: Catalog, known: frozenset[str]) -> list[TenantDrift]:
    if group.catalog.fingerprint == goal.fingerprint:
        return [TenantDrift(name, "in_sync") for name in group.names]
    differences = compare(group.catalog, goal)
    state: DriftState = "behind" if group.catalog.fingerprint in known else "drifted"
    return [TenantDrift(name, state, differences) for name in group.names]


def _undos(connection: Connection, names: Sequence[str], to: int | None) -> dict[str, Undo]:
    """Where each schema goes back to, with the shapes that the journal has."""
    steps = journal.steps_to_undo(connection, names, to)
    wanted = {s.goal_fingerprint for s in steps.values()}
    wanted |= {fingerprint for step in steps.values() for fingerprint, _ in step.also}
    shapes = journal.load_shapes(connection, sorted(wanted))
    renames = journal.load_renames(connection, {run for s in steps.values() for run in s.runs})
    undos = {}
    for name, step in steps.items():
        goal, owners = shapes[step.goal_fingerprint], step.owners
        if step.also:
            # Later steps managed more of the template: that part goes back as well.
            facts = [*goal.catalog.facts.values()]
            for fingerprint, more in step.also:
                facts += shapes[fingerprint].catalog.restricted_to(more).facts.values()
                owners = (owners or frozenset()) | more
            goal = Shape(Catalog.of(facts))
        undone = [rename for run in step.runs for rename in renames.get(run, ())]
        undos[name] = Undo(goal, step.runs, owners, inverse(undone))
    return undos


@contextmanager
def _url(settings: Settings) -> Iterator[str]:
    yield settings.database_url or embedded.ensure_running()


@contextmanager
def _live(settings: Settings) -> Iterator[Live]:
    """The live database, checked to be one that can be worked on."""
    with _url(settings) as url, connected(url) as connection:
        server = read_server(connection)
        require_primary(server)
        yield Live(
            connection,
            url,
            server,
            scratch_url=settings.scratch_url,
            privileges=settings.privileges,
            jobs=settings.jobs,
        )


@contextmanager
def _remembering(live: Live, settings: Settings, *, wanted: bool | None = None) -> Iterator[Live]:
    """With what the journal remembers of the tenants; afterwards it remembers what was found.

    Args:
        wanted: whether to write; None: where there is a journal in which the role may.
    """
    connection = live.connection
    if wanted:
        journal.ensure(connection)
    keeping = journal.may_remember(connection) if wanted is None else wanted
    # A plan carries what it found to its apply, also where there is no journal yet.
    memory = Memory(
        {} if settings.full else journal.load_looks(connection), learning=wanted is not False
    )
    proofs = Proofs() if settings.full else Proofs(partial(journal.find_proof, connection))
    yield replace(live, memory=memory, proofs=proofs)
    if keeping:
        journal.remember_looks(connection, memory.learned)
        journal.remember_proofs(connection, proofs.made)


__all__ = [
    "apply",
    "desired_shape",
    "drift",
    "embedded_notice",
    "history",
    "load_plan",
    "load_statements",
    "plan",
    "provision",
    "provision_in",
    "save_plan",
]
