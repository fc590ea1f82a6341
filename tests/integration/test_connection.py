"""Connections work alike whatever the database or the role is set to."""

import pytest
from psycopg2 import sql

from diffapply.database.connection import connected
from tests.servers import Database

_NAME = "größe_✓"


@pytest.mark.parametrize("encoding", ["sql_ascii", "latin1"])
def test_every_character_can_be_said(database: Database, encoding: str) -> None:
    """Also where the database's own encoding, or the role's, would not have it."""
    database.execute(f"alter database {database.name} set client_encoding = {encoding}")
    with connected(database.url) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(_NAME)))
        cursor.execute("select nspname from pg_namespace where nspname = %s", [_NAME])
        assert cursor.fetchall() == [(_NAME,)]
