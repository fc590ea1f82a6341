"""Whatever may lose data is flagged, with a check that can run, however things are named."""

import pytest

from diffapply.ddl.risk import told
from diffapply.hazards.statements import risks_of
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard, HazardCode

FAILS, VALUES = "FAILS_ON_NULLS", "FAILS_ON_VALUES"

NOTHING = Catalog.of([])
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


def data_hazards(statement: str, before: Catalog, goal: Catalog = NOTHING) -> tuple[Hazard, ...]:
    """What a statement of others risks by what it says."""
    return told(risks_of(statement), Ends(before, goal))


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
                'SELECT EXISTS (SELECT FROM ONLY t WHERE (("position")::pg_catalog.text'
                " OPERATOR(pg_catalog.=) ((0)::integer)::pg_catalog.text) IS NOT TRUE"
                ' AND NOT (("position")::pg_catalog.text IS NULL'
                " AND ((0)::integer)::pg_catalog.text IS NULL))"
            ),
        ),
        (
            'alter table "values" alter x type real',
            (
                'SELECT EXISTS (SELECT FROM "values" WHERE ((((x)::real)::bigint)'
                "::pg_catalog.text OPERATOR(pg_catalog.=) (x)::pg_catalog.text) IS NOT TRUE"
                " AND NOT ((((x)::real)::bigint)::pg_catalog.text IS NULL"
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


@pytest.mark.parametrize(
    "statement",
    [
        "insert into other select id from t",
        "with x as (select id from t) insert into other select id from x",
        "insert into other with x as (select id from t) select id from x",
        "insert into other values ((select max(id) from t))",
    ],
)
def test_inserting_reads_what_it_selects_from(statement: str) -> None:
    told = [hazard.message for hazard in data_hazards(statement, BEFORE) if hazard.kind == "time"]
    assert told == ["reads all rows of t"]


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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("numeric(10,2)", "numeric(12,2)"),
        ("numeric(10,2)", "numeric(12,4)"),
        ("integer", "numeric(12,2)"),
        ("integer", "double precision"),
        ("character varying(10)", "character varying(20)"),
        ("character varying(10)[]", "character varying(20)[]"),
        ("text", "character varying"),
        ("timestamp(3) without time zone", "timestamp without time zone"),
        ("timestamp(3) with time zone", "timestamp(6) with time zone"),
        ("timestamp without time zone", "timestamp(6)"),
        ("time(0) with time zone", "timetz"),
        ("date", "timestamp"),
        ("interval(2)", "interval"),
        ("interval day to second(3)", "interval(3)"),
        ("bit varying(3)", "bit varying"),
        ("bit(3)", "bit varying(3)"),
        ("cidr", "inet"),
        ("numeric(10,2)[]", "numeric[]"),
        ("public.vector(3)", "public.vector"),
        ('"Geo".geometry(Point,4326)', '"Geo".geometry'),
    ],
)
def test_a_wider_type_keeps_all_values(old: str, new: str) -> None:
    """Back again, they might be cut; with an expression, they may become anything."""
    there = Catalog.of([Fact("table", "t", "t", "TABLE"), Fact("column", "t.x", "t", old)])
    assert not _of_values(f"alter table t alter x type {new}", there)
    assert not _of_values(f"alter table t alter x type {new} using x::{new}", there)
    assert _of_values(f"alter table t alter x type {new} using other(x)", there)
    back = Catalog.of([Fact("table", "t", "t", "TABLE"), Fact("column", "t.x", "t", new)])
    assert (new, old) in SAME or _of_values(f"alter table t alter x type {old}", back)


SAME = {
    ("character varying", "text"),
    ("timestamp(6)", "timestamp without time zone"),
    ("numeric(12,2)", "numeric(10,2)"),  # where it does not fail
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("numeric(10,2)", "numeric(12,1)"),
        ("numeric(10,2)", "bigint"),
        ("bigint", "numeric(20,-2)"),
        ("bigint", "double precision"),
        ("numeric", "numeric(1000,2)"),
        ("timestamp with time zone", "timestamp(3) with time zone"),
        ("timestamp without time zone", "date"),
        ("interval", "interval day to second"),
        ("bit(3)", "bit(4)"),
        ("character(3)", "text"),
        ("integer", "integer[]"),
    ],
)
def test_what_may_cut_is_checked(old: str, new: str) -> None:
    there = Catalog.of([Fact("table", "t", "t", "TABLE"), Fact("column", "t.x", "t", old)])
    [hazard] = _of_values(f"alter table t alter x type {new}", there)
    assert hazard.check


def _of_values(statement: str, before: Catalog) -> list[Hazard]:
    return [its for its in data_hazards(statement, before) if its.kind == "data"]


def _with_enum(labels: str, column: str) -> Catalog:
    return Catalog.of(
        [
            Fact("enum", "mood", "mood", f"ENUM ({labels})"),
            Fact("table", "t", "t", "TABLE"),
            Fact("column", "t.m", "t", column),
        ]
    )


def test_a_label_that_goes_is_checked() -> None:
    """Only rows that have it are in danger."""
    statement = "alter table t alter m type mood using m::text::mood"
    before, goal = _with_enum("'sad', 'ok', 'it''s'", "mood"), _with_enum("'ok', 'new'", "mood")
    [hazard] = data_hazards(statement, before, goal)
    assert hazard.code is HazardCode.DROPS_LABEL
    assert hazard.check == (
        "SELECT EXISTS (SELECT FROM t WHERE m::pg_catalog.text OPERATOR(pg_catalog.=) "
        "ANY (ARRAY['sad', 'it''s']::pg_catalog.text[]))"
    )
    assert data_hazards(statement, goal, _with_enum("'new', 'ok'", "mood")) == ()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("drop view v", "drops view v"),
        ("drop function f(integer, text)", "drops routine f(integer,text)"),
        ("drop function f", "drops routine f(integer,text)"),
        ("drop trigger g on t", "drops trigger t.g"),
        ("alter table t drop constraint c", "drops constraint t.c"),
        ("alter table t drop column double", "drops column t.double, which is computed"),
        ("alter domain d drop constraint c", "drops domain constraint d.c"),
    ],
)
def test_what_is_dropped_is_told_unless_it_comes_again(statement: str, message: str) -> None:
    """Without its data, it can be created again: so that needs no consent."""
    facts = [
        Fact("view", "v", "v", "AS SELECT 1"),
        Fact("routine", "f(integer,text)", "f(integer,text)", "FUNCTION f(integer, text)"),
        Fact("trigger", "t.g", "t", "CREATE TRIGGER g"),
        Fact("constraint", "t.c", "t", "CHECK ((id > 0))"),
        Fact("column", "t.double", "t", "integer GENERATED ALWAYS AS (id * 2) STORED"),
        Fact("domain constraint", "d.c", "d", "CHECK ((VALUE > 0))"),
    ]
    [hazard] = data_hazards(statement, Catalog.of(facts))
    assert (hazard.kind, hazard.message) == ("drop", message)
    assert data_hazards(statement, Catalog.of(facts), Catalog.of(facts)) == ()


def test_what_goes_with_a_column_is_told() -> None:
    index = Fact("index", "i", "t", "ON t USING btree (name)")
    before = Catalog.of([*BEFORE.facts.values(), index])
    told = [its.message for its in data_hazards("alter table t drop column name", before)]
    assert told == ["drops column t.name; its values are lost", "drops index i"]


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("alter table t add constraint k unique using index i", set()),
        ("alter table t add constraint k primary key using index i", {"SCANS_TABLE", FAILS}),
        ("alter table t add constraint k unique (id)", {"BUILDS_INDEX", VALUES}),
        ("alter table t add exclude (id with =)", {"BUILDS_INDEX", VALUES}),
        ("create unique index k on t (id)", {"BUILDS_INDEX", VALUES}),
        ("create index k on t (id)", {"BUILDS_INDEX"}),
        ("alter table t add check (id > 0)", {"SCANS_TABLE", VALUES}),
        ("alter table t add foreign key (id) references p", {"SCANS_TABLE", VALUES}),
        ("alter table t validate constraint k", {"SCANS_TABLE", VALUES}),
        ("alter table t alter id set not null", {"SCANS_TABLE", FAILS}),
        ("alter table t add check (id > 0) not valid", set()),
        ("alter table p attach partition t for values in (1)", {"SCANS_TABLE", VALUES}),
        ("alter table p attach partition made_just_now for values in (1)", {"SCANS_TABLE", VALUES}),
        ("create table n partition of p for values in (1)", {"SCANS_TABLE", VALUES}),
        ("refresh materialized view m", {"COMPUTES_VIEW"}),
        ("refresh materialized view m with no data", set()),
        ("create materialized view m as select 1", {"RECOMPUTES_VIEW"}),
        ("create materialized view n as select 1", {"COMPUTES_VIEW"}),
        ("create materialized view n as select 1 with no data", set()),
        ("alter domain d add check (value > 0)", {"SCANS_TABLE", VALUES}),
        ("alter table t add g integer generated always as (id) stored not null", {FAILS}),
        ("alter table t add g integer generated always as (id) stored", set()),
    ],
)
def test_what_takes_time_or_fails_is_told_once(statement: str, codes: set[str]) -> None:
    before = Catalog.of(
        [
            Fact("table", "t", "t", "TABLE"),
            Fact("column", "t.id", "t", "integer"),
            Fact("column", "t.d", "t", "d"),
            Fact("domain", "d", "d", "integer"),
            Fact("index", "i", "t", "ON t UNIQUE USING btree (id)"),
            Fact("table", "p", "p", "TABLE PARTITION BY LIST (id)"),
            Fact("table", "rest", "rest", "TABLE"),
            Fact("partition", "rest", "rest", "OF p DEFAULT"),
            Fact("materialized view", "m", "m", "AS SELECT 1"),
        ]
    )
    told = [its.code.name for its in data_hazards(statement, before) if its.kind != "rewrite"]
    told += [
        its.code.name for its in data_hazards(statement, before) if its.code.name in RECOMPUTES
    ]
    assert {*told} == codes
    messages = [its.message for its in data_hazards(statement, before)]
    assert len(messages) == len({*messages})


RECOMPUTES = {"RECOMPUTES_VIEW"}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("create index i on t (id)", "builds an index over t; writers wait"),
        ("create index i on only t (id)", "builds an index over t; writers wait"),
        ("create index i on p (id)", "builds an index over p and all of its partitions"),
        ("alter table p add unique (id)", "builds an index over p and all of its partitions"),
        ("create index i on only p (id)", ""),
        ("alter table only p add unique (id)", ""),
    ],
)
def test_an_index_is_built_in_all_partitions(statement: str, told: str) -> None:
    """Said ONLY of a partitioned table, it is built over no rows at all."""
    partitioned = Fact("table", "p", "p", "TABLE PARTITION BY LIST (id)")
    hazards = data_hazards(statement, Catalog.of([*BEFORE.facts.values(), partitioned]))
    messages = [its.message.removesuffix("; writers wait") for its in hazards if its.kind == "time"]
    assert messages == ([told.removesuffix("; writers wait")] if told else [])


def test_to_validate_takes_time() -> None:
    """In a table that is there already."""
    statement = "alter table {} validate constraint c"
    kinds = [hazard.kind for hazard in data_hazards(statement.format("t"), BEFORE)]
    assert kinds == ["time", "rows"]
    assert data_hazards(statement.format("made_just_now"), BEFORE) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "alter table t alter total type integer",
        'alter table only t alter "position" type real',
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
    "statement",
    [
        'alter table t alter "position" type smallint',
        'alter table t alter "position" type smallint using "position"::smallint',
        "alter table t alter name type citext",
        "alter table t alter total type numeric(6,3)",
        'alter table t alter "position" type numeric(6,2)',
    ],
)
def test_where_values_stay_or_fail_nothing_is_lost(statement: str) -> None:
    assert not [hazard for hazard in data_hazards(statement, BEFORE) if hazard.kind == "data"]


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
    hazard, _ = data_hazards(f"alter table t alter at type timestamptz{using}", before)
    assert f", by local time {zone}; values may" in hazard.message


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("alter sequence s increment by -1 restart", "s"),
        ('alter sequence "Or""d" restart with 7', '"Or""d"'),
        ("select pg_catalog.setval('s', 5, false) from s where last_value > 7", "s"),
        ("alter table t alter id set minvalue 5 restart", "the identity of t.id"),
        ("alter sequence s minvalue 5", None),
        ("alter table t alter id set minvalue 5", None),
        ("select pg_catalog.setval('s', last_value, is_called) from r", None),
    ],
)
def test_a_sequence_that_begins_again_is_told(statement: str, what: str | None) -> None:
    told = [its.message for its in data_hazards(statement, BEFORE) if its.kind == "numbers"]
    expected = f"{what} may begin again; numbers that it has given may come a second time"
    assert told == ([expected] if what else [])


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("select setval('s', 5, false) from s where last_value < -5 or last_value > 7", (-5, 7)),
        ("select setval('s', 5, false) from s where last_value > 7", None),
        ("select setval('s', 5, false) from s where last_value < 7 or id > 7", None),
        ("select setval('s', 5, false) from s where last_value < 7 or last_value > low", None),
        ("select setval('s', 5, false) from s where last_value < 7 and last_value > 9", None),
        ("select setval('s', 5, false)", None),
        ("alter sequence s restart", None),
    ],
)
def test_a_position_that_stays_is_no_loss(statement: str, kept: tuple[int, int] | None) -> None:
    [hazard] = [its for its in data_hazards(statement, BEFORE) if its.needs_consent]
    outside = ""
    if kept:
        low, high = kept
        outside = (
            f" AND (s.last_value OPERATOR(pg_catalog.<) {low}"
            f" OR s.last_value OPERATOR(pg_catalog.>) {high})"
        )
    assert hazard.check == f"SELECT is_called{outside} FROM s"


_NEW = Fact("column", "t.n", "t", "integer")


@pytest.mark.parametrize(
    ("demand", "new", "fails"),
    [
        ("UNIQUE (id, n)", [_NEW], False),
        ("UNIQUE (id)", [_NEW], True),
        ("UNIQUE NULLS NOT DISTINCT (n)", [_NEW], True),
        ("UNIQUE (n)", [_NEW, Fact("default", "t.n", "t", "7")], True),
        ("UNIQUE (n)", [_NEW, Fact("default", "t.n", "t", "nextval('s'::regclass)")], False),
        ("UNIQUE (n)", [_NEW, Fact("identity", "t.n", "t", "GENERATED ALWAYS")], False),
        ("UNIQUE (n)", [_NEW, Fact("default", "t.n", "t", "gen_random_uuid()")], False),
        (
            "UNIQUE (n)",
            [Fact("column", "t.n", "t", "integer GENERATED ALWAYS AS (1) STORED")],
            True,
        ),
        ("FOREIGN KEY (n) REFERENCES u(id)", [_NEW], False),
        ("FOREIGN KEY (id, n) REFERENCES u(id, n)", [_NEW], False),
        ("FOREIGN KEY (id, n) REFERENCES u(id, n) MATCH FULL", [_NEW], True),
        ("FOREIGN KEY (n) REFERENCES u(id)", [_NEW, Fact("default", "t.n", "t", "7")], True),
        ("CHECK ((n > 0))", [_NEW], False),
        ("CHECK ((n IS NOT NULL))", [_NEW], True),
        ("CHECK ((n > id))", [_NEW], True),
    ],
)
def test_a_new_column_that_is_null_in_all_rows_breaks_little(
    demand: str, new: list[Fact], *, fails: bool
) -> None:
    """Null equals nothing, refers to nothing, and passes most checks."""
    before = [Fact("table", "t", "t", "TABLE"), Fact("column", "t.id", "t", "integer")]
    goal = Catalog.of([*before, *new, Fact("constraint", "t.k", "t", demand)])
    told = data_hazards(f"alter table t add constraint k {demand}", Catalog.of(before), goal)
    assert any(its.code.name == VALUES for its in told) is fails


_AB = [
    Fact("table", "t", "t", "TABLE"),
    Fact("column", "t.a", "t", "integer"),
    Fact("column", "t.b", "t", "text"),
]
_NOT_NULL = [Fact("not null", f"t.{its}", "t", "NOT NULL") for its in "ab"]
_EXACT = "UNIQUE NULLS NOT DISTINCT"


@pytest.mark.parametrize(
    ("had", "wants", "fails"),
    [
        ([Fact("constraint", "t.k", "t", "UNIQUE (a)")], "UNIQUE (a, b)", False),
        ([Fact("constraint", "t.k", "t", "UNIQUE (b, a)")], "PRIMARY KEY (a, b)", False),
        ([Fact("constraint", "t.k", "t", "UNIQUE (a, b)")], "UNIQUE (a)", True),
        ([Fact("constraint", "t.k", "t", "UNIQUE (a)")], f"{_EXACT} (a, b)", True),
        ([Fact("constraint", "t.k", "t", f"{_EXACT} (a)")], f"{_EXACT} (a, b)", False),
        (
            [Fact("constraint", "t.k", "t", "PRIMARY KEY (a)"), *_NOT_NULL],
            f"{_EXACT} (a, b)",
            False,
        ),
        ([Fact("constraint", "t.k", "t", "UNIQUE (a) DEFERRABLE")], "UNIQUE (a, b)", True),
        ([Fact("index", "i", "t", "ON t UNIQUE USING btree (a DESC)")], "UNIQUE (a, b)", False),
        ([Fact("index", "i", "t", "ON t USING btree (a)")], "UNIQUE (a, b)", True),
        (
            [Fact("index", "i", "t", "ON t UNIQUE USING btree (a) WHERE (a > 0)")],
            "UNIQUE (a, b)",
            True,
        ),
        (
            [Fact("index", "i", "t", 'ON t UNIQUE USING btree (b COLLATE "C")')],
            "UNIQUE (a, b)",
            True,
        ),
        (
            [
                Fact("index", "i", "t", "ON t UNIQUE USING btree (a)"),
                Fact("index validity", "i", "t", "INVALID"),
            ],
            "UNIQUE (a, b)",
            True,
        ),
    ],
)
def test_a_key_that_stood_keeps_a_wider_one(had: list[Fact], wants: str, *, fails: bool) -> None:
    """Rows that differ in some columns differ in more of them."""
    goal = Catalog.of([*_AB, Fact("constraint", "t.new", "t", wants)])
    statement = f"alter table t add constraint new {wants}"
    told = data_hazards(statement, Catalog.of([*_AB, *had]), goal)
    assert any(its.code.name == VALUES for its in told) is fails


@pytest.mark.parametrize(
    ("before", "afterwards"),
    [
        ([], [Fact("column", "t.a", "t", "smallint")]),
        ([], [Fact("column", "t.a", "t", "integer COLLATE folding")]),
        ([], [Fact("table", "t", "t", "TABLE PARTITION BY RANGE (a)")]),
        (
            [Fact("column", "t.a", "t", "d"), Fact("domain", "d", "d", "numeric(10,4)")],
            [Fact("column", "t.a", "t", "d"), Fact("domain", "d", "d", "numeric(10,2)")],
        ),
    ],
)
def test_values_that_change_may_become_equal(before: list[Fact], afterwards: list[Fact]) -> None:
    key = Fact("constraint", "t.k", "t", "UNIQUE (a)")
    new = Fact("constraint", "t.new", "t", "UNIQUE (a, b)")
    had = Catalog.of({its.key: its for its in (*_AB, key, *before)}.values())
    goal = Catalog.of({its.key: its for its in (*_AB, new, *afterwards)}.values())
    told = data_hazards("alter table t add constraint new unique (a, b)", had, goal)
    assert any(its.code.name == VALUES for its in told)
