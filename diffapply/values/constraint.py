"""Constraints of tables and domains, except NOT NULL."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self, TypedDict

from diffapply.values.grammar import (
    IDENTIFIER,
    INSIDE,
    NAME,
    Regex,
    leading_name,
    listed,
    names_any,
    parenthesised,
)
from diffapply.values.settings import Parameters
from diffapply.values.value import Value

_STATE = Regex(
    r"(?P<deferrable> DEFERRABLE)?(?P<deferred> INITIALLY DEFERRED)?"
    r"(?:(?P<not_valid> NOT VALID)|(?P<not_enforced> NOT ENFORCED))?"
)


class _State(TypedDict):
    deferrable: bool
    initially_deferred: bool
    valid: bool
    enforced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint(Value):
    """The words that may end any constraint."""

    deferrable: bool = False
    initially_deferred: bool = False
    valid: bool = True
    enforced: bool = True

    @classmethod
    def read(cls, definition: str) -> Self:
        """The constraint as one of the classes below. Raises as `Value.read`."""
        kind = _BY_WORD.get(definition.partition(" ")[0])
        found = kind.read_form(definition) if kind else None
        return found if isinstance(found, cls) else cls.unreadable(definition)

    @classmethod
    def read_form(cls, definition: str) -> "Constraint":
        """As `read`, of one that begins as this class does."""
        raise NotImplementedError

    @classmethod
    def state(cls, text: str, definition: str) -> _State:
        """When it is checked, from the end of its definition."""
        match = _STATE.fullmatch(text) or cls.unreadable(definition)
        return {
            "deferrable": bool(match["deferrable"]),
            "initially_deferred": bool(match["deferred"]),
            "valid": not match["not_valid"],
            "enforced": not match["not_enforced"],
        }

    @property
    def demand(self) -> Self:
        """The same constraint, valid, enforced and not deferrable."""
        return replace(self, deferrable=False, initially_deferred=False, valid=True, enforced=True)

    @property
    def deferral(self) -> str:
        """Whether it may be checked later, as it is written."""
        deferred = " INITIALLY DEFERRED" if self.initially_deferred else ""
        return (" DEFERRABLE" if self.deferrable else "") + deferred

    @property
    def ends(self) -> str:
        """How its definition ends."""
        valid = "" if self.valid else " NOT VALID"
        return self.deferral + (valid if self.enforced else " NOT ENFORCED")


_KEY = Regex(
    rf"(?P<word>PRIMARY KEY|UNIQUE(?: NULLS NOT DISTINCT)?) \((?P<keys>{INSIDE})\)"
    rf"(?: INCLUDE \((?P<include>{INSIDE})\))?"
)


@dataclass(frozen=True, slots=True)
class Key(Constraint):
    """A primary key or a unique constraint.

    Attributes:
        word: ``PRIMARY KEY``, ``UNIQUE`` or ``UNIQUE NULLS NOT DISTINCT``.
        keys: its columns; the last one perhaps ``WITHOUT OVERLAPS``.
        include: columns that its index has beside.
    """

    word: str
    keys: tuple[str, ...]
    include: tuple[str, ...] = ()

    @classmethod
    def read_form(cls, definition: str) -> "Key":
        """As `Value.read`."""
        match = _KEY.match(definition) or cls.unreadable(definition)
        state = cls.state(definition[match.end() :], definition)
        return cls(match["word"], listed(match["keys"]), listed(match["include"] or ""), **state)

    def __str__(self) -> str:
        return self.with_parameters("")

    def with_parameters(self, parameters: str) -> str:
        """Its definition with those of its index."""
        include = f" INCLUDE ({', '.join(self.include)})" if self.include else ""
        settings = f" WITH ({parameters})" if parameters else ""
        return f"{self.word} ({', '.join(self.keys)}){include}{settings}{self.ends}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(map(leading_name, self.keys))


_FOREIGN_KEY = Regex(
    rf"FOREIGN KEY \((?P<columns>{INSIDE})\) REFERENCES (?P<table>{NAME})"
    rf"\((?P<referenced>{INSIDE})\)"
    r"(?: MATCH (?P<match>[A-Z]+))?(?: ON UPDATE (?P<on_update>[A-Z]+(?: (?:NULL|DEFAULT))?))?"
    rf"(?: ON DELETE (?P<on_delete>[A-Z]+(?: (?:NULL|DEFAULT))?(?: \({INSIDE}\))?))?"
)


@dataclass(frozen=True, slots=True)
class ForeignKey(Constraint):
    """A foreign key.

    Attributes:
        columns: in the order of the list; likewise those that they refer to.
        match: where it is not SIMPLE.
    """

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]
    match: str | None = None
    on_update: str | None = None
    on_delete: str | None = None

    @classmethod
    def read_form(cls, definition: str) -> "ForeignKey":
        """As `Value.read`."""
        match = _FOREIGN_KEY.match(definition) or cls.unreadable(definition)
        columns, referenced = listed(match["columns"]), listed(match["referenced"])
        actions = match.group("match", "on_update", "on_delete")
        state = cls.state(definition[match.end() :], definition)
        return cls(columns, match["table"], referenced, *actions, **state)

    def __str__(self) -> str:
        leads = f"{self.table}({', '.join(self.referenced)})"
        actions = (
            ("MATCH", self.match),
            ("ON UPDATE", self.on_update),
            ("ON DELETE", self.on_delete),
        )
        said = "".join(f" {word} {its}" for word, its in actions if its)
        head = f"FOREIGN KEY ({', '.join(self.columns)}) REFERENCES "
        return f"{head}{leads}{said}{self.ends}"


_CHECK = Regex(
    r"CHECK \((?P<expression>.*)\)(?P<no_inherit> NO INHERIT)?(?P<ends>[A-Z ]*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Check(Constraint):
    """A check of a table or a domain."""

    expression: str
    no_inherit: bool = False

    @classmethod
    def read_form(cls, definition: str) -> "Check":
        """As `Value.read`."""
        match = _CHECK.fullmatch(definition) or cls.unreadable(definition)
        state = cls.state(match["ends"], definition)
        return cls(match["expression"], bool(match["no_inherit"]), **state)

    def __str__(self) -> str:
        return f"CHECK ({self.expression}){' NO INHERIT' * self.no_inherit}{self.ends}"

    def names_any(self, columns: Iterable[str]) -> bool:
        """Whether it is on one of these columns."""
        return names_any(self.expression, columns)


_EXCLUDE = Regex(rf"EXCLUDE USING (?P<method>{IDENTIFIER})")


@dataclass(frozen=True, slots=True)
class Exclude(Constraint):
    """An exclusion constraint: no two rows may be alike in these values.

    Attributes:
        parameters: of its index. PostgreSQL writes them here, but not in other constraints.
    """

    method: str
    elements: tuple[str, ...]
    include: str | None = None
    parameters: Parameters | None = None
    where: str | None = None

    @classmethod
    def read_form(cls, definition: str) -> "Exclude":
        """As `Value.read`."""
        match = _EXCLUDE.match(definition) or cls.unreadable(definition)
        elements, rest = parenthesised(definition[match.end() :], " ")
        include, rest = parenthesised(rest, " INCLUDE ")
        settings, rest = parenthesised(rest, " WITH ")
        where, rest = parenthesised(rest, " WHERE ")
        state = cls.state(rest, definition)
        parameters = None if settings is None else Parameters.read(settings)
        return cls(match["method"], listed(elements or ""), include, parameters, where, **state)

    def __str__(self) -> str:
        return self.with_parameters(str(self.parameters or ""))

    def with_parameters(self, parameters: str) -> str:
        """Its definition with those of its index."""
        include = "" if self.include is None else f" INCLUDE ({self.include})"
        settings = f" WITH ({parameters})" if parameters else ""
        where = "" if self.where is None else f" WHERE ({self.where})"
        head = f"EXCLUDE USING {self.method} ({', '.join(self.elements)})"
        return f"{head}{include}{settings}{where}{self.ends}"


_BY_WORD: dict[str, type[Constraint]] = {
    "PRIMARY": Key,
    "UNIQUE": Key,
    "FOREIGN": ForeignKey,
    "CHECK": Check,
    "EXCLUDE": Exclude,
}
