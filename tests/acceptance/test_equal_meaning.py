"""What means the same is in sync, however PostgreSQL words it, and is left as it is.

PostgreSQL keeps an expression as it was first understood; a dump and its restore word it anew.
"""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import diffapply
from diffapply import api
from diffapply.catalog.reader import read_fingerprints
from diffapply.database.connection import connected
from diffapply.database.embedded_home import installation
from diffapply.model.catalog import Catalog
from diffapply.model.scope import Scope
from diffapply.model.user_statement import UserStatement
from diffapply.rehearsal.rehearse import Rehearsal
from tests.acceptance.gallery import gallery
from tests.servers import DEFAULT_VERSION, Cli, Database, Server, without_own_options

_DESIRED = """
create domain code as varchar(9) check (value in ('a', 'b'));
create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
create table jobs (
    id integer primary key,
    s varchar(20) constraint known check (s in ('a', 'b')),
    t varchar(20) default 'a' check (t not in ('x', 'y') and length(t) between 1 and 9 and id > 0),
    n integer check (n between 1 and 9 and s <> 'c' or (n, id) = (1, 2) and s is not null),
    made timestamptz default now(),
    day date default current_date,
    who text default current_user check (who like 'p%' or who in ('b', 'c')),
    kind text generated always as (case when s in ('a', 'b') then 'ab' else upper(t) end) stored,
    exclude using btree (n with =) where (s in ('a', 'b'))
);
create index open on jobs (n) where s in ('a', 'b');
create unique index once on jobs ((s in ('a', 'b')), (lower(t))) where n between 1 and 5 and id > 0;
create statistics words on (s in ('a', 'b')), (case when t in ('x', 'y') then 1 end) from jobs;
create view seen as select id, s, s in ('a', 'b') as known from jobs where t in ('a', 'b');
create view both_seen as
    select a.id, b.s from seen a join seen b using (id) where a.s in ('a', 'b') union select 1, 'x';
create materialized view kept as select s, count(*) from jobs where s in ('a', 'b') group by s;
create trigger stamp before update on jobs for each row
    when (new.s in ('a', 'b') and old.n between 1 and 2 and old.id > 0) execute function stamp();
create rule quiet as on delete to jobs where old.s in ('a', 'b') do instead nothing;
alter table jobs enable row level security;
create policy own on jobs using (s in ('a', 'b')) with check (made <= now() and t in ('a', 'b'));
create function known(jobs) returns boolean language sql stable
    begin atomic select ($1).s in ('a', 'b'); end;
"""
_OTHER_WORDS = """
alter table jobs alter made set default current_timestamp, alter day set default now()::date,
    alter who set default current_role;
drop policy own on jobs;
create policy own on jobs using (s in ('a', 'b'))
    with check (made <= transaction_timestamp() and t in ('a', 'b'));
alter table jobs drop constraint known, add constraint known
    check (((((s)::text = any ((array['a'::varchar, 'b'::varchar])::text[])))));
"""


def _made(database: Database, schema: str, *statements: str) -> None:
    database.execute(f"create schema {schema}")
    _change(database, schema, *statements)


def _change(database: Database, schema: str, *statements: str) -> None:
    database.execute(f"set search_path = {schema}; {';'.join(statements)}; reset search_path")


def _script(url: str, *options: str) -> str:
    """A dump as it can be restored on any version, row by row."""
    pg_dump = installation(DEFAULT_VERSION) / "bin" / "pg_dump"
    command = [str(pg_dump), "--inserts", *options, url]
    outcome = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    script = without_own_options(outcome.stdout)
    return re.sub(r"^(?:\\.*|SET transaction_timeout .*)$", "", script, flags=re.MULTILINE)


def _restore(database: Database, schema: str) -> None:
    """Dump a tenant, drop it, and restore it."""
    script = _script(database.url, f"--schema={schema}")
    database.execute(f"drop schema {schema} cascade")
    database.execute(script)
    database.close()  # the script has emptied its search path


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> diffapply.Settings:
    """Five tenants: as desired, in other words, and three restored from a dump of those."""
    desired = tmp_path / "desired.sql"
    desired.write_text(_DESIRED)
    for number in range(1, 6):
        _made(database, f"user_{number}", _DESIRED)
        database.execute(f"insert into user_{number}.jobs (id, s, t, n) values (1, 'a', 'a', 1)")
    for number in (2, 4):
        _change(database, f"user_{number}", _OTHER_WORDS)
    for number in (3, 4, 5):
        _restore(database, f"user_{number}")
    return diffapply.Settings(database_url=database.url, desired=str(desired))


def _words(database: Database) -> list[tuple[Any, ...]]:
    """How expressions are stored, of every tenant."""
    return database.rows(
        "select * from ("
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "union all select adrelid::regclass::text, adnum::text, pg_get_expr(adbin, adrelid) "
        "from pg_attrdef union all select oid::regclass::text, '', pg_get_viewdef(oid) "
        "from pg_class where relkind in ('v', 'm')"
        ") words (relation, name, words) where relation like 'user_%' order by 1, 2, 3"
    )


@pytest.mark.postgres(18, prove=(15, 16, 17))
def test_what_means_the_same_is_in_sync(database: Database, settings: diffapply.Settings) -> None:
    """Nothing is told, and nothing is to be done."""
    with connected(database.url) as connection:
        prints = read_fingerprints(connection, [f"user_{number}" for number in range(1, 6)])
    assert len({*prints.values()}) == 4
    report = api.drift(settings)
    told = {its.name: (its.state, its.differences) for its in report.tenants}
    assert told == {f"user_{number}": ("in_sync", ()) for number in range(1, 6)}
    plan = api.plan(settings)
    assert (plan.empty, len(plan.in_sync)) == (True, 5)


@pytest.mark.prove
def test_what_differs_besides_is_all_that_is_changed(
    database: Database, settings: diffapply.Settings
) -> None:
    """Forward and backward; each tenant keeps its own words, and its rows."""
    before = _words(database)
    Path(str(settings.desired)).write_text(_DESIRED + "alter table jobs add column note text;")
    plan = api.plan(settings)
    told = {sql.sql for transition in plan.transitions for sql in transition.statements}
    assert {sql.lower().replace('"', "") for sql in told} == {
        "alter table jobs add column note text"
    }
    assert api.apply(settings, plan).count("applied") == 5
    assert api.drift(settings).in_sync
    assert _words(database) == before
    back = api.plan(settings, backward=True)
    assert api.apply(settings, back, allow_destructive=True).count("applied") == 5
    assert _words(database) == before
    assert database.rows("select s from user_4.jobs") == [("a",)]


@pytest.mark.prove
def test_what_really_differs_is_told_alone(
    database: Database, settings: diffapply.Settings
) -> None:
    """Another constant, another operator, another moment: in one tenant that was restored."""
    _change(
        database,
        "user_3",
        """
        alter table jobs drop constraint known, alter made set default clock_timestamp();
        alter table jobs add constraint known check (s in ('a', 'c'));
        create or replace view seen as
            select id, s, s in ('a', 'b') as known from jobs where t not in ('a', 'b');
        """,
    )
    [told] = [its for its in api.drift(settings).tenants if its.state != "in_sync"]
    assert told.name == "user_3"
    assert [(its.kind, its.name, its.change) for its in told.differences] == [
        ("default", "jobs.made", "changed"),
        ("constraint", "jobs.known", "changed"),
        ("view", "seen", "changed"),
    ]
    assert api.apply(settings, api.plan(settings)).count("applied") == 1
    assert api.drift(settings).in_sync


def test_what_only_looks_alike_is_told(database: Database, tmp_path: Path) -> None:
    """Other grouping, another moment, a child's own default, a constant that says a form."""
    alike = """
        create table jobs (
            a boolean, b boolean, c boolean, d timestamptz default {}, e text default {},
            constraint grouped check ({}), constraint listed check (e in ({}))
        );
        create table plain (a text default 'all');
        create table own () inherits (plain);
        alter table own alter a set default {};
    """
    desired, other = (
        alike.format(*words)
        for words in (
            ("now()", "'now()'", "a and (b or c)", "'x', 'y'", "'own'"),
            ("statement_timestamp()", "current_timestamp", "a and b or c", "'y', 'x'", "'all'"),
        )
    )
    (tmp_path / "desired.sql").write_text(desired)
    _made(database, "user_1", other)
    settings = diffapply.Settings(database_url=database.url, desired=str(tmp_path / "desired.sql"))
    [tenant] = api.drift(settings).tenants
    assert {its.name for its in tenant.differences} == {
        *("jobs.d", "jobs.e", "jobs.grouped", "jobs.listed", "own.a"),
    }


def test_an_own_function_of_that_name_is_another(database: Database, tmp_path: Path) -> None:
    """Where a tenant has its own now(), PostgreSQL's is not meant."""
    own = "create function now() returns timestamptz language sql as 'select null::timestamptz';"
    table = "create table jobs (made timestamptz default {});"
    (tmp_path / "desired.sql").write_text(own + table.format("current_timestamp"))
    _made(database, "user_1", own, table.format("now()"))
    settings = diffapply.Settings(database_url=database.url, desired=str(tmp_path / "desired.sql"))
    assert not api.drift(settings).in_sync


def test_it_is_found_out_once(
    settings: diffapply.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal remembers it, so that the next look builds none of the tenants' structures."""
    restored: list[str] = []
    restore = Rehearsal.restored

    def counted(rehearsal: Rehearsal, catalog: Catalog, scope: Scope) -> Catalog:
        restored.append(catalog.fingerprint)
        return restore(rehearsal, catalog, scope)

    monkeypatch.setattr(Rehearsal, "restored", counted)
    assert api.drift(settings, remember=True).in_sync
    assert restored
    restored.clear()
    assert api.drift(settings).in_sync
    assert not restored
    assert api.plan(settings).empty
    assert not restored


_LISTED = """
create table t (
    id integer, k {}, constraint c check (k in ('a', 'b')),
    constraint e exclude using btree (id with =) where (k in ('a', 'b')),
    constraint n check (k <> 'c' and (id, k) = (1, 'a') and id > 0)
);
create index i on t (id) where k in ('a', 'b');
create statistics s on (k in ('a', 'b')), id from t;
"""
_IN_THE_WAY = """
create view v as select id from t where k in ('a', 'b');
alter table t enable row level security;
create policy p on t using (k in ('a', 'b'));
"""


@pytest.mark.postgres(18, prove=(15, 16, 17))
@pytest.mark.parametrize("more", ["", pytest.param(_IN_THE_WAY, marks=pytest.mark.prove)])
def test_what_postgresql_words_anew_is_not_made_again(
    database: Database, tmp_path: Path, more: str
) -> None:
    """Where a column gets another type; one that was restored before has the words already."""
    for number in (1, 2):
        _made(database, f"user_{number}", _LISTED.format("varchar"), more)
        database.execute(f"insert into user_{number}.t values (1, 'a')")
    _restore(database, "user_2")
    (tmp_path / "desired.sql").write_text(_LISTED.format("varchar(5)") + more)
    settings = diffapply.Settings(database_url=database.url, desired=str(tmp_path / "desired.sql"))
    for backward in (False, True):
        plan = api.plan(settings, backward=backward)
        told = [[its.sql for its in one.statements] for one in plan.transitions]
        kind = "character varying" + ("" if backward else "(5)")
        for statements in told:
            assert f"ALTER TABLE t ALTER COLUMN k TYPE {kind}" in statements
            assert not [its for its in statements if re.search(r"CONSTRAINT|INDEX|STATIST", its)]
        assert {its.name for one in plan.transitions for its in one.differences} == {"t.k"}
        assert api.apply(settings, plan, allow_destructive=True).count("applied") == 2
        assert backward or api.drift(settings).in_sync
    assert api.plan(settings, backward=True).empty
    assert database.rows("select a.k, b.k from user_1.t a, user_2.t b") == [("a", "a")]


@pytest.mark.parametrize(
    ("table", "theirs", "told"),
    [
        (
            """
            create table t (id integer, k {}) partition by range (id);
            create table t1 partition of t for values from (0) to (9);
            create index i on t (id) where k in ('a', 'b');
            """,
            (),
            ["ALTER TABLE t ALTER", "DROP INDEX i", "CREATE INDEX i"],
        ),
        (
            "create table t (k {}, constraint c check (k in ('a', 'b')));",
            (
                "alter table t drop constraint c",
                "alter table t alter k type varchar(5)",
                "alter table t add constraint c check (k in ('a', 'b'))",
            ),
            ["alter table t drop", "alter table t alter", "alter table t add"],
        ),
    ],
)
def test_what_postgresql_does_not_word_so_is_as_desired(
    database: Database, tmp_path: Path, table: str, theirs: tuple[str, ...], told: list[str]
) -> None:
    """It builds the index of a partition as its table's, which is made again, and so are theirs."""
    _made(database, "user_1", table.format("varchar"))
    (tmp_path / "desired.sql").write_text(table.format("varchar(5)"))
    settings = diffapply.Settings(database_url=database.url, desired=str(tmp_path / "desired.sql"))
    plan = api.plan(settings, user_statements=[UserStatement(its, "theirs") for its in theirs])
    [transition] = plan.transitions
    assert not transition.blocked
    statements = [its.sql for its in transition.statements]
    assert [its[: len(said)] for its, said in zip(statements, told, strict=True)] == told
    assert api.apply(settings, plan, allow_destructive=True).count("applied") == 1
    assert api.drift(settings).in_sync


def test_what_changes_besides_is_made_again(database: Database, tmp_path: Path) -> None:
    """Another list is another one; what stands on other columns is left as it is."""
    table = (
        "create table t (text {}, j varchar, check (j in ('text', 'b')), "
        "constraint c check (text in ({})));"
    )
    _made(database, "user_1", table.format("varchar", "'a', 'b'"))
    (tmp_path / "desired.sql").write_text(table.format("varchar(5)", "'a', 'c'"))
    settings = diffapply.Settings(database_url=database.url, desired=str(tmp_path / "desired.sql"))
    plan = api.plan(settings)
    assert {its.name for one in plan.transitions for its in one.differences} == {"t.text", "t.c"}
    [told] = [" ".join(its.sql for its in one.statements) for one in plan.transitions]
    assert "DROP CONSTRAINT c," in told
    assert "t_j_check" not in told
    assert api.apply(settings, plan, allow_destructive=True).count("applied") == 1
    assert api.drift(settings).in_sync


def test_what_is_worded_anew_is_not_told_beside_a_rename(
    database: Database, tmp_path: Path
) -> None:
    table = "create table t (\n{},\n k {}, constraint c check (k in ('a', 'b')));"
    _made(database, "user_1", table.format("id integer", "varchar"))
    desired = table.format("-- diffapply: renamed from id\n number integer", "varchar(5)")
    (tmp_path / "desired.sql").write_text(desired)
    planned = Cli(database.url)(
        "plan", "--desired", tmp_path / "desired.sql", "--exclude", "public"
    )
    assert "~ table t: ~ columns id → number, k\n" in planned.out
    assert "constraint" not in planned.out.lower()


@pytest.mark.postgres(15, 18)
def test_a_tenant_restored_from_a_dump_is_in_sync(server: Server, tmp_path: Path) -> None:
    """One that has everything; its whole database was dumped, and restored in another one."""
    names = ["rich.sql", *(["rich_18.sql"] if server.version >= 18 else [])]
    desired = tmp_path / "desired.sql"
    texts = [(Path(__file__).parent / name).read_text("utf-8") for name in names]
    desired.write_text("".join(texts).replace(" using heap2", ""))
    with gallery(server) as original, server.new_database() as database:
        original.build("user_1", "alter table wide set access method heap")
        database.execute(_script(original.url))
        for url in (original.url, database.url):
            report = api.drift(diffapply.Settings(database_url=url, desired=str(desired)))
            assert [its.differences for its in report.tenants] == [()]


_SETTINGS = """
create table t (
    id int, a int, b int, primary key (id) with (fillfactor = 70, deduplicate_items = off)
) with (fillfactor = 80, autovacuum_enabled = false);
create index i on t (a) with (fillfactor = 70, deduplicate_items = off) where b > 0;
alter table t alter a set (n_distinct = 5, n_distinct_inherited = 6);
alter table t add exclude using btree (b with =) with (fillfactor = 70, deduplicate_items = off);
create view v with (security_barrier, check_option = local) as select * from t where a > 1;
create materialized view m with (fillfactor = 80, autovacuum_enabled = false) as select 1 as x;
"""


def test_the_order_of_settings_means_nothing(database: Database, tmp_path: Path) -> None:
    """So a tenant is in sync, unless one of them is another one."""
    database.execute("create schema user_1; set search_path = user_1;" + _SETTINGS)
    swapped, times = re.subn(r"(with|set) \(([^(),]*), ([^(),]*)\)", r"\1 (\3, \2)", _SETTINGS)
    assert times == 7
    (tmp_path / "s.sql").write_text(swapped)
    cli, desired = Cli(database.url), ("--desired", tmp_path / "s.sql", "--exclude", "public")
    drift = cli("drift", *desired)
    assert drift.code == 0, drift.out + drift.err
    database.execute("alter index user_1.i set (fillfactor = 90)")
    assert "fillfactor" in cli("drift", *desired).out
