"""Writes [tool.diffapply] into pyproject.toml; what is there already stays byte for byte."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from diffapply.config import pyproject
from diffapply.errors import UsageError
from diffapply.files import write_whole


def settings_file(start: Path) -> Path:
    """The pyproject.toml that settings are read from here, or would be.

    Raises:
        UsageError: it may be somebody else's.
    """
    return pyproject.nearest(start) or start / "pyproject.toml"


def require_unset(path: Path) -> None:
    """Refuse a file that has settings already, or that cannot be read. Raises `UsageError`."""
    if path.exists() and _has_table(path.read_bytes(), path):
        raise UsageError(
            f"{path} has [tool.diffapply] already; nothing there is overwritten.",
            "Change it by hand, or remove it and call `diffapply init` again.",
        )


def table_text(values: Mapping[str, object]) -> str:
    """The table as TOML."""
    lines = ["[tool.diffapply]"]
    for name, value in values.items():
        lines.append(f"{name.replace('_', '-')} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def write_table(path: Path, values: Mapping[str, object]) -> None:
    """Add the table at the end of the file; creates the file if there is none.

    Raises:
        UsageError: the file has such a table, or cannot be written or extended; nothing was done.
    """
    require_unset(path)
    before = path.read_bytes() if path.exists() else b""
    text = table_text(values)
    if before:
        text = ("" if before.endswith(b"\n") else "\n") + "\n" + text
    if b"\r\n" in before:
        text = text.replace("\n", "\r\n")
    after = before + text.encode()
    _require_read_back(after, values, path)
    try:
        write_whole(path.resolve(), after)  # what is a link stays one
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None


def _has_table(text: bytes, path: Path) -> bool:
    tool = _parsed(text, path).get("tool", {})
    return isinstance(tool, dict) and "diffapply" in tool


def _parsed(text: bytes, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None


def _require_read_back(text: bytes, values: Mapping[str, object], path: Path) -> None:
    """Refuse a file that a table cannot be added to, such as one with ``tool = {…}``."""
    wanted = {name.replace("_", "-"): value for name, value in values.items()}
    try:
        tool = tomllib.loads(text.decode("utf-8-sig"))["tool"]
        written = tool["diffapply"] == wanted
    except (ValueError, LookupError, TypeError):
        written = False
    if not written:
        raise UsageError(
            f"[tool.diffapply] cannot be added at the end of {path}.",
            f"Write it there by hand: {'; '.join(table_text(values).splitlines())}.",
        )


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    text = str(value)
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"  # a regular expression reads as it is
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
