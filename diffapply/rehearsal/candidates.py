"""One way from a structure to another: how it begins, what it costs, and that it arrives."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import psycopg2
from pglast import ast, parser
from pglast.enums import AlterTableType

from diffapply.catalog.comparison import compare
from diffapply.ddl.sequences import outliving, waiting, with_carries
from diffapply.ddl.statements import in_users_words
from diffapply.hazards.observation import Observer
from diffapply.hazards.sequences import without_values
from diffapply.hazards.stale import Stale
from diffapply.hazards.statements import data_hazards
from diffapply.model.catalog import Catalog, Difference
from diffapply.model.plan import Hazard, Owned, Rename, Renewed, Shape, Statement, Touched
from diffapply.rehearsal.outside import Outside
from diffapply.rehearsal.renames import displaced, nameless, repartitioned
from diffapply.rehearsal.renaming import rename_declared, run_each
from diffapply.rehearsal.search import Convergence, converge, sentence
from diffapply.rehearsal.touched import identities, touched
from diffapply.renewal.anew import come_and_gone, made_anew, standing
from diffapply.renewal.numbers import Drawn, beginnings, sequences, uncounted
from diffapply.renewal.rights import with_what_is_stated
from diffapply.scratch.sandbox import Seat


@dataclass(frozen=True)
class Proved:
    """What leads from one structure to another, or why nothing does.

    Attributes:
        statements: proved by running them; empty when blocked.
        blocked: reasons, empty when proved.
        anew: what the statements make anew; what they drop and create, see `Transition`.
        touched: what they take from those outside of a tenant who may hang on it.
        alone: whether they were proved with nothing behind the tenant on the search path.
    """

    statements: tuple[Statement, ...] = ()
    blocked: tuple[str, ...] = ()
    anew: tuple[Renewed, ...] = ()
    dropped: tuple[Owned, ...] = ()
    created: tuple[Owned, ...] = ()
    touched: tuple[Touched, ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class Leg:
    """Where a transition begins and ends."""

    source: Shape
    goal: Shape
    renames: tuple[Rename, ...]

    @property
    def routines(self) -> tuple[dict[str, str], dict[str, str]]:
        """Name → definition, at the beginning and at the end."""
        source, goal = (
            {fact.name: fact.definition for fact in end.catalog.by_kind.get("routine", ())}
            for end in (self.source, self.goal)
        )
        return source, goal

    def begin(self, seat: Seat) -> tuple[tuple[str, ...], Catalog]:
        """Rename what is to be renamed; returns what ran for that, and what stands then."""
        goal = self.goal.catalog
        ran, catalog = rename_declared(seat, self.renames, self.source.catalog, goal)
        moved = run_each(seat, repartitioned(catalog, goal))
        moved += run_each(seat, displaced(catalog, goal, _built_in(seat)))
        if moved:
            catalog = seat.catalog()
        more = run_each(seat, nameless(catalog, goal))
        if more:
            catalog = seat.catalog()
        if kept := run_each(seat, outliving(catalog, goal)):
            catalog = seat.catalog()
        return (*ran, *moved, *more, *kept), catalog


@dataclass(frozen=True)
class Attempt:
    """One way to the goal.

    Attributes:
        renamed: the statements that it begins with.
        before: what stood there after those.
        ordered: all statements, where they are to run in another order.
    """

    renamed: tuple[str, ...]
    before: Catalog
    found: Convergence
    ordered: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """All of them, in the order in which they run."""
        statements = (*self.renamed, *self.found.statements)
        return self.ordered or with_carries(statements, self._waiting)

    @property
    def remaining(self) -> bool:
        """Whether it misses the goal."""
        return bool(self.found.remaining)

    @cached_property
    def cost(self) -> tuple[int, int, int]:
        """Statements that may lose data; statements that drop; statements."""
        destructive = dropping = 0
        for sql in self.statements:
            destructive += any(hazard.kind == "data" for hazard in self.risks(sql))
            dropping += _drops(sql)
        return destructive, dropping, len(self.statements)

    def risks(self, sql: str) -> tuple[Hazard, ...]:
        """What a statement of its own may lose: not the position of what waits aside."""
        if sql.removeprefix("DROP SEQUENCE ") in self._waiting:
            return ()
        return data_hazards(sql, self.before)

    @cached_property
    def _waiting(self) -> dict[str, str]:
        return waiting(self.renamed)

    def rank(self) -> tuple[bool, tuple[int, int, int]]:
        """The better one is the smaller one."""
        return self.remaining, self.cost


def by_facts(seat: Seat, leg: Leg, first: Sequence[str] = ()) -> Attempt:
    """The way that the supplement finds from where a leg begins, without migra; on trial.

    Args:
        first: statements to begin with.
    """
    with seat.trial():
        renamed, before = leg.begin(seat)
        return Attempt(renamed, before, converge(seat, before, leg.goal.catalog, first))


def prove_attempt(seat: Seat, leg: Leg, attempt: Attempt, outside: Outside) -> Proved:
    """Run an attempt once more from where its leg begins, and observe each statement.

    When it is proved, the seat stands at the goal. When not, its transaction may be lost.

    Args:
        outside: what stands beside the seat, and has to stay.
    """
    observer = Observer(seat, measure_locks=seat.place.owners is None)
    stood = sequences(seat)
    stale = Stale(seat, attempt.before, leg.goal.catalog)
    before = renamed = standing(seat)
    known = identities(seat)
    proved: list[Statement] = []

    def prove(sql: str, hazards: Iterable[Hazard]) -> None:
        checked = tuple(its for hazard in hazards for its in _checked(seat, hazard))
        seat.run([sql])
        stale.observe(len(proved), sql)
        proved.append(observer.observe(Statement(sql, checked)))

    sql = ""
    try:
        for sql in attempt.statements:
            prove(sql, attempt.risks(sql))
            if len(proved) == len(attempt.renamed):
                renamed = standing(seat)
        drawn = Drawn(attempt.before, leg.goal.catalog, stood, sequences(seat))
        for sql, risks in beginnings(drawn, attempt.statements):
            prove(sql, (*data_hazards(sql, attempt.before), *risks))
        for drawing, risk in uncounted(drawn):
            _add(risk, drawing, proved)
        for number, risk in stale.hazards():
            proved[number] = _with(risk, proved[number])
    except psycopg2.Error as error:
        return Proved(blocked=(f"the rehearsal failed at {sql!r}: {sentence(error)}",))
    remaining = compare(seat.catalog(), leg.goal.catalog, fold=False)
    if remaining:
        return Proved(blocked=reasons("the rehearsal missed the goal", Convergence((), remaining)))
    if changes := sorted(outside.changes(seat)):
        return Proved(blocked=("it would change what is not the tenant's", *changes))
    after = standing(seat)
    anew = with_what_is_stated(
        made_anew(before, renamed, after, leg.routines), leg.source.catalog, leg.goal.catalog
    )
    created, dropped = come_and_gone(before, after, anew)
    taken = touched(known, identities(seat), [statement.sql for statement in proved])
    names = {f.owner for end in (leg.source, leg.goal) for f in end.catalog.facts.values()}
    told = tuple(_in_users_words(its, names) for its in proved)
    return Proved(told, anew=anew, dropped=dropped, created=created, touched=taken)


def _in_users_words(statement: Statement, names: Iterable[str]) -> Statement:
    """The statement, whose hazards name what users know."""
    return replace(
        statement,
        hazards=tuple(
            replace(its, message=in_users_words(its.message, names)) for its in statement.hazards
        ),
    )


def _add(risk: Hazard, saying: str, proved: list[Statement]) -> None:
    """Put a risk where it arises: to the last statement that says this."""
    for number, statement in reversed([*enumerate(proved)]):
        if saying in statement.sql:
            proved[number] = _with(risk, statement)
            return


def _with(risk: Hazard, statement: Statement) -> Statement:
    return replace(statement, hazards=(*statement.hazards, risk))


def _checked(seat: Seat, hazard: Hazard) -> Iterator[Hazard]:
    """The hazard, without its check if that cannot run: then the data counts as lost.

    What fails where there are rows is tried: it is none if that does not fail.
    """
    if hazard.kind == "rows" and hazard.check:
        with seat.trial():
            fails = seat.attempt([hazard.check]) is not None
        if fails:
            yield replace(hazard, check="")
        return
    for check in (hazard.check, without_values(hazard.check)):
        if check and seat.attempt([check]) is None:
            yield replace(hazard, check=check)
            return
    yield replace(hazard, check="")


def reasons(summary: str, found: Convergence) -> tuple[str, ...]:
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


def _built_in(seat: Seat) -> set[str]:
    """The names of PostgreSQL's own types."""
    found = seat.rows(
        "select quote_ident(typname) from pg_type "
        "where typnamespace = 'pg_catalog'::regnamespace and typelem = 0",
        {},
    )
    return {name for (name,) in found}
