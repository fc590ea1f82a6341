"""With --privileges, owners and grants are structure like all else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2 import sql

from tests.servers import Cli, Database

_DESIRED = """
create table orders (id integer primary key, total numeric, secret text);
create sequence numbers;
create view totals as select total from orders;
create function answer() returns integer language sql as 'select 42';
revoke execute on function answer() from public;
grant select, insert on orders to "{role}";
grant update (total) on orders to "{role}" with grant option;
grant usage on sequence numbers to public;
grant select on totals to public;
alter view totals owner to "{role}";
"""


@pytest.fixture
def role(database: Database) -> Iterator[str]:
    """A role with a name that needs quoting, gone after the test."""
    name = f'role "of" {database.name}'
    database.execute(sql.SQL("create role {}").format(sql.Identifier(name)))
    yield name
    quoted = sql.Identifier(name)
    database.execute(sql.SQL("drop owned by {0}; drop role {0}").format(quoted))


@pytest.fixture
def folder(database: Database, role: str, tmp_path: Path) -> Path:
    """A tenant, and a folder with its desired state."""
    text = _DESIRED.format(role=role.replace('"', '""'))
    (tmp_path / "desired.sql").write_text(text)
    database.execute("create schema user_1; create schema by_hand; set search_path = by_hand")
    database.execute(text)
    return tmp_path


@pytest.mark.postgres(18, prove=(15,))
def test_owners_and_grants_are_applied(database: Database, cli: Cli, folder: Path) -> None:
    """A tenant gets owners and grants as desired, as pg_dump shows them."""
    done = cli("apply", "--privileges", "--desired", "desired.sql", "--yes", cwd=folder)
    assert done.code == 0, done.err
    difference = Database.difference(
        database.dump("by_hand", called="tenant"), database.dump("user_1", called="tenant")
    )
    assert difference == ""
    assert cli("drift", "--privileges", "--desired", "desired.sql", cwd=folder).code == 0


_CHANGES = {
    "grant delete on {0}.orders to public": "TABLE orders TO PUBLIC",
    "revoke usage on sequence {0}.numbers from public": "SEQUENCE numbers TO PUBLIC",
    "grant execute on function {0}.answer() to public": "FUNCTION answer() TO PUBLIC",
    "grant select (secret) on {0}.orders to public": "TABLE orders (secret) TO PUBLIC",
    "alter view {0}.totals owner to postgres": "VIEW totals",
    "revoke insert on {0}.orders from postgres": "TABLE orders TO postgres AS OWNER",
}
"""Change → the fact that it is named by."""


def test_a_changed_grant_is_seen_and_set_right(database: Database, cli: Cli, folder: Path) -> None:
    """Each is named by drift, and undone by apply; without the option none of it counts."""
    options = ("--desired", "desired.sql")
    changed = {f"user_{number}": change for number, change in enumerate(_CHANGES, start=2)}
    for tenant in changed:
        database.execute(f"create schema {tenant}")
    assert cli("apply", "--privileges", *options, "--yes", cwd=folder).code == 0
    for tenant, change in changed.items():
        database.execute(change.format(tenant))
    assert cli("drift", *options, cwd=folder).code == 0
    seen = cli("drift", "--privileges", *options, "--format", "json", cwd=folder)
    assert seen.code == 2
    drifted = {tenant["name"]: tenant["differences"] for tenant in seen.json["tenants"]}
    assert drifted.pop("user_1") == []
    for tenant, change in changed.items():
        assert _CHANGES[change] in [difference["name"] for difference in drifted[tenant]], change
    undone = cli("apply", "--privileges", *options, "--yes", cwd=folder)
    assert undone.code == 0, undone.out + undone.err
    untouched = database.dump("user_1", called="tenant")
    for tenant, change in changed.items():
        dump = database.dump(tenant, called="tenant")
        assert Database.difference(untouched, dump) == "", change


@pytest.mark.prove
def test_going_back_restores_grants(database: Database, cli: Cli, folder: Path) -> None:
    """A snapshot that was taken with privileges has them."""
    database.execute(
        "create table user_1.orders (id integer primary key, total numeric, secret text);"
        "grant delete on user_1.orders to public"
    )
    before = database.dump("user_1")
    options = ("--privileges", "--desired", "desired.sql", "--yes")
    assert cli("apply", *options, cwd=folder).code == 0
    back = cli("apply", "--backward", *options, cwd=folder)
    assert back.code == 0, back.out + back.err
    assert Database.difference(before, database.dump("user_1")) == ""


_SILENT = """
create table orders (id integer primary key, total integer, note text);
create view totals as select total from orders;
create table more (id serial primary key);
create function answer() returns integer language sql as 'select 42';
create function never() returns integer language sql as 'select 42';
create type mood as enum ('good');
"""
_UNSAID = """
grant select, insert on {tenant}.orders to {role} with grant option;
grant update (total) on {tenant}.orders to public;
grant select on {tenant}.totals to {role};
grant usage on sequence {tenant}.more_id_seq to {role};
revoke all on function {tenant}.answer() from public;
revoke usage on type {tenant}.mood from public;
revoke insert on {tenant}.more from current_user;
alter default privileges in schema {tenant} grant select on tables to {role};
alter table {tenant}.more owner to {role};
alter function {tenant}.answer() owner to {role};
"""


def _quoted(role: str) -> str:
    return '"{}"'.format(role.replace('"', '""'))


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_what_the_desired_state_is_silent_about_is_no_drift(
    database: Database, cli: Cli, role: str, tmp_path: Path
) -> None:
    """Tenants keep owners, grants, revokes, default privileges: it never takes all away."""
    for tenant in ("user_1", "user_2"):
        database.execute(f"create schema {tenant}; set search_path = {tenant}")
        database.execute(_SILENT)
    database.execute(_UNSAID.format(tenant="user_1", role=_quoted(role)))
    before = database.dump("user_1")
    (tmp_path / "desired.sql").write_text(_SILENT)
    options = ("--privileges", "--desired", "desired.sql")
    drift = cli("drift", *options, cwd=tmp_path)
    assert drift.code == 0, drift.out
    # Something else is to be done in both.
    (tmp_path / "desired.sql").write_text(f"{_SILENT} create index on orders (note)")
    applied = cli("apply", *options, "--yes", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    assert cli("drift", *options, cwd=tmp_path).code == 0
    assert cli("apply", "--backward", *options, "--yes", cwd=tmp_path).code == 0
    assert Database.difference(before, database.dump("user_1")) == ""


@pytest.mark.parametrize(
    ("said", "undone"),
    [
        ("grant select on orders to public", "insert on {0}.orders to {1}"),
        ("revoke all on function answer() from public", "execute on function {0}.answer() to {1}"),
        (
            "alter default privileges in schema tenant grant usage on sequences to public",
            "select on tables to {1}",
        ),
    ],
)
@pytest.mark.prove
def test_what_it_speaks_of_is_compared_whole(  # noqa: PLR0913, PLR0917 - what differs
    database: Database, cli: Cli, role: str, tmp_path: Path, said: str, undone: str
) -> None:
    """One grant on an object, and its grants are those of the desired state; so of defaults."""
    desired = f"set search_path = tenant; {_SILENT} {said}"
    (tmp_path / "desired.sql").write_text(desired)
    options = ("--privileges", "--desired", "desired.sql", "--tenant-token", "tenant")
    for tenant in ("user_1", "user_2"):
        database.execute(f"create schema {tenant}; set search_path = {tenant}")
        database.execute(_SILENT)
        database.execute(said.replace("tenant", tenant))
    database.execute("reset search_path")
    head = "alter default privileges in schema user_1 " if " on tables " in undone else ""
    grant = f"{head}grant {undone.format('user_1', _quoted(role))}"
    before = database.dump("user_1")
    database.execute(grant)
    drift = cli("drift", *options, "--format", "json", cwd=tmp_path).json["tenants"]
    assert [tenant["state"] for tenant in drift] == ["drifted", "in_sync"]
    applied = cli("apply", *options, "--yes", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    assert Database.difference(before, database.dump("user_1")) == ""


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_what_is_new_has_the_grants_that_it_would_have_anyway(
    database: Database, cli: Cli, role: str, tmp_path: Path
) -> None:
    """Default privileges count, the tenant's and the whole database's, unless others are said."""
    alter = "alter default privileges"
    database.execute(
        f"""
        create schema user_1; create table user_1.orders (id integer);
        {alter} in schema user_1 grant select on tables to {_quoted(role)};
        {alter} grant insert on tables to {_quoted(role)};
        {alter} grant delete on tables to public;
        {alter} revoke execute on routines from public;
        """
    )
    (tmp_path / "desired.sql").write_text(
        "create table orders (id integer); create table more (id integer);"
        "create table said (id integer); grant update on said to public;"
        "create function answer() returns integer language sql as 'select 42'"
    )
    options = ("--privileges", "--desired", "desired.sql", "--yes")
    applied = cli("apply", *options, cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    may = "select has_table_privilege(%s, 'user_1.more', %s)"
    assert [database.value(may, role, its) for its in ("select", "insert", "delete", "update")] == [
        *(True, True, True, False)
    ]
    assert database.value(
        "select not has_function_privilege(%s, 'user_1.answer()', 'execute')", role
    )
    assert cli("drift", *options[:-1], cwd=tmp_path).code == 0


@pytest.mark.prove
def test_a_renamed_table_keeps_grants_that_nothing_is_said_of(
    database: Database, cli: Cli, role: str, tmp_path: Path
) -> None:
    """Under its new name, and with its columns' new names."""
    database.execute(
        f"""
        create schema user_1; create table user_1.old (id integer primary key, a text, gone text);
        grant select, update (a, gone) on user_1.old to {_quoted(role)};
        alter table user_1.old owner to {_quoted(role)};
        """
    )
    (tmp_path / "desired.py").write_text(
        "from sqlalchemy import Column, Integer, MetaData, Table, Text\n"
        "metadata = MetaData()\n"
        "Table('new', metadata, Column('id', Integer, primary_key=True),"
        " Column('b', Text, info={'renamed_from': 'a'}), info={'renamed_from': 'old'})\n"
    )
    options = ("--privileges", "--desired", "desired.py:metadata")
    applied = cli("apply", *options, "--yes", "--allow-destructive", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    assert cli("drift", *options, cwd=tmp_path).code == 0
    may = "select has_table_privilege(%s, 'user_1.new', 'select')"
    assert database.value(may, role)
    acl = "select attacl::text from pg_attribute where attrelid = %s::regclass and attname = %s"
    assert "=w/" in database.value(acl, "user_1.new", "b")


@pytest.mark.prove
def test_grants_in_events_after_create(
    database: Database, cli: Cli, role: str, tmp_path: Path
) -> None:
    """They are spoken: other grants on the same objects go, also where a view is made anew."""
    database.execute(
        f"""
        create schema user_1; set search_path = user_1;
        create table doc (id serial primary key, n integer); create view v as select n from doc;
        grant select on doc to public; grant select on v to {_quoted(role)};
        """
    )
    grantee = _quoted(role).replace('"', '\\"')
    (tmp_path / "desired.py").write_text(
        "from sqlalchemy import DDL, BigInteger, Column, Integer, MetaData, Table, event\n"
        "metadata = MetaData()\n"
        "t = Table('doc', metadata, Column('id', Integer, primary_key=True),"
        " Column('n', BigInteger))\n"
        f'for text in ("GRANT SELECT, INSERT ON %(fullname)s TO {grantee}",\n'
        f'        "GRANT USAGE ON SEQUENCE doc_id_seq TO {grantee}",\n'
        '        "CREATE VIEW v AS SELECT n FROM doc",\n'
        f'        "GRANT SELECT ON v TO {grantee}"):\n'
        "    event.listen(t, 'after_create', DDL(text))\n"
    )
    options = ("--privileges", "--desired", "desired.py:metadata")
    applied = cli("apply", *options, "--yes", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    grants = database.rows(
        "select relname, grantee::regrole::text, privilege_type from pg_class, aclexplode(relacl)"
        " where relnamespace = 'user_1'::regnamespace and grantee <> relowner order by 1, 3"
    )
    assert [(name, its) for name, _, its in grants] == [
        *(("doc", "INSERT"), ("doc", "SELECT"), ("doc_id_seq", "USAGE"), ("v", "SELECT")),
    ]
    assert {grantee for _, grantee, _ in grants} == {_quoted(role)}
    assert cli("drift", *options, cwd=tmp_path).code == 0
