"""What going back means: which runs are undone in which tenants, and the goal of each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC

from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.model.catalog import Catalog
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.model.undo import Undo
from diffapply.model.undone import UndoneRun
from diffapply.rehearsal.renames.declared import inverse
from diffapply.renewal.made_again import without_rights
from diffapply.tenants.discovery import Chosen


@dataclass(frozen=True, slots=True)
class Undoing:
    """What is undone.

    Attributes:
        label: the name of the goal, from the earliest run that is undone.
        undos: tenant or template → its goal.
        runs: the runs that are undone, oldest first.
        ignoring: what these runs left alone, so that no snapshot says anything of it.
        ignoring_in: tenant → the same, for tenants that had a variant then.
    """

    label: str
    undos: Mapping[str, Undo] = field(default_factory=dict)
    runs: tuple[UndoneRun, ...] = ()
    ignoring: Ignoring = NOTHING
    ignoring_in: Mapping[str, Ignoring] = field(default_factory=dict)


def find_undoing(
    connection: Connection,
    chosen: Chosen,
    to: int | None,
    *,
    provisioned: bool,
    others: journal.OtherRoles,
) -> Undoing:
    """What to undo, according to the journal; see `journal.steps_to_undo`.

    Args:
        others: the roles that can misuse the journal.

    Raises:
        RefusedError: others may have written to it.
        UsageError: there is no run `to`.
        JournalError: the journal is newer than this diffapply, or a shape in it was changed.
        PermissionDeniedError: the role may not read it.
    """
    others.require_safe_to_run()
    names = [*chosen.templates, *chosen.tenants]
    steps = journal.steps_to_undo(
        connection, names, to, provisioned=provisioned, there=others.there
    )
    if not steps:  # do not read on: a journal created meanwhile may belong to anybody
        return Undoing("before the latest run" if to is None else f"before run {to}")
    tenants = Counter(run for step in steps.values() for run in step.runs)
    begun = journal.begun_runs(connection, tenants)
    runs = tuple(
        UndoneRun(run, its.started_at.astimezone(UTC).isoformat(), its.desired, tenants[run])
        for run, its in sorted(begun.items())
    )
    ignoring = NOTHING.either(its.ignoring for its in begun.values())
    return Undoing(
        f"before {runs[0].named}",
        _undos(connection, steps, begun),
        runs,
        ignoring,
        _ignoring_in(steps, begun),
    )


def _ignoring_in(
    steps: Mapping[str, journal.UndoneSteps], begun: Mapping[int, journal.Begun]
) -> dict[str, Ignoring]:
    """Tenant → what the runs left alone in it, for those in which one did not do as in others."""
    others = {name for its in begun.values() for name in its.ignoring_in}
    return {
        name: NOTHING.either(
            begun[run].ignoring_in.get(name, begun[run].ignoring) for run in step.runs
        )
        for name, step in steps.items()
        if name in others
    }


def noting_what_is_forgotten(connection: Connection, made: Plan) -> Plan:
    """The backward plan, with notes on objects that are created again without their old owner."""

    def noting(transition: Transition) -> Transition:
        if not transition.created:
            return transition
        remembered = journal.remembered_dropped(connection, transition.tenants, made.undoes)
        goal = made.shapes[transition.goal].catalog
        more = without_rights(transition, goal, remembered)
        return replace(transition, notes=(*transition.notes, *more))

    return replace(made, transitions=tuple(map(noting, made.transitions)))


def _undos(
    connection: Connection,
    steps: Mapping[str, journal.UndoneSteps],
    begun: Mapping[int, journal.Begun],
) -> dict[str, Undo]:
    """The goal of each schema, from the shapes in the journal."""
    wanted = {step.goal_fingerprint for step in steps.values()}
    wanted |= {fingerprint for step in steps.values() for fingerprint, _ in step.also}
    shapes = journal.load_shapes(connection, sorted(wanted))
    undos = {}
    for name, step in steps.items():
        goal, managed = shapes[step.goal_fingerprint], step.managed
        if step.also:
            # Later steps managed more of the template: that part goes back, too.
            facts = [*goal.catalog.facts.values()]
            for fingerprint, more in step.also:
                facts += shapes[fingerprint].catalog.restricted_to(more).facts.values()
                managed = (managed or frozenset()) | more
            goal = Shape(Catalog.of(facts))
        undone = [rename for run in step.runs for rename in begun[run].renames]
        undos[name] = Undo(goal, step.runs, managed, inverse(undone))
    return undos
