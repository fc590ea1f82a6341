"""The goals of live schemas: what is desired, with a schema's own texts of equal meaning."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.database.transaction import neutral
from diffapply.errors import TenantError, UnreadableFactError
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.own_name import Naming, reads_otherwise, spelled
from diffapply.model.plan import Shape
from diffapply.model.rename import Rename
from diffapply.model.scope import Scope
from diffapply.planning.goals.filled import still_filled
from diffapply.planning.goals.not_null_names import named_as_in_children, named_as_now, own_as_now
from diffapply.planning.goals.settings_in_order import in_order_as_now
from diffapply.rehearsal.cache import meaning_key
from diffapply.rehearsal.meaning.wording import changed_expressions, worded_as
from diffapply.rehearsal.renames.declared import from_declarations
from diffapply.rehearsal.scene import Scene
from diffapply.renewal.rights import Builder, as_spoken
from diffapply.scratch.defaults import read_given


def quoted(connection: Connection, renames: Sequence[Rename]) -> tuple[Rename, ...]:
    """Declared renames, their names as PostgreSQL quotes them; labels as constants."""
    if not renames:
        return ()
    names = [
        (name, r.kind == "label" and number > 0)
        for r in renames
        for number, name in enumerate((r.table, r.old, r.new))
    ]
    named = rows(
        connection,
        "select case when constant then quote_literal(name) else quote_ident(name) end "
        "from unnest(%s::text[], %s::boolean[]) "
        "with ordinality u (name, constant, place) order by place",
        [[name for name, _ in names], [constant for _, constant in names]],
    )
    return from_declarations(renames, [name for (name,) in named])


@dataclass(frozen=True, slots=True)
class Goals:
    """The goals of live schemas; uses scratch to find out which texts mean the same.

    Attributes:
        unnamed: whether NOT NULLs keep their names; see `cannot_name`.
    """

    scene: Scene
    unnamed: bool = False

    def forward(
        self, catalog: Catalog, desired: Shape, scope: Scope, renames: Sequence[Rename]
    ) -> Shape:
        """The desired state for schemas with this catalog.

        They keep owners and grants that the desired state does not state, their own texts if these
        mean the same, the rows of their materialized views, and names that no model can say.

        Args:
            catalog: what they are now.
            scope: which part of them counts.
            renames: those that the desired state declares, quoted.
        """
        spoken = self._spoken(catalog, desired, renames)
        if spoken.catalog.fingerprint == catalog.fingerprint:
            return spoken  # most are at their goal: so the names of NOT NULLs need not be looked at
        name = named_as_now if self.unnamed else named_as_in_children
        owned = own_as_now(Ends(catalog, spoken.catalog))
        named = name(Ends(catalog, owned))
        goal = spoken if named is spoken.catalog else Shape(named)
        return self.in_own_words(catalog, goal, scope, renames)

    def in_own_words(
        self, catalog: Catalog, goal: Shape, scope: Scope, renames: Sequence[Rename] = ()
    ) -> Shape:
        """The goal with the texts of this catalog, where these mean the same.

        What is filled in this catalog stays so; see `still_filled`. So does the order of settings.
        """
        filled = still_filled(Ends(catalog, goal.catalog), renames)
        if filled is not goal.catalog:
            goal = Shape(filled)
        try:
            ordered = in_order_as_now(Ends(catalog, goal.catalog))
            if ordered is not goal.catalog:
                goal = Shape(ordered)
            if not changed_expressions(catalog, goal.catalog):
                return goal
            alike = self._of_equal_meaning(catalog, goal, scope)
        except UnreadableFactError:
            return goal  # the prover reports the error
        return Shape(worded_as(goal.catalog, catalog, alike)) if alike else goal

    def in_tenant(self, tenant: str, goal: Shape, scope: Scope) -> Shape:
        """The goal as it reads in a tenant of this name; see `reads_otherwise`."""
        if not reads_otherwise(tenant, goal.catalog.text):
            return goal
        try:
            rebuilt = self.scene.rehearsal.rebuild(goal, scope)
            own = [spelled(statement, tenant) for statement in rebuilt.ddl or ()]
        except (TenantError, UnreadableFactError):
            return goal  # reported when it is proved, or when the tenant is changed
        its_scope = replace(scope, schema=tenant)
        with self.scene.rehearsal.empty_sandbox(its_scope, rebuilt.world) as sandbox:
            if sandbox.try_run(own) is not None:
                return goal  # the prover reports the error
            catalog = sandbox.catalog(Naming.OWN)
        return Shape(catalog) if catalog.fingerprint != goal.fingerprint else goal

    def _spoken(self, live: Catalog, desired: Shape, renames: Sequence[Rename]) -> Shape:
        """The desired state; owners and grants that it does not state stay as they are."""
        if not desired.catalog.has_privileges:
            return desired
        connection, confinement = self.scene.rehearsal.connection, self.scene.rehearsal.confinement
        with neutral(connection, read_only=True) as cursor:
            # What a throw-away role builds counts as built by the connecting role.
            role = confinement.role if confinement else None
            cursor.execute("select quote_ident(coalesce(%s, current_user))", [role])
            [(name,)] = cursor.fetchall()
        builder = Builder(name, read_given(connection))
        return Shape(as_spoken(Ends(live, desired.catalog), builder, renames))

    def _of_equal_meaning(self, catalog: Catalog, goal: Shape, scope: Scope) -> frozenset[FactKey]:
        key = meaning_key((Shape(catalog), goal), scope, self.scene.conditions)
        found = self.scene.proofs.recall_alike(key)
        if found is None:
            from diffapply.rehearsal.meaning.meaning import of_equal_meaning  # noqa: PLC0415 - see `Scene`

            one, other = (
                self.scene.rehearsal.restored(its, scope) for its in (catalog, goal.catalog)
            )
            found = of_equal_meaning((catalog, goal.catalog), (one, other))
            if self.scene.may_keep:
                self.scene.proofs.keep_alike(key, found)
        return found
