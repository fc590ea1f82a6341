"""The pyproject.toml that settings are read from, if it is the user's own."""

import os
import tomllib
from pathlib import Path

from diffapply.config import own_files
from diffapply.errors import UsageError, alike

_NAME = "diffapply"


def tool_table(path: Path) -> dict[str, object]:
    """What stands in [tool.diffapply]. Raises `UsageError` if the file cannot be read."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path} cannot be read: {reason}.") from None
    tools = document.get("tool", {})
    table = tools.get(_NAME, {}) if isinstance(tools, dict) else None
    if not isinstance(tools, dict) or not isinstance(table, dict):
        raise UsageError(f"[tool.diffapply] of {path} must be a table.")
    for other in tools if _NAME not in tools else ():
        if question := alike(other, [_NAME], "", nearness=0.9):
            raise UsageError(f"{path} has a table [tool.{other}].", question)
    return table


def nearest(start: Path) -> Path | None:
    """The file in a folder or above it, no higher than the repository.

    Raises:
        UsageError: it is above the folder, and may be somebody else's: it names Python that is
            imported and a query that is run.
    """
    path = own_files.nearest(start, "pyproject.toml")
    if path is not None and (reason := own_files.why_not_own(path, start)):
        raise UsageError(
            f"{path}, in a folder above this one, {reason}; what it names would be run.",
            "Work in the folder of that file if it is to be used, or put a "
            "pyproject.toml of your own here.",
        )
    return path


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
