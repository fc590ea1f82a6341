"""A survey sets each tenant's structure beside the revision that it says it is at."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.fleets import made_once
from tests.servers import Cli, Database

NOWHERE = "postgresql+psycopg2://app:secret@nowhere.invalid/app"

BY_PATH = """
from alembic import context
from sqlalchemy import engine_from_config

engine = engine_from_config(context.config.get_section("alembic"), prefix="sqlalchemy.")
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

BY_ARGUMENT = f"""
from alembic import context
from sqlalchemy import create_engine, text

tenant = context.get_x_argument(as_dictionary=True)["tenant"]
with create_engine({NOWHERE!r}).connect() as connection:
    connection.execute(text(f'set search_path to "{{tenant}}"'))
    connection.commit()
    connection.dialect.default_schema_name = tenant
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

BY_LOOP = f"""
from alembic import context
from sqlalchemy import create_engine, text

names = "select nspname from pg_namespace where nspname ~ '^user_[0-9]+$'"
with create_engine({NOWHERE!r}).connect() as connection:
    for name in connection.execute(text(names)).scalars().all():
        connection.execute(text(f'set search_path to "{{name}}"'))
        connection.commit()
        context.configure(connection=connection, version_table_schema=name)
        with context.begin_transaction():
            context.run_migrations()
"""

BY_TRANSLATION = f"""
from alembic import context
from sqlalchemy import create_engine

tenant = context.get_x_argument(as_dictionary=True)["tenant"]
translated = {{"schema_translate_map": {{None: tenant}}}}
with create_engine({NOWHERE!r}, execution_options=translated).connect() as connection:
    context.configure(connection=connection, version_table_schema=tenant)
    with context.begin_transaction():
        context.run_migrations()
"""

BY_ASYNCPG = """
import asyncio
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = create_async_engine("postgresql+asyncpg://app:secret@nowhere.invalid/app?ssl=require")
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()

asyncio.run(main())
"""

FLASK_APP = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"
    db = SQLAlchemy()
    db.init_app(app)
    Migrate(app, db)
    return app
"""

REVISIONS = {
    "r1": 'op.create_table("jobs", sa.Column("id", sa.Integer, primary_key=True),'
    ' sa.Column("name", sa.Text, sa.ForeignKey("public.names.name", name="named")))',
    "r2": 'op.create_index("ix_a", "jobs", ["name"])',
    "r3": 'op.get_bind().execute(sa.text("select 1"))',
    "r4": 'op.add_column("jobs", sa.Column("at", sa.DateTime(timezone=True)))',
}

TENANT = """
create schema {0};
create table {0}.jobs (id serial primary key, name text constraint named references public.names);
create index ix_a on {0}.jobs (name);
alter table {0}.jobs add column at timestamp with time zone;
create table {0}.alembic_version (
    version_num varchar(32) constraint alembic_version_pkc primary key
);
insert into {0}.alembic_version values ('r4');
"""


@made_once
def made(database: Database) -> None:
    """Seven tenants, of which three are as they are stamped."""
    database.execute("create table public.names (name text primary key)")
    for number in range(1, 8):
        database.execute(TENANT.format(f"user_{number}"))
    database.execute(
        "alter table user_4.jobs drop column at;"
        "alter table user_5.jobs drop column at, add column note text;"
        "update user_6.alembic_version set version_num = 'r2';"
        "drop table user_7.alembic_version"
    )


def _project(folder: Path, env: str = BY_PATH, **revisions: str) -> Path:
    """A project with an alembic.ini, in a repository of its own."""
    (folder / ".git").mkdir()
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text(env)
    ini = f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {NOWHERE}\n"
    (folder / "alembic.ini").write_text(ini)
    before = None
    for name, statements in (revisions or REVISIONS).items():
        (folder / "migrations" / "versions" / f"{name}.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\n"
            f"revision, down_revision = {name!r}, {before!r}\n"
            f"def upgrade():\n    {statements}\n"
        )
        before = name
    return folder


def _alembic(database: Database, folder: Path, *arguments: str) -> Any:  # noqa: ANN401
    outcome = Cli(database.url)("survey", "--format", "json", *arguments, cwd=folder)
    assert outcome.code == 0, outcome.err
    return outcome.json.get("alembic")


@pytest.mark.parametrize(
    "env",
    [
        BY_LOOP,
        *(
            pytest.param(env, marks=pytest.mark.prove)
            for env in (BY_PATH, BY_ARGUMENT, BY_TRANSLATION)
        ),
    ],
)
def test_tenants_beside_their_stamps(fleet: Database, tmp_path: Path, env: str) -> None:
    """However env.py finds the schema, and whatever URL it uses."""
    found = _alembic(fleet, _project(tmp_path, env))
    assert (found["revisions"], found["heads"]) == (["r1", "r2", "r3", "r4"], ["r4"])
    assert found["replayed"] == 4
    assert "stopped" not in found
    assert [
        (its["tenants"], its["stamps"], its["at"], its["nearest"]) for its in found["tenants"]
    ] == [
        (["user_1", "user_2", "user_3"], ["r4"], ["r4"], None),
        (["user_4"], ["r4"], ["r2", "r3"], None),
        (["user_5"], ["r4"], [], "r3"),
        (["user_6"], ["r2"], ["r4"], None),
        (["user_7"], [], ["r4"], None),
    ]
    [stray] = [its for its in found["tenants"] if its["nearest"]]
    assert [(its["change"], its["name"]) for its in stray["differences"]] == [
        ("extra", "jobs.note")
    ]


def test_text(fleet: Database, tmp_path: Path) -> None:
    """A line for all tenants that are alike."""
    outcome = Cli(fleet.url)("survey", cwd=_project(tmp_path))
    _, _, told = outcome.out.partition("Alembic (alembic.ini): ")
    assert told.splitlines() == [
        "4 revisions, head r4; all ran in scratch",
        "  = at r4, as stamped: 3 tenants (user_1, user_2, user_3)",
        "  ! stamped r4, at r3: 1 tenant (user_4)",
        "  ! stamped r4, at none; nearest r3, but + column jobs.note: 1 tenant (user_5)",
        "  ! stamped r2, at r4: 1 tenant (user_6)",
        "  ! not stamped, at r4: 1 tenant (user_7)",
    ]


def test_the_live_database_is_not_touched(fleet: Database, tmp_path: Path) -> None:
    """Not by an env.py that has its URL by heart."""
    env = BY_ARGUMENT.replace(repr(NOWHERE), repr(fleet.url))
    before = fleet.dump()
    assert _alembic(fleet, _project(tmp_path, env))["replayed"] == 4
    assert fleet.dump() == before


@pytest.mark.prove
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_a_driver_that_is_called_leads_to_scratch(
    fleet: Database, tmp_path: Path, driver: str
) -> None:
    """With the live URL and a search path of its own."""
    made = (
        f"create_engine('postgresql+{driver}://', creator=lambda: {driver}.connect({fleet.url!r},"
        " options='-c search_path=public'))"
    )
    before = fleet.dump()
    env = f"import {driver}\n" + BY_LOOP.replace(f"create_engine({NOWHERE!r})", made)
    assert _alembic(fleet, _project(tmp_path, env))["replayed"] == 4
    assert fleet.dump() == before


@pytest.mark.prove
def test_asyncpg(fleet: Database, tmp_path: Path) -> None:
    """An asynchronous engine is led to scratch, too."""
    assert _alembic(fleet, _project(tmp_path, BY_ASYNCPG))["replayed"] == 4


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('engine_from_config(context.config.get_section("alembic"), prefix="sqlalchemy.")', made)
        for made in (
            "create_engine('sqlite:///./app.db', connect_args={'check_same_thread': False})",
            "engine_from_config({'sqlalchemy.url': 'mysql+pymysql://root@db/app?charset=utf8'})",
            "create_engine('postgresql+pg8000://app@db/app')",
        )
    ],
)
def test_an_engine_of_another_database(
    fleet: Database, tmp_path: Path, before: str, after: str
) -> None:
    """It leads to scratch as any: SQLite is what many an env.py has as its default."""
    env = "from sqlalchemy import create_engine, Index\nIndex('i', mysql_length=9)\n"
    env += BY_PATH.replace(before, after)
    found = _alembic(fleet, _project(tmp_path, env))
    assert (found.get("stopped"), found["replayed"]) == (None, 4)
    assert not (tmp_path / "app.db").exists()


def test_an_asynchronous_engine_of_another_database(fleet: Database, tmp_path: Path) -> None:
    """As of SQLite."""
    url = "postgresql+asyncpg://app:secret@nowhere.invalid/app?ssl=require"
    env = BY_ASYNCPG.replace(url, "sqlite+aiosqlite:///./app.db")
    assert _alembic(fleet, _project(tmp_path, env))["replayed"] == 4


@pytest.mark.prove
def test_what_only_another_database_understands(fleet: Database, tmp_path: Path) -> None:
    """It fails, and it is told why that may be."""
    made = "create_engine('sqlite://'); connection = engine.connect()"
    env = f"from sqlalchemy import create_engine\nengine = {made}\n"
    env += "connection.exec_driver_sql('pragma foreign_keys = on')"
    found = _alembic(fleet, _project(tmp_path, env))
    assert found["stopped"].endswith(
        "(an engine of sqlite leads to PostgreSQL here; if that is why, give what env.py reads a "
        "URL of PostgreSQL, any one)"
    )


def test_the_application_of_flask_migrate(fleet: Database, tmp_path: Path) -> None:
    """It is found as `flask db upgrade` finds it; its alembic.ini is beside env.py."""
    templates = Path(pytest.importorskip("flask_migrate").__file__).parent / "templates" / "flask"
    project = _project(tmp_path, (templates / "env.py").read_text())
    (project / "alembic.ini").unlink()
    (project / "migrations" / "alembic.ini").write_text(
        (templates / "alembic.ini.mako").read_text()
    )
    assert "Set FLASK_APP as for `flask db upgrade`" in _alembic(fleet, project)["stopped"]
    (project / "app.py").write_text(FLASK_APP)
    found = _alembic(fleet, project)
    assert (found.get("stopped"), found["replayed"]) == (None, 4)


def test_tables_that_came_before_the_first_revision(fleet: Database, tmp_path: Path) -> None:
    """As from create_all: the revisions alone build no tenant, and that is said."""
    found = _alembic(fleet, _project(tmp_path, r2=REVISIONS["r2"]))
    assert 'relation "jobs" does not exist. Tenants have jobs, but no revision' in found["stopped"]


@pytest.mark.prove
def test_a_connection_of_its_own_is_refused(fleet: Database, tmp_path: Path) -> None:
    """One that is made neither by an engine nor by a driver's `connect`: no revision runs there."""
    made = f"create_engine('postgresql+psycopg2://', creator=lambda: connection({fleet.url!r}))"
    env = BY_LOOP.replace(f"create_engine({NOWHERE!r})", made)
    env = f"from psycopg2.extensions import connection\n{env}"
    before = fleet.dump()
    found = _alembic(fleet, _project(tmp_path, env))
    assert found["replayed"] == 0
    assert found["stopped"].endswith(": env.py connects to another database, in a way of its own")
    assert fleet.dump() == before


@pytest.mark.parametrize(
    "beside",
    [
        (
            "import asyncpg, asyncio\n"
            "async def go():\n"
            "    its = await asyncpg.connect({url!r})\n"
            "    await its.execute('create schema if not exists m')\n"
            "asyncio.run(go())\n"
        ),
        (
            "import asyncio\n"
            "from sqlalchemy import text\n"
            "from sqlalchemy.ext.asyncio import create_async_engine\n"
            "import asyncpg\n"
            "async def go():\n"
            "    its = create_async_engine(\n"
            "        'postgresql+asyncpg://', async_creator=lambda: asyncpg.connect({url!r}))\n"
            "    async with its.begin() as connection:\n"
            "        await connection.execute(text('create schema if not exists m'))\n"
            "    await its.dispose()\n"
            "asyncio.run(go())\n"
        ),
        (
            "import psycopg\n"
            "with psycopg.Connection.connect({url!r}, options='-c search_path=public') as its:\n"
            "    its.execute('create schema if not exists m')\n"
        ),
        (
            "import asyncio, psycopg\n"
            "async def go():\n"
            "    its = await psycopg.AsyncConnection.connect({url!r}, options='-c jit=off')\n"
            "    await its.execute('create schema if not exists m')\n"
            "    await its.commit()\n"
            "asyncio.run(go())\n"
        ),
    ],
)
def test_what_env_does_beside_its_engine(fleet: Database, tmp_path: Path, beside: str) -> None:
    """It leads to scratch, whichever way a driver is called."""
    before = fleet.dump()
    env = beside.format(url=fleet.url)
    assert _alembic(fleet, _project(tmp_path, env + BY_PATH))["replayed"] == 4
    assert fleet.dump() == before
    assert not fleet.rows("select from pg_namespace where nspname = 'm'")


@pytest.mark.prove
def test_it_stops_where_a_revision_cannot_run(fleet: Database, tmp_path: Path) -> None:
    """It names it; tenants beyond are said to be at nothing that was not seen."""
    revisions = REVISIONS | {"r4": 'op.execute("select * from rows_of_live")'}
    found = _alembic(fleet, _project(tmp_path, **revisions))
    assert found["replayed"] == 3
    assert found["stopped"] == (
        'revision r4 cannot run in scratch: UndefinedTable: relation "rows_of_live" does not exist'
    )
    by_tenant = {name: its for its in found["tenants"] for name in its["tenants"]}
    assert (by_tenant["user_1"]["at"], by_tenant["user_1"]["nearest"]) == ([], "r3")
    assert by_tenant["user_4"]["at"] == ["r2", "r3"]


@pytest.mark.prove
def test_revisions_that_create_what_tenants_share(fleet: Database, tmp_path: Path) -> None:
    """In scratch it is there already; without it, they run."""
    create = 'op.execute("create table public.names (name text primary key)")'
    revisions = {"r0": create} | REVISIONS
    found = _alembic(fleet, _project(tmp_path, **revisions))
    assert found["replayed"] == 5
    assert found["tenants"][0]["at"] == ["r4"]


@pytest.mark.prove
def test_an_env_that_finds_no_tenant(fleet: Database, tmp_path: Path) -> None:
    """It is said that it ran nothing."""
    env = BY_LOOP.replace("'^user_[0-9]+$'", "'^nobody$'")
    found = _alembic(fleet, _project(tmp_path, env))
    assert found["replayed"] == 0
    assert found["stopped"].startswith("env.py runs no revision in the schema user_1")
    assert not any(its["at"] or its["nearest"] for its in found["tenants"])


@pytest.mark.prove
def test_an_env_that_fails(fleet: Database, tmp_path: Path) -> None:
    """Its exception is told, without the password that it quotes."""
    env = "raise RuntimeError('no way to postgresql://app:secret@db/app')"
    found = _alembic(fleet, _project(tmp_path, env))
    assert "RuntimeError: no way to postgresql://***@db/app" in found["stopped"]


@pytest.mark.prove
def test_one_account_for_all(fleet: Database, tmp_path: Path) -> None:
    """A tenant without a table of its own has the stamp of the schema behind it."""
    fleet.execute(
        "create table public.alembic_version (version_num varchar(32) primary key);"
        "insert into public.alembic_version values ('r3')"
    )
    found = _alembic(fleet, _project(tmp_path))
    by_tenant = {name: its["stamps"] for its in found["tenants"] for name in its["tenants"]}
    assert (by_tenant["user_7"], by_tenant["user_1"]) == (["r3"], ["r4"])


@pytest.mark.prove
def test_a_text_that_is_spelled_otherwise(fleet: Database, tmp_path: Path) -> None:
    """After a dump and a restore a check reads differently; the tenant is at its revision."""
    check = "create table t (s varchar(9) primary key check (s in ('a', 'b')))"
    fleet.execute(
        "set search_path = user_1; create table t (s varchar(9) primary key constraint t_s_check"
        " check (s::text = any (array['a'::varchar::text, 'b'::varchar::text]))); reset search_path"
    )
    revisions = REVISIONS | {"r5": f'op.execute("{check}")'}
    by_tenant = {
        name: its["at"]
        for its in _alembic(fleet, _project(tmp_path, **revisions))["tenants"]
        for name in its["tenants"]
    }
    assert (by_tenant["user_1"], by_tenant["user_2"]) == (["r5"], ["r4"])


def test_modules_beside_the_ini(fleet: Database, tmp_path: Path) -> None:
    """They are found, but shadow none of Python's, unless prepend_sys_path says so."""
    env = f"import logging, ours, colorsys\nlogging.getLogger('x')\ncolorsys.ours\n{BY_PATH}"
    project = _project(tmp_path, env=env)
    for name in ("logging", "email", "ours", "first/colorsys"):
        (project / name).mkdir(parents=True)
        (project / name / "__init__.py").write_text("ours = True")
    ini = project / "alembic.ini"
    ini.write_text(f"{ini.read_text()}prepend_sys_path = first\n")
    found = _alembic(fleet, project)
    assert (found.get("stopped"), found["replayed"]) == (None, 4)


@pytest.mark.prove
def test_where_the_folder_is(fleet: Database, tmp_path: Path) -> None:
    """Named by the ini, its folder or the scripts; found above; not looked for if so wished."""
    (tmp_path / "project").mkdir()
    project = _project(tmp_path / "project")
    (below := project / "src").mkdir()
    assert _alembic(fleet, below)["folder"] == "../alembic.ini"
    assert _alembic(fleet, project, "--no-alembic") is None
    assert _alembic(fleet, tmp_path) is None
    for named in ("project", "project/alembic.ini", "project/migrations"):
        assert _alembic(fleet, tmp_path, "--alembic", named)["replayed"] == 4
    wrong = Cli(fleet.url)("survey", "--alembic", "nowhere", cwd=tmp_path)
    assert wrong.code == 1
    assert re.match("Error: There is neither an alembic.ini nor an env.py in nowhere", wrong.err)


@pytest.mark.prove
def test_in_a_monorepo(fleet: Database, tmp_path: Path) -> None:
    """Found below the project; of several none is run, because nobody knows which is meant."""
    for name in ("shop", "blog"):
        (tmp_path / name).mkdir()
    shop = _project(tmp_path / "shop")
    (shop / ".git").rename(tmp_path / ".git")
    found = _alembic(fleet, tmp_path)
    assert (found["folder"], found["replayed"]) == ("shop/alembic.ini", 4)
    (_project(tmp_path / "blog") / ".git").rmdir()
    found = _alembic(fleet, tmp_path)
    assert (found["folder"], found["replayed"]) == ("blog/alembic.ini, shop/alembic.ini", 0)
    assert found["stopped"] == "there are 2 of them; name one with --alembic"
    assert [its["stamps"] for its in found["tenants"]] != []
    told = Cli(fleet.url)("survey", cwd=tmp_path).out
    assert "Alembic (blog/alembic.ini, shop/alembic.ini)" in told
    assert "  stopped: there are 2 of them; name one with --alembic" in told
    found = _alembic(fleet, tmp_path, "--alembic", "shop")
    assert (found["folder"], found["replayed"]) == ("shop", 4)
    assert _alembic(fleet, shop)["folder"] == "alembic.ini"
