"""Text that says the tenant's own name is one fact for all tenants, and each tenant's own."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql

from diffapply.database.embedded_home import installation
from tests.acceptance.field_cases import build
from tests.servers import DEFAULT_VERSION, Cli, Database, Outcome

TENANTS = ("user_1", "user_2", "user_10")
HOSTILE = ('we""ird $1', "Пример", "UPPER", "o'brien-1", "a b", "order")
"""As they stand between quotes."""

# `user_0` stands for the tenant, which is named wherever PostgreSQL keeps text.
OLD = """
create table user_0.doc (
    id integer primary key, owner text default 'user_0', kind text,
    path text check (path like '/data/user_0/%')
);
create function user_0.count_doc() returns bigint language sql
    as $$ select count(*) from user_0.doc $$;
create function user_0.touch() returns trigger language plpgsql as $$
begin
    if tg_argv[0] <> 'user_0' then
        raise exception 'this is user_0, not %', tg_argv[0];
    end if;
    execute format('update %I.doc set kind = $1 where id = $2', 'user_0') using 'seen', new.id;
    return null;
end $$;
create trigger touched after insert on user_0.doc
    for each row execute function user_0.touch('user_0');
create view user_0.mine as select id from user_0.doc where owner = 'user_0';
create policy own on user_0.doc using (owner = 'user_0');
comment on table user_0.doc is 'documents of user_0';
create function user_0.pinned() returns bigint language sql security definer
    set search_path = user_0, pg_temp as $$ select count(*) from doc $$;
create procedure user_0.clear() language plpgsql as $$
begin
    set local search_path = user_0, public;
    delete from doc;
end $$;
"""
# What each tenant is to be: one function more, and another body of an old one.
NEW = (
    OLD.replace("select count(*) from user_0.doc", "select count(*) + 0 from user_0.doc")
    + """
create function user_0.at_home() returns boolean language sql
    as $$ select to_regclass('user_0.doc') is not null and 'user_0' <> '' $$;
create index ix_user_0_kind on user_0.doc (kind) where owner = 'user_0';
"""
)
WORKS = """
insert into {0}.doc (id, path) values (1, {1}), (2, {1});
select array[
    {0}.count_doc()::text, {0}.pinned()::text, (select count(*)::text from {0}.mine),
    (select string_agg(kind, ',') from {0}.doc), {0}.at_home()::text
]
"""


def _fill(database: Database, names: Sequence[str], text: str = OLD) -> None:
    for name in names:
        database.execute(f"create schema {name}; {text.replace('user_0', name)}")


def _texts(database: Database, name: str) -> list[tuple[str, ...]]:
    """All that PostgreSQL says of a tenant's routines, in its own words, its name left out."""
    quoted = database.value("select quote_ident(%s)", name)
    found = database.rows(
        "select pg_get_functiondef(p.oid) from pg_proc p "
        "where p.pronamespace = (select oid from pg_namespace where nspname = %s) order by proname",
        name,
    )
    return [(text.replace(quoted, "own").replace(name, "own"),) for (text,) in found]


def _works(database: Database, name: str) -> None:
    """The tenant's code works on the tenant's own rows."""
    query = sql.SQL(WORKS).format(sql.Identifier(name), sql.Literal(f"/data/{name}/x"))
    assert database.value(query) == ["2", "2", "2", "seen,seen", "true"], name


class _Elsewhere(Cli):
    """Runs where no pyproject.toml of ours names a template."""

    def __call__(self, *arguments: str | Path, **more: Any) -> Outcome:  # noqa: ANN401
        return super().__call__(*arguments, cwd=Path(tempfile.gettempdir()), **more)


@pytest.fixture
def cli(database: Database) -> Cli:
    return _Elsewhere(database.url)


@pytest.fixture
def desired(tmp_path: Path) -> Path:
    """As it is written for a tenant called `tenant`."""
    path = tmp_path / "desired.sql"
    text = NEW.replace("user_0", "tenant")
    # Words, not names: of the schema there is nothing to tell.
    text = text.replace("/data/tenant/", "/data/").replace("documents of tenant", "documents")
    text = text.replace("this is tenant, not", "this is not").replace("ix_tenant_kind", "ix_kind")
    path.write_text(text)
    return path


@pytest.fixture
def dump(database: Database, tmp_path: Path) -> Path:
    """A dump of one tenant, `CREATE SCHEMA` and all, that has what all are to have."""
    _fill(database, ["user_7"], NEW)
    path = tmp_path / "dump.sql"
    path.write_text(database.dump("user_7"))
    return path


def _in_sync(cli: Cli, *options: str | Path) -> None:
    drift = cli("drift", *options)
    assert drift.code == 0, drift.out + drift.err


def _options(path: Path, token: str) -> tuple[str | Path, ...]:
    return ("--desired", path, "--tenant-token", token)


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("source", [pytest.param("dump", marks=pytest.mark.prove), "desired"])
def test_each_tenant_says_its_own_name(
    database: Database, cli: Cli, source: str, request: pytest.FixtureRequest
) -> None:
    """One shape, one transition; each tenant's code is its own, there, back, and there again."""
    path = request.getfixturevalue(source)
    _fill(database, TENANTS)
    before = {name: _texts(database, name) for name in TENANTS}
    options = _options(path, "user_7" if source == "dump" else "tenant")
    plan = cli("plan", "--format", "json", *options).json
    assert len(plan["transitions"]) == 1, plan
    [transition] = plan["transitions"]
    assert transition["tenants"] == [*TENANTS]
    assert transition["blocked"] == transition["no_way_back"] == []
    assert cli("apply", "--yes", *options).code == 0
    _in_sync(cli, *options)
    assert all(_texts(database, name) == _texts(database, "user_1") for name in TENANTS)
    for word in ("tenant", "diffapply", "user_7"):
        text = "".join(map(database.dump, TENANTS))
        assert [line for line in text.splitlines() if word in line] == []
    back = cli("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    assert {name: _texts(database, name) for name in TENANTS} == before
    assert cli("apply", "--yes", *options).code == 0
    assert cli("provision", "user_11", *options).code == 0
    for name in (*TENANTS, "user_11"):
        _works(database, name)
    _in_sync(cli, *options)


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_names_that_need_quotes(database: Database, cli: Cli, desired: Path) -> None:
    """As identifiers they are quoted, as values they are not; in new tenants, too."""
    names = [name.replace('""', '"') for name in HOSTILE]
    _fill(database, ["user_1"])
    for name in names[:-2]:
        values = OLD.replace("'user_0'", sql.Literal(name).as_string(database.connect()))
        for start, end in (("of ", "'"), ("this is ", ", not"), ("/", "/")):
            value = start + name.replace("'", "''") + end
            values = values.replace(f"{start}user_0{end}", value)
        quoted = '"' + name.replace('"', '""') + '"'
        database.execute(f"create schema {quoted};" + values.replace("user_0", quoted))
    pattern = "|".join(["user_1", *(re.escape(name) for name in names)])
    options = (*_options(desired, "tenant"), "--tenants", pattern)
    there = ["user_1", *names[:-2]]
    before = {name: _texts(database, name) for name in there}
    applied = cli("apply", "--yes", *options)
    assert applied.code == 0, applied.out + applied.err
    _in_sync(cli, *options)
    back = cli("apply", "--backward", "--yes", "--tenants", pattern)
    assert back.code == 0, back.out + back.err
    assert {name: _texts(database, name) for name in there} == before
    assert cli("apply", "--yes", *options).code == 0
    made = cli("provision", *names[-2:], *options)
    assert made.code == 0, made.out + made.err
    _in_sync(cli, *options)
    for name in ("user_1", *names):
        _works(database, name)


@pytest.mark.prove
def test_a_name_that_is_a_word(database: Database, cli: Cli, tmp_path: Path) -> None:
    """A tenant that is called as a table, a column, a constant of all tenants, or a tag."""
    structure = """
        create table {0}.doc (kind text default 'doc', acme int, check (kind in ('doc', 'demo')));
        create index ix_doc_kind on {0}.doc (kind);
        create function {0}.doc_kinds() returns bigint language sql
            as 'select count(distinct kind) from {0}.doc as doc';
    """
    names = ["acme", "demo", "doc", "function", "other"]
    for name in names:
        database.execute(f"create schema {name}; {structure.format(name)}")
    path = tmp_path / "desired.sql"
    path.write_text(structure.format("its") + "alter table its.doc add note text;")
    options = (*_options(path, "its"), "--tenants", "|".join([*names, "kind"]))
    applied = cli("apply", "--yes", *options)
    assert applied.code == 0, applied.out + applied.err
    made = cli("provision", "kind", *options)
    assert made.code == 0, made.out + made.err
    _in_sync(cli, *options)
    alike = {
        database.dump(name).replace(f"{name}.", "its.").replace(f"SCHEMA {name}", "SCHEMA its")
        for name in [*names, "kind"]
    }
    assert len(alike) == 1
    assert cli("apply", "--backward", "--yes", *options[4:]).code == 0


@pytest.mark.prove
def test_a_neighbours_name_stays_a_difference(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Whoever says the name of another tenant says something else."""
    _fill(database, ["user_1", "user_2", "user_10"])
    database.execute(
        "create or replace function user_2.count_doc() returns bigint language sql"
        " as 'select count(*) from user_1.doc'"
    )
    path = tmp_path / "desired.sql"
    path.write_text(database.dump("user_1"))
    drift = cli("drift", *_options(path, "user_1"), "--format", "json")
    assert drift.code == 2, drift.out
    states = {tenant["name"]: tenant["state"] for tenant in drift.json["tenants"]}
    assert states == {"user_1": "in_sync", "user_2": "drifted", "user_10": "in_sync"}
    assert cli("apply", "--yes", *_options(path, "user_1")).code == 0
    assert _texts(database, "user_2") == _texts(database, "user_1")


@pytest.mark.prove
def test_what_was_written_by_mistake_is_found(database: Database, cli: Cli, desired: Path) -> None:
    """The token or scratch's word for a tenant in a live tenant is drift, and is put right."""
    assert cli("provision", "user_1", "user_2", *_options(desired, "tenant")).code == 0
    for name, word in (("user_1", "tenant"), ("user_2", "diffapply_tenant")):
        database.execute(
            "set check_function_bodies = off;"
            f"create or replace function {name}.count_doc() returns bigint language sql"
            f" as 'select count(*) + 0 from {word}.doc'"
        )
    drift = cli("drift", *_options(desired, "tenant"), "--format", "json")
    assert [tenant["state"] for tenant in drift.json["tenants"]] == ["drifted", "drifted"]
    assert cli("apply", "--yes", *_options(desired, "tenant")).code == 0
    _in_sync(cli, *_options(desired, "tenant"))
    _works(database, "user_1")
    _works(database, "user_2")


_UNCLEAR = {
    "tenant": "create table tenant.a (tenant int); create function tenant.f() returns bigint "
    "language sql as 'select count(*) from tenant.a where tenant > 0'",
    "user_7": "create table user_7.a (user_7_id int)",
    "landlord": "create table landlord.a (x text check (x in ('tenant', 'landlord')))",
    "public": "create table public.a (x text default 'public')",
    "its": "create table its.a (x text default 'diffapply_tenant')",
    "owner": "create table owner.a (id int); create function owner.f() returns int language "
    "plpgsql as $$ begin execute 'select max(owner.id) from a owner'; return 1; end $$",
    "holder": "create table holder.a (id int); create function holder.f() returns int language sql "
    "as 'select max(holder.id) from a as \"holder\"'",
}


@pytest.mark.parametrize(
    "token",
    [
        "tenant",
        *(pytest.param(its, marks=pytest.mark.prove) for its in _UNCLEAR if its != "tenant"),
    ],
)
def test_what_is_not_clear_is_refused(
    database: Database, cli: Cli, tmp_path: Path, token: str
) -> None:
    """Rather than write the token into every tenant, or take a word for it."""
    database.execute("create schema user_1")
    path = tmp_path / "desired.sql"
    path.write_text(_UNCLEAR[token])
    refused = cli("apply", "--yes", *_options(path, token))
    assert refused.code == 1
    assert "Nothing was done" in refused.err
    assert "--tenant-token" in refused.err
    assert database.dump("user_1").count("CREATE") == 1


@pytest.mark.prove
def test_words_of_models_stay_words(database: Database, cli: Cli, tmp_path: Path) -> None:
    """In models the token is a schema: a role or a constant of that name is none."""
    database.execute("create schema user_1; create schema user_2")
    path = tmp_path / "models.py"
    path.write_text(_MODELS)
    options = ("--desired", f"{path}:metadata", "--tenant-token", "tenant")
    applied = cli("apply", "--yes", *options)
    assert applied.code == 0, applied.out + applied.err
    _in_sync(cli, *options)
    for name in ("user_1", "user_2"):
        query = f"insert into {name}.person default values returning role, kind, {name}.people()"
        assert database.rows(query) == [("tenant", "tenant", name)]


_MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData(schema="tenant")
person = sa.Table(
    "person", metadata,
    sa.Column("role", sa.Enum("tenant", "landlord", name="role"), server_default="tenant"),
    sa.Column("kind", sa.Text, server_default="tenant"),
    sa.CheckConstraint("kind in ('tenant', 'landlord')", name="person_kind_check"),
)
sa.event.listen(person, "after_create", sa.DDL(
    "create function %(schema)s.people() returns text language sql "
    "as $$ select 'tenant' from tenant.person $$"
))
"""


@pytest.mark.prove
def test_a_name_that_would_be_too_long(database: Database, cli: Cli, tmp_path: Path) -> None:
    """PostgreSQL would cut it: that tenant is refused in a sentence, the others are done."""
    long = "user_1" + "0" * 20
    _fill(database, ["user_1", "user_2", long], "create table user_0.t (a int)")
    path = tmp_path / "desired.sql"
    path.write_text(
        f"create table user_1.t (a int); create index {'x' * 40}_user_1 on user_1.t (a);"
    )
    applied = cli("apply", "--yes", *_options(path, "user_1"))
    assert applied.code == 3, applied.out + applied.err
    assert f"'{'x' * 40}_{long}' would have 67 bytes" in " ".join(applied.out.split())
    _in_sync(cli, *_options(path, "user_1"), "--exclude", long)


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("name", ["t$function${}", "t\\'{}"])
@pytest.mark.prove
def test_a_name_that_is_a_statement(
    database: Database, cli: Cli, tmp_path: Path, name: str
) -> None:
    """It would end the text that says it, and run: that tenant is refused, the others are done."""
    name = name.format("; drop table public.accounts; --")
    said = name.replace("\\", "\\\\").replace("'", "''")
    structure = "create table {0}.t (a int); comment on table {0}.t is E'a\\\\b of {1}';"
    database.execute("create table public.accounts (id int)")
    for quoted, value in (("user_1", "user_1"), (f'"{name}"', said)):
        database.execute(f"create schema {quoted};" + structure.format(quoted, value))
    path = tmp_path / "desired.sql"
    path.write_text(
        "create table its.t (a int); create function its.f() returns text language sql"
        " as $$ select 'its' from its.t $$;"
    )
    tenants = ("--tenants", f"user_1|{re.escape(name)}")
    options = (*_options(path, "its"), *tenants)
    applied = cli("apply", "--yes", *options)
    back = cli("apply", "--backward", "--yes", *tenants)
    dollars = "$" in name
    assert [applied.code, back.code] == ([3, 0] if dollars else [0, 3]), applied.err + back.err
    refused = applied.out if dollars else back.out
    # In a body with $function$, PostgreSQL itself writes another quote, as no other tenant has it.
    reason = "AS $functionx$" if dollars else "cannot stand where the structure says it"
    assert reason in " ".join(refused.split())
    assert database.value("select to_regclass('public.accounts') is not null")
    made = cli("provision", f"{name}2", *_options(path, "its"), "--tenants", f"{tenants[1]}2")
    assert made.code == (4 if dollars else 0), made.out + made.err
    assert database.value("select to_regclass('public.accounts') is not null")


def _pg_dump(url: str) -> str:
    """A dump as people make it: with rows, and with all that pg_dump writes around them."""
    pg_dump = str(installation(DEFAULT_VERSION) / "bin" / "pg_dump")
    return subprocess.run([pg_dump, url], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("token", [None, "dev"])
@pytest.mark.prove
def test_a_dump_with_rows(database: Database, cli: Cli, tmp_path: Path, token: str | None) -> None:
    """Its rows are passed over, as if it were made with --schema-only; and that is said."""
    database.execute("create schema user_1")
    with database.server.new_database() as development:
        schema = token or "public"
        development.execute(
            f"create schema if not exists {schema}; create table {schema}.doc (id serial primary"
            f" key, note text); insert into {schema}.doc (note)"
            " values ('COPY x FROM stdin;'), (E'a\\n;')"
        )
        path = tmp_path / "dump.sql"
        path.write_text(_pg_dump(development.url))
    options = _options(path, schema)
    plan = cli("plan", *options)
    assert plan.code == 0, plan.err
    assert "--schema-only" in plan.err
    assert cli("apply", "--yes", *options).code == 0
    _in_sync(cli, *options)
    assert database.value("select count(*) from user_1.doc") == 0
    assert database.value("select nextval('user_1.doc_id_seq')") == 1


@pytest.mark.prove
@pytest.mark.parametrize(
    "name",
    ["function_search_path", "set_from_current", "names_with_the_tenant", "full_dump"],
)
def test_situations_from_the_field(database: Database, name: str) -> None:
    """All tenants are one shape before, and in sync after; rows stay, and functions work."""
    case = build(name, database)
    plan = case("plan", "--format", "json").json
    transitions = [its["tenants"] for its in plan["transitions"] if its["tenants"] != ["public"]]
    assert transitions == [["user_1", "user_2", "user_3"]]
    case.applied()
    dumps = {database.dump(tenant, called="its") for tenant in ("user_1", "user_2", "user_3")}
    assert len(dumps) == 1
    if name in ("function_search_path", "set_from_current"):
        assert {count for [(count,)] in case.answers("select cnt()").values()} <= {0, 1}
    if name == "names_with_the_tenant":
        sqls = [its["sql"] for its in plan["transitions"][-1]["statements"]]
        assert [sql.split()[0] + " " + sql.split()[3] for sql in sqls] == [
            "ALTER RENAME",
            "ALTER RENAME",
        ]


@pytest.mark.prove
def test_what_people_are_shown(database: Database, cli: Cli, desired: Path) -> None:
    """No word of ours: the script does what apply does, with each tenant's own name."""
    options = _options(desired, "tenant")
    _fill(database, TENANTS)
    for form in ("text", "markdown"):
        shown = cli("plan", *options, "--format", form).out
        assert "select count(*) + 0 from <tenant>.doc" in shown
        assert "diffapply_tenant" not in shown
    assert cli("plan", *options, "--format", "json").json["own_name"] == "diffapply_tenant"
    drift = cli("drift", *options, "--format", "json").json
    told = {text for its in drift["tenants"] for text in map(str, its["differences"])}
    assert any("from user_10.doc" in text for text in told)
    script = cli("plan", *options, "--format", "sql").out
    database.execute("".join(line for line in script.splitlines(keepends=True) if line[0] != "\\"))
    _in_sync(cli, *options)
    for name in TENANTS:
        _works(database, name)
