"""What may run code of users while tables change, and what surely does not."""

from contextlib import closing

import pytest

from diffapply.ddl.statements import Draft, drafts
from diffapply.hazards.given import given
from diffapply.model.catalog import Ends
from diffapply.model.scope import TENANT, Scope
from diffapply.model.world import PLAIN
from diffapply.rehearsal.search.own_code import OwnCode
from diffapply.scratch.sandbox import open_sandbox
from tests.servers import Database

_FUNCTION = "create function f(a text) returns text immutable language sql return a;"
_ELSEWHERE = f"create schema shared; set search_path = shared; {_FUNCTION}"


def _may_run(database: Database, structure: str, *statements: Draft | str) -> bool:
    with closing(database.connect()) as connection:
        connection.autocommit = True
        with open_sandbox(connection, Scope(TENANT), PLAIN) as sandbox:
            sandbox.run([structure])
            ends = Ends(sandbox.catalog(), sandbox.catalog())
            return OwnCode.of(sandbox, ends).may_run(drafts(*statements), ends)


@pytest.mark.parametrize(
    "structure",
    [
        "create table t (a text default lower('A'), b text generated always as (upper(a)) stored)",
        f"{_FUNCTION} create table t (a text check (a > ''))",
        # What runs when rows are written, or read, does not count.
        f"{_FUNCTION} create table t (a text); create view v as select f(a) from t",
        f"{_FUNCTION} create table t (a text); create policy p on t using (f(a) > '')",
        # A column of a function's name is none.
        f"{_FUNCTION} create table t (f text check (f > ''))",
    ],
)
def test_nothing_runs(database: Database, structure: str) -> None:
    assert not _may_run(database, structure, "drop table t", "create function f(int) …")


@pytest.mark.parametrize(
    "structure",
    [
        f"{_FUNCTION} create table t (a text default f('A'))",
        f"{_FUNCTION} create table t (a text check (f(a) > ''))",
        f"{_FUNCTION} create table t (a text, b text generated always as (f(a)) stored)",
        f"{_FUNCTION} create table t (a text); create index on t (f(a))",
        f"{_FUNCTION} create domain d as text check (f(value) > '')",
        (
            f"{_FUNCTION} create table t (a text); create view v as select f(a) from t;"
            "create materialized view m as select * from v"
        ),
    ],
)
def test_something_may_run(database: Database, structure: str) -> None:
    assert _may_run(database, structure)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "create domain d as text check (f(value) > '')",
        "create view v as select f('a')",
        (
            "create type pair as (a text); create function to_pair(text) returns pair language sql"
            " return row($1)::pair; create cast (text as pair) with function to_pair(text)"
        ),
        (
            "create function eq(a text, b text) returns boolean language sql return a = b;"
            "create operator === (leftarg = text, rightarg = text, function = eq)"
        ),
        (
            "create aggregate g(text) (sfunc = f2, stype = text);"
            "create table shared.t (a text); create view v as select g(a) from t"
        ),
    ],
)
def test_what_runs_unnamed_may_run(database: Database, elsewhere: str) -> None:
    two = "create function f2(a text, b text) returns text language sql return a;"
    database.execute(f"{_ELSEWHERE} {two} {elsewhere}")
    assert _may_run(database, "create table t (a text)")


def test_what_an_extension_brings_is_no_code_of_users(database: Database) -> None:
    database.execute("create extension citext; create extension hstore")
    assert not _may_run(database, "create table t (a public.citext check (a > ''))")


def test_what_writes_rows_fires_triggers(database: Database) -> None:
    assert _may_run(database, "create table t (a text)", Draft("UPDATE t SET a = DEFAULT"))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update t set a = default", True),
        ("/* rows */ update t set a = default", True),
        ("do $$ begin update t set a = default; end $$", True),
        ("alter table t add column b integer", False),
    ],
)
def test_however_others_write_it(database: Database, statement: str, *, told: bool) -> None:
    assert _may_run(database, "create table t (a text)", given(statement)) is told
