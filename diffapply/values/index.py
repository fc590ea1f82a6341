"""Indexes, and what is set on them."""

from dataclasses import dataclass, replace
from typing import Self

from diffapply.model.catalog import Fact
from diffapply.values.grammar import (
    IDENTIFIER,
    NAME,
    Regex,
    leading_name,
    listed,
    parenthesised,
)
from diffapply.values.settings import Parameters
from diffapply.values.value import Value

_INDEX = Regex(rf"ON (?P<table>{NAME}) (?P<unique>UNIQUE )?USING (?P<method>{IDENTIFIER})(?= \()")
_SORTED = Regex(r"(?: DESC| NULLS (?:FIRST|LAST))+$")


@dataclass(frozen=True, slots=True)
class Index(Value):
    """An index that is no constraint's.

    Attributes:
        keys: columns and expressions, each with how it is sorted.
        include: columns that it has beside.
        where: the condition of its rows.
    """

    table: str
    unique: bool
    method: str
    keys: tuple[str, ...]
    include: str | None = None
    nulls_not_distinct: bool = False
    parameters: Parameters | None = None
    where: str | None = None

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        match = _INDEX.match(definition) or cls.unreadable(definition)
        keys, rest = parenthesised(definition[match.end() :], " ")
        include, rest = parenthesised(rest, " INCLUDE ")
        plain = rest.removeprefix(" NULLS NOT DISTINCT")
        parameters, where = parenthesised(plain, " WITH ")
        if where and not where.startswith(" WHERE "):
            cls.unreadable(definition)
        return cls(
            match["table"],
            bool(match["unique"]),
            match["method"],
            listed(keys or "") or cls.unreadable(definition),
            include,
            plain != rest,
            None if parameters is None else Parameters.read(parameters),
            where.removeprefix(" WHERE ") or None,
        )

    def __str__(self) -> str:
        unique = "UNIQUE " if self.unique else ""
        return f"ON {self.table} {unique}{self.rest}"

    def is_alike(self, other: Self) -> bool:
        """Whether nothing but their parameters differs, which change in place."""
        return replace(self, parameters=None) == replace(other, parameters=None)

    @property
    def rest(self) -> str:
        """What CREATE INDEX says of it behind its table."""
        parameters = "" if self.parameters is None else f" WITH ({self.parameters})"
        return self._head + parameters + self._where

    @property
    def _head(self) -> str:
        include = "" if self.include is None else f" INCLUDE ({self.include})"
        nulls = " NULLS NOT DISTINCT" if self.nulls_not_distinct else ""
        return f"USING {self.method} ({', '.join(self.keys)}){include}{nulls}"

    @property
    def _where(self) -> str:
        return "" if self.where is None else f" WHERE {self.where}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns; an empty name for an expression."""
        return tuple(map(leading_name, self.keys))

    @property
    def unsorted(self) -> tuple[str, ...]:
        """Its keys without how they are sorted."""
        return tuple(_SORTED.sub("", key) for key in self.keys)


@dataclass(frozen=True, slots=True)
class Attachment(Value):
    """An index of a partition is part of an index of its table."""

    to: str

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        if not definition.startswith("TO "):
            cls.unreadable(definition)
        return cls(definition.removeprefix("TO "))

    def __str__(self) -> str:
        return f"TO {self.to}"


@dataclass(frozen=True, slots=True)
class IndexColumn:
    """The index and the number of its column: the parts of the name of a fact about statistics."""

    index: str
    number: str

    @classmethod
    def of(cls, fact: Fact) -> "IndexColumn":
        """From a name such as ``ix_lower.2``."""
        index, _, number = fact.name.rpartition(".")
        return cls(index, number)
