"""What stands beside the tenants: schemas that they name, templates, and what hangs on them."""

from pathlib import Path

import pytest

from tests.acceptance.field_cases import build
from tests.servers import Cli, Database

_NAMED = ("array_enum_shared", "two_metadata", "backward_shared_schema", "template_plain")


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("name", _NAMED)
def test_schemas_that_only_a_text_or_a_type_names(database: Database, name: str) -> None:
    """They stand in scratch: forward, and back."""
    case = build(name, database)
    before = {tenant: database.dump(tenant) for tenant in ("user_1", "user_2", "user_3")}
    case.applied()
    back = case("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    for tenant, dump in before.items():
        assert Database.difference(dump, database.dump(tenant)) == ""


def test_another_tenants_sequence(database: Database) -> None:
    """Tenants that draw from user_1's come to draw from their own, and back; no number twice."""
    case = build("foreign_sequence", database)
    kept = "insert into doc (note) values ('after') returning id"
    case.applied()
    assert case.answers(kept) == {name: [(6,)] for name in ("user_1", "user_2", "user_3")}
    back = case("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    assert case.answers(kept) == {"user_1": [(7,)], "user_2": [(8,)], "user_3": [(9,)]}
    case.applied()
    assert case.answers(kept) == {"user_1": [(10,)], "user_2": [(9,)], "user_3": [(10,)]}


_CORE = """
create schema "Core"; create schema core;
create function core.f() returns integer language sql immutable as 'select 7';
create function "Core".f() returns integer language sql stable as 'select core.f()';
"""
_BODY = "create function own() returns integer language sql stable as 'select core.f()'"
_MODELS = """
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import DOMAIN

shared = Table("list", MetaData(schema="keys"), Column("id", Integer, primary_key=True))
metadata = MetaData()
Table(
    "doc", metadata, Column("a", Integer),
    Column("b", Integer, server_default=text("defaults.f()")),
    Column("c", Integer, server_default=text('"Quoted".f()')),
    Column("d", Integer, Computed("a + computed.f()", persisted=True)),
    Column("e", DOMAIN("ours", Integer, check="domains.ok(value)")),
    Column("f", ForeignKey(shared.c.id, use_alter=True, name="late")),
    CheckConstraint("Checks.ok(a)"), Index("ix", text("(a + indexes.f())")),
)
event.listen(metadata, "after_create", DDL(
    "create view v as select data.f()"
))
"""
_SQL = """
-- user_2.doc is no part of it
create domain ours as integer check (domains.ok(value));
create table doc (
    a integer check (Checks.ok(a)), b integer default defaults.f(), c integer default "Quoted".f(),
    d integer generated always as (a + computed.f()) stored, e ours,
    f integer constraint late references keys.list
);
create index ix on doc ((a + indexes.f()));
create view v as select data.f();
"""
_NAMES = ("defaults", "Quoted", "computed", "domains", "keys", "checks", "indexes", "data")


@pytest.mark.parametrize("desired", ["models.py:metadata", "desired.sql"])
def test_texts_that_name_schemas(
    database: Database, cli: Cli, tmp_path: Path, desired: str
) -> None:
    """Wherever one stands, its schema is there when the desired state is built, and going back."""
    for name in _NAMES:
        database.execute(f"""
            create schema "{name}"; set search_path = "{name}";
            create function f() returns integer language sql immutable as 'select 7';
            create function ok(integer) returns boolean language sql immutable as 'select true';
            create table list (id integer primary key);
        """)
    database.execute("reset search_path; create schema user_1; create table user_1.doc (a integer)")
    (tmp_path / "models.py").write_text(_MODELS)
    (tmp_path / "desired.sql").write_text(_SQL)
    for options in (("--desired", desired), ("--backward",)):
        done = cli("apply", *options, "--yes", cwd=tmp_path)
        assert done.code == 0, done.err


def test_a_body_that_names_a_schema(database: Database, cli: Cli, tmp_path: Path) -> None:
    """A default is computed once when its column is added, by way of the tenant's function."""
    database.execute(_CORE + "create schema user_1; create table user_1.doc (a integer)")
    database.execute("insert into user_1.doc values (1)")
    body = _BODY.replace("core.f", '"Core".f')
    (tmp_path / "desired.sql").write_text(
        f"{body}; create table doc (a integer, b integer default own())"
    )
    for options in (("--desired", "desired.sql"), ("--backward",), ("--desired", "desired.sql")):
        done = cli("apply", *options, "--yes", "--allow-destructive", cwd=tmp_path)
        assert done.code == 0, done.err
    assert database.rows("select * from user_1.doc") == [(1, 7)]


def test_a_snapshot_that_names_a_schema(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Nothing refers to it any more but what is gone back to."""
    database.execute(_CORE + "create schema user_1; set search_path = user_1;" + _BODY)
    database.execute("create table doc (a integer, b integer default own()); reset search_path")
    before = database.dump("user_1")
    (tmp_path / "desired.sql").write_text("create table doc (a integer)")
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path).code == 0
    back = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert back.code == 0, back.err
    assert Database.difference(before, database.dump("user_1")) == ""
