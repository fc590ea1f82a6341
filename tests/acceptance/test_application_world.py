"""Names and literals mean what they mean in the application: its search path, its settings."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from tests.acceptance.field_cases import FieldCase, build
from tests.servers import Cli, Database, Outcome

contrib = pytest.mark.postgres(18, prove=(15,))
"""On servers that have PostgreSQL's own extensions."""


def slowly(*values: str) -> ParameterSet:
    """Parameters of a test that only `make prove` runs."""
    return pytest.param(*values, marks=pytest.mark.prove)


def _there_and_back(case: FieldCase, kept: str) -> None:
    """Apply, and go back: structure and answers are what they were."""
    before = case.answers(kept)
    shapes = [case.database.dump(name, called="it") for name in ("user_1", "user_2")]
    case.applied()
    back = case("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    assert case.answers(kept) == before
    assert [case.database.dump(name, called="it") for name in ("user_1", "user_2")] == shapes


class TestNamesBehindTheTenant:
    """What the application finds in public, without naming it."""

    @contrib
    @pytest.mark.prove
    def test_type_of_an_extension(self, database: Database) -> None:
        case = build("citext_public", database)
        plan = case("plan", "--format", "json").json
        [transition] = plan["transitions"]
        assert "citext" in str(transition["statements"])
        _there_and_back(case, "select id, email::text from person")
        case.applied()
        assert case.answers("select count(*) from person where email = 'a@X'")["user_1"] == [(1,)]

    @contrib
    @pytest.mark.prove
    def test_operator_of_an_extension_is_the_one_that_the_application_has(
        self, database: Database
    ) -> None:
        case = build("citext_operator", database)
        case.in_sync()
        made = case("provision", "user_4")
        assert made.code == 0, made.out + made.err
        case.in_sync()
        other = database.dump("user_4", called="it")
        assert not Database.difference(database.dump("user_1", called="it"), other)

    @pytest.mark.prove
    def test_functions_of_public(self, database: Database) -> None:
        case = build("public_function_default", database)
        case.applied()
        [(ref,)] = case.answer("user_1", "select ref from doc")
        assert len(ref) == 8
        touched = "update doc set id = id + 1 returning updated_at is not null"
        assert case.answer("user_1", touched) == [(True,)]

    @pytest.mark.prove
    def test_code_that_names_what_is_in_public(self, database: Database) -> None:
        """A default is computed for rows that are there; its function names public's sequence."""
        case = build("default_calls_plpgsql_public", database)
        case.applied()
        refs = {ref for [(ref,)] in case.answers("select ref from doc").values()}
        assert refs == {"R1", "R2", "R3"}

    @pytest.mark.prove
    def test_event_trigger(self, database: Database) -> None:
        case = build("event_trigger", database)
        case.applied()
        logged = database.rows("select distinct tag from public.ddl_log")
        assert ("ALTER TABLE",) in logged
        back = case("apply", "--backward", "--yes")
        assert back.code == 0, back.out + back.err
        made = case("provision", "user_4")
        assert made.code == 0, made.out + made.err
        assert ("CREATE SCHEMA",) in database.rows("select tag from public.ddl_log")

    @contrib
    @pytest.mark.prove
    def test_template_with_extensions(self, database: Database) -> None:
        case = build("template_ext", database)
        case.applied()
        assert database.value("select to_regtype('public.kind') is not null")
        assert case("apply", "--yes").code == 0


class TestSettings:
    """What a literal means."""

    def test_time_zone_of_the_database(self, database: Database) -> None:
        build("tz_identical", database).in_sync()

    @pytest.mark.prove
    def test_local_time_stays_local_time(self, database: Database) -> None:
        case = build("timestamp_to_tz", database)
        before = case.answers("select at::text from ev")
        plan = case("plan")
        assert "AT TIME ZONE 'America/New_York'" in plan.out
        assert "local time in America/New_York" in plan.out
        case.applied()
        assert case.answers("select (at at time zone 'America/New_York')::text from ev") == before
        back = case("apply", "--backward", "--yes")
        assert back.code == 0, back.out + back.err
        assert case.answers("select at::text from ev") == before


@pytest.mark.prove
def test_the_moment_written_as_text_is_refused(database: Database) -> None:
    case = build("now_as_text", database)
    for command in (("plan",), ("drift",), ("apply", "--yes"), ("provision", "user_4")):
        refused = case(*command)
        assert refused.code == 1
        assert "t.created_at" in refused.err
        assert 'text("now()")' in refused.err


@contrib
def test_extension_is_the_databases(database: Database) -> None:
    """A desired state may name one that is there; to create it is somebody else's work."""
    case = build("create_extension_event", database)
    refused = case("plan")
    assert refused.code == 1
    assert "'pg_trgm', which the database does not have" in refused.err
    assert 'CREATE EXTENSION "pg_trgm" SCHEMA "public"' in refused.err
    database.execute("create extension pg_trgm")
    case.applied()
    assert "public.gin_trgm_ops" in database.dump("user_2")


OWN = "create table doc (id serial primary key, note text);"


class Tenants:
    """Three tenants with the same structure and rows, made as an application makes them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self._folder = database, folder
        self._cli = Cli(database.url)

    def made(self, structure: str, rows: str = "", path: str = "public") -> None:
        """Make them, in sessions that have the database's settings."""
        for tenant in ("user_1", "user_2", "user_3"):
            self.run(tenant, f"create schema {tenant}; {structure}; {rows}", path)

    def run(self, tenant: str, statements: str, path: str = "public") -> None:
        """Run statements as the application does."""
        with closing(self.database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"set search_path = {tenant}, {path}")
            cursor.execute(statements)
            connection.commit()

    def says(self, query: str, path: str = "public") -> list[tuple[Any, ...]]:
        """What a query says in each tenant, which must be the same, as the application sees it."""
        answers = []
        for tenant in ("user_1", "user_2", "user_3"):
            with closing(self.database.connect()) as connection, connection.cursor() as cursor:
                cursor.execute(f"set search_path = {tenant}, {path}")
                cursor.execute(query)
                answers.append(cursor.fetchall())
        assert answers == answers[:1] * 3
        return answers[0]

    def __call__(self, command: str, desired: str, *options: str) -> Outcome:
        (self._folder / "desired.sql").write_text(desired)
        shown = () if "--backward" in options else ("--desired", "desired.sql")
        return self._cli(command, *shown, *options, cwd=self._folder)

    def there_and_back(self, desired: str, *options: str) -> None:
        """Apply the desired state, provision another tenant, which is the same; and go back."""
        before = self.database.dump("user_1", called="it")
        applied = self("apply", desired, "--yes", *options)
        assert applied.code == 0, applied.out + applied.err
        self.in_sync(desired, *options)
        back = self("apply", desired, "--backward", "--yes", "--allow-destructive", *options)
        assert back.code == 0, back.out + back.err
        assert not Database.difference(before, self.database.dump("user_1", called="it"))

    def _lines(self, tenant: str) -> list[str]:
        """The lines of a tenant's dump, in whatever order its columns have come."""
        dump = self.database.dump(tenant, "--no-owner", called="it")
        return sorted(its.rstrip(",") for its in dump.split("\n"))

    def in_sync(self, desired: str, *options: str) -> None:
        """Nothing is to be done, and a new tenant is as those that are there."""
        drift = self("drift", desired, *options)
        assert drift.code == 0, drift.out + drift.err
        made = self("provision", desired, "user_9", *options)
        assert made.code == 0, made.out + made.err
        assert self._lines("user_1") == self._lines("user_9")
        self.database.execute("drop schema user_9 cascade")


@pytest.fixture
def tenants(database: Database, tmp_path: Path) -> Tenants:
    return Tenants(database, tmp_path)


class TestOperatorsAndTypes:
    """Expressions mean after apply what they mean where the application writes them."""

    DESIRED = f"""{OWN.replace(");", ", attributes hstore, tags integer[]")},
        size text generated always as (attributes -> 'size') stored,
        check (attributes -> 'color' <> 'red'),
        check (tags && '{{1,2}}'));
        create index by_color on doc ((attributes -> 'color')) where attributes ? 'color';
        create view colored as select id, attributes -> 'color' as color from doc
            where tags @> '{{1}}';"""

    @pytest.mark.prove
    @contrib
    def test_extensions_in_public(self, tenants: Tenants) -> None:
        """Also where PostgreSQL has an operator that would do, as for arrays of integers."""
        tenants.database.execute("create extension hstore; create extension intarray")
        tenants.made(OWN, "insert into doc (note) values ('a')")
        tenants.there_and_back(self.DESIRED)

    @contrib
    @pytest.mark.prove
    def test_in_sync_with_what_the_application_has_made(self, tenants: Tenants) -> None:
        tenants.database.execute("create extension hstore; create extension intarray")
        tenants.made(self.DESIRED)
        tenants.in_sync(self.DESIRED)

    @contrib
    @pytest.mark.prove
    def test_what_was_made_before_the_extension(self, tenants: Tenants) -> None:
        """PostgreSQL's own operator stays, both ways, though the extension's is nearer."""
        old = "create table doc (id serial primary key, tags integer[], check (tags && '{1,2}'))"
        new = old.replace("tags integer[]", "tags integer[], note text")
        tenants.made(old, "insert into doc (tags) values ('{1}')")
        tenants.database.execute("create extension intarray")
        tenants.there_and_back(new.replace("tags &&", "tags operator(pg_catalog.&&)"))
        tenants.there_and_back(new)

    @contrib
    @pytest.mark.prove
    def test_extensions_in_a_schema_of_their_own(self, tenants: Tenants) -> None:
        """The path of the database, of the role in it, or the one that is given."""
        database = tenants.database
        database.execute(
            "create schema extensions; create extension hstore schema extensions;"
            "create extension intarray schema extensions"
        )
        tenants.made(OWN, "insert into doc (note) values ('a')")
        assert tenants("plan", self.DESIRED).code == 1
        given = ("--search-path", "public", "--search-path", "extensions")
        tenants.there_and_back(self.DESIRED, *given)
        database.execute(
            f'alter database {database.name} set search_path = "$user", user_2, public, extensions'
        )
        tenants.there_and_back(self.DESIRED)

    def test_names_before_those_of_postgresql(self, tenants: Tenants) -> None:
        """Here PostgreSQL's own come first; where they do not in the application, that is said."""
        tenants.database.execute("create schema before")
        tenants.made(OWN)
        given = ("--search-path", "before", "--search-path", "pg_catalog")
        refused = tenants("plan", OWN, *given)
        assert refused.code == 1
        assert "names 'before' before 'pg_catalog'" in refused.err
        harmless = tenants("drift", OWN, *given[2:], *given[:2])
        assert (harmless.code, "pg_catalog" in harmless.err) == (0, False)
        name = tenants.database.name
        tenants.database.execute(f"alter database {name} set search_path = before, pg_catalog")
        told = tenants("drift", OWN)
        assert told.code == 0, told.err
        assert told.err.count("names 'before' before pg_catalog") == 1


_CIRCLE = """
create view hen as select 1 as n;
create view egg as select n from hen;
create or replace view hen as select n from egg;
"""
"""Nothing but statements of one's own makes that."""


class TestWhatIsNotTheTenants:
    """Nothing beside the tenant is changed, and no name leads there unseen."""

    @pytest.mark.parametrize(
        ("user_statements", "told"),
        [
            ("drop table if exists task", "it drops table task in schema public"),
            slowly(
                "alter table task add column more text",
                "it makes column task.more in schema public",
            ),
            slowly(
                "create function public.f() returns int language sql as 'select 1'",
                "it makes routine f() in schema public",
            ),
            slowly("create schema other", "it makes schema other"),
            slowly(
                "revoke all on task from public; grant select on task to public", "in schema public"
            ),
        ],
    )
    def test_statement_that_falls_through(
        self, tenants: Tenants, tmp_path: Path, user_statements: str, told: str
    ) -> None:
        tenants.database.execute("create table public.task (id integer)")
        tenants.made("")
        (tmp_path / "mine.sql").write_text(f"{user_statements}; {_CIRCLE}")
        before = tenants.database.dump("public")
        plan = tenants("plan", _CIRCLE, "--with", "mine.sql")
        assert told in plan.out
        assert "it would change what is not the tenant's" in plan.out
        assert tenants.database.dump("public") == before

    @pytest.mark.prove
    def test_function_that_names_a_table_of_public(self, tenants: Tenants) -> None:
        """By its own name, as the application has it; the tenant's has another name."""
        tenants.database.execute(
            "create table public.prefix (text text); insert into public.prefix values ('N');"
        )
        tenants.made(OWN, "insert into doc (note) values ('a')")
        named = f"""
            create function named() returns text language plpgsql as
                $$ begin return (select text from prefix) || (select count(*) from doc); end $$;
            {OWN.replace(");", ", name text not null default named());")}"""
        tenants.there_and_back(named)

    @pytest.mark.prove
    def test_own_name_that_leads_to_another_schema(self, tenants: Tenants) -> None:
        tenants.database.execute("create table public.team (id integer primary key)")
        tenants.made(OWN)
        member = "create table member (team integer references {} (id));"
        team = "create table team (id integer primary key);"
        refused = tenants("plan", member.format("team") + team)
        assert refused.code == 1
        assert "refers to public.team" in refused.err
        assert tenants("plan", team + member.format("team")).code == 0
        assert tenants("plan", member.format("public.team") + team).code == 0

    def test_code_of_others_behind_the_tenant(self, tenants: Tenants) -> None:
        """A superuser runs nothing that others have put where his statements find it."""
        database = tenants.database
        with database.role("mallory") as role:
            database.execute(
                f"grant create on schema public to {role};"
                f"set role {role}; create function public.helper() returns integer language sql"
                " as 'select 1'; reset role"
            )
            tenants.made(OWN)
            desired = OWN.replace(");", ", price numeric);")
            refused = tenants("apply", desired, "--yes")
            assert refused.code == 3
            assert "function public.helper()" in refused.out
            assert tenants("apply", desired, "--yes", "--trust-tenants").code == 0


class TestLiterals:
    """A literal is read as sessions of the application read it, whatever it is written in."""

    NEW = f"""{OWN.replace(");", ",")}
        day date default '03/04/2024',
        at timestamptz default '03/04/2024 10:00',
        ago interval default '-1 2:03:04' check (ago < interval '1-2'),
        price money default '1234.56',
        maybe text check (maybe is null or (note = null) is null));
        create table log (at timestamptz) partition by range (at);
        create table log_1 partition of log for values from ('01/02/2024') to ('01/03/2024');
        create view late as select * from doc where at > '05/06/2024 12:00';"""
    SAID = """select day::text, at::text, ago::text, price::text,
        current_setting('DateStyle') from doc"""

    @pytest.mark.parametrize("style", ["German", *map(slowly, ["SQL, DMY", "Postgres, MDY"])])
    @pytest.mark.prove
    def test_under_settings_of_the_database(self, tenants: Tenants, style: str) -> None:
        database = tenants.database
        for setting, value in (
            *(("DateStyle", style), ("IntervalStyle", "sql_standard")),
            *(("TimeZone", "Asia/Kolkata"), ("transform_null_equals", "on")),
        ):
            database.execute(f"alter database {database.name} set {setting} = '{value}'")
        self._check(tenants, self.NEW)

    def _check(self, tenants: Tenants, desired: str) -> None:
        tenants.made(OWN, "insert into doc (note) values ('a')")
        tenants.there_and_back(desired)
        assert tenants("apply", desired, "--yes").code == 0
        # What the application makes by the same text says the same.
        values = "insert into doc (note) values ('a')"
        tenants.run("made", f"create schema made; {desired}; {values}")
        with closing(tenants.database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"set search_path = made, public; {self.SAID}")
            assert tenants.says(self.SAID) == cursor.fetchall()

    @pytest.mark.prove
    def test_the_roles_own_setting_comes_first(self, tenants: Tenants) -> None:
        """And what is set for the role in this database before that."""
        database = tenants.database
        role = f"app_{database.name}"
        database.execute(
            f"create role {role} superuser login;"
            f"alter database {database.name} set timezone = 'Asia/Tokyo';"
            f"alter role {role} set timezone = 'America/New_York'"
        )
        desired = "create table ev (at timestamptz default '2024-01-01')"
        try:
            url = database.server.url(database.name, role)
            tenants.made("create table ev (at timestamptz default '2024-01-01 00:00-05')")
            its = Tenants(Database(database.server, database.name, url), tenants._folder)
            its.in_sync(desired)
            assert tenants("drift", desired).code == 2
            database.execute(
                f"alter role {role} in database {database.name} set timezone = 'Asia/Tokyo'"
            )
            assert its("drift", desired).code == 2
        finally:
            database.execute(f"drop owned by {role}; drop role {role}")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            slowly("date", "timestamptz"),
            slowly("timestamptz", "timestamp(0)"),
            slowly("timestamptz", "date"),
            slowly("timestamp", "timestamptz(3)"),
        ],
    )
    def test_local_time_stays(self, tenants: Tenants, old: str, new: str) -> None:
        """Whatever the type, as far as it goes; both ways name the zone."""
        database = tenants.database
        database.execute(f"alter database {database.name} set timezone = 'America/New_York'")
        table = "create table ev (id integer primary key, at {})"
        tenants.made(table.format(old), "insert into ev values (1, '2024-06-01 00:00')")
        before = tenants.says("select at::timestamp::text from ev")
        plan = tenants("plan", table.format(new))
        assert "AT TIME ZONE 'America/New_York'" in plan.out
        tenants.there_and_back(table.format(new))
        assert tenants.says("select at::timestamp::text from ev") == before

    @pytest.mark.prove
    def test_utc_needs_no_rewrite(self, tenants: Tenants) -> None:
        tenants.made("create table ev (at timestamp)")
        plan = tenants("plan", "create table ev (at timestamptz)")
        assert "rewrite" not in plan.out
        assert "AT TIME ZONE" not in plan.out


@pytest.mark.parametrize(
    ("structure", "named", "instead"),
    [
        ("create table t (a timestamptz default 'NOW')", "default of t.a", "now()"),
        slowly("create table t (a date default 'today')", "default of t.a", "CURRENT_DATE"),
        slowly("create table t (a time(0) default ' now ')", "default of t.a", "now()"),
        slowly(
            "create table t (a date, check (a < 'tomorrow'))", "t.t_a_check", "CURRENT_DATE + 1"
        ),
        slowly("create domain d as timestamp default 'yesterday'", "d", "CURRENT_DATE - 1"),
        slowly(
            """create table t (a date) partition by range (a); create table t_1 partition of t
            for values from ('yesterday') to ('tomorrow')""",
            "t_1",
            "CURRENT_DATE",
        ),
    ],
)
def test_what_follows_the_clock_is_refused(
    tenants: Tenants, structure: str, named: str, instead: str
) -> None:
    tenants.database.execute("create schema user_1")
    refused = tenants("drift", structure)
    assert refused.code == 1
    assert named in refused.err
    assert instead in refused.err


@pytest.mark.prove
def test_words_of_the_clock_that_are_none(tenants: Tenants) -> None:
    """As text, in bodies, and as expressions, which are computed when they are needed."""
    structure = """
        create table t (a text default 'now', b date default current_date, c timestamptz
            default now(), d text check (d in ('today', 'tomorrow')), e date default '2024-01-01');
        create function f() returns timestamptz language sql as $$ select 'now'::timestamptz $$;"""
    tenants.made(structure)
    tenants.in_sync(structure)
