"""Tenants that are each the rich one with one change: built, led back and forth, compared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from pglast.stream import RawStream
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.comparison import compare
from diffapply.catalog.reader import read_catalog, read_catalogs, read_fingerprints
from diffapply.database.connection import connected
from diffapply.database.session import enter_schema
from diffapply.ddl.locks import HARMLESS, locks_of
from diffapply.ddl.risk import told
from diffapply.ddl.statements import Draft
from diffapply.hazards.given import given
from diffapply.model.catalog import Catalog, Ends
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Shape
from diffapply.model.scope import TENANT, Scope
from diffapply.model.statement import Statement
from diffapply.proposal import from_facts
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.rehearsal.verdict import Verdict
from diffapply.values import Table
from tests.acceptance.database_dump import difference, dumped_by_schema
from tests.acceptance.mutations import Mutation
from tests.servers import Server

_FOLDER = Path(__file__).parent
RICH = "rich"
_UNDO, _REDO = "undo", "redo"


@contextmanager
def gallery(server: Server) -> Iterator["Gallery"]:
    """A database of its own with what the rich tenant refers to, for the length of a block."""
    _prepare(server)
    with server.new_database() as database, connected(database.url) as connection:
        with connection.cursor() as cursor:
            cursor.execute((_FOLDER / "rich_environment.sql").read_text("utf-8"))
        yield Gallery(database.url, connection, server.version)


def _prepare(server: Server) -> None:
    """Make the role and the tablespace, which all databases of a server share."""
    connection = psycopg2.connect(server.url(), options="-c allow_in_place_tablespaces=on")
    connection.autocommit = True
    try:
        for statement in ('create role "rich reader"', "create tablespace elsewhere location ''"):
            try:
                connection.cursor().execute(statement)
            except (psycopg2.errors.DuplicateObject, psycopg2.errors.UniqueViolation):
                continue
    finally:
        connection.close()


def _made(ends: Ends) -> Iterator[Draft]:
    """Each statement that the table of kinds has for what differs."""
    for proposal in from_facts.propose(ends):
        for way in (*proposal.options, *proposal.resorts):
            yield from way


def _is_lockable(table: str, catalog: Catalog) -> bool:
    """Whether it is one of the tenant's own whose rows are here."""
    fact = catalog.facts.get(("table", table))
    return fact is not None and not Table.of(fact).foreign


def _in_text(hazards: Iterable[Hazard]) -> set[tuple[str, ...]]:
    """What can be told without running a statement, with its check as the parser writes it."""
    return {
        (its.code.name, its.message, RawStream()(its.check) if its.check else "", its.lock)
        for its in hazards
        if its.code is not HazardCode.REWRITES_TABLE
    }


@dataclass
class Gallery:
    """A database that holds the rich tenant, and changed ones beside it.

    Attributes:
        wrong: sentences on what is not as it should be.
        rewrites: what statements said that they rewrite, and did.
        locks: how many locks were known beforehand, and seen.
    """

    url: str
    connection: Connection
    version: int
    wrong: list[str] = field(default_factory=list)
    rewrites: set[str] = field(default_factory=set)
    locks: int = 0

    def build(self, schema: str, change: str = "") -> None:
        """Build the rich tenant, and change it."""
        names = ["rich.sql", *(["rich_18.sql"] if self.version >= 18 else [])]
        with self.connection.cursor() as cursor:
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        self.run(schema, [(_FOLDER / name).read_text("utf-8") for name in names])
        if change:
            self.run(schema, [change])

    def run(self, schema: str, statements: Sequence[str]) -> None:
        """Run statements in a tenant, in one transaction."""
        with self.connection.cursor() as cursor:
            cursor.execute("begin")
            try:
                enter_schema(self.connection, schema)
                for statement in statements:
                    cursor.execute(statement)
            except BaseException:
                cursor.execute("rollback")
                raise
            cursor.execute("commit")

    def look_at(self, mutations: Sequence[Mutation]) -> None:
        """Make each change, see that it is told and named, and take it back."""
        rich = read_catalog(self.connection, RICH)
        for mutation, changed in self.changes(mutations):
            self._judge_sight(mutation, changed, rich)

    def changes(self, mutations: Sequence[Mutation]) -> Iterator[tuple[Mutation, Catalog]]:
        """What the rich tenant is after each change, which is taken back."""
        with self.connection.cursor() as cursor:
            cursor.execute("begin")
            for mutation in mutations:
                cursor.execute("savepoint change")
                enter_schema(self.connection, RICH)
                cursor.execute(mutation.sql)
                changed = read_catalog(self.connection, RICH)
                cursor.execute("rollback to savepoint change")
                yield mutation, changed
            cursor.execute("rollback")

    def ask_for_risks(self, mutations: Sequence[Mutation]) -> set[HazardCode]:
        """Compare what statements say that they risk, tried or not, with what the parser finds.

        It assumes the worst of DO, which it cannot look into, and of UPDATE, as it does not know
        that the column is new; what is rewritten it does not tell.

        Returns:
            All risks that were said.
        """
        rich, empty = read_catalog(self.connection, RICH), Catalog.of([])
        codes = set()
        for changed in (empty, *(changed for _, changed in self.changes(mutations))):
            for ends in (Ends(changed, rich), Ends(rich, changed)):
                for draft in _made(ends):
                    codes |= self._judge_risks(draft, ends)
        return codes

    def _judge_risks(self, draft: Draft, ends: Ends) -> set[HazardCode]:
        said = told(draft.risks, ends)
        codes = {its.code for its in said}
        read = given(draft.sql)
        found = told(read.risks, ends)
        # Of a type, the text does not tell of which kind it is.
        if not {*draft.drops} <= {*read.drops} or bool(draft.drops) is not bool(read.drops):
            self.wrong.append(f"{draft.sql}: drops {draft.drops}, by the parser {read.drops}")
        if not draft.sql.startswith(("DO ", "UPDATE ")) and _in_text(said) != _in_text(found):
            self.wrong.append(f"{draft.sql}: says {_in_text(said)}, the parser {_in_text(found)}")
        return codes

    def _judge_sight(self, mutation: Mutation, changed: Catalog, rich: Catalog) -> None:
        if changed.fingerprint == rich.fingerprint:
            self.wrong.append(f"{mutation.sql}: is not seen")
        named = [(difference.kind, difference.name) for difference in compare(changed, rich)]
        if (mutation.kind, mutation.name) not in named:
            self.wrong.append(f"{mutation.sql}: is named {named}")

    def lead_there_and_back(self, mutations: Sequence[Mutation]) -> None:
        """Build a tenant for each change; lead it back, and to the change again, for real."""
        self.build(RICH)
        changed = {f"changed_{n}": mutation for n, mutation in enumerate(mutations)}
        for schema, mutation in changed.items():
            self.build(schema, mutation.sql)
        schemas = [RICH, *changed]
        prints, dumps = self._state(schemas)
        for schema, mutation in changed.items():
            seen = dumps[schema] != dumps[RICH]
            if seen is mutation.hidden:
                self.wrong.append(f"{mutation.sql}: pg_dump tells it: {seen}")
        proved = self._prove(changed)
        self._lead(_UNDO, changed, proved)
        self._compare(_UNDO, changed, proved, dict.fromkeys(changed, (prints[RICH], dumps[RICH])))
        self._lead(_REDO, changed, proved)
        there = {schema: (prints[schema], dumps[schema]) for schema in changed}
        self._compare(_REDO, changed, proved, there)

    def _prove(self, changed: Mapping[str, Mutation]) -> dict[tuple[str, str], Verdict]:
        rehearsal, scope = Rehearsal(self.connection, ["shared"]), Scope(TENANT)
        catalogs = read_catalogs(self.connection, [RICH, *changed])
        rich = rehearsal.rebuild(Shape(catalogs[RICH]), scope)
        proved = {}
        for schema, mutation in changed.items():
            its = rehearsal.rebuild(Shape(catalogs[schema]), scope)
            proved[_UNDO, schema] = rehearsal.prove(its, rich, scope)
            proved[_REDO, schema] = rehearsal.prove(rich, its, scope)
            for way, live, goal in ((_UNDO, its, rich), (_REDO, rich, its)):
                ends = Ends(live.catalog, goal.catalog)
                self._judge_rewrites(mutation, proved[way, schema], ends)
                blocked = proved[way, schema].blocked
                if bool(blocked) is not (way in mutation.blocked):
                    self.wrong.append(f"{way} {mutation.sql}: blocked by {blocked}")
        return proved

    def _judge_rewrites(self, mutation: Mutation, verdict: Verdict, ends: Ends) -> None:
        if len(verdict.statements) == 1:
            self._judge_locks(mutation, verdict.statements[0], ends.live)
        made = {draft.sql: draft.risks for draft in _made(ends)}
        for statement in verdict.statements:
            seen, said = (
                {its.message for its in hazards if its.code is HazardCode.REWRITES_TABLE}
                for hazards in (statement.hazards, told(made.get(statement.sql, ()), ends))
            )
            self.rewrites |= said
            if not said <= seen:
                self.wrong.append(f"{mutation.sql}: {statement.sql} says that it {said}: {seen}")

    def _judge_locks(self, mutation: Mutation, statement: Statement, live: Catalog) -> None:
        """Of a first statement, all locks can be seen: they are those that are known of it."""
        known = locks_of(statement.sql, live)
        said = {
            (table, mode)
            for table, mode in known.items()
            if mode != HARMLESS and _is_lockable(table, live)
        }
        seen = {
            (its.table, its.mode)
            for its in statement.locks
            if its.mode != HARMLESS and _is_lockable(its.table, live)
        }
        self.locks += len(seen)
        if said != seen:
            self.wrong.append(f"{mutation.sql}: {statement.sql} is known to lock {said}: {seen}")

    def _lead(
        self, way: str, changed: Mapping[str, Mutation], proved: Mapping[tuple[str, str], Verdict]
    ) -> None:
        for schema, mutation in changed.items():
            if not proved[_UNDO, schema].blocked and not proved[way, schema].blocked:
                statements = [statement.sql for statement in proved[way, schema].statements]
                try:
                    self.run(schema, statements)
                except psycopg2.Error as error:
                    self.wrong.append(f"{way} {mutation.sql}: proved, but fails: {error}")

    def _compare(
        self,
        way: str,
        changed: Mapping[str, Mutation],
        proved: Mapping[tuple[str, str], Verdict],
        expected: Mapping[str, tuple[str, str]],
    ) -> None:
        prints, dumps = self._state(list(changed))
        for schema, mutation in changed.items():
            if proved[_UNDO, schema].blocked or proved[way, schema].blocked:
                continue
            its_print, its_dump = expected[schema]
            if prints[schema] != its_print:
                self.wrong.append(f"{way} {mutation.sql}: another fingerprint")
            if dumps[schema] != its_dump:
                told = difference(its_dump, dumps[schema])
                self.wrong.append(f"{way} {mutation.sql}: pg_dump tells\n{told}")

    def _state(self, schemas: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        return read_fingerprints(self.connection, schemas), dumped_by_schema(self.url, schemas)
