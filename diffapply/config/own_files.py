"""Finds a file in a folder or above it, and tells whether it is the user's own."""

import os
import stat
from contextlib import suppress
from pathlib import Path


def nearest(start: Path, name: str) -> Path | None:
    """The file of this name in a folder or above it, no higher than the repository."""
    with suppress(OSError):  # a folder above that we may not look into
        for folder in (start.absolute(), *start.absolute().parents):
            if (candidate := folder / name).is_file():
                return candidate
            if (folder / ".git").exists():
                break
    return None


def why_not_own(path: Path, start: Path) -> str:
    """Why what a file names may not be run, as a predicate; empty if it may be.

    In the folder where the user works, whoever went there has seen to it; elsewhere, as in /tmp,
    the file, or a folder that it is reached through, may be another user's or open to all.

    Args:
        path: of a file that exists.
        start: the folder where the user works.
    """
    start = start.absolute()
    if path.parent == start or not hasattr(os, "geteuid"):  # Windows has its own rights
        return ""
    trusted = {os.geteuid(), 0, start.stat().st_uid}
    # The file, the link that it may be, and the folder, in which others could put what it names.
    found = (path.stat(), path.lstat(), path.parent.stat())
    if not {its.st_uid for its in found} <= trusted:
        return "belongs to another user, or its folder does"
    if any(its.st_mode & stat.S_IWOTH and not stat.S_ISLNK(its.st_mode) for its in found):
        return "may be written by every user, or its folder may"
    return ""
