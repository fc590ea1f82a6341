"""Whatever is wrong: one clear sentence, exit 1, nothing changed, no traceback."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.servers import Cli, Database, get_own, make_standby
from tests.waiting import wait_for, wait_until_scratch_is_gone

_MODELS = {
    "raises.py": "raise RuntimeError('models are broken')",
    "exits.py": "import sys; sys.exit(2)",
    "base.py": "raise BaseException('not even an Exception')",
    "syntax.py": "def (",
    "empty.py": "from sqlalchemy import MetaData\nmetadata = MetaData()",
    "number.py": "metadata = 42",
    "refused.py": "from sqlalchemy import *\nmetadata = MetaData()\n"
    "Table('t', metadata, Column('id', Integer), CheckConstraint('no_such_column > 1'))",
    "unshared.py": "from sqlalchemy import *\nmetadata = MetaData()\n"
    "Table('gone', metadata, Column('id', Integer, primary_key=True), schema='public')\n"
    "Table('t', metadata, Column('g', ForeignKey('public.gone.id')))",
    "good.sql": "create table t (id integer)",
    "nothing.sql": "-- nothing",
    "wrong.sql": "create tabel t ()",
    "elsewhere.sql": "create schema other; set search_path = other; create table t (id integer)",
    "temporary.sql": "create temporary table t (id integer)",
    "commits.sql": "create table t (); commit",
}


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    """A tenant, and a folder of desired states that cannot be used."""
    database.execute("create schema user_1")
    for name, text in _MODELS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "sql").mkdir()
    for place in (tmp_path, tmp_path / "sql"):
        (place / "latin.sql").write_text(
            "create table lim\N{LATIN SMALL LETTER E WITH ACUTE} ()", "latin-1"
        )
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--desired", "missing.py:metadata"], "missing.py"),
        (["--desired", "raises.py:metadata"], "models are broken"),
        (["--desired", "exits.py:metadata"], "cannot be imported"),
        (["--desired", "base.py:metadata"], "not even an Exception"),
        (["--desired", "syntax.py:metadata"], "SyntaxError"),
        (["--desired", "empty.py:other"], "no attribute"),
        (["--desired", "empty.py:metadata"], "no table"),
        (["--desired", "number.py:metadata"], "MetaData"),
        (["--desired", "refused.py:metadata"], "no_such_column"),
        (["--desired", "unshared.py:metadata"], "gone"),
        (["--desired", "nothing.sql"], "no statement"),
        (["--desired", "wrong.sql"], "syntax error"),
        (["--desired", "elsewhere.sql"], "nothing that belongs to the tenant"),
        (["--desired", "temporary.sql"], "nothing that belongs to the tenant"),
        (["--desired", "commits.sql"], "transaction"),
        (["--desired", "missing.sql"], "missing.sql cannot be read: No such file or directory."),
        (["--desired", "good.sql", "--with", "no.sql"], "no.sql cannot be read: No such file"),
        (["--desired", "good.sql", "--out", "."], "cannot be written to .: it is a folder."),
        (["--desired", "plain"], "attribute"),
        (["--desired", "good.sql:metadata"], "Nothing was done. Write good.sql."),
        (["--desired", "latin.sql"], "latin.sql cannot be read: byte 17 is not UTF-8."),
        (["--desired", "sql"], "sql/latin.sql cannot be read: byte 17 is not UTF-8."),
        (["--desired", "missing.py:metadata"], "or let `diffapply init` find them."),
        (["--desired", "good.sql", "--ignore", "tabel:x"], "Did you mean 'table'?"),
        (["--desired", "good.sql", "--only", "x*"], r"the pattern '^user_\d+$' with --only."),
        (["--desired", "good.sql", "--only", "x*"], "Check --tenants, --only and the database"),
        (["--tenants", "user_(", "--desired", "empty.py:metadata"], "regular expression"),
        (["--tenants-query", "select 1 +", "--desired", "good.sql"], "query"),
        (["--tenants-query", "select 'nobody'", "--desired", "good.sql"], "nobody"),
        (["--tenants-query", "select 1, 2", "--desired", "good.sql"], "one column"),
        (["--template", "nobody", "--desired", "good.sql"], "nobody"),
        (["--no-such-option"], "--no-such-option"),
        (["--format", "yaml"], "yaml"),
    ],
)
def test_a_sentence(
    database: Database, cli: Cli, folder: Path, arguments: Sequence[str], says: str
) -> None:
    """Exit 1, also for wrong usage: 2 means drift, and nothing else does."""
    outcome = cli("plan", *arguments, cwd=folder)
    assert outcome.code == 1, outcome.out
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""
    assert database.rows("select from pg_class where relnamespace = 'user_1'::regnamespace") == []
    assert database.rows("select from pg_namespace where nspname = 'diffapply'") == []


@pytest.mark.parametrize("command", [["apply", "--yes"], ["drift"], ["provision", "user_2"]])
def test_by_every_command(
    database: Database, cli: Cli, folder: Path, command: Sequence[str]
) -> None:
    """Whichever command it is that needs the desired state."""
    outcome = cli(*command, "--desired", "raises.py:metadata", cwd=folder)
    assert (outcome.code, "models are broken" in outcome.err) == (1, True)
    assert database.rows("select from pg_namespace where nspname = 'diffapply'") == []


def test_no_tenant(cli: Cli, folder: Path) -> None:
    """An error, unless --allow-none."""
    none = ("--tenants", "nobody", "--desired", "good.sql")
    outcome = cli("drift", *none, cwd=folder)
    assert (outcome.code, "No tenant matches" in outcome.err) == (1, True)
    assert cli("drift", *none, "--allow-none", cwd=folder).code == 0


def test_only_what_is_not_there(database: Database, cli: Cli, folder: Path) -> None:
    """A glob beside others that match something is a typo, too."""
    database.execute("create schema user_2")
    only = ("--desired", "good.sql", "--only", "user_2", "--only", "usr_1")
    refused = cli("plan", *only, cwd=folder)
    assert (refused.code, "Error: No tenant matches --only 'usr_1'." in refused.err) == (1, True)
    assert cli("plan", *only, "--allow-none", cwd=folder).code == 0


def test_a_part_of_a_name_is_no_name(database: Database, cli: Cli, folder: Path) -> None:
    """Patterns match whole names, which not everybody expects of a regular expression."""
    database.execute("create schema user_2")
    for option, said in (
        ("--tenants", "It must match the whole name, not a part of it. Did you mean --tenants '^u"),
        ("--only", "It must match the whole name: did you mean 'user_*'? Check --tenants"),
        ("--only=user_2 --only", "It must match the whole name: did you mean 'user_*'? Check its"),
    ):
        given = (*option.split(), "user_")
        refused = cli("plan", "--desired", "good.sql", *given, cwd=folder)
        assert (refused.code, said in refused.err) == (1, True), refused.err


def test_exclude_what_is_not_there(database: Database, cli: Cli, folder: Path) -> None:
    """It is told once, and may be so: a project's settings serve several databases."""
    database.execute("create schema user_2")
    left_out = ("--desired", "good.sql", "--exclude", "user_2", "--exclude", "usr_1")
    told = cli("apply", *left_out, "--yes", cwd=folder)
    assert told.code == 0
    assert told.err.count("matches no tenant") == 1
    assert "diffapply: --exclude 'usr_1' matches no tenant." in told.err


def test_tenants_have_other_names(database: Database, cli: Cli, folder: Path) -> None:
    """The patterns that schemas follow are named; not if tenants are only left out."""
    database.execute("drop schema user_1; create schema org_1; create schema org_2")
    told = cli("survey", cwd=folder)
    assert told.code == 1
    assert "No tenant matches the pattern '^user_\\d+$'." in told.err
    assert "Did you mean --tenants '^org_\\d+$' (2 schemas)?" in told.err
    left_out = cli("survey", "--tenants", "^org_.*$", "--exclude", "org_*", cwd=folder)
    assert left_out.code == 1
    assert "Did you mean" not in left_out.err


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://postgres:hunter2@127.0.0.1:1/x", "refused"),
        ("postgresql://postgres:hunter2@no-such-host.invalid/x", "no-such-host"),
        ("postgresql://postgres:hunter2@127.0.0.1:port/x", "port"),
        ("mysql://root:hunter2@localhost/x", "begins with mysql:// and not with postgresql://."),
        ("postgresql+psycopg2://postgres:hunter2%zz@localhost/x", "percent-encoded"),
        (
            "postgresql+psycopg2://postgres:p@hunter2@localhost/x",
            "has an @ or a / that is not percent-encoded",
        ),
        (" postgresql://postgres:hunter2@127.0.0.1:1/x\n", "refused"),
        ("postgresql:/postgres:hunter2@localhost/x", "postgresql"),
        ("postgres:hunter2@localhost/x", "the URL does not begin with postgresql://."),
        ("postgres:hunter2@localhost/x?a=b", "Cannot connect"),
        ("host=127.0.0.1 password=hunt hunter2", "the connection string cannot be read"),
    ],
)
def test_unreachable(cli: Cli, folder: Path, url: str, says: str) -> None:
    """The server's reason, never the password."""
    outcome = cli("drift", "--desired", "good.sql", env={"DATABASE_URL": url}, cwd=folder)
    assert outcome.code == 1
    assert says in outcome.err
    assert "hunter2" not in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", ["drift", pytest.param("init", marks=pytest.mark.prove)])
def test_only_libpq_knows_the_database(
    database: Database, cli: Cli, folder: Path, command: str
) -> None:
    """The embedded server is not meant then; a URL that says nothing means what libpq knows."""
    server = database.server
    (folder / "pyproject.toml").touch()
    unnamed = {"DATABASE_URL": None, "DIFFAPPLY_HOME": str(folder / "home")}
    libpq = {"PGHOST": server.folder, "PGPORT": str(server.port), "PGUSER": "postgres"}
    arguments = (command, "--desired", "good.sql")
    refused = cli(*arguments, env={**unnamed, **libpq}, cwd=folder)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Error: PGHOST is set, but no database is named")
    assert not (folder / "home").exists()
    known = {**unnamed, **libpq, "PGDATABASE": database.name}
    done = cli(*arguments, "--database-url", "postgresql://", env=known, cwd=folder)
    assert "embedded" not in done.err
    assert "user_1" in done.out


def test_an_empty_url(cli: Cli, folder: Path) -> None:
    """As of a missing secret: the embedded server, which has nothing, would be in sync."""
    home = folder / "home"
    env = {"DATABASE_URL": "", "DIFFAPPLY_HOME": str(home)}
    told = cli("provision", "user_1", "--desired", "good.sql", env=env, cwd=folder)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("Error: DATABASE_URL is empty, so it names no database.")
    assert not home.exists()


def test_no_such_database(database: Database, cli: Cli, folder: Path) -> None:
    """By its name."""
    url = database.server.url("no_such_database")
    outcome = cli("drift", "--desired", "good.sql", env={"DATABASE_URL": url}, cwd=folder)
    assert (outcome.code, "no_such_database" in outcome.err) == (1, True)


def test_no_permission(database: Database, cli: Cli, folder: Path) -> None:
    """A role that may not change the tenants is told so; they are as they were."""
    with database.role("nobody", "login createdb") as role:
        database.execute(f"grant usage on schema user_1 to {role}")
        url = database.server.url(database.name, role)
        arguments = ("apply", "--desired", "good.sql", "--yes")
        outcome = cli(*arguments, env={"DATABASE_URL": url}, cwd=folder)
        assert outcome.code in (1, 4)
        assert "permission denied" in outcome.err + outcome.out or "may not" in outcome.err
        assert "Traceback" not in outcome.err
    assert database.rows("select from pg_class where relnamespace = 'user_1'::regnamespace") == []


def test_only_reading(database: Database, cli: Cli, folder: Path) -> None:
    """Where transactions are read-only, a plan can be made, but not applied."""
    database.execute(f"alter database {database.name} set default_transaction_read_only = on")
    assert cli("plan", "--desired", "good.sql", cwd=folder).code == 0
    outcome = cli("apply", "--desired", "good.sql", "--yes", cwd=folder)
    assert (outcome.code, "read-only transaction" in outcome.err) == (1, True)
    assert "default_transaction_read_only" in outcome.err


@pytest.mark.prove
def test_a_hot_standby(database: Database, folder: Path) -> None:
    """What only reads works there, with scratch elsewhere; what writes is refused in a sentence."""
    base = Path(os.environ["DIFFAPPLY_TEST_SERVERS"])
    server = get_own(base, "standby")
    server.execute("create schema user_1; create table user_1.t (); create schema user_2")
    cli = Cli(server.url())
    desired = ("--desired", "good.sql")
    assert cli("drift", *desired, "--remember", cwd=folder).code == 2
    make_standby(server)
    with database.server.new_database() as empty:
        env = {"DIFFAPPLY_DESIRED": "good.sql", "DIFFAPPLY_SCRATCH_URL": empty.url}
        for command, code in (
            (("drift",), 2),
            (("plan", "--full"), 0),
            (("show", "user_1"), 0),
            (("survey",), 0),
            (("history",), 0),
        ):
            told = cli(*command, cwd=folder, env=env)
            assert told.code == code, f"{command}: {told.err}"
        for writing in (
            ("apply", "--yes"),
            ("drift", "--remember"),
            ("provision", "user_3"),
            ("deprovision", "user_1", "--yes"),
        ):
            told = cli(*writing, cwd=folder, env=env)
            assert (told.code, told.out) == (1, ""), writing
            assert told.err.startswith("Error: The server is a hot standby"), writing
    here = {"DIFFAPPLY_HOME": str(base / "embedded_beside_standby")}
    try:
        told = cli("drift", *desired, "--full", cwd=folder, env=here)
        assert (told.code, "the server is a hot standby; the scratch" in told.err) == (2, True)
    finally:
        assert cli("server", "stop", env=here).code == 0
    live = {"DATABASE_URL": database.url}
    told = cli("plan", *desired, "--scratch-url", cli.database_url, cwd=folder, env=live)
    assert "Error: --scratch-url names a hot standby" in told.err


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGHUP,
        *(pytest.param(its, marks=pytest.mark.prove) for its in (signal.SIGINT, signal.SIGTERM)),
    ],
)
def test_stopped_in_the_middle(
    database: Database, cli: Cli, folder: Path, number: signal.Signals
) -> None:
    """Also when the terminal is closed: one sentence, exit 1, and no scratch database is left."""
    role = f"stopped_{database.name}"  # other tests, on the same server, may kill a command
    database.execute(f"create role {role} login createdb")
    url = database.server.url(database.name, role)
    # Its import signals when it has begun, and then takes its time.
    (folder / "slow.py").write_text(
        "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(60)"
    )
    process = subprocess.Popen(
        cli.command("plan", "--desired", "slow.py:metadata"),
        env=cli.environment({"DATABASE_URL": url}),
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for((folder / "begun").exists)
    process.send_signal(number)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Interrupted" in complaint
    assert "Traceback" not in complaint
    wait_until_scratch_is_gone(database, owner=role)
    database.execute(f"drop role {role}")


@pytest.mark.parametrize(
    ("name", "commands"),
    [("$user", ("plan", "drift", "apply")), ("diffapply_tenant", ("plan",))],
)
def test_a_tenant_whose_name_stands_for_others(
    database: Database, cli: Cli, name: str, commands: tuple[str, ...]
) -> None:
    """`$user` in a search path, and our own stand-in: refused by name, not misread."""
    database.execute(f'create schema "{name}"; create schema user_1')
    for command in commands:
        outcome = cli(command, "--tenants", ".*(user|tenant).*")
        assert outcome.code == 1
        assert f"'{name}' cannot be a tenant" in outcome.err
        assert f"--exclude '{name}'" in outcome.err
    assert cli("plan", "--template", name).code == 1
    assert cli("plan", "--tenants", ".*(user|tenant).*", "--exclude", name).code == 0
    assert cli("provision", name, "--tenants", ".*").code == 1
