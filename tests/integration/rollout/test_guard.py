"""A run is guarded: a second apply is told who is at work and refused, and nobody else waits."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply import journal
from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.database.locks import run_lock_key
from diffapply.errors import RefusedError
from diffapply.model.plan import Plan
from diffapply.model.run import NewRun, Purpose
from diffapply.model.statement import Statement
from diffapply.rollout.guard import Guard, GuardLostError, await_turn, holder
from diffapply.rollout.lifecycle.provision import provision
from diffapply.rollout.rollout import roll_out
from tests.integration.rollout_cases import (
    TASKS,
    TASKS_INDEX,
    V1,
    V2,
    Address,
    Database,
    Reachable,
    plan,
    shape,
    tenants,
    transition,
)
from tests.poolers import pgbouncer, pooled
from tests.servers import Cli
from tests.servers import Database as RealDatabase
from tests.waiting import wait_for

Found = TypeVar("Found")


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """To a database that has a journal."""
    with closing(connect(database.url)) as opened:
        journal.ensure(opened)
        yield opened


def record(connection: Connection) -> int:
    """Record a run."""
    return journal.begin_run(connection, NewRun("forward", "d", Purpose("desired.sql")))


@contextmanager
def guarding(database: Reachable) -> Iterator[tuple[Guard, int]]:
    """A guard, and the run that it guards."""
    with closing(Guard(database.url)) as guard:
        yield guard, guard.begin(record, wait=False)


def made(database: Database, names: tuple[str, ...], *, slow: bool = False) -> Plan:
    """Adds tasks to jobs."""
    v1, v2 = shape(database, V1), shape(database, V2)
    nap = [Statement("select pg_sleep(0.3)")] if slow else []
    return plan(transition(v1, v2, names, TASKS, *nap, TASKS_INDEX), shapes=[v1, v2])


def execute(database: Reachable, wanted: Plan, *, wait: bool = False) -> list[str]:
    """Roll a plan out by two; how the tenants ended."""
    result = roll_out(database.url, wanted, Settings(jobs=2, lock_timeout=1), wait=wait)
    return [step.status for step in result.tenants]


def keep(
    guard: Guard,
    look: Callable[[], Found | None],
    enough: Callable[[Found], bool] = bool,
) -> Found:
    """Keep the guard, as its run does now and then, until enough can be seen."""
    deadline = time.monotonic() + 180
    while True:
        guard.keep()
        if (found := look()) is not None and enough(found):
            return found
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestTheSecond:
    """The second apply: it is told whose turn it is, and does nothing, or waits."""

    @pytest.mark.postgres(18, prove=(15,))
    def test_is_told_who_is_at_work(self, database: Database, connection: Connection) -> None:
        """Run, role, who began it when, the server's process, and how its connections are named."""
        names = tenants(database, ["user_1"], V1)
        with guarding(database) as (guard, run):
            with guard.connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                [(pid,)] = cursor.fetchall()
            with pytest.raises(RefusedError) as refused:
                execute(database, made(database, names))
            said = refused.value.message
            for words in (
                f"run {run} ",
                "role 'postgres'",
                f"pid {pid}",
                f"application 'diffapply run {run}'",
                "begun by postgres (",
            ):
                assert words in said
            assert " UTC" in said
            assert "Nothing was done" in refused.value.hint
            assert "--wait" in refused.value.hint
            assert refused.value.exit_code == 3
        assert [r.id for r in journal.history(connection)] == [run]
        assert execute(database, made(database, names)) == ["applied"]

    def test_of_the_very_same_plan_as_well(self, database: Database) -> None:
        """Two that share the work would say of each other's tenants that they were unchanged."""
        names = tenants(database, ["user_1", "user_2", "user_3", "user_4"], V1)
        wanted = made(database, names, slow=True)
        outcomes: list[object] = []

        def run() -> None:
            try:
                outcomes.append(execute(database, wanted))
            except RefusedError as refused:
                outcomes.append(type(refused))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, outcomes)) == sorted(map(str, [["applied"] * 4, RefusedError]))
        assert database.rows("select distinct run from diffapply.step") == [(1,)]

    def test_waits_if_asked(self, database: Database, connection: Connection) -> None:
        """Until the other has ended, however long; then it does what is left."""
        names = tenants(database, ["user_1"], V1)
        with closing(Guard(database.url)) as guard:
            guard.begin(record, wait=False)
            release = threading.Timer(1, guard.close)
            release.start()
            assert execute(database, made(database, names), wait=True) == ["applied"]
            release.join()
        first, second = reversed(journal.history(connection))
        assert (first.status, second.status) == ("interrupted", "done")

    def test_before_the_first_has_recorded_its_run(self, database: Database) -> None:
        """It holds the guard already."""
        names = tenants(database, ["user_1"], V1)

        def slowly(connection: Connection) -> int:
            with pytest.raises(RefusedError, match="a run that is about to begin"):
                execute(database, made(database, names))
            return record(connection)

        with closing(connect(database.url)) as own, closing(Guard(database.url)) as guard:
            journal.ensure(own)
            guard.begin(slowly, wait=False)

    def test_is_faster_in_the_very_instant(
        self, database: Database, connection: Connection
    ) -> None:
        """Between the run's record and its guard: the run ends with nothing done."""
        with closing(Guard(database.url)) as other, closing(Guard(database.url)) as guard:
            hold = guard.hold

            def too_late(run: int) -> bool:
                with guard.connection.cursor() as cursor:
                    cursor.execute("commit")
                if holder(connection) is None:
                    other.begin(record, wait=False)
                return hold(run)

            guard.hold = too_late  # type: ignore[method-assign]
            with pytest.raises(RefusedError, match="run 2 "):
                guard.begin(record, wait=False)
            assert {r.id: r.status for r in journal.history(connection)} == {
                1: "incomplete",
                2: "running",
            }

    @pytest.mark.usefixtures("connection")
    def test_in_another_database_is_none_of_its_business(self, database: RealDatabase) -> None:
        """The guard is the database's own."""
        with guarding(database), database.server.new_database() as elsewhere:
            names = tenants(elsewhere, ["user_1"], V1)
            assert execute(elsewhere, made(elsewhere, names)) == ["applied"]

    @pytest.mark.skipif(pgbouncer() is None, reason="PgBouncer is not installed here")
    def test_is_refused_behind_a_pooler_too(
        self, database: RealDatabase, connection: Connection, tmp_path: Path
    ) -> None:
        """In transaction mode, where a session's locks would be anybody's."""
        names = tenants(database, ["user_1"], V1)
        wanted = made(database, names)
        with pooled(database, "transaction", tmp_path) as pooler:
            pooler_url = Address(pooler.url(database))
            with guarding(pooler_url) as (guard, run):
                with pytest.raises(RefusedError, match=f"run {run} "):
                    execute(pooler_url, wanted)
                with pytest.raises(RefusedError, match=f"run {run} "):
                    await_turn(connection, wait=False)
                guard.keep()
            wait_for(lambda: holder(connection) is None)
            assert execute(pooler_url, wanted) == ["applied"]


class TestNobodyElse:
    """waits for the guard, or finds anything of it afterwards."""

    @pytest.mark.postgres(18, prove=(15,))
    def test_it_holds_no_snapshot(self, database: Database, connection: Connection) -> None:
        """Neither VACUUM nor CREATE INDEX CONCURRENTLY waits for it."""
        database.execute("create table public.busy (a integer)")
        with guarding(database) as (_, run):
            assert database.rows(
                "select state, backend_xmin, backend_xid from pg_stat_activity"
                f" where application_name = 'diffapply run {run}' and datname = current_database()"
            ) == [("idle in transaction", None, None)]
            with connection.cursor() as cursor:
                cursor.execute("set statement_timeout = '20s'")
                cursor.execute("create index concurrently on public.busy (a)")
                cursor.execute("vacuum (freeze) public.busy")

    def test_sign_ups_go_on(self, database: Database, connection: Connection) -> None:
        """A provisioning is refused by no apply, and keeps none out."""
        goal = shape(database, V2)
        names = tenants(database, ["user_1"], V1)
        with guarding(database):
            assert provision(database.url, ["user_2"], goal, Settings()).count("applied") == 1
        seen: list[object] = []

        def during(what: str, done: int, total: int, failed: int = 0) -> None:
            del what, done, total, failed
            seen.append(journal.history(connection)[0].status)
            seen.append(execute(database, made(database, names)))

        provision(database.url, ["user_3"], goal, Settings(), progress=during)
        assert seen == ["running", ["applied"]]

    def test_keeps_an_apply_out_without_a_right_on_the_journal(
        self, database: RealDatabase, connection: Connection
    ) -> None:
        """Who may log in, and read the journal, holds any advisory lock, and none that counts."""
        names = tenants(database, ["user_1"], V1)
        journal.know_tenants(connection, names)
        with database.role("reader") as role:
            database.execute(
                f"grant usage on schema diffapply to {role};"
                f"grant select on all tables in schema diffapply to {role}"
            )
            with closing(database.connect(role)) as other, other.cursor() as cursor:
                cursor.execute("select pg_advisory_lock(%s)", [run_lock_key(1)])
                other.commit()
                for lock in (
                    journal.LOCK_GUARD,
                    "lock table diffapply.guard in row share mode",
                    "select from diffapply.tenant for update",
                    "select from diffapply.tenant for key share",
                ):
                    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                        cursor.execute(lock)
                    other.rollback()
                assert execute(database, made(database, names)) == ["applied"]

    def test_is_taken_for_diffapply(self, database: Database, connection: Connection) -> None:
        """A session that locks the guard otherwise is told as what it is."""
        names = tenants(database, ["user_1"], V1)
        with connection.cursor() as cursor:
            cursor.execute(f"begin; set local application_name = 'psql'; {journal.LOCK_GUARD}")
            with pytest.raises(RefusedError) as refused:
                execute(database, made(database, names))
            cursor.execute("rollback")
        assert "not diffapply's has locked diffapply.guard" in refused.value.message
        assert "application 'psql', since " in refused.value.message

    @pytest.mark.usefixtures("connection")
    @pytest.mark.postgres(18, prove=(15,))
    def test_nothing_stays(self, database: Database) -> None:
        """When its transaction ends the session is as it was: the connection may be a pooler's."""
        state = (
            "select array(select (name, setting)::text from pg_settings order by name),"
            " array(select objid from pg_locks"
            " where locktype = 'advisory' and pid = pg_backend_pid())"
        )
        with closing(Guard(database.url)) as guard, guard.connection.cursor() as cursor:
            cursor.execute(state)
            before = cursor.fetchall()
            guard.begin(record, wait=False)
            cursor.execute("commit")
            cursor.execute(state)
            assert cursor.fetchall() == before

    def test_limits_on_idle_transactions_do_not_end_it(
        self, database: RealDatabase, connection: Connection
    ) -> None:
        """It is idle for as long as the run takes."""
        limits = "idle_in_transaction_session_timeout", "transaction_timeout"
        for limit in limits:
            database.execute(f"alter database {database.name} set {limit} = '200ms'")
        with guarding(database) as (guard, run):
            time.sleep(0.6)
            guard.keep()
            assert journal.history(connection, run)[0].status == "running"


class TestLost:
    """A guard whose connection was lost."""

    def _terminate(self, database: Database, run: int) -> None:
        name = f"application_name = 'diffapply run {run}' and datname = current_database()"
        database.rows(f"select pg_terminate_backend(pid) from pg_stat_activity where {name}")
        wait_for(lambda: not database.rows(f"select from pg_stat_activity where {name}"))

    def test_is_had_again(self, database: Database, connection: Connection) -> None:
        """On another connection, where nobody was faster."""
        with guarding(database) as (guard, run):
            guard.keep()
            before = holder(connection)
            self._terminate(database, run)
            after = keep(guard, lambda: holder(connection))
            assert before is not None
            assert after is not None
            assert (after.run, after.pid != before.pid) == (run, True)
            assert journal.history(connection, run)[0].status == "running"
            with pytest.raises(RefusedError):
                await_turn(connection, wait=False)

    def test_is_had_again_though_the_server_has_not_noticed(
        self, database: Database, connection: Connection
    ) -> None:
        """What is left of the lost session is ended."""
        with guarding(database) as (guard, run):
            lost, guard.connection = guard.connection, connect(database.url)
            guard.close()
            before = holder(connection)
            found = keep(guard, lambda: holder(connection), lambda held: held != before)
            assert found.run == run
            with pytest.raises(psycopg2.Error):
                lost.cursor().execute("select")

    @pytest.mark.usefixtures("connection")
    def test_to_another_run(self, database: Database) -> None:
        """It says which, and must end."""
        with guarding(database) as (guard, run):
            self._terminate(database, run)
            with (
                guarding(database) as (_, other),
                pytest.raises(GuardLostError, match=f"run {other} .* is running"),
            ):
                keep(guard, lambda: None)

    def test_its_run_ends_soon(self, database: Database, connection: Connection) -> None:
        """Tenants in flight are done or rolled back, the rest skipped, and the reason is said."""
        names = tenants(database, [f"user_{n}" for n in range(1, 21)], V1)
        wanted = made(database, names, slow=True)
        others: list[Guard] = []

        def lose(what: str, done: int, total: int, failed: int = 0) -> None:
            del what, total, failed
            if done == 1:
                [(pid,)] = database.rows(
                    "select pid from pg_stat_activity where state = 'idle in transaction'"
                    " and query like '%pg_try_advisory_xact_lock%'"
                    " and application_name = 'diffapply run 1' and datname = current_database()"
                )
                database.execute(f"select pg_terminate_backend({pid})")
                wait_for(lambda: holder(connection) is None)
                others.append(Guard(database.url))
                others[0].begin(record, wait=False)
            elif done > 1:
                time.sleep(0.2)  # the run is to see that it has lost its guard before it is done

        result = roll_out(database.url, wanted, Settings(jobs=2, lock_timeout=1), progress=lose)
        others[0].close()
        assert result.count("applied") >= 1
        assert result.count("skipped") >= 1
        assert result.count("applied") + result.count("skipped") == len(names)
        assert result.exit_code == 4
        errors = {step.error for step in result.tenants if step.status == "skipped"}
        assert any("its guard was lost, and run 2 (" in str(error) for error in errors)
        first = journal.history(connection)[-1]
        assert (first.status, first.counts["applied"]) == ("incomplete", result.count("applied"))
        assert execute(database, wanted).count("applied") == result.count("skipped")

    def test_no_connection_is_to_be_had(self, database: Database) -> None:
        """After a while the run ends."""
        with closing(connect(database.url)) as own:
            journal.ensure(own)
        with guarding(Address(make_dsn(database.url))) as (guard, run):
            self._terminate(database, run)
            guard._url = "host=/nowhere"  # the server is gone
            keep(guard, lambda: guard.connection.closed)
            guard._lost_since = time.monotonic() - 60  # so long ago
            with pytest.raises(GuardLostError, match="no connection"):
                guard.keep()


class TestProcesses:
    """Two commands on one database."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """With a desired state."""
        (tmp_path / "desired.sql").write_text("create table a (id integer); create table b ()")
        return tmp_path

    @pytest.fixture
    def hanging(
        self, database: Database, cli: Cli, folder: Path
    ) -> Iterator[subprocess.Popen[str]]:
        """An apply that sleeps in a tenant's transaction."""
        database.execute(
            """create schema user_1;
            create function public.nap() returns event_trigger language plpgsql as
            $$ begin perform pg_sleep(600); end $$;
            create event trigger nap on ddl_command_start when tag in ('CREATE TABLE')
            execute function public.nap()"""
        )
        with closing(connect(database.url)) as opened, opened.cursor() as cursor:
            # The journal's own tables are made without it.
            cursor.execute("set session_replication_role = replica")
            journal.ensure(opened)
        process = self.start(cli, folder)
        try:
            wait_for(lambda: self.asleep(database))
            yield process
        finally:
            process.kill()
            process.communicate()

    @staticmethod
    def asleep(database: Database) -> list[tuple[object, ...]]:
        """The process that sleeps, if there is one."""
        return database.rows(
            "select pid from pg_stat_activity"
            " where wait_event = 'PgSleep' and datname = current_database()"
        )

    @staticmethod
    def start(cli: Cli, folder: Path, *arguments: str) -> subprocess.Popen[str]:
        """Start an apply, and do not wait for it."""
        return subprocess.Popen(
            cli.command("apply", "--desired", "desired.sql", "--yes", *arguments),
            env=cli.environment(),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @pytest.mark.postgres(18, prove=(15,))
    def test_the_second_is_refused_and_killing_the_first_makes_way(
        self, cli: Cli, folder: Path, hanging: subprocess.Popen[str], database: Database
    ) -> None:
        """Exit 3; after kill -9 no guard is left, its run is interrupted, and the next one goes."""
        refused = cli("apply", "--desired", "desired.sql", "--yes", cwd=folder)
        assert (refused.code, refused.out) == (3, "")
        assert "Error: Another apply is running: run 1 (role 'postgres', pid " in refused.err
        [running] = cli("history", "--format", "json").json["runs"]
        assert running["status"] == "running"
        with closing(connect(database.url)) as connection:
            assert holder(connection) is not None
        hanging.kill()
        hanging.wait()
        # Its guard is idle, so that the server notices at once; the tenant's session sleeps on.
        with closing(connect(database.url)) as connection:
            wait_for(lambda: holder(connection) is None)
        assert self.asleep(database)
        [killed] = cli("history", "--format", "json").json["runs"]
        assert killed["status"] == "interrupted"
        for (pid,) in self.asleep(database):
            database.execute(f"select pg_terminate_backend({pid})")
        database.execute("drop event trigger nap")
        assert cli("apply", "--desired", "desired.sql", "--yes", cwd=folder).code == 0

    def test_ctrl_c_ends_the_waiting(
        self, cli: Cli, folder: Path, hanging: subprocess.Popen[str], signals_heard: None
    ) -> None:
        """At once, with nothing done."""
        assert (signals_heard, hanging.poll()) == (None, None)
        waiting = self.start(cli, folder, "--wait")
        try:
            assert waiting.stderr is not None
            told = waiting.stderr.readline()
            waiting.send_signal(signal.SIGINT)
            out, err = waiting.communicate(timeout=180)
        finally:
            waiting.kill()
        assert (waiting.returncode, out) == (1, "")
        assert told.startswith("diffapply: waiting for the end of run 1 (role 'postgres', pid ")
        assert err == "Error: Interrupted; no tenant is left half-changed.\n"
        assert len(cli("history", "--format", "json").json["runs"]) == 1
