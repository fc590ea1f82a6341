"""Databases full of tenants, and statements that are run in all of them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import parse_dsn
from sqlalchemy import MetaData, create_mock_engine
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.ddl import DDLElement

from diffapply.database.connection import connect
from diffapply.database.urls import libpq_url


@dataclass(frozen=True, slots=True)
class Setting:
    """What a part of the bench works with.

    Attributes:
        server: URL of a database in which others can be created.
        url: the database with the tenants, none of which has the change, between the parts.
        tenants: how many there are: user_1, user_2, …
        jobs: connections, or processes, at once.
        repeats: how often to measure what takes seconds; what takes minutes is measured once.
        sample: how many tenants the slow rivals are shown.
    """

    server: str
    url: str
    tenants: int
    jobs: int
    repeats: int
    sample: int

    @property
    def names(self) -> list[str]:
        """The tenants."""
        return tenant_names(self.tenants)

    @property
    def sampled(self) -> list[str]:
        """The tenants that a slow rival is shown: spread over all."""
        step = max(1, self.tenants // self.sample)
        return self.names[::step][: self.sample]


def tenant_names(count: int) -> list[str]:
    """The names of so many tenants."""
    return [f"user_{number}" for number in range(1, count + 1)]


def changed_url(url: str, scheme: str = "postgresql", **changed: str) -> str:
    """The URL with other parameters, such as `dbname`, in the form that every tool understands."""
    parameters = parse_dsn(libpq_url(url)) | changed
    user, password, database = (
        quote(parameters.pop(key, ""), safe="") for key in ("user", "password", "dbname")
    )
    who = f"{user}:{password}@" if password else f"{user}@" if user else ""
    return f"{scheme}://{who}/{database}?{urlencode(parameters, quote_via=quote)}"


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """A new database for the length of a block; its URL."""
    drop = f"drop database if exists {name} with (force)"
    execute(server, drop)
    execute(server, f"create database {name} template template0")
    try:
        yield changed_url(server, dbname=name)
    finally:
        execute(server, drop)


def ddl(metadata: MetaData) -> str:
    """The statements that create all that is in the metadata, as SQLAlchemy writes them."""
    statements: list[str] = []

    def note(statement: Executable | DDLElement, *_: object, **__: object) -> None:
        assert isinstance(statement, DDLElement)
        statements.append(str(statement.compile(dialect=engine.dialect)).strip())

    engine = create_mock_engine("postgresql+psycopg2://", note)
    metadata.create_all(engine, checkfirst=False)
    return "".join(f"{statement};\n" for statement in statements)


def build_tenants(url: str, names: Sequence[str], metadata: MetaData, jobs: int) -> None:
    """Create the tenants; leave the server with nothing to catch up on."""
    in_parallel(url, names, f"create schema {{tenant}};{ddl(metadata)}", jobs)
    tidy(url)


def execute(url: str, statements: str) -> None:
    """Run statements outside of a transaction."""
    with closing(connect(url, "bench")) as connection, connection.cursor() as cursor:
        cursor.execute(statements)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with closing(connect(url, "bench")) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def in_parallel(url: str, names: Sequence[str], statements: str, jobs: int) -> None:
    """Run statements in every tenant: a transaction and a message each, over some connections.

    Args:
        url: libpq URL.
        names: the tenants.
        statements: with ``{tenant}`` where the tenant's name is to stand.
        jobs: how many connections.
    """
    waiting = iter(names)

    def work(connection: Connection) -> None:
        with closing(connection), connection.cursor() as cursor:
            for name in waiting:
                inside = statements.replace("{tenant}", name)
                cursor.execute(f"begin; set local search_path = {name}; {inside} commit")

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, [connect(url, "bench") for _ in range(jobs)]))


def tidy(url: str) -> None:
    """Vacuum the catalogs and write all to disk, so that nobody pays for what was before him."""
    catalogs = rows(
        url,
        "select oid::regclass::text from pg_class where relkind = 'r' and not relisshared"
        " and relnamespace = 'pg_catalog'::regnamespace",
    )
    with closing(connect(url, "bench")) as connection, connection.cursor() as cursor:
        for (catalog,) in catalogs:
            cursor.execute(f"vacuum analyze {catalog}")
        with suppress(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("checkpoint")
