"""The test servers and fixtures themselves."""

import psycopg2
import pytest

from tests.servers import EMBEDDED, PASSWORD, VERSIONS, Database, Server, normalised, renamed


@pytest.mark.postgres(*VERSIONS)
def test_each_version_is_the_one_that_was_asked_for(database: Database) -> None:
    shown = database.value("select current_setting('server_version_num')::int / 10000")
    assert shown == database.server.version


@pytest.mark.postgres(15, 18, prove=(16, 17, EMBEDDED))
def test_each_knows_its_release(database: Database) -> None:
    assert database.value("show server_version").split()[0] == database.server.release


def test_settings_are_the_defaults_but_for_what_saves_time(database: Database) -> None:
    changed = database.rows(
        "select name from pg_settings where source = 'command line' order by name"
    )
    assert {name for (name,) in changed} <= {
        *("fsync", "full_page_writes", "port", "listen_addresses", "unix_socket_directories"),
        *("config_file", "data_directory", "hba_file", "ident_file"),
    }


def test_tcp_asks_for_the_password(server: Server) -> None:
    psycopg2.connect(server.tcp_url()).close()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(server.tcp_url(password=PASSWORD[:-1]))


class TestDatabase:
    def test_is_gone_after_its_test_even_with_connections(self, server: Server) -> None:
        with server.new_database() as database:
            kept = database.connect()
            kept.cursor().execute("create table t ()")
            name = database.name
        with server.new_database() as database:
            assert (name,) not in database.rows("select datname from pg_database")
        kept.close()

    def test_a_percent_sign_without_params_is_itself(self, database: Database) -> None:
        database.execute("create table t (a text default '100%s')")
        assert database.rows("select '%d'") == [("%d",)]
        assert database.value("select %s::int", 7) == 7


class TestDump:
    def test_schemas_of_equal_structure_have_equal_dumps(self, database: Database) -> None:
        for name in ("user_1", '"User %s"'):
            database.execute(
                f"create schema {name}; create table {name}.t (id serial, note text);"
                f"create view {name}.v as select id from {name}.t;"
                f"comment on table {name}.t is 'it'"
            )
        first = database.dump("user_1", called="T")
        second = database.dump("User %s", called="T")
        assert Database.difference(first, second) == ""
        assert "CREATE TABLE T.t" in first
        database.execute('alter table "User %s".t drop column note')
        assert "-    note text" in Database.difference(first, database.dump("User %s", called="T"))

    def test_nothing_is_left_that_differs_each_time(self, database: Database) -> None:
        database.execute("create table public.t (a int)")
        assert database.dump() == database.dump()
        for noise in ("restrict", "SET ", "--", "set_config"):
            assert noise not in database.dump()

    def test_function_bodies_stay_whole(self) -> None:
        body = "AS $$\nSET search_path = x;\n-- remark\nselect 1;\n$$;\n"
        assert normalised(body) == body

    @pytest.mark.parametrize("text", ["user_10.t", "my_user_1.t", '"user_1 ".t', "user_1$.t"])
    def test_only_the_whole_name_is_renamed(self, text: str) -> None:
        assert renamed(text, "user_1", "T") == text
