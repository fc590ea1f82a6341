"""A seat in scratch: the schema in which one structure stands while it is worked on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.model import Catalog
from diffapply.catalog.reader import read_catalog
from diffapply.database.removal import drop_schema
from diffapply.database.session import enter_schema, search_path
from diffapply.planning import supplement


@dataclass(frozen=True, slots=True)
class Place:
    """Where a structure stands.

    Attributes:
        schema: in scratch.
        owners: for a template, the names in it that are managed: all others belong to what is
            there already. None for a tenant, whose schema is empty at first.
        privileges: whether owners and grants count.
    """

    schema: str
    owners: frozenset[str] | None = None
    privileges: bool = False


TENANT = "diffapply_tenant"
"""The schema where tenants stand: all under one name, so that none is in a definition."""


class Seat:
    """A place in scratch, within a transaction whose search path leads to it."""

    def __init__(self, connection: Connection, place: Place) -> None:
        self.connection = connection
        self.place = place

    def catalog(self) -> Catalog:
        """What stands here now."""
        catalog = read_catalog(self.connection, self.place.schema, privileges=self.place.privileges)
        enter_schema(self.connection, self.place.schema)
        if self.place.owners is not None:
            return catalog.restricted_to(self.place.owners)
        return catalog

    def rows(self, query: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Rows from the system's catalogs, which are meant even where a tenant has such names."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("set local search_path = pg_catalog, {}").format(
                    sql.Identifier(self.place.schema)
                )
            )
            cursor.execute(query, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            cursor.execute(search_path(self.place.schema))
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

    def run(self, statements: Sequence[str]) -> None:
        """Run statements; on an error the transaction is lost."""
        if statements:
            with self.connection.cursor() as cursor:
                cursor.execute(";\n".join(statements))

    def attempt(self, statements: Sequence[str]) -> psycopg2.Error | None:
        """Run statements all together or not at all, and return the error if there was one."""
        with self.connection.cursor() as cursor:
            cursor.execute("savepoint attempt")
            try:
                self.run(statements)
            except psycopg2.Error as error:
                cursor.execute("rollback to savepoint attempt; release savepoint attempt")
                return error
            cursor.execute("release savepoint attempt")
        return None


@contextmanager
def seated(connection: Connection, place: Place) -> Iterator[Seat]:
    """An empty seat, in a transaction that is rolled back at the end."""
    with connection.cursor() as cursor:
        cursor.execute("begin")
        try:
            if place.owners is None:
                cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(place.schema)))
            enter_schema(connection, place.schema)
            seat = Seat(connection, place)
            if place.owners is not None:
                _clear(seat)
            yield seat
        finally:
            cursor.execute("rollback")


@contextmanager
def settled(connection: Connection, place: Place, ddl: Sequence[str]) -> Iterator[Seat]:
    """A seat in which a structure stands already, committed as it is in a tenant.

    Only so can locks be told, and does PostgreSQL refuse to use what it does not know to stay.
    A template's is built in the transaction, as its schema cannot be dropped afterwards.
    """
    if place.owners is not None:
        with seated(connection, place) as seat:
            seat.run(ddl)
            yield seat
        return
    schema = sql.Identifier(place.schema)
    with connection.cursor() as cursor:
        try:
            cursor.execute("begin")
            cursor.execute(sql.SQL("create schema {}").format(schema))
            enter_schema(connection, place.schema)
            Seat(connection, place).run(ddl)
            cursor.execute("commit; begin")
            enter_schema(connection, place.schema)
            yield Seat(connection, place)
        finally:
            cursor.execute("rollback")
            drop_schema(connection, place.schema)


def _clear(seat: Seat) -> None:
    """Remove what is managed from a template, with whatever hangs on it."""
    catalog = seat.catalog()
    for fact in sorted(catalog.facts.values(), key=lambda fact: fact.key, reverse=True):
        if fact.name == fact.owner and fact.kind != "comment":
            for statements in supplement.drop(fact, catalog)[:1]:
                seat.attempt([f"{statement} CASCADE" for statement in statements])
