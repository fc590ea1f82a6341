"""Fixtures: a real server, a fresh database for each test, the command line."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from psycopg2 import sql

from tests.servers import (
    BASE,
    DEFAULT_VERSION,
    EMBEDDED,
    VERSIONS,
    Cli,
    Database,
    MissingServerError,
    Server,
    get_server,
    make_base,
    releases,
    remove_base,
)

_ALIVE = pytest.StashKey[tuple[Path, TextIO]]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not in a worker
        config.stash[_ALIVE] = base, _ = make_base()
        os.environ[BASE] = str(base)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _ALIVE in config.stash:
        remove_base(*config.stash[_ALIVE])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the marker `postgres` runs once for each server; others on the default one."""
    marker = metafunc.definition.get_closest_marker("postgres")
    if marker is not None and "server" in metafunc.fixturenames:
        versions = marker.args or (*VERSIONS, EMBEDDED)
        slowly = [
            pytest.param(its, marks=pytest.mark.prove) for its in marker.kwargs.get("prove", ())
        ]
        ids = [f"pg{version}" for version in (*versions, *marker.kwargs.get("prove", ()))]
        metafunc.parametrize(
            "server", [*versions, *slowly], ids=ids, indirect=True, scope="session"
        )


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    """A running server, shared by all tests."""
    version = getattr(request, "param", DEFAULT_VERSION)
    try:
        return get_server(version, Path(os.environ[BASE]))
    except MissingServerError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def _beside_others(server: Server, request: pytest.FixtureRequest) -> Iterator[None]:
    with server.beside_others(alone=request.node.get_closest_marker("alone") is not None):
        yield


@pytest.fixture
def database(server: Server, _beside_others: None) -> Iterator[Database]:
    """A fresh, empty database of this test's own."""
    with server.new_database() as database:
        yield database


@pytest.fixture
def fleet(server: Server, made: str, _beside_others: None) -> Iterator[Database]:
    """A copy of the database that the module has `made_once`; see `tests.fleets`."""
    with server.new_database(template=made) as database:
        yield database


@pytest.fixture
def cli(database: Database) -> Cli:
    """The command line, on the test's database."""
    return Cli(database.url)


@pytest.fixture
def owner_url(database: Database) -> Iterator[str]:
    """The test's database, for a role that owns it and may make scratch: no superuser."""
    name = sql.Identifier(role := f"owner_of_{database.name}")
    database.execute(sql.SQL("create role {} login createdb").format(name))
    database.execute(
        sql.SQL("alter database {} owner to {}").format(sql.Identifier(database.name), name)
    )
    yield database.server.url(database.name, role)
    # What it owns goes schema by schema: all at once would be too many locks.
    for (schema,) in database.rows(
        "select nspname from pg_namespace where nspowner = %s::regrole", role
    ):
        database.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
    # The server may still be dropping the scratch database of the last command: this waits for it.
    scratch = (
        "select datname from pg_database"
        " where datdba = %s::regrole and datname <> current_database()"
    )
    for (left,) in database.rows(scratch, role):
        database.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(left))
        )
    database.execute(
        sql.SQL("reassign owned by {0} to current_user; drop owned by {0}; drop role {0}").format(
            name
        )
    )


@pytest.fixture
def signals_heard() -> Iterator[None]:
    """Children hear Ctrl-C and a closed terminal, also where the tests run under nohup."""
    heard = (signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)
    before = [(number, signal.signal(number, handler)) for number, handler in heard]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the releases of the servers, and the tallies that tests have recorded."""
    tallies = [
        f"{report.nodeid}: {tally}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, tally in report.user_properties
        if name == "tally"
    ]
    if used := releases(Path(os.environ[BASE])):
        terminalreporter.section("PostgreSQL")
        terminalreporter.write_line(", ".join(used))
    if tallies:
        terminalreporter.section("tallies")
        terminalreporter.write_line("\n".join(tallies))
