"""A column that gets another type keeps its values, there and back; what would be lost is asked."""

import re
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from diffapply.catalog.reader import read_catalog
from diffapply.ddl.risks.samples import VALUES, samples
from diffapply.model.affected import Effect, Renewed
from diffapply.model.catalog import Catalog
from diffapply.planning.notes import unconverted
from diffapply.planning.notes.subject import Subject
from tests.servers import Cli, Database

TYPES = """create type mood as enum ('good', 'bad'); create type place as (street text, zip int);
create domain tags as text[];"""

_UUID = "c0ffee00-0000-4000-8000-123456789abc"
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
    ("bytea", "jsonb", r"\x7b2261223a20317d", '{"a": 1}', r"\x7b207d"),
    ("bytea", "json", r"\x7b207d", "{ }", r"\x00ff"),
    ("jsonb", "bytea", '{"a": 1}', r"\x7b2261223a20317d", None),
    ("text", "jsonb", '{"a": 1}', '{"a": 1}', "no"),
    ("bigint", "integer", "7", "7", None),
    ("smallint", "boolean", "1", "true", "2"),
    ("boolean", "smallint", "true", "1", None),
    ("bigint", "boolean", "0", "false", None),
    ("boolean", "numeric(3,2)", "true", "1.00", None),
    ("numeric(3,2)", "boolean", "1.00", "true", "0.40"),
    ("real", "boolean", "0", "false", "2"),
    ("mood", "text", "bad", "bad", None),
    ("text", "mood", "bad", "bad", None),
    ("name", "text", "a", "a", None),
    ("inet", "text", "10.0.0.0/8", "10.0.0.0/8", None),
    ("interval", "text", "1 day", "1 day", None),
    ("jsonb", "json", '{"a": 1}', '{"a": 1}', None),
    ("uuid", "varchar(36)", _UUID, _UUID, None),
    ("uuid", "text", _UUID, _UUID, None),
    ("double precision", "money", None, None, "1.5"),
]
"""Of each: old and new type; a value, what becomes of it; one that would be lost.

Of some that would be lost, PostgreSQL says that it cannot convert them, or not back.
"""


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


@pytest.mark.postgres(18, prove=(15,))
def test_numbers_that_are_written_with_more_digits_are_the_same(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    for tenant, value in (("user_1", "1"), ("user_2", "1.005")):
        database.execute(
            f"create schema {tenant}; create table {tenant}.t (v numeric, w numeric[])"
        )
        database.execute(f"insert into {tenant}.t values ({value}, '{{NaN,1,NULL,{value}}}')")
    (tmp_path / "desired.sql").write_text("create table t (v numeric(9,2), w numeric(9,2)[])")
    done = cli("apply", "--yes", "--format", "json", "--desired", "desired.sql", cwd=tmp_path)
    statuses = {its["name"]: its["status"] for its in done.json["tenants"]}
    assert statuses == {"user_1": "applied", "user_2": "refused"}, done.out
    assert cli("apply", "--backward", "--yes", cwd=tmp_path).code == 0
    assert database.rows("select v = 1, w[4] = 1 from user_1.t") == [(True, True)]


def _values(database: Database) -> list[str]:
    texts = ", ".join(f"v{n}::text" for n in range(len(CASTS)))
    (row,) = database.rows(f"select {texts} from user_1.t")
    return list(row)


FAILING = {
    ("text", "jsonb"): True,
    ("text", "integer"): True,
    ("text", "tsquery"): True,
    ("text", "varchar(3)"): True,
    ("text", "mood"): True,
    ("varchar(3)", "citext"): False,
    ("bigint", "integer"): True,
    ("mood", "varchar(3)"): False,
    ("bigint", "numeric(5,2)"): True,
    ("numeric(4,0)", "integer"): False,
    ("integer", "real"): False,
    ("bytea", "json"): True,
    ("jsonb", "bytea"): False,
    ("json", "integer"): True,
    ("mood", "integer"): True,
    ("text[]", "text"): False,
    ("timestamp", "date"): False,
    ("double precision", "money"): True,
    ("word", "integer"): True,
    ("word[]", "integer[]"): True,
    ("positive", "bigint"): False,
    ("json", "jsonb"): True,
}
"""Old and new type → whether there are values that fail."""


@pytest.mark.postgres(18, prove=(15,))
def test_a_plan_says_which_casts_fail_on_values(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    types = """create type mood as enum ('1', 'two'); create domain word as varchar(9);
    create domain positive as integer check (value > 0);"""
    old, new = (
        ", ".join(f"v{n} {pair[which]}" for n, pair in enumerate(FAILING)) for which in (0, 1)
    )
    database.execute(
        "create extension citext; create schema user_1; set search_path = user_1, public"
    )
    database.execute(f"{types} create table t ({old})")
    (tmp_path / "desired.sql").write_text(f"{types} create table t ({new})")
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path)
    told = [
        hazard["message"]
        for its in plan.json["transitions"][0]["statements"]
        for hazard in its["hazards"]
        if hazard["code"] == "FAILS_ON_VALUES"
    ]
    failing = {
        n: any(f" t.v{n} cannot become " in its for its in told) for n in range(len(FAILING))
    }
    assert failing == dict(enumerate(FAILING.values())), plan.out


UNCERTAIN = {
    ("integer", "interval"): "USING make_interval(secs => v0) where it counts seconds, or ",
    ("bigint", "timestamptz"): "USING to_timestamp(v1) where it counts seconds since 1970, or ",
    ("date", "integer"): "USING extract(epoch FROM v2) for seconds, or to_char(v2, 'YYYYMMDD')",
    ("interval", "numeric"): "USING extract(epoch FROM v3) for seconds.",
    ("smallint", "time"): "USING time '00:00' + make_interval(secs => v4)",
    ("bigint", "uuid"): "TYPE uuid USING …",
    ("smallint", "mood"): "USING (ARRAY['good', 'bad'])[v6 + 1]::mood where it counts labels",
    ("bytea[]", "jsonb"): "TYPE jsonb USING …",
}
"""Old and new type, between which nothing says what values mean → what the plan says."""


@pytest.mark.postgres(18, prove=(15,))
def test_what_values_mean_is_not_guessed(database: Database, cli: Cli, tmp_path: Path) -> None:
    """They are refused; how they are converted, a statement of the user's own may say.

    That going back drops them, too, is told also where the table is renamed.
    """
    old, new = (
        ", ".join(f"v{n} {pair[which]}" for n, pair in enumerate(UNCERTAIN)) for which in (0, 1)
    )
    mood = "create type mood as enum ('good', 'bad')"
    for tenant in ("user_1", "user_2"):
        database.execute(f"create schema {tenant}; create table {tenant}.old ({old})")
        database.execute(f"set search_path = {tenant}; {mood}")
    database.execute("insert into user_1.old (v0, v1) values (3600, 1700000000)")
    (tmp_path / "desired.sql").write_text(
        f"{mood};\ncreate table t ( -- diffapply: renamed from old\n{new})"
    )
    desired = ("--desired", "desired.sql", "--format", "json")
    [its] = cli("plan", *desired, "--tenants", "user_.*", cwd=tmp_path).json["transitions"]
    notes = [f"{note}." for note in its["notes"]]
    for n, said in enumerate(UNCERTAIN.values()):
        assert any(f"column t.v{n} " in note and said in note for note in notes), notes
        assert any(f"drops column old.v{n};" in reason for reason in its["no_way_back"]), its

    done = cli("apply", *desired, "--yes", cwd=tmp_path)
    statuses = {its["name"]: its["status"] for its in done.json["tenants"]}
    assert statuses == {"user_1": "refused", "user_2": "applied"}, done.out
    assert database.rows("select v0, v1 from user_1.old") == [(3600, 1700000000)]

    (tmp_path / "mine.sql").write_text(
        "alter table t alter v0 type interval using make_interval(secs => v0);"
        "alter table t alter v1 type timestamptz using to_timestamp(v1);"
    )
    allowed = ("--with", "mine.sql", "--allow", "CONVERTS_VALUES")
    done = cli("apply", *desired, *allowed, "--yes", cwd=tmp_path)
    assert done.code == 0, done.out
    assert database.rows("select v0::text, extract(epoch from v1)::int from user_1.t") == [
        ("01:00:00", 1700000000)
    ]


@pytest.mark.postgres(18, prove=(15,))
def test_what_is_proposed_runs(database: Database) -> None:
    """Whatever the note of a column says, between all numbers and times, both ways."""
    numbers = ("smallint", "integer", "bigint", "numeric", "numeric(20,0)", "real", "float8")
    times = ("date", "timestamp", "timestamptz(0)", "time", "timetz", "interval", "interval day")
    pairs = [*product(numbers, times), *product(times, numbers)]
    catalogs = []
    with closing(database.connect()) as connection:
        for n, listed in enumerate(zip(*pairs, strict=True)):
            columns = ", ".join(f"v{n} {its}" for n, its in enumerate(listed))
            database.execute(f"create schema s{n}; create table s{n}.t ({columns})")
            catalogs.append(read_catalog(connection, f"s{n}"))
    anew = (Renewed("column", f"t.v{n}", f"t.v{n}") for n in range(len(pairs)))
    source, goal = catalogs
    effect = Effect(anew=tuple(anew))
    notes = [*unconverted.notes(Subject(source, goal, effect=effect))]
    assert len(notes) == len(pairs)
    for note in notes:
        statement, _, said = note.partition("ALTER TABLE")[2].partition(" USING ")
        for which in said.split(", or "):
            using = re.split(" where | for ", which)[0]
            database.execute(
                f"begin; set search_path = s0; alter table{statement} using {using}; rollback"
            )


@pytest.mark.postgres(18, prove=(15,))
def test_each_type_has_samples_that_json_brings_back(database: Database) -> None:
    """All that becomes JSON by `to_jsonb` is had back from its text."""
    for type_ in VALUES:
        if type_ in ("citext", "json", "jsonb", "bytea"):
            continue
        for value in samples(type_, Catalog.of([])):
            back = f"jsonb_extract_path_text(to_jsonb({value}), VARIADIC '{{}}')::{type_}"
            query = f"select ({back})::text = ({value})::text, ({value})::text"
            assert database.rows(query)[0][0], (type_, value)


@pytest.mark.postgres(18, prove=(15,))
def test_a_type_too_short_for_all_values_is_not_assigned(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """They are cut, which is asked: so there is a way back from what a text said in another way."""
    database.execute("create schema user_1; create table user_1.t (v char(1), w char(1))")
    database.execute("insert into user_1.t values ('Y', 't')")
    (tmp_path / "desired.sql").write_text("create table t (v boolean, w boolean)")
    desired = ("--desired", "desired.sql", "--yes")
    refused = cli("apply", *desired, "--format", "json", cwd=tmp_path)
    [error] = [its["error"] for its in refused.json["tenants"] if its["name"] == "user_1"]
    assert "changes column t.v from" in error
    assert "changes column t.w from" not in error
    assert cli("apply", *desired, "--allow", "CONVERTS_VALUES", cwd=tmp_path).code == 0
    back = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out
    assert database.rows("select v, w from user_1.t") == [("t", "t")]
