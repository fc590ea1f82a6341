"""What SQL says in vain is told: rows, and what is no part of a tenant."""

import pytest
from pglast import parser

from diffapply.desired.passing import changes_rows, outside


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("insert into t values (1)", True),
        ("update t set x = 1", True),
        ("delete from t", True),
        ("create table t (x int)", False),
        ("create view v as select 1", False),
    ],
)
def test_rows(sql: str, *, told: bool) -> None:
    assert changes_rows(its.stmt for its in parser.parse_sql(sql)) is told


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
