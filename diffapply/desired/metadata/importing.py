"""Imports the user's models as their application does, and says where the import fails."""

import importlib
import importlib.util
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from textwrap import shorten
from types import ModuleType

from diffapply.errors import DesiredStateError, masked

_NOT_THEIRS = (Path(__file__).parents[2], Path(sysconfig.get_path("stdlib")))
_NAME_IT = "Name your models or SQL with --desired; or let `diffapply init` find them."
_LONGEST = 400
"""Characters of an exception's message that an error shows."""


def import_source(source: str) -> ModuleType:
    """Import a file by its path, or a module by its name, found as `python -m` finds it.

    As always in Python, a module runs only once in a process.

    Raises:
        DesiredStateError: it does not exist or cannot be imported; names the user's own file and
            line.
    """
    folders = [Path.cwd()]
    load = partial(importlib.import_module, source)
    path = Path(source)
    if path.suffix == ".py" or "/" in source:
        if not path.is_file():
            raise DesiredStateError(f"There is no file {source}.", _NAME_IT)
        path = path.parent.resolve() / path.name
        folder, name = _in_its_packages(path)
        # The modules beside it must be importable, as they are for the application.
        folders.insert(0, folder)
        in_package = "." in name or path.stem == "__init__"
        load = partial(importlib.import_module, name) if in_package else partial(_run, path)
    for folder in reversed(folders):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    try:
        return load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit is no Exception, nor are those of some test tools
        raise DesiredStateError(
            f"{source} cannot be imported: {_said(error, folders)}",
            _remedy(error, source),
        ) from error


def not_built(label: str, error: Exception) -> DesiredStateError:
    """The error for user code that fails while the models are created."""
    return DesiredStateError(
        f"The desired state {label} cannot be built: {_said(error, map(Path, sys.path))}",
    )


def _said(error: BaseException, folders: Iterable[Path]) -> str:
    """The message of an exception, and the place in the user's project where it was raised."""
    said = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    place = _place(error, [*folders])
    return (
        f"{type(error).__name__}: {shorten(masked(said), _LONGEST, placeholder=' …')}"
        f"{f' ({place})' if place else ''}"
    )


def _remedy(error: BaseException, source: str) -> str:
    # What it needs takes longer to import than all else here.
    from diffapply.desired.metadata.requirements import version_conflict  # noqa: PLC0415

    if conflict := version_conflict(error, source):
        return conflict
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        return (
            f"Install {package} where diffapply is installed, or run diffapply in the folder that "
            "contains it."
        )
    if isinstance(error, ImportError) and "relative import" in str(error):
        return "Give it as a module: package.module:attribute."
    return ""


def _place(error: BaseException, folders: Sequence[Path]) -> str:
    """The file and line in the user's project; empty if the error is outside of it."""
    found = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        found.append((error.filename or "", error.lineno))
    for file, line in reversed(found):
        path = Path(file)
        theirs = _within(path, folders) and not _within(path, _NOT_THEIRS)
        if line and theirs and "site-packages" not in path.parts:
            here = Path.cwd()
            shown = path.relative_to(here) if path.is_relative_to(here) else path
            return f"{shown}, line {line}"
    return ""


def _within(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _in_its_packages(path: Path) -> tuple[Path, str]:
    """The folder to import a file from, and its module name there, packages included."""
    folder, name = path.parent, path.stem
    if name == "__init__":  # the file is its package, which runs once
        folder, name = folder.parent, folder.name
    while (folder / "__init__.py").is_file():
        folder, name = folder.parent, f"{folder.name}.{name}"
    return folder, name


def _run(path: Path) -> ModuleType:
    """Run a file that is in no package, as a module with a unique name.

    Others may import it by the name that it has in a folder of `sys.path`; then it is the same one.
    """
    own = f"diffapply_desired_{path.stem}"
    names = {own, *_names_on_the_path(path)}
    for name in names:
        there = sys.modules.get(name)
        if there is not None and getattr(there, "__file__", None) == str(path):
            return there
    spec = importlib.util.spec_from_file_location(own, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    known = {own, *(name for name in names if name not in sys.modules)}
    sys.modules.update(dict.fromkeys(known, module))
    try:
        for name in known:
            _bind(name, module)
        spec.loader.exec_module(module)
    except BaseException:
        for name in known:
            sys.modules.pop(name, None)
        raise
    return module


def _bind(name: str, module: ModuleType) -> None:
    """Make it an attribute of its folder, as `import app.models` does."""
    above, dot, last = name.rpartition(".")
    if dot:
        with suppress(ImportError):
            setattr(importlib.import_module(above), last, module)


def _names_on_the_path(path: Path) -> Iterator[str]:
    """The names by which a file that is in no package can be imported, such as ``app.models``."""
    for folder in map(Path, sys.path):
        if folder.is_absolute() and path.is_relative_to(folder):
            yield ".".join(path.relative_to(folder).with_suffix("").parts)
