"""Finds the Python files of a project that may have its models, without running any of them."""

import ast
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from diffapply.setup.declaring import Declared, assigned, at_import, declared

_MOST_FILES = 5_000
_LARGEST = 1_000_000
"""Bytes of a file that is read; nobody writes larger ones by hand."""
_NOT_THEIRS = {"node_modules", "site-packages", "build", "dist", "tests", "test", "versions"}
_SEVERAL = 2
"""Files with tables that one must import to be of use, if it has nothing itself."""
_OF_LIBRARIES = frozenset({"SQLModel"})
"""What has a MetaData, and is no file's of the project."""


@dataclass(frozen=True, slots=True)
class PythonFile:
    """A Python file of the project.

    Attributes:
        path: the file.
        folder: where it is imported from: the one above its packages.
        module: its name for `import`, with its packages.
        declared: what it declares when it is imported.
        names: the names that it defines or imports; a star if it imports all of a module.
        imports: names of modules, and of what is imported from them.
        is_alembics: whether it is an env.py.
    """

    path: Path
    folder: Path
    module: str
    declared: Declared
    names: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    is_alembics: bool = False


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


def folders_of(root: Path) -> Iterator[Path]:
    """The folders of a project, itself first: no hidden ones, environments or tests."""
    for folder, folders, _ in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__"))
            and name not in _NOT_THEIRS
            and not (here / name / "pyvenv.cfg").exists()
        )
        yield here


def python_files(root: Path) -> Iterator[Path]:
    """The Python files of a project; of Alembic's own, env.py alone."""
    found = 0
    for folder in folders_of(root):
        own = (folder / "env.py").exists() and (folder / "versions").is_dir()
        for path in [folder / "env.py"] if own else sorted(folder.glob("*.py")):
            if path.name != "conftest.py":
                found += 1
                if found > _MOST_FILES:
                    return
                yield path


def read_files(root: Path) -> list[PythonFile]:
    """The files of a project, read as text; those that are no Python are left out."""
    files = []
    for path in python_files(root):
        try:
            if path.stat().st_size > _LARGEST:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        files.append(_read(path, tree))
    return files


def candidates(files: Sequence[PythonFile], root: Path) -> list[Candidate]:
    """The files that may have tables, with those first that import most of what is declared.

    Those that only import are among them, and so is what Alembic's env.py imports for its tables.

    Those that do more when they are imported are among them, at the end.
    """
    modules = _Modules.of(files, root)
    holders = frozenset(name for file in files for name in file.declared.holders) | _OF_LIBRARIES
    declaring = {file.path for file in files if _declares(file, holders)}
    by_alembic = {its for file in files if file.is_alembics for its in modules.imported(file)}
    found = list[tuple[PythonFile, frozenset[str], set[PythonFile]]]()
    for file in files:
        named = holders if "*" in file.names else file.names & holders
        if file.is_alembics:
            continue
        reached = _reached(file, modules)
        reaches = declaring.intersection(its.path for its in reached)
        own = file.declared
        if not (named or file.path in declaring):
            imports = own.only_imports or file in by_alembic
            if own.starts or not imports or len(reaches) < _SEVERAL:
                continue
        if (not reaches and not own.holders) or (own.starts and file.path not in declaring):
            continue
        found.append((file, named, reached))
    homes = {file.path for file in files if file.declared.holders}
    processes = _processes(
        [(file, reached) for file, _, reached in found], modules, frozenset(homes | declaring)
    )
    several = []
    for file, named, reached in found:
        own = file.declared
        process = processes[file.folder]
        candidate = Candidate(
            file.path,
            tuple(sorted(named, key=lambda name: (name not in own.holders, name))),
            frozenset(declaring.intersection(its.path for its in reached)),
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


@dataclass(frozen=True, slots=True)
class _Modules:
    """The files of a project by the names that they are imported by.

    Attributes:
        root: of the project.
        by_folder: folder that is imported from → name → file.
        anywhere: name → a file that has it in one of the folders.
    """

    root: Path
    by_folder: Mapping[Path, Mapping[str, PythonFile]]
    anywhere: Mapping[str, PythonFile]

    @classmethod
    def of(cls, files: Sequence[PythonFile], root: Path) -> "_Modules":
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

    def meant(self, file: PythonFile) -> dict[str, PythonFile]:
        """What the names that it imports mean there: its own folder's come first, as in Python."""
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


def _reached(file: PythonFile, modules: _Modules) -> set[PythonFile]:
    """The file, and the files of the project that it imports, directly or through others."""
    reached, left = set(), [file]
    while left:
        one = left.pop()
        if one in reached:
            continue
        reached.add(one)
        left += modules.imported(one)
    return reached


def _processes(
    found: Sequence[tuple[PythonFile, Collection[PythonFile]]],
    modules: _Modules,
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


def _read(path: Path, tree: ast.Module) -> PythonFile:
    module, package, folder = _module_of(path)
    names: set[str] = set()
    imports: set[str] = set()
    for node in tree.body:
        names |= _defined(node)
    nodes = [*at_import(tree)]
    for inner in nodes:
        if isinstance(inner, ast.Import):
            imports |= {alias.name for alias in inner.names}
        elif isinstance(inner, ast.ImportFrom):
            above = package[: len(package) - inner.level + 1] if inner.level else []
            base = [*above, *filter(None, [inner.module])]
            imports |= {".".join([*base, alias.name]) for alias in inner.names}
    return PythonFile(
        path,
        folder,
        module,
        declared(tree, nodes),
        frozenset(names),
        frozenset(imports),
        is_alembics=path.name == "env.py" and (path.parent / "versions").is_dir(),
    )


def _module_of(path: Path) -> tuple[str, list[str], Path]:
    """The name for `import`, the packages that the file is in, and the folder above them."""
    package: list[str] = []
    folder = path.parent
    while (folder / "__init__.py").is_file():
        package.insert(0, folder.name)
        folder = folder.parent
    parts = package if path.stem == "__init__" else [*package, path.stem]
    return ".".join(parts), package, folder


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return {node.name}
    return {name.id for name in assigned(node)}
