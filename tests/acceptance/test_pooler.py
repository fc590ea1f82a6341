"""Behind a pooler, nothing of ours stays on connections that the application gets next."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

import diffapply
from diffapply.database.connection import connected
from diffapply.database.transaction import neutral
from diffapply.errors import ConnectionFailedError
from tests.poolers import SIZE, Pooler, pgbouncer, pooled
from tests.servers import Cli, Database, crash, get_own

pytestmark = pytest.mark.skipif(pgbouncer() is None, reason="PgBouncer is not installed here")

_OLD = """
create table jobs (id serial primary key, name varchar(20) not null default 'x');
create view names as select name from jobs;
"""
_NEW = f"""{_OLD.replace("varchar(20)", "varchar(30)")}
create table tasks (id serial primary key, job integer references jobs);
"""

_ENDING = "\\'; select 1/0; --"


@pytest.fixture
def tenants(database: Database) -> Database:
    """A database with twenty tenants, the last of which is another than the others."""
    for number in range(1, 21):
        database.execute(f"create schema user_{number}; set search_path = user_{number}")
        database.execute(_OLD)
    database.execute("create table jobs_by_hand (); reset search_path")
    return database


@pytest.fixture(params=["transaction", pytest.param("session", marks=pytest.mark.prove)])
def pooler(request: pytest.FixtureRequest, tenants: Database, tmp_path: Path) -> Iterator[Pooler]:
    """In each of the modes that pool connections."""
    with pooled(tenants, request.param, tmp_path) as found:
        yield found


def test_every_connection_is_as_before(tenants: Database, pooler: Pooler, tmp_path: Path) -> None:
    """After each command: settings, prepared statements, temporary objects, locks."""
    (tmp_path / "new.sql").write_text(_NEW, "utf-8")
    before = pooler.states(tenants)
    assert len(before) == SIZE
    [usual] = {tuple(state) for state in before.values()}
    cli = Cli(pooler.url(tenants))
    desired = ("--desired", "new.sql")
    for command, code in (
        (("drift", *desired), 2),
        (("drift", "--remember", "--privileges", *desired), 2),
        (("plan", "--out", "plan.json", *desired), 0),
        (("apply", "plan.json", "--yes"), 0),
        (("apply", "--yes", "--allow-destructive", "--jobs", "1", *desired), 0),
        (("drift", "--full", *desired), 0),
        (("provision", "user_77", *desired), 0),
        (("history", "1"), 0),
        (("apply", "--backward", "--yes", "--allow-destructive"), 0),
        (("plan", "--backward"), 0),
    ):
        outcome = cli(*command, cwd=tmp_path)
        assert outcome.code == code, (command, outcome)
        after = pooler.states(tenants)
        left = {line for state in after.values() for line in set(state) ^ set(usual)}
        assert left == set(), command


def test_a_sign_up_leaves_its_callers_session(
    tenants: Database, pooler: Pooler, tmp_path: Path
) -> None:
    """Provisioning within the application's own transaction."""
    (tmp_path / "new.sql").write_text(_NEW, "utf-8")
    shape = diffapply.desired_shape(
        diffapply.Settings(database_url=tenants.url, desired=str(tmp_path / "new.sql"))
    )
    connection = psycopg2.connect(pooler.url(tenants))
    with connection, connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '77s'; set local search_path = user_1")
        before = _settings(cursor)
        diffapply.provision_in(connection, "user_4711", shape)
        assert _settings(cursor) == before
        cursor.execute("select pg_catalog.count(*) from pg_catalog.pg_prepared_statements")
        assert cursor.fetchall() == [(0,)]
    connection.close()
    assert tenants.value("select to_regclass('user_4711.tasks') is not null")


@pytest.fixture
def crashing() -> Database:
    """A database with one tenant, on a server of this test's own."""
    server = get_own(Path(os.environ["DIFFAPPLY_TEST_SERVERS"]), f"crash_{os.getpid()}")
    server.execute("create database crashing")
    database = Database(server, "crashing", server.url("crashing"))
    database.execute("create schema user_1; create table public.acknowledged (id serial)")
    return database


@pytest.mark.prove
def test_what_was_acknowledged_survives_a_crash(crashing: Database, tmp_path: Path) -> None:
    """Rows of an application that has the connections after us, ten crashes in a row."""
    lost = []
    with pooled(crashing, "transaction", tmp_path) as pooler:
        for _ in range(10):
            outcomes = [Cli(pooler.url(crashing))("drift"), Cli(pooler.url(crashing))("plan")]
            assert [outcome.code for outcome in outcomes] == [2, 0], outcomes
            said = crashing.value("select count(*) from acknowledged")
            crashing.close()
            connections = [psycopg2.connect(pooler.url(crashing)) for _ in range(SIZE)]
            for number in range(200):
                with connections[number % SIZE] as connection, connection.cursor() as cursor:
                    cursor.execute("insert into public.acknowledged default values")
                said += 1
            crash(crashing.server)
            for connection in connections:
                connection.close()
            lost.append(said - crashing.value("select count(*) from acknowledged"))
    assert lost == [0] * 10


def _settings(cursor: psycopg2.extensions.cursor) -> list[tuple[str, str]]:
    # Those of a language are there as soon as it is loaded.
    cursor.execute(
        "select name, setting from pg_catalog.pg_settings"
        " where name not like 'plpgsql.%' order by 1"
    )
    return cursor.fetchall()


@pytest.mark.parametrize("passed_over", [(), ("options",)], ids=["refused", "passed over"])
def test_who_cannot_say_how_backslashes_are_read_is_refused(
    database: Database, tmp_path: Path, passed_over: tuple[str, ...]
) -> None:
    """If a pooler takes options and does not hand them on, a value could end its literal."""
    database.execute(f"alter database {database.name} set standard_conforming_strings = off")
    with pooled(database, "transaction", tmp_path, passed_over) as pooler:
        try:
            with connected(pooler.url(database)) as connection, neutral(connection) as cursor:
                # A pooler may hand on this one, whatever it passes over.
                cursor.execute("select %s", [_ENDING])
                assert cursor.fetchall() == [(_ENDING,)]
        except ConnectionFailedError as error:
            assert "standard_conforming_strings" in str(error)  # noqa: PT017 - one of two ends
