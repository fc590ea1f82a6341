"""The scratch database: like the target, and thrown away."""

import time

import pytest

from diffapply.database.connection import connected, read_server
from diffapply.database.removal import drop_schema
from diffapply.database.scratch import scratch_database
from tests.servers import Database


def _gone(database: Database, name: str) -> bool:
    """Whether a database goes away within a while; the server may have a checkpoint to make."""
    for _ in range(200):
        if not database.rows("select from pg_database where datname = %s", name):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_gone_whatever_happens(database: Database, error: type[BaseException] | None) -> None:
    """It is like the target, and is dropped when the work is done, fails or is interrupted."""
    with connected(database.url) as connection:
        server = read_server(connection)
    seen = []

    def work() -> None:
        with scratch_database(database.url, server, None) as scratch:
            seen.append(scratch.info.dbname)
            assert read_server(scratch).collate == server.collate
            if error is not None:
                raise error

    if error is None:
        work()
    else:
        with pytest.raises(error):
            work()
    [name] = seen
    assert _gone(database, name)


def test_a_schema_of_many_tables_is_dropped_in_lots(database: Database) -> None:
    """With what hangs on them, partitions and views too; a schema that is not there is no error."""
    tables = ";".join(f"create table t{n} (id serial primary key)" for n in range(150))
    database.execute(
        f'create schema "Wide one"; set search_path = "Wide one"; {tables};'
        "create table parent (k integer) partition by list (k);"
        "create table child partition of parent default; create view v as select * from t1"
    )
    with connected(database.url) as connection:
        drop_schema(connection, "Wide one")
        drop_schema(connection, "Wide one")
    assert database.value("select to_regnamespace('\"Wide one\"')") is None
