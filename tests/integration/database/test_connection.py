"""Connections work alike whatever the database or the role is set to."""

import pytest
from psycopg2 import sql

from diffapply.database.connection import connect, connected
from diffapply.database.fresh_session import read_world
from diffapply.database.transaction import neutral
from diffapply.errors import ConnectionFailedError
from tests.servers import Database
from tests.waiting import wait_for

_NAME = "größe_✓"


@pytest.mark.parametrize("encoding", ["sql_ascii", "latin1"])
def test_every_character_can_be_said(database: Database, encoding: str) -> None:
    """Also where the database's own encoding, or the role's, would not have it."""
    database.execute(f"alter database {database.name} set client_encoding = {encoding}")
    with connected(database.url) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(_NAME)))
        cursor.execute("select nspname from pg_namespace where nspname = %s", [_NAME])
        assert cursor.fetchall() == [(_NAME,)]


@pytest.mark.parametrize("given", ["", "&options=-c%20geqo%3Doff"])
def test_a_backslash_ends_no_literal(database: Database, given: str) -> None:
    """Whatever the database says. What the URL says stays; what the application has is known."""
    database.execute(f"alter database {database.name} set standard_conforming_strings = off")
    with connected(database.url + given) as connection:
        with neutral(connection) as cursor:
            cursor.execute("select %s, '\\', current_setting('geqo')", ["\\'; select 1/0; --"])
            asked = "off" if given else "on"
            assert cursor.fetchall() == [("\\'; select 1/0; --", "\\", asked)]
        world = read_world(connection, None, ())
    assert dict(world.settings)["standard_conforming_strings"] == "off"


def test_what_cannot_be_used_does_not_stay_open(database: Database) -> None:
    """Also if it fails only after the login, as a name that PostgreSQL cannot have."""
    with pytest.raises(ConnectionFailedError) as caught:
        connect(database.url, "a\0b", named=True)
    others = (
        "select from pg_stat_activity where datname = current_database() "
        "and pid <> pg_backend_pid() and backend_type = 'client backend'"
    )
    wait_for(lambda: not database.rows(others))
    assert "NUL" in caught.value.message
