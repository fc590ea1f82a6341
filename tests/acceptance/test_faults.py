"""Whatever happens in the middle, each tenant is wholly before or wholly after."""

import random
import signal
import subprocess
import threading
import time

import pytest

from tests.servers import Cli, Database
from tests.waiting import wait_for, wait_until_scratch_is_gone

_TENANTS = 60


@pytest.fixture
def many(database: Database) -> Database:
    """Enough tenants for something to happen while they are worked on."""
    database.execute("".join(f"create schema user_{n};" for n in range(1, _TENANTS + 1)))
    return database


def _states(database: Database) -> dict[str, int]:
    """Tenant → how many relations it has."""
    return dict(
        database.rows(
            "select n.nspname, count(c.oid) from pg_namespace n"
            " left join pg_class c on c.relnamespace = n.oid"
            " where n.nspname ~ '^user_' group by 1"
        )
    )


def _agrees(database: Database) -> None:
    """Every tenant is before or after, and the journal says which."""
    states = _states(database)
    whole = max(states.values())
    assert set(states.values()) <= {0, whole}
    journal = database.rows("select to_regclass('diffapply.step') is not null")
    applied = set()
    if journal == [(True,)]:
        applied = {
            name
            for (name,) in database.rows(
                "select tenant from diffapply.step where status = 'applied' and tenant <> 'public'"
            )
        }
    assert {name for name, count in states.items() if count} == applied


@pytest.mark.parametrize(
    "moment", [0, *(pytest.param(number, marks=pytest.mark.prove) for number in range(1, 10))]
)
def test_killed(many: Database, cli: Cli, moment: int) -> None:
    """kill -9 at a random moment: nothing is half-done, and running it again completes it."""
    process = subprocess.Popen(
        cli.command("apply", "--yes", "--jobs", "3"),
        env=cli.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # From the first tenant on, wherever it may be by then.
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(_states(many).values()):
        time.sleep(0.01)
    time.sleep(random.Random(moment).uniform(0, 0.4))  # noqa: S311 - no secret
    process.send_signal(signal.SIGKILL)
    process.wait()
    # A backend ends when it notices that its client is gone.
    running = "select from pg_stat_activity where application_name like 'diffapply run%'"
    wait_for(lambda: not many.rows(running))
    _agrees(many)
    again = cli("apply", "--yes")
    assert again.code == 0, again.err
    _agrees(many)
    assert cli("drift").code == 0
    statuses = {run["status"] for run in cli("history", "--format", "json").json["runs"]}
    assert statuses <= {"done", "interrupted"}


@pytest.mark.prove
def test_two_at_once(many: Database, cli: Cli) -> None:
    """Two runs at a time: one is told of the other and refused; with --wait, it comes after it."""
    outcomes = []

    def run(*options: str) -> None:
        outcomes.append(cli("apply", "--yes", *options))

    def run_twice(*options: str) -> list[int]:
        outcomes.clear()
        threads = [threading.Thread(target=run, args=options) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcome.code for outcome in outcomes)

    assert run_twice() == [0, 3], outcomes
    [refused] = [outcome.err for outcome in outcomes if outcome.code]
    assert "Error: Another apply is running: " in refused
    assert "Nothing was done." in refused
    assert cli("drift").code == 0
    assert many.value("select count(*) from diffapply.step where status = 'applied'") == 61
    many.execute("".join(f"drop table user_{n}.marketplace_tasks;" for n in range(1, 31)))
    assert run_twice("--wait") == [0, 0], outcomes
    assert cli("drift").code == 0
    assert many.value("select count(*) from diffapply.step where status = 'applied'") == 91


@pytest.mark.prove
def test_dropped_half_way(
    many: Database, cli: Cli, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A tenant that is dropped after the plan was made is refused by name; the others are done."""
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    assert cli("plan", "--out", path).code == 0
    many.execute("drop schema user_7")
    outcome = cli("apply", path, "--yes", "--format", "json")
    assert outcome.code == 3
    assert [t["name"] for t in outcome.json["tenants"] if t["status"] != "applied"] == ["user_7"]


@pytest.mark.prove
def test_a_lock_is_waited_for(many: Database, cli: Cli) -> None:
    """A tenant whose table is locked is tried again, and is done when the lock is gone."""
    assert cli("apply", "--yes").code == 0
    many.execute("drop index user_3.ix_marketplace_tasks_job_status")
    holder = many.connect()
    with holder.cursor() as cursor:
        cursor.execute("lock table user_3.marketplace_tasks in access share mode")
        cursor.execute("insert into user_3.marketplace_jobs (name) values ('x')")
        cursor.execute("lock table user_3.marketplace_tasks in row exclusive mode")
    release = threading.Timer(2, holder.rollback)
    release.start()
    outcome = cli("apply", "--yes", "--lock-timeout", "0.2")
    release.join()
    holder.close()
    assert outcome.code == 0, outcome.out + outcome.err


def test_orphaned_scratch_databases_are_removed(many: Database, cli: Cli) -> None:
    """What a killed command left behind is dropped by a later one, but not while it is young.

    One that is dated in the future, since a clock was wrong, is not young for ever.
    """
    now = many.value("select extract(epoch from clock_timestamp())::bigint")
    old, young, later = (
        f"diffapply_scratch_{made}_0badcafe" for made in (1000000000, now, 9999999999)
    )
    for name in (old, young, later):
        many.execute(f"create database {name}")
    try:
        assert cli("plan").code == 0
        wait_until_scratch_is_gone(many, old, later)
        assert many.rows("select datname from pg_database where datname = %s", young)
    finally:
        many.execute(f"drop database {young}")
