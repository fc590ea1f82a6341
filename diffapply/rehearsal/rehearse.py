"""Rebuilds structures in scratch, and proves the transitions between them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from psycopg2.extensions import connection as Connection

from diffapply.ddl.structure.keys import has_choice, undetermined
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.plan import Shape
from diffapply.model.rename import Rename
from diffapply.model.scope import Scope
from diffapply.model.user_statement import UserStatement
from diffapply.model.world import PLAIN, World
from diffapply.rehearsal.meaning.restoration import restored
from diffapply.rehearsal.migra.by_migra import ByMigra
from diffapply.rehearsal.proof.ground import Ground
from diffapply.rehearsal.proof.orders import Prove, prove_composed, prove_in_order, prove_untried
from diffapply.rehearsal.proof.outside import Outside
from diffapply.rehearsal.proof.verify import reasons
from diffapply.rehearsal.proof.way_back import reaches
from diffapply.rehearsal.search.by_facts import by_facts
from diffapply.rehearsal.search.by_user import by_user
from diffapply.rehearsal.search.candidates import Candidate, Leg
from diffapply.rehearsal.search.leading import Standing, is_near, lead
from diffapply.rehearsal.search.search import Found, search
from diffapply.rehearsal.verdict import Verdict, is_proved
from diffapply.scratch.confinement import Confinement
from diffapply.scratch.lacking import causes_of
from diffapply.scratch.sandbox import Sandbox, open_sandbox

MADE_AGAIN = frozenset({"index validity", "constraint state"})


class Rehearsal:
    """Works in one scratch database, and keeps what it has rebuilt there.

    Args:
        connection: to the scratch database with its surroundings, in autocommit mode.
        shared: names of the schemas of the surroundings.
        confinement: why a throw-away role builds there; None: it does not.
        world: the application's path and settings.
        lacking: PostgreSQL's reasons why some of what the live database has could not be created.
        elsewhere: whether scratch is on another server than the live database.
        role: the role that statements run as in tenants; empty: the one that builds in scratch.
    """

    def __init__(  # noqa: PLR0913 - what it needs, most of it by name
        self,
        connection: Connection,
        shared: Sequence[str],
        confinement: Confinement | None = None,
        world: World = PLAIN,
        *,
        lacking: Sequence[str] = (),
        elsewhere: bool = False,
        role: str = "",
    ) -> None:
        self.connection = connection
        self.lacking = lacking
        self.elsewhere = elsewhere
        self.role = role or connection.info.user
        self.shared = tuple(shared)
        self.world = world
        self.confinement = confinement
        self._by_migra = ByMigra(self.shared)
        self._rebuilt: dict[tuple[str, Scope], Shape] = {}
        self._restored: dict[tuple[str, Scope], Catalog] = {}
        self._standing = Standing()
        self._outside: dict[str, Outside] = {}

    def rebuild(
        self, shape: Shape, scope: Scope, *, stay: bool = False, before: Shape | None = None
    ) -> Shape:
        """The shape with DDL that was proved to rebuild it; without DDL, if there is none.

        Args:
            stay: leave the structure in the sandbox, because a proof begins with it. If what stands
                there is nearly the same, only the difference is built, and the shape returned as it
                is.
            before: the shape that is built next; if it is near, this one is left for it.
        """
        key = (shape.fingerprint, scope)
        if key not in self._rebuilt:
            if stay and self._led_to(shape, scope):
                return shape
            stay = stay or (before is not None and is_near(shape.catalog, before.catalog))
            self._rebuilt[key] = self._rebuild(shape, scope, stay=stay)
        return self._rebuilt[key]

    def _led_to(self, shape: Shape, scope: Scope) -> bool:
        """Whether what stands in the sandbox was changed into this shape."""
        if not (stands := self._standing.near(shape.catalog, scope)):
            return False
        with open_sandbox(self.connection, scope, self.world, standing=True) as sandbox:
            if led := lead(sandbox, stands, shape.catalog):
                self._settle(sandbox, shape)
        return led

    def _rebuild(self, shape: Shape, scope: Scope, *, stay: bool) -> Shape:
        for world in self._worlds:
            if rebuilt := self._rebuilt_in(world, shape, scope, stay=stay):
                return rebuilt
        return replace(shape, ddl=None)

    @property
    def _worlds(self) -> Sequence[World]:
        """The worlds in which statements are tried.

        An object in another schema may match a definition better than what is meant: for example,
        an extension's operator for integer[] instead of PostgreSQL's for any array. So the tenant
        alone on the path is tried last.
        """
        return (self.world, self.world.alone) if self.world.behind else (self.world,)

    def _rebuilt_in(self, world: World, shape: Shape, scope: Scope, *, stay: bool) -> Shape | None:
        def kept(sandbox: Sandbox, ddl: tuple[str, ...]) -> Shape:
            rebuilt = replace(shape, ddl=ddl, world=world)
            if stay:
                self._settle(sandbox, rebuilt)
            return rebuilt

        if shape.ddl is not None:
            with self.empty_sandbox(scope, world) as sandbox:
                failed = sandbox.try_run(shape.ddl)
                if failed is None and sandbox.catalog().fingerprint == shape.fingerprint:
                    return kept(sandbox, shape.ddl)
        with self.empty_sandbox(scope, world) as sandbox:
            built = search(sandbox, Ends.from_nothing(shape.catalog))
            # No statement can make an index invalid, as a failed CREATE INDEX CONCURRENTLY does,
            # and only a superuser can switch a constraint off. In scratch, it may be valid, and
            # hold: every transition from there begins by making it again.
            if any(difference.kind not in MADE_AGAIN for difference in built.remaining):
                return None
            return kept(sandbox, built.statements)

    def restored(self, catalog: Catalog, scope: Scope) -> Catalog:
        """The structure after a dump and a restore, as far as it can be built."""
        key = (catalog.fingerprint, scope)
        if key not in self._restored:
            # With the tenant alone on the path, as it was read.
            with self.empty_sandbox(scope, self.world.alone) as sandbox:
                self._restored[key] = restored(sandbox, catalog)
        return self._restored[key]

    def why_not_rebuilt(self, shape: Shape, scope: Scope) -> tuple[str, ...]:
        """What cannot be rebuilt in scratch, with PostgreSQL's reasons."""
        with self.empty_sandbox(scope, self.world) as sandbox:
            found = search(sandbox, Ends.from_nothing(shape.catalog))
        return self._reasons("its structure cannot be rebuilt in scratch", found)

    def _reasons(self, summary: str, found: Found) -> tuple[str, ...]:
        causes = causes_of(self.lacking) if found.unfound else ()
        if self.confinement:
            causes += self.confinement.causes(denied=found.denied)
        return reasons(summary, found, causes)

    def prove(  # noqa: PLR0913 - what it needs, most of it by name
        self,
        source: Shape,
        goal: Shape,
        scope: Scope,
        *,
        renames: Sequence[Rename] = (),
        user_statements: Sequence[UserStatement] = (),
        reworded: frozenset[FactKey] = frozenset(),
    ) -> Verdict:
        """Find the statements that lead from one shape to the other, and prove them.

        The result stays in the sandbox, as in a tenant: the way back is proved from there.

        Args:
            renames: declared renames; those that do not apply here are ignored.
            user_statements: all of them run, or none does.
            reworded: see `Wanted`; blocked if PostgreSQL does not word it anew.
        """
        leg = Leg(source, goal, tuple(renames), reworded)
        proved = self._prove(leg, scope, prove_composed, user_statements)
        if proved.blocked and self.world.behind and not user_statements:
            alone = self._prove(leg, scope, prove_composed, world=self.world.alone)
            if not alone.blocked:
                return replace(alone, alone=True)
        return proved

    def prove_back(
        self, goal: Shape, source: Shape, scope: Scope, renames: Sequence[Rename]
    ) -> Verdict:
        """Find out whether there is a way back; see `reaches`."""
        leg = Leg(goal, source, tuple(renames))
        proved = self._prove(leg, scope, reaches)
        if proved.blocked and self.world.behind:
            return self._prove(leg, scope, reaches, world=self.world.alone)
        return proved

    def _prove(
        self,
        leg: Leg,
        scope: Scope,
        prove: Prove,
        user_statements: Sequence[UserStatement] = (),
        *,
        world: World | None = None,
    ) -> Verdict:
        source, goal = leg.source, leg.goal
        if source.ddl is None and not self._standing.is_at(source.catalog, scope):
            return Verdict(blocked=self.why_not_rebuilt(source, scope))
        with self._sandbox_of(source, scope, world or self.world) as sandbox:
            sandbox.words = leg.words
            ground = self._ground(sandbox, leg)
            if not user_statements and (arrived := prove_untried(ground, prove)):
                self._settle(sandbox, goal)
                return arrived
            if not user_statements:
                return self._proved(sandbox, leg, self._found(sandbox, leg), prove)
            theirs = by_user(sandbox, leg, user_statements)
            if isinstance(theirs, Candidate):
                return self._proved(sandbox, leg, theirs, prove_in_order, stays=False)
            ours = self._found(sandbox, leg)
            if blocked := theirs.blocking(ours):
                return Verdict(blocked=blocked)
            return theirs.told(self._proved(sandbox, leg, ours, prove))

    def _found(self, sandbox: Sandbox, leg: Leg) -> Candidate:
        """The better way of those that the facts and migra propose."""
        found = by_facts(sandbox, leg)
        # Which key a foreign key comes to rest on, migra does not consider.
        if found.may_be_improved and not has_choice(leg.source.catalog):
            return min(found, self._by_migra.candidate(sandbox, leg), key=Candidate.rank)
        return found

    def _proved(
        self, sandbox: Sandbox, leg: Leg, chosen: Candidate, prove: Prove, *, stays: bool = True
    ) -> Verdict:
        """The proof of a candidate.

        Args:
            stays: whether the result may stay: nothing but the structure has changed.
        """
        if chosen.remaining:
            return Verdict(blocked=self._reasons("it cannot be brought to its goal", chosen.found))
        if ambiguous := undetermined(chosen.drafts, leg.source.catalog):
            return Verdict(blocked=ambiguous)
        proved = prove(self._ground(sandbox, leg), chosen)
        if stays and is_proved(proved):
            self._settle(sandbox, leg.goal)
        return proved

    def _ground(self, sandbox: Sandbox, leg: Leg) -> Ground:
        return Ground(sandbox, leg, self._beside(sandbox))

    def _beside(self, sandbox: Sandbox) -> Outside:
        """What is outside a sandbox; read again for a template, which may have dependents."""
        if sandbox.scope.managed is not None:
            return Outside.of(sandbox, self.shared)
        if sandbox.scope.schema not in self._outside:
            self._outside[sandbox.scope.schema] = Outside.of(sandbox, self.shared)
        return self._outside[sandbox.scope.schema]

    @contextmanager
    def empty_sandbox(self, scope: Scope, world: World) -> Iterator[Sandbox]:
        """An empty sandbox, rolled back at the end."""
        self._standing.clear()
        with open_sandbox(self.connection, scope, world) as sandbox:
            yield sandbox

    @contextmanager
    def _sandbox_of(self, shape: Shape, scope: Scope, world: World) -> Iterator[Sandbox]:
        """A sandbox with this shape, kept from before or rebuilt, in this world."""
        if self._standing.is_at(shape.catalog, scope):
            with open_sandbox(self.connection, scope, world, standing=True) as sandbox:
                yield sandbox
            return
        with self.empty_sandbox(scope, shape.world) as sandbox:
            sandbox.run(shape.ddl or ())
            sandbox.world = world
            sandbox.enter()
            self._settle(sandbox, shape)
            yield sandbox

    def _settle(self, sandbox: Sandbox, shape: Shape) -> None:
        if sandbox.settle():
            self._standing.become(shape.catalog, sandbox.scope)
