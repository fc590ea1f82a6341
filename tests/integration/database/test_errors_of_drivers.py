"""What PostgreSQL says of an error, whatever driver has heard it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing

import asyncpg
import psycopg
import psycopg2
import pytest
from psycopg2.extensions import Diagnostics

from diffapply.database.drivers import AsyncpgDriver, PsycopgDriver, in_greenlet
from tests.integration.lenders import in_a_loop
from tests.servers import Database

_FIELDS = [name for name in dir(Diagnostics) if not name.startswith("_")]

_FAILING = {
    "a constraint": "insert into t values (-1)",
    "a column": "insert into t values (null)",
    "a domain": "select (-1)::d",
    "a position": "select nothing",
    "a body": "do $$ begin execute 'select nothing'; end $$",
    "a hint": "select f('a', 1)",
}
_Driver = PsycopgDriver | AsyncpgDriver


@asynccontextmanager
async def _psycopg(url: str) -> AsyncIterator[_Driver]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield PsycopgDriver(connection)


@asynccontextmanager
async def _asyncpg(url: str) -> AsyncIterator[_Driver]:
    connection = await asyncpg.connect(url)
    yield AsyncpgDriver(connection)
    await connection.close()


def _said(url: str, statement: str) -> dict[str, str | None]:
    """What psycopg2 tells."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(statement)
        except psycopg2.Error as error:
            return _fields(error)
    return {}


def _fields(error: psycopg2.Error) -> dict[str, str | None]:
    return {name: getattr(error.diag, name) for name in _FIELDS}


@pytest.mark.parametrize("driver", [_psycopg, _asyncpg])
@in_a_loop
async def test_all_fields_are_those_of_psycopg2(
    database: Database, driver: Callable[[str], AbstractAsyncContextManager[_Driver]]
) -> None:
    database.execute("create table t (id int not null check (id > 0))")
    database.execute("create domain d as int check (value > 0)")
    async with driver(database.url) as ours:
        for what, statement in _FAILING.items():
            expected = _said(database.url, statement)
            with pytest.raises(psycopg2.Error) as told:
                await in_greenlet(lambda: ours.run("", statement))  # noqa: B023 - awaited at once
            assert _fields(told.value) == expected, what
