"""What a tenant's tables belong to others, the plan says; and so does the failure of an apply."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.projects import make_tenant
from tests.servers import Cli, Database

pytestmark = pytest.mark.alone

_OLD = """
create table orders (id integer primary key);
create type mood as enum ('good');
create function f() returns integer language sql as 'select 1';
"""
_NEW = """
create table orders (id integer primary key, n integer);
create index on orders (n);
create type mood as enum ('good', 'bad');
create function f() returns integer language sql as 'select 2';
create table invoices (orders integer references orders);
"""
_OPTIONS = ("--desired", "desired.sql")


@pytest.fixture
def roles(database: Database, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Who applies and owns four tenants, and another one."""
    (tmp_path / "desired.sql").write_text(_NEW)
    with ExitStack() as stack:
        own = stack.enter_context(database.role("own", "login createdb createrole"))
        migr = stack.enter_context(database.role("migr"))
        database.execute(f"grant create on database {database.name} to {own}")
        for number in range(1, 5):
            make_tenant(database, f"user_{number}", _OLD)
            database.execute(
                f"""alter schema user_{number} owner to {own}; set search_path = user_{number};
                alter table orders owner to {own}; alter type mood owner to {own};
                alter function f() owner to {own}; reset search_path"""
            )
        yield own, migr


@pytest.mark.postgres(18, prove=(15,))
def test_what_belongs_to_others(database: Database, tmp_path: Path, roles: tuple[str, str]) -> None:
    """The plan names it with its owner, and apply fails there alone, for causes told apart."""
    own, migr = roles
    database.execute(
        f"""alter table user_2.orders owner to {migr}; grant references on user_2.orders to {own};
        alter type user_3.mood owner to {migr}; alter function user_3.f() owner to {migr};
        revoke references on user_4.orders from {own}"""
    )
    of_2 = (
        f"table orders belongs to {migr}, not to {own}: ALTER TABLE orders OWNER TO {own},"
        f" or GRANT {migr} TO {own}"
    )
    of_3 = f"type mood belongs to {migr}, not to {own}", f"routine f belongs to {migr}, not to"
    of_4 = f"{own} may not refer to orders: let {own} run GRANT REFERENCES ON TABLE orders TO {own}"
    cli = Cli(database.server.url(database.name, own))
    plan = cli("plan", *_OPTIONS, "--verbose", cwd=tmp_path)
    assert plan.code == 0, plan.err
    said = " ".join(plan.out.split())
    for told in (f"in user_2, {of_2}", f"in user_3, {of_3[0]}", *of_3, f"in user_4, {of_4}"):
        assert told in said
    failed = cli("apply", *_OPTIONS, "--yes", cwd=tmp_path)
    assert failed.code == 4, failed.out + failed.err
    done = " ".join(failed.out.partition("Run 1: 1 applied, 3 failed.")[2].split())
    for told in (of_2, *of_3, of_4):
        assert done.count(told) == 1, failed.out


@pytest.mark.postgres(18, prove=(15,))
def test_what_gives_the_right(database: Database, tmp_path: Path, roles: tuple[str, str]) -> None:
    """A member that inherits nothing needs more; of superusers, nobody should be a member."""
    own, migr = roles
    database.execute(
        f"alter role {own} noinherit; grant {migr} to {own};"
        f"alter table user_1.orders owner to {migr}; alter table user_2.orders owner to postgres;"
        f"grant references on user_1.orders, user_2.orders to {own}"
    )
    cli = Cli(database.server.url(database.name, own))
    said = " ".join(cli("plan", *_OPTIONS, cwd=tmp_path).out.split())
    cure = (
        f"GRANT {migr} TO {own} WITH INHERIT TRUE"
        if database.server.version >= 16
        else f"ALTER ROLE {own} INHERIT"
    )
    assert f"OWNER TO {own}, or {cure};" in said
    assert f"belongs to postgres, not to {own}: ALTER TABLE orders OWNER TO {own}." in said
    database.execute(cure)
    assert f"belongs to {migr}" not in cli("plan", *_OPTIONS, cwd=tmp_path).out


@pytest.mark.postgres(18, prove=(15,))
def test_what_the_schemas_owner_may_drop(
    database: Database, tmp_path: Path, roles: tuple[str, str]
) -> None:
    """Whatever belongs to others there; a table if it may lock it and look for rows."""
    own, migr = roles
    (tmp_path / "desired.sql").write_text(_OLD)
    database.execute(
        f"""set search_path = user_1;
        create table one (); create table two (n integer); create view v as select 1;
        create collation letters from "C"; create statistics s on id, (id + 1) from orders;
        alter table one owner to {migr}; alter table two owner to {migr};
        alter view v owner to {migr}; alter collation letters owner to {migr};
        alter statistics s owner to {migr}; grant select, delete on two to {own};
        reset search_path"""
    )
    cli = Cli(database.server.url(database.name, own))
    said = " ".join(cli("plan", *_OPTIONS, cwd=tmp_path).out.split())
    assert f"would fail: in user_1, table one belongs to {migr}, not to {own}" in said
    assert said.count(" belongs to ") == 1, said
    database.execute(f"grant select, delete on user_1.one to {own}")
    allowed = "--allow", "DROPS_UNDECLARED"
    done = cli("apply", *_OPTIONS, *allowed, "--yes", cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert " belongs to " not in done.out


@pytest.mark.prove
def test_of_many_some_are_named(database: Database, tmp_path: Path, roles: tuple[str, str]) -> None:
    """Where apply fails, too."""
    own, migr = roles
    tables = [f"t{number}" for number in range(9)]
    made = "".join(f"create table {name} (n integer);" for name in tables)
    (tmp_path / "desired.sql").write_text(_OLD + made.replace("n integer", "n integer, m integer"))
    given = "".join(f"alter table {name} owner to {migr};" for name in tables)
    database.execute(f"set search_path = user_1; {made} {given} reset search_path")
    cli = Cli(database.server.url(database.name, own))
    failed = cli("apply", *_OPTIONS, "--only", "user_1", "--yes", cwd=tmp_path)
    assert failed.code == 4, failed.out + failed.err
    done = " ".join(failed.out.partition("Run 1: ")[2].split())
    assert (done.count(f"belongs to {migr}"), done.count("and 6 more")) == (3, 1), done


@pytest.mark.prove
def test_who_only_looks_is_told_nothing(database: Database, tmp_path: Path) -> None:
    """Somebody else applies."""
    (tmp_path / "desired.sql").write_text(_NEW)
    make_tenant(database, "user_1", _OLD)
    with database.role("reader", "login createdb createrole") as reader:
        database.execute(f"grant usage on schema user_1 to {reader}")
        plan = Cli(database.server.url(database.name, reader))("plan", *_OPTIONS, cwd=tmp_path)
    assert plan.code == 0, plan.err
    assert "apply would fail" not in plan.out
