"""A sandbox: the schema in scratch where one structure is built and changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.reader import read_catalog
from diffapply.database.patience import is_timed
from diffapply.database.session import (
    as_run,
    enter_as_application,
    enter_schema,
    search_path,
    working,
)
from diffapply.model.catalog import Catalog, FactKey
from diffapply.model.own_name import Naming
from diffapply.model.scope import TENANT, Counting, Scope
from diffapply.model.world import PLAIN, World
from diffapply.proposal import from_facts
from diffapply.scratch.confinement import as_own
from diffapply.scratch.vacancy import vacate

_THERE = "select from pg_catalog.pg_namespace where nspname operator(pg_catalog.=) %s::name"
ASIDE = "~~"
"""A schema's name while a sandbox uses its own name. It is short, to take the place of that in a
text without moving what follows."""

_WAITING = sql.Identifier("diffapply_waiting")
"""A sandbox's name while another one is in its place."""

NOT_ITS_FAULT = (psycopg2.errors.OutOfMemory, psycopg2.errors.QueryCanceled)
"""Errors of which the statement is not the cause, or took too long: to try others is no use."""

_Value = TypeVar("_Value")


class Sandbox:
    """A schema in scratch, in a transaction that has it first on the search path.

    Args:
        world: the path and the settings under which statements run.
        aside: whether a schema was put aside whose name the sandbox has: it may be on that path.

    Attributes:
        words: what PostgreSQL will word anew → its words before and after that.
    """

    def __init__(
        self, connection: Connection, scope: Scope, world: World = PLAIN, *, aside: bool = False
    ) -> None:
        self.connection = connection
        self.scope = scope
        self.world = world
        self.aside = aside
        self.words: Mapping[FactKey, tuple[str, str]] = {}
        self._written: dict[tuple[str, World], str] = {}

    def enter(self) -> None:
        """Set path and settings so that statements run as they will in a tenant."""
        with self.connection.cursor() as cursor:
            cursor.execute(self._text("enter", lambda: working(self.world) + self._path))

    @property
    def _path(self) -> sql.Composed:
        return search_path(self.scope.schema, self.behind)

    @property
    def behind(self) -> tuple[str, ...]:
        """The schemas after the tenant on the application's path, as they are called here."""
        own = self.scope.schema
        called = (ASIDE if self.aside and its == own else its for its in self.world.behind)
        return tuple(its for its in called if its != own)

    def _text(self, what: str, composed: Callable[[], sql.Composable]) -> str:
        """What sets path or settings; composed once, because that takes a while."""
        key = (what, self.world)
        if key not in self._written:
            self._written[key] = composed().as_string(self.connection)
        return self._written[key]

    @contextmanager
    def neutral(self) -> Iterator[None]:
        """In the block, definitions are read: the tenant alone on the path."""
        enter_schema(self.connection, self.scope.schema)
        yield
        self.enter()

    @contextmanager
    def application(self) -> Iterator[None]:
        """In the block, text of users runs as in the application."""
        world = replace(self.world, behind=self.behind)
        enter_as_application(self.connection, self.scope.schema, world)
        yield
        self.enter()

    @property
    def counting(self) -> Counting:
        """Which facts count here, where nothing stands that is ignored."""
        return Counting(self.scope.privileges)

    def catalog(self, naming: Naming = Naming.AS_IT_IS, *, exact: bool = False) -> Catalog:
        """The catalog of the sandbox now.

        Args:
            naming: how the schema's own name is treated, if the schema is not `TENANT`.
            exact: read what will be worded anew in the words that it has.
        """
        catalog = read_catalog(self.connection, self.scope.schema, naming, self.counting)
        self.enter()
        if self.scope.role:
            catalog = as_own(catalog, self.connection.info.user, self.scope.role)
        catalog = self.scope.part_of(catalog)
        return catalog if exact else self.reworded(catalog)

    def reworded(self, catalog: Catalog) -> Catalog:
        """A catalog of this sandbox with the words that PostgreSQL will give it."""
        facts = catalog.facts
        new = {
            key: replace(facts[key], definition=then)
            for key, (now, then) in self.words.items()
            if key in facts and facts[key].definition == now
        }
        return Catalog.of({**facts, **new}.values(), catalog.strangers) if new else catalog

    def rows(
        self, query: str, parameters: Mapping[str, object], *, inside: bool = False
    ) -> list[tuple[Any, ...]]:
        """Rows of a query on the system catalogs; a tenant's objects of these names do not disturb.

        Args:
            inside: let PostgreSQL write names of the sandbox without the schema. Then the tenant's
                own functions could be called if they match better.
        """

        def path() -> sql.Composed:
            schemas = ["pg_catalog", self.scope.schema if inside else "pg_temp"]
            named = sql.SQL(", ").join(map(sql.Identifier, schemas))
            return sql.SQL("set local search_path = {};").format(named)

        before = self._text("inside" if inside else "beside", path)
        with self.connection.cursor() as cursor:
            # Not prepared: some queries set the path themselves, and PostgreSQL would analyse them
            # again under that one, where a tenant's own pg_class comes first.
            cursor.execute(before.encode() + cursor.mogrify(query, parameters))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            cursor.execute(self._text("path", lambda: self._path))
            return found

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Undo at the end what the block has done."""
        with self.connection.cursor() as cursor:
            cursor.execute("savepoint trial")
            try:
                yield
            finally:
                cursor.execute("rollback to savepoint trial; release savepoint trial")

    def kept_if(self, wanted: Callable[[_Value], bool], do: Callable[[], _Value]) -> _Value:
        """What something returns; unless that is wanted, the sandbox is as it was before.

        Args:
            wanted: false for what may have lost the transaction.
        """
        self.run(["savepoint kept"])
        found = do()
        undoing = [] if wanted(found) else ["rollback to savepoint kept"]
        self.run([*undoing, "release savepoint kept"])
        return found

    @contextmanager
    def instead(self, world: World) -> Iterator["Sandbox"]:
        """In the block, an empty sandbox in the place of this one; this one is back at the end."""
        with self.trial(), self.connection.cursor() as cursor:
            if self.scope.managed is None:
                name = sql.Identifier(self.scope.schema)
                cursor.execute(
                    sql.SQL("alter schema {0} rename to {1}; create schema {0}").format(
                        name, _WAITING
                    )
                )
            other = Sandbox(self.connection, self.scope, world, aside=self.aside)
            other.enter()
            if self.scope.managed is not None:
                _clear(other)
            yield other
        self.enter()

    def settle(self) -> bool:
        """Commit the structure and begin a new transaction, as in a tenant.

        Otherwise locks could not be observed, and PostgreSQL would allow more than in a tenant.

        Returns:
            Whether it was committed. A template is not, because its schema cannot be dropped.
        """
        if self.scope.managed is not None:
            return False
        with self.connection.cursor() as cursor:
            cursor.execute("commit; begin")
        self.enter()
        return True

    def run(self, statements: Sequence[str]) -> None:
        """Run statements. After an error the transaction is lost."""
        written = [as_run(its, self.world) for its in statements]
        with self.connection.cursor() as cursor:
            # With a time limit they are sent one by one, so that an error names the slow one.
            for sent in written if is_timed(self.connection) else [";\n".join(written)]:
                if sent:
                    cursor.execute(sent)

    def try_run(self, statements: Sequence[str]) -> psycopg2.Error | None:
        """Run all statements or none; returns the error, if there was one.

        Raises:
            psycopg2.errors.OutOfMemory: for example, the lock table is full. The statements are not
                the cause, so no other statements need to be tried.
            psycopg2.errors.QueryCanceled: a statement took too long.
        """
        with self.connection.cursor() as cursor:
            cursor.execute("savepoint try_run")
            try:
                self.run(statements)
            except NOT_ITS_FAULT:
                raise
            except psycopg2.Error as error:
                cursor.execute("rollback to savepoint try_run; release savepoint try_run")
                return error
            cursor.execute("release savepoint try_run")
        return None


@contextmanager
def open_sandbox(
    connection: Connection, scope: Scope, world: World = PLAIN, *, standing: bool = False
) -> Iterator[Sandbox]:
    """A sandbox in a transaction that is rolled back at the end.

    Args:
        connection: in autocommit mode.
        world: the path and the settings under which statements run.
        standing: keep the structure that was committed by `settle`; otherwise start empty.
    """
    with connection.cursor() as cursor:
        if not standing:
            vacate(connection, TENANT)  # for a template, too: a tenant may depend on it
        cursor.execute("begin")
        try:
            aside = False
            if scope.managed is None and not standing and scope.schema != TENANT:
                # The desired state may use the name of a schema that is part of the surroundings.
                name = sql.Identifier(scope.schema)
                cursor.execute(_THERE, [scope.schema])
                if aside := cursor.rowcount > 0:
                    rename = sql.SQL("alter schema {} rename to {}")
                    cursor.execute(rename.format(name, sql.Identifier(ASIDE)))
                cursor.execute(sql.SQL("create schema {}").format(name))
            sandbox = Sandbox(connection, scope, world, aside=aside)
            sandbox.enter()
            if scope.managed is not None:
                _clear(sandbox)
            yield sandbox
        finally:
            cursor.execute("rollback")


def _clear(sandbox: Sandbox) -> None:
    """Drop the managed objects of a template, and everything that depends on them."""
    catalog = sandbox.catalog()
    for fact in sorted(catalog.facts.values(), key=lambda fact: fact.key, reverse=True):
        if fact.name == fact.object and fact.kind != "comment":
            for drafts in from_facts.drop(fact, catalog)[:1]:
                sandbox.try_run([f"{draft.sql} CASCADE" for draft in drafts])
