"""The acceptance cases: a folder of kinds, each a folder of changes, each an old and a new state.

cases/columns/add_not_null_with_default/
old.sql, new.sql     statements for an empty schema, without the schema's name
min_version          optional: the first major version that knows the syntax
expected             optional: `blocked: why`, where old → new cannot be done
reverse_expected     optional: the same for new → old
rows.sql, kept.sql   optional: rows for the old state, and a query that is true if they are kept
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CASES = Path(__file__).parent / "cases"

Direction = Literal["forward", "backward"]
DIRECTIONS: tuple[Direction, ...] = ("forward", "backward")

_FILES = {
    *("old.sql", "new.sql", "rows.sql", "kept.sql"),
    *("min_version", "expected", "reverse_expected"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One change; `kind/change` names it.

    Attributes:
        reasons: why it is blocked, for the directions in which it is.
        rows: statements that fill what stands at `old`, or nothing.
        kept: a query that is true at `new` if nothing of that was lost; empty without rows.
    """

    kind: str
    change: str
    old: str
    new: str
    min_version: int
    reasons: dict[Direction, str]
    rows: str = ""
    kept: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.change}"


def all_cases(folder: Path = CASES) -> Iterator[Case]:
    """Every case, in the order of its name.

    Raises:
        ValueError: a folder is not a case.
    """
    for path in sorted(folder.glob("*/*")):
        yield _read(path)


def _read(path: Path) -> Case:
    texts = {file.name: file.read_text(encoding="utf-8") for file in path.iterdir()}
    if unknown := texts.keys() - _FILES:
        raise ValueError(f"{path}: no case has {', '.join(sorted(unknown))}")
    reasons: dict[Direction, str] = {}
    for direction, file in zip(DIRECTIONS, ("expected", "reverse_expected"), strict=True):
        if file in texts:
            word, _, reason = texts[file].strip().partition(": ")
            if word != "blocked" or not reason:
                raise ValueError(f"{path / file}: write `blocked: why`")
            reasons[direction] = reason
    return Case(
        kind=path.parent.name,
        change=path.name,
        old=texts["old.sql"],
        new=texts["new.sql"],
        min_version=int(texts.get("min_version", "15")),
        reasons=reasons,
        rows=texts.get("rows.sql", ""),
        kept=texts.get("kept.sql", ""),
    )
