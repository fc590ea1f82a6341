"""Reads the Python files of a project as text, without running any of them."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diffapply.setup.declaring import Declared, assigned, at_import, declared

_MOST_FILES = 5_000
_LARGEST = 1_000_000
"""Bytes of a file that is read; nobody writes larger ones by hand."""
_NOT_THEIRS = {"node_modules", "site-packages", "build", "dist", "tests", "test", "versions"}


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
