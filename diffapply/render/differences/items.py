"""Differences for people, item by item: what is missing, in excess, or otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from diffapply.catalog.comparison import field_changes
from diffapply.ddl.kinds import WHOLES
from diffapply.model.catalog import Change, Difference, FieldChange
from diffapply.model.unreadable import Denied, Locked, reading_asked
from diffapply.render.words.wording import Line, counted, visible, visible_block
from diffapply.values.grammar import before

_WHOLES = WHOLES - {"column"}

DIFFERENCE_MARKS: dict[Change, str] = {"missing": "-", "extra": "+", "changed": "~"}
"""The mark of what the tenant lacks, has in excess, or has differently."""

_STATE = " state"
_STATES = {
    "DISABLE": "disabled",
    "ENABLE": "enabled",
    "ENABLE REPLICA": "enabled for replication alone",
    "ENABLE ALWAYS": "enabled also for replication",
}
"""State of a trigger or rule, or of the triggers of a constraint → as people say it."""


def _in_words(state: str) -> str:
    word, where, there = visible(state).partition(" WHERE ")
    return f"{_STATES.get(word, word)}{(where + there).lower()}"


@dataclass(frozen=True, slots=True)
class Item:
    """A difference, and how many other differences it includes.

    Attributes:
        parts: number of columns, defaults, constraints … that come or go with it.
    """

    difference: Difference
    parts: int = 0

    @property
    def title(self) -> str:
        """Such as ``- missing index ix_a``; safe to print, whatever the names contain."""
        return f"{DIFFERENCE_MARKS[self.difference.change]} {self.named}"

    @property
    def named(self) -> str:
        """Such as ``missing index ix_a``: what it is, not what it says."""
        change = "" if self.state else f"{self.difference.change} "
        return f"{change}{self.subject}"

    @property
    def subject(self) -> str:
        """`named` without what became of it, such as ``index ix_a``."""
        return f"{self.kind} {visible(self.difference.name)}{self.state}{self.with_parts}"

    @property
    def kind(self) -> str:
        """What it is; of a state, what is in that state."""
        kind = self.difference.kind
        return kind.removesuffix(_STATE) if self.state else kind

    @property
    def state(self) -> str:
        """Such as `` is disabled``, of a trigger, rule or constraint; empty for all else."""
        of = self.difference
        if not of.kind.endswith(_STATE) or of.change == "changed":
            return ""
        verb, said = ("is", of.live) if of.change == "extra" else ("is not", of.desired)
        return f" {verb} {' and '.join(map(_in_words, (said or '').split(', ')))}"

    @property
    def with_parts(self) -> str:
        """Such as `` (with 3 parts)``; empty without any."""
        return f" (with {counted(self.parts, 'part')})" if self.parts else ""


def items(differences: Iterable[Difference]) -> list[Item]:
    """The differences in order; parts of a missing or extra table are counted, not listed."""
    differences = tuple(differences)
    wholes = {
        (d.change, d.name) for d in differences if d.kind in _WHOLES and d.change != "changed"
    }
    parts: dict[tuple[Change, str], int] = defaultdict(int)
    standing = []
    for difference in differences:
        whole = difference.change, before(difference.name, ".")
        if whole in wholes and difference.kind not in _WHOLES:
            parts[whole] += 1
        else:
            standing.append(difference)
    return [Item(d, parts[d.change, d.name] if d.kind in _WHOLES else 0) for d in standing]


def is_block(difference: Difference) -> bool:
    """Whether one of the definitions has several lines."""
    return any("\n" in (text or "") for text in (difference.desired, difference.live))


def differing_fields(difference: Difference) -> tuple[FieldChange, ...]:
    """The fields in which a changed item differs, if they are shorter than what it says."""
    if is_block(difference):
        return ()
    changes = field_changes(difference)
    told = sum(len(f"{its.field}{its.desired}{its.live}") for its in changes)
    return changes if told < len(f"{difference.desired}{difference.live}") else ()


def sides(difference: Difference) -> tuple[str, str]:
    """What a changed item should say, and what it says; safe to print.

    Of one in a line, the fields that differ alone, if that is shorter.
    """
    if changes := differing_fields(difference):
        desired = ", ".join(f"{its.field} {its.desired or 'none'}" for its in changes)
        live = ", ".join(f"{its.field} {its.live or 'none'}" for its in changes)
    else:
        desired, live = difference.desired or "", difference.live or ""
    return visible_block(desired), visible_block(live)


def comparison(difference: Difference) -> Iterator[Line]:
    """The two sides of a changed item, or their unified diff if they have several lines."""
    desired, live = sides(difference)
    if is_block(difference):
        there, here = desired.split("\n"), live.split("\n")
        # As for whole items: what only the tenant has is marked by "+".
        lines = unified_diff(there, here, "desired", "live", lineterm="", n=2)
        yield from (Line("", line) for line in lines)
    else:
        yield Line("desired ", desired)
        yield Line("live    ", live)


def described(
    differences: Iterable[Difference], whys: Sequence[Denied | Locked] = ()
) -> Iterator[str]:
    """The items line by line; changed ones with their two definitions.

    Args:
        whys: why the tenants could not be read, if so.
    """
    if whys:
        yield f"could not be read. {visible(reading_asked(whys))}"
    for item in items(differences):
        yield item.title
        if item.difference.change == "changed":
            yield from (f"    {line}" for line in comparison(item.difference))
