"""What stands beside the tenants: schemas that they name, templates, and what hangs on them."""

from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from diffapply.database.connection import Database as Live
from diffapply.database.connection import connected, read_server
from diffapply.rehearsal.stage import Stage
from diffapply.tenants.shapes import Reader
from tests.acceptance.field_cases import build
from tests.servers import Cli, Database

_NAMED = (
    pytest.param("array_enum_shared", marks=pytest.mark.prove),
    "two_metadata",
    pytest.param("backward_shared_schema", marks=pytest.mark.prove),
    pytest.param("template_plain", marks=pytest.mark.prove),
)


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("name", _NAMED)
def test_schemas_that_only_a_text_or_a_type_names(database: Database, name: str) -> None:
    """They stand in scratch: forward, and back."""
    case = build(name, database)
    before = {tenant: database.dump(tenant) for tenant in ("user_1", "user_2", "user_3")}
    case.applied()
    back = case("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    for tenant, dump in before.items():
        assert Database.difference(dump, database.dump(tenant)) == ""


@pytest.mark.prove
def test_another_tenants_sequence(database: Database) -> None:
    """Tenants that draw from user_1's come to draw from their own, and back; no number twice."""
    case = build("foreign_sequence", database)
    kept = "insert into doc (note) values ('after') returning id"
    case.applied()
    assert case.answers(kept) == {name: [(6,)] for name in ("user_1", "user_2", "user_3")}
    back = case("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    assert case.answers(kept) == {"user_1": [(7,)], "user_2": [(8,)], "user_3": [(9,)]}
    case.applied()
    assert case.answers(kept) == {"user_1": [(10,)], "user_2": [(9,)], "user_3": [(10,)]}


_CORE = """
create schema "Core"; create schema core;
create function core.f() returns integer language sql immutable as 'select 7';
create function "Core".f() returns integer language sql stable as 'select core.f()';
"""
_BODY = "create function own() returns integer language sql stable as 'select core.f()'"
_MODELS = """
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import DOMAIN

shared = Table("list", MetaData(schema="keys"), Column("id", Integer, primary_key=True))
metadata = MetaData()
Table(
    "doc", metadata, Column("a", Integer),
    Column("b", Integer, server_default=text("defaults.f()")),
    Column("c", Integer, server_default=text('"Quoted".f()')),
    Column("d", Integer, Computed("a + computed.f()", persisted=True)),
    Column("e", DOMAIN("ours", Integer, check="domains.ok(value)")),
    Column("f", ForeignKey(shared.c.id, use_alter=True, name="late")),
    CheckConstraint("Checks.ok(a)"), Index("ix", text("(a + indexes.f())")),
)
event.listen(metadata, "after_create", DDL(
    "create view v as select data.f()"
))
"""
_SQL = """
-- user_2.doc is no part of it
create domain ours as integer check (domains.ok(value));
create table doc (
    a integer check (Checks.ok(a)), b integer default defaults.f(), c integer default "Quoted".f(),
    d integer generated always as (a + computed.f()) stored, e ours,
    f integer constraint late references keys.list
);
create index ix on doc ((a + indexes.f()));
create view v as select data.f();
"""
_NAMES = ("defaults", "Quoted", "computed", "domains", "keys", "checks", "indexes", "data")


@pytest.mark.parametrize("desired", ["models.py:metadata", "desired.sql"])
@pytest.mark.prove
def test_texts_that_name_schemas(
    database: Database, cli: Cli, tmp_path: Path, desired: str
) -> None:
    """Wherever one stands, its schema is there when the desired state is built, and going back."""
    for name in _NAMES:
        database.execute(f"""
            create schema "{name}"; set search_path = "{name}";
            create function f() returns integer language sql immutable as 'select 7';
            create function ok(integer) returns boolean language sql immutable as 'select true';
            create table list (id integer primary key);
        """)
    database.execute("reset search_path; create schema user_1; create table user_1.doc (a integer)")
    (tmp_path / "models.py").write_text(_MODELS)
    (tmp_path / "desired.sql").write_text(_SQL)
    for options in (("--desired", desired), ("--backward",)):
        done = cli("apply", *options, "--yes", cwd=tmp_path)
        assert done.code == 0, done.err


@pytest.mark.prove
def test_a_body_that_names_a_schema(database: Database, cli: Cli, tmp_path: Path) -> None:
    """A default is computed once when its column is added, by way of the tenant's function."""
    database.execute(_CORE + "create schema user_1; create table user_1.doc (a integer)")
    database.execute("insert into user_1.doc values (1)")
    body = _BODY.replace("core.f", '"Core".f')
    (tmp_path / "desired.sql").write_text(
        f"{body}; create table doc (a integer, b integer default own())"
    )
    for options in (("--desired", "desired.sql"), ("--backward",), ("--desired", "desired.sql")):
        done = cli("apply", *options, "--yes", "--allow-destructive", cwd=tmp_path)
        assert done.code == 0, done.err
    assert database.rows("select * from user_1.doc") == [(1, 7)]


@pytest.mark.prove
def test_a_snapshot_that_names_a_schema(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Nothing refers to it any more but what is gone back to."""
    database.execute(_CORE + "create schema user_1; set search_path = user_1;" + _BODY)
    database.execute("create table doc (a integer, b integer default own()); reset search_path")
    before = database.dump("user_1")
    (tmp_path / "desired.sql").write_text("create table doc (a integer)")
    # The function was never declared.
    consent = ("--yes", "--allow-destructive")
    assert cli("apply", "--desired", "desired.sql", *consent, cwd=tmp_path).code == 0
    back = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert back.code == 0, back.err
    assert Database.difference(before, database.dump("user_1")) == ""


_OLD = """
create type mood as enum ('good', 'bad'); create type pair as (x integer);
create table doc (id integer primary key, total integer, gone text, mood mood, note text);
create table old_doc (id serial primary key); create table code (code integer primary key);
create table part (id integer) partition by range (id);
create sequence old_numbers; create domain old_domain as integer;
create view totals as select total from doc;
create function f(m mood) returns integer language sql return 1;
create function touch() returns trigger language plpgsql as 'begin return new; end';
create function told() returns event_trigger language plpgsql as 'begin end';
"""
_NEW = """
create type mood as enum ('good', 'worse'); create type pair as (x bigint);
create table doc (id bigint primary key, total bigint, mood mood, note text);
create table code (code text primary key);
create view totals as select total from doc;
"""
_HOLDING = {
    "create view reporting.a as select total from @.doc": (
        "view reporting.a",
        "column @.doc.total, which changes its type to bigint",
    ),
    "create materialized view reporting.b as select gone from @.doc": (
        "materialized view reporting.b",
        "column @.doc.gone, which is dropped",
    ),
    "create table public.task (id serial, doc integer references @.old_doc)": (
        "table constraint task_doc_fkey on public.task",
        "table @.old_doc, which is dropped",
    ),
    "create function reporting.c() returns bigint begin atomic select sum(total) from @.doc; end": (
        "function reporting.c()",
        "column @.doc.total, which changes its type to bigint",
    ),
    "create table public.d (id integer default nextval('@.old_numbers'))": (
        "default value for public.d.id",
        "sequence @.old_numbers, which is dropped",
    ),
    "create publication listed for table @.doc (id, gone)": (
        "publication listed",
        "column @.doc.gone, which is dropped",
    ),
    "create publication filtered for table @.doc where (total > 0)": (
        "publication filtered",
        "column @.doc.total, which changes its type to bigint",
    ),
    "create table public.e (id integer); create policy own on public.e using"
    " (exists (select from @.doc d where d.total = e.id))": (
        "policy own on public.e",
        "column @.doc.total, which changes its type to bigint",
    ),
    "create table public.g (m @.mood[])": (
        "table column public.g.m",
        "type @.mood, which is made anew",
    ),
    "create view reporting.h as select * from @.totals": (
        "view reporting.h",
        "view @.totals, which is made anew",
    ),
    "create table public.i (id integer); create rule r as on insert to public.i do also"
    " insert into @.doc (total) values (new.id)": (
        "rule r on public.i",
        "column @.doc.total, which changes its type to bigint",
    ),
    "create table public.j (id integer); create trigger t before insert on public.j"
    " execute function @.touch()": (
        "trigger t on public.j",
        "routine @.touch(), which is dropped",
    ),
    "create event trigger told on ddl_command_end when tag in ('CREATE CONVERSION')"
    " execute function @.told()": (
        "event trigger told",
        "routine @.told(), which is dropped",
    ),
    "create table public.k partition of @.part for values from (1) to (2)": (
        "table public.k",
        "table @.part, which is dropped",
    ),
    "create table public.l (d @.doc)": (
        "table column public.l.d",
        "column @.doc.id, which changes its type to bigint",
    ),
    "create table public.m (p @.pair)": (
        "table column public.m.p",
        "type @.pair, whose attributes change",
    ),
    "create table public.n (code integer references @.code)": (
        "table constraint n_code_fkey on public.n",
        "column @.code.code, which changes its type to text",
    ),
    "create table public.o (d @.old_domain)": (
        "table column public.o.d",
        "type @.old_domain, which is dropped",
    ),
    "create statistics reporting.s on gone, note from @.doc": (
        "statistics object reporting.s",
        "column @.doc.gone, which is dropped",
    ),
    "create table public.t () inherits (@.code); create view reporting.t as"
    " select code from public.t": (
        "view reporting.t",
        "column @.code.code, which changes its type to text",
    ),
    "create view reporting.p as select @.f('bad')": (
        "view reporting.p",
        "routine @.f(mood), which is dropped",
    ),
}
_FREE = (
    "create view reporting.q as select note from @.doc",
    "create table public.r (doc integer references @.doc)",
    "create publication whole for table @.doc",
    "select",
)


def _runs(database: Database, tenant: str, statements: str) -> bool:
    """Whether they run, and leave what is elsewhere; all is taken back."""
    count = (
        "select to_regclass('public.k')::oid, count(*) from pg_catalog.pg_statistic_ext"
        " where stxnamespace = to_regnamespace('reporting')"
    )
    connection = database.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(count)
            before = cursor.fetchall()
            cursor.execute(f"set search_path = {tenant}, pg_catalog; {statements}; {count}")
            return cursor.fetchall() == before
    except psycopg2.Error:
        return False
    finally:
        connection.close()


@pytest.mark.postgres(18, prove=(15,))
def test_what_hangs_on_a_tenant_is_told_by_the_plan(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """By name, with what to do; in those tenants apply would fail. Others are not held up."""
    database.execute("create schema reporting")
    tenants = {f"user_{n}": made for n, made in enumerate([*_HOLDING, *_FREE], 1)}
    for tenant, made in tenants.items():
        database.execute(f"create schema {tenant}; set search_path = {tenant}; {_OLD}")
        database.execute(f"set search_path = pg_catalog; {made.replace('@', tenant)}")
    (tmp_path / "desired.sql").write_text(_NEW)
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path)
    assert plan.code == 0, plan.err
    free, held = plan.json["transitions"]
    first, *reasons, advice = held["blocked"]
    assert (first.split(",")[0], advice.split(",")[0]) == (
        "something outside the tenant depends on what would change; diffapply does not touch it",
        "drop it first and create it again afterwards",
    )
    # A child that would get the type as well is named besides the view on it.
    (child,) = (its for its in reasons if its.startswith("table column public.t.code "))
    assert [its for its in reasons if its != child] == [
        f"{name} depends on {what.replace('@', tenant)}"
        for tenant, (name, what) in zip(tenants, _HOLDING.values(), strict=False)
    ]
    assert held["tenants"] == [*tenants][: len(_HOLDING)]
    assert free["tenants"] == [*tenants][len(_HOLDING) :]
    follows, renamed = sorted(free["notes"], key=lambda note: "mood" in note)
    assert follows.startswith("table constraint r_doc_fkey on public.r follows column user_"), (
        follows
    )
    assert "'bad'" in renamed, renamed
    assert "'worse'" in renamed, renamed
    statements = ";".join(statement["sql"] for statement in free["statements"])
    assert [name for name in held["tenants"] if _runs(database, name, statements)] == []
    options = ("--desired", "desired.sql", "--allow-destructive", "--yes", "--format", "json")
    applied = cli("apply", *options, cwd=tmp_path)
    assert applied.code == 3, applied.err
    done = {step["name"]: step["status"] for step in applied.json["tenants"]}
    assert done == {
        **dict.fromkeys(held["tenants"], "refused"),
        **dict.fromkeys(free["tenants"], "applied"),
    }


@pytest.mark.postgres(15, prove=(18,))
def test_a_routine_elsewhere_that_uses_a_row_type(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Minor releases since November 2026 refuse to write such rows anew: exactly there it holds."""
    database.execute("""
        create schema user_1; create table user_1.doc (id integer, total integer);
        create function public.f() returns bigint begin atomic select (null::user_1.doc).id; end;
    """)
    (tmp_path / "desired.sql").write_text("create table doc (id integer, total bigint)")
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path)
    [transition] = plan.json["transitions"]
    held = any(reason.startswith("function public.f()") for reason in transition["blocked"])
    assert held != _runs(database, "user_1", "alter table doc alter total type bigint")


@pytest.mark.prove
def test_a_child_elsewhere_keeps_its_columns(database: Database, cli: Cli, tmp_path: Path) -> None:
    """PostgreSQL would drop and change them with the parent's, values and all."""
    database.execute("create schema archive")
    for number in range(1, 5):
        table = "create table doc (id integer, gone text)"
        database.execute(f"create schema user_{number}; set search_path = user_{number}; {table}")
    database.execute("""
        create table archive.a () inherits (user_1.doc); insert into archive.a values (1, 'kept');
        create table archive.b (gone text) inherits (user_2.doc);
        create table archive.c () inherits (user_3.doc);
    """)
    before = database.dump("archive")
    options = ("--desired", "desired.sql", "--allow-destructive", "--yes", "--format", "json")
    (tmp_path / "desired.sql").write_text("create table doc (id integer)")
    applied = cli("apply", *options, cwd=tmp_path)
    done = {step["name"]: step["status"] for step in applied.json["tenants"]}
    assert (done["user_1"], done["user_2"], done["user_3"]) == ("refused", "applied", "refused")
    assert "column archive.a.gone depends on column user_1.doc.gone" in applied.out
    (tmp_path / "desired.sql").write_text("create table doc (id bigint, gone text)")
    assert cli("apply", *options, "--only", "user_[13]", cwd=tmp_path).code == 3
    assert database.rows("select * from archive.a") == [(1, "kept")]
    assert database.dump("archive") == before


@pytest.mark.prove
def test_a_key_of_a_shared_table_into_tenants(database: Database) -> None:
    """It holds up those tenants alone, until it is gone; then all go there, and back."""
    case = build("shared_fk_in", database)
    *_, free, held = case("plan", "--format", "json").json["transitions"]
    assert (free["tenants"], held["tenants"]) == (["user_3"], ["user_1", "user_2"])
    key = "table constraint task_doc_{0}_fkey on public.task depends on table user_{0}.old_doc"
    assert held["blocked"][1:3] == [f"{key.format(n)}, which is dropped" for n in (1, 2)]
    done = case("apply", "--yes")
    assert (done.code, "task_doc_1_fkey" in done.out) == (3, True), done.out + done.err
    assert database.rows("select * from user_1.old_doc") == []
    database.execute("drop table task")
    case.applied()
    back = case("apply", "--backward", "--to", "1", "--yes")
    assert back.code == 0, back.out + back.err


@pytest.mark.prove
def test_what_hangs_on_a_template_and_is_not_managed(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """It counts as outside, and so does a tenant that draws from the template's sequence."""
    database.execute("""
        create schema base; set search_path = base;
        create table doc (id serial primary key, total integer);
        create view mine as select total from doc;
        create schema user_1; create table user_1.doc (like doc including all);
        reset search_path;
    """)
    (tmp_path / "desired.sql").write_text(
        "create table doc (id integer primary key generated always as identity, total bigint)"
    )
    options = ("--desired", "desired.sql", "--template", "base")
    plan = cli("plan", *options, "--format", "json", cwd=tmp_path)
    assert plan.code == 0, plan.err
    blocked = {its["tenants"][0]: its["blocked"] for its in plan.json["transitions"]}
    assert blocked["user_1"] == []
    assert blocked["base"][1:-1] == [
        "view base.mine depends on column base.doc.total, which changes its type to bigint",
        "default value for user_1.doc.id depends on sequence base.doc_id_seq, which is made anew",
    ]
    assert cli("apply", *options, "--yes", cwd=tmp_path).code == 3
    database.execute("drop view base.mine")
    assert cli("apply", *options, "--yes", cwd=tmp_path).code == 0
    assert cli("drift", *options, cwd=tmp_path).code == 0


_REPORT = """
create schema reporting; create type reporting.state as enum ('new', 'done');
create table reporting.kind (id integer primary key);
{tenants}
create view reporting.all_docs as {union};
create materialized view reporting.counts as select count(*) as docs from reporting.all_docs;
create view public.report as select docs from reporting.counts;
"""
_DOC = """
create schema {0}; create table {0}.doc (
    id serial primary key, kind integer references reporting.kind, state reporting.state,
    code text collate "C"
);
"""


@pytest.fixture
def report(database: Database) -> list[str]:
    """Ten tenants, one view of all their tables, and what is made of that."""
    tenants = [f"user_{number}" for number in range(1, 11)]
    union = " union all ".join(f"select * from {name}.doc" for name in tenants)
    made = "".join(map(_DOC.format, tenants))
    database.execute(_REPORT.format(tenants=made, union=union))
    return tenants


@pytest.mark.parametrize(
    ("schemas", "named"),
    [
        (["user_1"], []),
        ([], ["reporting"]),
        (["user_1", "reporting"], ["reporting"]),
        (["public"], []),
    ],
    ids=[
        "a tenant refers to it",
        "the desired state names it",
        "it is a template",
        "in a template",
    ],
)
def test_a_view_of_all_tenants_brings_none_of_them(
    database: Database, report: list[str], schemas: list[str], named: list[str]
) -> None:
    """However its schema comes to stand in scratch."""
    database.execute("create view public.direct as select from user_2.doc, user_3.doc")
    with connected(database.url) as connection:
        live = Live(connection, database.url, read_server(connection))
        catalogs = {name: Reader(live).template(name) for name in schemas}
        with Stage(live, tenants=frozenset(report)).open(catalogs, named) as scene:
            assert scene.rehearsal.shared == ("public", "reporting")


@pytest.mark.prove
def test_tenants_that_read_a_view_of_all_tenants(
    database: Database, cli: Cli, tmp_path: Path, report: list[str]
) -> None:
    """In scratch it has its columns, and no rows; live it is untouched."""
    mine = "create view mine as select d.id, d.state, d.code, r.docs from reporting.all_docs d, {}"
    for name in report:
        database.execute(f"set search_path = {name}; {mine.format('public.report r')}")
    database.execute("reset search_path")
    reporting = database.dump("reporting")
    table = _DOC.format("tenant").partition(";")[2].replace("code text", "note text, code text")
    view = mine.format("public.report r where d.state = 'new'")
    (tmp_path / "desired.sql").write_text(table.replace("tenant.", "") + view)
    before = database.dump("user_1")
    forward = ("apply", "--desired", "desired.sql", "--yes")
    for chosen in ("--only", "--exclude"):
        done = cli(*forward, chosen, "user_1", cwd=tmp_path)
        assert done.code == 0, done.out + done.err
    assert cli("drift", "--desired", "desired.sql", cwd=tmp_path).code == 0
    back = cli("apply", "--backward", "--to", "1", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    assert Database.difference(before, database.dump("user_1")) == ""
    assert database.dump("reporting") == reporting


def test_a_key_into_another_tenant_is_drift(database: Database, cli: Cli, tmp_path: Path) -> None:
    """As a clone may have it: it is mended, and comes back."""
    for name in ("user_1", "user_2", "user_3"):
        database.execute(f"""
            create schema {name}; create table {name}.doc (id integer primary key);
            create table {name}.task (doc integer constraint its references user_1.doc);
            insert into {name}.doc values (1);
        """)
    database.execute("insert into user_3.task values (1)")
    before = {name: database.dump(name) for name in ("user_1", "user_2", "user_3")}
    (tmp_path / "desired.sql").write_text(
        "create table user_1.doc (id bigint primary key);"
        "create table user_1.task (doc bigint constraint its references user_1.doc)"
    )
    options = ("--desired", "desired.sql", "--tenant-token", "user_1")
    held = cli("apply", *options, "--yes", cwd=tmp_path)
    assert held.code == 0, held.out + held.err
    assert cli("drift", *options, cwd=tmp_path).code == 0
    back = cli("apply", "--backward", "--allow-destructive", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    for name, dump in before.items():
        assert Database.difference(dump, database.dump(name)) == ""


@pytest.mark.prove
def test_who_holds_up_a_tenant_may_be_changed_as_well(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """A clone draws from a sequence that goes: it is mended first, and then the plan is made."""
    database.execute("""
        create schema user_1; create table user_1.doc (id serial primary key);
        create schema user_2; create table user_2.doc (id integer primary key);
        alter table user_2.doc alter id set default nextval('user_1.doc_id_seq');
    """)
    (tmp_path / "desired.sql").write_text(
        "create table doc (id integer generated always as identity primary key)"
    )
    forward = ("apply", "--desired", "desired.sql", "--yes")
    held = cli(*forward, cwd=tmp_path)
    assert held.code == 3, held.out + held.err
    assert "the plan changes user_2 as well: apply it, then plan again" in held.out
    assert cli(*forward, cwd=tmp_path).code == 0
    assert cli("drift", "--desired", "desired.sql", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("base", id="plain", marks=pytest.mark.prove),
        pytest.param("""O'dd "one" %s; \\""", id="hostile"),
    ],
)
@pytest.mark.prove
def test_a_template_that_tenants_were_cloned_from(
    database: Database, cli: Cli, tmp_path: Path, template: str
) -> None:
    """It gets the desired objects, both ways, and keeps what else it has and what tenants use."""
    name = sql.Identifier(template)
    database.execute(
        sql.SQL("""
            create schema {0}; set search_path = {0};
            create table doc (id serial primary key, note text); create table extra (id serial);
            create function helper() returns integer language sql return 1;
            create view more as select * from extra;
            create schema user_1; create table user_1.doc (like doc including all);
            alter table user_1.doc add n integer default helper();
            create schema user_2; create table user_2.doc (id serial primary key, note text);
            insert into user_1.doc (note) values ('a'), ('b'); reset search_path;
        """).format(name)
    )
    (tmp_path / "desired.sql").write_text(
        "create table doc (id serial primary key, note text, kind text);"
        "create table added (id integer); create index on doc (kind)"
    )
    before = {its: database.dump(its) for its in (template, "user_1", "user_2")}
    options = ("--desired", "desired.sql", "--template", template)
    done = cli("apply", *options, "--allow-destructive", "--yes", cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert cli("drift", *options, cwd=tmp_path).code == 0
    kept = database.rows(sql.SQL("select * from {}.more, {}.added").format(name, name))
    assert kept == []
    assert database.rows("insert into user_1.doc default values returning id") == [(3,)]
    back = cli("apply", "--backward", *options[2:], "--allow-destructive", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    for its, dump in before.items():
        assert Database.difference(dump, database.dump(its)) == ""
