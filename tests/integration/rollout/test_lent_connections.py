"""A new tenant on whatever connection an application has."""

import asyncio
import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

import asyncpg
import psycopg
import psycopg2
import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

import diffapply
from diffapply.errors import DesiredStateError, TenantError, UsageError, WrongConnectionError
from diffapply.model.plan import Shape
from tests.integration.lenders import LENDERS, Lender, in_a_loop
from tests.integration.rollout_cases import HOSTILE_NAMES, V3, catalog_of, shape
from tests.servers import Database

_SETTINGS = "select name, setting from pg_settings where name !~ '[.]' order by name"

_WAITING = "select from pg_locks where not granted"

_SESSION = "SQLAlchemy AsyncSession, asyncpg"

every = pytest.mark.parametrize("lend", LENDERS.values(), ids=list(LENDERS))


@pytest.fixture
def goal(database: Database) -> Shape:
    """What new tenants are to look like."""
    return shape(database, V3)


def exists(database: Database, name: str) -> bool:
    """Whether there is such a schema."""
    return bool(database.rows("select from pg_namespace where nspname = %s", name))


@every
@in_a_loop
async def test_the_tenant_commits_with_the_caller(
    database: Database, goal: Shape, lend: Callable[[str], Any]
) -> None:
    """Tenant, journal and the caller's rows; settings are as before, and nothing stays."""
    database.execute("create table public.accounts (name text)")
    async with lend(database.url) as lender:
        await lender.query("insert into public.accounts values ('user_1')")
        await lender.query("set local timezone = 'Asia/Tokyo'")
        before = await lender.query(_SETTINGS)
        await lender.call("provision_in", "user_1", goal)
        assert await lender.query(_SETTINGS) == before
        assert not exists(database, "user_1")
        await lender.commit()
        left = await lender.query(
            "select statement from pg_prepared_statements where statement ~ 'nspname|diffapply'"
        )
        assert [text for (text,) in left if "pg_prepared_statements" not in text] == []
    assert catalog_of(database, "user_1").fingerprint == goal.fingerprint
    assert database.rows("select name from public.accounts") == [("user_1",)]
    assert database.rows("select tenant, status from diffapply.step") == [("user_1", "applied")]


@every
@in_a_loop
async def test_the_first_thing_that_a_connection_does(
    database: Database, goal: Shape, lend: Callable[[str], Any]
) -> None:
    """The commit of the application commits, though it has not said anything before."""
    async with lend(database.url) as lender:
        await lender.call("provision_in", "user_1", goal)
        await lender.commit()
    assert exists(database, "user_1")


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
@pytest.mark.parametrize(
    "lend",
    [
        LENDERS[_SESSION],
        *(
            pytest.param(LENDERS[its], marks=pytest.mark.prove)
            for its in LENDERS
            if its != _SESSION
        ),
    ],
)
@in_a_loop
async def test_the_journal_is_made_after_the_snapshot(
    database: Database, goal: Shape, lend: Callable[[str], Any], level: str
) -> None:
    """The transaction cannot see it: a serialization failure, after which it is tried again."""
    async with lend(database.url) as lender:
        await lender.query(f"set transaction isolation level {level}")
        await lender.query("select 1")
        with psycopg2.connect(database.url) as faster:
            diffapply.provision_in(faster, "user_1", goal)
        faster.close()
        with pytest.raises(_serialization_failures()):
            await lender.call("provision_in", "user_2", goal)
        assert await lender.query("select 1") == [(1,)]
    async with lend(database.url) as lender:
        await lender.query(f"set transaction isolation level {level}")
        await lender.call("provision_in", "user_2", goal)
        await lender.commit()
    assert database.rows("select tenant from diffapply.step order by 1") == [
        ("user_1",),
        ("user_2",),
    ]


@every
@in_a_loop
async def test_errors_leave_the_transaction_usable(
    database: Database, goal: Shape, lend: Callable[[str], Any]
) -> None:
    """What PostgreSQL refuses is raised as the driver raises it; what we refuse, as ours."""
    database.execute("create table public.accounts (name text); create schema taken")
    broken = Shape(goal.catalog, ("create table a (a integer)", "select 1 / 0"))
    other = Shape(goal.catalog, ("create table a (a integer)",))
    async with lend(database.url) as lender:
        await lender.query("insert into public.accounts values ('user_1')")
        with pytest.raises(_refusals()) as caught:
            await lender.call("provision_in", "user_1", broken)
        assert "division by zero" in str(caught.value)
        with pytest.raises(DesiredStateError):
            await lender.call("provision_in", "user_1", other)
        with pytest.raises(UsageError, match="'taken' already"):
            await lender.call("provision_in", "taken", goal)
        await lender.commit()
    assert not exists(database, "user_1")
    assert database.rows("select name from public.accounts") == [("user_1",)]


def _refusals() -> tuple[type[Exception], ...]:
    """By class, none of which is made of another's."""
    return (
        psycopg2.errors.DivisionByZero,
        psycopg.errors.DivisionByZero,
        asyncpg.DivisionByZeroError,
    )


def _serialization_failures() -> tuple[type[Exception], ...]:
    return (
        psycopg2.errors.SerializationFailure,
        psycopg.errors.SerializationFailure,
        asyncpg.SerializationError,
    )


@pytest.mark.parametrize(
    "lend", [LENDERS["psycopg"], pytest.param(LENDERS["asyncpg"], marks=pytest.mark.prove)]
)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
@in_a_loop
async def test_hostile_names(
    database: Database, goal: Shape, lend: Callable[[str], Any], name: str
) -> None:
    """Quoted by us, because psycopg2 quotes for its own connections only."""
    async with lend(database.url) as lender:
        await lender.query("set local standard_conforming_strings = off")
        await lender.call("provision_in", name, goal, message=f"100 % {name}")
        await lender.commit()
    assert catalog_of(database, name).fingerprint == goal.fingerprint
    assert database.rows("select message from diffapply.run") == [(f"100 % {name}",)]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@in_a_loop
async def test_hostile_names_where_backslashes_escape(
    database: Database, goal: Shape, name: str
) -> None:
    """psycopg2 writes values for the setting that its session began with."""
    database.execute(f"alter database {database.name} set standard_conforming_strings = off")
    async with LENDERS["psycopg2"](database.url) as lender:
        await lender.call("provision_in", name, goal, message=f"\\'; {name}")
        [(setting,)] = await lender.query("show standard_conforming_strings")
        await lender.commit()
    assert setting == "off"
    assert catalog_of(database, name).fingerprint == goal.fingerprint
    assert database.rows("select message from diffapply.run") == [(f"\\'; {name}",)]


@pytest.mark.parametrize("lend", [LENDERS["psycopg async"], LENDERS["asyncpg"]])
@in_a_loop
async def test_a_task_that_is_cancelled(database: Database, lend: Callable[[str], Any]) -> None:
    """It waits for a lock; cancelled, it leaves nothing, and the connection can be used."""
    database.execute("create table public.plans (id integer primary key)")
    waiting = shape(database, ("create table a (plan integer references public.plans)",))
    blocker = database.connect()
    blocker.cursor().execute("lock table public.plans")
    async with lend(database.url) as lender:
        its = asyncio.create_task(lender.call("provision_in", "user_1", waiting, lock_timeout=60))
        while not database.rows(_WAITING):  # noqa: ASYNC110 - nothing tells when it waits
            await asyncio.sleep(0.01)
        its.cancel()
        with pytest.raises(asyncio.CancelledError):
            await its
        blocker.rollback()
    blocker.close()
    assert not exists(database, "user_1")


class TestWrongConnections:
    """What is no connection gets a sentence, and the right function is named."""

    @pytest.mark.parametrize("wrong", [None, "postgresql://localhost/x", 17, object])
    def test_no_connection(self, wrong: object, goal: Shape) -> None:
        with pytest.raises(WrongConnectionError, match="no connection that diffapply") as caught:
            diffapply.provision_in(wrong, "user_1", goal)  # type: ignore[arg-type]
        assert isinstance(caught.value, TypeError)
        assert isinstance(caught.value, UsageError)
        assert "a Connection or Session of SQLAlchemy" in caught.value.hint

    def test_no_shape(self, database: Database) -> None:
        with (
            psycopg2.connect(database.url) as connection,
            pytest.raises(UsageError, match="str is no shape") as caught,
        ):
            diffapply.provision_in(connection, "user_1", "shape.json")  # type: ignore[arg-type]
        assert "Shape.load" in caught.value.hint
        connection.close()

    def test_an_engine(self, database: Database, goal: Shape) -> None:
        engine = create_engine(database.url.replace("postgresql", "postgresql+psycopg2", 1))
        with pytest.raises(WrongConnectionError, match=r"^sqlalchemy's Engine is no connection"):
            diffapply.provision_in(engine, "user_1", goal)  # type: ignore[arg-type]
        asynchronous = create_async_engine("postgresql+asyncpg://")
        with pytest.raises(WrongConnectionError, match="AsyncEngine is no connection"):
            asyncio.run(diffapply.provision_in_async(asynchronous, "user_1", goal))

    @pytest.mark.parametrize("name", [name for name in LENDERS if "sync" in name])
    @in_a_loop
    async def test_asynchronous_ones(self, database: Database, goal: Shape, name: str) -> None:
        async with LENDERS[name](database.url) as lender:
            with pytest.raises(WrongConnectionError, match="is asynchronous") as caught:
                diffapply.provision_in(lender.connection, "user_1", goal)
            assert "_async" in caught.value.hint

    @pytest.mark.parametrize("name", [name for name in LENDERS if "sync" not in name])
    @in_a_loop
    async def test_synchronous_ones(self, database: Database, goal: Shape, name: str) -> None:
        async with LENDERS[name](database.url) as lender:
            with pytest.raises(WrongConnectionError, match="is not asynchronous"):
                await diffapply.provision_in_async(lender.connection, "user_1", goal)

    @pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
    def test_autocommit(self, database: Database, goal: Shape, driver: str) -> None:
        """It could be left half-done: refused."""
        engine = create_engine(
            database.url.replace("postgresql", f"postgresql+{driver}", 1),
            isolation_level="AUTOCOMMIT",
        )
        with (
            engine.connect() as connection,
            pytest.raises(UsageError, match="within a transaction"),
        ):
            diffapply.provision_in(connection, "user_1", goal)
        engine.dispose()

    @in_a_loop
    async def test_no_transaction(self, database: Database, goal: Shape) -> None:
        """asyncpg begins none by itself."""
        connection = await asyncpg.connect(database.url)
        with pytest.raises(UsageError, match="within a transaction"):
            await diffapply.provision_in_async(connection, "user_1", goal)
        await connection.close()


@in_a_loop
async def test_in_a_greenlet_of_sqlalchemy(database: Database, goal: Shape) -> None:
    """Within `run_sync`, the synchronous function serves."""
    async with LENDERS["SQLAlchemy AsyncConnection, asyncpg"](database.url) as lender:
        assert isinstance(lender, Lender)
        await lender.connection.run_sync(diffapply.provision_in, "user_1", goal)
        await lender.commit()
    assert exists(database, "user_1")


@pytest.mark.parametrize(
    "lend", [LENDERS[its] for its in ("psycopg2", "psycopg", "asyncpg", _SESSION)]
)
@in_a_loop
async def test_a_table_that_stays_locked(database: Database, lend: Callable[[str], Any]) -> None:
    """It is named, with who has it locked; the caller's transaction goes on, with its path."""
    database.execute("create table public.plans (id integer primary key)")
    goal = shape(database, ("CREATE TABLE accounts (plan integer REFERENCES public.plans)",))
    with closing(psycopg2.connect(database.url)) as other:
        other.cursor().execute("lock table public.plans in row exclusive mode")
        async with lend(database.url) as lender:
            await lender.query("insert into public.plans values (1)")
            with pytest.raises(TenantError) as refused:
                await lender.call("provision_in", "user_1", goal, lock_timeout=0.5)
            told = refused.value.message
            assert f"public.plans is locked by process {other.info.backend_pid} (" in told
            assert re.search(r"\)(?: \(tried \d+ times\))?; rolled back\.$", told)
            await lender.query("insert into plans values (2)")
            await lender.commit()
    assert database.rows("select id from plans order by 1") == [(1,), (2,)]
    assert not exists(database, "user_1")
