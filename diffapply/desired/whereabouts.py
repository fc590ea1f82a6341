"""Where the desired state stands: its files, and the lines that say a name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diffapply.checkout import root_of
from diffapply.desired.places import line_of

_LARGEST = 5_000_000
"""Bytes of a file that is searched for names."""


@dataclass(frozen=True, slots=True)
class DesiredFile:
    """A file of the desired state.

    Attributes:
        path: seen from the root of its checkout; outside of one, from the current folder.
    """

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    path: Path
    line: int


def files_of(desired: str | Sequence[str]) -> tuple[DesiredFile, ...]:
    """The files that the desired state is named by, as far as they can be read.

    What a module imports is not among them.

    Args:
        desired: as in `Settings`.
    """
    labels = (desired,) if isinstance(desired, str) else desired
    files = dict.fromkeys(path for label in labels for path in _files(label))
    return tuple(_read(files))


def _files(label: str) -> list[Path]:
    path = Path(label)
    if path.is_dir():
        return sorted(path.rglob("*.sql"))
    if path.is_file():
        return [path]
    module = label.rpartition(":")[0]
    folder = module.replace(".", "/")
    named = (Path(module), Path(f"{folder}.py"), Path(folder, "__init__.py"))
    return [*filter(Path.is_file, named)][:1]


def _read(files: Iterable[Path]) -> Iterator[DesiredFile]:
    for file in files:
        with suppress(OSError, ValueError):  # ValueError: no text, or in no folder of the root
            if file.stat().st_size <= _LARGEST:
                root = root_of(file) or Path.cwd()
                path = file.resolve().relative_to(root.resolve())
                yield DesiredFile(path, file.read_text("utf-8"))


def place_of(name: str, files: Sequence[DesiredFile]) -> Place | None:
    """The line that first says a name; else the first line of all; None if there is no file.

    Args:
        name: as SQL quotes it.
        files: in the order in which they count.
    """
    plain = name.removeprefix('"').removesuffix('"').replace('""', '"')
    word = re.compile(rf"(?<![\w$]){re.escape(plain)}(?![\w$])")
    for file in files:
        if plain and (found := word.search(file.text)):
            return Place(file.path, line_of(file.text, found.start()))
    return Place(files[0].path, 1) if files else None
