"""Rebuilds structures in scratch, and proves what leads from one to another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg2
import psycopg2.sql
from pglast import ast, parser
from pglast.enums import AlterTableType
from psycopg2.extensions import connection as Connection

from diffapply.catalog.comparison import compare
from diffapply.catalog.model import Catalog, Difference
from diffapply.planning import migra_adapter
from diffapply.planning.convergence import Convergence, converge
from diffapply.planning.desired import Desired
from diffapply.planning.hazards import data_hazards
from diffapply.planning.model import Hazard, Shape, Statement
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
    """

    def __init__(self, connection: Connection, shared: Sequence[str]) -> None:
        self.connection = connection
        self.shared = tuple(shared)
        self._inspected: dict[tuple[str, Place], Any] = {}

    def build_desired(self, desired: Desired, place: Place) -> Shape:
        """Build the desired state, and prove that it can be rebuilt from its facts.

        Raises:
            DesiredStateError: PostgreSQL refuses it.
        """
        # The tenant's stand-in name must exist while the desired state is built, as it may
        # be written out in it; afterwards everything stands under the usual name.
        spelled = desired.token
        if place.owners is not None or spelled is None or spelled in self.shared:
            spelled = place.schema
        with seated(self.connection, replace(place, schema=spelled)) as seat:
            desired.build(self.connection, spelled)
            catalog = replace_schema(seat, place)
        return self.rebuild(Shape(catalog), place)

    def rebuild(self, shape: Shape, place: Place) -> Shape:
        """The shape with DDL that was proved to rebuild it; without, if that cannot be had."""
        with seated(self.connection, place) as seat:
            if shape.ddl is not None:
                failed = seat.attempt(shape.ddl)
                if failed is None and seat.catalog().fingerprint == shape.fingerprint:
                    self._remember(shape.fingerprint, seat)
                    return shape
        with seated(self.connection, place) as seat:
            built = converge(seat, shape.catalog)
            if built.remaining:
                return replace(shape, ddl=None)
            self._remember(shape.fingerprint, seat)
            return replace(shape, ddl=built.statements)

    def why_not_rebuilt(self, shape: Shape, place: Place) -> tuple[str, ...]:
        """What of a shape cannot be rebuilt in scratch, and PostgreSQL's reasons."""
        with seated(self.connection, place) as seat:
            found = converge(seat, shape.catalog)
        return _reasons("its structure cannot be rebuilt in scratch", found)

    def prove(self, source: Shape, goal: Shape, place: Place) -> Proved:
        """Find the statements that lead from one shape to the other, and prove them."""
        if source.ddl is None:
            return Proved(blocked=self.why_not_rebuilt(source, place))
        first = migra_adapter.propose(
            self._inspected.get((source.fingerprint, place)),
            self._inspected.get((goal.fingerprint, place)),
            place.schema,
        )
        by_migra = self._converge(source, goal, place, first)
        chosen = by_migra
        if by_migra.remaining or _cost(by_migra, source.catalog)[:2] != (0, 0):
            # migra often drops and creates what can be altered in place.
            alone = self._converge(source, goal, place, ())
            chosen = min(by_migra, alone, key=lambda found: (
                bool(found.remaining), _cost(found, source.catalog)
            ))
        if chosen.remaining:
            return Proved(blocked=_reasons("it cannot be brought to its goal", chosen))
        return self._run_on_a_fresh_copy(source, goal, chosen.statements, place)

    def _converge(
        self, source: Shape, goal: Shape, place: Place, first: Sequence[str]
    ) -> Convergence:
        with seated(self.connection, place) as seat:
            seat.run(source.ddl or ())
            return converge(seat, goal.catalog, first)

    def _run_on_a_fresh_copy(
        self, source: Shape, goal: Shape, statements: Sequence[str], place: Place
    ) -> Proved:
        with settled(self.connection, place, source.ddl or ()) as seat:
            observer = _Observer(seat, measure_locks=place.owners is None)
            proved = []
            for sql in statements:
                hazards = [_checked(seat, hazard) for hazard in data_hazards(sql, source.catalog)]
                try:
                    seat.run([sql])
                except psycopg2.Error as error:
                    reason = (error.diag.message_primary or str(error)).strip()
                    return Proved(blocked=(f"the rehearsal failed at {sql!r}: {reason}",))
                proved.append(Statement(sql, (*hazards, *observer.observe())))
            remaining = compare(seat.catalog(), goal.catalog, fold=False)
        if remaining:
            return Proved(
                blocked=_reasons("the rehearsal missed the goal", Convergence((), remaining))
            )
        return Proved(tuple(proved))

    def _remember(self, fingerprint: str, seat: Seat) -> None:
        key = (fingerprint, seat.place)
        if key not in self._inspected:
            self._inspected[key] = migra_adapter.inspect(seat, self.shared)


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


def _cost(found: Convergence, before: Catalog) -> tuple[int, int, int]:
    """Statements that may lose data; statements that drop; statements."""
    destructive = dropping = 0
    for sql in found.statements:
        destructive += any(hazard.kind == "data" for hazard in data_hazards(sql, before))
        dropping += _drops(sql)
    return destructive, dropping, len(found.statements)


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


_STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
_LOCK_WORDS = {
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}

# A relation that was dropped is still locked, but has no name any more.
_LOCKS = """
select l.relation, c.oid::regclass::text, l.mode
from pg_locks l
left join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.granted and l.mode = any (%(modes)s)
    and (c.oid is null or c.relkind in ('r', 'p', 'm'))
    and coalesce(c.relnamespace, 0) <> all (
        array['pg_catalog'::regnamespace, 'pg_toast'::regnamespace,
            to_regnamespace(quote_ident(%(schema)s))]
    )
union all
select l.relation, null, l.mode
from pg_locks l
join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.granted and l.mode = any (%(modes)s)
    and c.relnamespace = to_regnamespace(quote_ident(%(schema)s))
"""

_FILES = """
select c.oid, quote_ident(c.relname), c.relfilenode
from pg_class c
where c.relkind in ('r', 'p', 'm') and c.relnamespace = to_regnamespace(quote_ident(%(schema)s))
"""


class _Observer:
    """Tells what each statement locked and rewrote, of what was there before the first."""

    def __init__(self, seat: Seat, *, measure_locks: bool) -> None:
        self._seat = seat
        self._measure_locks = measure_locks
        self._files = self._read_files()
        self._locks: set[tuple[str, str]] = set()

    def observe(self) -> tuple[Hazard, ...]:
        """Hazards of the statement that ran since the last call."""
        hazards = []
        if self._measure_locks:
            locks = self._read_locks()
            by_strength = sorted(locks - self._locks, key=lambda lock: _STRONG.index(lock[1]))
            strongest = dict(by_strength)  # the last of a table is its strongest
            self._locks |= locks
            hazards += [
                Hazard("lock", f"takes {_LOCK_WORDS[mode]} on {table}")
                for table, mode in sorted(strongest.items())
            ]
        files = self._read_files()
        hazards += [
            Hazard("rewrite", f"rewrites {name}")
            for oid, (name, node) in sorted(files.items())
            if oid in self._files and self._files[oid][1] != node
        ]
        self._files |= {oid: file for oid, file in files.items() if oid in self._files}
        return tuple(hazards)

    def _read_locks(self) -> set[tuple[str, str]]:
        with self._seat.connection.cursor() as cursor:
            cursor.execute(_LOCKS, {"schema": self._seat.place.schema, "modes": list(_STRONG)})
            locks = set()
            for oid, elsewhere, mode in cursor.fetchall():
                if oid in self._files:
                    locks.add((self._files[oid][0], mode))
                elif elsewhere:
                    locks.add((elsewhere, mode))
                # Else the transition made it: it is locked, but nobody waits for it.
            return locks

    def _read_files(self) -> dict[int, tuple[str, int]]:
        with self._seat.connection.cursor() as cursor:
            cursor.execute(_FILES, {"schema": self._seat.place.schema})
            return {oid: (name, node) for oid, name, node in cursor.fetchall()}
