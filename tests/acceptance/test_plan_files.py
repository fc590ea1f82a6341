"""A saved plan is applied as it was reviewed, or not at all."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.servers import Cli, Database, Server


def _planned(database: Database, path: Path) -> Path:
    """A plan for three tenants."""
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    assert Cli(database.url)("plan", "--out", path).code == 0
    return path


@pytest.fixture
def plan_file(database: Database, tmp_path: Path) -> Path:
    """A plan that may be applied."""
    return _planned(database, tmp_path / "plan.json")


def _altered(text: str) -> str:
    return text.replace("marketplace_tasks", "marketplace_takss")


def _forged(text: str) -> str:
    """A name that PostgreSQL cannot hold, and the digest to it."""
    plan = {**json.loads(text)["plan"], "desired": "\0"}
    canonical = json.dumps(plan, sort_keys=True, separators=(",", ":"))
    digest = sha256(canonical.encode()).hexdigest()
    return json.dumps({"diffapply_plan": 1, "digest": digest, "plan": plan})


def _another_format(text: str) -> str:
    return json.dumps({**json.loads(text), "diffapply_plan": 99})


@pytest.fixture(scope="module")
def planned(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, str]]:
    """A database, and what is in the plan's file."""
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    with server.new_database() as database:
        yield database, _planned(database, path).read_text()


class TestRefused:
    """They share a database, as none of them changes it."""

    @pytest.fixture
    def database(self, planned: tuple[Database, str]) -> Database:
        """With three tenants."""
        return planned[0]

    @pytest.fixture
    def plan_file(self, planned: tuple[Database, str], tmp_path: Path) -> Path:
        """A file that may be spoilt."""
        path = tmp_path / "plan.json"
        path.write_text(planned[1])
        return path

    @pytest.mark.parametrize(
        ("narrowed", "says"),
        [
            (["--only", "user_9"], "No tenant of the plan matches --only 'user_9'."),
            (["--exclude", "*"], "--only and --exclude leave none of the plan's tenants."),
        ],
    )
    def test_something_of_it_must_be_left(
        self, plan_file: Path, database: Database, cli: Cli, narrowed: list[str], says: str
    ) -> None:
        """Else it is a mistake in the command line."""
        outcome = cli("apply", plan_file, "--yes", *narrowed)
        assert (outcome.code, says in outcome.err) == (1, True), outcome.err
        assert _tables(database, "user_1") == _tables(database, "user_2") == 0

    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda text: text[: len(text) // 2], "truncated"),
            (_altered, "changed after it was written"),
            (_forged, "`$.plan.desired`"),
            (_another_format, "format version"),
            (lambda _: "{}", "not a plan file"),
            (lambda _: "", "truncated"),
            (lambda _: "[1, 2]", "not a plan file"),
            (lambda _: "[" * 100_000, "not a plan file"),
        ],
    )
    def test_a_spoilt_file_is_refused(
        self, plan_file: Path, database: Database, cli: Cli, spoil: object, says: str
    ) -> None:
        """One sentence, exit 1, nothing done."""
        assert callable(spoil)
        plan_file.write_text(spoil(plan_file.read_text()))
        outcome = cli("apply", plan_file, "--yes")
        assert (outcome.code, says in outcome.err) == (1, True), outcome.err
        assert "Traceback" not in outcome.err
        assert _tables(database, "user_1") == 0

    def test_a_plan_for_another_database_is_refused(
        self, plan_file: Path, database: Database, cli: Cli
    ) -> None:
        """A plan belongs to the database that it was made for."""
        with database.server.new_database() as other:
            other.execute("create schema user_1")
            outcome = cli("apply", plan_file, "--yes", env={"DATABASE_URL": other.url})
            assert (outcome.code, "another database" in outcome.err) == (1, True)
            assert _tables(other, "user_1") == 0

    def test_without_a_terminal_it_asks_for_yes(
        self, plan_file: Path, database: Database, cli: Cli
    ) -> None:
        """Nothing is applied that nobody agreed to."""
        outcome = cli("apply", plan_file)
        assert (outcome.code, "--yes" in outcome.err) == (1, True)
        assert _tables(database, "user_1") == 0


def _tables(database: Database, schema: str) -> int:
    return int(database.value("select count(*) from pg_tables where schemaname = %s", schema))


def test_it_is_applied(plan_file: Path, cli: Cli) -> None:
    """Exactly what it says, without making a plan again."""
    applied = cli("apply", plan_file, "--yes", env={"DIFFAPPLY_DESIRED": "nowhere.py:metadata"})
    assert applied.code == 0, applied.err
    assert cli("drift").code == 0


def test_it_is_tried_in_one_tenant_first(plan_file: Path, database: Database, cli: Cli) -> None:
    """Then in all others: those that have it already are unchanged, whoever came since is named."""
    first = cli("apply", plan_file, "--yes", "--only", "user_2", "--format", "json")
    assert first.code == 0, first.err
    assert [its["name"] for its in first.json["tenants"]] == ["user_2"]
    assert "not_in_plan" not in first.json
    assert "this leaves 3 more that the plan would change" in first.err
    assert [_tables(database, f"user_{n}") for n in (1, 2, 3)] == [0, 2, 0]
    database.execute("create schema user_4")
    rest = cli("apply", plan_file, "--yes")
    assert rest.code == 0, rest.err
    assert "3 applied, 1 unchanged." in rest.out
    assert "note: not in the plan, and left alone: user_4." in rest.out
    assert [_tables(database, f"user_{n}") for n in (1, 2, 3, 4)] == [2, 2, 2, 0]
    assert "3 applied, 1 unchanged" in cli("history").out


@pytest.mark.prove
def test_going_back_may_begin_in_one_tenant(plan_file: Path, database: Database, cli: Cli) -> None:
    """The plan's runs are counted for the tenants that are left."""
    assert cli("apply", plan_file, "--yes").code == 0
    assert cli("plan", "--backward", "--out", plan_file).code == 0
    for narrowed, status in ((["--only", "user_2"], 2), ([], 4)):
        back = cli("apply", plan_file, "--yes", "--allow-destructive", *narrowed)
        assert back.code == 0, back.out + back.err
        assert f"undone by run 2{' in 1 tenant' if status == 2 else ''}" in cli("history").out
    assert [_tables(database, f"user_{n}") for n in (1, 2, 3)] == [0, 0, 0]


def test_a_tenant_that_has_moved_is_refused(plan_file: Path, database: Database, cli: Cli) -> None:
    """By its name; the others proceed."""
    database.execute("create table user_2.surprise (id integer)")
    applied = cli("apply", plan_file, "--yes", "--format", "json")
    assert applied.code == 3
    statuses = {t["name"]: t["status"] for t in applied.json["tenants"]}
    assert statuses == {
        "public": "applied",
        "user_1": "applied",
        "user_2": "refused",
        "user_3": "applied",
    }
    assert _tables(database, "user_2") == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TimeZone", "Asia/Tokyo"),
        pytest.param("search_path", "pg_catalog", marks=pytest.mark.prove),
    ],
)
def test_names_and_literals_mean_what_they_did(
    plan_file: Path, database: Database, cli: Cli, setting: str, value: str
) -> None:
    """Else it is refused: it was proved for what they meant then."""
    database.execute(f"alter database {database.name} set {setting} = '{value}'")
    applied = cli("apply", plan_file, "--yes")
    assert applied.code == 1
    assert value.replace("pg_catalog", "public") in applied.err
    assert "Make a new plan" in applied.err
    assert _tables(database, "user_1") == 0
    database.execute(f"alter database {database.name} reset {setting}")
    assert cli("apply", plan_file, "--yes").code == 0


@pytest.mark.prove
def test_it_may_be_left_as_narrow_as_it_was_made(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """As it is when --only stands in the environment."""
    database.execute("create schema user_1; create schema user_2")
    environ = {"DIFFAPPLY_ONLY": "user_1"}
    assert cli("plan", "--out", tmp_path / "plan.json", env=environ).code == 0
    assert cli("apply", tmp_path / "plan.json", "--yes", env=environ).code == 0
    assert (_tables(database, "user_1"), _tables(database, "user_2")) == (2, 0)


@pytest.fixture
def secret(database: Database) -> Iterator[str]:
    """A superuser's password, gone after the test."""
    role, password = f"role_{database.name}", "s3cr3t/p@ss"
    database.execute(f"create role {role} superuser login password '{password}'")
    yield password
    database.execute(f"drop role {role}")


def test_no_password_in_files_or_output(
    database: Database, cli: Cli, tmp_path: Path, secret: str
) -> None:
    """Neither in a plan file, nor in what is printed, nor when the password is wrong."""
    database.execute("create schema user_1")
    url = database.server.tcp_url(database.name, f"role_{database.name}", secret)
    path = tmp_path / "plan.json"
    right = cli("plan", "--out", path, env={"DATABASE_URL": url})
    assert right.code == 0, right.err
    wrong = cli("plan", env={"DATABASE_URL": url.replace("s3cr3t", "hunter2")})
    assert wrong.code == 1
    for text in (path.read_text(), right.out, right.err, wrong.out, wrong.err):
        for word in (secret, "s3cr3t", "hunter2", "p%40ss"):
            assert word not in text
