"""What is new in a tenant belongs to whom the tenant belongs, whoever applies; the plan says so."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.projects import make_tenant
from tests.servers import Cli, Database

pytestmark = pytest.mark.alone

_OLD = "create table a (id integer primary key);"
_NEW = (
    _OLD
    + """
    create type mood as enum ('good');
    create domain price as integer;
    create collation letters from "C";
    create sequence alone;
    create table b (
        id serial primary key, n integer generated always as identity, m mood, p price,
        a integer references a
    );
    create table parts (id integer, its integer) partition by list (id);
    create table part partition of parts default;
    create statistics st on id, its from parts;
    create view v as select id from a;
    create materialized view mv as select id from a;
    create function f(mood) returns integer language sql as 'select 1';
    create procedure p(a integer) language sql as 'select 1';
    """
)
_OTHERS = """
select count(*)
from pg_depend d
join pg_namespace n on n.oid = d.refobjid and d.refclassid = 'pg_namespace'::regclass
join pg_shdepend o on o.classid = d.classid and o.objid = d.objid and o.deptype = 'o'
where n.nspname = %s and o.refobjid <> n.nspowner
    and o.dbid = (select oid from pg_database where datname = current_database())
"""
"""How much of a schema has another owner."""
_OPTIONS = ("--desired", "desired.sql")


@pytest.fixture
def owners(database: Database, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The owners of two tenants."""
    (tmp_path / "desired.sql").write_text(_NEW)
    with ExitStack() as stack:
        first, second = (stack.enter_context(database.role(word)) for word in ("first", "second"))
        for number, role in enumerate((first, second), 1):
            make_tenant(database, f"user_{number}", _OLD)
            database.execute(
                f"alter schema user_{number} owner to {role};"
                f"alter table user_{number}.a owner to {role}"
            )
        yield first, second


@pytest.fixture
def boss(database: Database, owners: tuple[str, str]) -> Iterator[str]:
    """A role that applies, and is a member of the first owner alone; may create in both."""
    with database.role("boss", "login createdb createrole") as role:
        database.execute(
            f"grant create on database {database.name} to {role}; grant {owners[0]} to {role};"
            f"grant all on schema user_2 to {role}; grant references on user_2.a to {role}"
        )
        yield role


def _done(cli: Cli, folder: Path, *arguments: str) -> str:
    done = cli(*arguments, cwd=folder)
    assert done.code == 0, done.out + done.err
    return " ".join(done.out.split())


@pytest.mark.postgres(18, prove=(15,))
def test_they_belong_to_the_tenants_owner(
    database: Database, tmp_path: Path, owners: tuple[str, str], boss: str
) -> None:
    """Of each kind; and a superuser does not take them for a stranger's."""
    cli = Cli(database.server.url(database.name, boss))
    told = f"What is new will belong to the tenants' owners: {owners[0]} in user_1."
    assert told in _done(cli, tmp_path, "plan", *_OPTIONS, "--only", "user_1")
    _done(cli, tmp_path, "apply", *_OPTIONS, "--only", "user_1", "--yes")
    assert database.value(_OTHERS, "user_1") == 0
    database.execute("drop schema diffapply cascade")  # a superuser would not write to theirs
    (tmp_path / "desired.sql").write_text(f"{_NEW} create table last ();")
    superuser = Cli(database.url)
    assert told in _done(superuser, tmp_path, "plan", *_OPTIONS, "--only", "user_1")
    _done(superuser, tmp_path, "apply", *_OPTIONS, "--only", "user_1", "--yes")
    assert database.value(_OTHERS, "user_1") == 0


@pytest.mark.prove
def test_one_who_cannot_give_them_says_so(
    database: Database, tmp_path: Path, owners: tuple[str, str], boss: str
) -> None:
    """Who is no member of the owner keeps what it creates."""
    (tmp_path / "desired.sql").write_text(f"{_OLD} create table b ();")
    cli = Cli(database.server.url(database.name, boss))
    plan = _done(cli, tmp_path, "plan", *_OPTIONS)
    kept = f"will belong to {boss}, not to the tenants' owners: {owners[1]} in user_2. To give it"
    assert kept in plan
    _done(cli, tmp_path, "apply", *_OPTIONS, "--yes")
    assert [database.value(_OTHERS, f"user_{number}") for number in (1, 2)] == [0, 1]


@pytest.mark.postgres(18, prove=(15,))
def test_one_who_could_not_change_it_later_keeps_it(
    database: Database, tmp_path: Path, owners: tuple[str, str], boss: str
) -> None:
    """Who may become the owner, and does not inherit its rights; nor is it given to superusers."""
    make_tenant(database, "user_3", _OLD)
    database.execute(
        f"grant {owners[0]} to {boss} with inherit false, set true"
        if database.server.version >= 16
        else f"alter role {boss} noinherit"
    )
    database.execute(
        f"grant all on schema user_1, user_3 to {boss};"
        f"grant references on user_1.a, user_3.a to {boss}"
    )
    (tmp_path / "desired.sql").write_text(f"{_OLD} create table b ();")
    cli = Cli(database.server.url(database.name, boss))
    plan = _done(cli, tmp_path, "plan", *_OPTIONS, "--exclude", "user_2")
    told = (
        f"will belong to {boss}, not to the tenants' owners: {owners[0]} in user_1; postgres in "
        f"user_3. To give it to them, {boss} must be a member of them with SET and INHERIT, and "
        "they need CREATE on the schema. Give a superuser's schema an owner of its own."
    )
    assert told in plan
    _done(cli, tmp_path, "apply", *_OPTIONS, "--exclude", "user_2", "--yes")
    owning = database.rows("select relowner::regrole::text from pg_class where relname = 'b'")
    assert owning == [(boss,)] * 2
    _done(cli, tmp_path, "apply", "--backward", "--yes")


@pytest.mark.prove
def test_where_the_schemas_owner_owns_nothing(
    database: Database, tmp_path: Path, owners: tuple[str, str]
) -> None:
    """The tenant belongs to whoever applies, and so does what is new: nothing is said."""
    for number in (1, 2):
        database.execute(f"alter table user_{number}.a owner to postgres")
    cli = Cli(database.url)
    assert "What is new" not in _done(cli, tmp_path, "plan", *_OPTIONS)
    _done(cli, tmp_path, "apply", *_OPTIONS, "--yes")
    owning = database.rows("select relowner::regrole::text from pg_class where relname = 'b'")
    assert owning == [("postgres",)] * len(owners)


def test_what_the_journal_remembers_is_not_new(
    database: Database, tmp_path: Path, owners: tuple[str, str]
) -> None:
    """It gets again the owner that it had, and the plan that goes back says nothing else."""
    database.execute(f"create table user_1.gone (); alter table user_1.gone owner to {owners[1]}")
    (tmp_path / "desired.sql").write_text(_OLD)
    cli = Cli(database.url)
    options = "--only", "user_1"
    _done(
        cli,
        tmp_path,
        "apply",
        *_OPTIONS,
        *options,
        "--yes",
        "--allow-destructive",
        "--trust-tenants",
    )
    back = "--backward", *options, "--trust-tenants"
    assert "What is new" not in _done(cli, tmp_path, "plan", *back)
    _done(cli, tmp_path, "apply", *back, "--yes")
    owner = "select relowner::regrole::text from pg_class where relname = 'gone'"
    assert database.value(owner) == owners[1]


def test_whose_it_will_be_by_the_time_of_the_apply(
    database: Database, tmp_path: Path, owners: tuple[str, str]
) -> None:
    """A plan file says whose it was to be; what is shown before the run is what happens."""
    (tmp_path / "desired.sql").write_text(f"{_OLD} create table b ();")
    cli = Cli(database.url)
    _done(cli, tmp_path, "plan", *_OPTIONS, "--only", "user_1", "--out", "saved.json")
    database.execute(
        f"alter schema user_1 owner to {owners[1]}; alter table user_1.a owner to {owners[1]}"
    )
    said = _done(cli, tmp_path, "apply", "saved.json", "--yes")
    assert f"What is new will belong to the tenants' owners: {owners[1]} in user_1." in said
    assert owners[0] not in said
    owner = "select relowner::regrole::text from pg_class where relname = 'b'"
    assert database.value(owner) == owners[1]


def test_what_a_tenant_has_beyond_the_schema_that_it_is_like(
    database: Database, tmp_path: Path, owners: tuple[str, str]
) -> None:
    """It gets that schema's owner, as all else."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.diffapply]\ndesired = "desired.sql"\nprovision-like = "user_1"\n'
    )
    _done(Cli(database.url), tmp_path, "provision", "user_3")
    assert database.value(_OTHERS, "user_3") == 0
    assert (
        database.value("select nspowner::regrole::text from pg_namespace where nspname = 'user_3'")
        == (owners[0])
    )


@pytest.mark.prove
def test_where_the_owner_of_the_schema_that_it_is_like_owns_nothing(
    database: Database, tmp_path: Path, owners: tuple[str, str]
) -> None:
    """What is beyond belongs to whoever provisions; the schema is like that one all the same."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.diffapply]\ndesired = "desired.sql"\nprovision-like = "user_1"\n'
    )
    database.execute(f"alter table user_1.a owner to {owners[1]}")
    _done(Cli(database.url), tmp_path, "provision", "user_3")
    owning = (
        "select relowner::regrole::text from pg_class"
        " where relnamespace = 'user_3'::regnamespace and relname = %s"
    )
    assert [database.value(owning, name) for name in ("a", "b")] == [owners[1], "postgres"]


@pytest.mark.postgres(18, prove=(15,))
def test_who_has_rights_on_all_tables_but_new_ones(database: Database, tmp_path: Path) -> None:
    """It is said once, with the statement that gives them; with that, it is true no more."""
    (tmp_path / "desired.sql").write_text(f"{_OLD} create table kept (); create table b ()")
    cli = Cli(database.url)
    with database.role("app") as app, database.role("some") as some:
        for tenant in ("user_1", "user_2"):
            make_tenant(database, tenant, _OLD, "create table kept ()")
            database.execute(
                f"grant select, insert on all tables in schema {tenant} to {app};"
                f"grant select on {tenant}.a to {some}"
            )
        told = (
            f"gets none on what is new (b): {app} in user_1 and 1 more. To change that, first: "
            f"ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA user_1 GRANT ... ON TABLES TO"
            f" {app}."
        )
        said = _done(cli, tmp_path, "plan", *_OPTIONS)
        assert (told in said, said.count("note:")) == (True, 1), said
        for tenant in ("user_1", "user_2"):
            database.execute(
                f"alter default privileges in schema {tenant} grant select on tables to {app}"
            )
        assert "note:" not in _done(cli, tmp_path, "plan", *_OPTIONS)
