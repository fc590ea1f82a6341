"""`apply --backward` takes back one run, says which, and keeps what sign-ups have created."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import diffapply
from tests.servers import Cli, Database, Server

_FIRST = "create table jobs (id integer primary key, name text)"
_SECOND = f"{_FIRST}; create table tasks (id integer primary key)"
_THIRD = f"{_SECOND}; create table notes (id integer primary key)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the desired state stands."""
    return tmp_path


def desire(folder: Path, ddl: str) -> None:
    """Change the desired state."""
    (folder / "desired.sql").write_text(ddl)


def tables(database: Database, schema: str) -> list[str]:
    """What a tenant has."""
    rows = database.rows(
        "select relname from pg_class where relkind = 'r'"
        f" and relnamespace = '{schema}'::regnamespace order by 1"
    )
    return [str(name) for (name,) in rows]


@pytest.fixture(scope="module")
def made(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database: run 1 in two tenants; user_3 and user_4 sign up; run 4 in all."""
    folder = tmp_path_factory.mktemp("desired")
    with server.new_database() as database:
        _grow(database, folder)
        database.close()
        yield database.name


def _grow(database: Database, folder: Path) -> None:
    cli = Cli(database.url)
    database.execute("create schema user_1; create schema user_2")
    desire(folder, _SECOND)
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=folder).code == 0
    made = cli("provision", "user_3", "--desired", "desired.sql", cwd=folder)
    assert made.code == 0, made.err
    settings = diffapply.Settings(database_url=database.url, desired=str(folder / "desired.sql"))
    shape = diffapply.desired_shape(settings)
    connection = database.connect()
    diffapply.provision_in(connection, "user_4", shape)
    connection.commit()
    connection.close()
    for name in ("user_3", "user_4"):
        database.execute(f"insert into {name}.jobs values (1, 'kept')")
    desire(folder, _THIRD)
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=folder).code == 0


class TestSignUps:
    """Tenants that were provisioned between two runs, with rows by now."""

    @pytest.fixture
    def database(self, server: Server, made: str) -> Iterator[Database]:
        """A copy of it."""
        with server.new_database(template=made) as database:
            yield database

    @pytest.mark.postgres(18, prove=(15,))
    @pytest.mark.prove
    def test_keep_their_rows_however_often_one_goes_back(
        self, database: Database, cli: Cli, folder: Path
    ) -> None:
        """Back once, back again, back to before all: whoever signed up loses nothing."""
        back = cli("apply", "--backward", "--yes", cwd=folder)
        assert back.code == 0, back.out + back.err
        assert re.search(
            r"^Back to before run 4 \(\d{4}-\d\d-\d\d \d\d:\d\d, desired.sql\)$",
            back.out,
            re.MULTILINE,
        )
        for number in range(1, 5):
            assert tables(database, f"user_{number}") == ["jobs", "tasks"]
        back = cli("apply", "--backward", "--yes", "--allow-destructive", cwd=folder)
        assert back.code == 0, back.out + back.err
        assert "Back to before run 1 (" in back.out
        assert [tables(database, f"user_{n}") for n in (1, 2)] == [[], []]
        for name in ("user_3", "user_4"):
            assert tables(database, name) == ["jobs", "tasks"]
            assert database.rows(f"select name from {name}.jobs") == [("kept",)]
        last = cli("apply", "--backward", "--yes", "--allow-destructive", cwd=folder)
        assert (last.code, "Nothing to do" in last.out) == (0, True)

    def test_keep_their_rows_when_all_runs_go_back(
        self, database: Database, cli: Cli, folder: Path
    ) -> None:
        """`--to 1` stops at what they were provisioned at."""
        back = cli(
            *("apply", "--backward", "--to", "1", "--yes", "--allow-destructive"), cwd=folder
        )
        assert back.code == 0, back.out + back.err
        assert "  takes back run 4 (" in back.out
        assert [tables(database, f"user_{n}") for n in (1, 2)] == [[], []]
        for name in ("user_3", "user_4"):
            assert tables(database, name) == ["jobs", "tasks"]
            assert database.rows(f"select name from {name}.jobs") == [("kept",)]

    @pytest.mark.prove
    def test_are_emptied_if_that_is_asked(self, database: Database, cli: Cli, folder: Path) -> None:
        """With --provisioned, a run is a run; rows still need to be allowed."""
        options = ("apply", "--backward", "--to", "1", "--yes", "--provisioned")
        kept = cli(*options, cwd=folder)
        assert kept.code == 3
        assert database.rows("select name from user_3.jobs") == [("kept",)]
        assert cli(*options, "--allow-destructive", cwd=folder).code == 0
        assert [tables(database, f"user_{n}") for n in range(1, 5)] == [[], [], [], []]

    @pytest.mark.prove
    def test_history_tells_them_from_runs(self, cli: Cli, folder: Path) -> None:
        """And what was for what, and what undid what."""
        assert cli("apply", "--backward", "--yes", cwd=folder).code == 0
        back, newest, in_app, provisioned, first = cli(
            "history", "--format", "json", cwd=folder
        ).json["runs"]
        assert [run["provisions"] for run in (first, provisioned, in_app, newest, back)] == [
            *(False, True, True, False, False)
        ]
        assert first["desired"] == provisioned["desired"] == newest["desired"] == "desired.sql"
        assert back["desired"].startswith("before run 4 (")
        assert back["undoes"] == [{"run": 4, "tenants": 4}]
        assert newest["undone_by"] == [{"run": 5, "tenants": 4}]
        assert first["undone_by"] == []
        told = cli("history", cwd=folder).out
        assert "  takes back run 4\n" in told
        assert "  desired.sql  undone by run 5\n" in told
        assert re.search(
            r"^     provision  2 tenants, \d{4}-\d\d-\d\d.*, runs 2 to 3$", told, re.MULTILINE
        )
        assert cli("history", "--all", cwd=folder).out.count("  provision  done ") == 2

    @pytest.mark.prove
    def test_history_of_a_run_has_its_statements_and_what_it_was_for(
        self, cli: Cli, folder: Path
    ) -> None:
        """Those of the plan, with their numbers; of a sign-up, those that build its shape."""
        planned = cli("plan", "--backward", "--format", "json", cwd=folder).json
        done = cli("apply", "--backward", "--yes", "--message", "ticket 4711", cwd=folder)
        assert done.code == 0, done.err
        [back] = cli("history", "5", "--format", "json", cwd=folder).json["runs"]
        assert back["message"] == "ticket 4711"
        assert [
            (its["from"], its["to"], [(one["number"], one["sql"]) for one in its["statements"]])
            for its in planned["transitions"]
        ] == [
            (its["from"], its["to"], [(one["number"], one["sql"]) for one in its["statements"]])
            for its in back["transitions"]
        ]
        assert "  ticket 4711  takes back run 4\n" in cli("history", cwd=folder).out
        signed_up = cli("history", "2", cwd=folder).out
        assert "   1  CREATE TABLE jobs (" in signed_up
        assert signed_up.count("CREATE TABLE jobs") == 1


@pytest.mark.prove
def test_only_in_the_tenants_that_the_run_changed(
    database: Database, cli: Cli, folder: Path
) -> None:
    """Where it failed, and where it was not for, stays what the runs before have made."""
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    desire(folder, _FIRST)
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=folder).code == 0
    desire(folder, f"{_FIRST}; alter table jobs alter name set not null")
    database.execute("insert into user_2.jobs values (1, null)")
    outcome = cli(
        *("apply", "--desired", "desired.sql", "--yes", "--exclude", "user_3"), cwd=folder
    )
    assert outcome.code == 4, outcome.out
    plan = cli("plan", "--backward", "--format", "json", cwd=folder).json
    assert [t["tenants"] for t in plan["transitions"]] == [["user_1"]]
    [undone] = plan["undoes"]
    assert (undone["run"], undone["desired"], undone["tenants"]) == (2, "desired.sql", 1)
    assert cli("apply", "--backward", "--yes", cwd=folder).code == 0
    assert [tables(database, f"user_{n}") for n in (1, 2, 3)] == [["jobs"]] * 3
    plan = cli("plan", "--backward", "--format", "json", cwd=folder).json
    assert [run["run"] for run in plan["undoes"]] == [1]


@pytest.mark.prove
def test_a_saved_plan_says_which_run_it_takes_back(
    database: Database, cli: Cli, folder: Path
) -> None:
    """In the file, too: it may be asked about later."""
    database.execute("create schema user_1")
    desire(folder, _FIRST)
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=folder).code == 0
    assert cli("plan", "--backward", "--out", "back.json", cwd=folder).code == 0
    [run] = diffapply.load_plan(folder / "back.json").undone
    assert (run.id, run.desired, run.tenants) == (1, "desired.sql", 1)
    assert cli("apply", "back.json", "--yes", cwd=folder).code == 0
    assert tables(database, "user_1") == []


def test_tenants_of_several_runs_go_back_alike(database: Database, folder: Path) -> None:
    """One run was ended early, and the next did the rest: the way back is the same for all."""
    cli = Cli(database.url)
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    for ddl, some in ((_FIRST, "user_*"), (_SECOND, "user_1"), (_SECOND, "user_*")):
        desire(folder, ddl)
        desired = ("--desired", "desired.sql", "--only", some)
        assert cli("apply", *desired, "--yes", cwd=folder).code == 0
    back = ("--backward", "--to", "2", "--desired", "desired.sql")
    planned = cli("plan", *back, "--format", "json", cwd=folder).json
    [transition] = planned["transitions"]
    assert transition["tenants"] == ["user_1", "user_2", "user_3"]
    assert cli("apply", *back, "--yes", "--allow-destructive", cwd=folder).code == 0
    assert [tables(database, f"user_{n}") for n in (1, 2, 3)] == [["jobs"]] * 3
    again = cli("plan", "--backward", "--to", "1", "--desired", "desired.sql", cwd=folder)
    assert "DROP TABLE jobs" in again.out
