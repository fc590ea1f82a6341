"""Whoever may create in one schema gains nothing by what others run there."""

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
import pytest

from diffapply import api, opening
from diffapply.config import Settings
from diffapply.database.connection import Database as Live
from diffapply.errors import RefusedError
from diffapply.journal import OtherRoles
from diffapply.journal.structure import upgrades
from diffapply.model.world import World
from diffapply.opening import caches
from diffapply.planning.files import plan_file
from diffapply.rollout import rollout
from tests.servers import Cli, Database, Outcome
from tests.waiting import wait_until_scratch_is_gone

pytestmark = pytest.mark.prove

_WAYS = {
    name: statements
    for name, _, statements in (
        part.partition("\n")
        for part in (Path(__file__).parent / "attacks.sql").read_text().split("-- name ")[1:]
    )
}

_PAYLOAD = """
create function gain() returns integer language plpgsql volatile as $body$
begin
    begin {statement}; exception when others then null; end;
    begin execute 'alter role {role} createrole'; exception when others then null; end;
    begin execute 'grant pg_execute_server_program to {role}';
        exception when others then null; end;
    begin execute 'reset role; alter role {role} superuser'; exception when others then null; end;
    begin execute 'set session authorization default; alter role {role} superuser';
        exception when others then null; end;
    begin execute $$copy (select 1) to program 'echo gained > {file}'$$;
        exception when others then null; end;
    begin execute $$copy (select 1) to '{file}'$$; exception when others then null; end;
    begin perform pg_catalog.lo_export(pg_catalog.lo_from_bytea(0, 'x'), '{file}');
        exception when others then null; end;
    return 1;
end $body$;
create function gain_immutable() returns integer language plpgsql immutable
    as 'begin {run} return 1; end';
create function gain_by_trigger() returns trigger language plpgsql
    as 'begin {run} return null; end';
"""


_RUN = """begin
    perform {there}.gain();
exception when undefined_function or invalid_schema_name then
    perform diffapply_tenant.gain();
end;"""


@dataclass(frozen=True)
class Mallory:
    """A role that may log in, and create in one schema."""

    database: Database
    name: str

    @property
    def statement(self) -> str:
        """What it would like to have run."""
        return f"alter role {self.name} superuser"

    @property
    def file(self) -> Path:
        """What it would like to write on the server."""
        return Path(self.database.server.folder) / f"{self.name}.gained"

    def runs(self, text: str, there: str) -> None:
        """Runs statements, as itself."""
        words = {"there": there, "statement": self.statement, "role": self.name}
        # Everybody may know the name under which tenants stand in scratch.
        words |= {"file": str(self.file), "run": _RUN.replace("{there}", there)}
        for word, value in words.items():
            text = text.replace(f"{{{word}}}", value)
        connection = self.database.connect(self.name)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(f"set local search_path = {there}; {text}")
        finally:
            connection.close()

    def plants(self, way: str, there: str) -> None:
        """Makes the payload, and something that runs it."""
        self.runs(_PAYLOAD + _WAYS[way], there)

    def makes_journal(self, trap: str) -> None:
        """Makes the journal as it should be, but for the payload, and something that runs it."""
        self.runs("create schema diffapply", "pg_catalog")
        self.runs(
            f"create table meta (version integer, applied_at timestamptz); {upgrades()[1]};"
            f"{upgrades()[2]}; insert into meta values (1), (2); {_PAYLOAD}; {trap}",
            "diffapply",
        )

    @property
    def gained(self) -> list[str]:
        """What it has now and had not before."""
        rights = self.database.rows(
            "select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,"
            " exists (select from pg_auth_members m where m.member = r.oid)"
            " from pg_roles r where rolname = %s",
            self.name,
        )
        words = ["superuser", "createrole", "createdb", "bypassrls", "replication", "membership"]
        found = [word for word, has in zip(words, rights[0], strict=True) if has]
        return [*found, "file"] if self.file.exists() else found


@pytest.fixture
def mallory(database: Database) -> Iterator[Mallory]:
    """Gone after the test; beside it there is an innocent tenant."""
    name = f"mallory_{uuid.uuid4().hex[:8]}"
    database.execute(f"create role {name} login")
    _new_tenant(database, "user_999")
    role = Mallory(database, name)
    yield role
    database.execute(f"drop owned by {name} cascade; drop role {name}")
    role.file.unlink(missing_ok=True)


def _new_tenant(database: Database, name: str) -> None:
    database.execute(
        f"create schema {name}; create table {name}.items (id integer primary key, name text);"
        f"insert into {name}.items values (1, 'a')"
    )


@pytest.fixture
def desired(tmp_path: Path) -> Path:
    """A column more than the tenants have."""
    path = tmp_path / "desired.sql"
    path.write_text("create table items (id integer primary key, name text, price numeric);")
    return path


def _planted_in_tenants(mallory: Mallory, ways: Iterable[str]) -> dict[str, str]:
    """Each way in a tenant of its own: way → tenant."""
    tenants = {way: f"user_{number}" for number, way in enumerate(ways)}
    for way, tenant in tenants.items():
        _new_tenant(mallory.database, tenant)
        mallory.database.execute(f"grant usage, create on schema {tenant} to {mallory.name}")
        mallory.plants(way, tenant)
    return tenants


def _look(mallory: Mallory, cli: Cli, desired: Path, *options: str) -> Outcome:
    """Look for drift, and plan: it gains nothing by either. Returns what the latter says."""
    for command, code in (("drift", 2), ("plan", 0)):
        outcome = cli(command, "--desired", desired, *options)
        assert outcome.code == code, outcome.err
        assert mallory.gained == [], command
    return outcome


def _refuse(mallory: Mallory, cli: Cli, desired: Path) -> None:
    """Plan and apply: user_1 is refused, as code of its would run there."""
    assert cli("plan", "--desired", desired).code == 0
    assert mallory.gained == []
    applied = cli("apply", "--desired", desired, "--yes", "--format", "json", "--only", "user_1")
    assert mallory.gained == []
    [step] = applied.json["tenants"]
    assert (step["status"], mallory.name in step["error"]) == ("refused", True), applied


@pytest.mark.postgres(18, prove=(15,))
def test_in_tenants(mallory: Mallory, database: Database, cli: Cli, desired: Path) -> None:
    """With CREATE on a tenant's schema, whatever a superuser runs; the other tenants proceed."""
    tenants = _planted_in_tenants(mallory, _WAYS)
    outcome = _look(mallory, cli, desired, "--format", "json")
    blocked = {n for t in outcome.json["transitions"] if t["blocked"] for n in t["tenants"]}
    assert not blocked, [t["blocked"] for t in outcome.json["transitions"] if t["blocked"]]
    told = {
        name
        for transition in outcome.json["transitions"]
        for name in transition["tenants"]
        for statement in transition["statements"]
        for hazard in statement["hazards"]
        if hazard["kind"] == "code" and mallory.name in hazard["message"]
    }
    assert told == set(tenants.values())
    arguments = ("apply", "--desired", desired, "--yes", "--allow-destructive", "--format", "json")
    applied = cli(*arguments)
    assert mallory.gained == []
    steps = {tenant["name"]: tenant for tenant in applied.json["tenants"]}
    assert applied.code == 3, applied.out
    assert steps["user_999"]["status"] == "applied"
    for tenant in tenants.values():
        assert steps[tenant]["status"] == "refused"
        assert mallory.name in steps[tenant]["error"]
        assert database.value(f"select count(*) from {tenant}.items") == 1
    wait_until_scratch_is_gone(database)


def test_the_payload_works(mallory: Mallory, cli: Cli, desired: Path) -> None:
    """Where tenants are trusted, it runs with all rights: so the other tests show something."""
    _planted_in_tenants(mallory, ["materialized view"])
    outcome = cli("plan", "--desired", desired, "--trust-tenants")
    assert outcome.code == 0, outcome.err
    assert {"superuser", "createrole", "membership", "file"} <= {*mallory.gained}


@pytest.mark.postgres(18, prove=(15,))
def test_in_shared_schemas(mallory: Mallory, database: Database, cli: Cli, desired: Path) -> None:
    """With CREATE on schemas that the desired state names; and a tenant that uses what is there."""
    schemas = {way: f"common_{number}" for number, way in enumerate(_WAYS)}
    for way, schema in schemas.items():
        database.execute(
            f"create schema {schema}; grant usage, create on schema {schema} to {mallory.name}"
        )
        mallory.plants(way, schema)
    names = ", ".join(f"1 as {schema}" for schema in schemas.values())
    desired.write_text(f"{desired.read_text()} create view names as select {names};")
    _new_tenant(database, "user_1")
    database.execute(f"create table user_1.used (a {schemas['domain']}.d)")
    _look(mallory, cli, desired)
    arguments = ("apply", "--desired", desired, "--yes", "--allow-destructive", "--format", "json")
    applied = cli(*arguments)
    assert mallory.gained == []
    steps = {tenant["name"]: tenant for tenant in applied.json["tenants"]}
    assert steps["user_999"]["status"] == "applied", applied.out
    assert steps["user_1"]["status"] == "refused"
    assert mallory.name in steps["user_1"]["error"]
    wait_until_scratch_is_gone(database)


@pytest.mark.postgres(18, prove=(15,))
def test_when_going_back(mallory: Mallory, database: Database, cli: Cli, desired: Path) -> None:
    """What was planted since the run is not run by who takes it back."""
    assert cli("apply", "--desired", desired, "--yes").code == 0
    tenants = _planted_in_tenants(mallory, ["materialized view", "check", "index expression"])
    environ = {"DIFFAPPLY_DESIRED": str(desired)}
    assert cli("apply", "--yes", "--allow-destructive", "--trust-tenants", env=environ).code == 0
    database.execute(f"alter role {mallory.name} nosuperuser nocreaterole")
    database.execute(f"revoke pg_execute_server_program from {mallory.name}")
    mallory.file.unlink(missing_ok=True)
    for way, tenant in tenants.items():
        mallory.runs(f"drop function if exists gain() cascade; {_PAYLOAD}", tenant)
        assert way
    outcome = cli("plan", "--backward")
    assert outcome.code == 0, outcome.err
    assert mallory.gained == []
    applied = cli("apply", "--backward", "--yes", "--allow-destructive", "--format", "json")
    assert mallory.gained == []
    refused = {t["name"] for t in applied.json["tenants"] if t["status"] == "refused"}
    assert refused == set(tenants.values()), applied.out


@pytest.mark.postgres(18, prove=(15,))
def test_with_trigger_on_a_table_of_others(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """The function may stand in a schema of its own, in which nobody else has anything."""
    _new_tenant(database, "user_1")
    database.execute(
        f"create schema lair authorization {mallory.name};"
        f"grant usage on schema user_1 to {mallory.name};"
        f"grant trigger on user_1.items to {mallory.name}"
    )
    mallory.runs(_PAYLOAD, "lair")
    mallory.runs(
        "create trigger t before update or insert or delete or truncate on user_1.items"
        " for each statement execute function lair.gain_by_trigger()",
        "lair",
    )
    _look(mallory, cli, desired)
    applied = cli("apply", "--desired", desired, "--yes", "--format", "json")
    steps = {tenant["name"]: tenant for tenant in applied.json["tenants"]}
    assert mallory.gained == []
    assert steps["user_1"]["status"] == "refused"
    assert "lair.gain" in steps["user_1"]["error"]


@pytest.mark.postgres(18, prove=(15,))
def test_by_a_journal_of_its_own(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """Whoever may create schemas makes the journal first, with code in its tables."""
    assert cli("apply", "--desired", desired, "--yes").code == 0
    database.execute(
        f"alter schema diffapply owner to {mallory.name};"
        f"grant create on database {database.name} to {mallory.name};"
        f"alter table diffapply.step owner to {mallory.name};"
        f"alter table diffapply.run owner to {mallory.name};"
        f"alter table diffapply.look owner to {mallory.name}"
    )
    mallory.runs(
        f"{_PAYLOAD}; create index on step (tenant) where gain_immutable() > 0;"
        "create index on look ((gain_immutable()));"
        "create trigger t before insert on run for each statement"
        " execute function gain_by_trigger();"
        "create rule r as on insert to step do also select gain()",
        "diffapply",
    )
    assert "it is ignored" in cli("drift", "--desired", desired).err
    _new_tenant(database, "user_2")
    for arguments in (
        ["history"],
        ["plan", "--backward"],
        ["apply", "--backward", "--yes"],
        ["apply", "--desired", desired, "--yes"],
        ["drift", "--desired", desired, "--remember"],
        ["provision", "user_3", "--desired", desired],
    ):
        outcome = cli(*arguments)
        assert (outcome.code, "journal" in outcome.err) == (3, True), (arguments, outcome)
        assert mallory.name in outcome.err
    assert cli("plan", "--desired", desired).code == 0
    assert mallory.gained == []


def test_by_what_the_journal_says(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """Whoever may write it puts statements into what a tenant went from."""
    assert cli("apply", "--desired", desired, "--yes").code == 0
    database.execute(
        f"grant usage on schema diffapply to {mallory.name};"
        f"grant select, insert, update on all tables in schema diffapply to {mallory.name}"
    )
    mallory.runs("update shape set ddl = ddl || array['{statement}']", "diffapply")
    for arguments in (["plan", "--backward"], ["apply", "--backward", "--yes"]):
        outcome = cli(*arguments)
        assert (outcome.code, mallory.name in outcome.err) == (3, True), outcome
    assert mallory.gained == []
    assert cli("drift", "--desired", desired).code == 0


def test_by_a_plan_file(database: Database, cli: Cli, desired: Path, tmp_path: Path) -> None:
    """A file may be altered and its digest made anew; it stays within tenants and templates."""
    _new_tenant(database, "user_1")
    database.execute("create schema victim; create table victim.items (id integer)")
    path = tmp_path / "plan.json"
    assert cli("plan", "--desired", desired, "--out", path).code == 0
    made = plan_file.load(path)
    for alter in (
        {"tenants": ("victim",)},
        {"tenants": ("pg_catalog",)},
        {"tenants": ("victim",), "managed": frozenset({"items"})},
    ):
        [tenants] = [t for t in made.transitions if t.managed is None]
        plan_file.save(replace(made, transitions=(replace(tenants, **alter),)), path)
        outcome = cli("apply", path, "--yes", env={"DIFFAPPLY_TENANTS": r"user_\d+|pg_catalog"})
        assert (outcome.code, "with these settings it is none" in outcome.err) == (1, True), outcome


@pytest.mark.parametrize(
    "ours",
    [
        {"DIFFAPPLY_TENANTS": ".*"},
        {"DIFFAPPLY_TENANTS_QUERY": "select nspname from pg_namespace where nspname ~ 'user|diff'"},
    ],
)
@pytest.mark.parametrize("name", ["$user", "diffapply_tenant"])
def test_by_a_name_that_means_another_schema(
    database: Database, cli: Cli, desired: Path, name: str, ours: dict[str, str]
) -> None:
    """On a search path ``$user`` is the role's schema; a plan file may not bring it in either."""
    _new_tenant(database, "user_1")
    path = desired.with_name("plan.json")
    assert cli("plan", "--desired", desired, "--out", path).code == 0
    made = plan_file.load(path)
    database.execute(f'alter schema user_1 rename to "{name}"')
    [tenants] = [t for t in made.transitions if t.managed is None]
    plan_file.save(replace(made, transitions=(replace(tenants, tenants=(name,)),)), path)
    outcome = cli("apply", path, "--yes", env=ours)
    assert (outcome.code, "cannot be a tenant" in outcome.err) == (1, True), outcome
    assert database.value("select to_regnamespace('diffapply') is null")


@pytest.mark.parametrize(
    "world",
    [World(settings=(("session_replication_role", "replica"),)), World(settings=(("role", "x"),))],
)
def test_by_the_settings_of_a_plan_file(
    database: Database, cli: Cli, desired: Path, tmp_path: Path, world: World
) -> None:
    """A plan shows statements, not settings: there are none but those that literals depend on."""
    _new_tenant(database, "user_1")
    path = tmp_path / "plan.json"
    assert cli("plan", "--desired", desired, "--out", path).code == 0
    plan_file.save(replace(plan_file.load(path), world=world), path)
    outcome = cli("apply", path, "--yes")
    assert (outcome.code, "invalid content" in outcome.err) == (1, True), outcome


def test_a_superuser_is_told_once(database: Database, cli: Cli, desired: Path) -> None:
    """With the page that says which role to use; another role is not."""
    _new_tenant(database, "user_1")
    role = f"owner_{uuid.uuid4().hex[:8]}"
    database.execute(
        f"create role {role} login createdb; alter schema user_1 owner to {role};"
        f"alter table user_1.items owner to {role};"
        f"grant create on database {database.name} to {role}"
    )
    try:
        arguments = ("apply", "--desired", desired, "--yes", "--exclude", "public")
        own = {"DATABASE_URL": database.server.url(database.name, role)}
        applied = cli(*arguments, "--only", "user_1", env=own)
        assert (applied.code, "diffapply docs role" in applied.err) == (0, False), applied.err
        told = cli(*arguments, "--trust-tenants")
        assert told.code == 0, told.err
        assert told.err.count("diffapply docs role") == 1
    finally:
        database.execute(f"drop owned by {role} cascade; drop role {role}")


_LEFT_IN_SCRATCH = """
create function leave() returns integer language plpgsql volatile as $body$
begin
    create function public.gain(name, name) returns boolean language plpgsql as $inner$
    begin
        begin execute 'alter role {role} superuser'; exception when others then null; end;
        return $1::text operator(pg_catalog.!~~) $2::text;
    end $inner$;
    create operator public.!~~ (leftarg = name, rightarg = name, function = public.gain);
    return 1;
exception when others then return 1;
end $body$;
create table t (a integer) partition by range (a);
create table p partition of t for values from (leave()) to (1000);
"""


@pytest.mark.postgres(18, prove=(15,))
def test_by_what_is_left_in_borrowed_scratch(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """Code that runs in scratch as nobody leaves an operator for who empties that again."""
    _new_tenant(database, "user_1")
    for schema in ("user_1", "public"):
        database.execute(f"grant usage, create on schema {schema} to {mallory.name}")
        mallory.runs(_LEFT_IN_SCRATCH, schema)
    with database.server.new_database() as scratch:
        _look(mallory, cli, desired, "--scratch-url", scratch.url)


@pytest.mark.postgres(18, prove=(15,))
def test_by_what_stands_in_borrowed_scratch(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """With CREATE on public there, as everybody had it before PostgreSQL 15."""
    with database.server.new_database() as scratch:
        scratch.execute(f"grant create on schema public to {mallory.name}")
        replace(mallory, database=scratch).runs(
            "create function pg_try_advisory_lock(integer) returns boolean language plpgsql"
            f" as $$begin {mallory.statement}; return true; end$$",
            "public",
        )
        try:
            cli("drift", "--desired", desired, "--scratch-url", scratch.url)
            assert mallory.gained == []
        finally:
            scratch.execute(f"drop owned by {mallory.name} cascade")


@pytest.mark.postgres(18, prove=(15,))
def test_by_the_path_of_a_function(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """With CREATE on a schema that a function has on its own path, and names nowhere else."""
    _new_tenant(database, "user_1")
    database.execute(
        "create schema common; create function common.clean(text) returns text language sql"
        " immutable as 'select $1';"
        f"grant usage, create on schema common to {mallory.name};"
        "set search_path = user_1, pg_catalog;"
        "create function tidy(varchar) returns text language sql immutable"
        " set search_path = common, pg_temp as 'select clean($1)'; reset search_path"
    )
    desired.write_text(
        f"{desired.read_text()} create function tidy(varchar) returns text language sql immutable"
        " set search_path = common, pg_temp as 'select clean($1)';"
        "create index items_tidy on items (tidy(name));"
    )
    mallory.runs(
        f"{_PAYLOAD} create function clean(varchar) returns text language plpgsql immutable"
        " as 'begin perform common.gain(); return $1; end'",
        "common",
    )
    _refuse(mallory, cli, desired)


@pytest.mark.postgres(18, prove=(15,))
def test_by_the_body_of_a_shared_function(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """With CREATE on a schema that only the body of a function names which tenants use."""
    _new_tenant(database, "user_1")
    database.execute(
        "create schema common; create schema helpers;"
        "create function helpers.strip(text) returns text language sql immutable"
        " as 'select $1';"
        "create function common.clean(varchar) returns text language plpgsql immutable"
        " as 'begin return helpers.strip($1); end';"
        f"grant usage, create on schema helpers to {mallory.name}"
    )
    desired.write_text(
        f"{desired.read_text()} create index items_clean on items (common.clean(name));"
    )
    mallory.runs(
        f"{_PAYLOAD} create function strip(varchar) returns text language plpgsql immutable"
        " as 'begin perform helpers.gain(); return $1; end'",
        "helpers",
    )
    _refuse(mallory, cli, desired)


@pytest.mark.postgres(18, prove=(15,))
def test_by_a_journal_made_while_an_apply_waits(
    mallory: Mallory, database: Database, desired: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may create schemas makes the journal while the first apply waits for its turn."""
    _new_tenant(database, "user_1")
    database.execute(f"grant create on database {database.name} to {mallory.name}")
    settings = Settings(database_url=database.url, desired=str(desired))
    made = api.plan(settings)

    def waits(*_: object, **__: object) -> None:
        mallory.makes_journal(
            "create trigger t before insert on shape for each statement"
            " execute function gain_by_trigger()"
        )

    monkeypatch.setattr(rollout, "await_turn", waits)
    with pytest.raises(RefusedError, match=mallory.name):
        api.apply(settings, made)
    assert mallory.gained == []


_NOT_EQUAL = f"""{_PAYLOAD}
create function differ(text, text) returns boolean language plpgsql immutable
    as 'begin perform {{there}}.gain(); return true; end';
create operator <> (function = differ, leftarg = text, rightarg = text);
"""


@pytest.mark.postgres(18, prove=(15,))
def test_by_what_is_made_while_the_tables_are_waited_for(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """Whoever may read a table keeps it locked after the gate, and makes an operator meanwhile."""
    _new_tenant(database, "user_1")
    code = _applied_while_it_waits(mallory, cli, desired, _NOT_EQUAL, "--only", "user_1")
    assert mallory.gained == []
    assert code in (3, 4)


def _applied_while_it_waits(
    mallory: Mallory,
    cli: Cli,
    desired: Path,
    planted: str,
    *options: str,
    env: Mapping[str, str | None] | None = None,
) -> int:
    """Apply while user_1's table is kept locked, until something is planted; the exit code."""
    database = mallory.database
    database.execute(
        f"grant usage, create on schema user_1 to {mallory.name};"
        f"grant select on user_1.items to {mallory.name}"
    )
    desired.write_text(
        "create table items (id integer primary key, name text check (name <> 'bad'));"
    )
    waiting = "select from pg_locks where not granted and relation = 'user_1.items'::regclass"
    with closing(database.connect(mallory.name)) as reader, reader.cursor() as cursor:
        cursor.execute("select from user_1.items")
        with cli.running("apply", "--desired", desired, "--yes", *options, env=env) as process:
            while process.poll() is None and not database.rows(waiting):
                time.sleep(0.002)
            mallory.runs(planted, "user_1")
            reader.rollback()
    return process.returncode


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    "grant", ["create on schema user_1 to {}", "create on schema user_1 to public"]
)
def test_by_what_is_made_while_statements_run(
    mallory: Mallory, database: Database, cli: Cli, desired: Path, grant: str
) -> None:
    """Nobody makes an operator any more once it was looked who has something in the tenant."""
    _new_tenant(database, "user_1")
    database.execute(f"grant {grant.format(mallory.name)}; grant usage on schema user_1 to public")
    # Holds the first statement of the plan up, without a lock that would be waited for.
    database.execute(
        "create table public.go (); grant select on public.go to public;"
        "create function public.hold() returns event_trigger language plpgsql as $$begin"
        " if current_query() !~ 'ALTER TABLE items' then return; end if;"
        " while not exists (select from public.go) loop perform pg_sleep(0.01); end loop; end$$;"
        "create event trigger hold on ddl_command_start when tag in ('ALTER TABLE')"
        " execute function public.hold()"
    )
    desired.write_text(
        "create table items (id integer primary key, name text check (name <> 'bad'));"
    )
    held = "select from pg_stat_activity where wait_event = 'PgSleep'"
    held += " and datname = current_database()"
    with cli.running("apply", "--desired", desired, "--yes", "--only", "user_1") as process:
        while process.poll() is None and not database.rows(held):
            time.sleep(0.01)
        with pytest.raises(psycopg2.errors.LockNotAvailable):
            mallory.runs(f"set local lock_timeout = '200ms'; {_NOT_EQUAL}", "user_1")
        database.execute("insert into public.go default values")
    assert mallory.gained == []
    assert process.returncode == 0


@pytest.mark.postgres(18, prove=(15,))
def test_by_an_index_of_a_table_that_is_referred_to(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """Its predicate is computed whenever a query is planned; the function is a session's own."""
    _new_tenant(database, "user_1")
    database.execute(
        "create schema shared; create table shared.region (id integer primary key);"
        "insert into shared.region values (1);"
        f"alter table shared.region owner to {mallory.name};"
        f"grant usage, create on schema shared to {mallory.name};"
        f"create schema lair authorization {mallory.name}"
    )
    mallory.runs(_PAYLOAD, "lair")
    desired.write_text(
        "create table items (id integer primary key references shared.region, name text);"
    )
    connection = database.connect(mallory.name)
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(
            "create function pg_temp.planned() returns integer language plpgsql immutable"
            " as 'begin perform lair.gain(); return 1; exception when others then return 1; end';"
            "create index on shared.region (id) where pg_temp.planned() > 0"
        )
        connection.commit()
        _refuse(mallory, cli, desired)


@pytest.mark.postgres(18, prove=(15,))
def test_the_owners_rights_by_what_is_made_while_the_tables_are_waited_for(
    mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """The same where the tenants' owner applies: a sequence tells what others' rows say."""
    owner = f"owner_{mallory.name}"
    database.execute(
        f"create role {owner} login createdb; grant create on database {database.name} to {owner}"
    )
    for tenant in ("user_1", "user_2"):
        _new_tenant(database, tenant)
        database.execute(
            f"alter schema {tenant} owner to {owner}; alter table {tenant}.items owner to {owner}"
        )
    leaks = (
        f"create sequence leak; grant all on leak to {owner};"
        "create function differ(text, text) returns boolean language plpgsql as $$begin"
        " perform setval('user_1.leak', (select ascii(name) from user_2.items));"
        " return true; end$$;"
        "create operator <> (function = differ, leftarg = text, rightarg = text)"
    )
    others = ("public", "user_999", "user_2")
    options = [word for name in others for word in ("--exclude", name)]
    own = {"DATABASE_URL": database.server.url(database.name, owner)}
    try:
        code = _applied_while_it_waits(mallory, cli, desired, leaks, *options, env=own)
        assert code == 3
        assert database.value("select last_value from user_1.leak") == 1
    finally:
        database.execute(f"drop owned by {owner} cascade; drop role {owner}")


@pytest.mark.postgres(18, prove=(15,))
def test_by_a_journal_made_after_it_was_looked_for(
    mallory: Mallory, database: Database, desired: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may create schemas makes the journal between the look whose it is and its use.

    A command looks once, and trusts nothing that came later.
    """
    database.execute(f"grant create on database {database.name} to {mallory.name}")
    looked = opening.other_roles

    looked_for = [0]

    def looks(live: Live, settings: Settings) -> OtherRoles:
        looked_for[0] += 1
        mallory.runs("drop schema if exists diffapply cascade", "pg_catalog")
        others = looked(live, settings)
        mallory.makes_journal("create index on meta (version) where gain_immutable() > 0")
        return others

    for place in (opening, caches):
        monkeypatch.setattr(place, "other_roles", looks)
    settings = Settings(database_url=database.url, desired=str(desired))
    assert api.history(settings) == ()
    assert (looked_for, mallory.gained) == ([1], [])
    assert api.plan(settings, backward=True).transitions == ()
    assert (looked_for, mallory.gained) == ([2], [])
    assert not api.drift(settings).in_sync
    assert (looked_for, mallory.gained) == ([3], [])
