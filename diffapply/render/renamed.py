"""What a transition renames: its differences say that one thing went and another came."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from diffapply.model.catalog import Change, Difference
from diffapply.model.identifier import is_plain
from diffapply.model.plan import Transition
from diffapply.values.grammar import before

_NAME = r'((?:"(?:[^"]|"")+"|[^\W\d][\w$]*)(?:\s*\([^()]*\))?)'
_RENAME = re.compile(
    rf"\bALTER\s+(?:(?:TRIGGER|POLICY|RULE)\s+{_NAME}\s+ON\s+|[a-z ]+?\s+(?:ONLY\s+)?){_NAME}\s+RENAME\s+"
    rf"(?:(?:COLUMN|CONSTRAINT|ATTRIBUTE)\s+{_NAME}\s+)?TO\s+{_NAME}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Renamed:
    """Two differences that are one rename.

    Attributes:
        old: that of the old name, which is extra.
        new: that of the new name, which is missing.
    """

    old: Difference
    new: Difference


def find_renamed(transition: Transition) -> Sequence[Renamed]:
    """The pairs of differences that the statements turn into each other."""
    pairs = [
        (_as_in_facts(own or part or whole), _as_in_facts(new))
        for its in transition.statements
        for own, whole, part, new in _RENAME.findall(its.sql)
    ]
    if not pairs:
        return []
    named: dict[tuple[Change, str], list[Difference]] = defaultdict(list)
    for difference in transition.differences:
        named[difference.change, _part(difference.name)].append(difference)
    return [
        Renamed(old, new)
        for old_name, new_name in pairs
        for old in named["extra", old_name]
        for new in named["missing", new_name]
        if (old.kind, _whose(old.name)) == (new.kind, _whose(new.name))
    ]


def _whose(name: str) -> str:
    """The object that it is a part of, or nothing."""
    whole = before(name, ".")
    return "" if whole == name else whole


def _part(name: str) -> str:
    whole = _whose(name)
    return name[len(whole) + 1 :] if whole else name


def _as_in_facts(name: str) -> str:
    """The name without quotes that it does not need."""
    bare = name.strip('"')
    return bare if is_plain(bare) else name
