"""What goes wrong is said with its place: file and line, table and column, statement, tenant."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from diffapply.desired import load
from diffapply.errors import DesiredStateError
from diffapply.model.scope import Scope
from tests.servers import Cli, Database

_BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n"
_MODEL = """from sqlalchemy.orm import Mapped, mapped_column
from .base import Base

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
_METADATA = """from sqlalchemy import *
from sqlalchemy.dialects.postgresql import *
metadata = MetaData()
t = Table("orders", metadata, Column("id", Integer), Column("Sum", {column}))
{more}
"""


@pytest.fixture
def folder(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tenant, and a folder in which we are; what is imported from there is not kept."""
    database.execute("create schema user_1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    there = {*sys.modules}
    yield tmp_path
    for name in {*sys.modules} - there:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def _refusal(database: Database, desired: str) -> str:
    """What is said of a desired state that cannot be loaded, or built in the tenant."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("begin; set local search_path = user_1")
        with pytest.raises(DesiredStateError) as caught:
            load(desired).build(connection, Scope("user_1"))
    return f"{caught.value.message}\n{caught.value.hint}"


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def test_models_that_need_another_version(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application is held back at what diffapply has brought along in a newer version."""
    meta = "Metadata-Version: 2.1\nName: held-back\nVersion: 1\nRequires-Dist: SQLAlchemy {}\n"
    files = {
        "held/__init__.py": "from sqlalchemy import gone_since_then",
        "held_back-1.dist-info/METADATA": meta.format("<2"),
        "held_back-1.dist-info/top_level.txt": "held\n",
        "models.py": "import held",
    }
    _write(folder, files)
    monkeypatch.syspath_prepend(str(folder))
    for desired in ("models.py:Base", "held.models:Base"):
        said = _refusal(database, desired)
        assert "cannot import name 'gone_since_then'" in said
        assert "held-back needs SQLAlchemy<2, and 2." in said
        assert "in an environment of its own" in said
    _write(folder, {"held_back-1.dist-info/METADATA": meta.format(">=2")})
    assert "environment of its own" not in _refusal(database, "models.py:Base")


@pytest.mark.parametrize(
    ("files", "desired", "says"),
    [
        (
            {
                "shop/order.py": f"{_MODEL}    total: Mapped[Decimal]",
                "shop/all.py": "from .order import *",
            },
            "shop/all.py:Base",
            ["shop/all.py cannot be imported: NameError", "(shop/order.py, line 7)"],
        ),
        (
            {"shop/all.py": "from . import order", "shop/order.py": "a = 1\n\ndef f(:"},
            "shop.all:Base",
            ["SyntaxError: ", "(shop/order.py, line 3)"],
        ),
        (
            {"shop/a.py": "from .b import y\nx = 1", "shop/b.py": "\nfrom .a import x\ny = 1"},
            "shop/a.py:Base",
            ["circular import", "(shop/b.py, line 2)"],
        ),
        (
            {"models.py": "import sqlalchemy\nimport no_such_package.inner"},
            "models.py:Base",
            ["(models.py, line 2)", "Install no_such_package where diffapply is installed"],
        ),
        (
            {"models.py": "import json\n\njson.loads('{')"},
            "models.py:Base",
            ["JSONDecodeError", "(models.py, line 3)"],
        ),
        (
            {"models.py": "import os\nurl = os.environ['NOT_SET']"},
            "models.py:Base",
            ["KeyError: 'NOT_SET' (models.py, line 2)"],
        ),
        ({"models.py": _BASE}, "models.py:Bass", ["no attribute 'Bass'", "base: Base."]),
        ({"models.py": "x = 1"}, "models.py:Base", ["no attribute 'Base'", "has neither"]),
        ({"models.py": "x = 1"}, "models.py", ["Write models.py:metadata"]),
        (
            {"shop/order.py": _MODEL, "shop/db.py": "from .base import Base"},
            "shop/db.py:Base",
            ["has no table", "such as shop/order.py:Base."],
        ),
    ],
)
def test_models_that_cannot_be_imported(
    database: Database, folder: Path, files: dict[str, str], desired: str, says: Sequence[str]
) -> None:
    """The innermost line of the user's own, and what to do where that is known."""
    _write(folder, {"shop/__init__.py": "", "shop/base.py": _BASE, **files})
    refusal = _refusal(database, desired)
    for words in says:
        assert words in refusal


@pytest.mark.parametrize(
    ("column", "more", "says"),
    [
        (
            'ENUM("a", name="k", schema="core", create_type=False)',
            "",
            [
                'schema "core" does not exist (table orders, column Sum)',
                "Shared objects must exist",
            ],
        ),
        (
            'ForeignKey("public.gone.id")',
            "Table('gone', metadata, Column('id', Integer), schema='public')",
            ["(table orders, column Sum)", "Shared objects must exist"],
        ),
        ('ForeignKey("gone.id")', "", ["'orders.Sum'"]),
        (
            'Integer, server_default=text("no_such()")',
            "",
            [
                "function no_such() does not exist (table orders, column Sum)",
                'that before the models: desired = ["functions.sql", "models.py:metadata"].',
            ],
        ),
        (
            "Integer",
            "Index('ix', func.no_such(t.c.Sum))",
            ["(index ix of table orders)", 'desired = ["functions.sql", "models.py:metadata"].'],
        ),
        ("Integer, CheckConstraint('id <<<< 1')", "", ['desired = ["functions.sql", ']),
        ('Integer, server_default=text("core.no_such()")', "", ["Shared objects must exist"]),
        ("Integer, CheckConstraint('no > 1')", "", ["(table orders, column Sum)"]),
        (
            "Integer",
            "t.append_constraint(CheckConstraint('no > 1'))",
            ["(table orders, in 'CHECK (no > 1)')"],
        ),
        ("CITEXT", "", ['It belongs to the extension citext: CREATE EXTENSION "citext";']),
        (
            "Integer",
            "Index('ix', t.c.Sum, postgresql_using='gist')",
            ["(index ix of table orders)", 'CREATE EXTENSION "btree_gist"'],
        ),
        (
            "Integer",
            "event.listen(t, 'after_create', DDL('create triger x'))",
            ["(in 'create triger x')"],
        ),
        (
            "Integer",
            "event.listen(t, 'after_create', lambda *_, **given: given['no_such'])",
            ["KeyError: 'no_such' (models.py, line 5)"],
        ),
        ("ENUM('a', 'a', name='mood')", "", ["(type mood)"]),
        (
            "Integer, index=True",
            "Index('ix_orders_Sum', t.c.Sum, t.c.id)",
            [
                "The models declare ix_orders_Sum 2 times: index of table orders (Sum), index of",
                "index of table orders (Sum, id). Take out what is there twice",
            ],
        ),
        (
            "Integer, index=True",
            "Table('o', metadata, Column('n', Text), UniqueConstraint('n', name='ix_orders_Sum'))",
            ["2 times: index of table orders (Sum), key of table o (n)."],
        ),
    ],
)
def test_models_that_postgresql_refuses(
    database: Database, folder: Path, column: str, more: str, says: Sequence[str]
) -> None:
    """Which table, column, index, type or statement; and the extension that is missing."""
    _write(folder, {"models.py": _METADATA.format(column=column, more=more)})
    refusal = _refusal(database, "models.py:metadata")
    for words in says:
        assert words in refusal


def test_models_that_sqlalchemy_refuses(database: Database, folder: Path) -> None:
    """PostgreSQL has seen none of them."""
    _write(folder, {"models.py": _METADATA.format(column="types.NullType", more="")})
    refusal = _refusal(database, "models.py:metadata")
    assert refusal.startswith("SQLAlchemy refuses the desired state models.py:metadata: ")
    assert "Can't generate DDL for NullType()" in refusal


def test_what_tenants_have_is_told(database: Database, cli: Cli, folder: Path) -> None:
    """With the command that prints it; so it can be written into a file before the models."""
    database.execute("create function user_1.short() returns int language sql return 1")
    column = 'Integer, server_default=text("short()")'
    _write(folder, {"models.py": _METADATA.format(column=column, more="")})
    outcome = cli("drift", "--desired", "models.py:metadata", cwd=folder)
    assert outcome.code == 1
    assert "user_1 has it: diffapply show user_1." in outcome.err
    shown = cli("show", "user_1", cwd=folder).out
    _write(folder, {"functions.sql": shown})
    both = ("--desired", "functions.sql", "--desired", "models.py:metadata")
    [missing] = cli("plan", "--format", "json", *both, cwd=folder).json["transitions"]
    assert "CREATE TABLE orders" in missing["statements"][0]["sql"]


def test_the_command_line_says_it(cli: Cli, folder: Path) -> None:
    """As an error with a hint, and no traceback."""
    _write(folder, {"models.py": _METADATA.format(column="CITEXT", more="")})
    outcome = cli("plan", "--desired", "models.py:metadata", cwd=folder)
    assert (outcome.code, outcome.out) == (1, "")
    assert 'type "citext" does not exist (table orders, column Sum)\n' in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("create table a ();\n\ncreate tabel b ();", "b.sql, line 3, is not valid SQL"),
        ("create table a ();\n\n-- é\ncreate table c (\n  x no_such\n);", "(sql/b.sql, line 5)"),
        ("create table a ();\n/* again\n*/\n\ncreate table a ();", "(sql/b.sql, line 5)"),
        ("create table a (b hstore);", 'CREATE EXTENSION "hstore"'),
        ("create table user_9.a ();", "If user_9 stands for the tenant in it, give --tenant-token"),
        ("create type user_9.a as (b int);", "--tenant-token user_9"),
        ("create table a (like user_9.b);", "Shared objects must exist"),
        ("set search_path = ''; create table a ();", "SQL must not change the search path"),
    ],
)
def test_sql_that_postgresql_refuses(
    database: Database, folder: Path, text: str, says: str
) -> None:
    """The file and the line, where PostgreSQL says it, or of the statement."""
    _write(folder, {"sql/a.sql": "create table first ();", "sql/b.sql": text})
    assert says in _refusal(database, "sql")


def test_the_token_is_told_for_a_dump(cli: Cli, folder: Path) -> None:
    """One of `public` is built there, and leaves nothing in the tenant."""
    dump = "select set_config('search_path', '', false); create table public.a (); "
    _write(folder, {"dump.sql": f"{dump}create function public.f() returns int return 1;"})
    outcome = cli("plan", "--desired", "dump.sql", cwd=folder)
    assert (outcome.code, "give --tenant-token public." in outcome.err) == (1, True), outcome.err
    outcome = cli("plan", "--desired", "dump.sql", "--tenant-token", "public", cwd=folder)
    assert outcome.code == 0, outcome.err


def test_an_extension_that_a_transition_lacks(database: Database, cli: Cli, folder: Path) -> None:
    """It is named where the plan is blocked by it, too."""
    database.execute("create table user_1.doc (title text)")
    _write(
        folder,
        {"models.sql": "create table doc (title text); create index i on doc using gin (title)"},
    )
    outcome = cli("plan", "--desired", "models.sql", cwd=folder)
    assert "btree_gin" in outcome.out + outcome.err


@pytest.fixture
def reader(database: Database, folder: Path) -> Iterator[Cli]:
    """Three tenants of a role's, which may not use the second."""
    role = f"reader_{database.name}"
    database.execute(
        f"create role {role} login createdb; create schema user_2; create schema user_3;"
        "create table user_3.extra ();"
        f"alter schema user_1 owner to {role}; alter schema user_3 owner to {role};"
        f"alter table user_3.extra owner to {role}; grant create on database "
        f"{database.name} to {role}; revoke all on schema user_2 from public"
    )
    _write(folder, {"models.sql": "create table doc ()"})
    yield Cli(database.server.url(database.name, role))
    database.execute(
        f"reassign owned by {role} to postgres; drop owned by {role}; drop role {role}"
    )


def test_a_tenant_that_may_not_be_read(reader: Cli, database: Database, folder: Path) -> None:
    """It is named with the GRANT that helps; plan and drift go on with the others."""
    grant = f"GRANT USAGE ON SCHEMA user_2 TO reader_{database.name}"
    desired = ("--desired", "models.sql")
    plan = reader("plan", "--format", "json", *desired, cwd=folder)
    assert plan.code == 1, plan.err
    assert f"{grant};" in plan.err
    assert plan.json["tenants"]["unreadable"] == 1
    assert plan.json["unreadable"] == [{"name": "user_2", "remedy": grant, "why": "denied"}]
    planned = sorted(name for its in plan.json["transitions"] for name in its["tenants"])
    assert planned == ["user_1", "user_3"]
    drift = reader("drift", *desired, cwd=folder)
    assert drift.code == 1
    told = f"unreadable 1 tenant: user_2\n  Let the schema's owner run:\n  {grant};"
    assert told in drift.out
    assert "missing table doc" in drift.out
    assert 'errors="1"' in reader("drift", "--format", "junit", *desired, cwd=folder).out
    alone = reader("plan", "--only", "user_2", *desired, cwd=folder)
    assert (alone.code, f"{grant};" in alone.err) == (1, True)
    database.execute(grant)
    assert reader("drift", *desired, cwd=folder).code == 2


def test_a_tenant_that_stays_locked(cli: Cli, database: Database, folder: Path) -> None:
    """It is named with whoever has it locked; plan and drift go on with the others."""
    database.execute("create schema user_2; create table user_2.doc (); create schema user_3")
    database.execute("create view user_2.docs as select from user_2.doc")
    _write(folder, {"models.sql": "create table doc ()"})
    desired = ("--desired", "models.sql")
    with closing(database.connect()) as other:
        other.cursor().execute("lock table user_2.doc")
        process = other.info.backend_pid
        drift = cli("drift", "--format", "json", *desired, cwd=folder)
        applied = cli("apply", "--yes", *desired, cwd=folder)
    locked = f"user_2.doc is no longer locked by process {process} ("
    assert (drift.code, applied.code) == (1, 1), drift.err
    states = {its["name"]: its["state"] for its in drift.json["tenants"]}
    assert states == {"user_1": "drifted", "user_2": "unreadable", "user_3": "drifted"}
    assert [its.get("why") for its in drift.json["tenants"]] == [None, "locked", None]
    assert "Error: 1 tenant could not be compared: user_2.\n" in drift.err
    assert f"All others were. Another session is at work: try again when {locked}" in drift.err
    assert "Nothing was done." in applied.err
    assert "Or leave such tenants out with --exclude." in applied.err
    assert database.value("select to_regclass('user_3.doc')") is None
    assert cli("apply", "--yes", "--only", "user_3", *desired, cwd=folder).code == 0


@pytest.mark.prove
def test_several_that_may_not_be_read(reader: Cli, database: Database, folder: Path) -> None:
    """One GRANT helps them all."""
    role = f"reader_{database.name}"
    database.execute(f"create schema user_4; alter table user_3.extra owner to {role}")
    grant = f"GRANT USAGE ON SCHEMA user_2, user_4 TO {role};"
    desired = ("--desired", "models.sql")
    for told in (
        reader("plan", *desired, cwd=folder).out,
        reader("plan", *desired, cwd=folder).err,
        reader("drift", *desired, cwd=folder).out,
        reader("drift", "--format", "markdown", *desired, cwd=folder).out,
        reader("drift", "--format", "github", *desired, cwd=folder).out,
        reader("survey", cwd=folder).out,
        reader("plan", "--only", "user_[24]", *desired, cwd=folder).err,
    ):
        assert f"Let the schemas' owner run: {grant}" in " ".join(told.replace("`", "").split())
    database.execute(grant)
    assert reader("drift", *desired, cwd=folder).code == 2


@pytest.mark.prove
def test_nothing_is_applied_beside_a_tenant_that_may_not_be_read(
    reader: Cli, database: Database, folder: Path
) -> None:
    """Unless it is left out; a plan file says so to whoever applies it, too."""
    desired = ("--desired", "models.sql")
    refused = reader("apply", "--yes", *desired, cwd=folder)
    assert (refused.code, "Or leave such tenants out" in refused.err) == (1, True)
    assert reader("plan", "--out", "plan.json", *desired, cwd=folder).code == 1
    assert reader("apply", "plan.json", "--yes", cwd=folder).code == 1
    assert database.rows("select from pg_class where relname = 'doc'") == []
    done = reader("apply", "--yes", "--exclude", "user_2", *desired, cwd=folder)
    assert done.code == 0, done.err


def test_the_scratch_database_is_named(cli: Cli, folder: Path) -> None:
    """Not the one that is planned for."""
    _write(folder, {"models.sql": "create table doc ()"})
    url = "postgresql://nobody@127.0.0.1:1/none"
    outcome = cli("plan", "--desired", "models.sql", "--scratch-url", url, cwd=folder)
    assert outcome.code == 1
    assert "Check --scratch-url" in outcome.err
    assert "--database-url" not in outcome.err
    bad = cli("plan", "--desired", "models.sql", "--scratch-url", "password=a b", cwd=folder)
    assert "The scratch database cannot be reached." in bad.err
    assert "Check --scratch-url" in bad.err


def test_a_plan_file_that_cannot_be_written(cli: Cli, folder: Path) -> None:
    """It is found out before the work."""
    outcome = cli("plan", "--desired", "no.sql", "--out", "missing/plan.json", cwd=folder)
    assert outcome.code == 1
    assert "cannot be written to missing/plan.json: No such file or directory." in outcome.err


def test_a_password_that_an_exception_quotes_is_not_repeated(
    database: Database, folder: Path
) -> None:
    """As applications do that cannot reach their own database when they are imported."""
    url = "postgresql://app:it's%20s3cret/@db@example/app"
    _write(folder, {"app.py": f'raise RuntimeError("no server at {url}")'})
    said = _refusal(database, "app.py:metadata")
    assert "RuntimeError: no server at postgresql://***@example/app (app.py, line 1)" in said
    assert "s3cret" not in said
