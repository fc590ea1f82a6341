"""What is said when a run is told to end: what it has done, and nothing else."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from diffapply.config import Settings
from diffapply.database.interruption import interruptible
from diffapply.rollout.rollout import roll_out
from tests.integration.rollout_cases import (
    TASKS,
    TASKS_INDEX,
    V1,
    V2,
    plan,
    shape,
    tenants,
    transition,
)
from tests.servers import Cli, Database
from tests.waiting import wait_for

_ASLEEP = (
    "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
)

_SIGNALS = [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.prove)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a desired state."""
    (tmp_path / "desired.sql").write_text("create table jobs (id integer primary key)")
    return tmp_path


def _start(cli: Cli, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        cli.command("apply", "--desired", "desired.sql", "--yes", "--jobs", "1", *arguments),
        env=cli.environment(),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize("number", _SIGNALS)
def test_in_the_middle(database: Database, cli: Cli, folder: Path, number: signal.Signals) -> None:
    """How many tenants are done, and exit 1."""
    database.execute("".join(f"create schema user_{n};" for n in range(1, 6)))
    _make_slow(database, "search_path' like 'user_3%", "600")
    process = _start(cli, folder)
    wait_for(lambda: database.rows(_ASLEEP))
    process.send_signal(number)
    out, err = process.communicate(timeout=180)
    assert process.returncode == 1
    done = database.value("select count(*) from diffapply.step where status = 'applied'")
    assert f"Error: Interrupted; run 1 has done {done} of 5 tenants, and no tenant" in err
    assert "skipped" not in out
    assert "Traceback" not in err


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize("number", _SIGNALS)
def test_before_it_begins(tmp_path: Path, number: signal.Signals) -> None:
    """While modules are imported: exit 1, and no traceback."""
    (tmp_path / "typer.py").write_text(
        f"import os, time; os.kill(os.getpid(), {int(number)}); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}
    command = [sys.executable, "-m", "diffapply", "drift"]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert ended.returncode == 1
    assert ended.stderr == "Error: Interrupted; no tenant is left half-changed.\n"


_SWALLOWS = """
import os, signal
try:
    os.kill(os.getpid(), signal.SIGINT)
except BaseException:
    pass
from sqlalchemy import Column, Integer, MetaData, Table
metadata = MetaData()
Table("jobs", metadata, Column("id", Integer, primary_key=True))
"""


@pytest.mark.usefixtures("signals_heard")
def test_where_it_is_swallowed(database: Database, cli: Cli, tmp_path: Path) -> None:
    """As some code in C does while it is imported: the command does not go on."""
    database.execute("create schema user_1")
    (tmp_path / "models.py").write_text(_SWALLOWS)
    arguments = ("apply", "--yes", "--desired", "models.py:metadata", "--exclude", "public")
    ended = subprocess.run(
        cli.command(*arguments),
        env=cli.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, "Error: Interrupted; " in ended.stderr) == (1, True), ended.stderr
    assert database.value("select to_regclass('user_1.jobs')") is None


def test_before_the_first_change(database: Database) -> None:
    """A run that is to begin after that does not, whatever was done to plan it."""
    names = tenants(database, ["user_1"], V1)
    made = plan(transition(shape(database, V1), shape(database, V2), names, TASKS, TASKS_INDEX))
    with interruptible() as interruption:
        interruption.happened = True
        with pytest.raises(KeyboardInterrupt):
            roll_out(database.url, made, Settings())
    assert database.value("select to_regnamespace('diffapply')") is None


@pytest.mark.prove
@pytest.mark.usefixtures("signals_heard")
def test_at_the_end(database: Database, cli: Cli, folder: Path) -> None:
    """A run that had nothing left to do is not called interrupted: exit 0, with its result."""
    database.execute("create schema user_1")
    _make_slow(database, "search_path' like 'user_1%", "1")
    process = _start(cli, folder)
    wait_for(lambda: database.rows(_ASLEEP))
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    assert "Run 1: 1 applied." in out
    assert err.endswith("Interrupted when run 1 was over.\n")
    assert cli("history", "--format", "json").json["runs"][0]["status"] == "done"


def _make_slow(database: Database, where: str, seconds: str) -> None:
    """Let a tenant's transaction sleep when it makes a table."""
    name, _, pattern = where.partition("' like '")
    database.execute(
        f"""create function public.nap() returns event_trigger language plpgsql as
        $$ begin if current_setting('{name}') like '{pattern}' then perform pg_sleep({seconds});
        end if; end $$;
        create event trigger nap on ddl_command_start when tag in ('CREATE TABLE')
        execute function public.nap()"""
    )


_STAY = """create function stay() returns integer language plpgsql immutable as $$
begin
    while current_database() ~ '^diffapply_scratch_' loop
        begin perform pg_sleep(1000); exception when query_canceled then null; end;
    end loop;
    return 1;
end $$;
"""
_STUBBORN = f"""
create schema user_1;
{_STAY.replace("function stay", "function user_1.stay")}
create table user_1.t (a integer);
create index on user_1.t (a) where user_1.stay() > 0;
"""


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize("shapes", [1, 3], ids=["alone", "in parallel"])
@pytest.mark.parametrize("number", _SIGNALS)
@pytest.mark.prove
def test_code_that_will_not_be_cancelled(
    database: Database, cli: Cli, folder: Path, number: signal.Signals, shapes: int
) -> None:
    """A tenant's function, which runs in scratch, catches that it is cancelled."""
    for number_of in range(2, shapes + 1):
        name = f"user_{number_of}"
        database.execute(f"create schema {name}; create table {name}.t{number_of} ()")
    with database.role("stubborn") as role:
        database.execute(f"grant create on database {database.name} to {role}")
        with closing(database.connect(role)) as planted, planted, planted.cursor() as cursor:
            cursor.execute(_STUBBORN)
        asleep = (
            "select from pg_stat_activity where wait_event = 'PgSleep' and datname ~ '^diffapply_'"
        )
        # The last of --jobs counts.
        with _start(cli, folder, "--jobs", str(shapes)) as process:
            wait_for(lambda: database.rows(asleep))
            process.send_signal(number)
            try:
                _, err = process.communicate(timeout=15)
            finally:
                process.kill()
        assert (process.returncode, "Interrupted" in err) == (1, True), err
        wait_for(lambda: database.rows(f"select where not exists ({asleep})"))


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize("number", _SIGNALS)
@pytest.mark.prove
def test_an_apply_that_will_not_be_cancelled(
    database: Database, cli: Cli, folder: Path, number: signal.Signals
) -> None:
    """A function, which runs in a tenant, catches that it is cancelled; the rest is rolled back."""
    database.execute("create schema user_1")
    stay = _STAY.replace("~ '^", "!~ '^")
    (folder / "desired.sql").write_text(
        f"{stay} create table t (a integer); create index on t (a) where stay() > 0;"
    )
    process = _start(cli, folder, "--exclude", "public")
    wait_for(lambda: database.rows(_ASLEEP))
    process.send_signal(number)
    try:
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert not database.rows(_ASLEEP)
    assert (process.returncode, "Interrupted" in err) == (1, True), err
    assert database.value("select to_regclass('user_1.t')") is None
