"""New tenants get the owners, grants and lookup rows of a template."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import diffapply
from diffapply.errors import PermissionDeniedError, UsageError
from tests.integration.lenders import LENDERS
from tests.servers import EMBEDDED, Cli, Database

_DESIRED = """
create type mood as enum ('good', 'bad');
create table continents (id serial primary key, name text not null);
create table countries (
    id integer generated always as identity primary key, code text not null, its mood,
    moods mood[], continent integer not null references continents, upper_code text
    generated always as (upper(code)) stored, capital integer
);
create table cities (id serial primary key, country integer not null references countries);
alter table countries add foreign key (capital) references cities deferrable initially deferred;
create view names as select code from countries;
create function answer() returns integer language sql as 'select 42';
"""
_ROWS = """
insert into continents (name) values ('Africa'), ('Asia');
insert into countries (code, its, moods, continent) values ('ke', 'good', '{good,bad}', 1),
    ('jp', null, '{}', 2);
update countries set code = 'jpn' where code = 'jp';
"""


@pytest.fixture
def roles(database: Database) -> Iterator[tuple[str, str]]:
    """An owner and a reader of this test's own, and a template that they have rights in."""
    owner, reader = f"owner_{database.name}", f"reader_{database.name}"
    database.execute(
        f"""create role {owner}; create role {reader};
        create schema blank; set search_path = blank; {_DESIRED} {_ROWS}
        grant usage on schema blank to {reader};
        grant select on all tables in schema blank to {reader};
        grant update (code) on countries to {reader} with grant option;
        revoke execute on function answer() from public;
        grant execute on function answer() to {reader};
        alter schema blank owner to {owner};
        alter table continents owner to {owner}; alter view names owner to {owner};
        reset search_path"""
    )
    yield owner, reader
    database.execute(f"drop owned by {owner}, {reader} cascade; drop role {owner}, {reader}")


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> diffapply.Settings:
    """As `provision-like` and `copy-rows` in pyproject.toml say it."""
    (tmp_path / "desired.sql").write_text(_DESIRED, encoding="utf-8")
    return diffapply.Settings(
        database_url=database.url,
        desired=str(tmp_path / "desired.sql"),
        provision_like="blank",
        copy_rows=("countries", "continents"),
    )


def rights(database: Database, schema: str) -> list[tuple[object, ...]]:
    """Owners and grants of the schema, its relations, columns and functions."""
    return database.rows(
        """
        select 'schema', '', pg_get_userbyid(nspowner), nspacl::text
        from pg_namespace where nspname = %(schema)s
        union all
        select 'relation', relname, pg_get_userbyid(relowner), relacl::text
        from pg_class where relnamespace = %(schema)s::regnamespace and relkind in ('r', 'v', 'S')
        union all
        select 'column', c.relname || attname, null, attacl::text
        from pg_attribute a join pg_class c on c.oid = attrelid
        where relnamespace = %(schema)s::regnamespace and attacl is not null
        union all
        select 'function', proname, pg_get_userbyid(proowner), proacl::text
        from pg_proc where pronamespace = %(schema)s::regnamespace
        order by 1, 2
        """.replace("%(schema)s", f"'{schema}'")
    )


def rows(database: Database, schema: str) -> list[tuple[object, ...]]:
    """The countries, with the names of their continents."""
    return database.rows(
        f"""select c.id, code, its::text, moods::text, name, upper_code
        from {schema}.countries c join {schema}.continents o on o.id = continent order by 1"""
    )


@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
@pytest.mark.usefixtures("roles")
def test_like_the_template(
    database: Database, settings: diffapply.Settings, cli: Cli, tmp_path: Path
) -> None:
    """By the command; and at a sign-up by a shape from a file, on any connection."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.diffapply]\ndesired = "desired.sql"\nprovision-like = "blank"\n'
        'copy-rows = ["countries", "continents"]\n',
        encoding="utf-8",
    )
    outcome = cli("provision", "user_1", cwd=tmp_path)
    assert outcome.code == 0, outcome
    assert cli("shape", "--out", "shape.json", cwd=tmp_path).code == 0
    shape = diffapply.Shape.load(tmp_path / "shape.json")
    assert shape == replace(diffapply.desired_shape(settings), desired=shape.desired)

    async def sign_up() -> None:
        for number, name in enumerate(["psycopg2", "psycopg", "asyncpg"], 2):
            async with LENDERS[name](database.url) as lender:
                await lender.call("provision_in", f"user_{number}", shape)
                await lender.commit()

    asyncio.run(sign_up())
    for tenant in ("user_1", "user_2", "user_3", "user_4"):
        assert rights(database, tenant) == rights(database, "blank")
        assert rows(database, tenant) == rows(database, "blank")
        database.execute(f"insert into {tenant}.continents (name) values ('Europe')")
        assert database.value(f"select max(id) from {tenant}.continents") == 3
        database.execute(f"insert into {tenant}.countries (code, continent) values ('fr', 3)")
        assert database.value(f"select max(id) from {tenant}.countries") == 3
        assert database.value(f"select count(*) from {tenant}.cities") == 0
    assert diffapply.drift(settings).in_sync


@pytest.mark.usefixtures("roles")
class TestRefused:
    """What cannot be given is said, and nothing is left."""

    def test_rows_that_refer_to_others(
        self, database: Database, settings: diffapply.Settings
    ) -> None:
        shape = diffapply.desired_shape(replace(settings, copy_rows=("countries",)))
        with database.connect() as connection:
            with pytest.raises(UsageError, match="foreign key constraint") as caught:
                diffapply.provision_in(connection, "user_1", shape)
            assert "copy-rows, too" in caught.value.hint
        assert database.value("select to_regnamespace('user_1') is null")

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"copy_rows": ("planets",)}, "Schema 'user_1' has no table 'planets'"),
            ({"copy_rows": ("names",)}, "Schema 'user_1' has no table 'names'"),
            ({"provision_like": "nowhere", "copy_rows": ()}, "no schema 'nowhere'"),
            ({"provision_like": "nowhere"}, "Schema 'nowhere' has no table 'countries'"),
        ],
    )
    def test_what_is_not_there(
        self,
        database: Database,
        settings: diffapply.Settings,
        change: dict[str, str],
        told: str,
    ) -> None:
        shape = diffapply.desired_shape(replace(settings, **change))  # type: ignore[arg-type]
        with database.connect() as connection, pytest.raises(UsageError, match=told):
            diffapply.provision_in(connection, "user_1", shape)
        assert database.value("select to_regnamespace('user_1') is null")

    def test_a_template_that_is_behind(
        self, database: Database, settings: diffapply.Settings
    ) -> None:
        database.execute("alter table blank.countries drop column its")
        shape = diffapply.desired_shape(settings)
        with database.connect() as connection, pytest.raises(UsageError, match="no column 'its'"):
            diffapply.provision_in(connection, "user_1", shape)

    def test_no_source(self, settings: diffapply.Settings) -> None:
        with pytest.raises(UsageError, match="copy-rows needs a schema to copy from") as caught:
            diffapply.desired_shape(replace(settings, provision_like=None))
        assert "provision-like" in caught.value.hint

    def test_a_role_that_may_not(self, database: Database, settings: diffapply.Settings) -> None:
        """It may create schemas, but not for others."""
        with database.role("creator") as role:
            shape = diffapply.desired_shape(settings)
            database.execute(
                f"grant create on database {database.name} to {role};"
                f"grant usage on schema blank to {role}; grant select on all tables in schema blank"
                f" to {role}"
            )
            connection = database.connect(role)
            with pytest.raises(PermissionDeniedError, match="owners and grants of 'blank'"):
                diffapply.provision_in(connection, "user_1", shape)
            connection.close()


def test_from_the_first_template(database: Database, settings: diffapply.Settings) -> None:
    """Rows alone: owners and grants stay as usual."""
    database.execute(f"create schema blank; set search_path = blank; {_DESIRED} {_ROWS}")
    database.execute("reset search_path")
    shape = diffapply.desired_shape(
        replace(settings, provision_like=None, templates=("blank", "public"))
    )
    with database.connect() as connection:
        diffapply.provision_in(connection, "user_1", shape)
    assert rows(database, "user_1") == rows(database, "blank")


_STAMPS = """
create schema {0}; create table {0}.kinds (id integer);
create table {0}.alembic_version (
    version_num varchar(128) not null, constraint alembic_version_pkc primary key (version_num)
);
insert into {0}.alembic_version values ('r437');
"""


def test_the_stamp_of_alembic(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Its table comes along if copy-rows names it, though nobody declares it; else it is told."""
    database.execute(_STAMPS.format("user_1"))
    (tmp_path / "desired.sql").write_text("create table kinds (id integer);", encoding="utf-8")
    pattern = ("--desired", "desired.sql", "--tenants", "user_.*")
    told = cli("provision", "user_2", *pattern, cwd=tmp_path)
    assert (told.code, "A table alembic_version is in 1 of 1 tenant," in told.out) == (0, True), (
        told
    )
    (tmp_path / "pyproject.toml").write_text(
        '[tool.diffapply]\nprovision-like = "user_1"\ncopy-rows = ["alembic_version"]\n',
        encoding="utf-8",
    )
    quiet = cli("provision", "user_3", *pattern, cwd=tmp_path)
    assert (quiet.code, "alembic_version" in quiet.out) == (0, False), quiet
    user_1, user_3 = (
        database.dump(name).replace(name, "its").partition("CREATE SCHEMA")[2]
        for name in ("user_1", "user_3")
    )
    assert user_1 == user_3
    assert database.rows("select * from user_3.alembic_version") == [("r437",)]
    assert cli("drift", *pattern, cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    "form",
    [
        "version_num varchar(32) not null",  # with `version_table_pk=False`
        "version_num text primary key, at timestamp(3) with time zone",
        '"Num" varchar(9)[], id int generated by default as identity, constraint "A b" unique (id)',
    ],
)
def test_a_stamp_of_another_form(database: Database, tmp_path: Path, form: str) -> None:
    """By its name, a table of stamps is known in any form."""
    stamp = "(version_num) values ('r437')" if "version_num" in form else "default values"
    database.execute(
        f"create schema blank; create table blank.alembic_version ({form});"
        f"insert into blank.alembic_version {stamp}"
    )
    shape = _stamped(database, tmp_path)
    with database.connect() as connection:
        diffapply.provision_in(connection, "user_1", shape)
    assert _of_stamp(database, "user_1") == _of_stamp(database, "blank")
    found = "select to_jsonb(v) from {}.alembic_version v"
    assert database.rows(found.format("user_1")) == database.rows(found.format("blank"))


def _of_stamp(database: Database, schema: str) -> list[str]:
    """What a dump says of the table, statement by statement."""
    statements = database.dump(schema).replace(f"{schema}.", "").split(";\n")
    return [its for its in statements if "alembic_version" in its]


def _stamped(database: Database, folder: Path) -> diffapply.Shape:
    """No tables of its own, and the stamp of `blank`."""
    (folder / "desired.sql").write_text("create table a_table (id integer)", encoding="utf-8")
    return diffapply.desired_shape(
        diffapply.Settings(
            database_url=database.url,
            desired=str(folder / "desired.sql"),
            provision_like="blank",
            copy_rows=("alembic_version",),
        )
    )


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("", "Schema 'blank' has no table 'alembic_version'"),
        ("view blank.alembic_version as select", "Schema 'blank' has no table 'alembic_version'"),
        ("table blank.alembic_version (v text check (v <> ''))", "it has more than columns"),
        ("table blank.alembic_version (v text default current_user)", "it has more than columns"),
        ("table blank.alembic_version (v blank.own)", "it has more than columns"),
        ("table blank.alembic_version (v text) partition by list (v)", "it has more than columns"),
    ],
)
def test_a_stamp_that_is_no_plain_table(
    database: Database, tmp_path: Path, made: str, told: str
) -> None:
    """Others' code would run as rows are copied: there is no tenant then."""
    database.execute("create schema blank; create domain blank.own as text")
    if made:
        database.execute(f"create {made}")
    shape = _stamped(database, tmp_path)
    with database.connect() as connection, pytest.raises(UsageError, match=told):
        diffapply.provision_in(connection, "user_1", shape)
    assert database.value("select to_regnamespace('user_1') is null")
