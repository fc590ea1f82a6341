"""Makes plans: which shapes there are, which goal each has, and what leads there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from psycopg2.extensions import connection as Connection

from diffapply.catalog.comparison import compare
from diffapply.catalog.memory import Memory
from diffapply.catalog.model import Catalog
from diffapply.catalog.parallel import read_all_fingerprints
from diffapply.catalog.reader import read_catalog, read_catalogs
from diffapply.catalog.tenants import natural
from diffapply.catalog.tokens import read_tokens
from diffapply.database.connection import Server
from diffapply.database.scratch import scratch_database
from diffapply.errors import DatabaseError
from diffapply.planning.desired import Desired
from diffapply.planning.environment import build_environment, shared_schemas
from diffapply.planning.model import Direction, Plan, Rename, Shape, Transition, Undo
from diffapply.planning.proofs import Proof, Proofs, proof_key
from diffapply.planning.rehearsal import Rehearsal
from diffapply.planning.renames import inverse, suspected
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
    with scratch_database(live.url, live.server, live.scratch_url) as scratch:
        shared = shared_schemas(live.connection, representatives, named)
        environment = build_environment(live.connection, scratch, shared)
        yield Rehearsal(scratch, shared, environment)


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
        plan = _PlanInTheMaking(live, rehearsal, "forward", progress, supplied)
        for template in templates:
            place = live.place(template, goal.catalog.owners)
            catalog = live.catalog(template, place.owners)
            its_goal = rehearsal.build_desired(desired, place)
            plan.add(Group((template,), catalog), its_goal, place, renames)
        for group in groups:
            plan.add(group, goal, live.place(), renames)
    return replace(plan.made(desired.label), renames=renames)


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
        plan = _PlanInTheMaking(live, rehearsal, "backward", progress, supplied)
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
    return replace(plan.made(label), undoes=undoes)


class _PlanInTheMaking:
    """Collects transitions, each rehearsed once, or not at all where that was done before."""

    def __init__(
        self,
        live: Live,
        rehearsal: Rehearsal,
        direction: Direction,
        progress: Progress,
        supplied: Sequence[str] = (),
    ) -> None:
        self._live = live
        self._rehearsal = rehearsal
        self._direction = direction
        self._progress = progress
        self._supplied = supplied
        self._shapes: dict[str, Shape] = {}
        self._rebuilt: dict[tuple[str, Place], Shape] = {}
        self._in_sync: list[str] = []
        self._transitions: list[Transition] = []

    def add(self, group: Group, goal: Shape, place: Place, renames: Sequence[Rename] = ()) -> None:
        """Rehearse the transition of a group to its goal."""
        source = Shape(group.catalog)
        if source.fingerprint == goal.fingerprint and self._direction == "forward":
            self._in_sync += group.names
            return
        conditions = (str(self._live.server.version), self._rehearsal.environment)
        key = proof_key(self._direction, (source, goal), place, renames, conditions)
        blocked: tuple[str, ...] = ()
        proof = self._live.proofs.recall(key)
        if proof is None:
            proof, blocked = self._prove(source, goal, place, renames)
            if not blocked and not self._supplied:
                self._live.proofs.keep(key, proof)
        self._shapes |= {
            source.fingerprint: replace(source, ddl=proof.source_ddl),
            goal.fingerprint: replace(goal, ddl=proof.goal_ddl),
        }
        self._transitions.append(
            Transition(
                source=source.fingerprint,
                goal=goal.fingerprint,
                tenants=group.names,
                statements=proof.statements,
                differences=compare(source.catalog, goal.catalog),
                blocked=blocked,
                no_way_back=proof.no_way_back,
                notes=suspected(source.catalog, goal.catalog) if not renames else (),
                owners=place.owners,
            )
        )
        self._progress("rehearse", len(self._transitions), len(self._transitions))

    def _prove(
        self, source: Shape, goal: Shape, place: Place, renames: Sequence[Rename]
    ) -> tuple[Proof, tuple[str, ...]]:
        """What leads from one to the other and, if nothing does, why."""
        source, goal = self._rebuild(source, place), self._rebuild(goal, place)
        if source.fingerprint == goal.fingerprint:
            # It stands where it goes back to, but the journal has yet to say so.
            return Proof((), source.ddl, goal.ddl), ()
        proved = self._rehearsal.prove(
            source, goal, place, renames=renames, supplied=self._supplied
        )
        no_way_back: tuple[str, ...] = ()
        if self._direction == "forward" and not proved.blocked:
            # Told now, and not when it is needed.
            back = self._rehearsal.prove(goal, source, place, renames=inverse(renames))
            no_way_back = back.blocked
        return Proof(proved.statements, source.ddl, goal.ddl, no_way_back), proved.blocked

    def made(self, label: str) -> Plan:
        """The plan."""
        return Plan(
            direction=self._direction,
            database=self._live.server.identity,
            desired=label,
            in_sync=tuple(sorted(self._in_sync, key=natural)),
            transitions=tuple(self._transitions),
            shapes=self._shapes,
            privileges=self._live.privileges,
        )

    def _rebuild(self, shape: Shape, place: Place) -> Shape:
        key = (shape.fingerprint, place)
        if key not in self._rebuilt:
            self._rebuilt[key] = self._rehearsal.rebuild(shape, place)
        return self._rebuilt[key]
