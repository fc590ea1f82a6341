"""Whatever may lose data is flagged, with a check that can run, however things are named."""

import pytest

from diffapply.hazards.statements import data_hazards
from diffapply.model.catalog import Catalog, Fact

BEFORE = Catalog.of(
    [
        Fact("table", "t", "t", "TABLE"),
        Fact("table", '"Or""d"', '"Or""d"', "TABLE"),
        Fact("sequence", "s", "s", "AS integer"),
        Fact("column", 't."position"', "t", "integer"),
        Fact("default", 't."position"', "t", "0"),
        Fact("column", "t.total", "t", "numeric(10,2)"),
        Fact("column", "t.name", "t", "character varying(100)"),
        Fact("column", "t.double", "t", "integer GENERATED ALWAYS AS (id * 2) STORED"),
        Fact("table", '"values"', '"values"', "TABLE"),
        Fact("column", '"values".x', '"values"', "bigint"),
    ]
)


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("drop table t", "SELECT EXISTS (SELECT FROM t)"),
        ('drop table "values"', 'SELECT EXISTS (SELECT FROM "values")'),
        ('drop table "Or""d"', 'SELECT EXISTS (SELECT FROM "Or""d")'),
        ("drop table t cascade", ""),
        ("drop schema other cascade", ""),
        ("drop sequence s", "SELECT is_called FROM s"),
        (
            "alter table t drop column name",
            "SELECT EXISTS (SELECT FROM t WHERE name IS DISTINCT FROM NULL)",
        ),
        (
            'alter table only t drop column "position"',
            (
                'SELECT EXISTS (SELECT FROM ONLY t WHERE "position" IS DISTINCT FROM NULL)'
                ' AND EXISTS (SELECT FROM ONLY t WHERE (("position")::pg_catalog.text'
                " OPERATOR(pg_catalog.=) ((0)::integer)::pg_catalog.text) IS NOT TRUE"
                ' AND NOT (("position")::pg_catalog.text IS NULL'
                " AND ((0)::integer)::pg_catalog.text IS NULL))"
            ),
        ),
        (
            'alter table "values" alter x type integer',
            (
                'SELECT EXISTS (SELECT FROM "values" WHERE ((((x)::integer)::bigint)'
                "::pg_catalog.text OPERATOR(pg_catalog.=) (x)::pg_catalog.text) IS NOT TRUE"
                " AND NOT ((((x)::integer)::bigint)::pg_catalog.text IS NULL"
                " AND (x)::pg_catalog.text IS NULL))"
            ),
        ),
        ("alter table t alter forgotten type integer", ""),
        ("truncate t", ""),
        ("delete from t", ""),
        ("update t set total = 0", ""),
        ("do 'begin delete from t; end'", ""),
        ("merge into t using s on true when matched then delete", ""),
        ("call purge()", ""),
        ("select purge()", ""),
        ("select setval('s', 1), purge()", ""),
        ("select setval('s', purge())", ""),
        ("select setval('s', 1) from purge()", ""),
        ("select setval('s', 1) where purge()", ""),
        ("select other.setval('s', 1)", ""),
        ("select setval('s', max(id)) from t", ""),  # whose max that is, nobody knows
        ("with gone as (delete from t returning id) select setval('s', id) from gone", ""),
        ("with gone as (delete from t returning id) insert into other select id from gone", ""),
        ("create table kept as with gone as (delete from t returning *) select * from gone", ""),
        ("insert into t values (1) on conflict (id) do update set name = 'x'", ""),
    ],
)
def test_it_is_flagged(statement: str, check: str) -> None:
    """And the check asks, in the tenant, whether anything would be lost there."""
    checks = {hazard.check for hazard in data_hazards(statement, BEFORE) if hazard.kind == "data"}
    assert checks == {check}


@pytest.mark.parametrize(
    "statement",
    [
        'alter table t alter "position" type bigint',
        "alter table t alter name type varchar(200)",
        "alter table t alter name type text",
        "alter table t alter total type numeric",
        "alter table t drop column double",
        "alter table t add column other integer",
        "alter table made_just_now alter x type smallint",
        "drop view v",
        "drop function f(integer)",
        "drop index i",
        "create table other (id integer)",
        "select setval('s', last_value, is_called) from t",
        "select pg_catalog.setval('s', pg_catalog.max(id)) from t",
        "insert into other select id from t on conflict do nothing",
        "create table copy as select * from t",
    ],
)
def test_what_keeps_everything_is_not(statement: str) -> None:
    """No flag is needed for what cannot lose data."""
    assert not [hazard for hazard in data_hazards(statement, BEFORE) if hazard.kind == "data"]


COUNTED = Catalog.of(
    [
        Fact("table", "t", "t", "TABLE"),
        Fact("column", "t.id", "t", "integer"),
        Fact("default", "t.id", "t", "nextval('s'::regclass)"),
        Fact("column", "t.code", "t", "text"),
        Fact("default", "t.code", "t", "('X'::text || nextval('u'::regclass))"),
        *(
            Fact(
                "sequence",
                name,
                name,
                f"AS integer START WITH 1 INCREMENT BY {step} MINVALUE -9 MAXVALUE 9 CACHE {cache} "
                "NO CYCLE",
            )
            for name, step, cache in (("s", 1, 1), ("u", 1, 1), ("free", -2, 5))
        ),
        Fact("column", "t.down", "t", "bigint"),
        Fact("default", "t.down", "t", "nextval('free'::regclass)"),
    ]
)


@pytest.mark.parametrize(
    ("sequence", "check"),
    [
        (
            "s",
            (
                "SELECT is_called AND NOT EXISTS (SELECT FROM t WHERE id OPERATOR(pg_catalog.>=) "
                "(s.last_value)) FROM s"
            ),
        ),
        (
            "free",
            (
                "SELECT is_called AND NOT EXISTS (SELECT FROM t WHERE down OPERATOR(pg_catalog.<=) "
                "(free.last_value OPERATOR(pg_catalog.-) -8)) FROM free"
            ),
        ),
        ("u", "SELECT is_called FROM u"),
    ],
)
def test_a_position_that_values_tell_is_not_lost(sequence: str, check: str) -> None:
    """What sessions have cached and not used counts as not given."""
    [hazard] = data_hazards(f"drop sequence {sequence}", COUNTED)
    assert hazard.check == check


def test_to_validate_takes_time() -> None:
    """In a table that is there already."""
    statement = "alter table {} validate constraint c"
    assert [hazard.kind for hazard in data_hazards(statement.format("t"), BEFORE)] == ["time"]
    assert data_hazards(statement.format("made_just_now"), BEFORE) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "alter table t alter total type integer",
        'alter table only t alter "position" type smallint',
        "alter table t alter name type varchar(10)",
        "alter table t alter name type varchar(10) using substr(name, 1, 10)",
        "alter table t alter name type date using name::date",
    ],
)
def test_a_narrower_type_is_checked_value_by_value(statement: str) -> None:
    """Whether each value survives the way there and back."""
    [hazard] = [hazard for hazard in data_hazards(statement, BEFORE) if hazard.kind == "data"]
    assert "OPERATOR(pg_catalog.=)" in hazard.check  # not whichever "=" the tenant has
    assert hazard.lock == "t"


@pytest.mark.parametrize(
    ("using", "zone"),
    [
        (" using at at time zone 'America/New_York'", "in America/New_York"),
        (" using (at at time zone 'UTC')::timestamptz", "in UTC"),
        ("", "of the session"),
        (" using at::timestamptz", "of the session"),
        (" using later(at)", "of the session"),
    ],
)
def test_the_zone_of_local_times_is_named(using: str, zone: str) -> None:
    before = Catalog.of([Fact("column", "t.at", "t", "timestamp without time zone")])
    [hazard] = data_hazards(f"alter table t alter at type timestamptz{using}", before)
    assert f", by local time {zone}; values may" in hazard.message
