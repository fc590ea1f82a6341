"""Columns, and what hangs on a single column."""

import re
from dataclasses import dataclass, replace
from typing import Literal, Self

from diffapply.model.catalog import Fact
from diffapply.model.identifier import quoted
from diffapply.values.grammar import (
    IDENTIFIER,
    LITERAL,
    NAME,
    Regex,
    bare,
    unquoted,
    until,
)
from diffapply.values.value import Value

_COLUMN = Regex(
    rf"(?P<type>{until(' COLLATE ', ' GENERATED ALWAYS AS ', ' INHERITED$')})"
    rf"(?: COLLATE (?P<collation>{NAME}))?"
    r"(?: GENERATED ALWAYS AS \((?P<generated>.*)\) (?P<kept>STORED|VIRTUAL))?"
    r"(?P<inherited> INHERITED)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Column(Value):
    """The definition of a column, or of a domain.

    Attributes:
        type: with its size.
        generated: the expression, if the column is computed.
        kept: whether a computed value is stored.
        inherited: whether the table has it from its parents only.
    """

    type: str
    collation: str | None = None
    generated: str | None = None
    kept: Literal["STORED", "VIRTUAL"] | None = None
    inherited: bool = False

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        match = _COLUMN.fullmatch(definition)
        if match is None or not match["type"]:
            cls.unreadable(definition)
        kept: Literal["STORED", "VIRTUAL"] | None = match["kept"]  # type: ignore[assignment]
        return cls(
            match["type"], match["collation"], match["generated"], kept, bool(match["inherited"])
        )

    def __str__(self) -> str:
        computed = f" GENERATED ALWAYS AS ({self.generated}) {self.kept}" if self.kept else ""
        return self.plain + computed + (" INHERITED" if self.inherited else "")

    @property
    def own(self) -> Self:
        """What it would be if it were not inherited."""
        return replace(self, inherited=False) if self.inherited else self

    @property
    def plain(self) -> str:
        """Its type and collation."""
        return f"{self.type} COLLATE {self.collation}" if self.collation else self.type

    @property
    def is_array(self) -> bool:
        """Whether its type is one of arrays."""
        return self.type.endswith("[]")

    @property
    def base(self) -> str:
        """Its type without a size."""
        return self.type.partition("(")[0]


_NOT_NULL = Regex(
    rf"(?:CONSTRAINT (?P<name>{IDENTIFIER}) )?NOT NULL"
    r"(?P<no_inherit> NO INHERIT)?(?P<not_valid> NOT VALID)?(?P<inherited> INHERITED)?"
)


@dataclass(frozen=True, slots=True)
class NotNull(Value):
    """The NOT NULL of a column or a domain.

    Attributes:
        name: of its constraint, if PostgreSQL would give it another one.
        no_inherit: whether the table's children need not have it.
        inherited: whether the table has it from its parents only.
    """

    name: str | None = None
    no_inherit: bool = False
    valid: bool = True
    inherited: bool = False

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        match = _NOT_NULL.fullmatch(definition) or cls.unreadable(definition)
        return cls(
            match["name"],
            bool(match["no_inherit"]),
            not match["not_valid"],
            bool(match["inherited"]),
        )

    def __str__(self) -> str:
        named = f"CONSTRAINT {self.name} " if self.name else ""
        return f"{named}NOT NULL{self.rest}" + (" INHERITED" if self.inherited else "")

    @property
    def rest(self) -> str:
        """The words that follow NOT NULL."""
        no_inherit = " NO INHERIT" if self.no_inherit else ""
        return no_inherit + ("" if self.valid else " NOT VALID")


def not_null_name(fact: Fact) -> str:
    """The name of the constraint: the one that it says, or the one that PostgreSQL gives."""
    if name := NotNull.of(fact).name:
        return name
    return quoted("_".join(map(bare, (fact.object, fact.part, "not_null"))))


# Dumps of PostgreSQL 8.0 and older have the second form: it looks the name up each time.
_CALL = rf"nextval\((?:({LITERAL})::regclass|\(({LITERAL})::text\)::regclass)\)"
_CALLED = Regex(_CALL)
_CONSTANT = Regex(rf"(?:{LITERAL}|-?[0-9.]+|true|false|NULL)(?:::[\w .,()\[\]\"]+)*")
_NUMBER = Regex(rf"{_CALL}|\({_CALL}\)::[a-z0-9_(), ]+")


@dataclass(frozen=True, slots=True)
class Default(Value):
    """The default of a column or a domain."""

    expression: str

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        return cls(definition)

    def __str__(self) -> str:
        return self.expression

    @property
    def sequence(self) -> str | None:
        """The sequence that it draws from, quoted; with its schema if that is not the tenant's."""
        called = _CALLED.search(self.expression)
        return unquoted(called[1] or called[2]) if called else None

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in each row."""
        return _CONSTANT.fullmatch(self.expression) is not None

    @property
    def is_sequence(self) -> bool:
        """Whether it is what PostgreSQL writes for a serial column."""
        return _CALLED.fullmatch(self.expression) is not None

    @property
    def is_number(self) -> bool:
        """Whether it is just the number that was drawn, and nothing computed from it."""
        return _NUMBER.fullmatch(self.expression) is not None

    @property
    def without_draws(self) -> str:
        """The expression without the calls that draw from sequences."""
        return _CALLED.sub("", self.expression)
