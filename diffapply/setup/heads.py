"""Reads which revisions a project has. Runs none of its code."""

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress

from diffapply.errors import UsageError
from diffapply.setup.alembic import AlembicFolder
from diffapply.setup.declaring import assigned

_MOST_REVISIONS = 20_000


def revisions_of(folder: AlembicFolder) -> Mapping[str, tuple[str, ...]]:
    """Identifier of each revision → those that it comes after."""
    found: dict[str, tuple[str, ...]] = {}
    paths = sorted((folder.scripts / "versions").rglob("*.py")) if folder.scripts else []
    for path in paths[:_MOST_REVISIONS]:
        try:
            values = _constants(ast.parse(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, SyntaxError, RecursionError):
            continue
        name, before = values.get("revision"), values.get("down_revision")
        if isinstance(name, str):
            ones = before if isinstance(before, tuple | list) else (before,)
            found[name] = tuple(str(one) for one in ones if one)
    return found


def heads_of(revisions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The revisions that no other comes after."""
    before = {its for ones in revisions.values() for its in ones}
    return tuple(sorted(its for its in revisions if its not in before))


def only_head(folders: Sequence[AlembicFolder]) -> str | None:
    """The newest revision of a project; None if it has none.

    Raises:
        UsageError: there are several, or several folders of them.
    """
    if len(folders) > 1:
        raise UsageError(
            f"Alembic has revisions in {len(folders)} places: "
            f"{', '.join(its.label for its in folders)}.",
            "Run the command in the folder that you mean.",
        )
    heads = heads_of(revisions_of(folders[0])) if folders else ()
    if len(heads) > 1:
        raise UsageError(
            f"Alembic has {len(heads)} heads: {', '.join(heads)}.",
            "Let one revision come after all of them: alembic merge heads.",
        )
    return heads[0] if heads else None


def _constants(tree: ast.Module) -> dict[str, object]:
    """The names that are set to constants, such as ``revision = "ae1027a6acf"``."""
    found: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for name in assigned(node):
                with suppress(ValueError):
                    found[name.id] = ast.literal_eval(node.value)
    return found
