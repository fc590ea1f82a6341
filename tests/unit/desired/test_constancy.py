"""SQL that builds the same whenever it runs, and SQL that computes what it builds."""

import pytest

from diffapply.desired.sql.constancy import is_constant_text

_BY_RANGE = "create table part partition of jobs for values"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "create table jobs (at timestamptz default now(), day date default current_date)",
        "create table jobs (id int primary key, later int generated always as (id + 1) stored)",
        "create view today as select now() as now from jobs where day = 'today'",
        "create materialized view totals as select sum(amount) from jobs",
        "create function f() returns int language sql as 'select make()'",
        "create index on jobs (lower(name)) where at > '2020-01-01'",
        "select pg_catalog.set_config('search_path', '', false); select setval('s', 1, false);",
        f"{_BY_RANGE} from ('2026-01-01') to ('2026-02-01')",
        f"{_BY_RANGE} from (minvalue) to (-5)",
        f"{_BY_RANGE} in ('a', null, 'b')",
        f"{_BY_RANGE} from ('2026-01-01 00:00:00+00') to ('infinity')",
        "select pg_catalog.setval('tenant.s', -5, true)",
        f"{_BY_RANGE} from ('2026-01-01'::date) to (maxvalue)",
        "create table part partition of jobs default",
        "alter table jobs attach partition part for values with (modulus 4, remainder 0)",
        "grant select on jobs to current_user",
    ],
)
def test_what_is_the_same_at_any_time(text: str) -> None:
    assert is_constant_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "do $$ begin create table jobs (); end $$",
        "call make()",
        "select make()",
        "select 1 from make()",
        "select setval('s', 1) into made",
        "values (make())",
        "select setval('s', 1) union all select make()",
        "select set_config('a.b', make(), true)",
        "select set_config('a.b', 'c', true) where make() is not null",
        "select set_config('a.b', 'c', true) order by make()",
        "with made as (insert into jobs values (1)) select setval('s', 1)",
        "select other.setval('s', 1)",
        "declare made cursor for select make()",
        "fetch made",
        "create event trigger made on ddl_command_end execute function make()",
        "refresh materialized view totals",
        f"{_BY_RANGE} from ('today10:00') to (maxvalue)",
        f"{_BY_RANGE} from (('to' || 'day')::date) to (maxvalue)",
        f"{_BY_RANGE} from ('10:00') to ('11:00')",
        "create table made as select make()",
        "insert into jobs values (1)",
        "update jobs set id = 2",
        "delete from jobs",
        "merge into jobs using others on true when matched then delete",
        "explain analyze select make()",
        "import foreign schema shared from server other into jobs",
        f"{_BY_RANGE} from (current_timestamp) to (maxvalue)",
        f"{_BY_RANGE} from (now() - interval '1 day') to (maxvalue)",
        f"{_BY_RANGE} from ('today') to ('tomorrow')",
        f"{_BY_RANGE} from (' NOW '::timestamptz) to (maxvalue)",
        "alter table jobs attach partition part for values from (make()) to (5)",
        "create table jobs (); select make()",
        "create table what is this",
    ],
)
def test_what_is_computed(text: str) -> None:
    assert not is_constant_text(text)
