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
from diffapply.model.scope import Scope
from diffapply.model.world import PLAIN, World
from diffapply.rehearsal.candidates import Candidate, Leg, by_facts
from diffapply.rehearsal.orders import prove_without_repeats
from diffapply.rehearsal.outside import Outside
from diffapply.rehearsal.renames import from_declarations
from diffapply.rehearsal.search import Found, restored, search
from diffapply.rehearsal.verify import Verdict, reasons, verify
from diffapply.renewal.rights import Builder, as_spoken
from diffapply.scratch.checks.clock import require_no_moment
from diffapply.scratch.checks.extensions import extensions, require_known
from diffapply.scratch.checks.names import require_own_names
from diffapply.scratch.checks.recording import recorded
from diffapply.scratch.checks.token import require_clear
from diffapply.scratch.confinement import Confinement, refused
from diffapply.scratch.defaults import read_given
from diffapply.scratch.sandbox import Sandbox, open_sandbox


class Rehearsal:
    """Works in one scratch database; remembers what it has rebuilt there.

    Args:
        connection: to the scratch database, in autocommit mode, the surroundings being built.
        shared: names of the schemas of the surroundings.
        confinement: what it means that a throw-away role builds there; None: it does not.
        world: the application's path and settings.
        tenants: all there are; a desired state may be written under the name of one.
        conditions: what all holds under that is found out here; see `diffapply.rehearsal.cache`.
        another: opens a further scratch database like this one; None where there can be no other.
    """

    def __init__(  # noqa: PLR0913 - what it needs, by name
        self,
        connection: Connection,
        shared: Sequence[str],
        confinement: Confinement | None = None,
        *,
        world: World = PLAIN,
        tenants: Collection[str] = (),
        conditions: tuple[str, ...] = (),
        another: Callable[[], AbstractContextManager["Rehearsal"]] | None = None,
    ) -> None:
        self.connection = connection
        self.shared = tuple(shared)
        self._kept = frozenset(shared) - frozenset(tenants)
        self.conditions = conditions
        self.another = another
        self.world = world
        self.confinement = confinement
        self._inspected: dict[tuple[str, Scope], Any] = {}
        self._rebuilt: dict[tuple[str, Scope], Shape] = {}
        self._restored: dict[tuple[str, Scope], Catalog] = {}
        self._standing: tuple[str, Scope] | None = None
        self._outside: dict[str, Outside] = {}

    def build_desired(self, desired: Desired, scope: Scope) -> Shape:
        """Build the desired state; what rebuilds it from its facts is not looked for yet.

        Raises:
            DesiredStateError: PostgreSQL refuses it, or it makes nothing for a tenant.
        """
        # It may write the token out, which must exist then.
        name, naming, managed = desired.token, desired.naming, scope.managed
        if name is not None and naming is not Naming.MODELS:
            managed = None  # a template has another name
        taken = name in self._kept and naming is Naming.MODELS
        if managed is not None or name is None or taken:
            name, naming, managed = scope.schema, Naming.AS_IT_IS, scope.managed
        with self._empty_sandbox(
            replace(scope, schema=name, managed=managed), self.world
        ) as sandbox:
            there = extensions(sandbox)
            try:
                with sandbox.application(), recorded(self.connection) as texts:
                    desired.build(self.connection, name)
            except DesiredStateError as error:
                if self.confinement is None or not _is_denied(error):
                    raise
                raise refused(error, self.confinement) from error
            require_known(desired.label, there, sandbox)
            catalog = sandbox.catalog(naming)
            behind = [its for its in self.world.behind if its != name]
            require_own_names(desired.label, catalog, behind, texts)
            require_no_moment(desired.label, catalog, sandbox, texts)
        if naming is not Naming.AS_IT_IS:
            require_clear(desired.label, name, naming, catalog)
        if managed is None and scope.managed is not None:
            catalog = with_own_name(catalog, scope.schema).restricted_to(scope.managed)
        if scope.managed is None and not catalog.facts:
            raise DesiredStateError(
                f"The desired state {desired.label} creates nothing that is the tenant's.",
                "What is the tenant's has no schema, or the one given as "
                "--tenant-token; and the search path stays as it is.",
            )
        return Shape(catalog)

    def require_desired(self, desired: Desired, scope: Scope) -> Shape:
        """The desired state with DDL that was proved to rebuild it.

        Raises:
            DesiredStateError: as `build_desired`; or it cannot be rebuilt from its facts.
        """
        goal = self.rebuild(self.build_desired(desired, scope), scope)
        if goal.ddl is None:
            reasons = "; ".join(self.why_not_rebuilt(goal, scope))
            raise DesiredStateError(
                f"The desired state {desired.label} cannot be rebuilt: {reasons}.",
            )
        return goal

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

    def goal_in(self, tenant: str, goal: Shape, scope: Scope) -> Shape:
        """The goal as it reads in a tenant of this name; see `reads_otherwise`."""
        if not reads_otherwise(tenant, goal.catalog.text):
            return goal
        rebuilt = self.rebuild(goal, scope)
        try:
            own = [spelled(statement, tenant) for statement in rebuilt.ddl or ()]
        except TenantError:
            return goal  # it will be said why when its turn comes
        with self._empty_sandbox(replace(scope, schema=tenant), rebuilt.world) as sandbox:
            if sandbox.try_run(own) is not None:
                return goal  # it will be said why when it is proved
            catalog = sandbox.catalog(Naming.OWN)
        return Shape(catalog) if catalog.fingerprint != goal.fingerprint else goal

    def rebuild(self, shape: Shape, scope: Scope, *, stay: bool = False) -> Shape:
        """The shape with DDL that was proved to rebuild it; without, if that cannot be had.

        Args:
            stay: what is built for that is left standing, as what is to be proved begins there.
        """
        key = (shape.fingerprint, scope)
        if key not in self._rebuilt:
            self._rebuilt[key] = self._rebuild(shape, scope, stay=stay)
        return self._rebuilt[key]

    def _rebuild(self, shape: Shape, scope: Scope, *, stay: bool) -> Shape:
        for world in self._worlds:
            if rebuilt := self._rebuilt_in(world, shape, scope, stay=stay):
                return rebuilt
        return replace(shape, ddl=None)

    @property
    def _worlds(self) -> Sequence[World]:
        """Those in which statements are tried.

        Something behind the tenant may be nearer to what a definition says than what was meant: an
        extension's operator for integer[] than PostgreSQL's for any array. So last without it.
        """
        return (self.world, self.world.alone) if self.world.behind else (self.world,)

    def _rebuilt_in(self, world: World, shape: Shape, scope: Scope, *, stay: bool) -> Shape | None:
        def kept(sandbox: Sandbox, ddl: tuple[str, ...]) -> Shape:
            self._remember(shape.fingerprint, sandbox)
            rebuilt = replace(shape, ddl=ddl, world=world)
            if stay:
                self._settle(sandbox, rebuilt)
            return rebuilt

        if shape.ddl is not None:
            with self._empty_sandbox(scope, world) as sandbox:
                failed = sandbox.try_run(shape.ddl)
                if failed is None and sandbox.catalog().fingerprint == shape.fingerprint:
                    return kept(sandbox, shape.ddl)
        with self._empty_sandbox(scope, world) as sandbox:
            built = search(sandbox, Catalog.of([]), shape.catalog)
            # No statement makes an index invalid, as a failed CREATE INDEX CONCURRENTLY leaves it.
            # It may be valid in scratch: what leads away from there begins by building it again.
            if any(difference.kind != "index validity" for difference in built.remaining):
                return None
            return kept(sandbox, built.statements)

    def restored(self, catalog: Catalog, scope: Scope) -> Catalog:
        """What a structure becomes by a dump and its restore, as far as it can be built."""
        key = (catalog.fingerprint, scope)
        if key not in self._restored:
            # Alone, as it was read: else names could mean what stands behind the tenant.
            with self._empty_sandbox(scope, self.world.alone) as sandbox:
                self._restored[key] = restored(sandbox, catalog)
        return self._restored[key]

    def why_not_rebuilt(self, shape: Shape, scope: Scope) -> tuple[str, ...]:
        """What of a shape cannot be rebuilt in scratch, and PostgreSQL's reasons."""
        with self._empty_sandbox(scope, self.world) as sandbox:
            found = search(sandbox, Catalog.of([]), shape.catalog)
        return self._reasons("its structure cannot be rebuilt in scratch", found)

    def _reasons(self, summary: str, found: Found) -> tuple[str, ...]:
        blocked = reasons(summary, found)
        if self.confinement is None:
            return blocked
        return self.confinement.explained(blocked, denied=found.denied)

    def prove(
        self,
        source: Shape,
        goal: Shape,
        scope: Scope,
        *,
        renames: Sequence[Rename] = (),
        user_statements: Sequence[str] = (),
    ) -> Verdict:
        """Find the statements that lead from one shape to the other, and prove them.

        Where they led stays, as it does in a tenant: the way back is proved from there.

        Args:
            renames: declared ones; those that are done, or are none here, are passed over.
            user_statements: the user's own statements, for when nothing else reaches the goal.
        """
        if source.ddl is None:
            return Verdict(blocked=self.why_not_rebuilt(source, scope))
        leg = Leg(source, goal, tuple(renames))
        proved = self._prove(leg, scope, self.world, user_statements)
        if proved.blocked and self.world.behind and not user_statements:
            alone = self._prove(leg, scope, self.world.alone)
            if not alone.blocked:
                return replace(alone, alone=True)
        return proved

    def _prove(
        self, leg: Leg, scope: Scope, world: World, user_statements: Sequence[str] = ()
    ) -> Verdict:
        source, goal = leg.source, leg.goal
        with self._sandbox_of(source, scope, world) as sandbox:
            outside = self._beside(sandbox)
            if has_choice(source.catalog):
                chosen = by_facts(sandbox, leg)  # migra takes no heed of that
            else:
                chosen = self._by_migra(sandbox, leg)
            if chosen.remaining or chosen.cost[:2] != (0, 0):
                # migra often drops and creates what can be altered in place.
                chosen = min(chosen, by_facts(sandbox, leg), key=Candidate.rank)
            if chosen.remaining and user_statements:
                chosen = by_facts(sandbox, leg, user_statements)
            if chosen.remaining:
                missed = "it cannot be brought to its goal"
                return Verdict(blocked=self._reasons(missed, chosen.found))
            if ambiguous := undetermined(chosen.statements, source.catalog):
                return Verdict(blocked=ambiguous)
            # Of the user's own statements, nobody knows what another order would do to rows.
            prove = verify if user_statements else prove_without_repeats
            proved = prove(sandbox, leg, chosen, outside)
            if not (proved.blocked or user_statements):  # who knows what those did elsewhere
                self._settle(sandbox, goal)
            return proved

    def _beside(self, sandbox: Sandbox) -> Outside:
        """What stands beside a sandbox; of a template's, something may hang on what was cleared."""
        if sandbox.scope.managed is not None:
            return Outside.of(sandbox, self.shared)
        if sandbox.scope.schema not in self._outside:
            self._outside[sandbox.scope.schema] = Outside.of(sandbox, self.shared)
        return self._outside[sandbox.scope.schema]

    @contextmanager
    def _empty_sandbox(self, scope: Scope, world: World) -> Iterator[Sandbox]:
        self._standing = None
        with open_sandbox(self.connection, scope, world) as sandbox:
            yield sandbox

    @contextmanager
    def _sandbox_of(self, shape: Shape, scope: Scope, world: World) -> Iterator[Sandbox]:
        """A sandbox in which a shape stands: still, or rebuilt there; then it is of this world."""
        if self._standing == (shape.fingerprint, scope):
            with open_sandbox(self.connection, scope, world, standing=True) as sandbox:
                yield sandbox
            return
        with self._empty_sandbox(scope, shape.world) as sandbox:
            sandbox.run(shape.ddl or ())
            sandbox.world = world
            sandbox.enter()
            self._settle(sandbox, shape)
            yield sandbox

    def _settle(self, sandbox: Sandbox, shape: Shape) -> None:
        if sandbox.settle():
            self._standing = (shape.fingerprint, sandbox.scope)

    def _by_migra(self, sandbox: Sandbox, leg: Leg) -> Candidate:
        # Not imported until it is needed: that takes longer than many a comparison.
        from diffapply.rehearsal import migra as migra_adapter  # noqa: PLC0415

        goal = self._inspected.get((leg.goal.fingerprint, sandbox.scope))
        with sandbox.trial():
            renamed, before = leg.begin(sandbox)
            source = (
                migra_adapter.inspect(sandbox, self.shared)
                if renamed
                else self._inspected.get((leg.source.fingerprint, sandbox.scope))
            )
            first = migra_adapter.propose(source, goal, sandbox.scope.schema, leg.goal.catalog)
            return Candidate(renamed, before, search(sandbox, before, leg.goal.catalog, first))

    def _remember(self, fingerprint: str, sandbox: Sandbox) -> None:
        from diffapply.rehearsal import migra as migra_adapter  # noqa: PLC0415 - see above

        key = (fingerprint, sandbox.scope)
        if key not in self._inspected:
            self._inspected[key] = migra_adapter.inspect(sandbox, self.shared)


def _is_denied(error: DesiredStateError) -> bool:
    cause = error.__cause__
    return isinstance(getattr(cause, "orig", cause), psycopg2.errors.InsufficientPrivilege)
