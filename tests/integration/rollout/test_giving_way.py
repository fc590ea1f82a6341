"""We give way: nobody else waits for long for a run, and no tenant holds up another one."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg2
import pytest

from diffapply import journal
from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.database.limits import bounded_lock_timeout
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Plan
from diffapply.model.run import RunResult
from diffapply.model.statement import Statement, TableLock
from diffapply.rollout import retry
from diffapply.rollout.rollout import roll_out
from diffapply.rollout.transaction import tenant
from diffapply.rollout.transaction.batch import LARGEST, largest
from diffapply.rollout.transaction.table_locks import lock_own, split
from tests.integration.rollout_cases import (
    JOBS,
    TASKS,
    TASKS_INDEX,
    V1,
    V2,
    plan,
    shape,
    tenants,
    transition,
)
from tests.servers import EMBEDDED, Database
from tests.waiting import wait_for

_COLUMN = "alter table jobs add country integer"
_KEY = "alter table jobs add foreign key (country) references public.countries"
_OWN = TableLock("jobs", "ACCESS EXCLUSIVE", own=True)
_SHARED = TableLock("public.countries", "SHARE ROW EXCLUSIVE", own=False)
_ALONE = Hazard(HazardCode.TAKES_TIME, "so each tenant is done alone")


@pytest.fixture
def shared(database: Database) -> Database:
    """A table that all tenants are to refer to."""
    database.execute("create table public.countries (id integer primary key, visits integer)")
    database.execute("insert into public.countries values (1, 0)")
    return database


def refer(database: Database, names: tuple[str, ...], *, alone: bool = False) -> Plan:
    """Let jobs refer to the shared table."""
    hazards = (_ALONE,) if alone else ()
    statements = (
        Statement(_COLUMN, hazards, (_OWN,)),
        Statement(_KEY, (), (replace(_OWN, mode="SHARE ROW EXCLUSIVE"), _SHARED)),
    )
    v1, goal = shape(database, V1), shape(database, (JOBS, _COLUMN, _KEY))
    return plan(transition(v1, goal, names, *statements), shapes=[v1, goal])


def numbered(count: int) -> tuple[str, ...]:
    """Names of tenants."""
    return tuple(f"user_{number}" for number in range(1, count + 1))


@contextmanager
def another(database: Database, statement: str) -> Iterator[psycopg2.extensions.connection]:
    """Another session that has done something and not ended its transaction."""
    with closing(psycopg2.connect(database.url, application_name="psql")) as connection:
        connection.cursor().execute(statement)
        yield connection


@contextmanager
def running(database: Database, made: Plan, jobs: int = 2) -> Iterator[list[RunResult]]:
    """A rollout that goes on during the block; afterwards its result is there."""
    results: list[RunResult] = []

    def work() -> None:
        results.append(roll_out(database.url, made, Settings(jobs=jobs, lock_timeout=5)))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield results
    finally:
        thread.join()


def done(database: Database) -> set[str]:
    """The tenants that are at their goals."""
    if not database.value("select to_regclass('diffapply.step') is not null"):
        return set()
    found = database.rows("select tenant from diffapply.step where status = 'applied'")
    return {name for (name,) in found}


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few tries, without long pauses."""
    monkeypatch.setattr(tenant, "TRIES", 2)
    monkeypatch.setattr(retry, "LONGEST_PAUSE", 0.01)


class TestOthersAreNotHeldUp:
    """What applications do with other tenants and with shared tables goes on."""

    @pytest.mark.postgres(18, prove=(15,))
    @pytest.mark.parametrize("alone", [True, False])
    def test_writes_to_a_shared_table(self, shared: Database, *, alone: bool) -> None:
        """A session that is idle in one tenant keeps nobody from writing to the shared table."""
        names = tenants(shared, numbered(6), V1)
        made = refer(shared, names, alone=alone)
        with another(shared, "lock table user_1.jobs in row exclusive mode") as idle:
            with running(shared, made) as results, closing(shared.connect()) as application:
                application.autocommit = True
                cursor = application.cursor()
                cursor.execute("set lock_timeout = 1000")
                wait_for(lambda: len(done(shared)) == 5)
                for _ in range(20):
                    cursor.execute("update public.countries set visits = visits + 1")
                    time.sleep(0.05)
                idle.rollback()
            assert results[0].count("applied") == 6

    def test_four_stuck_tenants(self, database: Database) -> None:
        """They take nobody's turn, also where there are no more workers than that."""
        names = tenants(database, numbered(24), V1)
        index = Statement(TASKS_INDEX, (_ALONE,))
        v1, v2 = shape(database, V1), shape(database, V2)
        made = plan(
            transition(v1, v2, names, Statement(TASKS, locks=(_OWN,)), index), shapes=[v1, v2]
        )
        stuck = "; ".join(f"lock table {name}.jobs in share mode" for name in names[:4])
        with another(database, stuck) as idle:
            with running(database, made, jobs=4) as results:
                wait_for(lambda: done(database) == {*names[4:]})
                idle.rollback()
            assert results[0].count("applied") == 24

    def test_a_batch_leaves_out_who_is_stuck(self, database: Database) -> None:
        """The others of it need not be done one by one."""
        names = tenants(database, numbered(8), V1)
        v1, v2 = shape(database, V1), shape(database, V2)
        made = plan(
            transition(v1, v2, names, Statement(TASKS, locks=(_OWN,)), TASKS_INDEX), shapes=[v1, v2]
        )
        with another(database, "lock table user_5.jobs in share mode") as idle:
            with running(database, made, jobs=1) as results:
                wait_for(lambda: len(done(database)) == 7)
                idle.rollback()
            assert results[0].count("applied") == 8
        transactions = "select count(distinct xmin::text) from diffapply.step"
        assert database.value(transactions) == 3


class TestVacuum:
    """VACUUM does not keep a tenant from being done for as long as it takes."""

    @pytest.mark.prove
    def test_autovacuum_gives_way(self, database: Database) -> None:
        """As it does to whoever waits longer than we do while we hold locks."""
        often = (
            "alter table jobs set (autovacuum_vacuum_threshold = 1,"
            " autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100,"
            " autovacuum_vacuum_cost_limit = 1)"
        )
        names = tenants(database, numbered(1), (JOBS, often))
        source, goal = shape(database, (JOBS, often)), shape(database, (*V2, often))
        statements = (Statement(TASKS, (_ALONE,), (_OWN,)), TASKS_INDEX)
        made = plan(transition(source, goal, names, *statements), shapes=[source, goal])
        database.execute("alter system set autovacuum_naptime = '1s'")
        try:
            database.execute("select pg_reload_conf()")
            database.execute(
                "insert into user_1.jobs select n, repeat('x', 200) from generate_series(1, 9000) n"
            )
            database.execute("update user_1.jobs set name = 'y'")
            at_work = (
                "select from pg_locks l join pg_stat_activity a using (pid) where l.granted"
                " and l.relation = 'user_1.jobs'::regclass and a.backend_type ~ 'autovacuum'"
            )
            wait_for(lambda: database.rows(at_work))
            result = roll_out(database.url, made, Settings(jobs=1, lock_timeout=1))
        finally:
            database.execute("alter system reset autovacuum_naptime")
            database.execute("select pg_reload_conf()")
        assert result.count("applied") == 1, result


class TestDeadlocks:
    """An application's query is never the one that PostgreSQL ends."""

    @pytest.mark.postgres(18, prove=(15,))
    def test_the_application_goes_on(self, shared: Database) -> None:
        """It writes to the shared table, then to a tenant, which we have locked meanwhile."""
        shared.execute(
            "do $$ begin execute format("
            "'alter database %I set deadlock_timeout = ''600ms''', current_database()); end $$"
        )
        made = refer(shared, tenants(shared, numbered(1), V1))
        waiting = "select from pg_locks where not granted and relation = 'countries'::regclass"
        with another(shared, "update public.countries set visits = 1") as application:
            with running(shared, made) as results:
                wait_for(lambda: shared.rows(waiting))
                application.cursor().execute("insert into user_1.jobs values (1, 'a')")
                application.commit()
            assert results[0].count("applied") == 1
        assert shared.rows("select id from user_1.jobs") == [(1,)]

    def test_the_limit_follows_the_server(self, database: Database) -> None:
        """Whatever is asked for, it is well below what a deadlock takes there."""
        with closing(connect(database.url)) as connection:
            assert bounded_lock_timeout(connection, 0.3) == 0.3
            assert bounded_lock_timeout(connection, 60) == pytest.approx(1 / 3)
            connection.cursor().execute("set deadlock_timeout = '90ms'")
            assert bounded_lock_timeout(connection, 0.3) == pytest.approx(0.03)


class TestOrder:
    """The tenants' own tables are locked first and at once, and tables of others last."""

    def test_own_tables_first(self, shared: Database) -> None:
        """Of all tenants of a batch, each table as strongly as it will be, in the time for all."""
        transition = refer(shared, ("user 1", "user_2")).transitions[0]
        with closing(connect(shared.url)) as connection:
            statements = lock_own(connection, ["user 1", "user_2"], transition, 0.3)
        assert statements == [
            "set local statement_timeout = 200",
            'lock table only "user 1".jobs, only "user_2".jobs in ACCESS EXCLUSIVE mode',
            "set local statement_timeout to default",
            "set local lock_timeout = 100",
        ]

    def test_several_modes_share_the_time(self, shared: Database) -> None:
        """The strongest come first."""
        more = Statement(TASKS, (), (TableLock('"Other"', "SHARE", own=True),))
        transition = refer(shared, ("user_1",)).transitions[0]
        transition = replace(transition, statements=(more, *transition.statements))
        with closing(connect(shared.url)) as connection:
            first, *locks, _, _ = lock_own(connection, ["user_1"], transition, 0.3)
        assert first == "set local statement_timeout = 100"
        assert locks == [
            'lock table only "user_1".jobs in ACCESS EXCLUSIVE mode',
            'lock table only "user_1"."Other" in SHARE mode',
        ]

    def test_nothing_is_locked_where_nothing_is_known(self, database: Database) -> None:
        """As in plans of older versions, whose statements lock as they run."""
        older = transition(shape(database, V1), shape(database, V2), (), TASKS)
        with closing(connect(database.url)) as connection:
            assert lock_own(connection, ["user_1"], older, 0.3) == []

    def test_tables_of_others_last(self, shared: Database) -> None:
        """Each tenant of a batch has its own part done before the first locks the shared table."""
        statements = refer(shared, ()).transitions[0].statements
        assert [[its.sql for its in part] for part in split(statements)] == [[_COLUMN], [_KEY]]

    def test_few_tenants_lock_tables_of_others_together(self, shared: Database) -> None:
        """For whoever uses those, it is over sooner."""
        transition = refer(shared, ()).transitions[0]
        assert largest(transition) < LARGEST
        assert largest(replace(transition, statements=transition.statements[:1])) == LARGEST

    def test_without_the_right_to_lock(self, database: Database) -> None:
        """Who may not LOCK a table that is only referred to, may still do what it takes."""
        [(role,)] = database.rows(
            "select 'worker_' || oid from pg_database where datname = current_database()"
        )
        names = tenants(database, numbered(1), V1)
        lock = TableLock("jobs", "SHARE ROW EXCLUSIVE", own=True)
        v1, v2 = shape(database, V1), shape(database, V2)
        made = plan(
            transition(v1, v2, names, Statement(TASKS, locks=(lock,)), TASKS_INDEX),
            shapes=[v1, v2],
        )
        database.execute(
            f"create role {role} login; grant create, usage on schema user_1 to {role};"
            f"grant references on user_1.jobs to {role};"
            "do $$ begin execute format("
            f"'grant create on database %I to {role}', current_database()); end $$"
        )
        try:
            url = psycopg2.extensions.make_dsn(database.url, user=role)
            result = roll_out(url, made, Settings(jobs=1, lock_timeout=1))
            assert result.count("applied") == 1, result
        finally:
            database.execute(f"drop owned by {role} cascade; drop role {role}")


class TestWhoIsInTheWay:
    """A tenant that fails because of somebody's lock says whose."""

    @pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
    def test_names_table_statement_and_session(
        self, shared: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With its process, its application, its state, and since when it is so."""
        failing(monkeypatch)
        made = refer(shared, tenants(shared, numbered(1), V1))
        with another(shared, "lock table user_1.jobs in row exclusive mode") as idle:
            pid = idle.info.backend_pid
            with running(shared, made) as results:
                pass
        [step] = results[0].tenants
        assert step.status == "failed"
        told, _, since = (step.error or "").partition(" since ")
        assert told == f"user_1.jobs is locked by process {pid} (psql, idle in transaction"
        assert since[8:] == (f" UTC) (statement 1 of 2: {_COLUMN}) (tried 2 times); rolled back.")

    def test_a_shared_table(self, shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is named with the statement that needs it."""
        failing(monkeypatch)
        made = refer(shared, tenants(shared, numbered(1), V1))
        with (
            another(shared, "update public.countries set visits = 1"),
            running(shared, made) as results,
        ):
            pass
        error = results[0].tenants[0].error or ""
        assert error.startswith("public.countries is locked by process ")
        assert f"(statement 2 of 2: {_KEY})" in error

    def test_another_run(self, shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whose session it is, is said, too."""
        failing(monkeypatch)
        made = refer(shared, tenants(shared, numbered(1), V1))
        with closing(connect(shared.url)) as own:
            journal.ensure(own)
            journal.know_tenants(own, ["user_1"])
        with (
            another(shared, "select from diffapply.tenant for update"),
            running(shared, made) as results,
        ):
            pass
        error = results[0].tenants[0].error or ""
        assert error.startswith("another session of diffapply is working on it: process ")
        assert "(psql, idle in transaction since " in error

    def test_whose_state_is_hidden(self, shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """A role that may not see other roles' sessions says what is known."""
        failing(monkeypatch)
        made = refer(shared, tenants(shared, numbered(1), V1))
        [(role,)] = shared.rows(
            "select 'worker_' || oid from pg_database where datname = current_database()"
        )
        shared.execute(
            f"create role {role} login; alter table user_1.jobs owner to {role};"
            f"grant create, usage on schema user_1 to {role};"
            f"grant references on public.countries to {role};"
            "do $$ begin execute format("
            f"'grant create on database %I to {role}', current_database()); end $$"
        )
        try:
            url = psycopg2.extensions.make_dsn(shared.url, user=role)
            with another(shared, "lock table user_1.jobs in row exclusive mode"):
                result = roll_out(url, made, Settings(jobs=1, lock_timeout=1))
        finally:
            shared.execute(f"drop owned by {role} cascade; drop role {role}")
        error = result.tenants[0].error or ""
        assert "(psql, its state is hidden from our role)" in error
