"""Reading fingerprints: what is left out of the query has no rows."""

from pathlib import Path

import pytest
from psycopg2 import sql

from diffapply.catalog.fact_queries import needed
from diffapply.catalog.reader import read_catalog, read_fingerprints
from diffapply.database.connection import connected
from tests.acceptance.gallery import RICH, gallery
from tests.servers import EMBEDDED, Cli, Database, Server

_ALONE = {
    "m": "create materialized view o as select 1 as one",
    "v": "create view o as select 1 as one",
    "pg_cast": "create table o (a text); create cast (o as text) with inout",
    "pg_collation": "create collation o (provider = libc, locale = 'C')",
    "pg_conversion": "create conversion o for 'UTF8' to 'LATIN2' from utf8_to_iso8859",
    "pg_opclass": "create operator class o for type int4 using hash as function 1 hashint4(int4)",
    "pg_operator": "create operator =>> (function = int4eq, leftarg = integer, rightarg = integer)",
    "pg_opfamily": "create operator family o using hash",
    "pg_proc": "create function o() returns integer language sql as 'select 1'",
    "pg_statistic_ext": "create table t (a integer, b integer); create statistics o on a, b from t",
    "pg_ts_config": "create text search configuration o (copy = simple)",
    "pg_ts_dict": "create text search dictionary o (template = simple)",
    "pg_ts_parser": "create text search parser o (start = prsd_start, gettoken = prsd_nexttoken,"
    " end = prsd_end, lextypes = prsd_lextype)",
    "pg_ts_template": "create text search template o (lexize = dsimple_lexize)",
    "pg_type": "create type o as enum ('a')",
}
"""What some kinds of fact need → a statement that makes it, and nothing else that one needs."""


def test_there_is_one_of_each() -> None:
    assert _ALONE.keys() == needed()


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("made", _ALONE.values(), ids=_ALONE)
def test_what_stands_alone_is_seen(database: Database, made: str) -> None:
    """In a tenant that has nothing else."""
    database.execute("create schema user_1")
    with connected(database.url) as connection:
        empty = read_fingerprints(connection, ["user_1"])["user_1"]
        database.execute(f"set search_path = user_1; {made}; reset search_path")
        found = read_fingerprints(connection, ["user_1"])["user_1"]
        assert found != empty
        assert found == read_catalog(connection, "user_1").fingerprint


@pytest.mark.postgres(15, 18, prove=(16, 17, EMBEDDED))
def test_alone_or_among_others(server: Server) -> None:
    """A rich tenant and a poor one have the same fingerprints, read together or one by one."""
    with gallery(server) as here, here.connection.cursor() as cursor:
        here.build(RICH)
        cursor.execute(
            sql.SQL("create schema poor; create table poor.jobs (id serial primary key, a text)")
        )
        together = read_fingerprints(here.connection, [RICH, "poor"])
        for schema, fingerprint in together.items():
            assert read_fingerprints(here.connection, [schema]) == {schema: fingerprint}
            assert read_catalog(here.connection, schema).fingerprint == fingerprint


class TestWhatPostgresqlKeepsForItself:
    """As minor releases since November 2026 do in the options of each column."""

    @pytest.mark.postgres(15, 18, prove=(16, 17, EMBEDDED))
    def test_is_no_fact(self, database: Database) -> None:
        """Beside an option of the user's, or alone; on a server that does not do it, too."""
        database.execute("set allow_system_table_mods = on")
        for number in (1, 2):
            database.execute(
                f"create schema user_{number}; create table user_{number}.t (a integer, b text);"
                "update pg_attribute set attoptions = case attname"
                f" when 'a' then '{{pg_attver={number},n_distinct=5}}'::text[]"
                f" when 'b' then '{{pg_attver={number}}}' end"
                f" where attrelid = 'user_{number}.t'::regclass and attnum > 0"
            )
        with connected(database.url) as connection:
            prints = read_fingerprints(connection, ["user_1", "user_2"])
            facts = read_catalog(connection, "user_1").facts
        assert prints["user_1"] == prints["user_2"]
        found = {fact.name: fact.definition for fact in facts.values() if "options" in fact.kind}
        assert found == {"t.a": "n_distinct=5"}

    @pytest.mark.postgres(18, prove=(15,))
    def test_is_in_no_statement(self, database: Database, cli: Cli, tmp_path: Path) -> None:
        database.execute(
            "create schema user_1; create table user_1.t (a integer, b text);"
            "alter table user_1.t alter a set (n_distinct = 5)"
        )
        desired = tmp_path / "desired.sql"
        desired.write_text("create table t (a integer, b text, c integer)")
        applied = cli("apply", "--yes", "--desired", desired)
        assert applied.code == 0, applied.err
        assert "RESET (n_distinct)" in applied.out
        assert "pg_attver" not in applied.out
        assert cli("drift", "--desired", desired).code == 0
