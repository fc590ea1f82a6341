"""Makes plans: which shapes there are, which goal each has, and what leads there."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from diffapply.catalog.comparison import compare
from diffapply.catalog.model import Catalog
from diffapply.catalog.tenants import natural
from diffapply.database.fresh_session import taken
from diffapply.database.inmates import Inmates
from diffapply.database.scratch import scratch_database
from diffapply.planning.confinement import Confinement
from diffapply.planning.desired import Desired
from diffapply.planning.elsewhere import drawn_elsewhere, mentioned_schemas
from diffapply.planning.environment import Surroundings, read_surroundings, shared_schemas
from diffapply.planning.live import Group, Live, group_by_shape
from diffapply.planning.made_again import without_rights
from diffapply.planning.model import Direction, Plan, Rename, Renewed, Shape, Transition, Undo
from diffapply.planning.proving import Prover, Wanted
from diffapply.planning.reference_rights import lacking
from diffapply.planning.rehearsal import Rehearsal
from diffapply.planning.renames import suspected
from diffapply.planning.scratch_seat import Place
from diffapply.progress import Progress, silent


@contextmanager
def rehearsing(
    live: Live,
    schemas: Mapping[str, Catalog],
    named: Iterable[str] = (),
    *,
    tenants: Collection[str] = (),
    ends: Iterable[Catalog] = (),
) -> Iterator[Rehearsal]:
    """A scratch database with all that the tenants refer to outside themselves.

    Args:
        schemas: one live schema of each shape, and the templates, as they were read.
        named: further schemas that the desired state mentions.
        tenants: live ones, as far as they are known.
        ends: further structures that are to be built; like those of `schemas`, they may draw from
            sequences of other schemas.

    Raises:
        ScratchError: none can be had, or none where what belongs to others can do no harm.
    """
    surroundings = read_surroundings(
        live.connection,
        shared_schemas(live.connection, schemas, {*named, *live.world.behind}, tenants=tenants),
        drawn_elsewhere([*schemas.values(), *ends]),
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
    with scratch_database(live.url, live.server, live.scratch_url, inmates) as scratch:
        denied = surroundings.build(scratch)
        yield Rehearsal(
            scratch,
            tuple(surroundings.schemas),
            surroundings.digest,
            Confinement(inmates.strangers, live.server.role, denied) if inmates.strangers else None,
            taken(scratch, live.world),
        )


def plan_forward(  # noqa: PLR0913 - what it needs, by name
    live: Live,
    desired: Desired,
    tenants: Sequence[str],
    templates: Sequence[str],
    *,
    supplied: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """The plan that brings tenants and templates to the desired state.

    Args:
        supplied: the user's own statements, tried where nothing else reaches the goal.
    """
    groups = group_by_shape(live, tenants, progress)
    originals = {name: live.catalog(name) for name in templates}
    schemas = {group.names[0]: group.catalog for group in groups} | originals
    with rehearsing(live, schemas, desired.shared, tenants=tenants) as rehearsal:
        goal = rehearsal.build_desired(desired, live.place())
        renames = rehearsal.quoted(desired.renames)
        plan = _PlanInTheMaking(live, rehearsal, "forward", supplied)
        for template in templates:
            place = live.place(template, goal.catalog.owners)
            catalog = originals[template].restricted_to(goal.catalog.owners)
            its_goal = rehearsal.build_desired(desired, place)
            its_goal = rehearsal.goal_for(catalog, its_goal, renames)
            plan.add(Group((template,), catalog), its_goal, place, renames)
        for group in groups:
            its_goal = rehearsal.goal_for(group.catalog, goal, renames)
            plan.add(group, its_goal, live.place(), renames)
        return replace(plan.made(desired.label, progress), renames=renames)


def plan_backward(
    live: Live,
    undos: Mapping[str, Undo],
    label: str,
    *,
    supplied: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """The plan that brings tenants and templates back to their snapshots.

    Args:
        undos: live schema → where it goes back to; schemas with nothing to undo are left out.
        label: what is undone, such as ``before run 12``.
    """
    tenants = sorted((n for n, undo in undos.items() if undo.owners is None), key=natural)
    templates = [name for name, undo in undos.items() if undo.owners is not None]
    groups = group_by_shape(live, tenants, progress)
    originals = {name: live.catalog(name, undos[name].owners) for name in templates}
    schemas = {group.names[0]: group.catalog for group in groups} | originals
    goals = {undo.goal.fingerprint: undo.goal.catalog for undo in undos.values()}.values()
    named = mentioned_schemas(goals) - {*tenants}
    with rehearsing(live, schemas, named, tenants=tenants, ends=goals) as rehearsal:
        plan = _PlanInTheMaking(live, rehearsal, "backward", supplied)
        for template in templates:
            undo = undos[template]
            place = live.place(template, undo.owners)
            plan.add(Group((template,), originals[template]), undo.goal, place, undo.renames)
        for group in groups:
            # The runs that are undone say what is renamed back.
            alike: dict[tuple[str, tuple[int, ...]], list[str]] = defaultdict(list)
            for name in group.names:
                alike[undos[name].goal.fingerprint, undos[name].runs].append(name)
            for names in alike.values():
                undo = undos[names[0]]
                alike_group = Group(tuple(names), group.catalog)
                plan.add(alike_group, undo.goal, live.place(), undo.renames)
        undoes = {name: undo.runs for name, undo in undos.items()}
        return replace(plan.made(label, progress), undoes=undoes)


class _PlanInTheMaking:
    """Collects what is to be proved."""

    def __init__(
        self,
        live: Live,
        rehearsal: Rehearsal,
        direction: Direction,
        supplied: Sequence[str] = (),
    ) -> None:
        self._live = live
        self._direction = direction
        self._prover = Prover(
            direction=direction,
            rehearsal=rehearsal,
            another=rehearsal.another,
            proofs=live.proofs,
            conditions=(str(live.server.version), rehearsal.environment, repr(rehearsal.world)),
            supplied=tuple(supplied),
        )
        self._in_sync: list[str] = []
        self._wanted: list[tuple[Group, Wanted]] = []

    def add(self, group: Group, goal: Shape, place: Place, renames: Sequence[Rename] = ()) -> None:
        """A group that is to come to a goal."""
        if group.catalog.fingerprint == goal.fingerprint and self._direction == "forward":
            self._in_sync += group.names
        else:
            wanted = Wanted(Shape(group.catalog), goal, place, tuple(renames))
            self._wanted.append((group, wanted))

    def _without_rights(
        self, source: Shape, goal: Shape, anew: Sequence[Renewed]
    ) -> tuple[str, ...]:
        if self._direction == "forward" or self._live.privileges:
            return ()
        return without_rights(source.catalog, goal.catalog, anew)

    def made(self, label: str, progress: Progress) -> Plan:
        """The plan; each transition is rehearsed now."""
        all_wanted = [wanted for _, wanted in self._wanted]
        all_proved = self._prover.prove(all_wanted, self._live.jobs, progress)
        shapes: dict[str, Shape] = {}
        transitions = []
        for (group, wanted), proved in zip(self._wanted, all_proved, strict=True):
            source = replace(wanted.source, ddl=proved.proof.source_ddl)
            goal = replace(wanted.goal, ddl=proved.proof.goal_ddl)
            shapes |= {source.fingerprint: source, goal.fingerprint: goal}
            transitions.append(
                Transition(
                    source=source.fingerprint,
                    goal=goal.fingerprint,
                    tenants=group.names,
                    statements=proved.proof.statements,
                    differences=compare(source.catalog, goal.catalog),
                    blocked=proved.blocked,
                    no_way_back=proved.proof.no_way_back,
                    notes=(
                        *(() if wanted.renames else suspected(source.catalog, goal.catalog)),
                        *lacking(self._live.connection, proved.proof.statements),
                        *self._without_rights(source, goal, proved.proof.anew),
                    ),
                    owners=wanted.place.owners,
                    anew=proved.proof.anew,
                    alone=proved.proof.alone,
                )
            )
        return Plan(
            direction=self._direction,
            database=self._live.server.identity,
            desired=label,
            in_sync=tuple(sorted(self._in_sync, key=natural)),
            transitions=tuple(transitions),
            shapes=shapes,
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
