"""The throw-away role: it builds what belongs to others, can do nothing else, and is gone."""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from diffapply.database import embedded, embedded_home
from diffapply.database.connection import Server as Said
from diffapply.database.connection import connected, read_server
from diffapply.errors import ConnectionFailedError, ScratchError
from diffapply.scratch import database as scratch
from diffapply.scratch import throwaway
from diffapply.scratch.contents import Contents
from diffapply.scratch.database import scratch_database
from tests.poolers import pgbouncer, pooled
from tests.servers import EMBEDDED, Database
from tests.waiting import wait_until_scratch_is_gone

STRANGERS = Contents(("'mallory'",))


def _said(url: str) -> Said:
    with connected(url) as connection:
        return read_server(connection)


def _value(connection: Connection, query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        [(value,)] = cursor.fetchall()
    return value


@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
def test_it_can_do_nothing(database: Database) -> None:
    """No rights, no memberships, nothing outside of its database; afterwards both are gone."""
    database.execute("create table secret (a integer)")
    with scratch_database(database.url, _said(database.url), None, STRANGERS) as there:
        name = there.info.dbname
        assert there.info.user == name
        rights = (
            "select (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication "
            "or rolinherit) or exists (select from pg_auth_members where member = r.oid) "
            "from pg_roles r where rolname = session_user"
        )
        assert _value(there, rights) is False
        with there.cursor() as cursor:
            cursor.execute("create schema a; create table a.t (); create table public.t ()")
            for statement in (
                "create database other",
                "create role other",
                f"alter role {name} superuser",
                "set role postgres",
                "set session authorization postgres",
                "copy (select 1) to program 'true'",
                "select pg_read_file('PG_VERSION')",
            ):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(statement)
        assert not database.value("select has_database_privilege('public', %s, 'connect')", name)
    wait_until_scratch_is_gone(database, name)


def test_extensions_are_made_first_by_who_may(database: Database) -> None:
    """And may be used by who builds."""

    def prepare(connection: Connection) -> Sequence[str]:
        assert connection.info.user == "postgres"
        with connection.cursor() as cursor:
            cursor.execute("create schema plain; create function plain.f() returns int return 1")
        return ()

    contents = Contents(("'mallory'",), prepare=prepare)
    with scratch_database(database.url, _said(database.url), None, contents) as there:
        assert _value(there, "select plain.f()") == 1
        with there.cursor() as cursor:
            cursor.execute("create table plain.t ()")


def test_the_password_reaches_no_log(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server gets a verifier alone, even where it logs every statement."""
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: "open-sesame-1234")
    database.execute(f"alter database {database.name} set log_statement = 'all'")
    with scratch_database(database.url, _said(database.url), None, STRANGERS) as there:
        name = there.info.dbname
    log = (Path(database.server.folder) / "log").read_text()
    assert f'create role "{name}"' in log
    assert "open-sesame-1234" not in log


def test_those_of_killed_commands_are_dropped(database: Database) -> None:
    """A role whose database is gone, and a database with its role."""
    old = ["diffapply_scratch_1500000000_0000000a", "diffapply_scratch_1500000000_0000000b"]
    # Made whole under a name of ours: commands beside this test drop all that bears such a name.
    whole = f"whole_{database.name}"
    database.execute(f"create role {old[0]}; create role {whole}")
    database.execute(f"create database {whole}")
    database.execute(f"grant create on database {whole} to {whole}")
    database.execute(f"alter database {whole} rename to {old[1]}")
    database.execute(f"alter role {whole} rename to {old[1]}")
    with scratch_database(database.url, _said(database.url), None):
        pass
    wait_until_scratch_is_gone(database, *old)


@pytest.fixture
def roles(database: Database) -> Iterator[dict[str, str]]:
    """URLs of roles that have some of what it takes."""
    attributes = {"both": "createdb createrole", "createdb": "createdb", "none": ""}
    names = {what: f"{what}_{database.name}" for what in attributes}
    for what, name in names.items():
        database.execute(f"create role {name} login {attributes[what]}")
    yield {what: database.server.url(database.name, name) for what, name in names.items()}
    for name in names.values():
        database.execute(f"drop role {name}")


@pytest.mark.alone
@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
def test_createrole_is_enough(database: Database, roles: dict[str, str]) -> None:
    """A superuser is not needed; what was made is gone afterwards."""
    with scratch_database(roles["both"], _said(roles["both"]), None, STRANGERS) as there:
        name = there.info.dbname
        assert there.info.user == name
        with there.cursor() as cursor:
            cursor.execute("create schema a; create table a.t (); create table public.t ()")
    wait_until_scratch_is_gone(database, name)


@pytest.mark.parametrize("url", ["service=ci", "postgresql:///?service=ci"])
def test_where_a_service_names_the_server(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    """Its host is the role's, too; its options are not."""
    server = database.server
    lines = (f"host={server.folder}", f"port={server.port}", f"dbname={database.name}")
    options = "options=-c work_mem=7MB"
    (tmp_path / "services").write_text("\n".join(("[ci]", *lines, "user=postgres", options)))
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setattr(embedded_home, "VERSIONS", frozenset())
    with scratch_database(url, _said(url), None, STRANGERS) as there:
        assert there.info.user == there.info.dbname
        assert there.info.port == server.port
        assert _value(there, "select current_setting('work_mem')") != "7MB"


@pytest.mark.parametrize("role", ["createdb", "none"])
def test_else_on_the_embedded_server(
    database: Database, roles: dict[str, str], monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    """As a plain role there, too."""
    # Another server costs seconds: this one stands for it.
    monkeypatch.setattr(embedded, "ensure_running", lambda _: database.url)
    with scratch_database(roles[role], _said(roles[role]), None, STRANGERS) as there:
        assert there.info.user == there.info.dbname


@pytest.mark.skipif(pgbouncer() is None, reason="PgBouncer is not installed here")
def test_it_says_why_once(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Behind a pooler that knows its own users alone: the role could be made, and not log in."""
    monkeypatch.setattr(embedded, "ensure_running", lambda _: database.url)
    with pooled(database, "session", tmp_path) as pooler:
        url = pooler.url(database)
        for _ in range(2):
            with scratch_database(url, _said(url), None, STRANGERS) as there:
                assert there.info.user == there.info.dbname
    [told] = [record.getMessage() for record in caplog.records]
    assert "lets no new role in" in told
    assert "Cannot connect" in told
    assert "may not create" not in told


def test_never_as_the_embedded_servers_superuser(
    database: Database, roles: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if all that is to be built belongs to whoever asks."""
    monkeypatch.setattr(embedded, "ensure_running", lambda _: database.url)
    with scratch_database(roles["none"], _said(roles["none"]), None) as there:
        assert there.info.user == there.info.dbname


def test_else_it_is_refused(
    database: Database, roles: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the three ways out; also if the embedded server lacks an extension."""
    said = _said(roles["createdb"])
    monkeypatch.setattr(embedded, "ensure_running", lambda _: database.url)
    tried: list[str] = []  # other tests make such roles on the same server at the same time
    create = throwaway.create_role

    def watched(admin: Connection, name: str, now: int) -> str:
        tried.append(name)
        return create(admin, name, now)

    monkeypatch.setattr(scratch, "create_role", watched)
    contents = Contents(("'mallory'",), frozenset({"no_such_extension"}))
    with (
        pytest.raises(ScratchError, match=r"mallory.*no_such_extension") as refused,
        scratch_database(roles["createdb"], said, None, contents),
    ):
        pass
    for way in ("CREATEROLE", "--scratch-url", "--trust-tenants"):
        assert way in refused.value.hint
    assert tried
    assert not database.rows("select from pg_roles where rolname = any (%s)", tried)


def test_where_it_may_not_log_in(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a pooler that does not know it, the next way is tried; nothing is left."""

    def closed(*_: str) -> Connection:
        raise ConnectionFailedError("no such user")

    monkeypatch.setattr(throwaway, "connect", closed)
    monkeypatch.setattr(embedded_home, "VERSIONS", frozenset())
    with (
        pytest.raises(ScratchError, match="lets no new role in"),
        scratch_database(database.url, _said(database.url), None, STRANGERS),
    ):
        pass


@pytest.mark.postgres(18, prove=(15,))
def test_in_a_database_that_was_lent(database: Database) -> None:
    """As a throw-away role where one can be made; emptied again, and the role dropped."""
    with database.server.new_database() as lent:
        for _ in range(2):
            with scratch_database(database.url, _said(database.url), lent.url, STRANGERS) as there:
                name = there.info.user
                assert throwaway.is_throwaway(name)
                with there.cursor() as cursor:
                    cursor.execute("create schema a; create table a.t (); create table public.t ()")
            wait_until_scratch_is_gone(database, name)
            assert not lent.rows("select from pg_tables where schemaname in ('a', 'public')")


def test_a_lent_database_must_not_be_the_same_roles(
    database: Database, roles: dict[str, str]
) -> None:
    """What could be done as it could be done in scratch, too."""
    with database.server.new_database() as lent:
        user = roles["none"].partition("//")[2].partition("@")[0]
        lent.execute(f"alter database {lent.name} owner to {user}")
        url = database.server.url(lent.name, user)
        with (
            pytest.raises(ScratchError, match="itself"),
            scratch_database(roles["none"], _said(roles["none"]), url, STRANGERS),
        ):
            pass
        createdb = roles["createdb"]
        with scratch_database(createdb, _said(createdb), url, STRANGERS) as there:
            assert there.info.user == user
