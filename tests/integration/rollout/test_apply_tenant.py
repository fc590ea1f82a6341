"""A tenant reaches its goal or stays as it is, and the journal says which, whatever happens."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.reader import read_fingerprints
from diffapply.database.connection import connect, read_server
from diffapply.database.session import NORMAL, WORK
from diffapply.journal import history
from diffapply.model.catalog import Difference
from diffapply.model.consent import EVERYTHING, NONE
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Transition
from diffapply.model.run import NewRun, Purpose, StepResult
from diffapply.model.scope import Counting
from diffapply.model.statement import Statement, TableLock
from diffapply.rollout import retry
from diffapply.rollout.connection import RunConnection
from diffapply.rollout.task import Task
from diffapply.rollout.terms import Terms
from diffapply.rollout.transaction import gate, tenant
from diffapply.rollout.transaction.tenant import apply_tenant
from tests.integration.cutting_proxy import cutting_proxy
from tests.integration.rollout_cases import (
    DROP_NOTE,
    DROP_TASKS,
    HOSTILE_NAMES,
    JOBS,
    TASKS,
    TASKS_INDEX,
    V1,
    V2,
    V3,
    Database,
    catalog_of,
    plan,
    shape,
    tenants,
    transition,
)
from tests.waiting import wait_for


@dataclass
class Run:
    """A run that has begun in a database."""

    database: Database
    terms: Terms

    def knows(self, name: str) -> None:
        """Have the journal know a tenant, as a run does when it begins."""
        with closing(connect(self.database.url)) as connection:
            journal.know_tenants(connection, [name])

    def apply(
        self, name: str, wanted: Transition, *, url: str = "", undoes: tuple[int, ...] = ()
    ) -> StepResult:
        """Apply the transition to one tenant, again and again if somebody is in the way."""
        self.knows(name)
        result: StepResult | Task = Task(name, wanted)
        with closing(RunConnection(url or self.database.url, self.terms.run)) as session:
            while isinstance(result, Task):
                result = apply_tenant(session, result, self.terms, undoes)
                if isinstance(result, Task):
                    self.terms.stop.wait(result.pause)
        return result

    def recorded(self) -> dict[str, tuple[str, str | None]]:
        """Tenant → status and error, as the journal has them."""
        with closing(connect(self.database.url)) as connection:
            (record,) = history(connection, self.terms.run)
        return {step.tenant: (step.status, step.error) for step in record.steps}


@pytest.fixture
def run(database: Database) -> Run:
    """A run that may not lose data."""
    with closing(connect(database.url)) as connection:
        journal.ensure(connection)
        number = journal.begin_run(connection, NewRun("forward", "d", Purpose("d")))
        server = read_server(connection)
    return Run(database, Terms(number, plan(), server, lock_timeout=0.3, consent=NONE))


def destructive(run: Run) -> Run:
    """The same run, allowed to lose data."""
    return replace(run, terms=replace(run.terms, consent=EVERYTHING))


def v1_to_v2(database: Database) -> Transition:
    """Adds tasks to jobs."""
    return transition(shape(database, V1), shape(database, V2), (), TASKS, TASKS_INDEX)


def v2_to_v1(database: Database) -> Transition:
    """Drops tasks."""
    return transition(shape(database, V2), shape(database, V1), (), DROP_TASKS)


def v3_to_v1(database: Database) -> Transition:
    """Drops a column of tasks, then tasks."""
    return transition(shape(database, V3), shape(database, V1), (), DROP_NOTE, DROP_TASKS)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few tries, without long pauses."""
    monkeypatch.setattr(tenant, "TRIES", 2)
    monkeypatch.setattr(retry, "LONGEST_PAUSE", 0.01)


def at(database: Database, name: str) -> str:
    """The fingerprint of a live schema as it is now."""
    return catalog_of(database, name).fingerprint


@dataclass
class Session:
    """Another session, with a transaction open."""

    connection: psycopg2.extensions.connection
    timers: list[threading.Timer] = field(default_factory=list)

    def execute(self, statement: str) -> None:
        """Execute without committing."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something while the test goes on."""
        self.timers.append(threading.Timer(seconds, act))
        self.timers[-1].start()

    def commit_after(self, seconds: float) -> None:
        """Commit while the test goes on."""
        self.later(seconds, self.connection.commit)


@pytest.fixture
def other(database: Database) -> Iterator[Session]:
    """Another session."""
    with closing(psycopg2.connect(database.url)) as connection:
        session = Session(connection)
        yield session
        for timer in session.timers:
            timer.join()


class TestReachesItsGoal:
    """What the plan says is what happens."""

    def test_applied(self, database: Database, run: Run) -> None:
        """The tenant is at its goal, and the journal has the step with both shapes."""
        tenants(database, ["user_1"], V1)
        wanted = v1_to_v2(database)
        assert run.apply("user_1", wanted) == StepResult("user_1", "applied")
        assert at(database, "user_1") == wanted.goal
        assert database.rows("select tenant, source, goal, status from diffapply.step") == [
            ("user_1", wanted.source, wanted.goal, "applied")
        ]

    def test_again_is_unchanged(self, database: Database, run: Run) -> None:
        """A tenant that is at its goal already is left alone, and not called a failure."""
        tenants(database, ["user_1"], V2)
        assert run.apply("user_1", v1_to_v2(database)) == StepResult("user_1", "unchanged")
        assert run.recorded() == {"user_1": ("unchanged", None)}

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_hostile_name(self, database: Database, run: Run, name: str) -> None:
        """A tenant's name is data: whatever it holds, this tenant changes and no other."""
        tenants(database, ["user_1", "user_2", name], V1)
        wanted = v1_to_v2(database)
        assert run.apply(name, wanted) == StepResult(name, "applied")
        assert at(database, name) == wanted.goal
        assert at(database, "user_1") == at(database, "user_2") == wanted.source
        assert run.recorded() == {name: ("applied", None)}

    def test_statements_run_as_in_any_session(self, database: Database, run: Run) -> None:
        """What the gate sets to read catalogs does not slow down or bend the statements."""
        database.execute("create table public.settings (name text, setting text)")
        tenants(database, ["user_1"], V1)
        spy = "insert into public.settings select name, setting from pg_settings"
        wanted = v1_to_v2(database)
        wanted = replace(wanted, statements=(Statement(spy), *wanted.statements))
        assert run.apply("user_1", wanted).status == "applied"
        changed = database.rows(
            "select name from public.settings join pg_settings now using (name)"
            " where settings.setting is distinct from now.setting"
        )
        meant = {*NORMAL, *WORK, "search_path", "lock_timeout", "application_name"}
        assert {str(name).lower() for (name,) in changed} <= meant

    def test_session_is_left_as_it_was(self, database: Database, run: Run) -> None:
        """Nothing is set beyond the transaction: the connection may be a pooler's."""
        tenants(database, ["user_1"], V1)
        query = "select name, setting from pg_settings order by name"
        run.knows("user_1")
        with (
            closing(RunConnection(database.url, run.terms.run)) as session,
            session.cursor() as cursor,
        ):
            cursor.execute(query)
            before = cursor.fetchall()
            apply_tenant(session, Task("user_1", v1_to_v2(database)), run.terms)
            cursor.execute(query)
            assert cursor.fetchall() == before

    def test_few_exchanges(self, database: Database, run: Run) -> None:
        """Six exchanges with the server are enough, both gates included."""
        tenants(database, ["user_1"], V1)
        wanted = v1_to_v2(database)
        with (
            cutting_proxy(database.url) as (proxy, url),
            closing(RunConnection(url, run.terms.run)) as session,
        ):
            run.knows("user_1")
            session.connection()
            start = proxy.exchanges
            assert apply_tenant(session, Task("user_1", wanted), run.terms) == StepResult(
                "user_1", "applied"
            )
            assert proxy.exchanges - start == 6

    def test_template(self, database: Database, run: Run) -> None:
        """Of a template only the managed names count; what else lives there is left alone."""
        database.execute(f"{JOBS}; create table theirs (a integer); insert into theirs values (1)")
        owners = frozenset({"jobs", "tasks"})
        # A template's facts are those of its own place; these name nothing of it.
        wanted = replace(v1_to_v2(database), tenants=("public",), managed=owners)
        assert run.apply("public", wanted) == StepResult("public", "applied")
        assert database.rows("select a from public.theirs") == [(1,)]
        assert database.rows("select owners from diffapply.step") == [(["jobs", "tasks"],)]
        assert run.apply("public", wanted).status == "unchanged"

    def test_takes_steps_back(self, database: Database, run: Run) -> None:
        """The steps that a backward run takes back are marked in the tenant's transaction."""
        tenants(database, ["user_1", "user_2"], V1)
        for name in ("user_1", "user_2"):
            run.apply(name, v1_to_v2(database))
        with closing(connect(database.url)) as connection:
            back = journal.begin_run(connection, NewRun("backward", "d", Purpose("d")))
        backward = replace(run, terms=replace(run.terms, run=back))
        undoes = (run.terms.run,)
        assert backward.apply("user_1", v2_to_v1(database), undoes=undoes).status == "applied"
        assert database.rows(
            f"select tenant, undone_by from diffapply.step where run = {run.terms.run} order by 1"
        ) == [("user_1", back), ("user_2", None)]

    def test_takes_steps_back_at_its_goal(self, database: Database, run: Run) -> None:
        """A tenant that stands where it goes back to has its steps marked all the same."""
        tenants(database, ["user_1"], V1)
        run.apply("user_1", v1_to_v2(database))
        database.execute("drop table user_1.tasks")
        with closing(connect(database.url)) as connection:
            back = journal.begin_run(connection, NewRun("backward", "d", Purpose("d")))
        v1 = shape(database, V1)
        backward = replace(run, terms=replace(run.terms, run=back))
        result = backward.apply("user_1", transition(v1, v1, ()), undoes=(run.terms.run,))
        assert result.status == "unchanged"
        with closing(connect(database.url)) as connection:
            assert journal.steps_to_undo(connection, ["user_1"]) == {}


class TestGates:
    """A tenant that is not what the plan says, before or after, is left as it is."""

    def test_changed_since_the_plan(self, database: Database, run: Run) -> None:
        """A tenant that has moved is refused."""
        tenants(database, ["user_1"], V1)
        database.execute("alter table user_1.jobs add column mine text")
        before = at(database, "user_1")
        result = run.apply("user_1", v1_to_v2(database))
        assert result.status == "refused"
        assert "changed since the plan was made" in (result.error or "")
        assert at(database, "user_1") == before
        assert run.recorded() == {"user_1": ("refused", result.error)}

    @pytest.mark.parametrize("moment", [1, 2])
    def test_a_moment_of_another_tenants_change(
        self, database: Database, run: Run, monkeypatch: pytest.MonkeyPatch, moment: int
    ) -> None:
        """What is read while that commits may be half of each, so it is read again."""
        tenants(database, ["user_1"], V1)
        looks = []

        def flickering(
            connection: Connection, schemas: Sequence[str], counting: Counting
        ) -> dict[str, str]:
            looks.append(read_fingerprints(connection, schemas, counting))
            return {"user_1": "half of each"} if len(looks) == moment else looks[-1]

        monkeypatch.setattr(gate, "read_fingerprints", flickering)
        wanted = v1_to_v2(database)
        assert run.apply("user_1", wanted).status == "applied"
        found = [wanted.source, wanted.goal]
        found.insert(moment, found[moment - 1])
        assert [its["user_1"] for its in looks] == found

    def test_gone(self, database: Database, run: Run) -> None:
        """A tenant that was dropped is refused, and not created anew."""
        result = run.apply("user_1", v1_to_v2(database))
        assert (result.status, result.error) == ("refused", "The schema no longer exists.")
        assert database.rows("select to_regnamespace('user_1')::text") == [(None,)]

    def test_missed_goal(self, database: Database, run: Run) -> None:
        """Statements that lead elsewhere are rolled back, though each of them succeeded."""
        tenants(database, ["user_1"], V1)
        wanted = transition(shape(database, V1), shape(database, V2), (), TASKS)
        result = run.apply("user_1", wanted)
        assert result.status == "failed"
        assert "did not reach its goal" in (result.error or "")
        assert at(database, "user_1") == wanted.source


class TestOthersCode:
    """A superuser runs no code of roles that own something in the tenant."""

    @pytest.fixture
    def stranger(self, database: Database) -> Iterator[str]:
        """A role that may own something in the tenant, which is at V1."""
        name = f"stranger_{uuid.uuid4().hex[:8]}"
        tenants(database, ["user_1"], V1)
        database.execute(f"create role {name} login")
        yield name
        database.execute(f"drop owned by {name} cascade; drop role {name}")

    def guarded(self, run: Run, wanted: Transition) -> Run:
        """The same run, by a superuser who trusts no tenants."""
        return replace(run, terms=replace(run.terms, guarded={wanted.source: ()}))

    def test_asked_once(self, database: Database, run: Run) -> None:
        """Whose code there is takes three exchanges, beside the usual six."""
        tenants(database, ["user_1"], V1)
        wanted = v1_to_v2(database)
        run = self.guarded(run, wanted)
        run.knows("user_1")
        with (
            cutting_proxy(database.url) as (proxy, url),
            closing(RunConnection(url, run.terms.run)) as session,
        ):
            session.connection()
            start = proxy.exchanges
            assert apply_tenant(session, Task("user_1", wanted), run.terms) == StepResult(
                "user_1", "applied"
            )
            assert proxy.exchanges - start == 9

    @pytest.mark.parametrize("waits", [False, True])
    def test_refused(
        self, database: Database, run: Run, other: Session, stranger: str, *, waits: bool
    ) -> None:
        """Also if it is planted while the tenant's tables are waited for."""
        function = "create function f() returns integer return 1"
        tasks = Statement(TASKS, locks=(TableLock("jobs", "SHARE ROW EXCLUSIVE", own=True),))
        source, goal = shape(database, (JOBS, function)), shape(database, (*V2, function))
        wanted = transition(source, goal, (), tasks, TASKS_INDEX)
        database.execute(f"set search_path = user_1; {function}")
        other.execute(f"alter function user_1.f() owner to {stranger}; lock table user_1.jobs")
        if waits:
            other.commit_after(0.1)
        else:
            other.connection.commit()
        result = self.guarded(run, wanted).apply("user_1", wanted)
        assert result.status == "refused"
        assert result.error == (
            "It would run code of others with all rights of a superuser: function user_1.f(), "
            f"which belongs to '{stranger}'. Nothing was done; connect as the role that owns the "
            "tenant, or allow it with --trust-tenants (`diffapply docs role`)."
        )
        assert run.recorded() == {"user_1": ("refused", result.error)}
        assert at(database, "user_1") == source.fingerprint


class TestFailing:
    """What PostgreSQL refuses leaves the tenant whole, and is told in PostgreSQL's words."""

    def test_names_the_statement(self, database: Database, run: Run) -> None:
        """Of several statements, the one that failed is named."""
        tenants(database, ["user_1"], V2)
        database.execute(
            "insert into user_1.jobs values (1, 'a'); insert into user_1.tasks values (1, 1, 1)"
        )
        must = "alter table tasks add column must text not null"
        goal = shape(database, (*V2, "alter table jobs add column a text", must))
        wanted = transition(
            shape(database, V2), goal, (), "alter table jobs add column a text", must, "select 1"
        )
        missing = Difference("column", "tasks.must", "missing", desired="text", live=None)
        wanted = replace(wanted, differences=(missing,))
        result = run.apply("user_1", wanted)
        assert result == StepResult(
            "user_1",
            "failed",
            'column "must" of relation "tasks" contains null values '
            f"(statement 2 of 3: {must}) "
            "(the column is new: give it a default, or fill it by statements of your own: "
            "--with FILE); rolled back.",
        )
        assert at(database, "user_1") == wanted.source
        assert run.recorded() == {"user_1": ("failed", result.error)}

    def test_deferred_constraint(self, database: Database, run: Run) -> None:
        """A constraint that is checked late fails the tenant, not the commit."""
        ddl = (
            JOBS,
            "alter table jobs add parent integer references jobs deferrable initially deferred",
        )
        tenants(database, ["user_1"], ddl)
        database.execute("insert into user_1.jobs values (1, 'a')")
        goal = shape(database, (*ddl, "create index on jobs (name)"))
        update, index = "update jobs set parent = 7", "create index on jobs (name)"
        wanted = transition(shape(database, ddl), goal, (), index, update)
        result = run.apply("user_1", wanted)
        assert result.status == "failed"
        assert "violates foreign key constraint" in (result.error or "")
        assert at(database, "user_1") == wanted.source

    def test_no_privilege_on_the_schema(self, database: Database, run: Run) -> None:
        """A tenant that the role may not use fails by name; it is not taken for an empty one."""
        [(role,)] = database.rows(
            "select 'worker_' || oid from pg_database where datname = current_database()"
        )
        tenants(database, ["user_1"], V1)
        database.execute(
            f"create role {role} login; grant usage on schema diffapply to {role};"
            f"grant all on all tables in schema diffapply to {role}"
        )
        try:
            url = psycopg2.extensions.make_dsn(database.url, user=role)
            result = run.apply("user_1", v1_to_v2(database), url=url)
        finally:
            database.execute(f"drop owned by {role}; drop role {role}")
        assert result.status == "failed"
        assert "may not use schema 'user_1'" in (result.error or "")


class TestLosingData:
    """What would lose data is refused, unless there is none in this tenant, or it is allowed."""

    def test_empty_table(self, database: Database, run: Run) -> None:
        """An empty table may go: nothing is lost."""
        tenants(database, ["user_1"], V2)
        assert run.apply("user_1", v2_to_v1(database)).status == "applied"

    def test_rows(self, database: Database, run: Run) -> None:
        """A table with rows may not; the refusal says what would be lost and how to allow it."""
        tenants(database, ["user_1"], V2)
        database.execute(
            "insert into user_1.jobs values (1, 'a'); insert into user_1.tasks values (1, 1, 1)"
        )
        wanted = v2_to_v1(database)
        result = run.apply("user_1", wanted)
        assert result.status == "refused"
        assert 'drops the table "tasks"; its rows are lost' in (result.error or "")
        assert "--allow-destructive" in (result.error or "")
        assert at(database, "user_1") == wanted.source
        assert run.recorded() == {"user_1": ("refused", result.error)}
        assert destructive(run).apply("user_1", wanted).status == "applied"

    def test_all_losses_are_named(self, database: Database, run: Run) -> None:
        """A refusal names everything that would be lost, and nothing that would not."""
        tenants(database, ["user_1", "user_2"], V3)
        database.execute(
            "insert into user_1.jobs values (1, 'a'); insert into user_1.tasks values (1, 1, 1);"
            "insert into user_2.jobs values (1, 'a');"
            "insert into user_2.tasks values (1, 1, 1, null)"
        )
        wanted = v3_to_v1(database)
        first, second = run.apply("user_1", wanted), run.apply("user_2", wanted)
        assert "column" in (first.error or "")
        assert "table" in (first.error or "")
        assert "column" not in (second.error or "")
        assert "table" in (second.error or "")

    def test_checked_where_the_statement_stands(self, database: Database, run: Run) -> None:
        """A check sees what the statements before it have done."""
        tenants(database, ["user_1"], V2)
        database.execute(
            "insert into user_1.jobs values (1, 'a'); insert into user_1.tasks values (1, 1, 1)"
        )
        moved = "create table kept as select * from tasks"
        emptied = "truncate tasks"
        goal = shape(database, (*V2, moved, emptied, "drop table tasks"))
        wanted = transition(shape(database, V2), goal, (), moved, emptied, DROP_TASKS)
        assert run.apply("user_1", wanted).status == "applied"
        assert database.rows("select id from user_1.kept") == [(1,)]

    def test_rows_that_come_meanwhile(self, database: Database, run: Run, other: Session) -> None:
        """A row that another session has inserted but not committed is not lost either."""
        tenants(database, ["user_1"], V2)
        other.execute(
            "insert into user_1.jobs values (1, 'a'); insert into user_1.tasks values (1, 1, 1)"
        )
        other.commit_after(0.5)
        assert run.apply("user_1", v2_to_v1(database)).status == "refused"
        assert database.rows("select id from user_1.tasks") == [(1,)]

    def test_no_check_is_always_refused(self, database: Database, run: Run) -> None:
        """What cannot be checked counts as lost."""
        tenants(database, ["user_1"], V2)
        unchecked = Statement(
            "drop table tasks", (Hazard(HazardCode.LOSES_DATA, "drops who knows what"),)
        )
        wanted = transition(shape(database, V2), shape(database, V1), (), unchecked)
        assert run.apply("user_1", wanted).status == "refused"
        assert destructive(run).apply("user_1", wanted).status == "applied"


class TestOthersInTheWay:
    """Locks that others hold are waited for, in short turns, and only so long."""

    def test_lock_released(self, database: Database, run: Run, other: Session) -> None:
        """A lock that is held for longer than one turn only delays the tenant."""
        tenants(database, ["user_1"], V1)
        other.execute("lock table user_1.jobs")
        other.commit_after(0.8)
        assert run.apply("user_1", v1_to_v2(database)).status == "applied"

    @pytest.mark.usefixtures("impatient")
    def test_lock_never_released(self, database: Database, run: Run, other: Session) -> None:
        """A lock that stays fails the tenant, with the reason; others are not held up for ever."""
        tenants(database, ["user_1"], V1)
        wanted = v1_to_v2(database)
        other.execute("lock table user_1.jobs")
        result = run.apply("user_1", wanted)
        other.connection.rollback()
        error = result.error or ""
        assert result.status == "failed"
        assert error.startswith("user_1.jobs is locked by process ")
        assert error.endswith(" (tried 2 times); rolled back.")
        assert at(database, "user_1") == wanted.source

    def test_another_run(self, database: Database, run: Run, other: Session) -> None:
        """Two runs never work on one tenant at once."""
        tenants(database, ["user_1"], V1)
        run.knows("user_1")
        with other.connection.cursor() as cursor:
            assert journal.try_tenant_locks(cursor, ["user_1"])
        other.commit_after(0.8)
        started = time.monotonic()
        assert run.apply("user_1", v1_to_v2(database)).status == "applied"
        assert time.monotonic() - started > 0.7

    @pytest.mark.usefixtures("impatient")
    def test_another_run_that_stays(self, database: Database, run: Run, other: Session) -> None:
        """A tenant that another run keeps fails with a sentence that says so."""
        tenants(database, ["user_1"], V1)
        run.knows("user_1")
        with other.connection.cursor() as cursor:
            assert journal.try_tenant_locks(cursor, ["user_1"])
        result = run.apply("user_1", v1_to_v2(database))
        assert "another session of diffapply is working on it" in (result.error or "")

    def test_stopped_while_waiting(self, database: Database, run: Run, other: Session) -> None:
        """A tenant that waits when the run is stopped is skipped, and is as it was."""
        tenants(database, ["user_1"], V1)
        other.execute("lock table user_1.jobs")
        other.later(0.5, run.terms.stop.set)
        wanted = v1_to_v2(database)
        result = run.apply("user_1", wanted)
        other.connection.rollback()
        assert result.status == "skipped"
        assert at(database, "user_1") == wanted.source


class TestLostConnection:
    """A connection that goes does not take the truth with it."""

    def test_answer_to_the_commit_is_lost(self, database: Database, run: Run) -> None:
        """A tenant that was committed is applied, though nobody was told."""
        tenants(database, ["user_1"], V1)
        with cutting_proxy(database.url) as (proxy, url):
            proxy.cut_after(";\ncommit")
            assert run.apply("user_1", v1_to_v2(database), url=url) == StepResult(
                "user_1", "applied"
            )
            assert proxy.cuts == 1
        assert run.recorded() == {"user_1": ("applied", None)}

    def test_server_is_gone_with_the_answer(
        self, database: Database, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody says that it was rolled back when nobody can know."""
        monkeypatch.setattr("diffapply.rollout.transaction.tenant.TRIES", 2)
        tenants(database, ["user_1"], V1)
        with cutting_proxy(database.url) as (proxy, url):
            proxy.cut_after(";\ncommit", for_good=True)
            result = run.apply("user_1", v1_to_v2(database), url=url)
        assert result.status == "failed"
        assert "commit unknown: see diffapply history" in (result.in_doubt or "")
        assert "rolled back" not in (result.in_doubt or "")
        wait_for(run.recorded)  # the server is still at it, perhaps
        assert run.recorded() == {"user_1": ("applied", None)}

    def test_stopped_with_the_answer(self, database: Database, run: Run) -> None:
        """Nor when the run ends for that: the journal knows whether it was skipped."""
        tenants(database, ["user_1"], V1)
        run.terms.stop.set()
        with cutting_proxy(database.url) as (proxy, url):
            proxy.cut_after(";\ncommit")
            result = run.apply("user_1", v1_to_v2(database), url=url)
        assert "commit unknown: see diffapply history" in (result.in_doubt or "")
        wait_for(run.recorded)  # the server is still at it, perhaps
        assert run.recorded() == {"user_1": ("applied", None)}

    def test_cut_before_the_commit(self, database: Database, run: Run) -> None:
        """A tenant that was not committed is done again."""
        tenants(database, ["user_1"], V1)
        with cutting_proxy(database.url) as (proxy, url):
            proxy.cut_after("create table tasks")
            assert run.apply("user_1", v1_to_v2(database), url=url) == StepResult(
                "user_1", "applied"
            )
            assert proxy.cuts == 1
        assert run.recorded() == {"user_1": ("applied", None)}

    def test_backend_is_terminated(self, database: Database, run: Run, other: Session) -> None:
        """An administrator who ends the session does not fail the tenant, the first time."""
        tenants(database, ["user_1"], V1)
        other.execute("lock table user_1.jobs")

        def terminate() -> None:
            database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                f" where application_name = 'diffapply run {run.terms.run}'"
                " and datname = current_database()"
            )
            other.connection.rollback()

        other.later(0.15, terminate)
        assert run.apply("user_1", v1_to_v2(database)).status == "applied"

    def test_all_connections_die_at_once(self, database: Database, run: Run) -> None:
        """After a batch was lost with one connection, its tenant may come to another dead one."""
        tenants(database, ["user_1"], V1)
        run.knows("user_1")
        with closing(RunConnection(database.url, run.terms.run)) as session:
            process = session.connection().info.backend_pid
            database.execute(f"select pg_terminate_backend({process}, 5000)")
            task = Task("user_1", v1_to_v2(database), after_loss=True)
            result = apply_tenant(session, task, run.terms)
        assert result == StepResult("user_1", "applied")

    def test_statement_that_ends_the_session(self, database: Database, run: Run) -> None:
        """What kills the session each time is tried twice and no more."""
        tenants(database, ["user_1"], V1)
        deadly = "select pg_terminate_backend(pg_backend_pid())"
        wanted = transition(shape(database, V1), shape(database, V2), (), TASKS, deadly)
        result = run.apply("user_1", wanted)
        assert result.status == "failed"
        assert "(tried 2 times)" in (result.error or "")
        assert at(database, "user_1") == wanted.source
