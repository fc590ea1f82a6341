"""Rebuilds structures in scratch, and proves what leads from one to another."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.ddl.keys import has_choice, undetermined
from diffapply.desired import Desired
from diffapply.errors import DesiredStateError, TenantError
from diffapply.model.catalog import Catalog
from diffapply.model.own_name import Naming, reads_otherwise, spelled, with_own_name
from diffapply.model.plan import Rename, Shape
from diffapply.model.world import PLAIN, World
from diffapply.rehearsal.candidates import (
    Attempt,
    Leg,
    Proved,
    by_facts,
    prove_attempt,
    reasons,
)
from diffapply.rehearsal.orders import prove_without_repeats
from diffapply.rehearsal.outside import Outside
from diffapply.rehearsal.renames import from_declarations
from diffapply.rehearsal.search import Convergence, converge, restored
from diffapply.renewal.rights import Builder, as_spoken
from diffapply.scratch.checks.clock import require_no_moment
from diffapply.scratch.checks.extensions import extensions, require_known
from diffapply.scratch.checks.names import require_own_names
from diffapply.scratch.checks.recording import recorded
from diffapply.scratch.checks.token import require_clear
from diffapply.scratch.confinement import Confinement, refused
from diffapply.scratch.defaults import read_given
from diffapply.scratch.sandbox import Place, Seat, seated


class Rehearsal:
    """Works in one scratch database; remembers what it has rebuilt there.

    Args:
        connection: to the scratch database, in autocommit mode, the environment being built.
        shared: names of the schemas of that environment.
        environment: a digest of it.
        confinement: what it means that a throw-away role builds there; None: it does not.
        world: the application's path and settings.
        tenants: all there are; a desired state may be written under the name of one.
    """

    another: Callable[[], AbstractContextManager["Rehearsal"]] | None = None
    """Opens a further scratch database like this one; None where there can be no other."""

    def __init__(  # noqa: PLR0913 - what it needs, by name
        self,
        connection: Connection,
        shared: Sequence[str],
        environment: str = "",
        confinement: Confinement | None = None,
        *,
        world: World = PLAIN,
        tenants: Collection[str] = (),
    ) -> None:
        self.connection = connection
        self.shared = tuple(shared)
        self._kept = frozenset(shared) - frozenset(tenants)
        self.environment = environment
        self.world = world
        self.confinement = confinement
        self._inspected: dict[tuple[str, Place], Any] = {}
        self._rebuilt: dict[tuple[str, Place], Shape] = {}
        self._restored: dict[tuple[str, Place], Catalog] = {}
        self._standing: tuple[str, Place] | None = None
        self._outside: dict[str, Outside] = {}

    def build_desired(self, desired: Desired, place: Place) -> Shape:
        """Build the desired state; what rebuilds it from its facts is not looked for yet.

        Raises:
            DesiredStateError: PostgreSQL refuses it, or it makes nothing for a tenant.
        """
        # It may write the token out, which must exist then.
        name, naming, owners = desired.token, desired.naming, place.owners
        if name is not None and naming is not Naming.MODELS:
            owners = None  # a template has another name
        taken = name in self._kept and naming is Naming.MODELS
        if owners is not None or name is None or taken:
            name, naming, owners = place.schema, Naming.AS_IT_IS, place.owners
        with self._empty_seat(replace(place, schema=name, owners=owners), self.world) as seat:
            there = extensions(seat)
            try:
                with seat.application(), recorded(self.connection) as texts:
                    desired.build(self.connection, name)
            except DesiredStateError as error:
                if self.confinement is None or not _is_denied(error):
                    raise
                raise refused(error, self.confinement) from error
            require_known(desired.label, there, seat)
            catalog = seat.catalog(naming)
            behind = [its for its in self.world.behind if its != name]
            require_own_names(desired.label, catalog, behind, texts)
            require_no_moment(desired.label, catalog, seat, texts)
        if naming is not Naming.AS_IT_IS:
            require_clear(desired.label, name, naming, catalog)
        if owners is None and place.owners is not None:
            catalog = with_own_name(catalog, place.schema).restricted_to(place.owners)
        if place.owners is None and not catalog.facts:
            raise DesiredStateError(
                f"The desired state {desired.label} creates nothing that is the tenant's.",
                "Nothing was done. What is the tenant's has no schema, or the one given as "
                "--tenant-token; and the search path stays as it is.",
            )
        return Shape(catalog)

    def quoted(self, renames: Sequence[Rename]) -> tuple[Rename, ...]:
        """Declared renames, their names as PostgreSQL quotes them."""
        names = [name for r in renames for name in (r.table, r.old, r.new)]
        # Shared schemas stand there, with any names.
        with neutral(self.connection, read_only=True) as cursor:
            cursor.execute(
                "select quote_ident(name) from unnest(%s::text[]) with ordinality u (name, place) "
                "order by place",
                [names],
            )
            return from_declarations(renames, [name for (name,) in cursor.fetchall()])

    def goal_for(self, live: Catalog, desired: Shape, renames: Sequence[Rename]) -> Shape:
        """The desired state for tenants that are so now.

        Where it says nothing of owners and grants, they keep what they have.

        Args:
            renames: those that it declares, quoted.
        """
        if not desired.catalog.has_privileges:
            return desired
        with neutral(self.connection, read_only=True) as cursor:
            # What a throw-away role has built reads as the connecting role's.
            role = self.confinement.role if self.confinement else None
            cursor.execute("select quote_ident(coalesce(%s, current_user))", [role])
            [(name,)] = cursor.fetchall()
        builder = Builder(name, read_given(self.connection))
        return Shape(as_spoken(desired.catalog, live, builder, renames))

    def goal_in(self, tenant: str, goal: Shape, place: Place) -> Shape:
        """The goal as it reads in a tenant of this name; see `reads_otherwise`."""
        if not reads_otherwise(tenant, goal.catalog.text):
            return goal
        rebuilt = self.rebuild(goal, place)
        try:
            own = [spelled(statement, tenant) for statement in rebuilt.ddl or ()]
        except TenantError:
            return goal  # it will be said why when its turn comes
        with self._empty_seat(replace(place, schema=tenant), rebuilt.world) as seat:
            if seat.attempt(own) is not None:
                return goal  # it will be said why when it is proved
            catalog = seat.catalog(Naming.OWN)
        return Shape(catalog) if catalog.fingerprint != goal.fingerprint else goal

    def rebuild(self, shape: Shape, place: Place, *, stay: bool = False) -> Shape:
        """The shape with DDL that was proved to rebuild it; without, if that cannot be had.

        Args:
            stay: what is built for that is left standing, as what is to be proved begins there.
        """
        key = (shape.fingerprint, place)
        if key not in self._rebuilt:
            self._rebuilt[key] = self._rebuild(shape, place, stay=stay)
        return self._rebuilt[key]

    def _rebuild(self, shape: Shape, place: Place, *, stay: bool) -> Shape:
        for world in self._worlds:
            if rebuilt := self._rebuilt_in(world, shape, place, stay=stay):
                return rebuilt
        return replace(shape, ddl=None)

    @property
    def _worlds(self) -> Sequence[World]:
        """Those in which statements are tried.

        Something behind the tenant may be nearer to what a definition says than what was meant: an
        extension's operator for integer[] than PostgreSQL's for any array. So last without it.
        """
        return (self.world, self.world.alone) if self.world.behind else (self.world,)

    def _rebuilt_in(self, world: World, shape: Shape, place: Place, *, stay: bool) -> Shape | None:
        def kept(seat: Seat, ddl: tuple[str, ...]) -> Shape:
            self._remember(shape.fingerprint, seat)
            rebuilt = replace(shape, ddl=ddl, world=world)
            if stay:
                self._settle(seat, rebuilt)
            return rebuilt

        if shape.ddl is not None:
            with self._empty_seat(place, world) as seat:
                failed = seat.attempt(shape.ddl)
                if failed is None and seat.catalog().fingerprint == shape.fingerprint:
                    return kept(seat, shape.ddl)
        with self._empty_seat(place, world) as seat:
            built = converge(seat, Catalog.of([]), shape.catalog)
            # No statement makes an index invalid, as a failed CREATE INDEX CONCURRENTLY leaves it.
            # It may be valid in scratch: what leads away from there begins by building it again.
            if any(difference.kind != "index validity" for difference in built.remaining):
                return None
            return kept(seat, built.statements)

    def restored(self, catalog: Catalog, place: Place) -> Catalog:
        """What a structure becomes by a dump and its restore, as far as it can be built."""
        key = (catalog.fingerprint, place)
        if key not in self._restored:
            # Alone, as it was read: else names could mean what stands behind the tenant.
            with self._empty_seat(place, self.world.alone) as seat:
                self._restored[key] = restored(seat, catalog)
        return self._restored[key]

    def why_not_rebuilt(self, shape: Shape, place: Place) -> tuple[str, ...]:
        """What of a shape cannot be rebuilt in scratch, and PostgreSQL's reasons."""
        with self._empty_seat(place, self.world) as seat:
            found = converge(seat, Catalog.of([]), shape.catalog)
        return self._reasons("its structure cannot be rebuilt in scratch", found)

    def _reasons(self, summary: str, found: Convergence) -> tuple[str, ...]:
        blocked = reasons(summary, found)
        if self.confinement is None:
            return blocked
        return self.confinement.explained(blocked, denied=found.denied)

    def prove(
        self,
        source: Shape,
        goal: Shape,
        place: Place,
        *,
        renames: Sequence[Rename] = (),
        supplied: Sequence[str] = (),
    ) -> Proved:
        """Find the statements that lead from one shape to the other, and prove them.

        Where they led stays, as it does in a tenant: the way back is proved from there.

        Args:
            renames: declared ones; those that are done, or are none here, are passed over.
            supplied: the user's own statements, for when nothing else reaches the goal.
        """
        if source.ddl is None:
            return Proved(blocked=self.why_not_rebuilt(source, place))
        leg = Leg(source, goal, tuple(renames))
        proved = self._prove(leg, place, self.world, supplied)
        if proved.blocked and self.world.behind and not supplied:
            alone = self._prove(leg, place, self.world.alone)
            if not alone.blocked:
                return replace(alone, alone=True)
        return proved

    def _prove(self, leg: Leg, place: Place, world: World, supplied: Sequence[str] = ()) -> Proved:
        source, goal = leg.source, leg.goal
        with self._seat_of(source, place, world) as seat:
            outside = self._beside(seat)
            if has_choice(source.catalog):
                chosen = by_facts(seat, leg)  # migra takes no heed of that
            else:
                chosen = self._by_migra(seat, leg)
            if chosen.remaining or chosen.cost[:2] != (0, 0):
                # migra often drops and creates what can be altered in place.
                chosen = min(chosen, by_facts(seat, leg), key=Attempt.rank)
            if chosen.remaining and supplied:
                chosen = by_facts(seat, leg, supplied)
            if chosen.remaining:
                missed = "it cannot be brought to its goal"
                return Proved(blocked=self._reasons(missed, chosen.found))
            if ambiguous := undetermined(chosen.statements, source.catalog):
                return Proved(blocked=ambiguous)
            # Of the user's own statements, nobody knows what another order would do to rows.
            prove = prove_attempt if supplied else prove_without_repeats
            proved = prove(seat, leg, chosen, outside)
            if not (proved.blocked or supplied):  # who knows what those did elsewhere
                self._settle(seat, goal)
            return proved

    def _beside(self, seat: Seat) -> Outside:
        """What stands beside a seat; of a template's, something may hang on what was cleared."""
        if seat.place.owners is not None:
            return Outside.of(seat, self.shared)
        if seat.place.schema not in self._outside:
            self._outside[seat.place.schema] = Outside.of(seat, self.shared)
        return self._outside[seat.place.schema]

    @contextmanager
    def _empty_seat(self, place: Place, world: World) -> Iterator[Seat]:
        self._standing = None
        with seated(self.connection, place, world) as seat:
            yield seat

    @contextmanager
    def _seat_of(self, shape: Shape, place: Place, world: World) -> Iterator[Seat]:
        """A seat in which a shape stands: still, or rebuilt there; then it is of this world."""
        if self._standing == (shape.fingerprint, place):
            with seated(self.connection, place, world, standing=True) as seat:
                yield seat
            return
        with self._empty_seat(place, shape.world) as seat:
            seat.run(shape.ddl or ())
            seat.world = world
            seat.enter()
            self._settle(seat, shape)
            yield seat

    def _settle(self, seat: Seat, shape: Shape) -> None:
        if seat.settle():
            self._standing = (shape.fingerprint, seat.place)

    def _by_migra(self, seat: Seat, leg: Leg) -> Attempt:
        # Not imported until it is needed: that takes longer than many a comparison.
        from diffapply.rehearsal import migra as migra_adapter  # noqa: PLC0415

        goal = self._inspected.get((leg.goal.fingerprint, seat.place))
        with seat.trial():
            renamed, before = leg.begin(seat)
            source = (
                migra_adapter.inspect(seat, self.shared)
                if renamed
                else self._inspected.get((leg.source.fingerprint, seat.place))
            )
            first = migra_adapter.propose(source, goal, seat.place.schema, leg.goal.catalog)
            return Attempt(renamed, before, converge(seat, before, leg.goal.catalog, first))

    def _remember(self, fingerprint: str, seat: Seat) -> None:
        from diffapply.rehearsal import migra as migra_adapter  # noqa: PLC0415 - see above

        key = (fingerprint, seat.place)
        if key not in self._inspected:
            self._inspected[key] = migra_adapter.inspect(seat, self.shared)


def _is_denied(error: DesiredStateError) -> bool:
    cause = error.__cause__
    return isinstance(getattr(cause, "orig", cause), psycopg2.errors.InsufficientPrivilege)
