"""Whoever reads the live database gives way to locks, and names who holds one for long."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

import diffapply
from diffapply.config import Settings
from diffapply.database import reading
from diffapply.database.connection import connected
from diffapply.database.reading import read, rows
from diffapply.errors import DatabaseError
from tests.servers import Database

_LOCK = "lock table {} in access exclusive mode"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TRIES", 2)
    monkeypatch.setattr(reading, "PAUSE", 0)


@pytest.fixture
def locked(database: Database) -> Iterator[psycopg2.extensions.connection]:
    """A session that has a table locked."""
    database.execute("create table t (n int); insert into t values (7)")
    with closing(database.connect()) as other, other.cursor() as locking:
        locking.execute(_LOCK.format("t"))
        yield other


def test_it_is_tried_again(database: Database, locked: psycopg2.extensions.connection) -> None:
    with connected(database.url) as connection:
        tried = 0

        def look(cursor: psycopg2.extensions.cursor) -> int:
            nonlocal tried
            tried += 1
            if tried == 2:
                locked.rollback()
            cursor.execute("select n from public.t")
            [(found,)] = cursor.fetchall()
            return int(found)

        assert read(connection, look) == 7
        assert tried == 2


def test_who_keeps_it_locked_is_named(
    database: Database, locked: psycopg2.extensions.connection
) -> None:
    said = f"public.t is locked by process {locked.info.backend_pid}"
    with connected(database.url) as connection, pytest.raises(DatabaseError, match=said):
        rows(connection, "select n from public.t", schemas=["public"])


def test_a_plan_names_who_keeps_a_catalog_locked(database: Database, tmp_path: Path) -> None:
    """It asks for publications last of all, when tenants have been read."""
    database.execute("create schema user_1; create table user_1.jobs (id text, more text)")
    (tmp_path / "desired.sql").write_text("create table jobs (id text)")
    settings = Settings(database_url=database.url, desired=(str(tmp_path / "desired.sql"),))
    with closing(database.connect()) as other, other.cursor() as locking:
        locking.execute(_LOCK.format("pg_catalog.pg_publication_rel"))
        locked = f"pg_publication_rel is locked by process {other.info.backend_pid}"
        with pytest.raises(DatabaseError, match=locked):
            diffapply.plan(settings)
