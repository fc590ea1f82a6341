"""Finds the folder in which a project keeps Alembic's revisions. Runs none of its code."""

import ast
import configparser
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from diffapply.errors import UsageError
from diffapply.setup.sources import assigned, folders_of

_MOST_REVISIONS = 20_000


@dataclass(frozen=True, slots=True)
class AlembicFolder:
    """Where Alembic's `env.py` is, and the revisions beside it.

    Attributes:
        path: the folder.
        revisions: identifier → those that it comes after.
    """

    path: Path
    revisions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def heads(self) -> tuple[str, ...]:
        """The revisions that no other comes after."""
        before = {its for ones in self.revisions.values() for its in ones}
        return tuple(sorted(its for its in self.revisions if its not in before))


def find_alembic(root: Path) -> AlembicFolder | None:
    """The folder that `alembic.ini` names, or else the first one that looks like it."""
    for folder in _likely(root):
        if (folder / "env.py").is_file():
            return AlembicFolder(folder, _revisions(folder / "versions"))
    return None


def head_of(root: Path) -> str | None:
    """The newest revision of a project; None if it has none.

    Raises:
        UsageError: several revisions have none after them.
    """
    folder = find_alembic(root)
    heads = folder.heads if folder else ()
    if len(heads) > 1:
        raise UsageError(
            f"Alembic has {len(heads)} heads: {', '.join(heads)}.",
            "Let one revision come after all of them: alembic merge heads.",
        )
    return heads[0] if heads else None


def _likely(root: Path) -> Iterator[Path]:
    for folder in folders_of(root):
        if (named := _named_in(folder / "alembic.ini")) is not None:
            yield named
    for folder in folders_of(root):
        if (folder / "versions").is_dir():
            yield folder


def _named_in(ini: Path) -> Path | None:
    """The folder that the file names as the place of its scripts."""
    reader = configparser.ConfigParser({"here": str(ini.parent)}, interpolation=None)
    try:
        if not ini.is_file() or not reader.read(ini, encoding="utf-8"):
            return None
        named = reader["alembic"]["script_location"]
    except (OSError, ValueError, KeyError, configparser.Error):
        return None
    return ini.parent / named.replace("%(here)s", str(ini.parent))


def _revisions(folder: Path) -> dict[str, tuple[str, ...]]:
    found = {}
    for number, path in enumerate(sorted(folder.rglob("*.py"))):
        if number >= _MOST_REVISIONS:
            break
        try:
            values = _constants(ast.parse(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, SyntaxError, RecursionError):
            continue
        name, before = values.get("revision"), values.get("down_revision")
        if isinstance(name, str):
            ones = before if isinstance(before, tuple | list) else (before,)
            found[name] = tuple(str(one) for one in ones if one)
    return found


def _constants(tree: ast.Module) -> dict[str, object]:
    """The names that are set to constants, such as ``revision = "ae1027a6acf"``."""
    found: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for name in assigned(node):
                with suppress(ValueError):
                    found[name.id] = ast.literal_eval(node.value)
    return found
