"""Somebody's lock is in the way: a command says whose, and ends at once when it is told to."""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest

from tests.servers import Cli, Database
from tests.waiting import wait_for, wait_until_scratch_is_gone

pytestmark = pytest.mark.usefixtures("signals_heard")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_DESIRED = """
create table orders (id integer primary key, note text, state text);
create view open_orders as select id, note from orders where state = 'open';
"""
_LIVE = _DESIRED.replace(", state text", "").replace(" where state = 'open'", "")


@pytest.fixture
def cli(owner_url: str) -> Cli:
    """The command line, as a role of the test's own: what that leaves is told from others'."""
    return Cli(owner_url)


@pytest.fixture
def locked(owner_url: str) -> Iterator[psycopg2.extensions.connection]:
    """Another session keeps a table of one tenant; reading its view waits for that."""
    with closing(psycopg2.connect(owner_url)) as connection:
        for number in range(1, 5):
            its = f"create schema user_{number}; set search_path = user_{number}; {_LIVE}"
            connection.cursor().execute(its)
        connection.cursor().execute("reset search_path")
        connection.commit()
        connection.cursor().execute("set application_name = 'psql'")
        connection.cursor().execute("lock table user_3.orders in access exclusive mode")
        yield connection


def _waits(database: Database) -> bool:
    """Whether somebody waits for a lock."""
    return bool(
        database.rows(
            "select from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        )
    )


def _stopped(cli: Cli, *arguments: str, when: Callable[[], bool], number: int) -> str:
    """Stop a command by a signal; what it says."""
    process = subprocess.Popen(
        cli.command(*arguments),
        env=cli.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(when)
        process.send_signal(number)
        _, complaint = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 1, complaint
    assert "Traceback" not in complaint
    return complaint


def _nothing_is_left(database: Database) -> None:
    """No scratch database, no session, no lock, no tenant half-changed."""
    role = database.value(
        "select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()"
    )
    sessions = "application_name like 'diffapply%%' and usename = %s"
    wait_for(lambda: not database.rows(f"select from pg_stat_activity where {sessions}", role))
    wait_until_scratch_is_gone(database, owner=role)
    assert not database.rows(
        "select from pg_locks where locktype = 'advisory' and database ="
        " (select oid from pg_database where datname = current_database())"
    )


@pytest.fixture
def desired(tmp_path: object) -> str:
    """The desired state, as a file."""
    path = f"{tmp_path}/desired.sql"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - one line
        file.write(_DESIRED)
    return path


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize(
    ("command", "number"),
    [
        ("plan", signal.SIGINT),
        ("apply --yes", signal.SIGTERM),
        pytest.param("drift", signal.SIGINT, marks=pytest.mark.prove),
        pytest.param("drift", signal.SIGTERM, marks=pytest.mark.prove),
        pytest.param("plan", signal.SIGTERM, marks=pytest.mark.prove),
        pytest.param("apply --yes", signal.SIGINT, marks=pytest.mark.prove),
    ],
)
def test_while_a_query_waits(
    database: Database, cli: Cli, desired: str, command: str, number: int
) -> None:
    """The query is cancelled; nothing is left."""
    command = f"{command} --desired {desired}"
    complaint = _stopped(cli, *command.split(), when=lambda: _waits(database), number=number)
    assert "Interrupted; no tenant is left half-changed." in complaint
    _nothing_is_left(database)


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("command", [("plan",), pytest.param(("drift",), marks=pytest.mark.prove)])
@pytest.mark.usefixtures("locked")
def test_who_is_in_the_way(cli: Cli, desired: str, command: tuple[str, ...]) -> None:
    """Reading gives up soon, says which table is locked, by whom and since when, and goes on."""
    outcome = cli(*command, "--desired", desired)
    assert outcome.code == 1
    assert re.search(
        r"try again when user_3\.orders is no longer locked by process \d+"
        r" \(psql, idle in transaction since \d\d:\d\d:\d\d UTC\)\.",
        " ".join(outcome.out.split()),
    ), outcome.out
    assert "user_1, user_2, user_4" in outcome.out
    assert "1 tenant could not be compared" in outcome.err


@pytest.mark.parametrize("number", _SIGNALS)
@pytest.mark.prove
def test_while_a_tenant_is_put_off(
    database: Database,
    cli: Cli,
    locked: psycopg2.extensions.connection,
    desired: str,
    number: int,
) -> None:
    """Nobody waits for its turn to come again; it is as it was, and the others are done."""
    locked.rollback()
    locked.cursor().execute("lock table user_3.orders in row exclusive mode")

    def others_are_done() -> bool:
        exists = database.value("select to_regclass('diffapply.step') is not null")
        applied = "select from diffapply.step where status = 'applied' and tenant ~ '^user_'"
        return bool(exists) and len(database.rows(applied)) == 3

    complaint = _stopped(
        cli, "apply", "--yes", "--desired", desired, when=others_are_done, number=number
    )
    assert "Interrupted; run 1 has done 4 of 5 tenants" in complaint  # with public
    assert "no tenant is left half-changed." in complaint
    _nothing_is_left(database)
    columns = (
        "select attrelid::regclass::text from pg_attribute where attname = 'state'"
        " and attrelid::regclass::text ~ '^user_\\d.orders' order by 1"
    )
    changed = [name for (name,) in database.rows(columns)]
    assert changed == ["user_1.orders", "user_2.orders", "user_4.orders"]
    status = "select status from diffapply.step where tenant = 'user_3'"
    assert database.value(status) == "skipped"
