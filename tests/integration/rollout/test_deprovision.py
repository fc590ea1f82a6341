"""A tenant is dropped with all that is in it, unless somebody needs it; also one of any size."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from _pytest.mark.structures import ParameterSet

from diffapply.database.connection import connect
from diffapply.errors import TenantError
from diffapply.rollout.lifecycle.holdings import read_holdings
from tests.integration.rollout_cases import HOSTILE_NAMES
from tests.servers import BASE, ROOT, Cli, Database, Server, crash, get_own
from tests.waiting import wait_for

TENANT = """
create schema {0};
create table {0}.jobs (id serial primary key, name text);
create table {0}.tasks (id serial primary key, job integer references {0}.jobs);
insert into {0}.jobs (name) select 'x' from generate_series(1, 1234);
create view {0}.names as select name from {0}.jobs;
create function {0}.one() returns integer language sql as 'select 1';
create type {0}.mood as enum ('sad', 'ok');
create domain {0}.short as text check (length(value) < 9);
create table {0}.parts (id integer) partition by range (id);
create table {0}.part_1 partition of {0}.parts for values from (0) to (9);
"""


def slowly(*values: str) -> ParameterSet:
    """Parameters of a test that only `make prove` runs."""
    return pytest.param(*values, marks=pytest.mark.prove)


MANY = 400
"""Tables, of which DROP SCHEMA cannot lock all parts at once."""


@pytest.fixture
def fleet(database: Database) -> Database:
    database.execute("".join(TENANT.format(name) for name in ("user_1", "user_2", "user_3")))
    database.execute("create schema reporting")
    return database


def schemas(database: Database) -> set[str]:
    found = database.rows("select nspname from pg_namespace where nspname like 'user%'")
    return {name for (name,) in found}


class TestDropped:
    @pytest.mark.postgres(18, prove=(15, 16, 17))
    def test_with_all_that_is_in_it(self, cli: Cli, fleet: Database) -> None:
        """It says what the tenant holds; the journal says what was done."""
        told = cli("deprovision", "user_2", "user_1", "--yes", "--message", "ticket 4711")
        assert told.code == 0, told.err
        assert "user_2: 3 tables, 1,234 rows, " in told.err
        assert told.out.startswith("Run 1: 2 applied.\n")
        assert schemas(fleet) == {"user_3"}
        [run] = cli("history", "1", "--format", "json").json["runs"]
        assert (run["direction"], run["status"]) == ("backward", "done")
        assert (run["provisions"], run["deprovisions"]) == (False, True)
        assert run["message"] == "ticket 4711"
        assert [(step["name"], step["status"]) for step in run["steps"]] == [
            ("user_1", "applied"),
            ("user_2", "applied"),
        ]
        assert "deprovision" in cli("history").out

    def test_the_document(self, cli: Cli, fleet: Database) -> None:
        told = cli("deprovision", "user_2", "--yes", "--format", "json")
        assert [its["status"] for its in told.json["tenants"]] == ["applied"]
        assert schemas(fleet) == {"user_1", "user_3"}

    @pytest.mark.parametrize(
        "name",
        [
            HOSTILE_NAMES[0],
            *(pytest.param(its, marks=pytest.mark.prove) for its in HOSTILE_NAMES[1:]),
        ],
    )
    def test_hostile_name(self, cli: Cli, fleet: Database, name: str) -> None:
        quoted = '"' + name.replace('"', '""') + '"'
        fleet.execute(TENANT.format(quoted))
        told = cli("deprovision", name, "--yes", "--tenants", ".*")
        assert told.code == 0, told.err
        assert fleet.rows("select from pg_namespace where nspname = %s", name) == []
        assert schemas(fleet) == {"user_1", "user_2", "user_3"}

    @pytest.mark.prove
    def test_whoever_gets_its_name_is_another(self, cli: Cli, fleet: Database) -> None:
        """What was done to the tenant that is gone is never undone in it."""
        goal = ("--desired", ROOT / "diffapply/demo/desired.sql", "--only", "user_1")
        assert cli("apply", "--yes", "--allow-destructive", *goal).code == 0
        assert cli("deprovision", "user_1", "--yes").code == 0
        fleet.execute("create schema user_1; create table user_1.mine (id integer)")
        told = cli("apply", "--backward", "--yes", "--only", "user_1", "--allow-destructive")
        assert told.code == 0, told.err
        assert fleet.rows("select from user_1.mine") == []
        history = cli("history", "--format", "json").json["runs"]
        assert len(history) == 2


class TestRefused:
    @pytest.mark.parametrize(
        ("options", "env"),
        [
            (("--exclude", "user_3"), {}),
            (("--only", "user_[12]"), {}),
            ((), {"DIFFAPPLY_EXCLUDE": "user_3"}),
        ],
    )
    def test_a_tenant_that_is_left_out(
        self, cli: Cli, fleet: Database, options: tuple[str, ...], env: dict[str, str]
    ) -> None:
        """Nothing is dropped, nor created again, wherever it is said who is left out."""
        refusal = "Error: --only or --exclude leaves out 'user_3'.\n"
        told = cli("deprovision", "user_1", "user_3", "--yes", *options, env=env)
        assert (told.code, refusal in told.err) == (1, True), told.err
        assert schemas(fleet) == {"user_1", "user_2", "user_3"}
        assert cli("deprovision", "user_3", "--yes").code == 0
        told = cli("provision", "user_3", *options, env=env)
        assert (told.code, refusal in told.err) == (1, True), told.err
        assert schemas(fleet) == {"user_1", "user_2"}

    @pytest.mark.postgres(18, prove=(15, 16, 17))
    def test_while_a_session_uses_it(self, cli: Cli, fleet: Database) -> None:
        """Even one that has only read, as long as its transaction goes on."""
        with closing(psycopg2.connect(fleet.url)) as other:
            other.cursor().execute("select from user_1.jobs")
            told = cli("deprovision", "user_2", "user_1", "--yes")
        assert told.code == 3
        assert "The tenant 'user_1' is in use: user_1.jobs is locked by process" in told.err
        assert schemas(fleet) == {"user_1", "user_2", "user_3"}
        assert cli("deprovision", "user_2", "user_1", "--yes").code == 0

    def test_while_its_table_is_locked(self, cli: Cli, fleet: Database) -> None:
        """Counting its rows would wait."""
        with closing(psycopg2.connect(fleet.url)) as other:
            other.cursor().execute("lock table user_1.jobs")
            told = cli("deprovision", "user_1", "--yes")
        assert told.code == 3
        assert "in use" in told.err

    def test_while_a_run_works_on_it(self, cli: Cli, fleet: Database) -> None:
        assert cli("deprovision", "user_3", "--yes").code == 0  # there is a journal now
        fleet.execute("insert into diffapply.tenant values ('user_1')")
        with closing(psycopg2.connect(fleet.url)) as other:
            other.cursor().execute("select from diffapply.tenant where name = 'user_1' for update")
            told = cli("deprovision", "user_1", "--yes")
        assert told.code == 3
        assert "The tenant 'user_1' is in use: it is locked by process" in told.err

    @pytest.mark.postgres(18, prove=(15,))
    @pytest.mark.parametrize(
        ("outside", "named"),
        [
            ("create view reporting.v as select * from user_1.jobs", "view reporting.v"),
            (
                "create table reporting.t (job integer references user_1.jobs)",
                "table constraint t_job_fkey on reporting.t",
            ),
            slowly("create table user_2.t (m user_1.mood)", "table user_2.t"),
            slowly("create table user_2.t () inherits (user_1.jobs)", "table user_2.t"),
            slowly(
                "create table user_2.t partition of user_1.parts for values from (10) to (20)",
                "table user_2.t",
            ),
            slowly(
                "create table reporting.t (n integer default user_1.one())",
                "default value for reporting.t.n",
            ),
            slowly("create extension hstore schema user_1", "extension hstore"),
            slowly(
                """create function user_1.e() returns event_trigger language plpgsql as
                'begin end'; create event trigger e on sql_drop execute function user_1.e()""",
                "event trigger e",
            ),
        ],
    )
    def test_if_something_outside_depends_on_it(
        self, cli: Cli, fleet: Database, outside: str, named: str
    ) -> None:
        fleet.execute(outside)
        told = cli("deprovision", "user_1", "--yes")
        assert told.code == 3
        [said] = re.findall("'user_1' cannot be dropped: (.*) outside depends on it", told.err)
        assert named in said.split(", ")
        assert "user_1" in schemas(fleet)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("user_9", "There is no tenant 'user_9'."),
            slowly("reporting", "'reporting' is no tenant"),
            ("public", "'public' is no tenant"),
            slowly("pg_catalog", "'pg_catalog' is no tenant"),
            slowly("diffapply", "'diffapply' is no tenant"),
        ],
    )
    def test_what_is_no_tenant(self, cli: Cli, fleet: Database, name: str, words: str) -> None:
        """And then no other one either."""
        told = cli("deprovision", "user_1", name, "--yes")
        assert told.code == 1
        assert words in told.err
        assert "user_1" in schemas(fleet)

    def test_what_was_dropped_meanwhile(self, fleet: Database) -> None:
        """Between the question who the tenants are and the one what they hold."""
        with (
            closing(connect(fleet.url)) as connection,
            pytest.raises(TenantError, match="'user_9' was dropped meanwhile"),
        ):
            read_holdings(connection, ["user_1", "user_9"])

    def test_without_a_terminal_to_ask_on(self, cli: Cli, fleet: Database) -> None:
        told = cli("deprovision", "user_1")
        assert told.code == 1
        assert "Give --yes to drop without a question." in told.err
        assert "user_1" in schemas(fleet)

    def test_what_belongs_to_another_role(self, cli: Cli, fleet: Database) -> None:
        with fleet.role("plain") as role:
            fleet.execute(f"grant usage on schema user_1 to {role}")
            url = fleet.server.url(fleet.name, role)
            told = cli("deprovision", "user_1", "--yes", "--database-url", url)
        assert told.code == 1
        assert "The role may not drop 'user_1': 'postgres' owns the schema." in told.err


@pytest.fixture(scope="module")
def crowded() -> Server:
    """A server of the tests below alone: where its lock table is full, others would fail."""
    server = get_own(Path(os.environ[BASE]), f"crowded_{os.getpid()}")
    server.execute("alter system set max_locks_per_transaction = 10")
    crash(server)  # it takes effect when the server starts
    return server


class TestBites:
    @pytest.fixture
    def large(self, crowded: Server) -> Iterator[Database]:
        """One tenant of so many objects that the lock table has no room for all."""
        with crowded.new_database() as database:
            database.execute("create schema user_1")
            for start in range(0, MANY, 10):
                database.execute(
                    "".join(
                        f"create table user_1.t{n} (id serial primary key, a integer unique,"
                        f" b text unique, c integer references user_1.t{max(n - 1, start)});"
                        for n in range(start, start + 10)
                    )
                )
            with pytest.raises(psycopg2.errors.OutOfMemory):
                database.execute("drop schema user_1 cascade")
            yield database

    @pytest.fixture
    def cli(self, large: Database) -> Cli:
        return Cli(large.url)

    def test_the_lock_table_has_room(self, cli: Cli, large: Database) -> None:
        told = cli("deprovision", "user_1", "--yes")
        assert told.code == 0, told.out + told.err
        assert schemas(large) == set()

    @pytest.mark.prove
    def test_what_was_left_in_the_middle_is_finished(self, cli: Cli, large: Database) -> None:
        """It is still a tenant; the same command does the rest."""
        large.execute(
            """create function public.no() returns event_trigger language plpgsql as
            $$ begin if exists (select from pg_event_trigger_dropped_objects()
            where object_identity = 'user_1.t350') then raise 'not here'; end if; end $$;
            create event trigger no on sql_drop execute function public.no()"""
        )
        told = cli("deprovision", "user_1", "--yes")
        assert told.code == 4
        assert "not here; what was dropped so far stays dropped" in " ".join(told.out.split())
        left = large.value("select count(*) from pg_tables where schemaname = 'user_1'")
        assert 0 < left < MANY
        large.execute("drop event trigger no")
        assert cli("deprovision", "user_1", "--yes").code == 0
        assert schemas(large) == set()
        runs = cli("history", "--format", "json").json["runs"]
        assert [run["status"] for run in runs] == ["done", "incomplete"]
        assert [run["tenants"]["failed"] for run in runs] == [0, 1]

    @pytest.mark.prove
    @pytest.mark.usefixtures("signals_heard")
    def test_interrupted(self, cli: Cli, large: Database) -> None:
        """Ctrl-C while it waits for a lock in the middle: the truth is told, and it can go on."""
        large.execute(
            """create function public.wait() returns event_trigger language plpgsql as
            $$ begin if exists (select from pg_event_trigger_dropped_objects()
            where object_identity = 'user_1.t350') then perform pg_sleep(60); end if; end $$;
            create event trigger wait on sql_drop execute function public.wait()"""
        )
        command = cli.command("deprovision", "user_1", "--yes")
        with subprocess.Popen(
            command, env=cli.environment(), stderr=subprocess.PIPE, text=True
        ) as process:
            sleeping = "select from pg_stat_activity where wait_event = 'PgSleep'"
            wait_for(lambda: process.poll() is not None or large.rows(sleeping))
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "has done 0 of 1 tenant, and one may be left with a part of its own." in told
        large.execute("drop event trigger wait")
        [run] = cli("history", "1", "--format", "json").json["runs"]
        assert run["status"] == "incomplete"
        assert run["steps"][0]["error"].startswith("The run was stopped; what was dropped so far")
        assert cli("deprovision", "user_1", "--yes").code == 0
        assert schemas(large) == set()
