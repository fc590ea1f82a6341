"""The server that is measured: DATABASE_URL's, or one of the bench's own with default settings."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from diffapply.database import embedded_home
from diffapply.database.programs import last_complaint, run_as, runnable, server_account
from diffapply.errors import DatabaseError

_PORT = 5432


@contextmanager
def running_server(url: str | None, version: int) -> Iterator[str]:
    """A server for the length of a block; the URL of its database `postgres`.

    Args:
        url: of a server that runs already; None: start one, in a folder for temporary files.
        version: major version of PostgreSQL of the one to start.

    Raises:
        DatabaseError: it is not installed, or does not start.
    """
    if url:
        yield url
        return
    base = Path(tempfile.mkdtemp(prefix="diffapply-bench-"))
    try:
        base.chmod(0o755)  # as root, the server is another user's
        account = server_account()
        programs = runnable(_installation(version), account, base)
        folder = base / "server"
        folder.mkdir(mode=0o700)
        if account is not None:
            shutil.chown(folder, account)
        data = folder / "data"
        _run(account, programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C")
        try:
            # Where it listens is all that differs from a default server.
            options = f"-p {_PORT} -k {folder} -c listen_addresses="
            start = (programs / "pg_ctl", "start", "-w", "-s", "-D", data, "-l", folder / "log")
            _run(account, *start, "-o", options)
            where = quote(str(folder), safe="")
            yield f"postgresql://postgres@/postgres?host={where}&port={_PORT}"
        finally:
            # Nothing of the data is wanted.
            run_as(account, programs / "pg_ctl", "stop", "-s", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _installation(version: int) -> Path:
    """The folder that has the version's `bin`: Debian's, or what the embedded server has."""
    debian = Path(f"/usr/lib/postgresql/{version}")
    if version not in embedded_home.VERSIONS and (debian / "bin" / "initdb").exists():
        return debian
    return embedded_home.installation(version)


def _run(account: str | None, *command: str | Path) -> None:
    outcome = run_as(account, *command)
    if outcome.returncode != 0:
        raise DatabaseError(
            f"The server to measure does not start: {last_complaint(outcome.stderr)}.",
            "Nothing was measured. Give DATABASE_URL, or another version in POSTGRES.",
        )
