"""What a plan or drift has found, one by one, with a rule and a level: for programs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from diffapply.model.drift import DriftReport
from diffapply.model.hazards import HazardCode, HazardKind
from diffapply.model.listing import in_one_line
from diffapply.model.plan import Plan
from diffapply.model.unreadable import Unreadable, reading_asked
from diffapply.render.changes.relative import by_size, numbered
from diffapply.render.differences.approved import approved_blocks
from diffapply.render.differences.drift import by_object, drift_blocks
from diffapply.render.differences.items import Item, comparison, items
from diffapply.render.words.wording import in_order, told
from diffapply.values.grammar import IDENTIFIER

Level = Literal["error", "warning", "note"]

LEVELS: Mapping[HazardKind, Level] = {
    "data": "error",
    "drop": "warning",
    "lock": "note",
    "rewrite": "warning",
    "time": "note",
    "rows": "warning",
    "code": "error",
    "stale": "warning",
    "shared": "warning",
    "numbers": "warning",
}
OWN_RULES: Mapping[str, tuple[Level, str]] = {
    "BLOCKED": ("error", "No proved way leads to the goal; the tenants are left alone."),
    "NO_WAY_BACK": ("warning", "The change could not be undone."),
    "UNREADABLE": ("error", "A tenant could not be compared."),
    "DRIFT_MISSING": ("error", "A tenant lacks something that is desired."),
    "DRIFT_EXTRA": ("error", "A tenant has something that is not desired."),
    "DRIFT_CHANGED": ("error", "A tenant has something otherwise than desired."),
    "NOTE": ("note", "A hint about tenants."),
    "APPROVED": ("note", "A tenant differs as its variant approves."),
}
"""Rules that are no hazards, with their level."""

_OBJECT = re.compile(
    r"\s*(?:CREATE|ALTER|DROP|COMMENT\s+ON)\s+(?:OR\s+REPLACE\s+)?(?:UNIQUE\s+)?"
    r"((?:MATERIALIZED\s+)?[A-Z]+)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
    rf"((?:{IDENTIFIER}\.)*({IDENTIFIER}))"
)
"""The kind and the name of what a statement is about, and the last part of that name."""
_IN_A_FACT = re.compile(rf"(?:[A-Z]+ )*({IDENTIFIER})")
"""The name of the object in that of a fact, such as ``orders.total`` or ``COLUMN orders.total``."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that a program may act upon.

    Attributes:
        rule: the code of a hazard, or one of `OWN_RULES`.
        about: kind and name of what it is about, as SQL quotes it.
        object: the object's own name, likewise; empty if it is about none.
        message: without the tenants.
        identity: what is the same when it is found again.
    """

    rule: str
    level: Level
    about: tuple[str, str]
    object: str
    message: str
    tenants: tuple[str, ...]
    identity: str


def plan_alerts(plan: Plan) -> Iterator[Alert]:
    """The hazards of a plan, what is blocked, and what could not be undone."""
    yield from _hazards(plan)
    yield from _reasons(plan)
    yield from _notes(plan.all_notes)
    yield from _unreadable(plan.unreadable)


def drift_alerts(report: DriftReport) -> Iterator[Alert]:
    """What differs, object by object, with its tenants; then what is approved."""
    yield from _differences(report)
    for approved in approved_blocks(report):
        text = "\n".join(("Approved", *approved.told))
        yield Alert(
            "APPROVED", "note", ("schema", approved.tenants[0]), "", text, approved.tenants, text
        )
    yield from _notes(report.notes)
    yield from _unreadable(report.unreadable)


def _hazards(plan: Plan) -> Iterator[Alert]:
    """Each hazard of each statement once, with the tenants of all transitions that have it."""
    alike: dict[tuple[str, HazardCode, str], list[tuple[int, tuple[str, ...]]]]
    alike = defaultdict(list)
    for transition in by_size(plan):
        for entry in numbered(transition):
            for hazard in entry.statement.hazards:
                key = entry.statement.sql, hazard.code, told(hazard)
                alike[key].append((entry.number, transition.tenants))
    together = cache(in_order)  # most statements run in the same transitions
    for (sql, code, text), where in alike.items():
        match = _OBJECT.match(sql)
        kind, name, own = match.groups() if match else ("statement", "", "")
        yield Alert(
            code.name,
            LEVELS[code.kind],
            (kind.lower(), name),
            own,
            f"Statement {where[0][0]} {text}",
            together(*(tenants for _, tenants in where)),
            sql,
        )


def _reasons(plan: Plan) -> Iterator[Alert]:
    alike: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for transition in by_size(plan):
        for reason in transition.no_way_back:
            alike["NO_WAY_BACK", reason].append(transition.tenants)
        if transition.blocked:
            alike["BLOCKED", in_one_line(transition.blocked)].append(transition.tenants)
    for (rule, text), tenants in alike.items():
        yield Alert(rule, OWN_RULES[rule][0], ("shape", ""), "", text, in_order(*tenants), text)


def _differences(report: DriftReport) -> Iterator[Alert]:
    blocks = drift_blocks(report)
    drifted = {item for its in blocks if its.state == "drifted" for item in items(its.differences)}
    for item, tenants in by_object([its for its in blocks if not its.whys]):
        of = item.difference
        match = _IN_A_FACT.match(of.name)
        # A tenant that is behind is only waiting for an apply.
        level: Level = "error" if item in drifted else "warning"
        yield Alert(
            f"DRIFT_{of.change.upper()}",
            level,
            (of.kind, of.name),
            match[1] if match else "",
            _said(item),
            tenants,
            f"{of.kind} {of.name} {of.live}",
        )


def _notes(notes: Iterable[str]) -> Iterator[Alert]:
    for note in notes:
        yield Alert("NOTE", "note", ("database", ""), "", note, (), note)


def _said(item: Item) -> str:
    lines = comparison(item.difference) if item.difference.change == "changed" else ()
    phrase = item.named[:1].upper() + item.named[1:]
    return "\n".join((phrase, *map(str, lines)))


def _unreadable(unreadable: Iterable[Unreadable]) -> Iterator[Alert]:
    for tenant in unreadable:
        text = f"Could not be read. {reading_asked([tenant.why])}"
        yield Alert(
            "UNREADABLE", "error", ("schema", tenant.name), "", text, (tenant.name,), tenant.name
        )
