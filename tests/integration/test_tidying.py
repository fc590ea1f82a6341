"""What a plan does, it does once: nothing is made to be dropped, no table is rewritten twice."""

from collections import Counter
from contextlib import closing

import pytest

from diffapply.catalog.reader import read_catalog
from diffapply.model.hazards import HazardCode
from diffapply.model.plan import Shape, Statement
from diffapply.model.scope import TENANT, Scope
from diffapply.rehearsal.rehearse import Rehearsal
from tests.servers import Database

_HANGING = """
    create view wide as select a.x, b.z from a join b using (id);
    create view narrow as select x + z as q from wide;
    create materialized view counted as select q from narrow;
    create index on counted (q);
    comment on materialized view counted is 'once';
"""
_CALLED = """
    create table t (id int, title {0});
    create function label(t) returns text immutable begin atomic select ($1).title::text; end;
    create view v as select id, label(t) as l from t;
    create policy p on t using (title > 0);
"""
_LABELLED = f"""
    {_CALLED}
    create table a (x text, y text generated always as ({{1}}) stored);
    create view w as select {{2}}, count(*) as n from v group by {{2}};
    comment on column v.l is 'label';
"""
_CASES = {
    "views on several tables": (
        f"create table a (id int, x int); create table b (id int, z int); {_HANGING}",
        f"create table a (id int8, x int8); create table b (id int8, z int8); {_HANGING}",
    ),
    "indexes that do not fit the new type": (
        """
        create table a (x text, y text, z text check (length(z) > 0));
        create index i on a (lower(x));
        create index j on a (lower(y)) where z like 'a%';
        create view v as select x, y from a;
        """,
        """
        create table a (x int, y int, z int check (z > 0));
        create index i on a (abs(x));
        create index j on a (abs(y)) where z > 3;
        create view v as select x, y from a;
        """,
    ),
    "keys through several tables": (
        """
        create table a (id int primary key, x text unique);
        create table b (id int primary key, a int references a, x text references a (x));
        create table c (id int primary key, b int references b);
        """,
        """
        create table a (id text primary key, x int unique);
        create table b (id int8 primary key, a text references a, x int references a (x));
        create table c (id int primary key, b int8 references b);
        """,
    ),
    "an enum that is made anew, and its users": (
        """
        create type e as enum ('a', 'b');
        create table t (id int, s e default 'a', u e);
        create index i on t (s) where s = 'a';
        create view v as select * from t;
        create function f(e) returns int language sql return 1;
        create view w as select f(s) from t;
        create materialized view m as select * from w;
        """,
        """
        create type e as enum ('a', 'c');
        create table t (id bigint, s e default 'a', u e);
        create index i on t (s) where s = 'a';
        create view v as select * from t;
        create function f(e) returns int language sql return 2;
        create view w as select f(s) from t;
        create materialized view m as select * from w;
        """,
    ),
    "views beside a value that is computed elsewhere": (
        _LABELLED.format("int", "x", "l"),
        _LABELLED.format("bigint", "upper(x)", "l, id"),
    ),
    "a routine of a row type that changes": (
        _CALLED.format("int"),
        _CALLED.format("bigint"),
    ),
}


@pytest.mark.parametrize("back", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("case", _CASES)
def test_everything_is_done_once(database: Database, case: str, back: bool) -> None:  # noqa: FBT001 - a parameter
    before, after = _CASES[case][::-1] if back else _CASES[case]
    statements = _led(database, before, after)
    assert [sql for sql, times in Counter(its.sql for its in statements).items() if times > 1] == []
    rewritten = Counter(
        its.sql.split(" ALTER COLUMN ")[0]
        for its in statements
        if any(hazard.code is HazardCode.REWRITES_TABLE for hazard in its.hazards)
    )
    assert rewritten
    assert set(rewritten.values()) == {1}


def _led(database: Database, before: str, after: str) -> tuple[Statement, ...]:
    with closing(database.connect()) as connection:
        connection.autocommit = True
        rehearsal = Rehearsal(connection, [])

        def shape(definition: str, *, stay: bool = False) -> Shape:
            with connection.cursor() as cursor:
                cursor.execute(f"create schema spelled; set search_path = spelled; {definition}")
                catalog = read_catalog(connection, "spelled")
                cursor.execute("drop schema spelled cascade")
            return rehearsal.rebuild(Shape(catalog), Scope(TENANT), stay=stay)

        goal = shape(after)
        proved = rehearsal.prove(shape(before, stay=True), goal, Scope(TENANT))
    assert not proved.blocked
    return proved.statements
