"""A column that gets another type keeps its values, there and back; what would be lost is asked."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database

TYPES = """create type mood as enum ('good', 'bad'); create type place as (street text, zip int);
create domain tags as text[];"""

CASTS = [
    ("text", "text[]", "a", "{a}", None),
    ("integer", "bigint[]", "7", "{7}", None),
    ("text[]", "text", "{a}", "a", "{a,b}"),
    ("integer[]", "text", "{7}", "7", "{}"),
    ("place", "place[]", "(,5)", '{"(,5)"}', None),
    ("place[]", "place", '{"(x,5)"}', "(x,5)", '{"(a,1)","(b,2)"}'),
    ("tags", "text[]", "{a,b}", "{a,b}", None),
    ("text[]", "tags", "{a,b}", "{a,b}", None),
    ("text[]", "jsonb", "{}", "[]", None),
    ("integer[]", "json", "{1,NULL,2}", "[1,null,2]", None),
    ("jsonb", "text[]", '["a b", null, "null"]', '{"a b",NULL,"null"}', '{"a": 1}'),
    ("json", "integer[]", "[[1,2],[3,4]]", "{{1,2},{3,4}}", "1"),
    ("place", "jsonb", '("High Street",5)', '{"zip": 5, "street": "High Street"}', None),
    ("jsonb", "place", '{"zip": 5, "street": "x"}', "(x,5)", '{"zip": 5, "town": "y"}'),
    ("mood", "jsonb", "bad", '"bad"', None),
    ("jsonb", "mood", '"bad"', "bad", None),
    ("date", "jsonb", "2020-01-31", '"2020-01-31"', None),
    ("int4range", "jsonb", "[1,5)", '"[1,5)"', None),
    ("jsonb", "integer", "5", "5", "5.5"),
    ("int4range", "int8range", "[1,5)", "[1,5)", None),
    ("int8multirange", "int4multirange", "{[1,5),[7,9)}", "{[1,5),[7,9)}", None),
    ("daterange", "tsrange", "[2020-01-01,)", '["2020-01-01 00:00:00",)', None),
]
"""Of each: old and new type; a value, what becomes of it; one that would be lost."""


@pytest.mark.postgres(18, prove=(15,))
def test_values_become_what_they_mean(database: Database, cli: Cli, tmp_path: Path) -> None:
    columns = range(len(CASTS))
    losing = {f"user_{n + 10}": n for n in columns if CASTS[n][4] is not None}
    listed = [", ".join(f"v{n} {CASTS[n][which]}" for n in columns) for which in (0, 1)]
    tenants = ["user_1", "user_2", *losing]
    for tenant in tenants:
        database.execute(
            f"create schema {tenant}; set search_path = {tenant}; {TYPES}"
            f"create table t ({listed[0]}); insert into t default values"
        )
    for n in columns:
        database.execute(f"update user_1.t set v{n} = %s", CASTS[n][2])
    for tenant, n in losing.items():
        database.execute(f"update {tenant}.t set v{n} = %s", CASTS[n][4])
    (tmp_path / "desired.sql").write_text(f"{TYPES} create table t ({listed[1]})")

    apply = ("apply", "--yes", "--format", "json")
    done = cli(*apply, "--desired", "desired.sql", cwd=tmp_path)
    statuses = {its["name"]: its["status"] for its in done.json["tenants"]}
    assert statuses == {its: "refused" if its in losing else "applied" for its in tenants}, done.out
    assert _values(database) == [its[3] for its in CASTS]
    assert database.rows("select t is null from user_2.t") == [(True,)]

    back = cli(*apply, "--backward", cwd=tmp_path)
    assert back.code == 0, back.out
    assert _values(database) == [its[2] for its in CASTS]


def _values(database: Database) -> list[str]:
    texts = ", ".join(f"v{n}::text" for n in range(len(CASTS)))
    (row,) = database.rows(f"select {texts} from user_1.t")
    return list(row)
