"""What a plan computes from rows in between is right, however often something is in the way."""

from pathlib import Path

import pytest

from tests.projects import make_tenant
from tests.servers import Cli, Database

# Both indexes keep their columns from the new types, and are found to do so one after the other.
_BEFORE = """
create table a (x text, y text);
create index i on a (lower(x));
create index j on a (lower(y)) where x like 'a%';
"""
_AFTER = """
create table a (x int, y int);
create index i on a (abs(x));
create index j on a (abs(y)) where x > 3;
"""
_ROWS = "insert into a values (1, 2);"

_PRICES = """
create function price(i int) returns int language sql volatile
    begin atomic select i + count(x)::int from a; end;
create function price(i bigint) returns int language sql volatile return -1;
create function g() returns int language plpgsql volatile as
    'begin return price(10); end';
"""
_COUNTS = """
create view v as select x from a;
create function g() returns bigint language sql as 'select count(*) from v';
"""
_PARTITIONED = """
create table p (id int primary key, x int, y int) partition by range (id);
create table p1 partition of p for values from (0) to (100);
"""
_TO_ATTACH = """
create table p2 (id int primary key, x text, y text);
create index p2i on p2 (lower(x));
create index p2j on p2 (lower(y));
create table b (id int, n text);
create view v as select b.id, b.n, p2.x from b, p2;
"""
_ROWS_TO_ATTACH = """
insert into p values (1, 1, 1);
insert into p2 values (101, '1', '1');
insert into b values (1, '101');
"""
_ATTACHED = """
create table p2 partition of p for values from (100) to (200);
create index p2i on p2 (abs(x));
create index p2j on p2 (abs(y));
create table b (id bigint, n int references p);
create view v as select b.id, b.n, p2.x from b, p2;
create materialized view m as select count(*) from p;
"""
_CASES = {
    "a default that calls a routine by name": (
        f"{_BEFORE} {_PRICES} create table t (id int);",
        f"{_AFTER} {_PRICES} create table t (id int, k int default g());",
        f"{_ROWS} insert into t values (1);",
        "select id, k from user_1.t",
        [(1, 11)],
    ),
    "a default that calls a routine that reads a view": (
        f"{_BEFORE} {_COUNTS} create table t (id int);",
        f"{_AFTER} {_COUNTS} create table t (id int, k bigint default g());",
        f"{_ROWS} insert into t values (1);",
        "select id, k from user_1.t",
        [(1, 1)],
    ),
    "rows that come with a partition": (
        f"{_BEFORE} {_PARTITIONED} {_TO_ATTACH}",
        f"{_AFTER} {_PARTITIONED} {_ATTACHED}",
        f"{_ROWS} {_ROWS_TO_ATTACH}",
        "select b.n, m.count from user_1.b, user_1.m",
        [(101, 2)],
    ),
}


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("case", _CASES)
def test_it_is_right(database: Database, cli: Cli, tmp_path: Path, case: str) -> None:
    before, after, rows, query, expected = _CASES[case]
    make_tenant(database, "user_1", before, rows)
    (tmp_path / "desired.sql").write_text(after)
    applied = cli("apply", "--yes", "--desired", "desired.sql", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    assert database.rows(query) == expected
