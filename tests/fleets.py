"""Tenants that the tests of a module share: made once; each test gets a copy (`fleet`)."""

from collections.abc import Callable, Iterator

import pytest

from tests.servers import Database, Server


def made_once(make: Callable[[Database], None]) -> Callable[[Server], Iterator[str]]:
    """Let a function that fills a database be the fixture `made`, the name of that database."""

    @pytest.fixture(scope="module", name="made")
    def made(server: Server) -> Iterator[str]:
        with server.new_database() as database:
            make(database)
            database.close()
            yield database.name

    return made
