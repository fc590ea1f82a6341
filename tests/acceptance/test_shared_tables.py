"""Real projects: tenant tables with and without a token, and foreign keys to shared tables."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2 import sql

from tests.servers import Cli, Database

_MODELS = """
import enum
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import ARRAY, UUID

metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})

class Color(enum.Enum):
    red = 1
    green = 2

country = Table("country", metadata, Column("code", CHAR(2), primary_key=True), schema="public")
plan = Table("plan", metadata, Column("id", Integer, primary_key=True), schema="billing")
account = Table(
    "account", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("country", ForeignKey("public.country.code")),
    Column("plan", ForeignKey("billing.plan.id")),
    Column("color", Enum(Color, name="color")),
    Column("tags", ARRAY(String(20))),
    Column("share", String, CheckConstraint("share like '%x%'", name="share")),
    schema="tenant",
)
item = Table(
    "Item List", metadata,
    Column("id", UUID, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("account", ForeignKey("tenant.account.id", ondelete="CASCADE")),
    Column("color", Enum(Color, name="color")),
    Column("kind", Enum("a", "b", native_enum=False, create_constraint=True, name="kind")),
    Column("double", Integer, Computed("1 + 1", persisted=True)),
    comment="100% ours",
)
Index("ix_kind", item.c.account, postgresql_where=item.c.kind.in_(["a", "b"]))
event_log = DDL("create function touch() returns trigger language plpgsql as "
                "$$ begin return new; end $$")
from sqlalchemy import event
event.listen(metadata, "after_create", event_log)
"""
_SHARED = """
create schema billing;
create table public.country (code char(2) primary key);
create table billing.plan (id integer primary key);
insert into public.country values ('ch');
"""


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    """Two tenants, one with an older account table, and the shared tables."""
    (tmp_path / "models.py").write_text(_MODELS)
    database.execute(_SHARED)
    database.execute(
        "create schema user_1; create schema user_2;"
        "create table user_2.account (id bigint primary key)"
    )
    return tmp_path


_OPTIONS = ("--desired", "models.py:metadata", "--tenant-token", "tenant")


@pytest.mark.postgres(18, prove=(15, 16, 17))
def test_tokens_and_shared_tables(database: Database, cli: Cli, folder: Path) -> None:
    """Forward, in sync, and back; shared tables are referred to, and never changed."""
    shared = [database.dump(name) for name in ("public", "billing")]
    before = database.dump("user_2")
    forward = cli("apply", *_OPTIONS, "--yes", cwd=folder)
    assert forward.code == 0, forward.out + forward.err
    drift = cli("drift", *_OPTIONS, cwd=folder)
    assert drift.code == 0, drift.out
    database.execute("insert into user_1.account (country, color) values ('ch', 'red')")
    assert [database.dump(name) for name in ("public", "billing")] == shared
    database.execute("delete from user_1.account")
    back = cli("apply", "--backward", *_OPTIONS, "--yes", cwd=folder)
    assert back.code == 0, back.out + back.err
    assert Database.difference(before, database.dump("user_2")) == ""


def test_a_shared_table_that_does_not_exist(database: Database, cli: Cli, folder: Path) -> None:
    """It is named, and what to do about it; nothing is touched."""
    database.execute("drop table billing.plan")
    outcome = cli("apply", *_OPTIONS, "--yes", cwd=folder)
    assert (outcome.code, "billing.plan" in outcome.err) == (1, True), outcome.err
    assert "Shared objects must exist" in outcome.err


@pytest.fixture
def role(database: Database) -> Iterator[str]:
    """A role that may do all that apply needs, but refer to no shared table."""
    name = f'role "of" {database.name}'
    given = {"role": sql.Identifier(name), "database": sql.Identifier(database.name)}
    database.execute(
        sql.SQL(
            "create role {role} login createdb; grant create on database {database} to {role};"
            "grant {role} to current_user; grant usage on schema billing to {role};"
            "alter schema user_1 owner to {role}"
        ).format(**given)
    )
    yield name
    database.execute(sql.SQL("drop owned by {role} cascade; drop role {role}").format(**given))


@pytest.mark.prove
def test_a_shared_table_that_the_role_may_not_refer_to(
    database: Database, cli: Cli, folder: Path, role: str
) -> None:
    """The plan says so, and what to run; with that, apply is done."""
    ours = {"DATABASE_URL": database.server.url(database.name, role)}
    options = (*_OPTIONS, "--only", "user_1")
    plan = cli("plan", *options, "--format", "json", cwd=folder, env=ours)
    assert plan.code == 0, plan.err
    notes = plan.json["transitions"][0]["notes"]
    assert [note.split()[5].rstrip(",") for note in notes] == ["billing.plan", "public.country"]
    for note in notes:
        database.execute(note.partition(" run: ")[2].removesuffix("."))
    again = cli("plan", *options, "--format", "json", cwd=folder, env=ours)
    assert again.json["transitions"][0]["notes"] == []
    done = cli("apply", *options, "--yes", cwd=folder, env=ours)
    assert done.code == 0, done.err


@pytest.mark.prove
def test_own_statements_refer_to_a_shared_table(
    database: Database, cli: Cli, folder: Path, role: str
) -> None:
    """However they are written, the plan says that the role may not."""
    its = sql.Identifier(role)
    owned = "alter schema user_2 owner to {its}; alter table user_2.account owner to {its}"
    database.execute(sql.SQL(owned).format(its=its))
    (folder / "goal.sql").write_text(
        "create table account (id bigint primary key, plan integer references billing.plan)"
    )
    (folder / "own.sql").write_text(
        "alter table account add plan integer;\n"
        "alter table account add foreign key (plan)\n  references billing.plan;"
    )
    outcome = cli(
        *("plan", "--desired", "goal.sql", "--only", "user_2", "--with", "own.sql"),
        *("--format", "json"),
        cwd=folder,
        env={"DATABASE_URL": database.server.url(database.name, role)},
    )
    assert outcome.code == 0, outcome.err
    [transition] = outcome.json["transitions"]
    assert "references billing.plan" in transition["statements"][1]["sql"]
    assert "A foreign key refers to billing.plan, but this role" in transition["notes"][0]


@pytest.mark.prove
def test_sql_files(database: Database, cli: Cli, folder: Path) -> None:
    """A folder of SQL is a desired state, in the order of its names, with the token or not."""
    sql = folder / "sql"
    sql.mkdir()
    (sql / "1_types.sql").write_text("create type tenant.color as enum ('red');")
    (sql / "2_tables.sql").write_text(
        "create table account (id bigint primary key, color color,"
        " country char(2) references public.country (code));"
        "create view tenant.colors as select color, count(*) from tenant.account group by 1;"
    )
    options = ("--desired", "sql", "--tenant-token", "tenant")
    forward = cli("apply", *options, "--yes", cwd=folder)
    assert forward.code == 0, forward.out + forward.err
    assert cli("drift", *options, cwd=folder).code == 0
    assert database.rows("select * from user_1.colors") == []


@pytest.mark.prove
def test_a_pg_dump_is_a_desired_state(database: Database, cli: Cli, folder: Path) -> None:
    """What pg_dump says of one tenant, its name standing for the tenant."""
    database.execute("create table user_2.more (id serial, at timestamptz default now())")
    (folder / "dump.sql").write_text(database.dump("user_2").replace("CREATE SCHEMA user_2;", ""))
    options = ("--desired", "dump.sql", "--tenant-token", "user_2", "--only", "user_1")
    forward = cli("apply", *options, "--yes", cwd=folder)
    assert forward.code == 0, forward.out + forward.err
    dumps = [database.dump(name, called="tenant") for name in ("user_1", "user_2")]
    assert Database.difference(*dumps) == ""


def test_tables_of_others_are_locked_last(database: Database, cli: Cli, folder: Path) -> None:
    """Whatever builds, scans or rewrites is done by then; and what needs the key comes after it."""
    database.execute("drop schema user_1")
    database.execute("alter table user_2.account add note varchar(10), add country char(2)")
    (folder / "desired.sql").write_text(
        "create table account (id bigint primary key, note varchar(10),"
        " country char(2) constraint home references public.country, size integer);"
        "comment on constraint home on account is 'where it is';"
        "create index on account (note); create table later (id integer, account bigint"
        " references account);"
    )
    plan = cli("plan", "--desired", "desired.sql", "--out", "plan.json", cwd=folder)
    assert plan.code == 0, plan.err
    document = json.loads((folder / "plan.json").read_text())
    [transition] = document["plan"]["transitions"]
    statements = transition["statements"]
    outside = [any(not lock["own"] for lock in its["locks"]) for its in statements]
    assert outside.count(True) == 1
    after = statements[outside.index(True) + 1 :]
    assert after
    assert all("home" in its["sql"] for its in after), statements
    assert cli("apply", "plan.json", "--yes", cwd=folder).code == 0


@pytest.mark.prove
def test_a_plan_of_an_older_version(database: Database, cli: Cli, folder: Path) -> None:
    """It does not say what its statements lock, and is applied all the same."""
    options = (*_OPTIONS, "--out", "plan.json")
    assert cli("plan", *options, cwd=folder).code == 0
    document = json.loads((folder / "plan.json").read_text())
    for transition in document["plan"]["transitions"]:
        for statement in transition["statements"]:
            del statement["locks"]
    body = json.dumps(document["plan"], sort_keys=True, separators=(",", ":"))
    document["digest"] = hashlib.sha256(body.encode()).hexdigest()
    (folder / "plan.json").write_text(json.dumps(document))
    applied = cli("apply", "plan.json", *_OPTIONS, "--yes", cwd=folder)
    assert applied.code == 0, applied.err
    assert cli("drift", *_OPTIONS, cwd=folder).code == 0
    assert database.value("select count(*) from diffapply.step where status = 'applied'") == 2
