"""Makes plans: which shapes there are, which goal each has, and what leads there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from psycopg2.extensions import connection as Connection

from diffapply.catalog.comparison import compare
from diffapply.catalog.memory import Memory
from diffapply.catalog.model import Catalog
from diffapply.catalog.parallel import read_all_fingerprints
from diffapply.catalog.reader import read_catalog, read_catalogs
from diffapply.catalog.tenants import natural
from diffapply.catalog.tokens import read_tokens
from diffapply.database.connection import Server, connected
from diffapply.database.scratch import scratch_database
from diffapply.errors import DatabaseError
from diffapply.planning.desired import Desired
from diffapply.planning.environment import build_environment, shared_schemas
from diffapply.planning.model import Direction, Plan, Rename, Shape, Transition, Undo
from diffapply.planning.proofs import Proofs
from diffapply.planning.proving import Prover, Wanted
from diffapply.planning.rehearsal import Rehearsal
from diffapply.planning.renames import suspected
from diffapply.planning.scratch_seat import TENANT, Place
from diffapply.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class Live:
    """The live database, and how it is compared.

    Attributes:
        privileges: whether owners and grants count.
        jobs: how many connections at most read it.
        memory: what an earlier look found.
        proofs: what was proved before.
    """

    connection: Connection
    url: str
    server: Server
    scratch_url: str | None = None
    privileges: bool = False
    jobs: int = 1
    memory: Memory = field(default_factory=Memory)
    proofs: Proofs = field(default_factory=Proofs)

    def catalog(self, schema: str, owners: frozenset[str] | None = None) -> Catalog:
        """What a schema is now; of a template, only what belongs to `owners`."""
        catalog = read_catalog(self.connection, schema, privileges=self.privileges)
        return catalog if owners is None else catalog.restricted_to(owners)

    def place(self, schema: str = TENANT, owners: frozenset[str] | None = None) -> Place:
        """Where in scratch a template stands, or any tenant."""
        return Place(schema, owners, self.privileges)


@dataclass(frozen=True, slots=True)
class Group:
    """Live schemas of one shape that have one goal.

    Attributes:
        catalog: what each of them is.
    """

    names: tuple[str, ...]
    catalog: Catalog


def group_by_shape(live: Live, names: Sequence[str], progress: Progress = silent) -> list[Group]:
    """Tenants grouped by their structure, largest group first.

    Raises:
        DatabaseError: they are being changed while they are read.
    """
    tokens = _tokens(live, names)
    recalled = live.memory.recall(tokens)
    fingerprints = recalled | read_all_fingerprints(
        live.connection,
        live.url,
        [name for name in names if name not in recalled],
        jobs=live.jobs,
        privileges=live.privileges,
        progress=progress,
    )
    by_fingerprint: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name in fingerprints:  # else it was dropped since it was discovered
            by_fingerprint[fingerprints[name]].append(name)
    first = read_catalogs(
        live.connection,
        [its[0] for its in by_fingerprint.values()],
        privileges=live.privileges,
    )
    groups = []
    for fingerprint, its in by_fingerprint.items():
        catalog = first[its[0]]
        if catalog.fingerprint != fingerprint:
            if recalled:
                return group_by_shape(replace(live, memory=live.memory.emptied()), names, progress)
            catalog = _any_of_shape(live, fingerprint, its)
        live.memory.learn(tokens, its, catalog)
        groups.append(Group(tuple(its), catalog))
    return sorted(groups, key=lambda group: -len(group.names))


def _tokens(live: Live, names: Sequence[str]) -> dict[str, str]:
    if not live.memory.helps(names):
        return {}
    return read_tokens(
        live.connection,
        live.url,
        live.server,
        names,
        inside=live.memory.known,
        privileges=live.privileges,
    )


def _any_of_shape(live: Live, fingerprint: str, names: Iterable[str]) -> Catalog:
    for name in names:
        catalog = live.catalog(name)
        if catalog.fingerprint == fingerprint:
            return catalog
    raise DatabaseError(
        "The tenants are being changed while they are compared.",
        "Nothing was done. Try again when no other session is changing them.",
    )


@contextmanager
def rehearsing(
    live: Live, representatives: Sequence[str], named: Iterable[str] = ()
) -> Iterator[Rehearsal]:
    """A scratch database with all that the tenants refer to outside themselves.

    Args:
        representatives: one live schema of each shape, and the templates.
        named: further schemas that the desired state mentions.
    """
    shared = shared_schemas(live.connection, representatives, named)
    with _in_scratch(live, live.connection, shared) as rehearsal:
        yield rehearsal


@contextmanager
def _in_scratch(live: Live, connection: Connection, shared: Sequence[str]) -> Iterator[Rehearsal]:
    with scratch_database(live.url, live.server, live.scratch_url) as scratch:
        environment = build_environment(connection, scratch, shared)
        yield Rehearsal(scratch, shared, environment)


@contextmanager
def _in_another_scratch(live: Live, shared: Sequence[str]) -> Iterator[Rehearsal]:
    with (
        connected(live.url) as connection,
        _in_scratch(live, connection, shared) as rehearsal,
    ):
        yield rehearsal


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
    representatives = [*(group.names[0] for group in groups), *templates]
    with rehearsing(live, representatives, desired.shared) as rehearsal:
        goal = rehearsal.build_desired(desired, live.place())
        renames = rehearsal.quoted(desired.renames)
        plan = _PlanInTheMaking(live, rehearsal, "forward", supplied)
        for template in templates:
            place = live.place(template, goal.catalog.owners)
            catalog = live.catalog(template, place.owners)
            its_goal = rehearsal.build_desired(desired, place)
            plan.add(Group((template,), catalog), its_goal, place, renames)
        for group in groups:
            plan.add(group, goal, live.place(), renames)
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
    representatives = [*(group.names[0] for group in groups), *templates]
    with rehearsing(live, representatives) as rehearsal:
        plan = _PlanInTheMaking(live, rehearsal, "backward", supplied)
        for template in templates:
            undo = undos[template]
            place = live.place(template, undo.owners)
            catalog = live.catalog(template, place.owners)
            plan.add(Group((template,), catalog), undo.goal, place, undo.renames)
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
            another=None
            if live.scratch_url
            else partial(_in_another_scratch, live, rehearsal.shared),
            proofs=live.proofs,
            conditions=(str(live.server.version), rehearsal.environment),
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
                    notes=() if wanted.renames else suspected(source.catalog, goal.catalog),
                    owners=wanted.place.owners,
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
        )
