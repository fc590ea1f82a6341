"""What statements say that alter or create tables, or build indexes: here alone it is read.

The text is as the table of kinds or the parser's printer writes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from diffapply.values.grammar import IDENTIFIER, NAME, Regex, listed

ActionKind = Literal[
    "add constraint",
    "drop constraint",
    "enforce",
    "not enforce",
    "drop column",
    "retype",
    "attach",
    "detach",
    "inherit",
    "not inherit",
    "other",
]


@dataclass(frozen=True, slots=True)
class Action:
    """One action of ALTER TABLE.

    Attributes:
        text: all of it.
        name: the constraint, column or partition; empty of others.
        refers_to: the table that it refers to with what it adds; empty if it does not.
    """

    text: str
    kind: ActionKind
    name: str
    refers_to: str


@dataclass(frozen=True, slots=True)
class TableAlteration:
    """What ALTER TABLE says.

    Attributes:
        only: whether it leaves out what inherits from the table.
    """

    table: str
    only: bool
    actions: tuple[Action, ...]


def table_alteration(said: str) -> TableAlteration | None:
    """What an ALTER TABLE says; None if the statement is none."""
    its = _ALTERS.match(said)
    if not its:
        return None
    actions = tuple(_action(text.strip()) for text in listed(said[its.end() :]))
    return TableAlteration(its["table"], bool(its["only"]), actions)


def _action(text: str) -> Action:
    kind, name = next(_named(text), ("other", ""))
    refers = _ADDS_REFERENCE.match(text)
    return Action(text, kind, name, refers["name"] if refers else "")


def _named(text: str) -> Iterator[tuple[ActionKind, str]]:
    for kind, pattern in _NAMING:
        if its := pattern.match(text):
            yield kind, its["name"]


_ALTERS = Regex(rf"ALTER (?:FOREIGN )?TABLE (?:IF EXISTS )?(?P<only>ONLY )?(?P<table>{NAME}) ")
_ADDS_REFERENCE = Regex(rf"ADD .*\bREFERENCES (?P<name>{NAME})")
_NAMING: tuple[tuple[ActionKind, Regex], ...] = (
    ("add constraint", Regex(rf"ADD CONSTRAINT (?P<name>{IDENTIFIER}) ")),
    ("drop constraint", Regex(rf"DROP CONSTRAINT (?:IF EXISTS )?(?P<name>{IDENTIFIER})")),
    ("enforce", Regex(rf"ALTER CONSTRAINT (?P<name>{IDENTIFIER}) ENFORCED")),
    ("not enforce", Regex(rf"ALTER CONSTRAINT (?P<name>{IDENTIFIER}) NOT ENFORCED")),
    ("drop column", Regex(rf"DROP COLUMN (?:IF EXISTS )?(?P<name>{IDENTIFIER})")),
    (
        "retype",
        Regex(rf"ALTER (?:COLUMN )?(?P<name>{IDENTIFIER}) (?:(?:SET DATA )?TYPE |SET EXPRESSION )"),
    ),
    ("attach", Regex(rf"ATTACH PARTITION (?P<name>{NAME})")),
    ("detach", Regex(rf"DETACH PARTITION (?P<name>{NAME})")),
    ("inherit", Regex(rf"INHERIT (?P<name>{NAME})")),
    ("not inherit", Regex(rf"NO INHERIT (?P<name>{NAME})")),
)

CREATES_INDEX = Regex(
    rf"CREATE (?:UNIQUE )?INDEX (?:(?P<name>{IDENTIFIER}) )?ON (?P<only>ONLY )?(?P<table>{NAME})"
)
CREATES_TABLE = Regex(
    rf"CREATE (?:UNLOGGED )?(?:FOREIGN )?TABLE (?P<table>{NAME}) "
    rf"(?:PARTITION OF (?P<parent>{NAME}))?"
)
