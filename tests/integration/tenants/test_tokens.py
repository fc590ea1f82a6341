"""Change tokens: they move whenever the structure does, and stand while only rows change."""

import re
from importlib.resources import files

import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.connection import Database as Live
from diffapply.database.connection import connected, read_server
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.memory import named_schemas
from diffapply.tenants import tokens
from tests.acceptance.gallery import RICH, gallery
from tests.acceptance.mutations import MUTATIONS, MUTATIONS_18
from tests.servers import EMBEDDED, Database, Server

_TENANT = """
create table jobs (id serial primary key, name text not null default 'x');
create index on jobs (name);
insert into jobs (name) select n::text from generate_series(1, 100) n;
"""
_PARTS = ("columns", "rest")


@pytest.fixture
def tenants(database: Database) -> Database:
    """Two tenants that are alike, and a table outside of them."""
    for name in ("user_1", 'user "2"'):
        quoted = sql.Identifier(name)
        database.execute(
            sql.SQL("create schema {}; set search_path = {};").format(quoted, quoted)
            + sql.SQL(_TENANT)
        )
    database.execute("reset search_path; create table public.plans (id integer primary key)")
    return database


def _tokens(database: Database) -> dict[str, str]:
    with connected(database.url) as connection:
        live = Live(connection, database.url, read_server(connection))
        return tokens.read_tokens(live, ["user_1", 'user "2"'])


def _digests(connection: Connection, oid: int) -> list[tuple[int, int]]:
    """The digests of one schema, and of all outside, in the transaction of the connection."""
    found: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute("set local search_path = pg_catalog, pg_temp")
        for part in _PARTS:
            cursor.execute(tokens._query(part), {"schemas": [oid]})
            found += sorted(cursor.fetchall())
    return found


def _own_digests(connection: Connection, oid: int) -> list[tuple[int, int]]:
    """The same of the one schema, found through indexes."""
    with connection.cursor() as cursor:
        cursor.execute(tokens._OWN_SETTINGS)
        text = tokens._own_query().text.replace("%", "%%").replace("$1", "%(schemas)s::oid[]")
        cursor.execute(text, {"schemas": [oid]})
        [(found, *digests)] = cursor.fetchall()
    return [(found, digest) for digest in digests if digest is not None]


_EVERY = 6
"""`make test` tries every so many of the mutations, `make prove` the others."""


@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
@pytest.mark.parametrize("few", [True, pytest.param(False, marks=pytest.mark.prove)])
def test_every_mutation_moves_the_token(server: Server, *, few: bool) -> None:
    """Whatever one statement changes in a rich tenant: the half that is its own; nothing else does.

    What is read of one schema through indexes is all that a look at the whole database finds.
    """
    every = [*MUTATIONS, *(MUTATIONS_18 if server.version >= 18 else ())]
    chosen = [its for number, its in enumerate(every) if (number % _EVERY == 0) is few]

    def own_of(digests: list[tuple[int, int]]) -> list[tuple[int, int]]:
        return [digest for digest in digests if digest[0] == oid]

    with gallery(server) as here, here.connection.cursor() as cursor:
        here.build(RICH)
        cursor.execute("select oid from pg_namespace where nspname = %s", [RICH])
        [(oid,)] = cursor.fetchall()
        cursor.execute("begin")
        before = _digests(here.connection, oid)
        assert [schema for schema, _ in before] == [0, oid] * len(_PARTS)
        for mutation in chosen:
            cursor.execute("savepoint change")
            cursor.execute(sql.SQL("set local search_path = {}").format(sql.Identifier(RICH)))
            cursor.execute(mutation.sql)
            after = own_of(_digests(here.connection, oid))
            assert after != own_of(before), mutation.sql
            assert _own_digests(here.connection, oid) == after, mutation.sql
            cursor.execute("rollback to savepoint change")
        assert _digests(here.connection, oid) == before


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    "ddl",
    [
        "",
        "create sequence s",
        "create view v as select 1 as a",
        "create function f() returns integer language sql as 'select 1'",
        "create type e as enum ('a'); comment on type e is 'all there is'",
        "create type c as (a integer); create cast (c as text) with inout",
        'create collation c from "C"',
        "alter default privileges in schema user_1 grant select on tables to public",
    ],
)
def test_a_schema_that_has_hardly_anything(database: Database, ddl: str) -> None:
    """What it does not have counts as nothing, however it is read."""
    database.execute("create schema user_1; create schema user_2; create table user_2.t ()")
    database.execute(f"set search_path = user_1; {ddl}")
    with connected(database.url) as connection, connection.cursor() as cursor:
        cursor.execute("begin; select 'user_1'::regnamespace::oid")
        [(oid,)] = cursor.fetchall()
        whole = [its for its in _digests(connection, oid) if its[0] == oid]
        assert _own_digests(connection, oid) == whole


@pytest.mark.postgres(15, 18, prove=(16, 17, EMBEDDED))
def test_rows_do_not_move_tokens(tenants: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do maintenance, time, and the temporary tables of others."""
    monkeypatch.setattr(
        tokens, "server_wide_names", lambda _: 0
    )  # those of other tests come and go
    before = _tokens(tenants)
    assert len(set(before.values())) == 2
    for statement in (
        "insert into user_1.jobs (name) select 'y' from generate_series(1, 1000)",
        "delete from user_1.jobs where id % 2 = 0",
        "analyze user_1.jobs",
        "vacuum user_1.jobs",
        "vacuum (freeze) pg_class",
        "vacuum (freeze) pg_attribute",
        "select nextval('user_1.jobs_id_seq')",
        "create temporary table t (id serial primary key, name text default 'x')",
    ):
        tenants.execute(statement)
        assert _tokens(tenants) == before, statement


@pytest.mark.postgres(15, 18)
def test_a_change_moves_the_token_of_its_tenant(
    tenants: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of no other; even one that is taken back, as nothing says that it was."""
    monkeypatch.setattr(tokens, "server_wide_names", lambda _: 0)
    before = _tokens(tenants)
    tenants.execute("alter table user_1.jobs add column more text")
    after = _tokens(tenants)
    assert after["user_1"] != before["user_1"]
    assert after['user "2"'] == before['user "2"']
    tenants.execute("alter table user_1.jobs drop column more")
    assert _tokens(tenants)["user_1"] not in (before["user_1"], after["user_1"])


@pytest.mark.postgres(15, 18)
@pytest.mark.parametrize(
    "change",
    [
        "alter table public.plans rename column id to plan",
        "create function public.f() returns integer language sql as 'select 1'",
        "comment on table public.plans is 'changed'",
        "alter schema outside rename to beyond",
        'create role "a new {name}"',
    ],
)
def test_a_change_outside_moves_all_tokens(tenants: Database, change: str) -> None:
    """Definitions name what is outside: tables that keys lead to, types, roles."""
    tenants.execute("create schema outside")
    before = _tokens(tenants)
    tenants.execute(change.format(name=tenants.name))
    after = _tokens(tenants)
    assert not set(before.values()) & set(after.values())
    tenants.execute(f'drop role if exists "a new {tenants.name}"')


def test_one_connection_is_enough(tenants: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another must not be opened, it only takes longer."""
    monkeypatch.setattr(tokens, "server_wide_names", lambda _: 0)
    before = _tokens(tenants)
    with connected(tenants.url) as connection:
        live = Live(connection, tenants.url, read_server(connection))
        monkeypatch.setattr(tokens, "connected", None)
        assert tokens.read_tokens(live, [*before], jobs=1) == before


@pytest.mark.postgres(15, 18)
def test_a_few_tenants_are_told_to_be_untouched(
    tenants: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their tokens, in a transaction; any change of one of them is seen, nothing else is."""
    monkeypatch.setattr(tokens, "server_wide_names", lambda _: 0)
    before = _tokens(tenants)

    def untouched(found: dict[str, str]) -> bool:
        with connected(tenants.url) as connection, connection.cursor() as cursor:
            server = read_server(connection)
            cursor.execute("begin")
            return tokens.own_tokens(connection, server, found).now() == found

    assert untouched(before)
    tenants.execute("insert into user_1.jobs default values; analyze user_1.jobs")
    tenants.execute("vacuum (freeze) pg_attribute")
    tenants.execute("create table public.others ()")
    assert untouched(before)
    tenants.execute('alter table "user ""2""".jobs alter name set default \'y\'')
    assert not untouched(before)
    assert untouched({"user_1": before["user_1"]})
    assert not untouched({"user_1": before['user "2"']})
    assert not untouched({"user_3": before["user_1"]})


def test_a_tenant_of_the_same_name_is_another_one(tenants: Database) -> None:
    """One that was dropped and made again, and one that took the name of another."""
    before = _tokens(tenants)
    tenants.execute('drop schema user_1 cascade; alter schema "user ""2""" rename to user_1')
    assert set(before.values()).isdisjoint(_tokens(tenants).values())


def test_tokens_cover_all_that_facts_are_read_from() -> None:
    """A catalog that a new kind of fact reads must move the token, too."""
    folder = files("diffapply.catalog")
    named = {
        table
        for file in (folder / "sql").iterdir()
        if file.name in ("_every_member.sql", "_members.sql", "_ignored.sql")
        or not file.name.startswith("_")  # whose it is, is no fact
        for table in re.findall(r"\b(?:from|join)\s+(pg_\w+)", file.read_text("utf-8"))
        if not re.search(rf"\b{table}\(", file.read_text("utf-8"))
    }
    covered = {
        table
        for file in (files("diffapply.tenants") / "token_sql").iterdir()
        for table in re.findall(r"\b(?:from|join)\s+(pg_\w+)", file.read_text("utf-8"))
    }
    assert named > {"pg_class", "pg_policy"}
    assert named <= covered | {"pg_tablespace"}


def test_whatever_stands_before_a_dot_may_name_a_schema() -> None:
    """Structures that name another tenant are not remembered: its changes change them."""
    facts = [
        Fact("constraint", "a.fk", "a", 'FOREIGN KEY (b) REFERENCES "user ""2""".jobs(id)'),
        Fact("default", "a.b", "a", "user_3.next()"),
        Fact("column", "a.c", "a", "integer"),
    ]
    assert {'user "2"', "user_3"} <= named_schemas(Catalog.of(facts))
