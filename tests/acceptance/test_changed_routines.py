"""Where the body of a routine changes: what is computed anew, and what keeps old results."""

from pathlib import Path
from typing import Any

import pytest

from tests.servers import Cli, Database

pytestmark = pytest.mark.prove

_F = "create function f(i int) returns int language sql immutable as $$select i{}$$;"
_CALLS_F = "create function g(i int) returns int language {} immutable as {};"
_BY_TEXT = _CALLS_F.format("plpgsql", "$$begin return f(i) + 1; -- h(i)\nend$$")
_BY_SQL = "create function g(i int) returns int language sql immutable return f(i) + 1;"
_COMPUTED = """
create table t (i int {default}, twice int generated always as ({f}(i)) stored,
    constraint c check ({f}(i) <> 1000));
create index ti on t ({f}(i));
create view v as select {f}(i) as x from t;
create materialized view m as select x from v;
create domain d as int constraint c check ({f}(value) <> 1000);
create table p (i int) partition by range ({f}(i));
"""
_AGAIN = "ALTER {0} DROP CONSTRAINT c; ALTER {0} ADD CONSTRAINT c"
_REMEDIES = [
    "",
    "",
    f"{_AGAIN.format('DOMAIN d')} CHECK (({{f}}(VALUE) <> 1000))",
    f"{_AGAIN.format('TABLE t')} CHECK (({{f}}(i) <> 1000))",
    "REFRESH MATERIALIZED VIEW m",
    "REINDEX INDEX ti",
]


def _make(database: Database, folder: Path, old: str, rows: str, new: str) -> None:
    for tenant in ("user_1", "user_2"):
        database.execute(f"create schema {tenant}; set search_path = {tenant}; {old}; {rows}")
    (folder / "desired.sql").write_text(new)


def _skip_where_paths_are_safe(database: Database, between: str) -> None:
    if between == _BY_TEXT and database.server.version >= 17:
        pytest.skip("indexes and materialized views are built with pg_catalog alone on the path")


def _stale(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """What is stale, and what renews it, of the only transition."""
    [transition] = plan["transitions"]
    return sorted(
        (hazard.get("remedy", ""), hazard["message"])
        for statement in transition["statements"]
        for hazard in statement["hazards"]
        if hazard["kind"] == "stale"
    )


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("between", ["", _BY_TEXT, _BY_SQL], ids=["itself", "text", "sql"])
def test_what_is_new_is_computed_by_the_new_body(
    database: Database, cli: Cli, tmp_path: Path, between: str
) -> None:
    """An index, a computed column, a default, a check, a materialized view: both ways."""
    _skip_where_paths_are_safe(database, between)
    f = "g" if between else "f"
    plain = "create table t (i int);"
    computed = (
        f"create index ti on t ({f}(i)); alter table t add filled int default {f}(1),"
        f" add twice int generated always as ({f}(i)) stored, add check ({f}(i) <> 3);"
        f"create materialized view m as select {f}(i) from t;"
    )
    old, new = _F.format("") + between + plain, _F.format(" * 2") + between + plain
    _make(database, tmp_path, old, "insert into t values (3)", new + computed)
    done = cli("apply", "--desired", "desired.sql", "--yes", "--format", "json", cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    more = 1 if between else 0
    for tenant in ("user_1", "user_2"):
        database.execute(f"set search_path = {tenant}; set enable_seqscan = off")
        assert database.rows(f"select i, twice, filled from t where {f}(i) = {6 + more}") == [
            (3, 6 + more, 2 + more)
        ]
        assert database.rows("select * from m") == [(6 + more,)]


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("between", ["", _BY_TEXT, _BY_SQL], ids=["itself", "text", "sql"])
def test_what_keeps_old_results_is_told(
    database: Database, cli: Cli, tmp_path: Path, between: str
) -> None:
    """With the statement that renews it, which puts it right where it is run."""
    _skip_where_paths_are_safe(database, between)
    f = "g" if between else "f"
    computed = _COMPUTED.format(f=f, default=f"default {f}(1)")
    old, new = (_F.format(body) + between + computed for body in ("", " * 2"))
    rows = "insert into t values (3); refresh materialized view m"
    _make(database, tmp_path, old, rows, new)
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path).json
    found = _stale(plan)
    column = {
        15: "UPDATE t SET i = i",
        18: f"ALTER TABLE t ALTER COLUMN twice SET EXPRESSION AS ({f}(i))",
    }[database.server.version]
    assert [remedy for remedy, _ in found] == sorted(
        [*(remedy.format(f=f) for remedy in _REMEDIES), column]
    )
    told = " ".join(message for _, message in found)
    for what in ("index ti", "t.twice", "view m", "constraint c of t", "default of t.i", "of p"):
        assert what in told
    shown = cli("plan", "--desired", "desired.sql", cwd=tmp_path).out
    assert "stale: index ti keeps what f(integer) gave before" in shown
    assert "REINDEX INDEX ti" in shown
    assert (
        "REINDEX INDEX ti"
        in cli("plan", "--desired", "desired.sql", "--format", "sql", cwd=tmp_path).out
    )
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path).code == 0
    database.execute("set search_path = user_1; set enable_seqscan = off")
    more = 1 if between else 0
    find = f"select i, twice from t where {f}(i) = {6 + more}"
    assert database.rows(find) == []
    for remedy, _ in found:
        if remedy:
            database.execute(remedy)
    assert database.rows(find) == [(3, 6 + more)]
    assert database.rows("select * from m") == [(6 + more,)]
    assert cli("drift", "--desired", "desired.sql", cwd=tmp_path).code == 0


def test_what_is_made_anew_anyway_is_not_stale(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Nor is what has no results, or where the body stays."""
    old = _F.format("") + "create table t (i int); create index ti on t (f(i));"
    new = (
        _F.format(" * 2").replace("immutable", "immutable parallel safe")
        + "create table t (i int); create index ti on t (f(i), i);"
    )
    _make(database, tmp_path, old, "", new)
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path).json
    assert _stale(plan) == []
    same_body = old.replace("immutable", "immutable parallel safe")
    (tmp_path / "desired.sql").write_text(same_body)
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path).json
    assert _stale(plan) == []


def test_a_materialized_view_made_anew_is_told(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """It is computed from what is there by then."""
    old, new = (
        f"create table t (total {type_}); create materialized view m as select sum(total) s from t;"
        "create unique index on m (s)"
        for type_ in ("integer", "bigint")
    )
    rows = "insert into t select 1 from generate_series(1, 10); refresh materialized view m"
    _make(database, tmp_path, old, rows, new)
    done = cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert "rewrite: computes materialized view m anew" in done.out
    assert database.rows("select s from user_1.m") == [(10,)]


def test_a_way_back_that_rows_close_is_told_before(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """A column is dropped that could not be added again where there are rows."""
    old = 'create table t (i int, "No" int not null, d int not null default 1)'
    _make(database, tmp_path, old, "", "create table t (i int)")
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path).json
    closed = "cannot be taken back in a tenant whose t has rows: adds column "
    closed += 't."No" NOT NULL without a default'
    assert plan["transitions"][0]["no_way_back"] == [closed]
    for form, mark in (("text", ""), ("sql", "-- "), ("markdown", "")):
        shown = cli("plan", "--desired", "desired.sql", "--format", form, cwd=tmp_path).out
        assert f"{mark}no way back: {closed}" in shown.replace("No way back: `", "no way back: ")


@pytest.mark.postgres(18, prove=(15,))
def test_a_column_is_stale_also_where_its_table_is_written_anew(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """PostgreSQL computes the new column then, and copies those that were there."""
    table = "create table t (i int, twice int generated always as (f(i)) stored{});"
    old = _F.format("") + table.format("")
    more = ", more int generated always as (f(i)) stored"
    rows = "insert into t values (3)"
    _make(database, tmp_path, old, rows, _F.format(" * 2") + table.format(more))
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path).json
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path).code == 0
    database.execute("set search_path = user_1")
    assert database.rows("select twice, more from t") == [(3, 6)]
    [(remedy, message)] = _stale(plan)
    assert "t.twice" in message
    database.execute(remedy)
    assert database.rows("select twice, more from t") == [(6, 6)]


def test_a_routine_stands_once_in_a_plan(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Also where a type that it uses is made anew, and it with that."""
    text = "create type mood as enum ({}); create table t (m mood);"
    text += "create function f(mood) returns mood language sql as '{}'"
    database.execute("create schema user_1; set search_path = user_1")
    database.execute(text.format("'a', 'b'", "select $1"))
    (tmp_path / "desired.sql").write_text(text.format("'a'", "select coalesce($1, null)"))
    plan = cli("plan", "--desired", "desired.sql", cwd=tmp_path)
    assert plan.out.upper().count("CREATE OR REPLACE FUNCTION F(MOOD)") == 1, plan.out
    applied = cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
