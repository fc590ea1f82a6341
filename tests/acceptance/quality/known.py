"""The pairs whose plan is known not to be the expected one yet; see `known.txt`."""

from pathlib import Path

FILE = Path(__file__).parent / "known.txt"


def known(file: Path = FILE) -> dict[str, str]:
    """Name of a pair → what differs.

    Raises:
        ValueError: a line is not `kind/subject: what differs`.
    """
    found: dict[str, str] = {}
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, apart, what = line.partition(": ")
            if not apart or not what or name in found:
                raise ValueError(f"{file}: write `kind/subject: what differs` once, not {line!r}")
            found[name] = what
    return found
