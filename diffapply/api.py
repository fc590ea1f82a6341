"""The library: what the command line wraps, in typed Python.

Every function opens the connections it needs and closes them, whatever happens. All raise
`diffapply.errors.DiffapplyError` for whatever a user can cause.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from functools import cache, partial
from pathlib import Path

from psycopg2.extensions import connection as Connection

from diffapply.catalog.comparison import compare
from diffapply.catalog.memory import Memory
from diffapply.catalog.model import Catalog
from diffapply.catalog.tenants import (
    chosen,
    chosen_templates,
    discover,
    existing,
    is_reserved,
    natural,
    tenant_pattern,
    tenants_among,
)
from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.database.connection import connected, read_server, require_primary
from diffapply.database.fresh_session import read_world
from diffapply.drift_report import DriftReport, DriftState, TenantDrift
from diffapply.errors import DesiredStateError, PlanFileError, RefusedError, UsageError
from diffapply.planning import plan_file
from diffapply.planning import supplied as supplied_file
from diffapply.planning.desired import Desired
from diffapply.planning.desired import load as load_desired
from diffapply.planning.foreign_code import strange_code, with_hazards
from diffapply.planning.live import Group, Live, group_by_shape
from diffapply.planning.model import Plan, Shape, Undo, UndoneRun
from diffapply.planning.planner import plan_backward, plan_forward, rehearsing
from diffapply.planning.proofs import Proofs
from diffapply.planning.renames import inverse
from diffapply.progress import Progress, silent
from diffapply.rollout import guard, journal
from diffapply.rollout.model import RunRecord, RunResult
from diffapply.rollout.provision import provision as provision_tenants
from diffapply.rollout.provision import provision_in
from diffapply.rollout.rollout import roll_out

_log = logging.getLogger(__name__)


def plan(  # noqa: PLR0913 - what it needs, by name
    settings: Settings,
    *,
    backward: bool = False,
    to: int | None = None,
    provisioned: bool = False,
    supplied: Sequence[str] = (),
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
            made = plan_forward(
                live, desired, tenants, templates, supplied=supplied, progress=progress
            )
            return _warned(live, made)
        hands = _hands(live)
        hands.require_own_word()
        names = [*templates, *tenants]
        steps = journal.steps_to_undo(
            live.connection, names, to, provisioned=provisioned, there=hands.there
        )
        # Where there is nothing to undo, a journal may have come up meanwhile that is others'.
        undone = _undone_runs(live.connection, steps) if steps else ()
        undos = _undos(live.connection, steps) if steps else {}
        label = _before(undone, to)
        made = plan_backward(live, undos, label, supplied=supplied, progress=progress)
        nothing_to_undo = [name for name in names if name not in undos]
        made = replace(made, in_sync=(*made.in_sync, *nothing_to_undo), undone=undone)
        return _warned(live, made)


def _warned(live: Live, made: Plan) -> Plan:
    return made if live.trusted else with_hazards(live.connection, made)


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
        RunInterrupted: Ctrl-C has stopped it; see `diffapply.rollout.model`.
        PlanFileError: the plan was made for another database.
        UsageError: it changes what `only` or `exclude` leaves out, or what is no tenant.
        RefusedError: others' code could run, and is not trusted.
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
                f"The plan was made for another database: {live.server.unlike(made.database)}.",
                "Nothing was done. Make the plan anew for this database.",
            )
        _require_ours(live, settings, made)
        _hands(live).require_writable()
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
    with _url(settings) as url, connected(url) as connection:
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
    desired = load_desired(settings.desired, settings.tenant_token)
    with _live(settings) as live, _remembering(live, settings, wanted=remember) as live:
        tenants = discover(live.connection, settings)
        templates = chosen_templates(live.connection, settings)
        groups = group_by_shape(live, tenants, progress)
        known = journal.known_shapes(live.connection) if _hands(live).legible else frozenset()
        originals = {name: live.catalog(name) for name in templates}
        schemas = {group.names[0]: group.catalog for group in groups} | originals
        found: list[TenantDrift] = []
        with rehearsing(live, schemas, desired.shared, tenants=tenants) as rehearsal:
            goal = rehearsal.build_desired(desired, live.place())
            renames = rehearsal.quoted(desired.renames)
            for group in groups:
                its_goal = rehearsal.goal_for(group.catalog, goal, renames)
                found += _drift(group, its_goal.catalog, known)
            for template in templates:
                place = live.place(template, goal.catalog.owners)
                catalog = originals[template].restricted_to(goal.catalog.owners)
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
        hands = _hands(live)
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
        raise UsageError("No name was given for the new tenant.", "Nothing was done.")
    pattern = tenant_pattern(settings.tenants)
    if settings.tenants_query is None:
        for name in names:
            if not pattern.fullmatch(name):
                raise UsageError(
                    f"{name!r} would be no tenant: it does not match {settings.tenants!r}.",
                    "Nothing was done.",
                )
    desired = load_desired(settings.desired, settings.tenant_token)
    goal = _desired_shape(settings, desired)
    with _live(settings) as live:
        _hands(live).require_writable()
        _require_own_code(live, goal)
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
    return _desired_shape(settings, load_desired(settings.desired, settings.tenant_token))


def _desired_shape(settings: Settings, desired: Desired) -> Shape:
    with _live(settings) as live, rehearsing(live, {}, desired.shared) as rehearsal:
        goal = rehearsal.rebuild(rehearsal.build_desired(desired, live.place()), live.place())
        if goal.ddl is None:
            reasons = "; ".join(rehearsal.why_not_rebuilt(goal, live.place()))
            raise DesiredStateError(
                f"The desired state {desired.label} cannot be rebuilt: {reasons}.",
                "Nothing was done.",
            )
        return goal


def _require_ours(live: Live, settings: Settings, made: Plan) -> None:
    """Refuse a plan that changes a schema which is neither a tenant nor a template here.

    Its digest proves nothing: whoever alters a file can make that anew.
    """
    templates = {n for t in made.transitions if t.owners is not None for n in t.tenants}
    tenants = {n for t in made.transitions if t.owners is None for n in t.tenants}
    if settings.tenants_query is None:
        matches = tenant_pattern(settings.tenants).fullmatch
        ours = {name for name in tenants if matches(name) and not is_reserved(name)}
    else:
        there = existing(live.connection, tenants)  # one that is gone is refused in its turn
        ours = (tenants - there) | {*discover(live.connection, replace(settings, allow_none=True))}
    for names, kind, option in (
        (tenants - ours | tenants & {*settings.templates}, "tenant", "--tenants"),
        (templates - {*settings.templates}, "template", "--template"),
    ):
        if names:
            raise UsageError(
                f"The plan changes {min(names, key=natural)!r} as a {kind}, which it is not here.",
                f"Nothing was done. Give {option} as when the plan was made.",
            )


def _require_own_code(live: Live, goal: Shape) -> None:
    """Refuse to build as a superuser what refers to code of others, unless they are trusted."""
    if live.trusted:
        return
    if strange := strange_code(live.connection, goal):
        raise RefusedError(
            f"To build a tenant would run code of others with all rights of a superuser: "
            f"{strange[0]}.",
            "Nothing was done. Connect as the role that owns the tenants, or give "
            "--trust-tenants. See docs/role.md.",
        )


def embedded_notice(settings: Settings) -> str | None:
    """What to tell the user when no database was named; None when one was."""
    return None if settings.database_url else embedded.describe()


def _drift(group: Group, goal: Catalog, known: frozenset[str]) -> list[TenantDrift]:
    if group.catalog.fingerprint == goal.fingerprint:
        return [TenantDrift(name, "in_sync") for name in group.names]
    differences = compare(group.catalog, goal)
    state: DriftState = "behind" if group.catalog.fingerprint in known else "drifted"
    return [TenantDrift(name, state, differences) for name in group.names]


def _undone_runs(
    connection: Connection, steps: Mapping[str, journal.Undo]
) -> tuple[UndoneRun, ...]:
    tenants = Counter(run for step in steps.values() for run in step.runs)
    begun = journal.begun_runs(connection, tenants)
    return tuple(
        UndoneRun(run, began.astimezone(UTC).isoformat(), desired, tenants[run])
        for run, (began, desired) in sorted(begun.items())
    )


def _before(undone: Sequence[UndoneRun], to: int | None) -> str:
    """How going back is named: by the earliest run that is undone."""
    if not undone:
        return "before the latest run" if to is None else f"before run {to}"
    return f"before {undone[0].named}"


def _undos(connection: Connection, steps: Mapping[str, journal.Undo]) -> dict[str, Undo]:
    """Where each schema goes back to, with the shapes that the journal has."""
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
        if server.superuser and settings.database_url:
            _warn_superuser(server.role)
        yield Live(
            connection,
            url,
            server,
            scratch_url=settings.scratch_url,
            privileges=settings.privileges,
            jobs=settings.jobs,
            trusted=settings.trust_tenants,
            world=read_world(
                connection, settings.search_path, partial(tenants_among, connection, settings)
            ),
        )


@cache
def _warn_superuser(role: str) -> None:
    """Once a process: a command connects more than once."""
    _log.warning(
        "diffapply: connected as %s, a superuser; the role that owns the tenants is safer and "
        "enough, see docs/role.md.",
        role,
    )


def _hands(live: Live) -> journal.Hands:
    """Who else has a hand in the journal, if that matters."""
    return journal.Hands() if live.trusted else journal.others_hands(live.connection)


@contextmanager
def _remembering(live: Live, settings: Settings, *, wanted: bool | None = None) -> Iterator[Live]:
    """With what the journal remembers of the tenants; afterwards it remembers what was found.

    Args:
        wanted: whether to write; None: where there is a journal in which the role may.
    """
    connection = live.connection
    hands = _hands(live)
    if wanted:
        if not live.trusted:
            journal.claim(connection, live.world)
        journal.ensure(connection, live.world)
        hands = _hands(live)
    if hands.owners:
        _log.warning(
            "diffapply: the journal belongs to %s: it is passed over (see docs/role.md).",
            hands.owners[0],
        )
    if not hands.legible:
        # A plan carries what it found to its apply, also where there is no journal to read.
        yield replace(live, memory=Memory({}, learning=True))
        return
    keeping = wanted if wanted is not None else journal.may_remember(connection)
    keeping = keeping and not hands.planters
    # A plan carries what it found to its apply, also where there is no journal yet.
    memory = Memory(
        {} if settings.full else journal.load_looks(connection), learning=wanted is not False
    )
    proofs = (
        Proofs()
        if settings.full or hands.writers
        else Proofs(partial(journal.find_proof, connection))
    )
    yield replace(live, memory=memory, proofs=proofs)
    if keeping:
        journal.remember_looks(connection, memory.learned)
        journal.remember_proofs(connection, proofs.made)


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
    "save_plan",
]
