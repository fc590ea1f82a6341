"""Runs a case on a real server, both ways, and judges what came of it by pg_dump."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.reader import read_catalogs, read_fingerprints
from diffapply.database.connection import connect
from diffapply.database.session import enter_schema
from diffapply.model.plan import Shape
from diffapply.model.scope import TENANT, Scope
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.rehearsal.verdict import Verdict
from tests.acceptance.case_files import DIRECTIONS, Case, Direction
from tests.acceptance.dumps import difference, dumped
from tests.servers import Server


class RefusedError(Exception):
    """PostgreSQL does not build one of the two ends."""


Judgement = Literal["applied", "blocked", "wrong"]

# Names that need quotes, and end alike.
_OLD, _NEW = 'the "old"', 'the "new"'
_ENDS: dict[Direction, tuple[str, str]] = {"forward": (_OLD, _NEW), "backward": (_NEW, _OLD)}
_BACK: dict[Direction, Direction] = {"forward": "backward", "backward": "forward"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case in one direction.

    Attributes:
        seen: its two ends have different fingerprints.
        taken_back: what was applied was then led back, in the same schema, to where it began, and
            from there once more to its goal.
        details: why it is blocked, or what is wrong.
        statements: those that were proved.
    """

    verdict: Judgement
    seen: bool
    taken_back: bool = False
    details: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()


@dataclass
class Workshop:
    """A database in which cases are built, proved and run, one after the other."""

    url: str
    connection: Connection
    _standing: list[str] = field(default_factory=list)

    def outcomes(self, case: Case) -> dict[Direction, Outcome]:
        """Prove a case both ways, run what was proved in fresh schemas, and compare.

        Raises:
            RefusedError: PostgreSQL refuses to build it.
        """
        with self._both_ends(case):
            proved = self._prove()
            failures = self._apply(case, proved)
            return self._judge(proved, failures)

    def proved(self, case: Case) -> dict[Direction, Verdict]:
        """Prove a case both ways, and run nothing.

        Raises:
            RefusedError: PostgreSQL refuses to build it.
        """
        with self._both_ends(case):
            return self._prove()

    @contextmanager
    def _both_ends(self, case: Case) -> Iterator[None]:
        try:
            try:
                self._build(_OLD, [case.old])
                self._build(_NEW, [case.new])
            except psycopg2.Error as error:
                raise RefusedError(str(error)) from error
            yield
        finally:
            self._clear()

    def _prove(self) -> dict[Direction, Verdict]:
        rehearsal = Rehearsal(self.connection, [])
        catalogs = read_catalogs(self.connection, [_OLD, _NEW])
        scope = Scope(TENANT)
        shapes = {name: rehearsal.rebuild(Shape(its), scope) for name, its in catalogs.items()}
        return {
            direction: rehearsal.prove(shapes[source], shapes[goal], scope)
            for direction, (source, goal) in _ENDS.items()
        }

    def _apply(self, case: Case, proved: dict[Direction, Verdict]) -> dict[Direction, list[str]]:
        """Run what was proved in fresh schemas; returns what fails all the same."""
        begin: dict[Direction, list[str]] = {
            "forward": [case.old, case.rows],
            "backward": [case.new],
        }
        statements = {
            direction: [statement.sql for statement in its.statements]
            for direction, its in proved.items()
        }
        failures: dict[Direction, list[str]] = {direction: [] for direction in DIRECTIONS}
        for direction in DIRECTIONS:
            if proved[direction].blocked:
                continue
            try:
                self._build(_gone(direction), begin[direction], statements[direction])
                if direction == "forward" and case.kept and (lost := self._lost(case)):
                    failures[direction].append(lost)
                if not proved[_BACK[direction]].blocked:
                    self._build(
                        _returned(direction),
                        begin[direction][:1],
                        statements[direction],
                        statements[_BACK[direction]],
                    )
                    self._build(
                        _again(direction),
                        begin[direction][:1],
                        *(statements[each] for each in (direction, _BACK[direction], direction)),
                    )
            except psycopg2.Error as error:
                failures[direction].append(f"it was proved, but fails: {error}")
        return failures

    def _judge(
        self, proved: dict[Direction, Verdict], failures: dict[Direction, list[str]]
    ) -> dict[Direction, Outcome]:
        """Compare what stands with what should, by fingerprint and by dump."""
        dumps = dumped(self.url, self._standing)
        fingerprints = read_fingerprints(self.connection, self._standing)
        seen = fingerprints[_OLD] != fingerprints[_NEW]
        outcomes: dict[Direction, Outcome] = {}
        for direction, (source, goal) in _ENDS.items():
            wrong = [*failures[direction]]
            if seen != (dumps[_OLD] != dumps[_NEW]):
                wrong.append(f"seen: {seen}; pg_dump: {difference(dumps[_OLD], dumps[_NEW])!r}")
            for name, end in (
                (_gone(direction), goal),
                (_returned(direction), source),
                (_again(direction), goal),
            ):
                if name not in self._standing:
                    continue
                if fingerprints[name] != fingerprints[end]:
                    wrong.append(f"{name} has not the fingerprint of {end}")
                if text := difference(dumps[end], dumps[name]):
                    wrong.append(f"pg_dump tells {name} from {end}:\n{text}")
            blocked = proved[direction].blocked
            outcomes[direction] = Outcome(
                "wrong" if wrong else "blocked" if blocked else "applied",
                seen,
                taken_back=not wrong and _returned(direction) in self._standing,
                details=(*wrong, *blocked),
                statements=tuple(statement.sql for statement in proved[direction].statements),
            )
        return outcomes

    def _build(self, schema: str, *lots: Sequence[str]) -> None:
        """Make a schema and run lots of statements in it, each lot in a transaction.

        Raises:
            psycopg2.Error: PostgreSQL refuses one.
        """
        with self.connection.cursor() as cursor:
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            for lot in lots:
                cursor.execute("begin")
                enter_schema(self.connection, schema)
                try:
                    for statement in filter(str.strip, lot):
                        cursor.execute(statement)
                except psycopg2.Error:
                    cursor.execute("rollback")
                    raise
                cursor.execute("commit")
        self._standing.append(schema)

    def _lost(self, case: Case) -> str:
        """What became of the rows that went forward; empty if they are kept."""
        with self.connection.cursor() as cursor:
            cursor.execute("begin")
            try:
                enter_schema(self.connection, _gone("forward"))
                cursor.execute(case.kept)
                return "" if cursor.fetchall() == [(True,)] else "rows were lost"
            except psycopg2.Error as error:
                return f"rows were lost: {error}"
            finally:
                cursor.execute("rollback")

    def _clear(self) -> None:
        names = [_OLD, _NEW]
        for direction in DIRECTIONS:
            names += [_gone(direction), _returned(direction), _again(direction)]
        drop = sql.SQL("; ").join(
            sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name))
            for name in names
        )
        with self.connection.cursor() as cursor:
            cursor.execute("rollback")
            cursor.execute(drop)
        self._standing.clear()


@contextmanager
def workshop(server: Server) -> Iterator[Workshop]:
    """A workshop in a database of its own, for the length of a block."""
    with server.new_database() as database:
        connection = connect(database.url)
        try:
            yield Workshop(database.url, connection)
        finally:
            connection.close()


def _gone(direction: Direction) -> str:
    return f'gone "{direction}"'


def _returned(direction: Direction) -> str:
    return f'gone "{direction}" and back'


def _again(direction: Direction) -> str:
    return f'gone "{direction}" and back and again'
