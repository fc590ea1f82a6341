"""Who the tenants are, as a query of the user's says."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from psycopg2.extensions import connection as Connection

from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.errors import UsageError
from diffapply.tenants.discovery import look
from tests.servers import Database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A connection in autocommit mode."""
    database.execute("create schema customers; create schema user_1")
    database.execute("create table customers.list (schema text)")
    database.execute(f"alter database {database.name} set search_path = customers")
    with closing(connect(database.url)) as opened:
        yield opened


def _asked(connection: Connection, query: str) -> frozenset[str]:
    tenancy = look(connection, Settings(tenants_query=query))
    return tenancy.tenants | {*tenancy.unknown}


def test_its_names_mean_what_they_mean_to_the_user(
    database: Database, connection: Connection
) -> None:
    database.execute("insert into customers.list values ('user_1')")
    assert _asked(connection, "select schema from list") == {"user_1"}


def test_it_has_the_limits_of_all_that_reads(connection: Connection) -> None:
    """It waits for no lock for long, and writes nothing."""
    settings = ("lock_timeout", "statement_timeout", "transaction_read_only")
    values = ", ".join(f"current_setting('{name}')" for name in settings)
    assert _asked(connection, f"select unnest(array[{values}])") == {"300ms", "5min", "on"}


def test_a_row_without_a_name_is_refused(database: Database, connection: Connection) -> None:
    """It is no tenant that is called None."""
    database.execute("insert into customers.list values ('user_1'), (null)")
    with pytest.raises(UsageError, match="returned NULL, which is no name") as caught:
        _asked(connection, "select schema from list")
    assert "IS NOT NULL" in caught.value.hint


def test_a_lost_connection_is_told_as_such(connection: Connection) -> None:
    """Not that nothing can be rolled back on it."""
    with pytest.raises(UsageError, match=r"closed the connection|terminating connection"):
        _asked(connection, "select pg_terminate_backend(pg_backend_pid())::text")
