"""`plan --format alembic`: Alembic runs it, there and back, and reaches the same as apply."""

import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from tests.integration.rollout_cases import catalog_of
from tests.servers import Cli, Database

pytest.importorskip("alembic")

ENV = """
import os
from alembic import context
from sqlalchemy import create_engine
url = os.environ["ALEMBIC_URL"]
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""
EACH = """
import os
from alembic import context
from sqlalchemy import create_engine, text
with create_engine(os.environ["ALEMBIC_URL"]).connect() as connection:
    found = "select nspname from pg_namespace where nspname like 'user%' order by 1 desc"
    for name in connection.execute(text(found)).scalars().all():
        CONFIGURED
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
"""
STAMP = """
create table "{0}".alembic_version (version_num varchar(32) primary key);
insert into "{0}".alembic_version values ('a1');
"""
BY_TABLE = "context.configure(connection=connection, version_table_schema=name)"
BY_PATH = """connection.execute(text(f'set search_path = "{name}", public')); connection.commit()
        connection.dialect.default_schema_name = name
        context.configure(connection=connection)"""
FIRST = "revision = 'a1'\ndown_revision = None\ndef upgrade(): pass\ndef downgrade(): pass\n"
BEFORE = """
create schema {0};
create table {0}.jobs (id integer primary key, name varchar(20));
create view {0}.names as select name from {0}.jobs;
"""
GOAL = r"""
create table jobs (id integer primary key, name varchar(40), at time default '12:30:00');
create view names as select name from jobs;
create table tasks (
    id serial primary key,
    job integer references jobs,
    odd text default '100% \: :at "x" \\ ''' -- it's odd
);
create function own() returns text language sql as $f$ select 'tenant'::text || ':a' $f$;
"""


class Project:
    """A folder with Alembic's revisions and a desired state."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.url = database.url.replace("postgresql://", "postgresql+psycopg2://")
        for name, text in {
            "alembic.ini": "[alembic]\nscript_location = %(here)s/changes\n",
            "changes/env.py": ENV,
            "changes/versions/a1.py": FIRST,
            "desired.sql": GOAL,
            "pyproject.toml": '[tool.diffapply]\ndesired = "desired.sql"\n'
            'tenant-token = "tenant"\ntenants = "^user.*$"\n',
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def alembic(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "alembic", *arguments],
            cwd=self.folder,
            env={"ALEMBIC_URL": self.url},
            capture_output=True,
            text=True,
            check=False,
        )

    def one_by_one(self, configured: str) -> None:
        """Let migrations run once for each tenant, as `configured`, with a stamp in each."""
        text = EACH.replace("CONFIGURED", configured)
        (self.folder / "changes" / "env.py").write_text(text, encoding="utf-8")

    def add(self, text: str) -> None:
        (self.folder / "changes" / "versions" / "next.py").write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, database: Database) -> Project:
    (tmp_path / ".git").mkdir()
    names = ("user_1", "user_2", "user_3", '"user % 4:x"')
    database.execute("".join(BEFORE.format(name) for name in names))
    database.execute("alter table user_3.jobs add column note text")
    return Project(tmp_path, database)


NAMES = ("user_1", "user_2", "user_3", "user % 4:x")


def test_there_and_back(cli: Cli, database: Database, project: Project) -> None:
    before = [catalog_of(database, name).fingerprint for name in NAMES]
    told = cli("plan", "--format", "alembic", cwd=project.folder)
    assert told.code == 0, told.err
    assert 'down_revision = "a1"' in told.out
    assert database.rows("select from user_1.jobs") == []
    project.add(told.out)
    up = project.alembic("upgrade", "head")
    assert up.returncode == 0, up.stderr
    drift = cli("drift", cwd=project.folder)
    assert drift.code == 0, drift.out
    # It is Alembic's own table that has the stamp, and not one of a tenant.
    assert len(database.rows("select from public.alembic_version")) == 1
    default = database.value(
        "select column_default from information_schema.columns"
        " where table_schema = 'user_1' and column_name = 'odd'"
    )
    assert default == r"""'100% \: :at "x" \\ '''::text"""
    down = project.alembic("downgrade", "a1")
    assert down.returncode == 0, down.stderr
    assert [catalog_of(database, name).fingerprint for name in NAMES] == before


@pytest.mark.parametrize(
    "configured",
    [
        pytest.param(BY_PATH, id="by_path"),
        pytest.param(BY_TABLE, id="by_table", marks=pytest.mark.prove),
    ],
)
def test_with_a_stamp_in_each_tenant(
    cli: Cli, database: Database, project: Project, configured: str
) -> None:
    """Each run changes the tenant that it is for; so all go there and back, each with its stamp."""
    project.one_by_one(configured)
    for name in NAMES:
        database.execute(STAMP.format(name))
    before = [catalog_of(database, name).fingerprint for name in NAMES]
    project.add(cli("plan", "--format", "alembic", cwd=project.folder).out)
    up = project.alembic("upgrade", "head")
    assert up.returncode == 0, up.stderr
    drift = cli("drift", cwd=project.folder)
    assert drift.code == 0, drift.out
    for name in NAMES:
        assert len(database.rows(f'select from "{name}".alembic_version')) == 1
    down = project.alembic("downgrade", "a1")
    assert down.returncode == 0, down.stderr
    assert [catalog_of(database, name).fingerprint for name in NAMES] == before


@pytest.mark.prove
def test_a_tenant_that_has_no_part(cli: Cli, database: Database, project: Project) -> None:
    """It is new since the plan: its run is refused, and changes neither it nor others."""
    project.one_by_one(BY_PATH)
    database.execute(STAMP.format("user_1"))
    project.add(cli("plan", "--format", "alembic", cwd=project.folder).out)
    database.execute("create schema user_new")
    ended = project.alembic("upgrade", "head")
    assert ended.returncode == 1
    assert "'user_new' has no part in this revision. Nothing was done in it." in ended.stderr
    assert database.rows("select from pg_class where relname = 'tasks'") == []


@pytest.mark.prove
def test_names_with_line_breaks_are_no_code(cli: Cli, database: Database, project: Project) -> None:
    """They stand in comments, and as names of tenants."""
    evil = '"x\nraise SystemExit(7)#\n\t""""""\\"'
    tenant = '"user\nn"'
    database.execute(f"alter table user_3.jobs add column {evil} text")
    database.execute(BEFORE.format(tenant))
    database.execute(BEFORE.format('"user{{changes}}"'))
    every = ("--tenants", r"^user[\s\S]*$")
    told = cli("plan", "--format", "alembic", *every, cwd=project.folder)
    assert told.code == 0, told.err
    assert "raise SystemExit" in told.out
    project.add(told.out)
    up = project.alembic("upgrade", "head")
    assert up.returncode == 0, up.stderr
    drift = cli("drift", *every, cwd=project.folder)
    assert drift.code == 0, drift.out


@pytest.mark.prove
def test_as_a_script(cli: Cli, database: Database, project: Project) -> None:
    """Alembic's offline mode writes the same as SQL."""
    project.add(cli("plan", "--format", "alembic", cwd=project.folder).out)
    database.execute("create table user_2.alembic_version ()")
    script = project.alembic("upgrade", "a1:head", "--sql")
    assert script.returncode == 0, script.stderr
    database.execute("create table alembic_version (version_num text); "
                     "insert into alembic_version values ('a1')")  # fmt: skip
    with pytest.raises(psycopg2.errors.RaiseException, match="stamps of their own"):
        database.execute(script.stdout)
    database.execute("rollback; drop table user_2.alembic_version")
    database.execute(script.stdout)
    assert cli("drift", cwd=project.folder).code == 0


@pytest.mark.prove
def test_in_a_report(cli: Cli, project: Project) -> None:
    path = project.folder / "changes" / "versions" / "next.py"
    told = cli("plan", "--report", f"alembic:{path}", cwd=project.folder)
    assert told.code == 0, told.err
    assert "CREATE TABLE tasks" in told.out
    assert "def upgrade" in path.read_text(encoding="utf-8")


def test_a_report_leaves_no_file_behind_an_error(cli: Cli, project: Project) -> None:
    """An empty one would be a revision that Alembic refuses."""
    versions = project.folder / "changes" / "versions"
    (project.folder / "desired.sql").write_text("create table jobs (", encoding="utf-8")
    told = cli("plan", "--report", f"alembic:{versions / 'next.py'}", cwd=project.folder)
    assert told.code == 1
    assert [its.name for its in versions.glob("*.py*")] == ["a1.py"]


@pytest.mark.prove
def test_the_settings_of_others_stay(cli: Cli, database: Database, project: Project) -> None:
    """The next revision in the same transaction finds its own search path and settings."""
    project.add(cli("plan", "--format", "alembic", cwd=project.folder).out)
    (project.folder / "changes" / "versions" / "last.py").write_text(
        "from alembic import op\nimport re, pathlib\n"
        "text = pathlib.Path(__file__).with_name('next.py').read_text()\n"
        "revision = 'z'\ndown_revision = re.search('revision = \"(.*)\"', text)[1]\n"
        "def upgrade():\n"
        "    op.execute(\"create table seen as select current_setting('search_path') as path,"
        " current_setting('check_function_bodies') as checks\")\n"
    )
    ended = project.alembic("upgrade", "head")
    assert ended.returncode == 0, ended.stderr
    assert database.rows("select * from public.seen") == [('"$user", public', "on")]


@pytest.mark.prove
def test_a_tenant_that_is_gone(cli: Cli, database: Database, project: Project) -> None:
    """Its statements never run in the schema that is next on the path."""
    project.add(cli("plan", "--format", "alembic", cwd=project.folder).out)
    database.execute("drop schema user_2 cascade; create table public.jobs (name varchar(20))")
    ended = project.alembic("upgrade", "head")
    assert ended.returncode == 1
    assert "Schema user_2 is not there" in ended.stderr
    assert cli("drift", "--only", "user_1", cwd=project.folder).code == 2
    length = "select atttypmod from pg_attribute where attrelid = 'public.jobs'::regclass"
    assert database.value(f"{length} and attnum = 1") == 24


class TestRefused:
    def test_several_heads(self, cli: Cli, project: Project) -> None:
        project.add(FIRST.replace("a1", "a2"))
        told = cli("plan", "--format", "alembic", cwd=project.folder)
        assert told.code == 1
        assert "Alembic has 2 heads: a1, a2." in told.err
        assert "alembic merge heads" in told.err

    def test_a_plan_that_goes_back(self, cli: Cli, project: Project) -> None:
        told = cli("plan", "--backward", "--format", "alembic", cwd=project.folder)
        assert told.code == 1
        assert "A plan that goes back cannot become a revision of Alembic." in told.err


@pytest.mark.prove
def test_with_a_second_folder_of_revisions(cli: Cli, project: Project) -> None:
    """That which is nearest counts; where both are below, it says so instead of guessing."""
    other = project.folder / "blog"
    (other / "changes" / "versions").mkdir(parents=True)
    (other / "alembic.ini").write_text("[alembic]\nscript_location = changes\n", encoding="utf-8")
    (other / "changes" / "env.py").touch()
    (other / "changes" / "versions" / "b7.py").write_text("revision = 'b7'\n", encoding="utf-8")
    for folder, head in ((project.folder, "a1"), (other, "b7"), (other / "changes", "b7")):
        told = cli("plan", "--format", "alembic", cwd=folder)
        assert told.code == 0, told.err
        assert f'down_revision = "{head}"' in told.out
    (shop := project.folder / "shop").mkdir()
    (project.folder / "alembic.ini").rename(shop / "alembic.ini")
    (project.folder / "changes").rename(shop / "changes")
    told = cli("plan", "--format", "alembic", cwd=project.folder)
    assert (told.code, told.out) == (1, "")
    refusal = "Alembic has revisions in 2 places: blog/alembic.ini, shop/alembic.ini."
    assert f"Error: {refusal}\n" in told.err
