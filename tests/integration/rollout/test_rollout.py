"""A rollout brings every tenant to its goal or says by name why not, however it ends."""

import pickle
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply import journal
from diffapply.catalog.reader import read_fingerprints
from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.errors import ConnectionFailedError
from diffapply.model.consent import EVERYTHING, NONE, Consent
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Plan
from diffapply.model.run import RunRecord, RunResult, StepResult
from diffapply.model.statement import Statement
from diffapply.progress import Progress, silent
from diffapply.rollout import connection as rollout_connection
from diffapply.rollout.rollout import roll_out
from tests.integration.cutting_proxy import cutting_proxy
from tests.integration.rollout_cases import (
    DROP_NOTE,
    DROP_TASKS,
    FULL_DISK,
    HOSTILE_NAMES,
    JOBS,
    NOTE,
    TASKS,
    TASKS_INDEX,
    V1,
    V2,
    V3,
    Address,
    Database,
    Reachable,
    plan,
    shape,
    tenants,
    transition,
)
from tests.waiting import wait_for

_IN_ANOTHER_PROCESS = """
import pickle, sys
from diffapply.config import Settings
from diffapply.rollout.rollout import roll_out
with open(sys.argv[2], "rb") as file:
    made = pickle.load(file)
roll_out(sys.argv[1], made, Settings(jobs=3, lock_timeout=1),
         progress=lambda what, done, total, failed: print(done, flush=True))
"""


def execute(  # noqa: PLR0913 - as many as `roll_out` has
    database: Reachable,
    made: Plan,
    *,
    jobs: int = 4,
    lock_timeout: float = 1.0,
    max_failures: int | None = None,
    consent: Consent = NONE,
    progress: Progress = silent,
) -> RunResult:
    """Roll a plan out."""
    return roll_out(
        database.url,
        made,
        Settings(jobs=jobs, lock_timeout=lock_timeout, max_failures=max_failures),
        consent=consent,
        progress=progress,
    )


def v1_to_v2(database: Database, names: tuple[str, ...], *, one_by_one: bool = False) -> Plan:
    """Adds tasks to jobs."""
    v1, v2 = shape(database, V1), shape(database, V2)
    index = Statement(
        TASKS_INDEX, (Hazard(HazardCode.BUILDS_INDEX, "builds an index"),) if one_by_one else ()
    )
    return plan(transition(v1, v2, names, TASKS, index), shapes=[v1, v2])


def backward(database: Database, names: tuple[str, ...], to: int | None = None) -> Plan:
    """The plan that takes back what the journal says is to be undone."""
    with closing(connect(database.url)) as connection:
        undos = journal.steps_to_undo(connection, names, to)
        goals = journal.load_shapes(connection, {u.goal_fingerprint for u in undos.values()})
        live = read_fingerprints(connection, names)
    v1, v2, v3 = (shape(database, ddl) for ddl in (V1, V2, V3))
    ways = {
        (v3.fingerprint, v2.fingerprint): (DROP_NOTE,),
        (v3.fingerprint, v1.fingerprint): (DROP_NOTE, DROP_TASKS),
        (v2.fingerprint, v1.fingerprint): (DROP_TASKS,),
    }
    known = {s.fingerprint: s for s in (v1, v2, v3)}
    return plan(
        *(
            transition(
                known[live[name]],
                goals[undo.goal_fingerprint],
                [name],
                *ways.get((live[name], undo.goal_fingerprint), ()),
            )
            for name, undo in undos.items()
        ),
        shapes=goals.values(),
        direction="backward",
        undoes={name: undo.runs for name, undo in undos.items()},
    )


def versions(database: Database, names: tuple[str, ...]) -> Counter[str]:
    """How many of the tenants stand at which version."""
    ddl = {"v1": V1, "v2": V2, "v3": V3}
    labels = {shape(database, ddl[label]).fingerprint: label for label in ddl}
    with closing(connect(database.url)) as connection:
        live = read_fingerprints(connection, names)
    return Counter(labels.get(live[name], "other") for name in names)


def history(database: Database, run: int | None = None) -> tuple[RunRecord, ...]:
    """The journal's runs."""
    with closing(connect(database.url)) as connection:
        return journal.history(connection, run)


def when(number: int, act: Callable[[], object]) -> Progress:
    """A progress that acts once, when so many tenants are done."""

    def progress(what: str, done: int, total: int, failed: int = 0) -> None:
        del what, total, failed
        if done == number:
            act()

    return progress


def numbered(count: int) -> tuple[str, ...]:
    """Names of tenants."""
    return tuple(f"user_{number}" for number in range(1, count + 1))


class TestEveryTenant:
    """Each tenant has a result, and none depends on another's."""

    def test_all_applied(self, database: Database) -> None:
        """Tenants of several transitions end at their goals, in natural order of names."""
        names = (*numbered(12), *HOSTILE_NAMES)
        tenants(database, names[:4], V2)
        tenants(database, names[4:], V1)
        v1, v2, v3 = (shape(database, ddl) for ddl in (V1, V2, V3))
        made = plan(
            transition(v1, v3, names[4:], TASKS, TASKS_INDEX, NOTE),
            transition(v2, v3, names[:4], NOTE),
            shapes=[v1, v2, v3],
        )
        told: list[tuple[str | int, ...]] = []
        result = execute(database, made, progress=lambda *step: told.append(step))
        assert result.count("applied") == len(names)
        assert [step.name for step in result.tenants if step.name in names[:12]] == [*names[:12]]
        assert versions(database, names) == {"v3": len(names)}
        assert told == [("apply", done, len(names), 0) for done in range(1, len(names) + 1)]
        (record,) = history(database, result.run)
        assert (record.status, record.counts) == ("done", {"applied": len(names)})
        assert {step.tenant for step in record.steps} == set(names)

    def test_again_does_nothing(self, database: Database) -> None:
        """The same plan once more finds every tenant at its goal."""
        names = tenants(database, numbered(3), V1)
        made = v1_to_v2(database, names)
        execute(database, made)
        again = execute(database, made)
        assert again.count("unchanged") == 3
        assert again.exit_code == 0
        assert history(database)[0].status == "done"

    def test_empty_plan_writes_nothing(self, database: Database) -> None:
        """When all is in sync there is no run, and no journal either."""
        result = execute(database, plan(in_sync=("user_10", "user_9")))
        assert result == RunResult(
            None, (StepResult("user_9", "unchanged"), StepResult("user_10", "unchanged")), idle=2
        )
        with closing(connect(database.url)) as connection:
            assert not journal.exists(connection)

    def test_moved_or_gone(self, database: Database) -> None:
        """A tenant that moved and one that is gone are refused by name; the others go on."""
        names = tenants(database, numbered(4), V1)
        made = v1_to_v2(database, names)
        database.execute("drop schema user_2 cascade; alter table user_3.jobs add mine text")
        result = execute(database, made)
        assert [step.status for step in result.tenants] == [
            "applied", "refused", "refused", "applied"
        ]  # fmt: skip
        assert result.exit_code == 3
        (record,) = history(database, result.run)
        assert record.status == "incomplete"
        assert {step.tenant: step.error for step in record.steps} == {
            step.name: step.error for step in result.tenants
        }

    def test_rows_in_the_way(self, database: Database) -> None:
        """Data that PostgreSQL does not accept fails its tenant only; exit code 4."""
        names = tenants(database, numbered(3), V1)
        database.execute("insert into user_2.jobs values (1, 'same'), (2, 'same')")
        v1, unique = shape(database, V1), "create unique index on jobs (name)"
        goal = shape(database, (JOBS, unique))
        result = execute(database, plan(transition(v1, goal, names, unique), shapes=[v1, goal]))
        assert [step.status for step in result.tenants] == ["applied", "failed", "applied"]
        assert "is duplicated" in (result.tenants[1].error or "")
        assert result.exit_code == 4

    def test_no_transaction_is_ended_that_is_not_there(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PostgreSQL would write a warning into its log, for each tenant that is left alone."""
        opened: list[Connection] = []

        def kept(url: str, *arguments: str, named: bool, interruptible: bool) -> Connection:
            its = connect(url, *arguments, named=named, interruptible=interruptible)
            opened.append(its)
            return its

        monkeypatch.setattr(rollout_connection, "connect", kept)
        names = tenants(database, numbered(4), V1)
        v1, unique = shape(database, V1), "create unique index on jobs (name)"
        goal = shape(database, (JOBS, unique))
        database.execute("insert into user_2.jobs values (1, 'same'), (2, 'same')")
        database.execute("create table user_3.by_hand ()")
        result = execute(database, plan(transition(v1, goal, names, unique), shapes=[v1, goal]))
        statuses = [step.status for step in result.tenants]
        assert statuses == ["applied", "failed", "refused", "applied"]
        assert opened
        assert [notice for its in opened for notice in its.notices if "transaction" in notice] == []

    @pytest.mark.parametrize("most", [2, pytest.param(3, marks=pytest.mark.prove)])
    def test_so_many_failures(self, database: Database, most: int) -> None:
        """After them, no further tenant is begun; the reason is in the journal, too."""
        names = tenants(database, numbered(5), V1)
        for name in ("user_2", "user_3"):
            database.execute(f"insert into {name}.jobs values (1, 'same'), (2, 'same')")
        v1, unique = shape(database, V1), "create unique index on jobs (name)"
        goal = shape(database, (JOBS, unique))
        made = plan(transition(v1, goal, names, unique), shapes=[v1, goal])
        result = execute(database, made, jobs=1, max_failures=most)
        rest = "skipped" if most == 2 else "applied"
        statuses = ["applied", "failed", "failed", rest, rest]
        assert [step.status for step in result.tenants] == statuses
        assert result.exit_code == 4
        if most == 2:
            reason = "Not done, because 2 failed before (--max-failures 2)."
            assert {step.error for step in result.tenants[3:]} == {reason}
        (record,) = history(database, result.run)
        assert [step.status for step in record.steps] == statuses
        assert execute(database, made, jobs=1, max_failures=most).count("failed") == 2

    def test_a_full_disk(self, database: Database) -> None:
        """It concerns all tenants: no further one is begun, and those that failed are alike."""
        names = tenants(database, numbered(40), V1)
        database.execute(FULL_DISK)
        result = execute(database, v1_to_v2(database, names, one_by_one=True), jobs=2)
        assert 1 <= result.count("failed") <= 2
        assert result.count("failed") + result.count("skipped") == 40
        [failed] = {step.error for step in result.tenants if step.status == "failed"}
        assert failed is not None
        assert "No space left on device (state" in failed
        [skipped] = {step.error for step in result.tenants if step.status == "skipped"}
        assert skipped is not None
        assert "the server is short of resources, as user_" in skipped
        (record,) = history(database, result.run)
        assert record.status == "incomplete"
        assert [its.status for its in record.steps] == [its.status for its in result.tenants]

    def test_a_tenants_own_code_that_says_so(self, database: Database) -> None:
        """It concerns that tenant: others go on."""
        names = tenants(database, numbered(4), V1)
        database.execute(
            """create function says_so() returns event_trigger language plpgsql as $$ begin
                if current_schema = 'user_1' then raise 'full' using errcode = '53100'; end if;
            end $$;
            create event trigger says_so on ddl_command_end execute function says_so()"""
        )
        result = execute(database, v1_to_v2(database, names, one_by_one=True), jobs=1)
        assert [its.status for its in result.tenants] == ["failed", *["applied"] * 3]

    def test_a_journal_that_cannot_be_written(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        """That is said: the report tells more than the journal then."""
        names = tenants(database, numbered(2), V1)
        database.execute(FULL_DISK)
        with closing(connect(database.url)) as connection:
            journal.ensure(connection)
        database.execute(
            "create function full_disk() returns trigger language plpgsql as $$ begin"
            " copy (select 1) to '/dev/full'; end $$;"
            "create trigger t before insert on diffapply.step execute function full_disk()"
        )
        result = execute(database, v1_to_v2(database, names), jobs=1)
        assert result.exit_code == 4
        (record,) = history(database, result.run)
        assert record.status == "interrupted"
        assert f"the journal lacks the end of run {result.run}, and" in caplog.text

    def test_blocked(self, database: Database) -> None:
        """A blocked transition's tenants are refused with its reasons, and are not touched."""
        names = tenants(database, numbered(2), V1)
        v1, v2 = shape(database, V1), shape(database, V2)
        made = v1_to_v2(database, names[:1])
        blocked = replace(transition(v1, v2, names[1:]), blocked=("no cast", "no way"))
        result = execute(database, plan(*made.transitions, blocked, shapes=[v1, v2]))
        assert result.tenants[1] == StepResult("user_2", "refused", "no cast; no way")
        assert versions(database, names) == {"v1": 1, "v2": 1}
        assert [s.status for s in history(database, result.run)[0].steps] == ["applied", "refused"]

    def test_dropped_half_way(self, database: Database) -> None:
        """A tenant that is dropped while the run goes on is refused by name."""
        names = tenants(database, numbered(5), V1)
        made = v1_to_v2(database, names, one_by_one=True)

        failures: list[int] = []

        def drop(what: str, done: int, total: int, failed: int = 0) -> None:
            del what, total
            failures.append(failed)
            if done == 2:
                database.execute("drop schema user_4 cascade")

        result = execute(database, made, jobs=1, progress=drop)
        assert failures == [0, 0, 0, 1, 1]
        assert [step.status for step in result.tenants] == [
            "applied", "applied", "applied", "refused", "applied"
        ]  # fmt: skip
        assert "no longer exists" in (result.tenants[3].error or "")


class TestTimeLimits:
    """What an administrator has set for the role is told as such."""

    def _slow(self, database: Database) -> Plan:
        names = tenants(database, numbered(1), V1)
        v1, v2 = shape(database, V1), shape(database, V2)
        slow = transition(v1, v2, names, TASKS, "select pg_sleep(5)", TASKS_INDEX)
        return plan(slow, shapes=[v1, v2])

    def _limit(self, database: Database, setting: str) -> None:
        [(name,)] = database.rows("select current_database()")
        database.execute(f"alter database {name} set {setting} = '500ms'")

    def test_of_a_statement(self, database: Database) -> None:
        """With the statement; it is not taken for a lock that somebody holds."""
        made = self._slow(database)
        self._limit(database, "statement_timeout")
        [step] = execute(database, made).tenants
        assert step == StepResult(
            "user_1",
            "failed",
            "canceling statement due to statement timeout (statement 2 of 3: select pg_sleep(5)) "
            "(statement_timeout = 500ms, set for the database: raise it for whoever runs "
            "diffapply, see `diffapply docs operations`); rolled back.",
        )

    @pytest.mark.postgres(18, prove=(17,))
    def test_of_a_transaction(self, database: Database) -> None:
        """The server's last words are said, and which setting it is."""
        made = self._slow(database)
        self._limit(database, "transaction_timeout")
        [step] = execute(database, made).tenants
        told = "terminating connection due to transaction timeout. Raise transaction_timeout for"
        assert step.status == "failed"
        assert (step.error or "").startswith(told)


class TestParallel:
    """Tenants in parallel get in each other's way, and all arrive."""

    def test_no_deadlocks(self, database: Database) -> None:
        """Foreign keys to shared tables, taken in opposite orders: each gives way before that."""
        database.execute(
            "create table public.one (id integer primary key);"
            "create table public.two (id integer primary key);"
            "do $$ begin execute format("
            "'alter database %I set deadlock_timeout = 500', current_database()); end $$"
        )
        names = tenants(database, numbered(14), V1)
        one = "alter table jobs add one integer references public.one"
        two = "alter table jobs add two integer references public.two"
        linger = "select pg_sleep(0.05)"
        # The order of columns is not structure: both ways lead to one goal.
        v1, goal = shape(database, V1), shape(database, (JOBS, one, two))
        ways = ((one, linger, two), (two, linger, one))
        made = plan(
            *(transition(v1, goal, [name], *ways[n % 2]) for n, name in enumerate(names)),
            shapes=[v1, goal],
        )
        before = _deadlocks(database)
        result = execute(database, made, jobs=4, lock_timeout=5)
        assert Counter(step.status for step in result.tenants) == {"applied": len(names)}
        time.sleep(1)  # until the server has counted
        assert _deadlocks(database) == before

    def test_fewer_connections_than_jobs(self, database: Database) -> None:
        """Workers that get no connection leave their work to those that have one."""
        with _role_with_connections(database, 2) as limited:
            names = tenants(limited, numbered(12), V1)
            result = execute(limited, v1_to_v2(database, names), jobs=6)
            assert result.count("applied") == len(names)

    def test_no_connection_for_any_worker(self, database: Database) -> None:
        """When no worker gets one, every tenant is skipped by name, with the reason."""
        with _role_with_connections(database, 1) as limited:
            names = tenants(limited, numbered(4), V1)
            result = execute(limited, v1_to_v2(database, names))
            assert [(step.name, step.status) for step in result.tenants] == [
                (name, "skipped") for name in names
            ]
            assert "too many connections" in (result.tenants[0].error or "")
            assert result.exit_code == 4
            (record,) = history(database, result.run)
            assert (record.status, record.counts) == ("incomplete", {"skipped": 4})

    def test_connections_are_given_back(self, database: Database) -> None:
        """After the run none of its connections is left."""
        names = tenants(database, numbered(4), V1)
        execute(database, v1_to_v2(database, names))
        wait_for(lambda: _connections(database) == 0)

    def test_no_server(self, database: Database) -> None:
        """Without a server there is a sentence, and no result to misread."""
        with pytest.raises(ConnectionFailedError):
            execute(Address("host=/nowhere"), v1_to_v2(database, ("user_1",)))


class TestInterrupted:
    """However a run ends, every tenant is wholly before or after, and the journal says which."""

    @pytest.mark.prove
    @pytest.mark.parametrize("moment", range(5))
    def test_killed(self, database: Database, tmp_path: Path, moment: int) -> None:
        """A kill -9 in the middle; the next run completes."""
        names = tenants(database, numbered(40), V1)
        made = v1_to_v2(database, names, one_by_one=True)
        tenant = random.Random(moment).randint(1, 30)  # noqa: S311 - any moment will do
        with _in_another_process(database, made, tmp_path) as (process, lines):
            for _ in range(tenant):
                lines.readline()
            process.kill()
        wait_for(lambda: _connections(database) == 0)
        applied = {str(name) for (name,) in database.rows("select tenant from diffapply.step")}
        assert 0 < len(applied) < len(names)
        after = tuple(name for name in names if name in applied)
        before = tuple(name for name in names if name not in applied)
        assert versions(database, after) == {"v2": len(after)}
        assert versions(database, before) == {"v1": len(before)}
        assert history(database)[0].status == "interrupted"
        again = execute(database, v1_to_v2(database, before))
        assert again.count("applied") == len(before)
        assert versions(database, names) == {"v2": len(names)}

    @pytest.mark.usefixtures("signals_heard")
    def test_control_c(self, database: Database, tmp_path: Path) -> None:
        """Ctrl-C rolls back the tenant that hangs, skips the rest, and ends the run truly."""
        names = tenants(database, numbered(8), V1)
        made = v1_to_v2(database, names, one_by_one=True)
        with closing(psycopg2.connect(database.url)) as other:
            cursor = other.cursor()
            for name in names[4:]:
                cursor.execute(f"lock table {name}.jobs")
            with _in_another_process(database, made, tmp_path) as (process, lines):
                for _ in range(4):
                    lines.readline()
                time.sleep(0.3)
                assert history(database)[0].status == "running"
                process.send_signal(signal.SIGINT)
                assert process.wait(timeout=20) != 0
        (record,) = history(database, 1)
        assert record.status == "incomplete"
        assert record.counts == {"applied": 4, "skipped": 4}
        assert versions(database, names) == {"v1": 4, "v2": 4}
        wait_for(lambda: _connections(database) == 0)

    @pytest.mark.usefixtures("signals_heard")
    def test_long_statement_is_cancelled(self, database: Database, tmp_path: Path) -> None:
        """Ctrl-C does not wait for a statement that takes for ever."""
        names = tenants(database, numbered(2), V1)
        v1, v2 = shape(database, V1), shape(database, V2)
        slow = transition(v1, v2, names, TASKS, "select pg_sleep(600)", TASKS_INDEX)
        made = plan(slow, shapes=[v1, v2])
        with _in_another_process(database, made, tmp_path) as (process, _):
            wait_for(lambda: _connections(database) >= 3)
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
        assert history(database, 1)[0].counts == {"skipped": 2}
        assert versions(database, names) == {"v1": 2}

    def test_error_of_the_caller(self, database: Database) -> None:
        """An error in the progress that the caller shows stops the run as truly as Ctrl-C."""
        names = tenants(database, numbered(6), V1)
        made = v1_to_v2(database, names, one_by_one=True)
        with pytest.raises(ZeroDivisionError):
            execute(database, made, jobs=1, progress=when(2, lambda: 1 // 0))
        (record,) = history(database, 1)
        assert (record.status, record.counts) == ("incomplete", {"applied": 2, "skipped": 4})
        assert versions(database, names) == {"v1": 4, "v2": 2}

    def test_answer_to_a_commit_is_lost(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """At its end the run asks the journal, and what is committed counts as applied."""
        monkeypatch.setattr("diffapply.rollout.transaction.tenant.TRIES", 2)
        names = tenants(database, numbered(1), V1)
        with cutting_proxy(database.url) as (proxy, url):
            proxy.cut_after(";\ncommit", for_good=True)
            result = execute(Address(url), v1_to_v2(database, names, one_by_one=True))
            assert proxy.cuts == 1
        assert result.tenants == (StepResult("user_1", "applied"),)
        assert history(database)[0].status == "done"

    def test_main_connection_is_lost(self, database: Database) -> None:
        """The run is finished in the journal though its own connection went meanwhile."""
        names = tenants(database, numbered(6), V1)
        terminate = (
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'diffapply run 1' and datname = current_database()"
        )
        made = v1_to_v2(database, names)
        result = execute(
            database, made, jobs=2, progress=when(2, lambda: database.execute(terminate))
        )
        assert result.count("applied") == len(names)
        assert history(database)[0].status == "done"


class TestBackward:
    """Going back takes runs back one by one, or down to a run, and remembers what is undone."""

    def test_one_run_at_a_time(self, database: Database) -> None:
        """Backward undoes the latest run, backward again the one before, then nothing is left."""
        names = tenants(database, numbered(3), V1)
        execute(database, v1_to_v2(database, names))
        v2, v3 = shape(database, V2), shape(database, V3)
        execute(database, plan(transition(v2, v3, names, NOTE), shapes=[v2, v3]))
        for expected in ("v2", "v1"):
            result = execute(database, backward(database, names))
            assert result.count("applied") == 3
            assert versions(database, names) == {expected: 3}
        assert backward(database, names).empty
        execute(database, v1_to_v2(database, names))
        execute(database, backward(database, names))
        assert versions(database, names) == {"v1": 3}
        assert backward(database, names).empty

    @pytest.mark.prove
    def test_to_before_a_run(self, database: Database) -> None:
        """Back to before a run undoes it and all later ones at once."""
        names = tenants(database, numbered(3), V1)
        first = execute(database, v1_to_v2(database, names))
        v2, v3 = shape(database, V2), shape(database, V3)
        execute(database, plan(transition(v2, v3, names[:2], NOTE), shapes=[v2, v3]))
        result = execute(database, backward(database, names, to=first.run))
        assert result.count("applied") == 3
        assert versions(database, names) == {"v1": 3}
        assert backward(database, names).empty

    def test_refused_is_not_undone(self, database: Database) -> None:
        """A tenant whose rows would be lost keeps both them and its step to undo."""
        names = tenants(database, numbered(2), V1)
        execute(database, v1_to_v2(database, names))
        database.execute(
            "insert into user_1.jobs values (1, 'a'); insert into user_1.tasks values (1, 1, 1)"
        )
        result = execute(database, backward(database, names))
        assert [step.status for step in result.tenants] == ["refused", "applied"]
        assert result.exit_code == 3
        assert set(backward(database, names).undoes) == {"user_1"}
        allowed = execute(database, backward(database, names), consent=EVERYTHING)
        assert allowed.count("applied") == 1
        assert backward(database, names).empty

    def test_already_there(self, database: Database) -> None:
        """A tenant that was brought back by hand has its step marked, and is left alone."""
        names = tenants(database, numbered(1), V1)
        execute(database, v1_to_v2(database, names))
        database.execute("drop table user_1.tasks")
        result = execute(database, backward(database, names))
        assert result.count("unchanged") == 1
        assert backward(database, names).empty


@contextmanager
def _in_another_process(
    database: Database, made: Plan, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """Roll a plan out in a process of its own; it prints a line for each tenant that is done."""
    file = folder / "plan"
    file.write_bytes(pickle.dumps(made))
    with subprocess.Popen(
        [sys.executable, "-c", _IN_ANOTHER_PROCESS, database.url, str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()


def _connections(database: Database) -> int:
    query = "select count(*) from pg_stat_activity where application_name like 'diffapply run %'"
    [(count,)] = database.rows(f"{query} and datname = current_database()")
    assert isinstance(count, int)
    return count


def _deadlocks(database: Database) -> int:
    [(count,)] = database.rows(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    assert isinstance(count, int)
    return count


@contextmanager
def _role_with_connections(database: Database, limit: int) -> Iterator[Address]:
    """The database as a role has it that may have so many connections at once."""
    [(role,)] = database.rows(
        "select 'limited_' || oid from pg_database where datname = current_database()"
    )
    database.execute(
        f"create role {role} login connection limit {limit};"
        f"do $$ begin execute format('grant create on database %I to {role}', current_database());"
        "end $$"
    )
    try:
        yield Address(make_dsn(database.url, user=role))
    finally:
        database.execute(f"drop owned by {role} cascade; drop role {role}")
