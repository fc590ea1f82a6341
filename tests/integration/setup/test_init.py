"""`init` finds what a project and its database say, and writes it once."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Cli, Database

BASE = """
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): pass
"""
MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from app.db import Base
print("printed by the models")
class Order(Base):
    __tablename__ = "orders"
    __table_args__ = {"schema": "own"}
    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[int] = mapped_column(ForeignKey("shop.plans.id"))
class Plan(Base):
    __tablename__ = "plans"
    __table_args__ = {"schema": "shop"}
    id: Mapped[int] = mapped_column(primary_key=True)
class Unit(Base):
    __tablename__ = "units"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
TENANT = """
create schema {0};
create table {0}.orders (id serial primary key, plan integer not null references shop.plans);
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Models in a package, a pyproject.toml without our table, and Alembic's folder."""
    (tmp_path / ".git").mkdir()
    for name, text in {
        "pyproject.toml": '[project]\nname = "shop"  # stays\n',
        "app/__init__.py": "",
        "app/db.py": BASE,
        "app/models.py": MODELS,
        "migrations/env.py": "raise SystemExit('never run')",
        "migrations/versions/1.py": "revision = '1'\ndown_revision = None\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def fleet(database: Database) -> Database:
    """Twelve tenants, one of them drifted; a template; shared tables in `shop` and in `public`."""
    database.execute(
        "create schema shop; create table shop.plans (id serial primary key);"
        "create table public.units (id serial primary key);"
        "create schema extra;" + "".join(TENANT.format(f"org_{n}") for n in range(1, 13))
    )
    database.execute(TENANT.format("blank"))
    database.execute("alter table org_7.orders add column note text")
    database.execute("create table org_3.alembic_version (version_num text)")
    return database


def table(project: Path) -> Any:  # noqa: ANN401 - TOML
    text = (project / "pyproject.toml").read_text(encoding="utf-8")
    assert text.startswith('[project]\nname = "shop"  # stays\n')
    return tomllib.loads(text)["tool"]["diffapply"]


def test_what_is_found_is_shown_and_written(cli: Cli, fleet: Database, project: Path) -> None:
    told = cli("init", "--yes", cwd=project)
    assert told.code == 0, told.err
    assert table(project) == {
        "desired": "app/models.py:Base",
        "tenants": r"^org_\d+$",
        "templates": ["blank"],
        "tenant-token": "own",
        "schemaless": "shared",
        "search-path": ["public"],
        "manage": "declared",
    }
    for words in (
        "app/models.py:Base: 1 table of the tenant, 1 shared in shop.",
        "12 schemas, org_1, org_2, org_3 and 9 more. No tenants: blank, extra, public, shop.",
        "migrations: 1 revision; alembic_version is in 1 of 12 tenants.",
        "+ extra column orders.note: 1 tenant (org_7)",
    ):
        assert words in told.out
    assert "printed" not in told.out
    assert not fleet.rows("select from pg_namespace where nspname = 'diffapply'")


def test_two_folders_of_revisions_are_both_told(cli: Cli, fleet: Database, project: Path) -> None:
    (project / "blog" / "versions").mkdir(parents=True)
    (project / "blog" / "env.py").touch()
    told = cli("init", "--yes", cwd=project)
    assert told.code == 0, told.err
    assert "2 places have revisions; " in told.out
    assert "blog: 0 revisions" in told.out
    assert fleet.rows("select from org_3.alembic_version") == []


def test_the_settings_work(cli: Cli, fleet: Database, project: Path) -> None:
    """The next command needs no option; a folder below finds the same."""
    assert cli("init", "--yes", cwd=project).code == 0
    fleet.execute("alter table org_7.orders drop column note; drop table org_3.alembic_version")
    for folder in (project, project / "app"):
        told = cli("drift", cwd=folder)
        assert (told.code, told.out) == (0, "In sync: 13 tenants at the desired state.\n"), told.err


def test_a_schema_that_the_models_need(cli: Cli, fleet: Database, project: Path) -> None:
    """It is not on the role's path, but on that of the application; the models tell."""
    fleet.execute("create function extra.code() returns integer language sql as 'select 1'")
    text = MODELS.replace(
        "    plan:",
        "    code: Mapped[int] = mapped_column(server_default=sa.text('code()'))\n    plan:",
    )
    (project / "app/models.py").write_text("import sqlalchemy as sa\n" + text, encoding="utf-8")
    told = cli("init", "--yes", cwd=project)
    assert told.code == 0, told.err
    assert "The models need extra, which is not on the role's own path." in told.out
    assert table(project)["search-path"] == ["public", "extra"]
    assert "- missing column orders.code: 13 tenants" in told.out


def test_a_name_that_nobody_has(cli: Cli, fleet: Database, project: Path) -> None:
    """Why tenants cannot be compared is told; the settings are written all the same."""
    assert fleet.rows("select from org_1.orders") == []
    text = MODELS.replace("from sqlalchemy import ForeignKey", "from sqlalchemy import *")
    text = text.replace(
        "    plan:", "    x: Mapped[int] = mapped_column(server_default=text('no()'))\n    plan:"
    )
    (project / "app/models.py").write_text(text, encoding="utf-8")
    told = cli("init", "--yes", cwd=project)
    assert told.code == 0, told.err
    assert "Not compared yet: PostgreSQL refuses the desired state" in told.out
    assert table(project)["search-path"] == ["public"]


@pytest.mark.prove
def test_options_win_over_what_is_found(cli: Cli, fleet: Database, project: Path) -> None:
    assert fleet.rows("select from org_1.orders") == []
    options = ("--tenants", "^(org_1|org_2)$", "--template", "org_9", "--search-path", "extra")
    told = cli("init", "--yes", *options, cwd=project)
    assert told.code == 0, told.err
    written = table(project)
    assert written["tenants"] == "^(org_1|org_2)$"
    assert (written["templates"], written["search-path"]) == (["org_9"], ["extra"])
    assert written["tenant-token"] == "own"


def test_models_that_are_given_are_looked_at_too(cli: Cli, fleet: Database, project: Path) -> None:
    """What stands for the tenant in them is found; they are not looked for."""
    assert fleet.rows("select from org_1.orders") == []
    (project / "app/models.py").rename(project / "app/tables.py")
    (project / "app/more.py").write_text(MODELS.replace("orders", "others"), encoding="utf-8")
    told = cli("init", "--yes", "--desired", "app/tables.py:Base", cwd=project)
    assert told.code == 0, told.err
    assert "app/tables.py:Base: 1 table of the tenant, 1 shared in shop." in told.out
    assert "more.py" not in told.out
    written = table(project)
    assert (written["desired"], written["tenant-token"]) == ("app/tables.py:Base", "own")
    assert (written["schemaless"], written["manage"]) == ("shared", "declared")


def test_without_consent_nothing_is_written(cli: Cli, fleet: Database, project: Path) -> None:
    assert fleet.rows("select from org_1.orders") == []
    before = (project / "pyproject.toml").read_bytes()
    told = cli("init", cwd=project)
    assert told.code == 1
    assert told.err.endswith(
        "Error: Standard input is no terminal, so nobody can answer.\n"
        "Nothing was done. Give --yes to write it without a question.\n"
    )
    assert "[tool.diffapply]" in told.out
    assert (project / "pyproject.toml").read_bytes() == before


def test_existing_settings_are_not_overwritten(cli: Cli, project: Path) -> None:
    path = project / "pyproject.toml"
    path.write_text("[tool.diffapply]\njobs = 2\n", encoding="utf-8")
    told = cli("init", "--yes", cwd=project)
    assert told.code == 1
    assert "has [tool.diffapply] already; nothing there is overwritten." in told.err
    assert path.read_text(encoding="utf-8") == "[tool.diffapply]\njobs = 2\n"


def test_no_tenants_yet(cli: Cli, project: Path) -> None:
    """A schema of the models that the database does not have stands for the tenant."""
    told = cli("init", "--yes", "--search-path", "public", cwd=project)
    assert told.code == 0, told.err
    assert "no schema is a tenant" in told.out
    assert "tenants" not in table(project)


def test_a_new_project(cli: Cli, fleet: Database, tmp_path: Path) -> None:
    """Without a pyproject.toml, one is created with nothing else in it."""
    assert fleet.rows("select from org_1.orders") == []
    (tmp_path / ".git").mkdir()
    (tmp_path / "tables.sql").write_text("create table orders (id serial primary key);")
    told = cli("init", "--yes", "--desired", "tables.sql", "--tenants", r"^org_\d+$", cwd=tmp_path)
    assert told.code == 0, told.err
    assert (tmp_path / "pyproject.toml").read_text().startswith("[tool.diffapply]\n")
    assert "missing constraint" not in told.out
    assert "extra column orders.plan: 12 tenants" in told.out


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("app/db.py", BASE + "import not_there\n", "ModuleNotFoundError: No module named"),
        ("app/models.py", MODELS + "import os; os._exit(3)\n", "ends the process"),
        ("app/models.py", "", "No SQLAlchemy MetaData with tables was found"),
    ],
)
def test_models_that_cannot_be_used(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    cli: Cli, fleet: Database, project: Path, file: str, text: str, words: str
) -> None:
    """The reason is told, and what to give instead."""
    assert fleet.rows("select from org_1.orders") == []
    (project / file).write_text(text, encoding="utf-8")
    told = cli("init", "--yes", cwd=project)
    assert told.code == 1
    assert words in told.err
    assert "Give --desired" in told.err
    assert "Traceback" not in told.err
    assert "[tool.diffapply]" not in (project / "pyproject.toml").read_text()


def test_without_a_database(cli: Cli, project: Path) -> None:
    """An embedded server that is not there yet has no tenants; it is not made for that."""
    home = project / "home"
    env = {"DATABASE_URL": None, "DIFFAPPLY_HOME": str(home)}
    told = cli("init", "--yes", cwd=project, env=env)
    assert told.code == 1
    assert told.err.startswith("Error: No database is named")
    assert not home.exists()


def test_a_table_of_stamps_with_another_name(cli: Cli, fleet: Database, project: Path) -> None:
    """It is left alone as alembic_version is. A table of the models that looks alike is not."""
    stamps = "(version_num varchar(32) not null, constraint {0}_pkc primary key (version_num))"
    fleet.execute(f"create table org_2.version_of_fab {stamps.format('version_of_fab')}")
    fleet.execute("create table org_2.alike (version_num varchar(32) primary key)")
    told = cli("init", "--yes", cwd=project)
    assert told.code == 0, told.err
    assert table(project)["ignore"] == ["table:version_of_fab"]
    assert "table:version_of_fab: is left alone, wherever it is." in told.out
    left = cli("plan", "--exclude", "org_7", "--format", "json", cwd=project)
    assert (left.code, "alike" in left.out) == (0, True), left
    assert "version_of_fab" not in left.out
    settings = project / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    for ignore, advice in (
        ("# ignore =", 'ignore = ["table:version_of_fab"]'),
        ('ignore = ["view:another"] # ', 'add "table:version_of_fab" to ignore'),
    ):
        settings.write_text(text.replace("ignore =", ignore), encoding="utf-8")
        planned = " ".join(cli("plan", "--exclude", "org_7", cwd=project).out.split())
        assert "version_of_fab has the form of Alembic's stamps" in planned
        assert f"leave it alone: {advice}" in planned


def without_a_common_importer(project: Path) -> None:
    """Orders are in one module, notes in another; their `Base` is from a third."""
    text = MODELS.replace('"orders"', '"notes"').replace("class Order", "class Note")
    notes = text.partition("class Plan")[0].replace("shop.plans.id", "own.orders.id")
    (project / "app/notes.py").write_text(notes, encoding="utf-8")


def test_models_without_a_common_importer(cli: Cli, fleet: Database, project: Path) -> None:
    """All are named, and compared together."""
    assert fleet.rows("select from org_1.orders") == []
    without_a_common_importer(project)
    told = cli("init", "--yes", cwd=project)
    assert told.code == 0, told.err
    assert table(project)["desired"] == ["app/models.py:Base", "app/notes.py:Base"]
    assert "2 tables of the tenant, 1 shared in shop." in told.out
    assert "- missing table notes: 13 tenants" in told.out


def test_half_of_the_models_is_not_written(cli: Cli, fleet: Database, project: Path) -> None:
    """A plan with that would drop the rest; who means it names it."""
    assert fleet.rows("select from org_1.orders") == []
    without_a_common_importer(project)
    with (project / "app/notes.py").open("a", encoding="utf-8") as file:
        file.write("import not_there\n")
    told = cli("init", "--yes", cwd=project)
    assert told.code == 1
    assert "Error: The models lack what is in app/notes.py: " in told.err
    assert "No module named 'not_there'" in told.err
    assert told.out.count("Not imported: app/notes.py, which has tables or DDL, too.") == 1
    assert "[tool.diffapply]" not in (project / "pyproject.toml").read_text()
    assert cli("init", "--yes", "--desired", "app/models.py:Base", cwd=project).code == 0


@pytest.mark.parametrize("more", ["", "import not_there\n"])
def test_services_of_a_monorepo(cli: Cli, database: Database, tmp_path: Path, more: str) -> None:
    """Their modules have the same names; the tenants are those of one service."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"  # stays\n')
    for service, name, end in (("shop", "orders", ""), ("billing", "invoices", more)):
        (tmp_path / service).mkdir()
        (tmp_path / service / "database.py").write_text(BASE)
        (tmp_path / service / "models.py").write_text(
            "from database import Base\nfrom sqlalchemy.orm import Mapped, mapped_column\n"
            f"class One(Base):\n    __tablename__ = '{name}'\n"
            f"    id: Mapped[int] = mapped_column(primary_key=True)\n{end}"
        )
    for number in range(1, 4):
        database.execute(
            f"create schema org_{number}; create table org_{number}.orders (id serial primary key)"
        )
    told = cli("init", "--yes", cwd=tmp_path)
    assert told.code == 0, told.err
    assert table(tmp_path)["desired"] == "shop/models.py:Base"
    assert "In sync: 3 tenants" in told.out
    assert "invoices" not in told.out
    drift = cli("drift", cwd=tmp_path)
    assert (drift.code, drift.out) == (0, "In sync: 3 tenants at the desired state.\n"), drift.err


def test_only_an_application(cli: Cli, fleet: Database, project: Path) -> None:
    """It is not imported, but named."""
    assert fleet.rows("select from org_1.orders") == []
    with (project / "app/models.py").open("a", encoding="utf-8") as file:
        file.write("app = FastAPI()\n")
    told = cli("init", "--yes", cwd=project)
    assert told.code == 1
    assert "Error: app/models.py has tables, but it does more than define models" in told.err
