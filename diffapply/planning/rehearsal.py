"""Rebuilds structures in scratch, and proves what leads from one to another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import psycopg2
import psycopg2.sql
from pglast import ast, parser
from pglast.enums import AlterTableType
from psycopg2.extensions import connection as Connection

from diffapply.catalog.comparison import compare
from diffapply.catalog.model import Catalog, Difference
from diffapply.errors import DesiredStateError
from diffapply.planning.convergence import Convergence, converge
from diffapply.planning.ddl.keys import has_choice, undetermined
from diffapply.planning.desired import Desired
from diffapply.planning.hazards import data_hazards
from diffapply.planning.model import Hazard, Rename, Shape, Statement
from diffapply.planning.observation import Observer
from diffapply.planning.renames import (
    declared,
    displaced,
    from_declarations,
    nameless,
    repartitioned,
)
from diffapply.planning.scratch_seat import Place, Seat, seated, settled


@dataclass(frozen=True)
class Proved:
    """What leads from one structure to another, or why nothing does.

    Attributes:
        statements: proved on a fresh copy; empty when blocked.
        blocked: reasons, empty when proved.
    """

    statements: tuple[Statement, ...] = ()
    blocked: tuple[str, ...] = ()


class Rehearsal:
    """Works in one scratch database; remembers what it has rebuilt there.

    Args:
        connection: to the scratch database, in autocommit mode, the environment being built.
        shared: names of the schemas of that environment.
        environment: a digest of it.
    """

    def __init__(
        self, connection: Connection, shared: Sequence[str], environment: str = ""
    ) -> None:
        self.connection = connection
        self.shared = tuple(shared)
        self.environment = environment
        self._inspected: dict[tuple[str, Place], Any] = {}
        self._rebuilt: dict[tuple[str, Place], Shape] = {}

    def build_desired(self, desired: Desired, place: Place) -> Shape:
        """Build the desired state; what rebuilds it from its facts is not looked for yet.

        Raises:
            DesiredStateError: PostgreSQL refuses it, or it makes nothing for a tenant.
        """
        # The tenant's stand-in name must exist while the desired state is built, as it may
        # be written out in it; afterwards everything stands under the usual name.
        spelled = desired.token
        if place.owners is not None or spelled is None or spelled in self.shared:
            spelled = place.schema
        with seated(self.connection, replace(place, schema=spelled)) as seat:
            desired.build(self.connection, spelled)
            catalog = replace_schema(seat, place)
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
        with self.connection.cursor() as cursor:
            cursor.execute(
                "select quote_ident(name) from unnest(%s::text[]) with ordinality u (name, place) "
                "order by place",
                [names],
            )
            return from_declarations(renames, [name for (name,) in cursor.fetchall()])

    def rebuild(self, shape: Shape, place: Place) -> Shape:
        """The shape with DDL that was proved to rebuild it; without, if that cannot be had."""
        key = (shape.fingerprint, place)
        if key not in self._rebuilt:
            self._rebuilt[key] = self._rebuild(shape, place)
        return self._rebuilt[key]

    def _rebuild(self, shape: Shape, place: Place) -> Shape:
        with seated(self.connection, place) as seat:
            if shape.ddl is not None:
                failed = seat.attempt(shape.ddl)
                if failed is None and seat.catalog().fingerprint == shape.fingerprint:
                    self._remember(shape.fingerprint, seat)
                    return shape
        with seated(self.connection, place) as seat:
            built = converge(seat, Catalog.of([]), shape.catalog)
            # No statement makes an index invalid, as a failed CREATE INDEX CONCURRENTLY leaves it.
            # It may be valid in scratch: what leads away from there begins by building it again.
            if any(difference.kind != "index validity" for difference in built.remaining):
                return replace(shape, ddl=None)
            self._remember(shape.fingerprint, seat)
            return replace(shape, ddl=built.statements)

    def why_not_rebuilt(self, shape: Shape, place: Place) -> tuple[str, ...]:
        """What of a shape cannot be rebuilt in scratch, and PostgreSQL's reasons."""
        with seated(self.connection, place) as seat:
            found = converge(seat, Catalog.of([]), shape.catalog)
        return _reasons("its structure cannot be rebuilt in scratch", found)

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

        Args:
            renames: declared ones; those that are done, or are none here, are passed over.
            supplied: the user's own statements, for when nothing else reaches the goal.
        """
        if source.ddl is None:
            return Proved(blocked=self.why_not_rebuilt(source, place))
        leg = _Leg(source, goal, tuple(renames))
        with settled(self.connection, place, source.ddl) as seat:
            if has_choice(source.catalog):
                chosen = _by_facts(seat, leg)  # migra takes no heed of that
            else:
                chosen = self._by_migra(seat, leg)
            if chosen.remaining or chosen.cost[:2] != (0, 0):
                # migra often drops and creates what can be altered in place.
                chosen = min(chosen, _by_facts(seat, leg), key=_Attempt.rank)
            if chosen.remaining and supplied:
                chosen = _by_facts(seat, leg, supplied)
            if chosen.remaining:
                return Proved(blocked=_reasons("it cannot be brought to its goal", chosen.found))
            if reasons := undetermined(chosen.statements, source.catalog):
                return Proved(blocked=reasons)
            return _run_on_a_fresh_copy(seat, leg, chosen)

    def _by_migra(self, seat: Seat, leg: "_Leg") -> "_Attempt":
        # Not imported until it is needed: that takes longer than many a comparison.
        from diffapply.planning import migra_adapter  # noqa: PLC0415

        goal = self._inspected.get((leg.goal.fingerprint, seat.place))
        with seat.trial():
            renamed, before = leg.begin(seat)
            source = (
                migra_adapter.inspect(seat, self.shared)
                if renamed
                else self._inspected.get((leg.source.fingerprint, seat.place))
            )
            first = migra_adapter.propose(source, goal, seat.place.schema, leg.goal.catalog)
            return _Attempt(renamed, before, converge(seat, before, leg.goal.catalog, first))

    def _remember(self, fingerprint: str, seat: Seat) -> None:
        from diffapply.planning import migra_adapter  # noqa: PLC0415 - see above

        key = (fingerprint, seat.place)
        if key not in self._inspected:
            self._inspected[key] = migra_adapter.inspect(seat, self.shared)


def _by_facts(seat: Seat, leg: "_Leg", first: Sequence[str] = ()) -> "_Attempt":
    with seat.trial():
        renamed, before = leg.begin(seat)
        return _Attempt(renamed, before, converge(seat, before, leg.goal.catalog, first))


def _run_on_a_fresh_copy(seat: Seat, leg: "_Leg", attempt: "_Attempt") -> Proved:
    with seat.trial():
        observer = Observer(seat, measure_locks=seat.place.owners is None)
        proved = []
        for sql in attempt.statements:
            hazards = [_checked(seat, hazard) for hazard in data_hazards(sql, attempt.before)]
            try:
                seat.run([sql])
            except psycopg2.Error as error:
                reason = (error.diag.message_primary or str(error)).strip()
                return Proved(blocked=(f"the rehearsal failed at {sql!r}: {reason}",))
            proved.append(Statement(sql, (*hazards, *observer.observe())))
        remaining = compare(seat.catalog(), leg.goal.catalog, fold=False)
    if remaining:
        return Proved(blocked=_reasons("the rehearsal missed the goal", Convergence((), remaining)))
    return Proved(tuple(proved))


@dataclass(frozen=True)
class _Leg:
    """Where a transition begins and ends."""

    source: Shape
    goal: Shape
    renames: tuple[Rename, ...]

    def begin(self, seat: Seat) -> tuple[tuple[str, ...], Catalog]:
        """Rename what is to be renamed; returns what ran for that, and what stands then."""
        catalog, goal = self.source.catalog, self.goal.catalog
        ran = _run_each(seat, declared(self.renames, catalog, goal))
        ran += _run_each(seat, repartitioned(catalog, goal))
        ran += _run_each(seat, displaced(catalog, goal, _built_in(seat)))
        if ran:
            catalog = seat.catalog()
        if more := _run_each(seat, nameless(catalog, goal)):
            catalog = seat.catalog()
        return (*ran, *more), catalog


@dataclass(frozen=True)
class _Attempt:
    """One way to the goal.

    Attributes:
        renamed: the statements that it begins with.
        before: what stood there after those.
    """

    renamed: tuple[str, ...]
    before: Catalog
    found: Convergence

    @property
    def statements(self) -> tuple[str, ...]:
        return (*self.renamed, *self.found.statements)

    @property
    def remaining(self) -> bool:
        return bool(self.found.remaining)

    @cached_property
    def cost(self) -> tuple[int, int, int]:
        """Statements that may lose data; statements that drop; statements."""
        destructive = dropping = 0
        for sql in self.statements:
            destructive += any(hazard.kind == "data" for hazard in data_hazards(sql, self.before))
            dropping += _drops(sql)
        return destructive, dropping, len(self.statements)

    def rank(self) -> tuple[bool, tuple[int, int, int]]:
        """The better one is the smaller one."""
        return self.remaining, self.cost


def _built_in(seat: Seat) -> set[str]:
    """The names of PostgreSQL's own types."""
    found = seat.rows(
        "select quote_ident(typname) from pg_type "
        "where typnamespace = 'pg_catalog'::regnamespace and typelem = 0",
        {},
    )
    return {name for (name,) in found}


def _run_each(seat: Seat, statements: Sequence[str]) -> tuple[str, ...]:
    return tuple(statement for statement in statements if seat.attempt([statement]) is None)


def replace_schema(seat: Seat, place: Place) -> Catalog:
    """What stands in the seat, as it is under the schema name of another place."""
    if seat.place.schema == place.schema:
        return seat.catalog()
    with seat.connection.cursor() as cursor:
        cursor.execute(
            psycopg2.sql.SQL("alter schema {} rename to {}").format(
                psycopg2.sql.Identifier(seat.place.schema), psycopg2.sql.Identifier(place.schema)
            )
        )
    return Seat(seat.connection, place).catalog()


def _drops(sql: str) -> bool:
    if not re.search(r"\bdrop\b|\btype\b", sql, re.IGNORECASE):
        return False  # spares the parser; what it says is what counts
    try:
        parsed = parser.parse_sql(sql)
    except parser.ParseError:
        return True
    return any(
        isinstance(raw.stmt, ast.DropStmt)
        or (
            isinstance(raw.stmt, ast.AlterTableStmt)
            and any(
                command.subtype
                in (
                    AlterTableType.AT_DropColumn,
                    AlterTableType.AT_DropConstraint,
                    AlterTableType.AT_AlterColumnType,
                )
                for command in raw.stmt.cmds or ()
            )
        )
        for raw in parsed
    )


def _reasons(summary: str, found: Convergence) -> tuple[str, ...]:
    """The summary, then each remaining difference, then what PostgreSQL said."""

    def sentence(difference: Difference) -> str:
        named = f"{difference.change} {difference.kind} {difference.name}"
        if difference.change == "changed":
            return f"{named}: desired {difference.desired!r}, live {difference.live!r}"
        return named

    return (
        summary,
        *(sentence(difference) for difference in found.remaining),
        *(f"PostgreSQL: {error}" for error in dict.fromkeys(found.errors)),
    )


def _checked(seat: Seat, hazard: Hazard) -> Hazard:
    """The hazard, without its check if that cannot run: then the data counts as lost."""
    if hazard.check and seat.attempt([hazard.check]) is not None:
        return replace(hazard, check="")
    return hazard
