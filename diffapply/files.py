"""Writes a file completely or not at all, and finds out beforehand whether it can."""

from errno import EISDIR
from pathlib import Path
from shutil import copymode


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


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a text in UTF-8, or bytes, completely or not at all.

    A file that is replaced keeps its rights.

    Raises:
        OSError: the file cannot be written.
    """
    require_writable(path)
    if _is_stream(path):
        _write(path, content)
        return
    partial = _partial(path)
    try:
        _write(partial, content)
        if path.exists():
            copymode(path, partial)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _write(path: Path, content: str | bytes) -> None:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, "utf-8", "backslashreplace")


def _is_stream(path: Path) -> bool:
    """Whether it is there and no usual file: a pipe or a device, which no file may replace."""
    return path.exists() and not path.is_file()


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")
