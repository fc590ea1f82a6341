"""The scratch database: like the target, and thrown away."""

from threading import Event

import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.connection import connected, read_server
from diffapply.database.removal import drop_schema
from diffapply.errors import DatabaseError, ScratchError
from diffapply.scratch import ahead, dropping
from diffapply.scratch.database import scratch_database
from diffapply.scratch.making import Made, abandon, make_database
from tests.servers import Database
from tests.waiting import wait_until_scratch_is_gone


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_gone_whatever_happens(database: Database, error: type[BaseException] | None) -> None:
    """It is like the target, and is dropped when the work is done, fails or is interrupted."""
    with connected(database.url) as connection:
        server = read_server(connection)
    seen = []

    def work() -> None:
        with scratch_database(database.url, server, None) as there:
            seen.append(there.info.dbname)
            assert read_server(there).collate == server.collate
            if error is not None:
                raise error

    if error is None:
        work()
    else:
        with pytest.raises(error):
            work()
    [name] = seen
    wait_until_scratch_is_gone(database, name)


def test_a_limit_of_connections_is_named(database: Database) -> None:
    """Three are enough; with fewer, the limit is told, and not that a pooler may be in the way."""
    with database.role("few") as role:
        database.execute(f"alter role {role} createdb connection limit 3")
        url = database.server.url(database.name, role)
        with connected(url) as connection:
            server = read_server(connection)
            with scratch_database(url, server, None) as there:
                name = there.info.dbname
            wait_until_scratch_is_gone(database, name)
            with (
                connected(url),
                pytest.raises(ScratchError, match="too many connections for role") as refused,
                scratch_database(url, server, None),
            ):
                pass
            assert "raise the limit" in refused.value.hint
            assert "pooler" not in refused.value.hint
        wait_until_scratch_is_gone(database, owner=role)


@pytest.mark.parametrize("maintenance", ["postgres", "there is no such database"])
def test_the_live_database_is_left_out_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch, maintenance: str
) -> None:
    """Dropping takes a snapshot until the server has made a checkpoint: it is held elsewhere."""
    monkeypatch.setattr(dropping, "MAINTENANCE", maintenance)
    where: dict[str, str] = {}
    drop = dropping.drop

    def watched(admin: Connection, name: str) -> None:
        where[name] = admin.info.dbname  # those that other tests left behind are dropped, too
        drop(admin, name)

    monkeypatch.setattr(dropping, "drop", watched)
    with connected(database.url) as connection:
        server = read_server(connection)
    with scratch_database(database.url, server, None) as there:
        name = there.info.dbname
    wait_until_scratch_is_gone(database, name)
    assert where[name] == (maintenance if maintenance == "postgres" else database.name)


def test_what_failed_while_the_tenants_were_read_is_made_when_it_is_asked_for(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading holds connections, which may be all that the role is allowed; later it holds none."""
    failed = Event()

    def told(url: str) -> Made:
        try:
            return make_database(url)
        except DatabaseError:
            failed.set()
            raise

    monkeypatch.setattr(ahead, "make_database", told)
    role = sql.Identifier(f"owner_of_{database.name}")
    database.execute(sql.SQL("alter role {} connection limit 1").format(role))
    with connected(owner_url) as reading, ahead.made_ahead(owner_url) as make:
        assert failed.wait(timeout=60)
        reading.close()
        database.execute(sql.SQL("alter role {} connection limit 2").format(role))
        made = make()
        assert made.connection.info.dbname == made.name
        abandon(owner_url, made)
    wait_until_scratch_is_gone(database, made.name)


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
