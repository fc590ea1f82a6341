"""Renames in SQL, and of enums and their labels: nothing is lost, forward and backward."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database, Outcome

_EVERYTHING_BEFORE = """
create table users (id int primary key, "e mail" text constraint ck check ("e mail" <> ''));
create index users_mail on users ("e mail");
create view active as select id from users;
create materialized view totals as select count(*) from users;
create sequence tickets increment 5;
create type point2 as (x int, y int);
create domain positive as int check (value > 0);
create type mood as enum ('ok', 'bad');
create table moods (m mood, p point2, n positive);
"""
_EVERYTHING_AFTER = """
-- diffapply: renamed from points, point2
create type "Point" as (x int, y int);
create domain above as int check (value > 0); -- diffapply: renamed from positive
create type state as enum ( -- diffapply: renamed from mood
    'fine', -- diffapply: renamed from 'ok'
    'bad'
);
create table accounts ( -- diffapply: renamed from users
    id int primary key,
    email text -- diffapply: renamed from "e mail"
        constraint present check (email <> '') -- diffapply: renamed from ck
);
-- diffapply: renamed from users_mail
create index accounts_mail on accounts (email);
create view current as select id from accounts; -- diffapply: renamed from active
-- diffapply: renamed from totals
create materialized view sums as select count(*) from accounts;
-- diffapply: renamed from tickets
create sequence numbers increment 7;
create table moods (m state, p "Point", n above);
"""


def _desired(folder: Path, text: str, *options: str) -> tuple[str, ...]:
    (folder / "schema.sql").write_text(text, encoding="utf-8")
    return ("--desired", str(folder / "schema.sql"), "--exclude", "public", *options)


def _statements(cli: Cli, *desired: str) -> list[str]:
    outcome = cli("plan", "--format", "json", *desired)
    assert outcome.code == 0, outcome.err
    plan = outcome.json
    assert not [its["blocked"] for its in plan["transitions"] if its["blocked"]]
    return [its["sql"] for transition in plan["transitions"] for its in transition["statements"]]


def _applied(cli: Cli, *options: str) -> Outcome:
    outcome = cli("apply", "--yes", *options)
    assert outcome.code == 0, outcome.out + outcome.err
    return outcome


@pytest.mark.postgres(18, prove=(15, 16, 17))
@pytest.mark.parametrize(
    "privileges", [(), pytest.param(("--privileges",), marks=pytest.mark.prove)]
)
def test_each_kind_is_renamed_there_and_back(
    database: Database, cli: Cli, tmp_path: Path, privileges: tuple[str, ...]
) -> None:
    """Rows, positions and grants stay; done once, the comments say nothing more."""
    database.execute(f"create schema user_1; set search_path = user_1; {_EVERYTHING_BEFORE}")
    database.execute(
        "insert into users values (1, 'a@b'); refresh materialized view totals;"
        "insert into moods values ('ok', (1, 2), 3); select nextval('tickets'), nextval('tickets');"
        "grant select on active, users to public; grant usage on type mood to public"
    )
    before = database.dump("user_1")
    desired = _desired(tmp_path, _EVERYTHING_AFTER, *privileges)
    statements = _statements(cli, *desired)
    assert not [sql for sql in statements if "DROP" in sql.upper() or "CREATE" in sql.upper()]
    _applied(cli, *desired)
    assert cli("drift", *desired).code == 0
    assert cli("plan", "--exit-code", *desired).code == 0
    assert database.rows("select id, email from user_1.accounts") == [(1, "a@b")]
    assert database.rows("select * from user_1.sums") == [(1,)]
    assert database.rows("select m::text, (p).y, n from user_1.moods") == [("fine", 2, 3)]
    assert database.rows("select last_value from user_1.numbers") == [(6,)]
    [(granted,)] = database.rows("select relacl::text from pg_class where relname = 'current'")
    assert "=r/" in granted
    _applied(cli, "--backward", *privileges)
    assert Database.difference(before, database.dump("user_1")) == ""
    assert database.rows("select m::text from user_1.moods") == [("ok",)]


_MOODS = """
create type mood as enum ('sad', 'ok', 'it''s "so" — \\\\', 'ok -- really');
create function favourite() returns mood language sql immutable return 'ok'::mood;
create table m (
    id int, feels mood default 'ok' check (feels <> 'sad'), all_of mood[] default '{ok,sad}',
    unique (id, feels)
) partition by list (feels);
create table m_ok partition of m for values in ('ok', 'ok -- really');
create table m_rest partition of m default;
create index only_ok on m (id) where feels = 'ok';
create view those as select id from m where feels = any (all_of) and feels = 'ok';
"""


@pytest.mark.prove
@pytest.mark.postgres(18, prove=(15, 16, 17))
def test_labels_are_renamed_with_all_that_says_them(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Rows, defaults, checks, arrays, bounds of partitions, indexes and views keep their values."""
    database.execute(f"create schema user_1; set search_path = user_1; {_MOODS}")
    database.execute(
        "insert into m values (1); insert into m values (2, 'ok -- really', '{ok,ok -- really}')"
    )
    before = database.dump("user_1")
    after = (
        _MOODS.replace("'ok -- really', ", "'FINE', ")
        .replace("'ok -- really'", "'FINE'")
        .replace("'ok'", "'g''ood ü'")
        .replace("{ok,", "{\"g''ood ü\",")
        .replace("'g''ood ü', 'it", "\n-- diffapply: renamed from 'okay', 'ok'\n'g''ood ü', 'it")
        .replace("'FINE');", "\n-- diffapply: renamed from 'ok -- really'\n'FINE');", 1)
    )
    desired = _desired(tmp_path, after)
    statements = _statements(cli, *desired)
    assert statements == [
        "ALTER TYPE mood RENAME VALUE 'ok' TO 'g''ood ü'",
        "ALTER TYPE mood RENAME VALUE 'ok -- really' TO 'FINE'",
    ]
    _applied(cli, *desired)
    assert cli("drift", *desired).code == 0
    rows = "select id, feels::text, all_of::text, tableoid::regclass::text from user_1.m order by 1"
    assert database.rows(rows) == [
        (1, "g'ood ü", '{"g\'ood ü",sad}', "m_ok"),
        (2, "FINE", '{"g\'ood ü",FINE}', "m_ok"),
    ]
    database.execute("insert into user_1.m (id) values (3)")
    _applied(cli, "--backward")
    assert Database.difference(before, database.dump("user_1")) == ""
    assert database.rows("select feels::text from user_1.m where id = 3") == [("ok",)]


@pytest.mark.prove
def test_labels_that_exchange_their_names_beside_a_new_one(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Through a third label; once done, nothing is exchanged again."""
    database.execute(
        "create schema user_1; create type user_1.e as enum ('a', 'b');"
        "create table user_1.t (e user_1.e); insert into user_1.t values ('a')"
    )
    comment = "-- diffapply: renamed from"
    desired = _desired(
        tmp_path,
        f"create type e as enum (\n'b', {comment} 'a'\n'a', {comment} 'b'\n'c');"
        "create table t (e e);",
    )
    statements = _statements(cli, *desired)
    assert [sql.split()[3] for sql in statements] == ["RENAME", "RENAME", "RENAME", "ADD"]
    _applied(cli, *desired)
    assert database.rows("select e::text from user_1.t") == [("b",)]
    again = cli("plan", "--exit-code", *desired)
    assert again.code == 0
    assert database.rows("select e::text from user_1.t") == [("b",)]


@pytest.mark.prove
def test_a_tenant_of_another_age(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Each is renamed from what it has; what is not there is said."""
    for number, label in enumerate(("one", "two", "three", "four"), 1):
        database.execute(
            f"create schema user_{number}; create type user_{number}.e as enum ('{label}');"
            f"create table user_{number}.t (e user_{number}.e);"
        )
    desired = _desired(
        tmp_path,
        "create type e as enum (\n'three' -- diffapply: renamed from 'one', 'two'\n);"
        "create table t (e e);",
    )
    plan = cli("plan", "--format", "json", *desired).json
    notes = {its["tenants"][0]: " ".join(its["notes"]) for its in plan["transitions"]}
    assert (
        "label e.'three' is declared as renamed from e.'one' or e.'two', which" in notes["user_4"]
    )
    assert not notes["user_1"] + notes["user_2"]
    for tenant, label in (("user_1", "one"), ("user_2", "two")):
        database.execute(f"insert into {tenant}.t values ('{label}')")
    _applied(cli, *desired)
    both = "select e::text from user_1.t union all select e::text from user_2.t"
    assert database.rows(both) == [("three",), ("three",)]
    _applied(cli, "--backward")
    assert database.rows(both) == [("one",), ("two",)]


def test_with_a_token(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Names may be qualified by it, and a label may be the same word."""
    database.execute(
        "create schema user_1; create type user_1.kind as enum ('old', 'x');"
        "create table user_1.users (k user_1.kind); insert into user_1.users values ('old')"
    )
    desired = _desired(
        tmp_path,
        "create type tenant.kind as enum (\n'tenant', -- diffapply: renamed from 'old'\n'x');\n"
        "create table tenant.accounts ( -- diffapply: renamed from tenant.users\n"
        "k tenant.kind);",
        "--tenant-token",
        "tenant",
    )
    _applied(cli, *desired)
    assert database.rows("select k::text from user_1.accounts") == [("tenant",)]


@pytest.mark.parametrize(
    "text",
    [
        "-- diffapply: renamed from x\ncreate table a ();\nalter table a rename to b;",
        "-- diffapply: renamed from x\ncreate table a (); create table b (); drop table a;",
        "create table b (\na int, -- diffapply: renamed from x\nb int);alter table b drop a;",
        """create type a as enum (
            'a' -- diffapply: renamed from 'x'
        ); create table b (); alter type a rename value 'a' to 'b'""",
    ],
)
def test_what_is_not_there_in_the_end_is_refused(
    database: Database, cli: Cli, tmp_path: Path, text: str
) -> None:
    """The comment would be passed over."""
    database.execute("create schema user_1")
    refused = cli("plan", *_desired(tmp_path, text))
    assert refused.code == 1
    assert "line 2: " in refused.err
    assert "but is not there in the end" in refused.err


_MODELS = """
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import ARRAY, DOMAIN
metadata = MetaData()
"""


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_metadata_says_it_at_a_column(database: Database, cli: Cli, tmp_path: Path) -> None:
    """What an enum and its labels were called, also in an array; and a domain."""
    file = tmp_path / "models.py"
    desired = ("--desired", f"{file}:metadata", "--exclude", "public")
    file.write_text(
        f"{_MODELS}status = Enum('open', 'done', name='status')\n"
        "Table('t', metadata, Column('s', status, server_default='open'), "
        "Column('more', ARRAY(status)), Column('n', DOMAIN('amount', Integer)))"
    )
    database.execute("create schema user_1")
    _applied(cli, *desired)
    database.execute("insert into user_1.t values (default, '{done,open}', 7)")
    before = database.dump("user_1")
    info = "{'type_renamed_from': ['states', 'status'], 'labels_renamed_from': {'active': 'open'}}"
    file.write_text(
        f"{_MODELS}state = Enum('active', 'done', name='State')\n"
        f"Table('t', metadata, Column('s', state, server_default='active', info={info}), "
        f"Column('more', ARRAY(state), info={info}), "
        "Column('n', DOMAIN('sum', Integer), info={'type_renamed_from': 'amount'}))"
    )
    assert not [sql for sql in _statements(cli, *desired) if " RENAME " not in sql]
    _applied(cli, *desired)
    assert cli("drift", *desired).code == 0
    row = database.rows("select s::text, more::text, n from user_1.t")
    assert row == [("active", "{done,active}", 7)]
    _applied(cli, "--backward")
    assert Database.difference(before, database.dump("user_1")) == ""


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("Integer, info={'labels_renamed_from': {'a': 'b'}}", "its type is no enum"),
        ("Integer, info={'type_renamed_from': 'b'}", "its type is no type with a name"),
        (
            "Enum('a', name='e'), info={'labels_renamed_from': {'b': 'a'}}",
            "declares a label 'b' as renamed, but e has none",
        ),
        ("Enum('a', name='e'), info={'labels_renamed_from': 'b'}", "is no dictionary"),
        (
            "Enum('a', name='e', native_enum=False), info={'labels_renamed_from': {'a': 'b'}}",
            "its type is no enum",
        ),
        (
            "Enum('a', name='e', schema='public'), info={'labels_renamed_from': {'a': 'b'}}",
            "its type is no enum that belongs to the tenant",
        ),
    ],
)
def test_metadata_that_declares_nothing_sensible_is_refused(
    database: Database, cli: Cli, tmp_path: Path, column: str, says: str
) -> None:
    """With the name of the column."""
    database.execute("create schema user_1")
    file = tmp_path / "models.py"
    file.write_text(f"{_MODELS}Table('t', metadata, Column('c', {column}))")
    refused = cli("plan", "--desired", f"{file}:metadata")
    assert refused.code == 1
    assert says in refused.err
    assert "t.c" in refused.err


def test_what_else_changes_in_what_is_renamed_is_told(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """And nothing of what only follows: a view that reads it, a routine that takes its rows."""
    database.execute(
        "create schema user_1; set search_path = user_1;"
        "create table posts (id int, author int not null, title text,"
        "    state text check (state > ''));"
        "create index posts_author on posts (author);"
        "create table comments (post int, author int);"
        "create view published as select id, author from posts;"
        "create function cnt(posts) returns int language sql return 1;"
        "create trigger posts_tr before update on posts"
        "    for each row execute function suppress_redundant_updates_trigger()"
    )
    desired = _desired(
        tmp_path,
        "-- diffapply: renamed from posts\n"
        "create table articles (id int,\n"
        "    writer int not null, -- diffapply: renamed from author\n"
        "    title varchar(9) not null, state text check (state > 'a'), slug text unique);\n"
        "create index articles_writer on articles (writer);\n"
        "create table comments (post int, author int);\n"
        "create view published as select id, writer as author from articles;\n"
        "create function cnt(articles) returns int language sql return 1;\n"
        "create trigger articles_tr before update on articles\n"
        "    for each row execute function suppress_redundant_updates_trigger();\n",
    )
    shown = cli("plan", *desired).out
    told = (
        "renamed from posts, ~ columns author → writer, title, "
        "~ index posts_author → articles_writer, ~ trigger posts_tr → articles_tr, + column slug, "
        "+ not null of title, + constraints articles_slug_key, articles_state_check, "
        "- constraint posts_state_check"
    )
    assert f"blocked\n\n  ~ table articles: {told}\n\n" in shown
    assert "\n1 to change; " in shown


def test_comments_follow_what_they_are_about(database: Database, cli: Cli, tmp_path: Path) -> None:
    """They are neither added nor dropped by a rename, and told if they say something else.

    Names may change places.
    """
    database.execute(
        "create schema user_1; set search_path = user_1;"
        'create table "Old posts" (id int primary key, "a %s" text, kept text);'
        'create trigger tr before update on "Old posts"'
        "    for each row execute function suppress_redundant_updates_trigger();"
        'create policy p on "Old posts" using (id > 1);'
        'create policy q on "Old posts" using (id > 2);'
        "comment on table \"Old posts\" is '1'; comment on column \"Old posts\".kept is '2';"
        'comment on column "Old posts"."a %s" is \'3\';'
        "comment on trigger tr on \"Old posts\" is '4'"
    )
    desired = _desired(
        tmp_path,
        '-- diffapply: renamed from "Old posts"\n'
        'create table "New posts" (id int constraint "Old posts_pkey" primary key,\n'
        '    "b %s" text, -- diffapply: renamed from "a %s"\n'
        "    kept text);\n"
        'create trigger "T R" before update on "New posts"\n'
        "    for each row execute function suppress_redundant_updates_trigger();\n"
        'create policy q on "New posts" using (id > 1);\n'
        'create policy p on "New posts" using (id > 2);\n'
        "comment on table \"New posts\" is '1'; comment on column \"New posts\".kept is '2';\n"
        'comment on column "New posts"."b %s" is \'other\';\n'
        'comment on trigger "T R" on "New posts" is \'4\';\n',
    )
    shown = cli("plan", *desired).out
    told = (
        '  ~ table "New posts": renamed from "Old posts", ~ column "a %s" → "b %s", '
        "~ policies p → q, q → p, "
        '~ trigger tr → "T R", ~ comment COLUMN "New posts"."b %s"\n'
    )
    assert told in shown
