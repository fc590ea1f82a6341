"""Finds the Python files of a project that may hold all its models, without running any of them."""

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MOST_FILES = 5_000
_LARGEST = 1_000_000
"""Bytes of a file that is read; nobody writes larger ones by hand."""
_NOT_THEIRS = {"node_modules", "site-packages", "build", "dist", "tests", "test", "versions"}
_HOLDERS = {"MetaData", "declarative_base", "automap_base", "registry", "SQLAlchemy"}
"""What returns a MetaData, or something that has one, when it is called."""
_BASES = {"DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "SQLModel"}
_STARTS = ("create_all(", "FastAPI(", "Flask(", "Starlette(", "uvicorn.run(")
"""In files that do more than define models when they are imported."""


@dataclass(frozen=True, slots=True)
class PythonFile:
    """A Python file of the project.

    Attributes:
        path: the file.
        module: its name for `import`, with its packages.
        declares: whether it defines tables, or DDL that is run with them.
        names: the names that it defines or imports; a star if it imports all of a module.
        holders: those of them that it defines, and that have a MetaData.
        imports: names of modules, and of what is imported from them.
        starts: whether importing it may do more than define models.
    """

    path: Path
    module: str
    declares: bool = False
    names: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    starts: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may hold all models.

    Attributes:
        holders: names in it that may have the MetaData.
        reaches: the files that declare something and that it imports, itself included.
    """

    path: Path
    holders: tuple[str, ...]
    reaches: frozenset[Path] = field(default_factory=frozenset)


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
    """The Python files of a project, without Alembic's own."""
    found = 0
    for folder in folders_of(root):
        if (folder / "env.py").exists() and (folder / "versions").is_dir():
            continue
        for path in sorted(folder.glob("*.py")):
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
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text)
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        files.append(_read(path, text, tree))
    return files


def candidates(files: Sequence[PythonFile], root: Path) -> list[Candidate]:
    """The files that have a MetaData, with those first that import most of what is declared."""
    # By the path from the root, too: folders may be packages without an `__init__.py`.
    by_module = {
        ".".join(file.path.relative_to(root).with_suffix("").parts): file for file in files
    } | {file.module: file for file in files}
    holders = frozenset(name for file in files for name in file.holders) | {"SQLModel"}
    found = []
    for file in files:
        named = holders if "*" in file.names else file.names & holders
        if not named or file.starts:
            continue
        reached = _reached(file, by_module)
        tables = frozenset(its.path for its in reached if its.declares)
        if tables or file.holders:
            usual = sorted(named, key=lambda name: (name not in file.holders, name))
            found.append((len(reached), Candidate(file.path, tuple(usual), tables)))
    found.sort(key=lambda its: (-len(its[1].reaches), its[0], str(its[1].path)))
    return [candidate for _, candidate in found]


def _reached(file: PythonFile, by_module: Mapping[str, PythonFile]) -> set[PythonFile]:
    """The file, and the files of the project that it imports, directly or through others."""
    reached, left = set(), [file]
    while left:
        one = left.pop()
        if one in reached:
            continue
        reached.add(one)
        for name in one.imports:
            parts = name.split(".")
            for length in range(len(parts), 0, -1):
                left += [*filter(None, [by_module.get(".".join(parts[:length]))])]
    return reached


def _read(path: Path, text: str, tree: ast.Module) -> PythonFile:
    module, package = _module_of(path)
    names: set[str] = set()
    holders: set[str] = set()
    imports: set[str] = set()
    for node in tree.body:
        names |= _defined(node)
        holders |= _held(node)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Import):
            imports |= {alias.name for alias in inner.names}
        elif isinstance(inner, ast.ImportFrom):
            above = package[: len(package) - inner.level + 1] if inner.level else []
            base = [*above, *filter(None, [inner.module])]
            imports |= {".".join([*base, alias.name]) for alias in inner.names}
    return PythonFile(
        path,
        module,
        declares=any(_declares(node) for node in ast.walk(tree)),
        names=frozenset(names),
        holders=frozenset(holders),
        imports=frozenset(imports),
        starts=any(word in text for word in _STARTS),
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


def _held(node: ast.stmt) -> set[str]:
    """Names that the statement defines, and that have a MetaData."""
    if isinstance(node, ast.ClassDef):
        return {node.name} if {_last(base) for base in node.bases} & _BASES else set()
    value = getattr(node, "value", None)
    if isinstance(value, ast.Call) and _last(value.func) in _HOLDERS:
        return {name.id for name in assigned(node)}
    if isinstance(value, ast.Attribute) and value.attr == "metadata":
        return {name.id for name in assigned(node)}
    return set()


def assigned(node: ast.stmt) -> list[ast.Name]:
    """The plain names that a statement sets."""
    named = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        named = [node.target]
    return [name for name in named if isinstance(name, ast.Name)]


def _declares(node: ast.AST) -> bool:
    if isinstance(node, ast.ClassDef):
        if any(keyword.arg == "table" for keyword in node.keywords):  # SQLModel
            return True
        return any(
            name.id in {"__tablename__", "__table__"}
            for statement in node.body
            for name in assigned(statement)
        )
    if not isinstance(node, ast.Call):
        return False
    called = _last(node.func)
    return called == "DDL" or (called == "Table" and len(node.args) > 1)


def _last(node: ast.expr) -> str:
    """The last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
