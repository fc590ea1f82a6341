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


@pytest.mark.postgres(15, 18)
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
    "alter default privileges in schema {0} grant select on tables to public": (
        "FOR ROLE postgres ON TABLES TO PUBLIC"
    ),
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
