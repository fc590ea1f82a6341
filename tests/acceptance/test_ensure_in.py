"""A tenant is brought to its shape at a login, or left alone with a reason."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

import diffapply
from diffapply.database.locks import try_journal_lock
from diffapply.errors import JournalError, ShapeFileError, TenantNotCurrentError, UsageError
from diffapply.journal import structure
from diffapply.model.world import PLAIN
from diffapply.planning.desired_shape import DesiredShape
from diffapply.rollout.in_application import ensuring, in_turn
from diffapply.tenants.own_token import create_function
from tests.integration.lenders import LENDERS
from tests.servers import EMBEDDED, Database

_OLD = "create table jobs (id serial primary key, name varchar(20) not null);"
_NEW = _OLD.replace(");", ", note text); create table tasks (job integer references jobs);")
_SETTINGS = "select name, setting from pg_settings where name !~ '[.]' order by name"


@pytest.fixture
def tenants(database: Database) -> Database:
    """Two tenants that lack what is new, one with more, one that is alike but for its name."""
    for name in ("user_1", "user_2", "user_3", '"User ""4"'):
        database.execute(f"create schema {name}; set search_path = {name}; {_OLD}")
    database.execute("alter table user_3.jobs add extra integer")
    database.execute("reset search_path")
    return database


@pytest.fixture
def settings(tenants: Database, tmp_path: Path) -> diffapply.Settings:
    """The desired state is what is new."""
    (tmp_path / "new.sql").write_text(_NEW, encoding="utf-8")
    return diffapply.Settings(database_url=tenants.url, desired=str(tmp_path / "new.sql"))


@pytest.fixture
def shape(settings: diffapply.Settings) -> DesiredShape:
    """With the ways from what tenants have."""
    return diffapply.desired_shape(settings, ways=True)


@pytest.fixture
def worker(tenants: Database) -> Iterator[Connection]:
    """The connection of an application's worker."""
    with closing(tenants.connect()) as connection:
        yield connection


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tenants whose structure was read."""
    found: list[str] = []
    reading = ensuring.fingerprint_now

    def watched(work: Any, tenant: str, shape: DesiredShape) -> str:  # noqa: ANN401
        found.append(tenant)
        return reading(work, tenant, shape)

    monkeypatch.setattr(ensuring, "fingerprint_now", watched)
    return found


def state(settings: diffapply.Settings) -> dict[str, str]:
    """Tenant → its state, as drift has it."""
    return {its.name: its.state for its in diffapply.drift(settings).tenants}


@pytest.mark.parametrize(
    "name",
    [
        "SQLAlchemy Session, psycopg",
        *(pytest.param(its, marks=pytest.mark.prove) for its in ("psycopg2", "psycopg", "asyncpg")),
    ],
)
def test_brought_with_the_callers_transaction(
    tenants: Database, settings: diffapply.Settings, shape: DesiredShape, name: str
) -> None:
    """Tenant, rows and journal come and go together; the session is as before."""

    async def log_in(*, commit: bool) -> None:
        async with LENDERS[name](tenants.url) as lender:
            await lender.query("set local timezone = 'Asia/Tokyo'")
            await lender.query("set local statement_timeout = '77s'")
            await lender.query("insert into user_1.jobs (name) values ('mine')")
            before = await lender.query(_SETTINGS)
            assert await lender.call("ensure_in", "user_1", shape, message="a login") is True
            assert await lender.query(_SETTINGS) == before
            assert await lender.query("select note from user_1.jobs") == [(None,)]
            assert await lender.call("ensure_in", "user_1", shape) is False
            if commit:
                await lender.commit()

    asyncio.run(log_in(commit=False))
    assert state(settings)["user_1"] != "in_sync"
    assert tenants.value("select to_regclass('diffapply.run') is null")
    asyncio.run(log_in(commit=True))
    assert state(settings)["user_1"] == "in_sync"
    [run] = diffapply.history(settings)
    assert (run.status, run.message, run.counts) == ("done", "a login", {"applied": 1})
    diffapply.apply(settings, diffapply.plan(settings, backward=True))
    assert state(settings)["user_1"] == "behind"
    assert tenants.rows("select name from user_1.jobs") == [("mine",)]


@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
def test_an_unmoved_tenant_is_not_read(
    tenants: Database,
    settings: diffapply.Settings,
    shape: DesiredShape,
    worker: Connection,
    asked: list[str],
) -> None:
    """Once found current, one query says that nobody has changed it; any change is noticed."""
    diffapply.apply(settings, diffapply.plan(settings), allow_destructive=True)
    assert diffapply.ensure_in(worker, "user_1", shape) is False
    assert asked == ["user_1"]
    for _ in range(3):
        worker.rollback()
        assert diffapply.ensure_in(worker, "user_1", shape) is False
    assert asked == ["user_1"]
    tenants.execute("insert into user_1.jobs (name) values ('row')")
    tenants.execute("analyze user_1.jobs")
    assert diffapply.ensure_in(worker, "user_1", shape) is False
    assert asked == ["user_1"]
    worker.rollback()
    tenants.execute("alter table user_1.jobs alter note set default 'x'")
    with pytest.raises(TenantNotCurrentError, match="no proved way leads from there"):
        diffapply.ensure_in(worker, "user_1", shape)
    assert asked == ["user_1", "user_1"]
    with worker.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements")
        assert cursor.fetchone() == (0,)


def test_one_round_trip(
    settings: diffapply.Settings, shape: DesiredShape, tenants: Database
) -> None:
    """Of a worker whose connection was seen before."""
    diffapply.apply(settings, diffapply.plan(settings), allow_destructive=True)
    sent: list[bytes | str] = []

    class Watched(psycopg2.extensions.connection):
        """Its server tells what it was sent."""

    with closing(psycopg2.connect(tenants.url, connection_factory=Watched)) as worker:
        diffapply.ensure_in(worker, "user_1", shape)
        worker.commit()
        worker.autocommit = True
        with worker.cursor() as cursor:
            cursor.execute("begin")
            tenants.execute("select pg_stat_force_next_flush()")
            cursor.execute("set local log_min_duration_statement = 0")
            cursor.execute("set local client_min_messages = log")
            worker.notices.clear()
            diffapply.ensure_in(worker, "user_1", shape)
            sent = [its for its in worker.notices if "statement:" in its]
            cursor.execute("rollback")
    assert len(sent) == 1


class TestLeftAlone:
    """What `ensure_in` does not do, it says."""

    def test_the_way_loses_data(self, shape: DesiredShape, worker: Connection) -> None:
        with pytest.raises(TenantNotCurrentError, match=r"statement \d of \d is more than a short"):
            diffapply.ensure_in(worker, "user_3", shape)
        worker.cursor().execute("select extra from user_3.jobs")

    def test_an_unknown_shape(
        self, shape: DesiredShape, worker: Connection, tenants: Database
    ) -> None:
        tenants.execute("create table user_2.by_hand ()")
        with pytest.raises(TenantNotCurrentError, match="no proved way leads from there") as caught:
            diffapply.ensure_in(worker, "user_2", shape)
        assert "diffapply apply" in caught.value.hint

    def test_a_shape_without_ways(self, settings: diffapply.Settings, worker: Connection) -> None:
        shape = diffapply.desired_shape(settings)
        with pytest.raises(TenantNotCurrentError, match="the given shape has no ways"):
            diffapply.ensure_in(worker, "user_1", shape)

    def test_no_such_schema(self, shape: DesiredShape, worker: Connection) -> None:
        with pytest.raises(TenantNotCurrentError, match="no schema 'user_9'") as caught:
            diffapply.ensure_in(worker, "user_9", shape)
        assert "provision_in" in caught.value.hint

    def test_locked_by_another_session(
        self, shape: DesiredShape, worker: Connection, tenants: Database
    ) -> None:
        """It gives way soon, and the transaction goes on."""
        with closing(tenants.connect()) as other:
            other.cursor().execute("lock table user_1.jobs in share mode")
            with pytest.raises(TenantNotCurrentError, match="to its shape now") as caught:
                diffapply.ensure_in(worker, "user_1", shape, lock_timeout=0.1)
            assert f"user_1.jobs is locked by process {other.info.backend_pid} (" in str(
                caught.value
            )
        assert "new transaction" in caught.value.hint
        worker.cursor().execute("select 1")

    def test_another_session_is_changing_it(
        self, shape: DesiredShape, worker: Connection, tenants: Database
    ) -> None:
        """It is named: an apply has only the tenant's row in the journal at first."""
        with closing(tenants.connect()) as other:
            diffapply.ensure_in(other, "user_2", shape)
            other.commit()
            tenants.execute("insert into diffapply.tenant values ('user_1')")
            other.cursor().execute("select from diffapply.tenant where name = 'user_1' for update")
            with pytest.raises(TenantNotCurrentError, match="is changing it: process") as caught:
                diffapply.ensure_in(worker, "user_1", shape, lock_timeout=0.1)
            assert f"process {other.info.backend_pid} (" in str(caught.value)

    def test_another_session_makes_the_journal(
        self,
        shape: DesiredShape,
        worker: Connection,
        tenants: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """It is waited for as long as the caller waits, and not longer."""
        waited: list[float] = []

        def watched(cursor: Cursor, seconds: float) -> bool:
            waited.append(seconds)
            return try_journal_lock(cursor, min(seconds, 0.1))

        with closing(tenants.connect()) as other:
            diffapply.ensure_in(other, "user_2", shape)
            monkeypatch.setattr(structure, "try_journal_lock", watched)
            for make in (diffapply.ensure_in, diffapply.provision_in):
                tenant = "user_1" if make is diffapply.ensure_in else "user_9"
                with pytest.raises(JournalError, match="has locked the journal"):
                    make(worker, tenant, shape, lock_timeout=0.2)
        assert waited == [0.2, 0.2]

    def test_no_shape(self, worker: Connection) -> None:
        with pytest.raises(UsageError, match="NoneType is no shape"):
            diffapply.ensure_in(worker, "user_1", None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("name", ["", "a\0b", "pg_toast", "x" * 64])
    def test_no_tenants_name(self, shape: DesiredShape, worker: Connection, name: str) -> None:
        with pytest.raises(UsageError, match="cannot be a tenant"):
            diffapply.ensure_in(worker, name, shape)

    @pytest.mark.parametrize("name", ["Foo", "tenant_5", "user_x"])
    def test_a_new_name_that_is_no_tenants(
        self, shape: DesiredShape, worker: Connection, name: str
    ) -> None:
        """By the settings that the shape was made with: no command would ever look at it."""
        with pytest.raises(UsageError, match=f"'{name}' would be no tenant"):
            diffapply.provision_in(worker, name, shape)

    def test_no_transaction(self, shape: DesiredShape, worker: Connection) -> None:
        worker.autocommit = True
        with pytest.raises(UsageError, match="within a transaction"):
            diffapply.ensure_in(worker, "user_1", shape)

    def test_an_event_trigger_changes_the_result(
        self, shape: DesiredShape, worker: Connection, tenants: Database
    ) -> None:
        """The gate after the statements notices, and all is undone."""
        tenants.execute(
            """create function public.more() returns event_trigger language plpgsql as $$ begin
            if to_regclass('user_1.tasks') is not null and to_regclass('user_1.more') is null
            then create table user_1.more (); end if; end $$;
            create event trigger more on ddl_command_end when tag in ('CREATE TABLE')
            execute function public.more()"""
        )
        with pytest.raises(TenantNotCurrentError, match="did not lead to its shape"):
            diffapply.ensure_in(worker, "user_1", shape)
        worker.commit()
        assert tenants.value("select to_regclass('user_1.tasks') is null")
        assert tenants.value("select to_regclass('diffapply.run') is null")


def test_many_workers_at_once(
    tenants: Database, settings: diffapply.Settings, shape: DesiredShape
) -> None:
    """One changes it; the others wait for that, and find it done."""
    diffapply.plan(settings)
    changed: list[bool] = []
    errors: list[Exception] = []
    together = threading.Barrier(6)

    def log_in() -> None:
        with closing(tenants.connect()) as worker:
            together.wait()
            try:
                changed.append(diffapply.ensure_in(worker, "user_1", shape, lock_timeout=60))
                worker.commit()
            except (psycopg2.Error, TenantNotCurrentError) as error:
                errors.append(error)

    threads = [threading.Thread(target=log_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(changed) == [False] * 5 + [True]
    assert state(settings)["user_1"] == "in_sync"
    assert len(diffapply.history(settings)) == 1


def test_whoever_waits_holds_nothing(
    tenants: Database, shape: DesiredShape, worker: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a lock that others keep longer than a statement waits: it is tried again, until free."""
    held: list[object] = []
    with closing(tenants.connect()) as other:
        other.cursor().execute("lock table user_1.jobs in share mode")

        def let_go(_: int) -> float:
            held.extend(
                tenants.rows(
                    "select relation::regclass, mode from pg_locks where pid = %s"
                    " and relation::regclass::text ~ '^user_1[.]'",
                    worker.info.backend_pid,
                )
            )
            other.rollback()
            return 0.01

        monkeypatch.setattr(in_turn, "pause", let_go)
        assert diffapply.ensure_in(worker, "user_1", shape) is True
        assert held == []
    worker.commit()


class TestAnOlderSnapshot:
    """In REPEATABLE READ: only a new transaction can tell, and nothing is done twice."""

    @pytest.fixture
    def worker(self, tenants: Database, shape: DesiredShape) -> Iterator[Connection]:
        """Its transaction has a snapshot; the tenants and the way are known to the journal."""
        with psycopg2.connect(tenants.url) as connection:
            diffapply.ensure_in(connection, "user_2", shape)
        connection.close()
        tenants.execute("insert into diffapply.tenant values ('user_1'), ('user_3')")
        with closing(tenants.connect()) as connection:
            connection.set_session(isolation_level="REPEATABLE READ")
            connection.cursor().execute("select 1")
            yield connection

    @pytest.mark.parametrize("by", ["ensure_in", "apply"])
    def test_another_has_brought_it(
        self,
        tenants: Database,
        settings: diffapply.Settings,
        shape: DesiredShape,
        worker: Connection,
        by: str,
    ) -> None:
        if by == "apply":
            diffapply.apply(settings, diffapply.plan(settings), allow_destructive=True)
        else:
            with psycopg2.connect(tenants.url) as faster:
                assert diffapply.ensure_in(faster, "user_1", shape) is True
            faster.close()
        with pytest.raises(psycopg2.errors.SerializationFailure):
            diffapply.ensure_in(worker, "user_1", shape)
        worker.rollback()
        assert diffapply.ensure_in(worker, "user_1", shape) is False

    def test_what_it_reads_is_gone(
        self, tenants: Database, shape: DesiredShape, worker: Connection
    ) -> None:
        tenants.execute("drop table user_3.jobs")
        with pytest.raises(TenantNotCurrentError, match="catalogs change") as caught:
            diffapply.ensure_in(worker, "user_3", shape)
        assert "new transaction" in caught.value.hint
        worker.cursor().execute("select 1")


def test_what_is_new_belongs_to_the_tenants_owner(
    tenants: Database, shape: DesiredShape, worker: Connection
) -> None:
    """As after an apply."""
    with tenants.role("first") as first:
        tenants.execute(
            f"alter schema user_1 owner to {first}; alter table user_1.jobs owner to {first}"
        )
        assert diffapply.ensure_in(worker, "user_1", shape) is True
        worker.commit()
        owner = "select relowner::regrole::text from pg_class where oid = 'user_1.tasks'::regclass"
        assert tenants.value(owner) == first


def test_a_name_that_needs_quotes(shape: DesiredShape, worker: Connection) -> None:
    """It is quoted wherever it stands."""
    assert diffapply.ensure_in(worker, 'User "4', shape) is True
    worker.commit()
    assert diffapply.ensure_in(worker, 'User "4', shape) is False


@pytest.mark.prove
def test_a_shape_that_only_the_journal_knows(
    tenants: Database, settings: diffapply.Settings, worker: Connection, tmp_path: Path
) -> None:
    """A tenant that comes from an old backup."""
    diffapply.apply(settings, diffapply.plan(settings), allow_destructive=True)
    diffapply.desired_shape(settings, ways=True).save(tmp_path / "shape.json")
    shape = diffapply.Shape.load(tmp_path / "shape.json")
    tenants.execute(f"create schema user_5; set search_path = user_5; {_OLD}")
    assert diffapply.ensure_in(worker, "user_5", shape) is True
    worker.commit()
    assert state(settings)["user_5"] == "in_sync"


def test_the_function_of_others_is_not_called(
    tenants: Database,
    settings: diffapply.Settings,
    shape: DesiredShape,
    worker: Connection,
    asked: list[str],
) -> None:
    """One that says something else, or whose owner could change it: the structure is read."""
    diffapply.apply(settings, diffapply.plan(settings), allow_destructive=True)
    name = tenants.value("select proname from pg_proc where proname ~ '^token_'")
    tenants.execute(
        f"create or replace function diffapply.{name}(schema_oid oid, out columns bigint,"
        " out rest bigint) language plpgsql as $$ begin columns := 1; rest := 1; end $$"
    )
    for _ in range(2):
        assert diffapply.ensure_in(worker, "user_1", shape) is False
    assert asked == ["user_1", "user_1"]
    tenants.execute(f"drop function diffapply.{name}")
    with closing(psycopg2.connect(tenants.url)) as connection:
        connection.autocommit = True
        create_function(connection, PLAIN)
    tenants.execute(
        f"""create role ensure_{tenants.name}; grant usage on schema diffapply to public;
        grant usage on schema user_1 to public;
        set role ensure_{tenants.name}"""
    )
    try:
        worker.cursor().execute(f"set local role ensure_{tenants.name}")
        tenants.execute("reset role")
        # The function belongs to a superuser: that one can do everything anyway.
        for _ in range(2):
            assert diffapply.ensure_in(worker, "user_1", shape) is False
        assert asked == ["user_1"] * 3
    finally:
        worker.rollback()
        tenants.execute(f"drop owned by ensure_{tenants.name}; drop role ensure_{tenants.name}")


def test_what_one_shape_ignores_counts_for_another(
    tenants: Database, settings: diffapply.Settings, worker: Connection
) -> None:
    """Though the same process has found the tenant current."""
    diffapply.apply(settings, diffapply.plan(settings), allow_destructive=True)
    tenants.execute("create table user_1.by_hand ()")
    strict = diffapply.desired_shape(settings)
    lenient = diffapply.desired_shape(replace(settings, ignore=("table:by_hand",)))
    for _ in range(2):
        assert diffapply.ensure_in(worker, "user_1", lenient) is False
    with pytest.raises(TenantNotCurrentError):
        diffapply.ensure_in(worker, "user_1", strict)


def test_a_role_that_may_do_little(
    database: Database, settings: diffapply.Settings, tmp_path: Path, asked: list[str]
) -> None:
    """It owns its tenants, and has a shape from a file; scratch it could not have."""
    diffapply.desired_shape(settings, ways=True).save(tmp_path / "shape.json")
    shape = diffapply.Shape.load(tmp_path / "shape.json")
    with database.role("app") as role:
        database.execute(
            f"grant create on database {database.name} to {role};"
            f"drop schema user_1 cascade; set role {role}; create schema user_1;"
            f"set search_path = user_1; {_OLD} reset search_path; reset role"
        )
        with closing(database.connect(role)) as worker:
            diffapply.provision_in(worker, "user_8", shape)
            assert diffapply.ensure_in(worker, "user_1", shape) is True
            worker.commit()
            worker.autocommit = True
            create_function(worker, PLAIN)
            worker.autocommit = False
            asked.clear()
            for tenant in ("user_1", "user_8") * 2:
                assert diffapply.ensure_in(worker, tenant, shape) is False
            assert asked == ["user_1", "user_8"]
        assert {name: state(settings)[name] for name in ("user_1", "user_8")} == {
            "user_1": "in_sync",
            "user_8": "in_sync",
        }


def test_a_shape_of_another_version(shape: DesiredShape, worker: Connection) -> None:
    """Definitions are worded otherwise there."""
    other = replace(shape, server=12)
    with pytest.raises(ShapeFileError, match="made on PostgreSQL 12, and this server is"):
        diffapply.ensure_in(worker, "user_1", other)
    with pytest.raises(ShapeFileError, match="made on PostgreSQL 12, and this server is"):
        diffapply.provision_in(worker, "user_9", other)
