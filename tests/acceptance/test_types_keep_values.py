"""A type that changes cuts or drops nothing of the values that rows have, unless it is allowed.

A type that cannot be altered is put aside, and columns get the new one of the same name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from _pytest.mark.structures import ParameterSet

from tests.servers import Cli, Database

_EVERY = 4
"""`make test` tries every so many of the changes, `make prove` the others."""


@dataclass(frozen=True, slots=True)
class Change:
    """A type that changes; `old` and `new` are statements before the table.

    Attributes:
        column: the type of the table's column `v`.
        lost: a value that would not be kept.
        kept: one that is, and how it is written afterwards.
        typed: the table is of the type, and `v` is its column.
    """

    old: str
    new: str
    column: str
    lost: str
    kept: tuple[str, str] | None = None
    typed: bool = False

    def table(self) -> str:
        return "create table t of c" if self.typed else f"create table t (v {self.column})"


CHANGES = {
    "domain_rounds": Change(
        "create domain d as numeric(10,4)",
        "create domain d as numeric(10,2)",
        "d",
        "1.2345",
        ("1.5000", "1.50"),
    ),
    "domain_cuts": Change("create domain d as text", "create domain d as varchar(3)", "d", "abc  "),
    "domain_forgets_the_time": Change(
        "create domain d as timestamp",
        "create domain d as date",
        "d",
        "2020-01-01 10:11:00",
        ("2020-01-01 00:00:00", "2020-01-01"),
    ),
    "domain_in_array": Change(
        "create domain d as numeric(10,4)",
        "create domain d as numeric(10,2)",
        "d[]",
        "{1.2345}",
        ("{1.5000}", "{1.50}"),
    ),
    "domain_of_a_domain": Change(
        "create domain c as numeric(10,4); create domain d as c",
        "create domain c as numeric(10,2); create domain d as c",
        "d",
        "1.2345",
        ("1.5000", "1.50"),
    ),
    "composite_in_another_order": Change(
        "create type c as (a int, b text, c int)",
        "create type c as (c int, a int)",
        "c",
        "(1,two,3)",
        ("(1,,3)", "(3,1)"),
    ),
    "composite_with_less_exact_attribute": Change(
        "create type c as (a int, b numeric(10,4))",
        "create type c as (b numeric(10,1), a int)",
        "c",
        "(1,1.2345)",
        ("(1,1.5)", "(1.5,1)"),
    ),
    "composite_in_array": Change(
        "create type c as (a int, b int, c int)",
        "create type c as (c int, a int)",
        "c[]",
        '{"(1,2,3)"}',
        ("{}", "{}"),
    ),
    "composite_in_composite": Change(
        "create type i as (x int, y text); create type c as (a int, b i)",
        "create type i as (y text); create type c as (a int, b i)",
        "c",
        '(1,"(5,two)")',
    ),
    "composite_under_a_domain": Change(
        "create type c as (a int, b text); create domain d as c",
        "create type c as (a int); create domain d as c",
        "d",
        "(1,x)",
    ),
    "composite_of_a_table": Change(
        "create type c as (a int, v text)", "create type c as (a int)", "", "x", typed=True
    ),
    "range": Change(
        "create type r as range (subtype = timestamp)",
        "create type r as range (subtype = date)",
        "r",
        '["2020-01-01 10:00:00","2020-01-02 11:00:00")',
        ('["2020-01-01 00:00:00","2020-01-02 00:00:00")', "[2020-01-01,2020-01-02)"),
    ),
}


def _some(names: Iterable[str]) -> list[ParameterSet]:
    """All of them; those in between are left to `make prove`."""
    return [
        pytest.param(name, marks=pytest.mark.prove if number % _EVERY else ())
        for number, name in enumerate(names)
    ]


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("name", _some(CHANGES))
def test_a_value_that_would_be_lost_is_refused(
    database: Database, cli: Cli, tmp_path: Path, name: str
) -> None:
    """Tenants whose values stay, or that have none, are changed; both ways."""
    change = CHANGES[name]
    tenants = {"user_1": change.lost, "user_2": None}
    if change.kept:
        tenants["user_3"] = change.kept[0]
    for tenant, value in tenants.items():
        database.execute(
            f"create schema {tenant}; set search_path = {tenant}; {change.old}; {change.table()}"
        )
        if value is not None:
            database.execute("insert into t (v) values (%s)", value)
    (tmp_path / "desired.sql").write_text(f"{change.new}; {change.table()}")
    done = cli("apply", "--desired", "desired.sql", "--yes", "--format", "json", cwd=tmp_path)
    statuses = {tenant["name"]: tenant["status"] for tenant in done.json["tenants"]}
    assert statuses["user_1"] == "refused", done.out
    assert database.rows("select v::text from user_1.t") == [(change.lost,)]
    if change.kept:
        assert statuses["user_3"] == "applied", done.out
        assert database.rows("select v::text from user_3.t") == [(change.kept[1],)]


@pytest.mark.postgres(18, prove=(15,))
def test_a_plain_owner_changes_ranges(
    database: Database, owner_url: str, cli: Cli, tmp_path: Path
) -> None:
    """PostgreSQL gives the constructors to a superuser, so that the owner cannot rename them."""
    types = "create type e as enum ({}); create type r as range (subtype = e);"
    types += "create type s as range (subtype = {})"
    old, new = types.format("'a', 'b', 'c'", "numeric"), types.format("'a', 'b', 'd'", "int")
    table = "create table t (v r not null, w s[], x s_multirange default '{}')"
    url = {"DATABASE_URL": owner_url}
    values = {
        "user_1": ("[a,b]", '{"[1,2)"}'),
        "user_2": ("[a,b]", '{"[1.5,2)"}'),
        "user_3": ("[a,c]", '{"[1,2)"}'),
    }
    with psycopg2.connect(owner_url) as owner, owner.cursor() as cursor:
        for tenant, row in values.items():
            cursor.execute(f"create schema {tenant}; set search_path = {tenant}")
            cursor.execute(f"{old}; {table}")
            cursor.execute("insert into t values (%s, %s)", row)
    owner.close()
    (tmp_path / "desired.sql").write_text(f"{new}; {table}")
    apply = ("apply", "--yes", "--format", "json")
    done = cli(*apply, "--desired", "desired.sql", cwd=tmp_path, env=url)
    statuses = [tenant["status"] for tenant in done.json["tenants"]]
    assert statuses == ["applied", "refused", "refused"], done.out
    for tenant, (v, w) in values.items():
        assert database.rows(f"select v::text, w::text, x::text from {tenant}.t") == [(v, w, "{}")]
    back = cli(*apply, "--backward", cwd=tmp_path, env=url)
    assert back.code == 0, back.out
    assert database.rows("select v::text, w::text from user_1.t") == [values["user_1"]]


ROW_TYPES = {
    "a_column_comes": ("create table a_log (id int)", "create table a_log (id int, was task)"),
    "in_a_new_table": ("", "create table a_log (id int, was task[])"),
    "within_a_type": (
        "create type pair as (n int); create table a_log (was pair)",
        "create type pair as (n int, its task); create table a_log (was pair)",
    ),
    "a_column_goes": ("create table z_log (id int, was task)", "create table z_log (id int)"),
    "its_table_goes": ("create table z_log (id int, was task)", ""),
}


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("name", _some(ROW_TYPES))
def test_a_table_changes_while_no_column_has_its_row_type(
    database: Database, cli: Cli, tmp_path: Path, name: str
) -> None:
    """PostgreSQL refuses it otherwise, and the table's own columns would be made anew."""
    old, new = ROW_TYPES[name]
    database.execute(
        "create schema user_1; set search_path = user_1; create type e as enum ('a', 'b');"
        f"create table task (id int, n int, v e); {old}; insert into task values (1, 5, 'a')"
    )
    (tmp_path / "desired.sql").write_text(
        "create type e as enum ('a'); create table task (id int, n bigint, v e, "
        f"done boolean not null default false); {new};"
    )
    for direction in ([], ["--backward"]):
        desired = [] if direction else ["--desired", "desired.sql"]
        done = cli("apply", *direction, *desired, "--yes", cwd=tmp_path)
        assert done.code == 0, done.out
        assert database.rows("select id, n, v::text from user_1.task") == [(1, 5, "a")]


DEMANDS = {
    "domain": (
        "create domain d as text check (length(value) < 10)",
        "create domain d as text check (length(value) < 3)",
        {"d": "abcdef", "d[]": "{abcdef}"},
        "a row of t does not meet domain d",
    ),
    "not_null": (
        "create domain b as text; create domain d as b",
        "create domain b as text not null; create domain d as b",
        {"d[]": "{null}"},
        "a row of t does not meet domain b",
    ),
    "attribute": (
        "create type c as (a int, cur text)",
        "create type c as (a int, cur char(3))",
        {"c": "(1,EURO)", "c[]": '{"(1,EURO)"}'},
        "a value of t.v0.cur cannot become character(3)",
    ),
    "domain_in_attribute": (
        "create domain d as int; create type i as (a d)",
        "create domain d as int check (value > 0); create type i as (a d)",
        {"i": "(0)"},
        "a row of t does not meet domain d",
    ),
}


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("name", DEMANDS)
def test_a_value_that_a_new_type_refuses_is_told(
    database: Database, cli: Cli, tmp_path: Path, name: str
) -> None:
    """It fails in tenants that have one; and where values are only cut, it does not."""
    old, new, values, told = DEMANDS[name]
    columns = ", ".join(f"v{number} {kind}" for number, kind in enumerate(values))
    placed = ", ".join(["%s"] * len(values))
    database.execute("create schema user_1; set search_path = user_1;")
    database.execute(f"{old}; create table t ({columns})")
    database.execute(f"insert into t values ({placed})", *values.values())
    (tmp_path / "desired.sql").write_text(f"{new}; create table t ({columns})")
    done = cli("apply", "--desired", "desired.sql", "--yes", "--allow-destructive", cwd=tmp_path)
    assert done.code == 4, done.out
    assert f"fails in a tenant where {told}" in " ".join(done.out.split())
    (tmp_path / "desired.sql").write_text(f"{old}; create table u (); create table t ({columns})")
    plan = cli("plan", "--desired", "desired.sql", cwd=tmp_path)
    assert "fails in" not in plan.out, plan.out


@pytest.mark.postgres(18, prove=(15, 17))
def test_attributes_of_arrays_find_their_places_by_name(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """With consent, too; before PostgreSQL 17, where that cannot be said, it is told."""
    old, new = "create type c as (a int, b int, c int)", "create type c as (c int, a int, d int)"
    table = "create domain e as c; create table t (v c, w c[], x e, y e[])"
    row = """insert into t values ('(1,2,3)', '{"(1,2,3)"}', '(1,2,3)', '{"(1,2,3)"}')"""
    database.execute(f"create schema user_1; set search_path = user_1; {old}; {table}; {row}")
    (tmp_path / "desired.sql").write_text(f"{new}; {table}")
    done = cli("apply", "--desired", "desired.sql", "--yes", "--allow-destructive", cwd=tmp_path)
    assert done.code == 0, done.out
    [values] = database.rows("select v::text, w::text, x::text, y::text from user_1.t")
    by_name = ("(3,1,)", '{"(3,1,)"}', "(3,1,)", '{"(3,1,)"}')
    if database.value("show server_version_num") >= "170000":
        assert values == by_name
        assert "by their places" not in done.out
        back = cli("apply", "--backward", "--yes", cwd=tmp_path)
        assert back.code == 0, back.out
        assert database.rows("select w::text from user_1.t") == [('{"(1,,3)"}',)]
    else:
        assert values[::2] == by_name[::2]
        assert "get into other attributes" in " ".join(done.out.split())
        types = "create type c as (a int, c int)"
        (tmp_path / "desired.sql").write_text(f"{types}; {table}")
        told = cli("plan", "--desired", "desired.sql", cwd=tmp_path).out
        assert "fails in a tenant where a value of t.w cannot become c" in told
