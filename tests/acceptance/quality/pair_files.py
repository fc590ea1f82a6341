"""The pairs: two states of a tenant, and the statements that a careful DBA writes between them.

pairs/columns/add_several.sql
-- why: several changes of one table are one statement
-- before
CREATE TABLE …
-- after
CREATE TABLE …
-- expected
ALTER TABLE …

The rules for what is expected are in `README.md` beside this module.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pglast import parser

PAIRS = Path(__file__).parent / "pairs"
_WHY = "-- why: "
_SECTIONS = ("before", "after", "expected")
_HEAD = re.compile(rf"^-- ({'|'.join(_SECTIONS)})\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two states of a tenant, and what leads from one to the other; `kind/subject` names it.

    Attributes:
        why: why an expert writes it like this, in a line.
        expected: statements without their semicolons.
    """

    kind: str
    subject: str
    why: str
    before: str
    after: str
    expected: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.subject}"


def all_pairs(folder: Path = PAIRS) -> Iterator[Pair]:
    """Every pair, in the order of its name.

    Raises:
        ValueError: a file is not a pair.
    """
    for path in sorted(folder.glob("*/*")):
        yield _read(path)


def _read(path: Path) -> Pair:
    head, *rest = _HEAD.split(path.read_text("utf-8"))
    names, texts = tuple(rest[::2]), rest[1::2]
    if path.suffix != ".sql" or names != _SECTIONS or not head.startswith(_WHY):
        raise ValueError(f"{path}: write `{_WHY}…`, then -- {', -- '.join(_SECTIONS)}")
    before, after, expected = texts
    return Pair(
        kind=path.parent.name,
        subject=path.stem,
        why=head.removeprefix(_WHY).strip(),
        before=before,
        after=after,
        expected=tuple(parser.split(expected)),
    )
