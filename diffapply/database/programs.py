"""Runs PostgreSQL's own programs, which refuse to run as root."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from diffapply.errors import DatabaseError

ACCOUNT = "pgserver"
"""The system user that servers run as when diffapply runs as root."""


def server_account() -> str | None:
    """The system user to run a server as, created if necessary; None unless we are root.

    Raises:
        DatabaseError: it cannot be created.
    """
    if os.geteuid() != 0:
        return None
    if not _exists(ACCOUNT):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT]
        try:
            outcome = subprocess.run(command, capture_output=True, text=True, check=False)
            reason = outcome.stderr.strip()
        except OSError as error:
            reason = f"{command[0]}: {error.strerror}"
        if not _exists(ACCOUNT):  # else another process created it first
            raise DatabaseError(
                f"PostgreSQL does not run as root, and the user {ACCOUNT!r} to run it as cannot "
                f"be created: {reason}.",
                "Create that user, or run diffapply as an ordinary one, or give --database-url.",
            )
    return ACCOUNT


def run_as(account: str | None, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program; returns also if it fails.

    Args:
        account: name of a system user; None: run as the current user.
        command: the program and its arguments.

    Raises:
        PermissionError: the account cannot reach the program.
    """
    # PGPORT, PGDATA and the like would change what the programs do.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["LC_ALL"] = "C"  # English messages: some of them are searched for
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",  # the account may not have access to the current folder
        env=environment,
        user=account,
        group=None if account is None else _group(account),
        extra_groups=None if account is None else [],
    )


def runnable(installation: Path, account: str | None, copies: Path) -> Path:
    """A folder of programs that the account can run: in the installation, or in a copy of it.

    Args:
        installation: has `bin`, `lib` and `share`; the account may have no access to it.
        account: name of a system user; None: the current user.
        copies: where a copy goes if necessary; the access rights of folders are not changed.
    """
    postgres = installation / "bin" / "postgres"
    if account is None:
        return postgres.parent
    with suppress(PermissionError):
        run_as(account, postgres, "--version")
        return postgres.parent
    package = installation.parent
    libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps shared libraries
    # The time is part of the name: the installation may be newer than an earlier copy.
    copy = copies / f"{installation.name}-{postgres.stat().st_mtime_ns}"
    if not copy.exists():
        unfinished = copies / f".{copy.name}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        ignore = shutil.ignore_patterns("include")
        shutil.copytree(installation, unfinished / package.name / installation.name, ignore=ignore)
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        for path in [unfinished, *unfinished.rglob("*")]:
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(copy)
    return copy / package.name / installation.name / "bin"


def server_pid(data: Path) -> int | None:
    """The pid of the server that runs on a data directory, even if it does not answer.

    Args:
        data: the path that the server was started with.
    """
    import psutil  # noqa: PLC0415 - costs 10 ms; most commands do not need it

    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
        # Not by its working folder: in a container, root may not read that of another user.
        program, *arguments = process.cmdline()
    except (OSError, IndexError, ValueError, psutil.Error):
        return None  # no file, or the server is dead or a zombie
    is_server = Path(program).name == "postgres" and str(data) in arguments
    return int(process.pid) if is_server else None


def last_complaint(output: str) -> str:
    """The last error in the output of a program or a server; if there is none, the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaints = [line for line in lines if "error: " in line or "FATAL: " in line]
    line = (complaints or lines or [""])[-1]
    for mark in ("error: ", "FATAL: "):
        line = line.rpartition(mark)[2]
    return line.strip().rstrip(".")


def _exists(account: str) -> bool:
    import pwd  # noqa: PLC0415 - does not exist on Windows

    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def _group(account: str) -> int:
    import pwd  # noqa: PLC0415 - does not exist on Windows

    return pwd.getpwnam(account).pw_gid
