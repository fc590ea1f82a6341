"""Makes plans: which shapes there are, which goal each has, and what leads there."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import psycopg2

from diffapply.catalog.comparison import compare
from diffapply.database.fresh_session import taken
from diffapply.desired import Desired
from diffapply.errors import ScratchError
from diffapply.model.catalog import Catalog
from diffapply.model.order import natural
from diffapply.model.plan import (
    Direction,
    Plan,
    Rename,
    Shape,
    Statement,
    Transition,
    Undo,
)
from diffapply.plan.goals import Goals
from diffapply.plan.outsiders import without_held_up
from diffapply.plan.reference_rights import lacking
from diffapply.progress import Progress, silent
from diffapply.rehearsal.prover import Prover, Wanted
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.rehearsal.renames import passed_over, suspected
from diffapply.renewal.namesakes import untold
from diffapply.scratch.confinement import Confinement
from diffapply.scratch.database import scratch_database
from diffapply.scratch.elsewhere import drawn_elsewhere, mentioned_schemas
from diffapply.scratch.inmates import Inmates
from diffapply.scratch.sandbox import Scope
from diffapply.scratch.surroundings import Surroundings, read_surroundings, shared_schemas
from diffapply.tenants.shapes import Group, Live, group_by_shape


@contextmanager
def rehearsing(
    live: Live,
    schemas: Mapping[str, Catalog],
    named: Iterable[str] = (),
    *,
    ends: Collection[Catalog] = (),
) -> Iterator[Rehearsal]:
    """A scratch database with all that the tenants refer to outside themselves.

    Args:
        schemas: one live schema of each shape, and the templates, as they were read.
        named: further schemas that the desired state mentions.
        ends: further structures that are to be built; like those of `schemas`, they may draw from
            sequences of other schemas, and name these in texts.

    Raises:
        ScratchError: none can be had, or none where what belongs to others can do no harm.
    """
    structures = [*schemas.values(), *ends]
    tenants = [catalog for name, catalog in schemas.items() if name in live.everyone]
    named = {
        *named,
        *mentioned_schemas([*tenants, *ends], live.everyone),
        *(mentioned_schemas(schemas.values()) - live.everyone),
    }
    surroundings = read_surroundings(
        live.connection,
        shared_schemas(
            live.connection, schemas, {*named, *live.world.behind}, tenants=live.everyone
        ),
        drawn_elsewhere(structures),
        live.everyone,
    )
    strangers = surroundings.strangers.union(*(its.strangers for its in schemas.values()))
    inmates = Inmates(
        () if live.trusted else tuple(map(repr, sorted(strangers))),
        frozenset(name for name, *_ in surroundings.extensions),
        surroundings.prepare,
    )
    with _in_scratch(live, surroundings, inmates) as rehearsal:
        rehearsal.another = (
            None if live.scratch_url else partial(_in_scratch, live, surroundings, inmates)
        )
        yield rehearsal


@contextmanager
def _in_scratch(live: Live, surroundings: Surroundings, inmates: Inmates) -> Iterator[Rehearsal]:
    confinement = Confinement(inmates.strangers, live.server.role) if inmates.strangers else None
    with scratch_database(live.url, live.server, live.scratch_url, inmates) as scratch:
        try:
            denied = surroundings.build(scratch)
            yield Rehearsal(
                scratch,
                tuple(surroundings.schemas),
                surroundings.digest,
                replace(confinement, denied=denied) if confinement else None,
                world=taken(scratch, live.world),
                tenants=live.everyone,
            )
        except psycopg2.Error as error:
            ended = isinstance(error, psycopg2.errors.QueryCanceled) or scratch.closed
            if confinement is None or not ended:
                raise
            raise ScratchError(
                f"No plan can be made: {confinement.overlong(error)}.",
                "Find out what its code does, or leave the tenant out.",
            ) from error


@dataclass(frozen=True, slots=True)
class Aim:
    """Live schemas of one shape, and what they should be.

    Attributes:
        scope: where that stands in scratch.
    """

    group: Group
    goal: Shape
    scope: Scope


@contextmanager
def aiming(
    live: Live,
    desired: Desired,
    tenants: Sequence[str],
    templates: Sequence[str],
    progress: Progress = silent,
) -> Iterator[tuple[Rehearsal, list[Aim], tuple[Rename, ...]]]:
    """Templates and tenants with the desired state of each, and the renames that it declares."""
    groups = group_by_shape(live, tenants, progress)
    originals = {name: live.template(name) for name in templates}
    schemas = {group.names[0]: group.catalog for group in groups} | originals
    with rehearsing(live, schemas, desired.shared) as rehearsal:
        goal = rehearsal.build_desired(desired, live.scope())
        renames = rehearsal.quoted(desired.renames)
        goals = Goals(live, rehearsal)
        aims = []
        for template in templates:
            scope = live.scope(template, goal.catalog.objects)
            catalog = originals[template].restricted_to(goal.catalog.objects)
            its_goal = rehearsal.build_desired(desired, scope)
            its_goal = goals.forward(catalog, its_goal, scope, renames)
            aims.append(Aim(Group((template,), catalog), its_goal, scope))
        for group in groups:
            its_goal = goals.forward(group.catalog, goal, live.scope(), renames)
            parts = by_goal(group, its_goal, rehearsal, live.scope())
            aims += [Aim(part, its, live.scope()) for part, its in parts]
        yield rehearsal, aims, renames


def plan_forward(  # noqa: PLR0913 - what it needs, by name
    live: Live,
    desired: Desired,
    tenants: Sequence[str],
    templates: Sequence[str],
    *,
    user_statements: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """The plan that brings tenants and templates to the desired state.

    Args:
        user_statements: the user's own statements, tried where nothing else reaches the goal.
    """
    with aiming(live, desired, tenants, templates, progress) as (rehearsal, aims, renames):
        plan = _PlanInTheMaking(live, rehearsal, "forward", user_statements)
        for aim in aims:
            plan.add(aim.group, aim.goal, aim.scope, renames)
        return replace(plan.made(desired.label, progress), renames=renames)


def plan_backward(
    live: Live,
    undos: Mapping[str, Undo],
    label: str,
    *,
    user_statements: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """The plan that brings tenants and templates back to their snapshots.

    Args:
        undos: live schema → where it goes back to; schemas with nothing to undo are left out.
        label: what is undone, such as ``before run 12``.
    """
    tenants = sorted((n for n, undo in undos.items() if undo.managed is None), key=natural)
    templates = [name for name, undo in undos.items() if undo.managed is not None]
    groups = group_by_shape(live, tenants, progress)
    originals = {name: live.template(name, undos[name].managed) for name in templates}
    schemas = {group.names[0]: group.catalog for group in groups} | originals
    goals = {undo.goal.fingerprint: undo.goal.catalog for undo in undos.values()}.values()
    with rehearsing(live, schemas, ends=goals) as rehearsal:
        plan = _PlanInTheMaking(live, rehearsal, "backward", user_statements)
        for template in templates:
            undo = undos[template]
            scope = live.scope(template, undo.managed)
            catalog = originals[template]
            goal = plan.goals.in_own_words(catalog, undo.goal, scope)
            plan.add(Group((template,), catalog), goal, scope, undo.renames)
        for group in groups:
            # The runs that are undone say what is renamed back.
            alike: dict[tuple[str, tuple[int, ...]], list[str]] = defaultdict(list)
            for name in group.names:
                alike[undos[name].goal.fingerprint, undos[name].runs].append(name)
            for names in alike.values():
                undo = undos[names[0]]
                alike_group = Group(tuple(names), group.catalog)
                for part, its in by_goal(alike_group, undo.goal, rehearsal, live.scope()):
                    goal = plan.goals.in_own_words(group.catalog, its, live.scope())
                    plan.add(part, goal, live.scope(), undo.renames)
        undoes = {name: undo.runs for name, undo in undos.items()}
        return replace(plan.made(label, progress), undoes=undoes)


def by_goal(
    group: Group, goal: Shape, rehearsal: Rehearsal, scope: Scope
) -> Iterator[tuple[Group, Shape]]:
    """A group's tenants by how their goal reads in them: mostly it does so alike in all."""
    goals = {name: rehearsal.goal_in(name, goal, scope) for name in group.names}
    alike: dict[str, list[str]] = defaultdict(list)
    for name, its in goals.items():
        alike[its.fingerprint].append(name)
    for names in alike.values():
        yield replace(group, names=tuple(names)), goals[names[0]]


class _PlanInTheMaking:
    """Collects what is to be proved."""

    def __init__(
        self,
        live: Live,
        rehearsal: Rehearsal,
        direction: Direction,
        user_statements: Sequence[str] = (),
    ) -> None:
        self._live = live
        self._direction = direction
        self.goals = Goals(live, rehearsal)
        self._prover = Prover(
            direction=direction,
            rehearsal=rehearsal,
            another=rehearsal.another,
            proofs=live.proofs,
            conditions=self.goals.conditions,
            user_statements=tuple(user_statements),
        )
        self._in_sync: list[str] = []
        self._notes: dict[str, None] = {}
        self._wanted: list[tuple[Group, Wanted]] = []

    def add(self, group: Group, goal: Shape, scope: Scope, renames: Sequence[Rename] = ()) -> None:
        """A group that is to come to a goal."""
        wanted = Wanted(Shape(group.catalog), goal, scope, tuple(renames))
        if group.catalog.fingerprint == goal.fingerprint and self._direction == "forward":
            self._in_sync += group.names
            self._notes |= dict.fromkeys(_passed_over(wanted, ()))
        else:
            self._wanted.append((group, wanted))

    def made(self, label: str, progress: Progress) -> Plan:
        """The plan; each transition is rehearsed now."""
        all_wanted = [wanted for _, wanted in self._wanted]
        all_proved = self._prover.prove(all_wanted, self._live.jobs, progress)
        shapes: dict[str, Shape] = {}
        transitions: list[Transition] = []
        changing = {
            name
            for (group, _), proved in zip(self._wanted, all_proved, strict=True)
            if not proved.blocked
            for name in group.names
        }
        going_back = self._direction == "backward"  # then it is remembered
        for (group, wanted), proved in zip(self._wanted, all_proved, strict=True):
            source = replace(wanted.source, ddl=proved.proof.source_ddl)
            goal = replace(wanted.goal, ddl=proved.proof.goal_ddl)
            shapes |= {source.fingerprint: source, goal.fingerprint: goal}
            transition = Transition(
                source=source.fingerprint,
                goal=goal.fingerprint,
                tenants=group.names,
                statements=proved.proof.statements,
                differences=compare(source.catalog, goal.catalog),
                blocked=proved.blocked,
                no_way_back=proved.proof.no_way_back,
                notes=(
                    *suspected(source.catalog, goal.catalog, wanted.renames),
                    *(() if proved.blocked else _passed_over(wanted, proved.proof.statements)),
                    *(() if going_back else untold(proved.proof.dropped, proved.proof.created)),
                    *lacking(self._live.connection, proved.proof.statements),
                ),
                managed=wanted.scope.managed,
                anew=proved.proof.anew,
                dropped=proved.proof.dropped,
                created=proved.proof.created,
                alone=proved.proof.alone,
            )
            taken = proved.proof.touched
            transitions += without_held_up(self._live.connection, transition, taken, changing)
        return Plan(
            direction=self._direction,
            database=self._live.server.identity,
            desired=label,
            in_sync=tuple(sorted(self._in_sync, key=natural)),
            transitions=tuple(transitions),
            shapes=shapes,
            notes=tuple(self._notes),
            privileges=self._live.privileges,
            world=self._live.world,
            tokens={
                name: look.token
                for transition in transitions
                if transition.only_adds and not transition.blocked
                for name in transition.tenants
                if (look := self._live.memory.learned.get(name))
            },
        )


def _passed_over(wanted: Wanted, statements: Iterable[Statement]) -> tuple[str, ...]:
    renames = wanted.renames
    if wanted.scope.managed is not None:  # what a template has under another name is not known here
        renames = tuple(rename for rename in renames if rename.kind != "table")
    ran = {statement.sql for statement in statements}
    return passed_over(renames, wanted.source.catalog, wanted.goal.catalog, ran)
