"""Writes a file completely or not at all, and finds out beforehand whether it can."""

from errno import EISDIR
from pathlib import Path


def require_writable(path: Path) -> None:
    """Check that a file can be written; leaves nothing there.

    Raises:
        OSError: it cannot.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "it is a folder")
    if _is_stream(path):
        return
    partial = _partial(path)
    partial.touch()
    partial.unlink()


def write_whole(path: Path, text: str) -> None:
    """Write the text in UTF-8, completely or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    require_writable(path)
    if _is_stream(path):
        path.write_text(text, "utf-8", "backslashreplace")
        return
    partial = _partial(path)
    try:
        partial.write_text(text, "utf-8", "backslashreplace")
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _is_stream(path: Path) -> bool:
    """Whether it is there and no usual file: a pipe or a device, which no file may replace."""
    return path.exists() and not path.is_file()


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")
