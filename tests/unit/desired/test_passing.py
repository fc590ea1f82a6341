"""What SQL says in vain is told: rows, and what is no part of a tenant."""

from pathlib import Path

import pytest
from pglast import parser

from diffapply.desired import Desired, load
from diffapply.desired.sql.passing import outside
from diffapply.desired.sql.rights import gives_rights, without_rights
from diffapply.desired.sql.rows import changes_rows, may_build_from_rows
from diffapply.errors import DesiredStateError


def _loaded(folder: Path, text: str) -> Desired:
    path = folder / "a.sql"
    path.write_text(text, "utf-8")
    return load(str(path))


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("insert into t values (1)", True),
        ("with a as (select 1) insert into t select * from a", True),
        ("update t set x = 1", True),
        ("delete from t", True),
        ("truncate t", True),
        ("copy t from '/tmp/x'", True),
        ("select pg_catalog.setval('s', max(id)) from t", True),
        ("copy (select make()) to stdout", False),
        ("select make()", False),
        ("select setval('s', 1), make()", False),
        ("create table t (x int)", False),
        ("create view v as select 1", False),
    ],
)
def test_rows(sql: str, *, told: bool) -> None:
    assert changes_rows(parser.parse_sql(sql)[0].stmt) is told


@pytest.mark.parametrize(
    ("sql", "may"),
    [
        ("create table t (x int); insert into t values (now()); select setval('s', 1)", False),
        ("create function f() returns int language sql as 'select 1'", False),
        ("create materialized view v as select 1; refresh materialized view v", False),
        ("do $$ begin end $$", True),
        ("select make()", True),
        ("create table t as select * from u", True),
        (
            "create function f() returns trigger language plpgsql as $$ begin EXECUTE x; end $$",
            True,
        ),
    ],
)
def test_code_that_may_build_from_rows(sql: str, *, may: bool) -> None:
    assert may_build_from_rows([its.stmt for its in parser.parse_sql(sql)]) is may


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("create schema foo", ["schema foo"]),
        ("create schema tenant", []),
        ("create role zz", ["role zz"]),
        ("create temporary table q (i int)", ["temporary table q"]),
        ("create temporary view q as select 1", ["temporary view q"]),
        ("create table q (i int); create view v as select i from q", []),
    ],
)
def test_what_is_outside(sql: str, told: list[str]) -> None:
    assert [*outside((its.stmt for its in parser.parse_sql(sql)), "tenant")] == told


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("alter table a owner to b", True),
        ("alter function f() owner to b", True),
        ("alter schema s owner to b", True),
        ("revoke all on a from b", True),
        ("grant a to b", True),
        ("reassign owned by a to b", True),
        ("set session authorization a", True),
        ("reset role", True),
        ("alter table a owner to b, add c int", False),
        ("alter table a alter role set not null", False),
        ("set search_path = a", False),
        ("create table a (owner text)", False),
    ],
)
def test_rights(sql: str, *, told: bool) -> None:
    assert gives_rights(parser.parse_sql(sql)[0].stmt) is told
    assert bool(without_rights(sql).strip()) is not told


@pytest.mark.parametrize(
    ("actions", "left"),
    [
        ("owner to b, alter owner set not null", "alter owner set not null"),
        ("alter c set not null, OWNER /* x */ TO current_user", "alter c set not null"),
        ('owner to a, owner to "b c", drop c, owner to d, drop e', "drop c , drop e"),
        ("drop c, owner to a, owner to b", "drop c"),
    ],
)
def test_an_owner_beside_other_actions(actions: str, left: str) -> None:
    kept = without_rights(f"-- ü\nalter table t {actions}")
    assert kept.split() == f"-- ü alter table t {left}".split()


@pytest.mark.parametrize(
    "text",
    [
        "begin; create table a (); commit",
        "/* a */ set x.y = 1; start transaction read write; create table a (); end;",
        "begin; create table a (); commit; set x.y = 1; insert into a default values",
    ],
)
def test_a_transaction_around_all_is_passed_over(tmp_path: Path, text: str) -> None:
    assert _loaded(tmp_path, text).digest() is not None


@pytest.mark.parametrize(
    "text",
    [
        "\n-- a\nrollback; create table a ()",
        "\n\nbegin; create table a ()",
        "begin; create table a ();\n\ncommit; create table b ()",
        "begin; create table a ();\n\ncommit; begin; create table b (); commit",
        "begin; create table a ();\n\nrollback",
        "begin; create table a ();\n\ncommit and chain",
        "begin; create table a ();\n\ncommit; select 2",
        "begin;\n\nsavepoint a; create table a (); commit",
    ],
)
def test_other_transactions_are_refused(tmp_path: Path, text: str) -> None:
    said = r"a\.sql, line 3, begins or ends a transaction before other statements, or one that has"
    with pytest.raises(DesiredStateError, match=said):
        _loaded(tmp_path, text)
