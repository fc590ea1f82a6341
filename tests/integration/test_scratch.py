"""The scratch database: like the target, and thrown away."""

import time

import pytest

from diffapply.database.connection import connected, read_server
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
