"""Which files can be imported in one process: each of two services may have a module `database`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from diffapply.setup.modules import Modules
from diffapply.setup.sources import PythonFile


def processes(
    found: Sequence[tuple[PythonFile, Collection[PythonFile]]],
    modules: Modules,
    models: frozenset[Path],
) -> dict[Path, int]:
    """Folder that is imported from → number of the process for what is in it.

    Folders share one if they have models in common, and every name means the same file in both.

    Args:
        found: the files to import, with all that they import.
        models: the files that have a MetaData, tables or DDL.
    """
    groups: list[_Group] = []
    by_folder: dict[Path, _Group] = {}
    for file, reached in found:
        group = by_folder.setdefault(file.folder, _Group())
        group.folders.add(file.folder)
        group.models |= models & {its.path for its in reached}
        # Python runs a file in a package by its name; of others, nobody need know it.
        if "." in file.module or file.path.stem == "__init__":
            group.names[file.module] = file.path
        for one in reached:
            group.names |= {name: its.path for name, its in modules.meant(one).items()}
    for new in by_folder.values():
        for its in [*groups]:
            if new.goes_with(its):
                groups.remove(its)
                new.add(its)
        groups.append(new)
    return {folder: number for number, its in enumerate(groups) for folder in its.folders}


@dataclass(slots=True)
class _Group:
    """Folders whose files can be imported in one process.

    Attributes:
        folders: that are imported from.
        models: the files that have a MetaData, tables or DDL, and are imported.
        names: what the names of modules mean there.
    """

    folders: set[Path] = field(default_factory=set)
    models: set[Path] = field(default_factory=set)
    names: dict[str, Path] = field(default_factory=dict)

    def goes_with(self, other: "_Group") -> bool:
        """Whether they have models in common, and no name means two files."""
        both = self.names.keys() & other.names.keys()
        same = all(self.names[name] == other.names[name] for name in both)
        return same and not self.models.isdisjoint(other.models)

    def add(self, other: "_Group") -> None:
        """Take in the folders of another one."""
        self.folders |= other.folders
        self.models |= other.models
        self.names |= other.names
