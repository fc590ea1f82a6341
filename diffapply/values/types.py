"""Types: enums, composites, ranges, base types; collations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from diffapply.values.grammar import IDENTIFIER, LITERAL, Regex, listed, parenthesised
from diffapply.values.settings import NamedOptions
from diffapply.values.value import Value


@dataclass(frozen=True, slots=True)
class Enum(Value):
    """An enum.

    Attributes:
        labels: as constants.
    """

    labels: tuple[str, ...]

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        inside, rest = parenthesised(definition, "ENUM ")
        labels = listed(inside or "")
        if inside is None or rest or not all(re.fullmatch(LITERAL, its) for its in labels):
            cls.unreadable(definition)
        return cls(labels)

    def __str__(self) -> str:
        return f"ENUM ({', '.join(self.labels)})"


_ATTRIBUTE = Regex(rf"({IDENTIFIER}) (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Composite(Value):
    """A composite type.

    Attributes:
        attributes: name and type of each, with its collation.
    """

    attributes: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        inside, rest = parenthesised(definition, "")
        found = [_ATTRIBUTE.fullmatch(item) for item in listed(inside or "")]
        if inside is None or rest:
            cls.unreadable(definition)
        return cls(tuple((its[1], its[2]) if its else cls.unreadable(definition) for its in found))

    def __str__(self) -> str:
        return f"({', '.join(map(' '.join, self.attributes))})"

    def fields(self) -> dict[str, str | None]:
        """The type of each attribute."""
        return dict(self.attributes)

    @property
    def by_name(self) -> Mapping[str, str]:
        """Attribute → type."""
        return dict(self.attributes)


@dataclass(frozen=True, slots=True)
class Range(NamedOptions):
    """A range type, with the multirange type that comes with it."""

    word: ClassVar[str] = "RANGE "

    def said(self, usual_multirange: str) -> str:
        """Its definition as CREATE TYPE says it, without the defaults.

        Args:
            usual_multirange: the name that PostgreSQL gives its multirange type.
        """
        usual = ("MULTIRANGE_TYPE_NAME", usual_multirange)
        return str(Range(tuple(its for its in self.settings if its != usual)))

    @property
    def subtype(self) -> str:
        """The type of its bounds."""
        return self._set("SUBTYPE")

    @property
    def multirange(self) -> str:
        """The name of its multirange type."""
        return self._set("MULTIRANGE_TYPE_NAME")

    def _set(self, name: str) -> str:
        return self.by_name.get(name) or self.unreadable(str(self))


@dataclass(frozen=True, slots=True)
class BaseType(Value):
    """A base type. Without settings it is a shell, which only its functions can name."""

    settings: NamedOptions | None

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        return cls(None if definition == "SHELL" else NamedOptions.read(definition))

    def __str__(self) -> str:
        return "SHELL" if self.settings is None else str(self.settings)

    def fields(self) -> dict[str, str | None]:
        """Its settings."""
        return self.settings.fields() if self.settings else {}
