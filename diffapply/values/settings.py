"""Lists of settings: in parentheses, of foreign tables, of storage."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from diffapply.values.grammar import (
    IDENTIFIER,
    LITERAL,
    NAME,
    Regex,
    listed,
    parenthesised,
)
from diffapply.values.value import Value

Pairs = tuple[tuple[str, str], ...]
"""Names, each with its value."""


@dataclass(frozen=True, slots=True)
class NamedOptions(Value):
    """Such as ``(PROVIDER = icu, LOCALE = 'de')``; a flag has no value."""

    settings: Pairs
    word: ClassVar[str] = ""
    """What stands in front."""

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        inside, rest = parenthesised(definition, cls.word)
        if inside is None or rest:
            cls.unreadable(definition)
        pairs = (item.partition(" = ") for item in listed(inside))
        return cls(tuple((name, value) for name, _, value in pairs))

    def __str__(self) -> str:
        pairs = (f"{name} = {value}" if value else name for name, value in self.settings)
        return f"{self.word}({', '.join(pairs)})"

    def fields(self) -> dict[str, str | None]:
        """What each is set to."""
        return {name.lower().replace("_", " "): value or "yes" for name, value in self.settings}

    @property
    def by_name(self) -> Mapping[str, str]:
        """What each is set to."""
        return dict(self.settings)


@dataclass(frozen=True, slots=True)
class _Listed(Value):
    """Settings between commas, without parentheses."""

    settings: Pairs
    form: ClassVar[Regex]
    """One setting: its name, and its value."""
    between: ClassVar[str]
    """The text between name and value."""

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        found = [cls.form.fullmatch(item) for item in listed(definition)]
        return cls(
            tuple((its[1], its[2]) if its else cls.unreadable(definition) for its in found),
        )

    def __str__(self) -> str:
        return ", ".join(f"{name}{self.between}{value}" for name, value in self.settings)

    def fields(self) -> dict[str, str | None]:
        """What each is set to."""
        return dict(self.settings)

    @property
    def by_name(self) -> Mapping[str, str]:
        """What each is set to."""
        return dict(self.settings)


@dataclass(frozen=True, slots=True)
class ForeignOptions(_Listed):
    """Options of a foreign column or table, such as ``filename 'a', header 'true'``."""

    form = Regex(rf"({IDENTIFIER}) ({LITERAL})", re.DOTALL)
    between = " "

    def changes_to(self, other: "ForeignOptions") -> str:
        """The change to other options as ALTER writes it."""
        have, want = self.by_name, other.by_name
        changes = [f"DROP {name}" for name in have if name not in want]
        changes += [
            f"{'SET' if name in have else 'ADD'} {name} {value}"
            for name, value in want.items()
            if have.get(name) != value
        ]
        return ", ".join(changes)


NO_OPTIONS = ForeignOptions(())


@dataclass(frozen=True, slots=True)
class Parameters(_Listed):
    """Storage parameters, and options of a column, such as ``fillfactor='70'``."""

    form = Regex(rf"({NAME})=({LITERAL}|[^', ]*)", re.DOTALL)
    between = "="

    @property
    def names(self) -> str:
        """Their names, as RESET lists them."""
        return ", ".join(name for name, _ in self.settings)

    def changes_to(self, other: "Parameters") -> list[str]:
        """The actions of ALTER that lead to others.

        What is set comes last in their order, so all behind the first that changes are set.
        """
        want = other.by_name
        gone = ", ".join(name for name in self.by_name if name not in want)
        kept = len(want)
        while (
            tuple(its for its in self.settings if its[0] in [*want][:kept])
            != (other.settings[:kept])
        ):
            kept -= 1
        more = str(Parameters(other.settings[kept:]))
        return [f"{word} ({what})" for word, what in (("RESET", gone), ("SET", more)) if what]


NO_PARAMETERS = Parameters(())
