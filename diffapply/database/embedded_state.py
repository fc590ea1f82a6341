"""Whether the embedded server runs, where its data is, and how to reach it; starts nothing."""

from dataclasses import dataclass
from pathlib import Path

from diffapply.database import embedded
from diffapply.database.embedded_home import VERSIONS, place_of
from diffapply.database.programs import server_pid


@dataclass(frozen=True, slots=True)
class ServerState:
    """What is known about the embedded server of one major version.

    Attributes:
        data: the folder of its data.
        size: bytes in it; None if there is no such folder.
        pid: its process; None if it does not run.
        url: how to connect; empty if it does not answer.
    """

    version: int
    data: Path
    size: int | None = None
    pid: int | None = None
    url: str = ""


def server_states() -> list[ServerState]:
    """The embedded servers of all major versions, also those that have never run.

    Raises:
        DatabaseError: there is no embedded server on this system.
    """
    return [_state(version) for version in sorted(VERSIONS)]


def _state(version: int) -> ServerState:
    data = place_of(version).data
    if not data.exists():
        return ServerState(version, data)
    pid = server_pid(data)
    url = embedded.url_if_running(version) or "" if pid is not None else ""
    return ServerState(version, data, _size(data), pid, url)


def _size(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.lstat().st_size
        except OSError:  # the server has removed it meanwhile
            continue
    return size
