"""Finds the Python files of a project that may have its models, without running any of them."""

import ast
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        module: its name for `import`, with its packages.
        declared: what it declares when it is imported.
        names: the names that it defines or imports; a star if it imports all of a module.
        imports: names of modules, and of what is imported from them.
        is_alembics: whether it is an env.py.
    """

    path: Path
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
    """

    path: Path
    holders: tuple[str, ...]
    reaches: frozenset[Path] = frozenset()
    homes: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    unnamed: bool = False
    ddl: bool = False
    starts: bool = False

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
    # By the path from the root, too: folders may be packages without an `__init__.py`.
    by_module = {
        ".".join(file.path.relative_to(root).with_suffix("").parts): file for file in files
    } | {file.module: file for file in files}
    holders = frozenset(name for file in files for name in file.declared.holders) | _OF_LIBRARIES
    declaring = {file.path for file in files if _declares(file, holders)}
    by_alembic = {its for file in files if file.is_alembics for its in _imported(file, by_module)}
    found = []
    for file in files:
        named = holders if "*" in file.names else file.names & holders
        if file.is_alembics:
            continue
        reached = _reached(file, by_module)
        reaches = declaring.intersection(its.path for its in reached)
        own = file.declared
        if not (named or file.path in declaring):
            imports = own.only_imports or file in by_alembic
            if own.starts or not imports or len(reaches) < _SEVERAL:
                continue
        if (not reaches and not own.holders) or (own.starts and file.path not in declaring):
            continue
        candidate = Candidate(
            file.path,
            tuple(sorted(named, key=lambda name: (name not in own.holders, name))),
            frozenset(reaches),
            _homes(file, named, reached),
            own.tables,
            own.unnamed or own.ddl or not own.bases.isdisjoint(holders),
            own.ddl,
            own.starts,
        )
        found.append((len(reached), candidate))
    found.sort(key=lambda its: (its[1].starts, -len(its[1].reaches), its[0], str(its[1].path)))
    return [candidate for _, candidate in found]


def _declares(file: PythonFile, holders: Collection[str]) -> bool:
    """Whether it has tables or DDL of SQLAlchemy."""
    own = file.declared
    if not own.bases.isdisjoint(holders):
        return True
    theirs = own.is_sqlalchemys or "*" in file.names or not file.names.isdisjoint(holders)
    return theirs and bool(own.tables or own.unnamed or own.ddl)


def _homes(
    file: PythonFile, named: Collection[str], reached: Collection[PythonFile]
) -> frozenset[str]:
    """Where the MetaData of a file may be from: as its names tell, else of all that it imports."""
    own = file.declared.holders
    others = frozenset(named) - own
    homes = {str(file.path)} if own else set()
    if others or not own:
        homes |= {
            str(its.path)
            for its in reached
            if (its.declared.holders & others if others else its.declared.holders)
        }
    return frozenset(homes) | (others & _OF_LIBRARIES)


def _reached(file: PythonFile, by_module: Mapping[str, PythonFile]) -> set[PythonFile]:
    """The file, and the files of the project that it imports, directly or through others."""
    reached, left = set(), [file]
    while left:
        one = left.pop()
        if one in reached:
            continue
        reached.add(one)
        left += _imported(one, by_module)
    return reached


def _imported(file: PythonFile, by_module: Mapping[str, PythonFile]) -> Iterator[PythonFile]:
    """The files of the project that it imports itself, packages included."""
    for name in file.imports:
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            if (found := by_module.get(".".join(parts[:length]))) is not None:
                yield found


def _read(path: Path, tree: ast.Module) -> PythonFile:
    module, package = _module_of(path)
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
        module,
        declared(tree, nodes),
        frozenset(names),
        frozenset(imports),
        is_alembics=path.name == "env.py" and (path.parent / "versions").is_dir(),
    )


def _module_of(path: Path) -> tuple[str, list[str]]:
    """The name for `import`, and the names of the packages that the file is in."""
    package: list[str] = []
    folder = path.parent
    while (folder / "__init__.py").is_file():
        package.insert(0, folder.name)
        folder = folder.parent
    parts = package if path.stem == "__init__" else [*package, path.stem]
    return ".".join(parts), package


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return {node.name}
    return {name.id for name in assigned(node)}
