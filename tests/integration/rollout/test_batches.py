"""Brief work is done for some tenants at once, and nobody can tell it from one by one."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest

from diffapply import journal
from diffapply.catalog.reader import read_fingerprints
from diffapply.config import Settings
from diffapply.database.connection import Database as Live
from diffapply.database.connection import connect, read_server
from diffapply.model.consent import EVERYTHING, NONE
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.model.run import NewRun, Purpose, RunResult
from diffapply.model.statement import Statement, TableLock
from diffapply.rollout.connection import RunConnection
from diffapply.rollout.queue import Queue
from diffapply.rollout.rollout import roll_out
from diffapply.rollout.terms import Terms
from diffapply.rollout.transaction import job
from diffapply.rollout.transaction.batch import LARGEST, apply_batch, is_brief, largest
from diffapply.rollout.transaction.gate import Gate
from diffapply.tenants.tokens import read_tokens
from tests.integration.cutting_proxy import cutting_proxy
from tests.integration.rollout_cases import (
    DROP_TASKS,
    HOSTILE_NAMES,
    JOBS,
    NOTE,
    TASKS,
    TASKS_INDEX,
    V1,
    V2,
    Address,
    Database,
    Reachable,
    catalog_of,
    plan,
    shape,
    tenants,
    transition,
)

NOTHING = Transition("from", "to", (), ())
NAMES = tuple(f"user_{number}" for number in range(1, 41))


def v1_to_v2(database: Reachable, names: tuple[str, ...], *hazards: Hazard) -> Plan:
    """Adds tasks to jobs."""
    v1, v2 = shape(database, V1), shape(database, V2)
    return plan(transition(v1, v2, names, TASKS, Statement(TASKS_INDEX, hazards)), shapes=[v1, v2])


def execute(database: Reachable, made: Plan, jobs: int = 2, lock_timeout: float = 0.5) -> RunResult:
    """Roll a plan out."""
    return roll_out(database.url, made, Settings(jobs=jobs, lock_timeout=lock_timeout))


def transactions(database: Database) -> int:
    """How many transactions wrote the journal's steps."""
    [(count,)] = database.rows("select count(distinct xmin::text) from diffapply.step")
    assert isinstance(count, int)
    return count


def at_v2(database: Reachable, names: tuple[str, ...]) -> list[str]:
    """Those of the tenants that stand at the second version."""
    goal = shape(database, V2).fingerprint
    with closing(connect(database.url)) as connection:
        live = read_fingerprints(connection, names)
    return [name for name in names if live.get(name) == goal]


def test_commit_together(database: Database) -> None:
    """Many tenants take few transactions, whatever their names; each has a step of its own."""
    names = tenants(database, (*NAMES, *HOSTILE_NAMES), V1)
    result = execute(database, v1_to_v2(database, names))
    assert result.count("applied") == len(names)
    assert at_v2(database, names) == list(names)
    assert transactions(database) < len(names) / 4
    with closing(connect(database.url)) as connection:
        (record,) = journal.history(connection, result.run)
    assert {step.tenant for step in record.steps} == set(names)
    assert record.status == "done"


def test_few_exchanges(database: Database) -> None:
    """As for one tenant alone, six are enough; where nothing is locked, no wait is asked about."""
    names = tenants(database, NAMES[:LARGEST], V1)
    made = v1_to_v2(database, names)
    [wanted] = made.transitions
    with closing(connect(database.url)) as connection:
        journal.ensure(connection)
        journal.know_tenants(connection, names)
        run = journal.begin_run(connection, NewRun("forward", "d", Purpose("d")))
        terms = Terms(run, made, read_server(connection), lock_timeout=0.3, consent=NONE)
    with cutting_proxy(database.url) as (proxy, url), closing(RunConnection(url, run)) as session:
        session.connection()
        start = proxy.exchanges
        assert len(apply_batch(session, names, wanted, terms, {}).results) == LARGEST
        assert proxy.exchanges - start == 6


@pytest.mark.parametrize("code", HazardCode)
def test_what_may_take_long_is_done_alone(code: HazardCode) -> None:
    """Only a lock for a moment is risked for several tenants at once.

    Others' code is asked about in each tenant: where there is any, the batch is taken apart. What
    needs consent is done alone where that was not given: it is refused there. Only whether a table
    has rows is seen at once, in a batch, too.
    """

    def risking(check: str) -> Transition:
        statement = Statement("select 1", (Hazard(code, "some risk", check=check),))
        return replace(NOTHING, statements=(Statement("select 2"), statement))

    brief = code.kind in ("drop", "lock", "code")
    drops_table = code is HazardCode.DROPS_TABLE
    assert is_brief(risking(""), EVERYTHING) == (brief or drops_table)
    assert is_brief(risking("")) == (brief and code is not HazardCode.DROPS_UNDECLARED)
    asked = drops_table or (brief and code is not HazardCode.DROPS_UNDECLARED)
    assert is_brief(risking("select true")) == asked


def test_users_of_a_shared_table_do_not_wait_for_answers() -> None:
    """No batch that locks one asks whether others have rows; with consent, nobody asks."""
    lock = TableLock("public.users", "ACCESS EXCLUSIVE", own=False)
    made = replace(NOTHING, statements=(replace(DROP_TASKS, locks=(lock,)),))
    assert not is_brief(made)
    assert is_brief(made, EVERYTHING)


@pytest.mark.parametrize(("statements", "most"), [(0, 8), (6, 8), (7, 6), (20, 2), (49, 1)])
def test_a_batch_leaves_room_in_the_lock_table(statements: int, most: int) -> None:
    """The more each tenant takes, the fewer are in it."""
    assert largest(replace(NOTHING, statements=(Statement("select 1"),) * statements)) == most


def test_batches_that_would_lose_rows_are_given_up() -> None:
    """If that are three more than were done, of the latest."""
    wanted = replace(NOTHING, tenants=NAMES)
    queue = Queue([wanted])
    for loses in (False, False, True, True, False, True, True):
        taken = queue.take(4, 1)
        assert len(taken) == 4
        if loses:
            queue.put_back(taken, after_loss=False, alone=False, loses=True)
        else:
            queue.batch_done(wanted)
    assert len(queue.take(4, 1)) == 1


def test_template_is_done_alone() -> None:
    """What else is in a template must not count, so it cannot be read with others."""
    assert is_brief(NOTHING)
    assert not is_brief(replace(NOTHING, managed=frozenset({"jobs"})))


def test_moved_and_gone(database: Database) -> None:
    """They are refused by name, and the others of their batch are done all the same."""
    names = tenants(database, NAMES, V1)
    made = v1_to_v2(database, names)
    database.execute("drop schema user_3 cascade; alter table user_12.jobs add mine text")
    result = execute(database, made)
    assert {step.name for step in result.tenants if step.status == "refused"} == {
        "user_3",
        "user_12",
    }
    assert result.count("applied") == len(names) - 2
    assert "mine" in str(database.rows("select attname from pg_attribute where attname = 'mine'"))


def v2_to_v1(database: Reachable, names: tuple[str, ...]) -> Plan:
    """Drops tasks."""
    v1, v2 = shape(database, V1), shape(database, V2)
    return plan(transition(v2, v1, names, DROP_TASKS), shapes=[v1, v2])


def with_rows(database: Database, names: Iterable[str]) -> None:
    """Put a job with a task into tenants."""
    for name in names:
        database.execute(
            f"set search_path = {name}; insert into jobs values (1, 'a');"
            "insert into tasks values (1, 1, 1); reset search_path"
        )


def test_empty_tables_are_dropped_together(database: Database) -> None:
    """Without consent, too; whatever the tenants are called."""
    names = tenants(database, (*NAMES, *HOSTILE_NAMES), V2)
    result = execute(database, v2_to_v1(database, names))
    assert result.count("applied") == len(names)
    assert transactions(database) < len(names) / 4


@pytest.mark.parametrize("full", [NAMES[3:4], NAMES[5:30], NAMES])
def test_rows_are_never_dropped_together(database: Database, full: tuple[str, ...]) -> None:
    """Whoever has rows is refused by name, whether few have, or most, or all."""
    names = tenants(database, NAMES, V2)
    with_rows(database, full)
    result = execute(database, v2_to_v1(database, names))
    refused = {step.name: step.error or "" for step in result.tenants if step.status == "refused"}
    assert set(refused) == set(full)
    assert all("rows are lost" in error for error in refused.values())
    assert result.count("applied") == len(names) - len(full)
    for name in full:
        assert database.rows(f"select count(*) from {name}.tasks") == [(1,)]


_DIVIDES = (
    "create function f(integer, integer) returns integer language sql return 1",
    "create operator / (leftarg = integer, rightarg = integer, function = f)",
)


def test_a_tenants_own_operators_do_not_answer(database: Database) -> None:
    """They come first on its path, and could say that no row is there."""
    names = tenants(database, NAMES[:4], (*V2, *_DIVIDES))
    with_rows(database, names)
    source, goal = shape(database, (*V2, *_DIVIDES)), shape(database, (*V1, *_DIVIDES))
    made = plan(transition(source, goal, names, DROP_TASKS), shapes=[source, goal])
    assert execute(database, made, jobs=1).count("refused") == len(names)
    assert [database.rows(f"select count(*) from {its}.tasks") for its in names] == [[(1,)]] * 4


def test_with_consent_rows_are_dropped_together(database: Database) -> None:
    """Then no check is made."""
    names = tenants(database, NAMES, V2)
    with_rows(database, names)
    made = v2_to_v1(database, names)
    result = roll_out(database.url, made, Settings(jobs=2), consent=EVERYTHING)
    assert result.count("applied") == len(names)
    assert transactions(database) < len(names) / 4


def with_tokens(database: Database, made: Plan) -> Plan:
    """The plan with the change tokens of its tenants as they are now."""
    names = [name for transition in made.transitions for name in transition.tenants]
    with closing(connect(database.url)) as connection:
        live = Live(connection, database.url, read_server(connection))
        return replace(made, tokens=read_tokens(live, names))


def test_untouched_tenants_are_taken_at_the_plans_word(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their structure is read once, after the statements; without tokens, before them, too."""
    reads: list[str] = []

    class Watched(Gate):
        def require(self, shape: str) -> None:
            if self.tenants[1:]:  # one that is done alone is always read
                reads.append(shape)
            super().require(shape)

    monkeypatch.setattr(job, "Gate", Watched)
    names = tenants(database, (*NAMES[:8], *HOSTILE_NAMES), V1)
    made = v1_to_v2(database, names)
    assert execute(database, with_tokens(database, made)).count("applied") == len(names)
    [transition] = made.transitions
    assert set(reads) == {transition.goal}
    assert at_v2(database, names) == list(names)
    database.execute("; ".join(f"drop table {name}.tasks" for name in NAMES[:8]))
    reads.clear()
    again = replace(v1_to_v2(database, NAMES[:8]), tokens=dict.fromkeys(NAMES[:7], "moved"))
    assert execute(database, again).count("applied") == 8
    assert set(reads) == {transition.source, transition.goal}
    assert reads.count(transition.source) * 2 == len(reads)


def test_touched_since_the_plan(database: Database) -> None:
    """A tenant whose token has moved is read, and refused if it is not what the plan says."""
    names = tenants(database, NAMES, V1)
    made = with_tokens(database, v1_to_v2(database, names))
    database.execute(
        "alter table user_12.jobs add mine text;"
        "alter table user_13.jobs add mine text; alter table user_13.jobs drop mine;"
        "drop schema user_14 cascade; alter schema user_15 rename to elsewhere;"
        "alter schema user_16 rename to user_15"
    )
    result = execute(database, made)
    refused = {step.name for step in result.tenants if step.status == "refused"}
    assert refused == {"user_12", "user_14", "user_16"}
    assert result.count("applied") == len(names) - 3
    assert set(at_v2(database, names)) == {*names} - refused


def test_changed_outside_since_the_plan(database: Database) -> None:
    """What a tenant names outside of itself does not move what is its own: the second gate tells.

    So a batch never commits what is not the plan's goal.
    """
    database.execute("create type public.mood as enum ('good')")
    names = tenants(database, NAMES[:10], (JOBS, "alter table jobs add mood public.mood"))
    source = Shape(catalog_of(database, "user_1"))
    tenants(database, ["model_1"], (JOBS, "alter table jobs add mood public.mood", TASKS))
    goal = Shape(catalog_of(database, "model_1"))
    made = plan(transition(source, goal, names, TASKS), shapes=[source, goal])
    made = with_tokens(database, made)
    database.execute("alter type public.mood rename to feeling")
    result = execute(database, made)
    assert Counter(step.status for step in result.tenants) == {"refused": len(names)}
    assert {catalog_of(database, name).fingerprint for name in names} != {goal.fingerprint}
    assert (
        database.rows("select from pg_tables where schemaname ~ '^user_' and tablename = 'tasks'")
        == []
    )


def test_one_does_not_reach_its_goal(database: Database) -> None:
    """Where something else takes part in one tenant, that one is left as it was, by name."""
    names = tenants(database, NAMES, V1)
    database.execute(
        "create function public.meddle() returns event_trigger language plpgsql as $$ begin"
        " if current_schema() = 'user_7' and to_regclass('user_7.mine') is null then"
        " create table user_7.mine (); end if; end $$;"
        "create event trigger meddle on ddl_command_end when tag in ('CREATE INDEX')"
        " execute function public.meddle()"
    )
    result = execute(database, v1_to_v2(database, names))
    [failed] = [step for step in result.tenants if step.status != "applied"]
    assert (failed.name, failed.status) == ("user_7", "failed")
    assert "event trigger" in (failed.error or "")
    assert set(names) - set(at_v2(database, names)) == {"user_7"}


def test_rows_in_the_way_of_one(database: Database) -> None:
    """What PostgreSQL says of a batch is not said of its other tenants."""
    names = tenants(database, NAMES, V1)
    database.execute("insert into user_9.jobs values (1, 'same'), (2, 'same')")
    unique = "create unique index on jobs (name)"
    v1, goal = shape(database, V1), shape(database, (JOBS, unique))
    result = execute(database, plan(transition(v1, goal, names, unique), shapes=[v1, goal]))
    [failed] = [step for step in result.tenants if step.status != "applied"]
    assert (failed.name, failed.status) == ("user_9", "failed")
    assert "is duplicated" in (failed.error or "")


def test_lock_held_by_the_application(database: Database) -> None:
    """A tenant that is busy for a while holds nobody else up, and is done in the end."""
    names = tenants(database, NAMES, V1)
    made = v1_to_v2(database, names)
    with closing(psycopg2.connect(database.url)) as other:
        other.cursor().execute("lock table user_5.jobs")
        done: list[RunResult] = []
        run = threading.Thread(target=lambda: done.append(execute(database, made, lock_timeout=60)))
        run.start()
        for _ in range(600):
            if len(at_v2(database, tuple(set(names) - {"user_5"}))) == len(names) - 1:
                break
            time.sleep(0.1)
        else:
            pytest.fail("the others wait")
        other.rollback()
        run.join()
    assert done[0].count("applied") == len(names)


def test_deferred_constraints_are_checked(database: Database) -> None:
    """A batch does not commit what a deferred constraint would refuse."""
    names = tenants(database, NAMES[:8], V1)
    deferred = "alter table jobs add parent integer references jobs deferrable initially deferred"
    row = "insert into jobs values (1, 'a', 2)"
    v1, goal = shape(database, V1), shape(database, (JOBS, deferred))
    made = plan(transition(v1, goal, names, deferred, row), shapes=[v1, goal])
    result = execute(database, made, jobs=1)
    assert Counter(step.status for step in result.tenants) == {"failed": 8}
    assert "foreign key" in (result.tenants[0].error or "")


def test_undone_together(database: Database) -> None:
    """Steps that a batch takes back are marked as taken back."""
    names = tenants(database, NAMES, V1)
    run = execute(database, v1_to_v2(database, names)).run
    assert run is not None
    v1, v2 = shape(database, V1), shape(database, V2)
    back = plan(
        transition(v2, v1, names, "drop table tasks"),
        shapes=[v1, v2],
        direction="backward",
        undoes=dict.fromkeys(names, (run,)),
    )
    assert execute(database, back).count("applied") == len(names)
    with closing(connect(database.url)) as connection:
        assert not journal.steps_to_undo(connection, names)
    assert transactions(database) < len(names) / 2


def test_answer_to_the_commit_is_lost(database: Database) -> None:
    """Tenants that were committed are applied, though nobody was told."""
    names = tenants(database, NAMES, V1)
    with cutting_proxy(database.url) as (proxy, url):
        proxy.cut_after(";\ncommit")
        result = execute(Address(url), v1_to_v2(database, names), jobs=1)
        assert proxy.cuts == 1
    assert result.count("applied") == len(names)


def test_server_is_gone_with_the_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What became of the batch is not known when it is given up; the journal says it at the end."""
    monkeypatch.setattr("diffapply.rollout.transaction.tenant.TRIES", 2)
    names = tenants(database, NAMES, V1)
    with cutting_proxy(database.url) as (proxy, url):
        proxy.cut_after(";\ncommit", for_good=True)
        result = execute(Address(url), v1_to_v2(database, names), jobs=1)
    committed = at_v2(database, names)
    assert len(committed) == LARGEST
    assert {step.name for step in result.tenants if step.status == "applied"} == {*committed}
    assert Counter(step.status for step in result.tenants) == {
        "applied": LARGEST,
        "skipped": len(names) - LARGEST,
    }


def test_one_transition_a_lot(database: Database) -> None:
    """Tenants of different transitions are never mixed."""
    names = tenants(database, NAMES[:20], V1) + tenants(database, NAMES[20:], V2)
    v1, v2, v3 = shape(database, V1), shape(database, V2), shape(database, (*V2, NOTE))
    made = plan(
        transition(v1, v3, names[:20], TASKS, TASKS_INDEX, NOTE),
        transition(v2, v3, names[20:], NOTE),
        shapes=[v1, v2, v3],
    )
    assert execute(database, made, jobs=3).count("applied") == len(names)
