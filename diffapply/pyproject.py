"""The pyproject.toml that settings are read from, if it is the user's own."""

import os
import stat
import tomllib
from contextlib import suppress
from pathlib import Path

from diffapply.errors import UsageError


def tool_table(path: Path) -> dict[str, object]:
    """What stands in [tool.diffapply]. Raises `UsageError` if the file cannot be read."""
    try:
        document: object = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path} cannot be read: {reason}.") from None
    for key in ("tool", "diffapply"):
        document = document.get(key, {}) if isinstance(document, dict) else None
    if not isinstance(document, dict):
        raise UsageError(f"[tool.diffapply] of {path} must be a table.")
    return document


def nearest(start: Path) -> Path | None:
    """The file in a folder or above it, no higher than the repository.

    Raises:
        UsageError: it may be somebody else's.
    """
    with suppress(OSError):  # a folder above that we may not look into
        for folder in (start.absolute(), *start.absolute().parents):
            if (candidate := folder / "pyproject.toml").is_file():
                _require_own(candidate, start.absolute())
                return candidate
            if (folder / ".git").exists():
                break
    return None


def _require_own(path: Path, start: Path) -> None:
    """Refuse settings from a folder above that somebody else may have written.

    They name Python that is imported and a query that is run. In the folder itself, whoever went
    there has seen to it; above it, as in /tmp, they may be anybody's.

    Raises:
        UsageError: the file, or a folder that it is reached through, is another user's or open to
            all.
    """
    if path.parent == start or not hasattr(os, "geteuid"):  # Windows has its own rights
        return
    trusted = {os.geteuid(), 0, start.stat().st_uid}
    # The file, the link that it may be, and the folder, in which others could put what it names.
    found = (path.stat(), path.lstat(), path.parent.stat())
    if not {its.st_uid for its in found} <= trusted:
        reason = "belongs to another user, or its folder does"
    elif any(its.st_mode & stat.S_IWOTH and not stat.S_ISLNK(its.st_mode) for its in found):
        reason = "may be written by every user, or its folder may"
    else:
        return
    raise UsageError(
        f"{path}, in a folder above this one, {reason}; what it names would be run.",
        "Work in the folder of that file if it is to be used, or put a "
        "pyproject.toml of your own here.",
    )


def beside(folder: Path, desired: object) -> str | tuple[str, ...]:
    """The desired state as seen from the folder, where it is a path; left alone if that is here."""
    if isinstance(desired, tuple):
        return tuple(str(beside(folder, one)) for one in desired)
    desired = str(desired)
    path, colon, attribute = desired.rpartition(":") if ":" in desired else (desired, "", "")
    is_module = colon and not path.endswith(".py") and "/" not in path and os.sep not in path
    if is_module or folder.resolve() == Path.cwd().resolve():
        return desired
    return f"{folder / path}{colon}{attribute}"
