"""Databases that hold fewer characters than Python: what they hold, they keep."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2 import sql

from tests.servers import Cli, Database, Server

_BEFORE = "create table größe (id integer primary key, maß text default 'groß');"
_AFTER = f"{_BEFORE} create view maße as select maß from größe; comment on table größe is 'ß';"


@pytest.fixture
def latin(server: Server) -> Iterator[Database]:
    """A database that knows no character but those of western Europe."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    made = sql.SQL("create database {} encoding 'LATIN1' locale 'C' template template0")
    server.execute(made.format(sql.Identifier(name)))
    database = Database(server, name, server.url(name))
    try:
        yield database
    finally:
        database.close()
        server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.mark.postgres(18, prove=(15,))
def test_the_whole_way(latin: Database, tmp_path: Path) -> None:
    """There and back, for tenants that are there and new ones."""
    cli, desired = Cli(latin.url), tmp_path / "desired.sql"
    options = ("--desired", str(desired))
    latin.execute("create schema user_1; create schema user_2")
    for state in (_BEFORE, _AFTER):
        desired.write_text(state, encoding="utf-8")
        done = cli("apply", "--yes", *options, cwd=tmp_path)
        assert done.code == 0, done.out + done.err
        assert cli("drift", *options, cwd=tmp_path).code == 0
    assert cli("provision", "user_3", *options, cwd=tmp_path).code == 0
    latin.execute("insert into user_3.größe values (1)")
    assert latin.rows("select maß from user_3.maße") == [("groß",)]
    assert cli("apply", "--backward", "--yes", cwd=tmp_path).code == 0
    desired.write_text(_BEFORE, encoding="utf-8")
    assert cli("drift", "--exclude", "user_3", *options, cwd=tmp_path).code == 0


def test_a_character_that_it_lacks(latin: Database, tmp_path: Path) -> None:
    """The desired state is refused, with the place."""
    desired = tmp_path / "desired.sql"
    desired.write_text("create table t (id integer);\ncomment on table t is '…';", encoding="utf-8")
    latin.execute("create schema user_1")
    done = Cli(latin.url)("plan", "--desired", str(desired), cwd=tmp_path)
    assert done.code == 1
    assert "LATIN1" in done.err
    assert "desired.sql" in done.err
    assert "Traceback" not in done.err
