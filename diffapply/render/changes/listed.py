"""What changes in objects that list their parts themselves, such as an enum its labels."""

import re
from collections.abc import Iterable, Iterator, Mapping

from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Change, Difference
from diffapply.model.statement import Statement
from diffapply.values.grammar import LITERAL
from diffapply.values.types import Composite, Enum

_RENAME_VALUE = re.compile(rf"\bRENAME VALUE ({LITERAL}) TO ({LITERAL})")


def renamed_labels(statements: Iterable[Statement]) -> dict[str, str]:
    """New label → the old one, of all enums."""
    return {
        new: old for its in statements for old, new in _RENAME_VALUE.findall(its.sql) if old != new
    }


def listed_changes(
    difference: Difference, old_labels: Mapping[str, str]
) -> Iterator[tuple[Change, str, str]]:
    """Change, kind and name of each part that it lists; nothing of an object that lists none.

    Args:
        old_labels: as `renamed_labels` tells.
    """
    try:
        kind, goal = _listed(difference.kind, difference.desired or "")
        _, source = _listed(difference.kind, difference.live or "")
    except UnreadableFactError:
        return
    renamed = (
        {new: old for new, old in old_labels.items() if new in goal and old in source}
        if difference.kind == "enum"
        else {}
    )
    for name, said in goal.items():
        if name in renamed:
            yield "changed", kind, f"{renamed[name]} → {name}"
        elif name not in source:
            yield "missing", kind, name
        elif said != source[name]:
            yield "changed", kind, name
    for name in source:
        if name not in goal and name not in renamed.values():
            yield "extra", kind, name


def _listed(kind: str, definition: str) -> tuple[str, dict[str, str]]:
    """How its parts are called, and each with what it is."""
    if kind == "enum":
        return "label", dict.fromkeys(Enum.read(definition).labels, "")
    if kind == "composite type":
        return "attribute", dict(Composite.read(definition).attributes)
    return "", {}
