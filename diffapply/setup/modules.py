"""What the imports of a project's files mean: names lead to files as Python would find them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from diffapply.setup.sources import PythonFile


@dataclass(frozen=True, slots=True)
class Modules:
    """The files of a project by the names that they are imported by.

    Attributes:
        root: of the project.
        by_folder: folder that is imported from → name → file.
        anywhere: name → a file that has it in one of the folders.
        known: file → what its names mean; asked of a file for each one that imports it.
    """

    root: Path
    by_folder: Mapping[Path, Mapping[str, PythonFile]]
    anywhere: Mapping[str, PythonFile]
    known: dict[Path, Mapping[str, PythonFile]] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Sequence[PythonFile], root: Path) -> "Modules":
        """The modules of a project.

        Args:
            files: all that it has.
            root: its folder.
        """
        by_folder: dict[Path, dict[str, PythonFile]] = {}
        # By the path from the root, too: folders may be packages without an `__init__.py`.
        by_folder[root] = {
            ".".join(file.path.relative_to(root).with_suffix("").parts): file for file in files
        }
        for file in files:
            by_folder.setdefault(file.folder, {})[file.module] = file
        return cls(root, by_folder, {file.module: file for file in files})

    def imported(self, file: PythonFile) -> Iterator[PythonFile]:
        """The files of the project that it imports itself, packages included."""
        yield from self.meant(file).values()

    def meant(self, file: PythonFile) -> Mapping[str, PythonFile]:
        """What the names that it imports mean there: its own folder's come first, as in Python."""
        if file.path not in self.known:
            self.known[file.path] = self._meant(file)
        return self.known[file.path]

    def _meant(self, file: PythonFile) -> Mapping[str, PythonFile]:
        folders = (file.folder, self.root, *file.folder.parents)
        places = [*(self.by_folder.get(folder, {}) for folder in folders), self.anywhere]
        meant: dict[str, PythonFile] = {}
        for name in file.imports:
            parts = name.split(".")
            names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
            for place in places:
                if found := {its: place[its] for its in names if its in place}:
                    meant |= found
                    break
        return meant


def reached_by(file: PythonFile, modules: Modules) -> set[PythonFile]:
    """The file, and the files of the project that it imports, directly or through others."""
    reached, left = set(), [file]
    while left:
        one = left.pop()
        if one in reached:
            continue
        reached.add(one)
        left += modules.imported(one)
    return reached
