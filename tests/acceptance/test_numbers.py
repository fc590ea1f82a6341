"""The next number is one that nobody has, whatever a column drew from before; both ways.

Three tenants, with different last numbers, go forward, back and forward again, and rows are
inserted after each step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import Cli, Database

pytestmark = pytest.mark.prove

_TENANTS = {"user_1": 5, "user_2": 40, "user_3": 0}
"""Name → rows of each of its tables."""


@dataclass(frozen=True, slots=True)
class Change:
    """A table whose `id` comes to draw from another sequence.

    Attributes:
        old, new: what it is, `@` for its name.
        rows: an expression of g, from 1 on, for the ids of the rows that there are.
        following: an expression of n, the rows that there are, for the next number forward.
        filled: what follows the rows, `%` for their number.
    """

    old: str
    new: str
    rows: str = "g"
    following: str = "n + 1"
    filled: str = ""

    @property
    def draws(self) -> bool:
        """Whether it draws from a sequence at first as well."""
        return "serial" in self.old or "identity" in self.old


_PLAIN = "create table @ (id integer primary key, note text)"
_SERIAL = "create table @ (id serial primary key, note text)"
_ALWAYS = "create table @ (id integer generated always as identity primary key, note text)"
_FROM = "create table @ (id integer primary key default nextval('@_s'), note text)"
_STANDS = "select setval(pg_get_serial_sequence('@', 'id'), greatest(%, 1), % > 0)"
_RANGES = (
    " partition by range (id);"
    "create table @_low partition of @ for values from (minvalue) to (20);"
    "create table @_high partition of @ for values from (20) to (maxvalue)"
)
_TWO = "create sequence @_s; create table @_2 (id integer primary key default nextval('@_s'));"
CHANGES = {
    "serial": Change(_PLAIN, _SERIAL),
    "identity": Change(_PLAIN, _ALWAYS),
    "by_default": Change(_PLAIN, _ALWAYS.replace("always", "by default")),
    "of_smallint": Change(
        _PLAIN.replace("integer", "smallint"), _SERIAL.replace("serial", "smallserial")
    ),
    "of_bigint": Change(_PLAIN.replace("integer", "bigint"), _ALWAYS.replace("integer", "bigint")),
    "to_bigint": Change(_PLAIN, _SERIAL.replace("serial", "bigserial")),
    "of_numeric": Change(
        _PLAIN.replace("integer", "numeric"),
        f"create sequence @_s; {_FROM.replace('integer', 'numeric')}",
    ),
    "of_domain": Change(
        f"create domain @_d as integer; {_PLAIN.replace('integer', '@_d')}",
        f"create domain @_d as integer; create sequence @_s;{_FROM.replace('integer', '@_d')}",
    ),
    "descending": Change(
        _PLAIN, f"create sequence @_s increment -1; {_FROM}", rows="-g", following="-n - 1"
    ),
    "in_steps": Change(
        _PLAIN,
        _ALWAYS.replace("identity", "identity (start with 3 increment by 5)"),
        following="case when n < 3 then 3 else n - (n - 3) % 5 + 5 end",
    ),
    "start_beyond": Change(
        _PLAIN, _ALWAYS.replace("identity", "identity (start with 1000)"), following="1000"
    ),
    "beyond_the_bounds": Change(
        _PLAIN,
        f"create sequence @_s maxvalue 1000; {_FROM}",
        rows="case when g = 1 then 1000000 else g end",
        following="case when n < 2 then 1 else n + 1 end",
    ),
    "negative": Change(_PLAIN, _SERIAL, rows="-g", following="1"),
    "cached": Change(_PLAIN, _ALWAYS.replace("identity", "identity (cache 10)")),
    "partitioned": Change(_PLAIN + _RANGES, _SERIAL + _RANGES),
    "inherited": Change(
        "create table @_p (id integer primary key, note text);"
        "create table @ () inherits (@_p); alter table @ add primary key (id)",
        "create table @_p (id serial primary key, note text);"
        "create table @ () inherits (@_p); alter table @ add primary key (id)",
    ),
    "to_identity": Change(_SERIAL, _ALWAYS, filled=_STANDS),
    "to_serial": Change(_ALWAYS, _SERIAL, filled=_STANDS),
    "ahead_of_the_values": Change(
        _SERIAL,
        _ALWAYS,
        following="n + 101",
        filled="select setval(pg_get_serial_sequence('@', 'id'), % + 100)",
    ),
    "begins_beyond": Change(
        _ALWAYS.replace("identity", "identity (maxvalue 1000)"),
        _ALWAYS.replace("identity", "identity (start with 2000 minvalue 2000)"),
        following="2000",
        filled=_STANDS,
    ),
    "begins_again": Change(
        _ALWAYS,
        _ALWAYS.replace("identity", "identity (increment by -1)"),
        following="-1",
        filled=_STANDS,
    ),
    "serial_begins_again": Change(
        _SERIAL,
        f"{_SERIAL}; alter sequence @_id_seq increment by -1 minvalue -1000 maxvalue -1 start -1"
        " restart",
        following="-1",
        filled=_STANDS,
    ),
    "ahead_to_serial": Change(
        _ALWAYS,
        _SERIAL,
        following="n + 101",
        filled="select setval(pg_get_serial_sequence('@', 'id'), % + 100)",
    ),
    "ahead_to_bigserial": Change(
        _ALWAYS,
        _SERIAL.replace("serial", "bigserial"),
        following="n + 101",
        filled="select setval(pg_get_serial_sequence('@', 'id'), % + 100)",
    ),
    "shared_by_two": Change(
        f"create table @_2 (id integer primary key); {_PLAIN}",
        f"{_TWO} {_FROM}",
        following="n + 1001",
        filled="insert into @_2 values (1000 + %)",
    ),
    "others_draw_already": Change(f"{_TWO} {_PLAIN}", f"{_TWO} {_FROM}"),
    """"Qu'oted \\ \"\" %s\"""": Change(_PLAIN, _ALWAYS),
}


_FORWARD = ("--desired", "desired.sql", "--yes")


def _all(texts: Iterator[tuple[str, str]]) -> str:
    return ";\n".join(text.replace("@", name) for name, text in texts)


def _insert(database: Database, tenant: str, name: str) -> object:
    database.execute(f"set search_path = {tenant}")
    [(number,)] = database.rows(f"insert into {name} (note) values ('after') returning id")
    return number


@pytest.mark.postgres(18, prove=(15,))
def test_the_next_number_is_free(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Forward it follows the last one; back and forward again nothing that is there is given."""
    old = _all((name, change.old) for name, change in CHANGES.items())
    for tenant, rows in _TENANTS.items():
        database.execute(f"create schema {tenant}; set search_path = {tenant}; {old}")
        for name, change in CHANGES.items():
            database.execute(
                f"insert into {name} (id) overriding system value "
                f"select {change.rows} from generate_series(1, {rows}) g;"
                + change.filled.replace("@", name).replace("%", str(rows))
            )
    new = _all((name, change.new) for name, change in CHANGES.items())
    (tmp_path / "desired.sql").write_text(new)
    forward = cli("apply", *_FORWARD, cwd=tmp_path)
    assert forward.code == 0, forward.out + forward.err
    for tenant, rows in _TENANTS.items():
        for name, change in CHANGES.items():
            expected = database.value(f"select {change.following} from (values ({rows})) v (n)")
            assert _insert(database, tenant, name) == expected, (tenant, name, forward.out)
    back = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    for tenant in _TENANTS:
        for name, change in CHANGES.items():
            if change.draws:
                _insert(database, tenant, name)
    again = cli("apply", *_FORWARD, cwd=tmp_path)
    assert again.code == 0, again.out + again.err
    for tenant in _TENANTS:
        for name in [*CHANGES, *CHANGES]:
            _insert(database, tenant, name)
    assert cli("drift", *_FORWARD[:2], cwd=tmp_path).code == 0


@pytest.mark.postgres(18, prove=(15,))
def test_a_clone_gets_sequences_of_its_own(database: Database, cli: Cli, tmp_path: Path) -> None:
    """What LIKE … INCLUDING ALL made draws from the template's: then it no longer does."""
    database.execute("create schema tmpl; create table tmpl.things (id serial primary key, n text)")
    for tenant, rows in _TENANTS.items():
        database.execute(
            f"create schema {tenant}; set search_path = {tenant};"
            "create table things (like tmpl.things including all);"
            f"insert into things (n) select 'a' from generate_series(1, {rows})"
        )
    (tmp_path / "desired.sql").write_text("create table things (id serial primary key, n text)")
    assert cli("drift", *_FORWARD[:2], cwd=tmp_path).code == 2
    forward = cli("apply", *_FORWARD, cwd=tmp_path)
    assert forward.code == 0, forward.out + forward.err
    assert "setval" in forward.out
    add = "insert into {}.things (n) values ('b') returning id"
    assert [database.value(add.format(tenant)) for tenant in _TENANTS] == [6, 46, 1]
    database.execute("insert into user_2.things (n) select 'c' from generate_series(1, 100)")

    back = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    assert "shared: moves tmpl.things_id_seq" in back.out
    # The template's sequence went on to the last number of any of them, and never back.
    assert [database.value(add.format(tenant)) for tenant in _TENANTS] == [147, 148, 149]
    assert cli("apply", *_FORWARD, cwd=tmp_path).code == 0
    assert [database.value(add.format(tenant)) for tenant in _TENANTS] == [148, 149, 150]
    assert database.value("select last_value from tmpl.things_id_seq") == 149


@pytest.mark.postgres(18, prove=(15,))
def test_another_tenants_sequence_is_drift(database: Database, cli: Cli, tmp_path: Path) -> None:
    """One tenant draws from another's, with or without a sequence of its own."""
    for tenant in _TENANTS:
        database.execute(
            f"create schema {tenant}; set search_path = {tenant};"
            "create table doc (id serial primary key, note text);"
            "create table unlike (id integer); insert into doc (note) values ('x'), ('y')"
        )
    for tenant in ("user_2", "user_3"):
        database.execute(
            f"alter table {tenant}.doc alter id set default nextval('user_1.doc_id_seq')"
        )
    database.execute("drop sequence user_2.doc_id_seq; drop table user_2.unlike")
    database.execute("alter sequence user_3.doc_id_seq restart; set search_path = public")
    # A report over all tenants needs none of them in scratch.
    database.execute(
        "create view public.report as select id from user_1.doc union select id from user_2.doc"
    )
    (tmp_path / "desired.sql").write_text("create table doc (id serial primary key, note text)")
    drift = cli("drift", *_FORWARD[:2], "--format", "json", cwd=tmp_path).json
    assert [tenant["name"] for tenant in drift["tenants"] if tenant["differences"]] == [*_TENANTS]
    for only in ("user_2", "user_?"):
        forward = cli("apply", *_FORWARD, "--only", only, cwd=tmp_path)
        assert forward.code == 0, forward.out + forward.err
    add = "insert into {}.doc (note) values ('after') returning id"
    assert [database.value(add.format(tenant)) for tenant in _TENANTS] == [3, 3, 3]
    assert cli("drift", *_FORWARD[:2], cwd=tmp_path).code == 0
    back = cli("apply", "--backward", "--to", "1", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    assert [database.value(add.format(tenant)) for tenant in _TENANTS] == [4, 5, 6]


def test_the_token_may_be_a_tenant_that_others_draw_from(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """In scratch that tenant's name then stands for both, one after the other."""
    for tenant in ("user_1", "user_2"):
        database.execute(f"create schema {tenant}; create table {tenant}.doc (id serial, n text)")
    database.execute("alter table user_2.doc alter id set default nextval('user_1.doc_id_seq')")
    (tmp_path / "desired.sql").write_text("create table user_1.doc (id serial, n text, o text)")
    token = ("--tenant-token", "user_1")
    done = cli("apply", *_FORWARD, *token, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert cli("drift", *_FORWARD[:2], *token, cwd=tmp_path).code == 0


OUTLIVING = {
    "table_goes": (
        "create table t (id integer); create sequence s owned by t.id; create table keep (i int)",
        "create sequence s; create table keep (i int)",
    ),
    "column_goes": (
        "create table t (id integer, n text); create sequence s owned by t.id",
        "create table t (n text); create sequence s",
    ),
    "drawing_table_goes": (
        "create table t (id serial); alter sequence t_id_seq rename to s",
        "create sequence s",
    ),
    "another_owner": (
        "create table t (id integer); create sequence s owned by t.id",
        "create table u (id integer); create sequence s owned by u.id",
    ),
    "becomes_owned": (
        "create table t (id integer); create sequence s",
        "create table t (id serial); alter sequence t_id_seq rename to s",
    ),
    "identity_goes": (
        "create table t (id integer generated always as identity (sequence name s), n text)",
        "create table t (n text); create sequence s",
    ),
    "identity_of_a_table_goes": (
        "create table t (id bigint generated always as identity (sequence name s))",
        "create sequence s",
    ),
    "identity_ends": (
        "create table t (id integer generated always as identity (sequence name s))",
        "create table t (id integer not null); create sequence s",
    ),
    "changes_bounds": ("create sequence s", "create sequence s minvalue -5 maxvalue 100"),
}


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("name", OUTLIVING)
def test_a_sequence_keeps_its_position(
    database: Database, cli: Cli, tmp_path: Path, name: str
) -> None:
    """Whatever it belonged to; both ways, without any data that would be lost."""
    old, new = OUTLIVING[name]
    for tenant, position in (("user_1", 42), ("user_2", 7)):
        database.execute(f"create schema {tenant}; set search_path = {tenant}; {old}")
        database.execute(f"select setval('s', {position})")
    (tmp_path / "desired.sql").write_text(new)
    ways = (("apply", *_FORWARD), ("apply", "--backward", "--yes"), ("apply", *_FORWARD))
    for number, way in enumerate(ways, 1):
        done = cli(*way, cwd=tmp_path)
        assert done.code == 0, done.out + done.err
        for tenant, position in (("user_1", 42), ("user_2", 7)):
            database.execute(f"set search_path = {tenant}")
            assert database.value("select nextval('s')") == position + number, (tenant, done.out)


def test_a_sequence_is_renamed_with_its_table(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Declared renames take serials and identities along, both ways."""
    (tmp_path / "desired.py").write_text(
        "from sqlalchemy import *\nmetadata = MetaData()\n"
        'Table("u", metadata, Column("id", Integer, primary_key=True), Column("n", Text),'
        ' info={"renamed_from": "t"})\n'
        'Table("w", metadata, Column("id", Integer, Identity(), primary_key=True),'
        ' Column("n", Text), info={"renamed_from": "v"})\n'
    )
    database.execute(
        "create schema user_1; set search_path = user_1;"
        "create table t (id serial primary key, n text);"
        "create table v (id integer generated by default as identity primary key, n text);"
        "select setval('t_id_seq', 42), setval('v_id_seq', 42)"
    )
    desired = ("apply", "--desired", "desired.py:metadata", "--yes")
    ways = ((desired, "uw"), (("apply", "--backward", "--yes"), "tv"), (desired, "uw"))
    for number, (way, names) in enumerate(ways, 1):
        done = cli(*way, cwd=tmp_path)
        assert done.code == 0, done.out + done.err
        for name in names:
            add = f"insert into user_1.{name} (n) values ('x') returning id"
            assert database.value(add) == 42 + number, done.out


def test_what_is_made_of_numbers_is_told(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Where the values are no numbers, nobody can say which is the last: a hazard says so."""
    database.execute("create schema user_1; create table user_1.t (code text)")
    (tmp_path / "desired.sql").write_text(
        "create sequence s; create table t (code text default 'X-' || nextval('s'))"
    )
    plan = cli("plan", *_FORWARD[:2], "--format", "json", cwd=tmp_path).json
    hazards = [h for s in plan["transitions"][0]["statements"] for h in s["hazards"]]
    told = "t.code is made of numbers of s that may be taken: it is no number itself, so the last "
    told += "one cannot be told"
    assert [h["message"] for h in hazards if h["kind"] == "numbers"] == [told]


def test_nobody_inserts_between_the_last_number_and_the_commit(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """The sequence is moved on last, when the tables are locked; and one that stands, held."""
    database.execute(
        "create schema user_1; set search_path = user_1;"
        "create table t (id integer primary key, n integer); create sequence s;"
        "create table u (id integer generated always as identity)"
    )
    (tmp_path / "desired.sql").write_text(
        "create sequence s; create table u (id integer generated always as identity);"
        "create table t (id integer primary key default nextval('s'),"
        " n integer default nextval('u_id_seq'))"
    )
    plan = cli("plan", *_FORWARD[:2], "--format", "json", cwd=tmp_path).json
    statements = plan["transitions"][0]["statements"]
    moves = [s["sql"] for s in statements].index("ALTER SEQUENCE s OWNED BY NONE")
    hazards = [[h["message"] for h in s["hazards"]] for s in statements]
    assert any("takes ACCESS EXCLUSIVE on t" in each for each in hazards[:moves])
    assert hazards[moves:] == [
        ["nobody draws from s until the end of the transaction"],
        [],
        ["reads all rows of t for the last number"],
    ]
    assert cli("apply", *_FORWARD, cwd=tmp_path).code == 0


def test_a_partitioned_table_that_ceases_to_be_one_gives_no_number_twice(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Its last rows are gone, so that their numbers are known to the sequence alone."""
    plain = "create table t (id integer generated by default as identity, n text)"
    database.execute(f"""
        create schema user_1; set search_path = user_1;
        {plain} partition by range (id);
        create table t_1 partition of t for values from (0) to (1000);
        insert into t (n) select 'x' from generate_series(1, 5); delete from t where id > 3
    """)
    (tmp_path / "desired.sql").write_text(plain)
    applied = cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    assert "drops table t as it was; its rows are lost" in applied.out
    add = "insert into t (n) values ('y') returning id"
    assert database.value(add) == 6
    for number, way in enumerate((("--backward",), ("--desired", "desired.sql")), 7):
        database.execute("delete from t where id > 5")
        applied = cli("apply", *way, "--yes", cwd=tmp_path)
        assert applied.code == 0, applied.out + applied.err
        assert database.value(add) == number
