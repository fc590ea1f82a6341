"""Tables that are dropped in several tenants at once lose no more than in one."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.servers import Cli, Database
from tests.waiting import wait_for

_TENANTS = tuple(f"user_{number}" for number in range(1, 5))
_JOBS = "create table jobs (id integer primary key);"
_TASKS = "create table tasks (id bigserial primary key, name text);"


@pytest.fixture
def folder(database: Database, cli: Cli, tmp_path: Path) -> Path:
    """Tenants to which the table `tasks` was brought, and desired states without and with it."""
    (tmp_path / "before.sql").write_text(_JOBS)
    (tmp_path / "after.sql").write_text(_JOBS + _TASKS)
    for tenant in _TENANTS:
        database.execute(f"create schema {tenant}")
    done = cli("apply", "--desired", "after.sql", "--yes", cwd=tmp_path)
    assert done.code == 0, done.err
    return tmp_path


def _while_it_waits(database: Database, cli: Cli, folder: Path, statements: str) -> int:
    """Take the table away; run statements in user_4, in a session that it waits for."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("lock table user_4.tasks in row exclusive mode")
        process = subprocess.Popen(
            cli.command("apply", "--desired", "before.sql", "--yes", "--jobs", "1"),
            env=cli.environment(),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        waiting = "select from pg_locks where not granted and relation = 'user_4.tasks'::regclass"
        wait_for(lambda: database.rows(waiting) or process.poll() is not None)
        cursor.execute(f"set local search_path = user_4; {statements}")
        connection.commit()
    return process.wait()


def _last_number(database: Database, tenant: str) -> int:
    return int(database.value(f"select last_value from {tenant}.tasks_id_seq"))


def test_numbers_go_on(database: Database, cli: Cli, folder: Path) -> None:
    """What was drawn while the batch waited for its locks is not given out again."""
    drawn = "insert into tasks (name) select 'a' from generate_series(1, 1000); delete from tasks"
    assert _while_it_waits(database, cli, folder, drawn) == 0
    assert database.value("select to_regclass('user_4.tasks')") is None
    back = cli("apply", "--backward", "--yes", cwd=folder)
    assert back.code == 0, back.err
    assert _last_number(database, "user_4") == 1000
    assert _last_number(database, "user_1") == 1


def test_a_row_that_comes_while_it_waits(database: Database, cli: Cli, folder: Path) -> None:
    """Its tenant is refused, and the others are done."""
    assert _while_it_waits(database, cli, folder, "insert into tasks (name) values ('a')") == 3
    assert database.value("select count(*) from user_4.tasks") == 1
    assert all(
        database.value("select to_regclass(%s)", f"{tenant}.tasks") is None
        for tenant in _TENANTS[:3]
    )
