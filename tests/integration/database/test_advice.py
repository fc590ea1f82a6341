"""What the server must be told to do is in the sentence, wherever the error is met."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest

from diffapply.cli.terminal import unexpected
from diffapply.database.connection import connected, read_server
from diffapply.rollout.explanation import sentence
from tests.servers import Cli, Database, crash, get_own
from tests.waiting import wait_for

_ADVICE = "The lock table of the server is full: raise max_locks_per_transaction"


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Database]:
    """A tenant on a server whose table of locks is as small as it can be."""
    server = get_own(Path(os.environ["DIFFAPPLY_TEST_SERVERS"]), f"narrow_{tmp_path.name}")
    server.execute("alter system set max_locks_per_transaction = 10")
    for setting in ("max_connections = 20", "max_wal_senders = 0", "max_worker_processes = 1"):
        server.execute(f"alter system set {setting}")
    crash(server)
    with server.new_database() as database:
        database.execute("create schema user_1")
        yield database


def _tables(numbers: range) -> str:
    return "\n".join(f"create table t{number} (a text);" for number in numbers)


@pytest.mark.prove
def test_where_the_table_of_locks_is_too_small(narrow: Database, tmp_path: Path) -> None:
    """While the desired state is built, or a tenant's structure rebuilt."""
    cli = Cli(narrow.url)
    desired = tmp_path / "desired.sql"
    desired.write_text(_tables(range(1000)))
    for command in ("drift", "apply"):
        outcome = cli(command, "--desired", desired, *(["--yes"] * (command == "apply")))
        assert outcome.code == 1
        assert "out of shared memory" in outcome.err
        assert _ADVICE in outcome.err

    desired.write_text("create table t1 (a text)")
    for start in range(0, 1000, 100):
        narrow.execute(f"set search_path = user_1; {_tables(range(start, start + 100))}")
    rebuilt = cli("plan", "--desired", desired, cwd=tmp_path)
    assert rebuilt.code == 1
    assert _ADVICE in rebuilt.err


def test_in_what_is_said_of_a_tenant() -> None:
    """In every language that the server may speak; and nothing of memory that is really gone."""
    said = SimpleNamespace(message_hint="Sie müssen möglicherweise »max_locks_per_transaction« …")
    full = type("Full", (Exception,), {"pgcode": "53200", "diag": said})("kein Shared Memory mehr")
    assert sentence(full).startswith(f"kein Shared Memory mehr. {_ADVICE}")
    said.message_hint = None
    assert sentence(full) == "kein Shared Memory mehr; rolled back."


@pytest.mark.parametrize(
    ("told", "alike"),
    [
        ('extend file "base/5/16384_fsm": no space', 'extend file "base/5/…": no space'),
        ('write to file "base/pgsql_tmp/pgsql_tmp71.4"', 'write to file "base/pgsql_tmp/…"'),
        (
            'file "base/pgsql_tmp/pgsql_tmp7.0.fileset/i1of2.p0.0"',
            'file "base/pgsql_tmp/…/…"',
        ),
        ('resize segment "/PostgreSQL.123" to 4 bytes', 'resize segment "/…" to … bytes'),
        ("block 12: wrote only 3 of 8 bytes", "block …: wrote only 3 of … bytes"),
        ("Failed on request of size 8", "Failed on request of size …"),
        ('too many connections for role "app1"', 'too many connections for role "app1"'),
        ('of table "user_12"."t1"', 'of table "user_12"."t1"'),
        ("of table 'user_12'", "of table 'user_12'"),
    ],
)
def test_errors_of_the_server_are_alike(told: str, alike: str) -> None:
    """Where only numbers of files, blocks and sizes differ; names stay."""
    said = SimpleNamespace(message_primary=told, message_detail=None, message_hint=None)
    full = type("Full", (psycopg2.errors.DiskFull,), {"pgcode": "53100", "diag": said})()
    assert sentence(full) == f"{alike}; rolled back."


class TestTheEncodingSqlAscii:
    @pytest.fixture
    def ascii_database(self, database: Database) -> Iterator[Database]:
        """A tenant in a database without an encoding, its names in UTF-8."""
        name = f"{database.name}_ascii"
        server = database.server
        server.execute(f"create database {name} encoding 'SQL_ASCII' locale 'C' template template0")
        its = Database(server, name, server.url(name))
        try:
            with connected(its.url) as connection:
                connection.cursor().execute(
                    """create schema user_1; create table user_1."größe" (a text default 'é')"""
                )
            yield its
        finally:
            its.close()
            server.execute(f"drop database {name} with (force)")

    def test_other_letters_are_read_as_utf8(self, ascii_database: Database, tmp_path: Path) -> None:
        cli, desired = Cli(ascii_database.url), tmp_path / "desired.sql"
        desired.write_text("""create table "größe" (a text default 'é')""", encoding="utf-8")
        outcome = cli("drift", "--desired", desired, cwd=tmp_path)
        assert outcome.code == 0, outcome.out + outcome.err
        desired.write_text("""create table "größe" (a text default 'ü')""", encoding="utf-8")
        assert cli("apply", "--yes", "--desired", desired, cwd=tmp_path).code == 0
        assert cli("drift", "--desired", desired, cwd=tmp_path).code == 0

    def test_what_is_made_anew_has_other_letters(
        self, ascii_database: Database, tmp_path: Path
    ) -> None:
        """There and back, with what it had."""
        cli, desired = Cli(ascii_database.url), tmp_path / "desired.sql"
        for type_ in ("varchar(9)", "text"):
            view = 'create view "übersicht" as select a from "größe"'
            desired.write_text(f"""create table "größe" (a {type_} default 'é'); {view}""", "utf-8")
            applied = cli("apply", "--yes", "--desired", desired, cwd=tmp_path)
            assert applied.code == 0, applied.err
        for _ in range(2):
            back = cli("apply", "--backward", "--yes", "--desired", desired, cwd=tmp_path)
            assert back.code == 0, back.err

    def test_what_is_no_utf8_is_said(self, ascii_database: Database, tmp_path: Path) -> None:
        ascii_database.execute("create table user_1.t (a text default E'\\xe9')")
        desired = tmp_path / "desired.sql"
        desired.write_text("create table t (a text)")
        outcome = Cli(ascii_database.url)("drift", "--desired", desired, cwd=tmp_path)
        assert outcome.code == 1
        assert "SQL_ASCII" in outcome.err


def test_the_database_of_another_identity(database: Database) -> None:
    """What differs is said: the name, the server, or only that it was there before."""
    with connected(database.url) as connection:
        server = read_server(connection)
    cluster, oid, name = server.identity.split("/")
    assert server.unlike(f"{cluster}/{oid}/other") == f"'other', and not this {name!r}"
    assert server.unlike(f"1{cluster}/{oid}/{name}") == f"{name!r} on another server than this"
    earlier = server.unlike(f"{cluster}/1{oid}/{name}")
    assert earlier == f"a {name!r} that was on this server before this one"


@pytest.mark.parametrize(
    ("limit", "begin", "of"),
    [
        ("idle_in_transaction_session_timeout", "begin;", "idle-in-transaction"),
        ("idle_session_timeout", "", "idle-session"),
    ],
)
def test_the_servers_last_words(database: Database, limit: str, begin: str, of: str) -> None:
    """Of a session that an administrator's limit has ended, where psycopg2 says nothing of it."""
    with connected(database.url) as connection, connection.cursor() as cursor:
        cursor.execute(f"{begin} set {limit} = '1ms'")
        asleep = "select from pg_stat_activity where query ~ 'set [i]dle'"
        wait_for(lambda: not database.rows(asleep))
        with pytest.raises(psycopg2.OperationalError) as lost:
            cursor.execute("select")
    assert unexpected(lost.value) == (
        f"PostgreSQL: terminating connection due to {of} timeout",
        f"Raise {limit} for the role that runs diffapply: see `diffapply docs operations`.",
    )
