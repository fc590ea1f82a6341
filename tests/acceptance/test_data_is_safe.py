"""Nothing that holds data is dropped or cut unless that was allowed."""

import threading
from pathlib import Path

import pytest

from tests.servers import Cli, Database

_FULL = (
    "create table t (id integer primary key, name varchar(100), price numeric, note text);"
    "create table spare (id integer)"
)
_LESS = "create table t (id integer primary key, name varchar(5), price integer)"


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    """Two tenants with more structure than the desired state has."""
    (tmp_path / "desired.sql").write_text(_LESS)
    for name in ("user_1", "user_2"):
        database.execute(f"create schema {name}; set search_path = {name}; {_FULL}")
    return tmp_path


def _apply(cli: Cli, folder: Path, *options: str) -> tuple[int, dict[str, str], dict[str, str]]:
    """Exit code, tenant → status, tenant → error."""
    outcome = cli(
        "apply", "--desired", "desired.sql", "--yes", "--format", "json", *options, cwd=folder
    )
    tenants = outcome.json["tenants"]
    return (
        outcome.code,
        {t["name"]: t["status"] for t in tenants},
        {t["name"]: t["error"] or "" for t in tenants},
    )


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("insert into spare values (1)", ("drops table spare", "--allow-destructive")),
        (
            "insert into t (id, note) values (1, 'x')",
            ("drops column t.note", "--allow-destructive"),
        ),
        (
            "insert into t (id, name) values (1, 'longer than five')",
            ("t.name", "change these rows"),
        ),
        ("insert into t (id, price) values (1, 9.99)", ("t.price", "--allow-destructive")),
    ],
)
def test_a_tenant_with_data_is_refused(
    database: Database, cli: Cli, folder: Path, rows: str, told: tuple[str, str]
) -> None:
    """It is named, with what it would lose, and what helps; the tenant without data is done."""
    database.execute(f"set search_path = user_1; {rows}")
    before = database.dump("user_1")
    code, statuses, errors = _apply(cli, folder)
    assert (code, statuses) == (3, {"user_1": "refused", "user_2": "applied"})
    assert all(its in errors["user_1"] for its in told)
    assert database.dump("user_1") == before


def test_what_loses_nothing_needs_no_flag(database: Database, cli: Cli, folder: Path) -> None:
    """Empty tables, columns null throughout, and values that fit into the new type."""
    database.execute("insert into user_1.t (id, name, price) values (1, 'abc', 7)")
    assert _apply(cli, folder)[:2] == (0, {"user_1": "applied", "user_2": "applied"})
    assert database.rows("select name, price from user_1.t") == [("abc", 7)]


@pytest.mark.postgres(18, prove=(15,))
def test_a_computed_column_that_becomes_plain_keeps_its_values(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Also where what it is computed from gets another type, so that it is in the way."""
    for name in ("user_1", "user_2"):
        database.execute(
            f"create schema {name}; set search_path = {name}; create table t (id integer, "
            "twice integer generated always as (id * 2) stored);"
        )
    database.execute("insert into user_1.t values (4)")
    (tmp_path / "desired.sql").write_text("create table t (id bigint, twice integer)")
    assert _apply(cli, tmp_path)[:2] == (0, {"user_1": "applied", "user_2": "applied"})
    assert database.rows("select id, twice from user_1.t") == [(4, 8)]


@pytest.mark.postgres(18, prove=(15,))
def test_rows_that_are_values_get_the_default_of_a_new_column(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """PostgreSQL adds no column with a default to a table whose row type a column has."""
    database.execute(
        "create schema user_1; set search_path = user_1; create table t (id integer);"
        "create table old (row t); insert into t values (1)"
    )
    (tmp_path / "desired.sql").write_text(
        "create table t (id integer, done boolean not null default false, land text default 'DE');"
        "create table old (row t);"
    )
    planned = cli("plan", "--desired", "desired.sql", cwd=tmp_path)
    assert planned.out.count("UPDATE t SET") == 1  # each would write all rows
    assert _apply(cli, tmp_path)[:2] == (0, {"user_1": "applied"})
    assert database.rows("select * from user_1.t") == [(1, False, "DE")]


def test_rows_that_row_security_hides_from_their_owner_are_kept(
    database: Database, owner_url: str, tmp_path: Path
) -> None:
    """The owner may read none of them; an empty table, and its partition, need no flag."""
    hidden = "alter table {0} enable row level security; alter table {0} force row level security;"
    desired = tmp_path / "desired.sql"
    tables = (
        "create table t (id integer primary key, note text);"
        "create table p (id integer) partition by range (id);"
        "create table p1 partition of p for values from (0) to (9);"
        + "".join(map(hidden.format, ("t", "p", "p1")))
    )
    desired.write_text(tables)
    cli = Cli(owner_url)
    for name in ("user_1", "user_2", "user_3"):
        database.execute(f"create schema {name} authorization owner_of_{database.name}")
    assert _apply(cli, tmp_path)[0] == 0
    database.execute("insert into user_2.t values (1, 'x'); insert into user_3.p1 values (1)")
    desired.write_text(f"create table t (id integer primary key); {hidden.format('t')}")
    code, statuses, errors = _apply(cli, tmp_path)
    assert code == 3
    assert statuses == {"user_1": "applied", "user_2": "refused", "user_3": "refused"}
    assert "drops column t.note" in errors["user_2"]
    assert "drops table p" in errors["user_3"]


@pytest.mark.postgres(18, prove=(15,))
def test_what_is_on_another_server_is_not_lost(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """A foreign table cannot be locked, and its columns hold nothing here."""
    database.execute(
        "create foreign data wrapper far; create server far foreign data wrapper far;"
        "create schema user_1; create foreign table user_1.t (id integer, note text, sum numeric) "
        "server far"
    )
    desired = "create foreign table t (id integer not null, sum integer) server far;"
    (tmp_path / "desired.sql").write_text(desired)
    made = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path).json
    [transition] = made["transitions"]
    codes = {its["code"] for one in transition["statements"] for its in one["hazards"]}
    assert codes == {"DROPS_OBJECT"}
    assert _apply(cli, tmp_path)[:2] == (0, {"user_1": "applied"})
    assert cli("drift", "--desired", "desired.sql", cwd=tmp_path).code == 0


@pytest.mark.postgres(18, prove=(15,))
def test_rows_here_that_inherit_from_a_foreign_table_are_kept(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """What is done to its columns is done to theirs."""
    database.execute(
        "create foreign data wrapper far; create server far foreign data wrapper far;"
        "create schema user_1; set search_path = user_1;"
        "create foreign table t (id integer, note text) server far;"
        "create table here () inherits (t); insert into here values (1, 'x')"
    )
    (tmp_path / "desired.sql").write_text(
        "create foreign table t (id integer) server far; create table here () inherits (t);"
    )
    code, statuses, errors = _apply(cli, tmp_path)
    assert (code, statuses) == (3, {"user_1": "refused"})
    assert "drops column t.note; its values are lost" in errors["user_1"]
    assert database.rows("select note from user_1.here") == [("x",)]


@pytest.mark.postgres(18, prove=(15,))
def test_a_value_that_cannot_be_converted_is_not_had_back(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """The question fails, not the tenant; allowed, PostgreSQL's error names the statement."""
    database.execute("create schema user_1; create table user_1.t (x integer, y text)")
    database.execute("insert into user_1.t values (7, 'none')")
    database.execute("create table user_1.z (y text); insert into user_1.z values ('nothing')")
    (tmp_path / "desired.sql").write_text("create table t (y integer); create table z (y integer)")
    code, statuses, errors = _apply(cli, tmp_path)
    assert (code, statuses) == (3, {"user_1": "refused"})
    assert 'type integer: "nothing")' in errors["user_1"]  # of what would come later, too
    assert "drops column t.x; its values are lost" in errors["user_1"]
    assert (
        "changes column t.y from text to integer; values may be changed or cut (PostgreSQL: "
        'invalid input syntax for type integer: "none");'
    ) in errors["user_1"]
    code, statuses, errors = _apply(cli, tmp_path, "--allow-destructive")
    assert (code, statuses) == (4, {"user_1": "failed"})
    assert "statement 1 of 2: ALTER TABLE t ALTER COLUMN y TYPE integer" in errors["user_1"]


_BARE = "create table t (id integer)"
_COMPUTED = "create table t (id integer, a integer, d integer generated always as (a + 1) stored)"
_MOMENT = "create domain moment as timestamptz default now();"
_FLAG = "create table t (id integer, flag boolean default true)"
_PLAIN = "create table t (id integer, a integer, d integer default 7)"
_JSON, _JSONB = (f"create table t (id integer, j {its})" for its in ("json", "jsonb"))


@pytest.mark.parametrize(
    "change",
    [
        (_FLAG, "(1, null)", _BARE),
        ("create table t (id integer, at timestamptz default now())", "(1, null)", _BARE),
        (f"{_MOMENT} create table t (id integer, at moment)", "(1, null)", _MOMENT + _BARE),
        (_PLAIN, "(1, 10)", _COMPUTED),
        (_JSON, """(1, '{"a": 1, "a": 2}')""", _JSONB),
        ("create table t (j json[])", """('{"[1,2]"}')""", "create table t (j jsonb[])"),
    ],
)
def test_what_going_back_would_not_bring_back_is_refused(
    database: Database, cli: Cli, tmp_path: Path, change: tuple[str, str, str]
) -> None:
    """A default fills in what was null; what is computed stays; jsonb is not the text it was."""
    old, rows, new = change
    for name in ("user_1", "user_2"):
        database.execute(f"create schema {name}; set search_path = {name}; {old}")
    database.execute(f"insert into user_1.t values {rows}")
    (tmp_path / "desired.sql").write_text(new)
    before = database.rows("select t::text from user_1.t")
    code, statuses, errors = _apply(cli, tmp_path)
    assert (code, statuses) == (3, {"user_1": "refused", "user_2": "applied"}), errors
    assert database.rows("select t::text from user_1.t") == before


@pytest.mark.parametrize(
    "change",
    [
        (_FLAG, "(1, true)", _BARE),
        (_PLAIN, "(1, 6)", _COMPUTED),
        (_JSON, """(1, '{"a": 1}'), (2, null)""", _JSONB),
    ],
)
def test_what_going_back_brings_back_needs_no_flag(
    database: Database, cli: Cli, tmp_path: Path, change: tuple[str, str, str]
) -> None:
    """Also if values stand there, as long as they are what comes again."""
    old, rows, new = change
    database.execute(f"create schema user_1; set search_path = user_1; {old}")
    database.execute(f"insert into user_1.t values {rows}")
    (tmp_path / "desired.sql").write_text(new)
    before = database.rows("select t::text from user_1.t order by id")
    assert _apply(cli, tmp_path)[0] == 0
    assert _apply(cli, tmp_path, "--backward")[0] == 0
    assert database.rows("select t::text from user_1.t order by id") == before


@pytest.mark.parametrize("holder", ["zone", "zone[]", "wrapped"])
def test_rows_of_a_table_that_are_values_in_another_are_kept(
    database: Database, cli: Cli, tmp_path: Path, holder: str
) -> None:
    """The table that loses the column may be empty itself."""
    wrapped = "create type wrapped as (z zone);"
    tables = (
        f"create table zone (a integer{{}}); {wrapped} create table t (at timestamptz, z {holder})"
    )
    (tmp_path / "desired.sql").write_text(tables.format(""))
    for name in ("user_1", "user_2"):
        built = tables.format(", b integer")
        database.execute(f"create schema {name}; set search_path = {name}; {built}")
    value = {"zone": "row(1, 2)", "zone[]": "array[row(1, 2)::zone]", "wrapped": "row(row(1, 2))"}
    database.execute(f"set search_path = user_1; insert into t (z) values ({value[holder]})")
    # A type whose name is a word of other types' names has no part in these.
    database.execute("set search_path = user_2; insert into t (at) values (now())")
    code, statuses, errors = _apply(cli, tmp_path)
    assert (code, statuses) == (3, {"user_1": "refused", "user_2": "applied"})
    assert "changes attributes of zone, which column t.z has" in errors["user_1"]
    assert database.rows("select z::text from user_1.t")


@pytest.mark.postgres(15, 18)
def test_a_label_that_rows_have_is_kept(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Also in arrays; where nobody has it, it goes without being asked for."""
    tables = "create table t (m {0}); create table a (m {0}[])".format("mood")
    desired = f"create type mood as enum ('ok', 'new'); {tables}"
    (tmp_path / "desired.sql").write_text(desired)
    for name in ("user_1", "user_2", "user_3"):
        mood = "create type mood as enum ('sad', 'ok', 'it''s')"
        database.execute(f"create schema {name}; set search_path = {name}; {mood}; {tables}")
    database.execute("insert into user_1.t values ('ok'), ('it''s')")
    database.execute("insert into user_2.a values ('{ok}'), ('{ok,sad}')")
    database.execute("insert into user_3.t values ('ok'), (null)")
    code, statuses, errors = _apply(cli, tmp_path)
    refused = {"user_1": "refused", "user_2": "refused", "user_3": "applied"}
    assert (code, statuses) == (3, refused)
    assert "drops labels 'sad', 'it''s' that rows of t may have in m" in errors["user_1"]
    assert "rows of a" in errors["user_2"]
    assert database.rows("select m::text from user_3.t order by m") == [("ok",), (None,)]


_OF_MOODS = """
create domain felt as mood;
create type pair as (m mood, n integer);
create type span as range (subtype = mood);
create table d (v felt);
create table ds (v felt[]);
create table p (v pair);
create table ps (v pair[]);
create table r (v span);
create table rs (v span_multirange);
create type colour as enum ('red');
create table c (v colour);
"""
_MOODS = {
    "d": "sad",
    "ds": "{ok,sad}",
    "p": "(sad,1)",
    "ps": '{"(ok,1)","(sad,2)"}',
    "r": "[ok,sad]",
    "rs": "{[ok,sad]}",
}


@pytest.mark.postgres(18, prove=(15,))
def test_labels_are_found_in_whatever_holds_them(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Domains, composite types, ranges, and arrays of them."""
    desired = f"create type mood as enum ('ok');{_OF_MOODS}"
    (tmp_path / "desired.sql").write_text(desired)
    mood = "create type mood as enum ('ok', 'sad')"
    tenants = {f"user_{number}": table for number, table in enumerate((*_MOODS, None))}
    for name, holder in tenants.items():
        database.execute(f"create schema {name}; set search_path = {name}; {mood};{_OF_MOODS}")
        for table, value in _MOODS.items():
            held = value if table == holder else value.replace("sad", "ok")
            database.execute(f"insert into {name}.{table} values ('{held}')")
    code, statuses, errors = _apply(cli, tmp_path)
    assert code == 3
    for name, holder in tenants.items():
        assert statuses[name] == ("refused" if holder else "applied")
        if holder:
            assert f"drops label 'sad' that rows of {holder} may have in v" in errors[name]
            assert errors[name].count("drops label") == 1


def test_what_is_allowed_is_done(database: Database, cli: Cli, folder: Path) -> None:
    """With --allow-destructive, data goes."""
    database.execute("insert into user_1.spare values (1)")
    assert _apply(cli, folder, "--allow-destructive")[0] == 0
    assert cli("drift", "--desired", "desired.sql", cwd=folder).code == 0


def test_a_row_that_comes_meanwhile_counts(database: Database, cli: Cli, folder: Path) -> None:
    """The check waits for a writer, and then sees what it wrote."""
    writer = database.connect()
    with writer, writer.cursor() as cursor:
        cursor.execute("insert into user_1.spare values (1)")
        commit = threading.Timer(1.5, writer.commit)
        commit.start()
        _, statuses, _ = _apply(cli, folder)
        commit.join()
    writer.close()
    assert statuses["user_1"] == "refused"
    assert database.rows("select id from user_1.spare") == [(1,)]


def test_one_that_fails_does_not_keep_the_others(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Exit 4: PostgreSQL's reason by the tenant's name, which is as it was; the others are done."""
    (tmp_path / "desired.sql").write_text("create table t (id integer primary key)")
    for name in ("user_1", "user_2"):
        database.execute(f"create schema {name}; create table {name}.t (id integer not null)")
    database.execute("insert into user_1.t values (1), (1)")
    code, statuses, errors = _apply(cli, tmp_path)
    assert (code, statuses) == (4, {"user_1": "failed", "user_2": "applied"})
    assert "duplicate" in errors["user_1"] or "unique" in errors["user_1"]


def test_a_column_made_anew_goes_back(database: Database, cli: Cli, folder: Path) -> None:
    """Its nulls, which the way forward made, are in nobody's way."""
    table = "create table t (id serial primary key, at {})"
    (folder / "desired.sql").write_text(table.format("timestamptz"))
    for name in ("user_1", "user_2"):
        plain = table.format("bigint default 0 not null")
        database.execute(f"set search_path = {name}; drop table t, spare; {plain}")
    database.execute("insert into user_1.t (at) values (1), (2)")
    before = database.dump("user_1", "--schema-only")
    assert _apply(cli, folder, "--allow-destructive")[0] == 0
    assert _apply(cli, folder, "--backward", "--allow-destructive")[0] == 0
    assert database.dump("user_1", "--schema-only") == before
    assert database.rows("select at from user_1.t") == [(0,), (0,)]
