"""The git commit of the desired state, if it is in a git checkout: read from its files, as text.

git itself is not run: a checkout may belong to somebody else, and its settings name programs.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LENGTH = 10
_COMMIT = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})")
_REFERENCE = re.compile(r"ref: (refs/[\w.@+-]+(?:/[\w.@+-]+)*)")
_LARGEST = 10_000_000
"""Bytes of a file that are read; nothing of git's that is needed here is larger."""


def git_commit_of(desired: str | tuple[str, ...]) -> str:
    """The short commit that the desired state is at; empty if it is in no git checkout.

    Args:
        desired: as in `Settings`; of several, the first one counts.
    """
    first = desired if isinstance(desired, str) else desired[0]
    path = Path(first if Path(first).exists() else first.rpartition(":")[0])
    with suppress(OSError, ValueError):  # ValueError: no text, or a path that cannot be one
        if root := root_of(path):
            return _commit(root / ".git")[:_LENGTH]
    return ""


def root_of(path: Path) -> Path | None:
    """The root of the git checkout that a file or folder is in; None if it is in none.

    What does not exist is taken for something in the current folder.
    """
    folder = path.parent if path.is_file() else path if path.is_dir() else Path()
    above = (folder.absolute(), *folder.absolute().parents)
    return next((its for its in above if (its / ".git").exists()), None)


def _commit(git: Path) -> str:
    """The commit that is checked out; empty if there is none, or it cannot be found."""
    if git.is_file():  # a worktree or a submodule
        git = git.parent / _read(git).removeprefix("gitdir: ")
    head = _read(git / "HEAD")
    if _COMMIT.fullmatch(head):
        return head
    named = _REFERENCE.fullmatch(head)
    if named is None or ".." in named[1]:
        return ""
    for folder in _folders(git):
        if (found := folder / named[1]).is_file() and _COMMIT.fullmatch(commit := _read(found)):
            return commit
        if (packed := folder / "packed-refs").is_file():
            for line in _read(packed).splitlines():
                commit, _, name = line.partition(" ")
                if name == named[1] and _COMMIT.fullmatch(commit):
                    return commit
    return ""


def _folders(git: Path) -> Iterator[Path]:
    """Where branches are: of a worktree, also in the repository that it belongs to."""
    yield git
    if (common := git / "commondir").is_file():
        yield git / _read(common)


def _read(path: Path) -> str:
    if not path.is_file():  # a pipe would keep us waiting
        raise OSError
    with path.open(encoding="utf-8") as file:
        return file.read(_LARGEST).strip()
