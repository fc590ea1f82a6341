"""Guesses the tenants pattern from the names of schemas."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_UUID = r"[0-9a-f]{8}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{12}"
_HEX = r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{8,}"
_CHANGING = re.compile(rf"({_UUID})|(?<![a-z])({_HEX})(?![a-z])|(\d+)")
_PREFIX = re.compile(r"[^\W_]+[_-](?=.)")
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Family:
    """Schemas with names of one pattern.

    Attributes:
        pattern: a regular expression, as the setting `tenants` takes it.
        wide: whether it takes any name that begins alike, not only numbers at the same place.
    """

    pattern: str
    members: frozenset[str]
    wide: bool = False


def families(schemas: Collection[str]) -> list[Family]:
    """The patterns that the names of schemas follow, the narrow ones first."""
    by_pattern: dict[str, set[str]] = defaultdict(set)
    prefixed: dict[str, set[str]] = defaultdict(set)
    for name in schemas:
        pattern = _pattern(name)
        if pattern != _plain(name):
            by_pattern[f"^{pattern}$"].add(name)
        if prefix := _PREFIX.match(name):
            prefixed[f"^{_plain(prefix[0])}.+$"].add(name)
    narrow = [Family(its, frozenset(names)) for its, names in sorted(by_pattern.items())]
    wide = [
        Family(its, frozenset(names), wide=True)
        for its, names in sorted(prefixed.items())
        if len(names) > 1
    ]
    return [*narrow, *wide]


def likely(schemas: Collection[str]) -> list[Family]:
    """The families of schemas that may be the tenants, the largest first; none has one member."""
    found: list[Family] = []
    for family in sorted(families(schemas), key=lambda its: (-len(its.members), its.wide)):
        if len(family.members) > 1 and not any(family.members & its.members for its in found):
            found.append(family)
    return found


def listed(names: Iterable[str]) -> Family | None:
    """The family of schemas whose names have nothing in common; None if these are too many."""
    members = frozenset(names)
    if not members or len(members) > _MOST_LISTED:
        return None
    return Family(f"^({'|'.join(map(_plain, sorted(members)))})$", members)


def _pattern(name: str) -> str:
    parts, end = [], 0
    for found in _CHANGING.finditer(name):
        parts.append(_plain(name[end : found.start()]))
        uuid, digits = found[1], found[3]
        parts.append("[0-9a-f_-]{32,36}" if uuid else r"\d+" if digits else "[0-9a-f]+")
        end = found.end()
    return "".join([*parts, _plain(name[end:])])


def _plain(text: str) -> str:
    """The text for a regular expression; a dash needs no escape, and reads better without."""
    return re.escape(text).replace(r"\-", "-")
