"""A sandbox in scratch: the schema in which one structure stands while it is worked on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.reader import read_catalog
from diffapply.database.patience import is_timed
from diffapply.database.removal import drop_schema
from diffapply.database.session import (
    as_written,
    enter_as_application,
    enter_schema,
    search_path,
)
from diffapply.ddl import supplement
from diffapply.model.catalog import Catalog
from diffapply.model.own_name import Naming
from diffapply.model.scope import TENANT, Scope
from diffapply.model.world import PLAIN, World
from diffapply.scratch.confinement import as_own

_THERE = "select from pg_catalog.pg_namespace where nspname operator(pg_catalog.=) %s::name"
_ASIDE = sql.Identifier("diffapply_aside")
"""What a schema is called as long as another one has its name."""


class Sandbox:
    """A place in scratch, within a transaction whose search path leads to it.

    Args:
        world: the path and the settings under which statements run.
    """

    def __init__(self, connection: Connection, scope: Scope, world: World = PLAIN) -> None:
        self.connection = connection
        self.scope = scope
        self.world = world

    def enter(self) -> None:
        """Let statements run as they will in a tenant."""
        enter_schema(self.connection, self.scope.schema, self.world)

    @contextmanager
    def neutral(self) -> Iterator[None]:
        """In the block definitions are read: nothing stands behind the tenant."""
        enter_schema(self.connection, self.scope.schema)
        yield
        self.enter()

    @contextmanager
    def application(self) -> Iterator[None]:
        """In the block users' text runs, as in the application."""
        enter_as_application(self.connection, self.scope.schema, self.world)
        yield
        self.enter()

    def catalog(self, naming: Naming = Naming.AS_IT_IS) -> Catalog:
        """What stands here now.

        Args:
            naming: what becomes of the schema's name, if it is not the one where tenants stand.
        """
        catalog = read_catalog(
            self.connection, self.scope.schema, naming, privileges=self.scope.privileges
        )
        self.enter()
        if self.scope.role:
            catalog = as_own(catalog, self.connection.info.user, self.scope.role)
        return self.scope.part_of(catalog)

    def rows(
        self, query: str, parameters: Mapping[str, object], *, inside: bool = False
    ) -> list[tuple[Any, ...]]:
        """Rows from the system's catalogs, which are meant even where a tenant has such names.

        Args:
            inside: whether what stands here is to be written without the schema's name; then the
                tenant's functions may be called where they fit better.
        """
        with self.connection.cursor() as cursor:
            path = [sql.Identifier("pg_catalog")]
            path += [sql.Identifier(self.scope.schema if inside else "pg_temp")]
            cursor.execute(sql.SQL("set local search_path = {}").format(sql.SQL(", ").join(path)))
            cursor.execute(query, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            cursor.execute(search_path(self.scope.schema, self.world.behind))
            return found

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is done in the block is taken back at its end."""
        with self.connection.cursor() as cursor:
            cursor.execute("savepoint trial")
            try:
                yield
            finally:
                cursor.execute("rollback to savepoint trial; release savepoint trial")

    def settle(self) -> bool:
        """Commit what stands here, as it is in a tenant; what follows is a transaction of its own.

        Only so can locks be told, and does PostgreSQL refuse to use what it does not know to stay.

        Returns:
            Whether it was: a template stays in the transaction, as its schema cannot be dropped.
        """
        if self.scope.managed is not None:
            return False
        with self.connection.cursor() as cursor:
            cursor.execute("commit; begin")
        self.enter()
        return True

    def run(self, statements: Sequence[str]) -> None:
        """Run statements; on an error the transaction is lost."""
        written = [as_written(its, self.world) for its in statements]
        with self.connection.cursor() as cursor:
            # Where each has its time, the one that takes too long is to be told.
            for sent in written if is_timed(self.connection) else [";\n".join(written)]:
                if sent:
                    cursor.execute(sent)

    def try_run(self, statements: Sequence[str]) -> psycopg2.Error | None:
        """Run statements all together or not at all, and return the error if there was one.

        Raises:
            psycopg2.errors.OutOfMemory: the server's table of locks is full, or the like: which is
                no fault of the statements, and no other way would be any better.
            psycopg2.errors.QueryCanceled: one of them took too long.
        """
        with self.connection.cursor() as cursor:
            cursor.execute("savepoint try_run")
            try:
                self.run(statements)
            except (psycopg2.errors.OutOfMemory, psycopg2.errors.QueryCanceled):
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
    """A sandbox, in a transaction that is rolled back at the end.

    Args:
        connection: in autocommit mode.
        world: the path and the settings under which statements run there.
        standing: what was settled there is still there; else the sandbox is empty.
    """
    with connection.cursor() as cursor:
        if not standing:
            drop_schema(connection, TENANT)  # for a template, too: a tenant may hang on it
        cursor.execute("begin")
        try:
            if scope.managed is None and not standing:
                # A desired state may be written under the name of a schema that others refer to.
                name = sql.Identifier(scope.schema)
                cursor.execute(_THERE, [scope.schema])
                if cursor.rowcount:
                    cursor.execute(sql.SQL("alter schema {} rename to {}").format(name, _ASIDE))
                cursor.execute(sql.SQL("create schema {}").format(name))
            sandbox = Sandbox(connection, scope, world)
            sandbox.enter()
            if scope.managed is not None:
                _clear(sandbox)
            yield sandbox
        finally:
            cursor.execute("rollback")


def _clear(sandbox: Sandbox) -> None:
    """Remove what is managed from a template, with whatever hangs on it."""
    catalog = sandbox.catalog()
    for fact in sorted(catalog.facts.values(), key=lambda fact: fact.key, reverse=True):
        if fact.name == fact.object and fact.kind != "comment":
            for statements in supplement.drop(fact, catalog)[:1]:
                sandbox.try_run([f"{statement} CASCADE" for statement in statements])
