"""Finds the files of a project that may have its models, and what each of them would bring."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from diffapply.setup.modules import Modules, reached_by
from diffapply.setup.processes import processes
from diffapply.setup.sources import PythonFile

_SEVERAL = 2
"""Files with tables that one must import to be of use, if it has nothing itself."""
_OF_LIBRARIES = frozenset({"SQLModel"})
"""What has a MetaData, and is no file's of the project."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may have a MetaData with tables.

    Attributes:
        holders: names in it that may have the MetaData.
        reaches: the files that declare something and that it imports, itself included.
        homes: where the MetaData may be from: files that it imports, or names of libraries.
        tables: the names that the file itself gives to tables.
        unnamed: whether it has tables or DDL besides.
        ddl: whether it has DDL that is run with the tables.
        starts: whether importing it may do more than define models.
        process: number of that in which it can be imported; those of services that give one name
            to several files, or have no models in common, are imported apart.
    """

    path: Path
    holders: tuple[str, ...]
    reaches: frozenset[Path] = frozenset()
    homes: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    unnamed: bool = False
    ddl: bool = False
    starts: bool = False
    process: int = 0

    @property
    def declares(self) -> bool:
        """Whether the file itself declares tables or DDL."""
        return self.path in self.reaches


def candidates(files: Sequence[PythonFile], root: Path) -> list[Candidate]:
    """The files that may have tables, with those first that import most of what is declared.

    Those that only import are among them, and so is what Alembic's env.py imports for its tables.

    Those that do more when they are imported are among them, at the end.
    """
    modules = Modules.of(files, root)
    holders = frozenset(name for file in files for name in file.declared.holders) | _OF_LIBRARIES
    declaring = {file.path for file in files if _declares(file, holders)}
    by_alembic = {its for file in files if file.is_alembics for its in modules.imported(file)}
    found = list[tuple[PythonFile, frozenset[str], set[PythonFile], frozenset[Path]]]()
    for file in files:
        named = holders if "*" in file.names else file.names & holders
        if file.is_alembics:
            continue
        reached = reached_by(file, modules)
        reaches = frozenset(declaring.intersection(its.path for its in reached))
        own = file.declared
        if not (named or file.path in declaring):
            imports = own.only_imports or file in by_alembic
            if own.starts or not imports or len(reaches) < _SEVERAL:
                continue
        if (not reaches and not own.holders) or (own.starts and file.path not in declaring):
            continue
        found.append((file, named, reached, reaches))
    homes = {file.path for file in files if file.declared.holders}
    numbers = processes(
        [(file, reached) for file, _, reached, _ in found], modules, frozenset(homes | declaring)
    )
    several = []
    for file, named, reached, reaches in found:
        own = file.declared
        process = numbers[file.folder]
        candidate = Candidate(
            file.path,
            tuple(sorted(named, key=lambda name: (name not in own.holders, name))),
            reaches,
            _homes(file, named, reached, process),
            own.tables,
            own.unnamed or own.ddl or not own.bases.isdisjoint(holders),
            own.ddl,
            own.starts,
            process,
        )
        several.append((len(reached), candidate))
    several.sort(key=lambda its: (its[1].starts, -len(its[1].reaches), its[0], str(its[1].path)))
    return [candidate for _, candidate in several]


def _declares(file: PythonFile, holders: Collection[str]) -> bool:
    """Whether it has tables or DDL of SQLAlchemy."""
    own = file.declared
    if not own.bases.isdisjoint(holders):
        return True
    theirs = own.is_sqlalchemys or "*" in file.names or not file.names.isdisjoint(holders)
    return theirs and bool(own.tables or own.unnamed or own.ddl)


def _homes(
    file: PythonFile, named: Collection[str], reached: Collection[PythonFile], process: int
) -> frozenset[str]:
    """Where the MetaData of a file may be from: as its names tell, else of all that it imports.

    That of a library is another one in each process.
    """
    own = file.declared.holders
    others = frozenset(named) - own
    homes = {str(file.path)} if own else set()
    if others or not own:
        homes |= {
            str(its.path)
            for its in reached
            if (its.declared.holders & others if others else its.declared.holders)
        }
    return frozenset(homes) | {f"{name} in {process}" for name in others & _OF_LIBRARIES}
