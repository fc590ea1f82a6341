"""The tenant token is the name of a schema that is there, such as `public` with extensions."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database

_UNQUALIFIED = """
create table users (id integer primary key, email citext unique, name text);
create index users_trgm on users using gin (name gin_trgm_ops);
create function twins() returns bigint language sql as
    'select count(*) from users a, users b where similarity(a.name, b.name) > 0.5';
"""
_DUMP = """
SELECT pg_catalog.set_config('search_path', '', false);
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';
CREATE TABLE public.users (
    id integer NOT NULL, email public.citext DEFAULT 'x'::public.citext, name text,
    CONSTRAINT citext CHECK ((email OPERATOR(public.<>) 'a'::public.citext))
);
CREATE SEQUENCE public.users_id_seq OWNED BY public.users.id;
ALTER TABLE public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
CREATE INDEX users_trgm ON public.users USING gin (name public.gin_trgm_ops);
CREATE FUNCTION public.show_limit(public.users) RETURNS text LANGUAGE sql AS $_$ SELECT $1.name $_$;
CREATE VIEW public.shown AS SELECT public.show_limit(u.*) AS name FROM public.users u;
"""


@pytest.mark.parametrize("text", [_UNQUALIFIED, _DUMP], ids=["unqualified", "dump"])
@pytest.mark.parametrize("path", [(), ("--search-path", "public")], ids=["usual", "given"])
@pytest.mark.postgres(18, prove=(15,))
def test_extensions_are_found(
    database: Database, cli: Cli, tmp_path: Path, text: str, path: tuple[str, ...]
) -> None:
    """They belong to the schema itself; the rest belongs to the tenants."""
    database.execute("create extension citext; create extension pg_trgm; create schema user_1")
    (tmp_path / "schema.sql").write_text(text)
    options = ("--desired", "schema.sql", "--tenant-token", "public", *path)
    done = cli("apply", "--yes", *options, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert cli("drift", *options, cwd=tmp_path).code == 0
    [(written,)] = database.rows(
        "select format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = 'user_1.users'::regclass and attname = 'email'"
    )
    assert written == "citext"
    assert database.value("select to_regclass('public.users')") is None
    assert "~~" not in database.dump("user_1")


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_the_schema_as_a_template(database: Database, cli: Cli, tmp_path: Path) -> None:
    """It may be one: what is its own extension's there is another schema's in the tenants."""
    database.execute("create extension citext; create schema user_1")
    (tmp_path / "schema.sql").write_text("create table users (email citext)")
    options = ("--desired", "schema.sql", "--tenant-token", "public", "--template", "public")
    done = cli("apply", "--yes", *options, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert cli("drift", *options, cwd=tmp_path).code == 0


def _may_not_rename(database: Database, folder: Path, attributes: str) -> None:
    """A role that builds as one that can do nothing, because the tenant is another role's."""
    with database.role("reader", attributes) as reader, database.role("owner") as owner:
        database.execute(
            f"create schema user_1; grant usage on schema user_1 to {reader};"
            f"create table user_1.users (email text); alter table user_1.users owner to {owner}"
        )
        (folder / "schema.sql").write_text("create table public.users (email text)")
        options = ("--desired", "schema.sql", "--tenant-token", "public")
        done = Cli(database.server.url(database.name, reader))("drift", *options, cwd=folder)
        assert done.code == 0, done.err


@pytest.mark.postgres(18, prove=(15, 16))
def test_a_role_that_may_not_rename_it(database: Database, tmp_path: Path) -> None:
    """The schema is put aside all the same."""
    _may_not_rename(database, tmp_path, "login createdb createrole")


def test_the_embedded_server_likewise(database: Database, tmp_path: Path) -> None:
    """There, nobody else may build."""
    _may_not_rename(database, tmp_path, "login")


def test_a_table_of_that_schema(database: Database, cli: Cli, tmp_path: Path) -> None:
    """What refers to a table before it is there does not mean that of the schema itself."""
    database.execute("create table public.users (id int primary key); create schema user_1")
    (tmp_path / "schema.sql").write_text(
        "create table posts (id integer references users); create table users (id integer unique);"
    )
    outcome = cli("plan", "--desired", "schema.sql", "--tenant-token", "public", cwd=tmp_path)
    assert outcome.code == 1
    assert "refers to public.users: when it is created, the tenant's own" in outcome.err
    assert outcome.err.endswith("Create the tenant's users first.\n")


_NAMESAKES = """
CREATE UNLOGGED TABLE public.similarity (id integer NOT NULL, note text);
CREATE MATERIALIZED VIEW public.akeys AS SELECT 1 AS a;
CREATE SEQUENCE public.skeys;
CREATE TABLE "public"."avals" (id integer NOT NULL);
CREATE TABLE public.show_trgm AS SELECT 1 AS a;
CREATE FUNCTION public.own(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2';
CREATE OPERATOR public.%> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = public.own);
CREATE TABLE public.t (id integer NOT NULL, tags public.hstore);
"""


@pytest.mark.postgres(18, prove=(15,))
def test_what_has_the_name_of_an_extensions_member(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Whatever a statement makes in that schema is the tenant's; nothing is lost without a word."""
    database.execute(
        "create extension hstore; create extension pg_trgm; create schema user_1;"
        "create unlogged table user_1.similarity (id integer not null);"
        "create sequence user_1.skeys"
    )
    (tmp_path / "schema.sql").write_text(_NAMESAKES)
    options = ("--desired", "schema.sql", "--tenant-token", "public")
    planned = cli("plan", *options, cwd=tmp_path)
    assert "DROP" not in planned.out, planned.out
    done = cli("apply", "--yes", *options, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    made = database.value(
        "select string_agg(relname, ' ' order by relname) from pg_class"
        " where relnamespace = 'user_1'::regnamespace and relkind <> 'i'"
    )
    assert made == "akeys avals show_trgm similarity skeys t"
    operators = "select count(*) from pg_operator where oprnamespace = 'user_1'::regnamespace"
    assert database.value(operators) == 1


def test_what_is_made_beside_the_tenant(database: Database, cli: Cli, tmp_path: Path) -> None:
    """A name that only code makes is taken for the extension's: it is told."""
    database.execute("create extension pg_trgm; create schema user_1")
    (tmp_path / "schema.sql").write_text(
        'create table t (); do $$ begin create table "~~".similarity (); end $$;'
    )
    refused = cli("plan", "--desired", "schema.sql", "--tenant-token", "public", cwd=tmp_path)
    assert refused.code == 1
    assert "and would be no part of a tenant: table public.similarity" in refused.err


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "create function f(a text) returns text language sql as 'select a::public.citext'",
            "citext",
        ),
        (
            (
                "set check_function_bodies = off;"
                "create function f(a text) returns text language sql as 'select a::public.citext'"
            ),
            "citext",
        ),
        (
            (
                "create function public.similarity(integer) returns void language sql as '';"
                "create view v as select public.similarity('a', 'b')"
            ),
            "similarity",
        ),
        ("create view v as select 'public.citext'::regtype as its", "citext"),
    ],
    ids=["body", "unchecked", "overload", "literal"],
)
def test_where_the_schema_means_the_tenant(
    database: Database, cli: Cli, tmp_path: Path, text: str, name: str
) -> None:
    """There, an extension's name has none in front; and what to do is said."""
    database.execute("create extension citext; create extension pg_trgm; create schema user_1")
    options = ("--desired", "schema.sql", "--tenant-token", "public")
    (tmp_path / "schema.sql").write_text(f"create table t (id integer); {text}")
    refused = cli("plan", *options, cwd=tmp_path)
    assert refused.code == 1
    assert f"public.{name} means the tenant's here" in refused.err
    assert "CREATE EXTENSION" not in refused.err
    assert "no error" not in refused.err
    plainly = text.replace("select public.", "select ").replace(f"public.{name}", name)
    (tmp_path / "schema.sql").write_text(f"create table t (id integer); {plainly}")
    done = cli("apply", "--yes", *options, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
