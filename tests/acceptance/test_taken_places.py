"""What takes a place has the rights of what stood there, also where it is not simply made anew."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tests.servers import Cli, Database

pytestmark = pytest.mark.prove


@pytest.fixture
def app(database: Database) -> Iterator[str]:
    """The application's role; gone after the test."""
    with database.role("app") as name:
        yield name
        database.close()


def _tenant(database: Database, folder: Path, app: str, *statements: str) -> None:
    """Make user_1 by all statements but the last, which is the desired state."""
    *old, new = statements
    database.execute(f"create schema user_1; grant usage on schema user_1 to {app}")
    database.execute("set search_path = user_1")
    for statement in old:
        database.execute(statement)
    database.execute("reset search_path")
    (folder / "desired.sql").write_text(new)


def _apply(cli: Cli, folder: Path, *arguments: str) -> str:
    forward = ("--desired", "desired.sql", "--allow-destructive", "--yes")
    done = cli("apply", *forward, *arguments, cwd=folder)
    assert done.code == 0, done.out + done.err
    return done.out


def _closed(database: Database, user: str, query: str) -> bool:
    """Whether a role is denied a query."""
    connection = database.connect(user)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    finally:
        connection.close()
    return False


_OVERLOADS = """
    create function f(a {}) returns integer language sql security definer as 'select 1';
    create function f(a text) returns integer language sql security definer as 'select 2';
"""


@pytest.mark.postgres(15, 18)
@pytest.mark.parametrize("options", [(), ("--privileges",)], ids=["plain", "privileges"])
def test_one_of_several_routines_of_a_name_stays_closed(
    database: Database, cli: Cli, tmp_path: Path, app: str, options: tuple[str, ...]
) -> None:
    """The one whose arguments change is told from those that stay."""
    rights = "revoke all on function f(integer), f(text) from public"
    old, new = _OVERLOADS.format("integer"), _OVERLOADS.format("bigint")
    _tenant(database, tmp_path, app, old, rights, new)
    _apply(cli, tmp_path, *options)
    assert _closed(database, app, "select user_1.f(1::bigint)")
    _apply(cli, tmp_path, "--backward", *options)
    assert _closed(database, app, "select user_1.f(1)")


@pytest.mark.parametrize("options", [(), ("--privileges",)], ids=["plain", "privileges"])
def test_two_of_a_name_are_told_by_what_they_do(
    database: Database, cli: Cli, tmp_path: Path, app: str, options: tuple[str, ...]
) -> None:
    """The bodies are the same; both ways, each stays as closed as it was."""
    closed = "create function f(a {}) returns integer language sql security definer as 'select 1';"
    opened = "create function f(a {}) returns integer language sql security definer as 'select 2';"
    old = closed.format("integer") + opened.format("text")
    new = opened.format("name") + closed.format("bigint")
    _tenant(database, tmp_path, app, old, "revoke all on function f(integer) from public", new)
    for way, first, second in ((), "1::bigint", "'a'::name"), (("--backward",), "1", "'a'::text"):
        out = _apply(cli, tmp_path, *way, *options)
        assert "cannot be told" not in out
        assert _closed(database, app, f"select user_1.f({first})"), out
        assert not _closed(database, app, f"select user_1.f({second})"), out


def test_what_cannot_be_told_is_said(
    database: Database, cli: Cli, tmp_path: Path, app: str
) -> None:
    """Nothing is guessed; on the way back each has again what it had."""
    text = "create function f(a {}) returns integer language sql security definer as 'select {}';"
    old = text.format("integer", 1) + text.format("text", 2)
    new = text.format("bigint", 3) + text.format("name", 4)
    _tenant(database, tmp_path, app, old, "revoke all on function f(integer) from public", new)
    said = " ".join(_apply(cli, tmp_path).split())
    assert (
        "It cannot be told which of f(integer), f(text) is now which of f(bigint), f(name)" in said
    )
    _apply(cli, tmp_path, "--backward")
    assert _closed(database, app, "select user_1.f(1)")
    assert not _closed(database, app, "select user_1.f('a'::text)")


@pytest.mark.parametrize("options", [(), ("--privileges",)], ids=["plain", "privileges"])
def test_a_partition_that_becomes_its_table_has_the_rights_of_the_table(
    database: Database, cli: Cli, tmp_path: Path, app: str, options: tuple[str, ...]
) -> None:
    """Both ways: the application reads what it read."""
    old = """
        create table t (id integer) partition by range (id);
        create table t_1 partition of t for values from (0) to (10);
        insert into t values (1);
    """
    rights = f"grant select on t to {app}"
    _tenant(database, tmp_path, app, old, rights, "create table t (id integer)")
    for way in ((), ("--backward",), ()):
        out = _apply(cli, tmp_path, *way, *options)
        assert "made anew: table t;" in out
        assert not _closed(database, app, "select * from user_1.t")
        assert database.rows("select id from user_1.t") == [(1,)]


def test_a_domain_that_is_not_null_closes_the_way_back(
    database: Database, cli: Cli, tmp_path: Path, app: str
) -> None:
    """A column of it cannot be added again where there are rows; the plan says so before."""
    old = """
        create domain d as integer not null;
        create table t (id integer, n d);
        insert into t values (1, 1);
    """
    new = "create domain d as integer not null; create table t (id integer)"
    _tenant(database, tmp_path, app, old, new)
    plan = cli("plan", "--desired", "desired.sql", cwd=tmp_path)
    _apply(cli, tmp_path)
    assert cli("apply", "--backward", "--yes", cwd=tmp_path).code == 4
    assert "no way back" in plan.out


def test_a_grant_that_hangs_on_a_later_one_is_given_back(
    database: Database, cli: Cli, tmp_path: Path, app: str
) -> None:
    """The grantor had the option from somebody else at first, and has it from the role now."""
    view = "create view v as select 1::{} as id"
    database.execute(f"create role {app}_a; create role {app}_b")
    rights = f"""
        grant usage on schema user_1 to {app}_a, {app}_b;
        grant select on v to {app}_a, {app}_b with grant option;
        set role {app}_b; grant select on v to {app};
        set role {app}_a; grant select on v to {app}_b with grant option;
        reset role; revoke grant option for select on v from {app}_b;
    """
    try:
        _tenant(database, tmp_path, app, view.format("integer"), rights, view.format("bigint"))
        _apply(cli, tmp_path)
        assert not _closed(database, app, "select * from user_1.v")
    finally:
        for name in (f"{app}_a", f"{app}_b"):
            database.execute(f"drop owned by {name} cascade; drop role {name}")
