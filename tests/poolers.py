"""PgBouncer in front of a test's server: what it hands on, and in which state."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from diffapply.database.programs import server_account
from tests.servers import Database

SIZE = 6
"""Server connections that the pooler keeps for each database and role at most."""

_CONFIGURATION = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
pidfile = {folder}/pid
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 200
query_wait_timeout = 60
ignore_startup_parameters = {passed_over}
"""

_STATE = """
select pg_catalog.pg_backend_pid(), array(
    select s.name || ' = ' || s.setting from pg_catalog.pg_settings s
    where s.name <> 'transaction_read_only'
        and s.name not like 'plpgsql.%'  -- there as soon as the language is loaded
    union all
    select 'of our own: ' || n from pg_catalog.unnest(
        array['diffapply.locked', 'diffapply.run', 'diffapply.tenant']
    ) n where pg_catalog.current_setting(n, true) is not null
    union all
    select 'prepared: ' || p.name from pg_catalog.pg_prepared_statements p
    union all
    select 'temporary objects' where pg_catalog.pg_my_temp_schema() <> 0
    union all
    select 'lock: ' || l.objid from pg_catalog.pg_locks l
    where l.locktype = 'advisory' and l.pid = pg_catalog.pg_backend_pid()
    union all
    select 'cursor: ' || c.name from pg_catalog.pg_cursors c where c.name <> ''
    order by 1
)
"""


def pgbouncer() -> str | None:
    """The program, where this machine has it."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@dataclass(frozen=True)
class Pooler:
    """A running PgBouncer."""

    port: int

    def url(self, database: Database) -> str:
        """A URL through it, as superuser."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database.name}"

    def states(self, database: Database) -> dict[int, list[str]]:
        """What each of the pool's server connections is left with, by its process."""
        connections = [psycopg2.connect(self.url(database)) for _ in range(SIZE)]
        found = {}
        try:
            # All at once, so that each takes another server connection.
            for connection in connections:
                with connection.cursor() as cursor:
                    cursor.execute(_STATE)
                    [(process, state)] = cursor.fetchall()
                    found[process] = state
        finally:
            for connection in connections:
                with closing(connection):
                    connection.rollback()
        return found


@contextmanager
def pooled(
    database: Database, mode: str, folder: Path, passed_over: Sequence[str] = ()
) -> Iterator[Pooler]:
    """A pooler in a mode, for the length of a block.

    Args:
        passed_over: what clients may say at their start without effect.
    """
    program = pgbouncer()
    assert program is not None
    account = server_account()  # it refuses to run as root
    port = _free_port()
    folder = folder / f"pooler_{mode}"
    folder.mkdir()
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        _CONFIGURATION.format(
            host=database.server.folder,
            port=database.server.port,
            listen=port,
            folder=folder,
            mode=mode,
            size=SIZE,
            passed_over=", ".join(passed_over),
        )
    )
    (folder / "users").write_text('"postgres" ""\n')
    if account is not None:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, account)
        for above in folder.parents:
            if above.stat().st_uid == 0 and above.is_relative_to("/tmp"):  # noqa: S108 - pytest's own
                above.chmod(above.stat().st_mode | 0o011)
    process = subprocess.Popen(
        [program, *(("-u", account) if account else ()), str(configuration)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield Pooler(port)
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "PgBouncer ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("PgBouncer does not answer")
