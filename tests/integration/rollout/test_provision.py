"""A new tenant is created at the desired state, or not at all."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor

from diffapply import journal
from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.errors import DesiredStateError, UsageError
from diffapply.model.plan import Shape
from diffapply.model.run import NewRun, Purpose, StepResult
from diffapply.rollout.in_application.provisioning import provision_in
from diffapply.rollout.lifecycle.creation import EMPTY
from diffapply.rollout.lifecycle.provision import provision
from tests.integration.rollout_cases import (
    FULL_DISK,
    HOSTILE_NAMES,
    V2,
    Database,
    catalog_of,
    shape,
    tenants,
)


@pytest.fixture
def goal(database: Database) -> Shape:
    """What new tenants are to look like."""
    return shape(database, V2)


@pytest.fixture
def callers(database: Database) -> Iterator[Connection]:
    """A connection of an application, which opens transactions by itself."""
    with closing(psycopg2.connect(database.url)) as connection:
        yield connection


def exists(database: Database, schema: str) -> bool:
    """Whether there is such a schema."""
    return bool(database.rows(f"select from pg_namespace where nspname = '{schema}'"))


class TestProvision:
    """Tenants by name, from the command line."""

    def test_created(self, database: Database, goal: Shape) -> None:
        """Each is at the desired state, in one run that took it from nothing."""
        told: list[tuple[str | int, ...]] = []
        result = provision(
            database.url,
            ["user_2", "user_1", "user_2"],
            goal,
            Settings(),
            progress=lambda *step: told.append(step),
        )
        assert result.tenants == (StepResult("user_2", "applied"), StepResult("user_1", "applied"))
        assert catalog_of(database, "user_1") == catalog_of(database, "user_2")
        assert catalog_of(database, "user_1").fingerprint == goal.fingerprint
        assert told == [("provision", 1, 2, 0), ("provision", 2, 2, 0)]
        with closing(connect(database.url)) as connection:
            (record,) = journal.history(connection, result.run)
            assert journal.steps_to_undo(connection, ["user_1"]) == {}
            undo = journal.steps_to_undo(connection, ["user_1"], provisioned=True)["user_1"]
            shapes = journal.load_shapes(connection, [undo.goal_fingerprint, goal.fingerprint])
        assert (record.direction, record.status) == ("forward", "done")
        assert (record.provisions, record.desired) == (True, "the desired state")
        assert record.counts == {"applied": 2}
        # Taken back, the tenant is an empty schema, not gone.
        assert shapes == {EMPTY.fingerprint: EMPTY, goal.fingerprint: goal}

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_hostile_name(self, database: Database, goal: Shape, name: str) -> None:
        """Whatever PostgreSQL takes for a schema's name can be a tenant's."""
        assert provision(database.url, [name], goal, Settings()).count("applied") == 1
        assert catalog_of(database, name).fingerprint == goal.fingerprint

    @pytest.mark.parametrize(
        "name",
        ["", "pg_mine", "x" * 64, "é" * 32, "a\0b", "$user", "diffapply", "information_schema"],
    )
    def test_impossible_name(self, database: Database, goal: Shape, name: str) -> None:
        """A name that PostgreSQL would refuse, cut or misread stops all of them beforehand."""
        with pytest.raises(UsageError, match="cannot be a tenant"):
            provision(database.url, ["user_1", name], goal, Settings())
        assert not exists(database, "user_1")
        assert not exists(database, "diffapply")

    def test_exists(self, database: Database, goal: Shape) -> None:
        """A schema that is there already stops all of them beforehand, and is not touched."""
        tenants(database, ["user_2"], ())
        with pytest.raises(UsageError, match="'user_2' already"):
            provision(database.url, ["user_1", "user_2"], goal, Settings())
        assert not exists(database, "user_1")

    def test_goal_without_statements(self, database: Database, goal: Shape) -> None:
        """A desired state that cannot be built from nothing stops all of them beforehand."""
        with pytest.raises(DesiredStateError):
            provision(database.url, ["user_1"], Shape(goal.catalog), Settings())
        assert not exists(database, "user_1")

    def test_one_fails(self, database: Database, goal: Shape) -> None:
        """A tenant that PostgreSQL refuses is named and leaves nothing; the others are created."""
        database.execute(
            """create function public.no() returns event_trigger language plpgsql as
            $$ begin if exists (select from pg_namespace where nspname = 'user_2')
            and current_setting('search_path') like 'user_2%' then raise 'not here'; end if; end $$;
            create event trigger no on ddl_command_start execute function public.no()"""
        )
        result = provision(database.url, ["user_1", "user_2", "user_3"], goal, Settings())
        assert [step.status for step in result.tenants] == ["applied", "failed", "applied"]
        assert result.tenants[1].error == "not here; rolled back."
        assert not exists(database, "user_2")
        with closing(connect(database.url)) as connection:
            (record,) = journal.history(connection, result.run)
        assert record.status == "incomplete"
        assert [step.error for step in record.steps] == [None, "not here; rolled back.", None]

    def test_a_full_disk(self, database: Database, goal: Shape) -> None:
        """It concerns all tenants: no further one is begun."""
        database.execute(FULL_DISK)
        result = provision(database.url, ["user_1", "user_2", "user_3"], goal, Settings())
        first, *others = result.tenants
        assert (first.status, not exists(database, "user_1")) == ("failed", True)
        assert {its.status for its in others} == {"skipped"}
        assert "as user_1 has shown" in str(others[-1].error)
        assert result.exit_code == 4

    def test_waits_for_shared_table(self, database: Database) -> None:
        """A lock on a table that the tenant refers to delays it only."""
        database.execute("create table public.plans (id integer primary key)")
        ddl = ("create table accounts (plan integer references public.plans)",)
        goal = shape(database, ddl)
        with closing(psycopg2.connect(database.url)) as other:
            other.cursor().execute("lock table public.plans")
            commit = threading.Timer(0.6, other.commit)
            commit.start()
            result = provision(database.url, ["user_1"], goal, Settings(lock_timeout=0.2))
            commit.join()
        assert result.count("applied") == 1

    @pytest.mark.parametrize(("wanted", "limit"), [(0.0001, "1ms"), (60, "333ms")])
    def test_it_always_gives_way(
        self, database: Database, callers: Connection, wanted: float, limit: str
    ) -> None:
        """No time is so short that it means none, and none so long that others are cancelled."""
        database.execute(
            """create table public.waits (longest text);
            create function public.watch() returns event_trigger language plpgsql as $$ begin
                insert into public.waits values (current_setting('lock_timeout'));
            end $$"""
        )
        goal = shape(database, ("create table accounts (id integer primary key)",))
        database.execute(
            "create event trigger watch on ddl_command_start when tag in ('CREATE TABLE') "
            "execute function public.watch()"
        )
        provision_in(callers, "user_1", goal, lock_timeout=wanted)
        callers.commit()
        assert (limit,) in database.rows("select longest from public.waits")


class TestProvisionIn:
    """A tenant within a sign-up request's own transaction."""

    def test_commits_with_the_caller(
        self, database: Database, goal: Shape, callers: Connection
    ) -> None:
        """Tenant, journal and the caller's own rows appear together."""
        database.execute("create table public.accounts (name text)")
        callers.cursor().execute("insert into public.accounts values ('user_1')")
        provision_in(callers, "user_1", goal, desired="sign-up")
        assert not exists(database, "user_1")
        callers.commit()
        assert catalog_of(database, "user_1").fingerprint == goal.fingerprint
        assert database.rows("select name from public.accounts") == [("user_1",)]
        with closing(connect(database.url)) as connection:
            (record,) = journal.history(connection)
            assert (record.status, record.counts) == ("done", {"applied": 1})
            assert record.provisions
            assert journal.steps_to_undo(connection, ["user_1"]) == {}
            assert set(journal.steps_to_undo(connection, ["user_1"], provisioned=True)) == {
                "user_1"
            }

    def test_goes_with_the_caller(
        self, database: Database, goal: Shape, callers: Connection
    ) -> None:
        """When the caller rolls back there is no tenant, and no trace in the journal."""
        provision(database.url, ["user_1"], goal, Settings())
        provision_in(callers, "user_2", goal)
        callers.rollback()
        assert not exists(database, "user_2")
        assert database.rows("select count(*) from diffapply.run") == [(1,)]

    def test_of_a_given_run(self, database: Database, goal: Shape, callers: Connection) -> None:
        """Several tenants can belong to one run, which the caller begins and finishes."""
        with closing(connect(database.url)) as connection:
            journal.ensure(connection)
            journal.remember_shapes(connection, [EMPTY, goal])
            run = journal.begin_run(connection, NewRun("forward", "d", Purpose("d")))
        provision_in(callers, "user_1", goal, run)
        provision_in(callers, "user_2", goal, run)
        callers.commit()
        assert database.rows("select run, tenant from diffapply.step order by tenant") == [
            (run, "user_1"),
            (run, "user_2"),
        ]

    def test_session_is_left_as_it_was(
        self, database: Database, goal: Shape, callers: Connection
    ) -> None:
        """The caller goes on with the settings it had, for the transaction and for the session."""
        database.execute("create table public.found (a integer)")
        query = "select name, setting from pg_settings where name !~ '[.]' order by name"
        with callers.cursor() as cursor:
            cursor.execute("set search_path = public, information_schema")
            cursor.execute("set local timezone = 'Asia/Tokyo'")
            cursor.execute(query)
            before = dict(cursor.fetchall())
            provision_in(callers, "user_1", goal)
            cursor.execute(query)
            assert dict(cursor.fetchall()) == before
            cursor.execute("select from found")
            callers.commit()
            cursor.execute("show search_path")
            assert cursor.fetchone() == ("public, information_schema",)

    @pytest.mark.parametrize(
        ("ddl", "error"),
        [
            (("create table a (a integer)", "select 1 / 0"), psycopg2.errors.DivisionByZero),
            (("create table a (a integer)",), DesiredStateError),
        ],
    )
    def test_error_leaves_the_transaction_usable(
        self,
        database: Database,
        goal: Shape,
        callers: Connection,
        ddl: tuple[str, ...],
        error: type[Exception],
    ) -> None:
        """A tenant that cannot be built leaves nothing, even if the caller then commits."""
        database.execute("create table public.accounts (name text)")
        with callers.cursor() as cursor:
            cursor.execute("insert into public.accounts values ('user_1')")
            with pytest.raises(error):
                provision_in(callers, "user_1", Shape(goal.catalog, ddl))
            cursor.execute("show search_path")
            assert cursor.fetchone() == ('"$user", public',)
            callers.commit()
        assert not exists(database, "user_1")
        assert database.rows("select name from public.accounts") == [("user_1",)]

    def test_exists(self, database: Database, goal: Shape, callers: Connection) -> None:
        """An existing schema is the caller's mistake, and the transaction goes on."""
        tenants(database, ["user_1"], ())
        with pytest.raises(UsageError, match="'user_1' already"):
            provision_in(callers, "user_1", goal)
        callers.cursor().execute("select 1")

    def test_two_sign_ups_with_one_name(
        self, database: Database, goal: Shape, callers: Connection
    ) -> None:
        """The second one waits for the first, and is told the same as if it had come later."""
        provision(database.url, ["user_0"], goal, Settings())
        with closing(psycopg2.connect(database.url)) as other:
            other.cursor().execute("create schema user_1")
            commit = threading.Timer(0.5, other.commit)
            commit.start()
            with pytest.raises(UsageError, match="'user_1' already"):
                provision_in(callers, "user_1", goal)
            commit.join()
        callers.cursor().execute("select 1")

    def test_rows_of_any_kind(self, database: Database, goal: Shape) -> None:
        """A connection whose cursors return dictionaries serves as well, and stays so."""
        with closing(psycopg2.connect(database.url, cursor_factory=RealDictCursor)) as connection:
            provision_in(connection, "user_1", goal)
            with connection.cursor() as cursor:
                assert isinstance(cursor, RealDictCursor)
            connection.commit()
        assert exists(database, "user_1")

    def test_no_transaction(self, database: Database, goal: Shape) -> None:
        """Without a transaction it could be left half-done: refused."""
        with closing(connect(database.url)) as connection:
            with pytest.raises(UsageError, match="within a transaction"):
                provision_in(connection, "user_1", goal)
            with connection.cursor() as cursor:
                cursor.execute("begin")
                provision_in(connection, "user_1", goal)
                cursor.execute("commit")
        assert exists(database, "user_1")

    def test_sign_ups_at_once(self, database: Database) -> None:
        """They wait for each other where their tenants refer to one table, and all are done."""
        goal = _referring(database)
        callers = [psycopg2.connect(database.url) for _ in range(4)]

        def sign_up(number: int, connection: Connection) -> None:
            with closing(connection), connection:
                provision_in(connection, f"user_{number}", goal)
                time.sleep(0.4)  # longer than a statement waits for a lock

        threads = [threading.Thread(target=sign_up, args=its) for its in enumerate(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [exists(database, f"user_{number}") for number in range(4)] == [True] * 4


def _referring(database: Database) -> Shape:
    """A shape whose table has a foreign key to a shared one."""
    database.execute("create table public.plans (id integer primary key)")
    with closing(connect(database.url)) as connection:
        journal.ensure(connection)
    return shape(database, ("CREATE TABLE accounts (plan integer REFERENCES public.plans)",))
