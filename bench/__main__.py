"""Measures the commands on many tenants, beside the raw statements, in one run.

    TENANTS=1000 JOBS=4 DATABASE_URL=... python -m bench

Without DATABASE_URL it uses the embedded server. It builds a database of its own and drops it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn
from rich.console import Console
from rich.table import Table

from diffapply.database import embedded
from diffapply.database.connection import connect, libpq_url

TENANTS = int(os.environ.get("TENANTS", "1000"))
JOBS = int(os.environ.get("JOBS", "4"))
DATABASE = "diffapply_bench"
_HERE = Path(__file__).parent
_DESIRED = f"{_HERE / 'desired.py'}:metadata"
_TENANT = (_HERE / "tenant.sql").read_text(encoding="utf-8")
_CHANGE = (_HERE / "change.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Measured:
    """One command: its wall time in seconds and its peak memory in MiB, of the client."""

    name: str
    seconds: float
    mebibytes: float


def main() -> None:
    """Build the tenants, measure, print the table."""
    server = os.environ.get("DATABASE_URL") or embedded.ensure_running()
    url = make_dsn(libpq_url(server), dbname=DATABASE)
    with fresh_database(server):
        print(f"building {TENANTS} tenants of 10 tables", file=sys.stderr)
        build_tenants(url)
        print(f"raw statements over {JOBS} connections", file=sys.stderr)
        raw = raw_loop(url)
        steps = [
            command(url, "plan"),
            command(url, "apply", "--yes", "--jobs", str(JOBS)),
            command(url, "drift"),
            command(url, "apply", "--backward", "--yes", "--jobs", str(JOBS)),
            command(url, "apply", "--yes", "--jobs", str(JOBS)),
        ]
    table = Table(title=f"{TENANTS} tenants of 10 tables, {JOBS} jobs")
    for column in ("what", "seconds", "ms a tenant", "peak MiB", "times raw"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for step in [Measured("raw statements, no checks", raw, 0), *steps]:
        table.add_row(
            step.name,
            f"{step.seconds:.1f}",
            f"{1000 * step.seconds / TENANTS:.1f}",
            f"{step.mebibytes:.0f}" if step.mebibytes else "",
            f"{step.seconds / raw:.1f}",
        )
    Console().print(table)


@contextmanager
def fresh_database(server: str) -> Iterator[None]:
    """The benchmark's own database, dropped at the end."""
    with closing(connect(server)) as connection, connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {DATABASE} with (force)")
        cursor.execute(f"create database {DATABASE}")
        try:
            yield
        finally:
            cursor.execute(f"drop database if exists {DATABASE} with (force)")


def build_tenants(url: str) -> None:
    """TENANTS schemas of 10 tables, 20 indexes and 9 foreign keys each."""
    in_parallel(url, _TENANT, begin="create schema {tenant};")
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def raw_loop(url: str) -> float:
    """Seconds for the bare statements of the change, and for taking them back, unmeasured."""
    started = time.perf_counter()
    in_parallel(url, _CHANGE)
    seconds = time.perf_counter() - started
    in_parallel(url, "drop table marketplace_tasks, marketplace_jobs;")
    return seconds


def in_parallel(url: str, statements: str, begin: str = "") -> None:
    """Run statements in every tenant, each in a transaction, over JOBS connections."""
    tenants = iter([f"user_{number}" for number in range(1, TENANTS + 1)])

    def work(connection: Connection) -> None:
        with closing(connection), connection.cursor() as cursor:
            for tenant in tenants:
                cursor.execute(
                    f"begin; {begin.format(tenant=tenant)} set local search_path = {tenant};"
                    f"{statements} commit"
                )

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(work, [connect(url) for _ in range(JOBS)]))


def command(url: str, *arguments: str) -> Measured:
    """Run a command of diffapply as its own process."""
    print(f"diffapply {' '.join(arguments)}", file=sys.stderr)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "diffapply.main", *arguments, "--desired", _DESIRED],
        env={**os.environ, "DATABASE_URL": url, "DIFFAPPLY_TEMPLATES": ""},
        cwd=_HERE.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"diffapply {' '.join(arguments)} failed: {complaint}")
    return Measured(" ".join(arguments), seconds, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
