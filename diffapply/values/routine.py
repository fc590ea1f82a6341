"""Routines and aggregates."""

import re
from dataclasses import dataclass
from typing import Self

from diffapply.values.grammar import IDENTIFIER, Regex, closing
from diffapply.values.settings import NamedOptions
from diffapply.values.value import Value

_BODY = Regex(r"\n(?:AS |BEGIN ATOMIC|RETURN )")


@dataclass(frozen=True, slots=True)
class Routine(Value):
    """A function or procedure: its properties, and its body."""

    declaration: str
    body: str

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        begins = _BODY.search(definition)
        end = begins.start() if begins else len(definition)
        return cls(definition[:end], definition[end:])

    def __str__(self) -> str:
        return self.declaration + self.body

    @property
    def word(self) -> str:
        """``FUNCTION`` or ``PROCEDURE``."""
        return self.declaration.partition(" ")[0]

    @property
    def said(self) -> str:
        """Its definition as pg_dump writes it, the body between ``$$`` or ``$_$``."""
        quote = f"${self.word.lower()}$"
        begins = f"\nAS {quote}"
        inside = self.body.removeprefix(begins).removesuffix("\n").removesuffix(quote)
        if not self.body.startswith(begins) or "$_" in inside:
            return str(self)
        mark = "$_$" if "$" in inside else "$$"
        # Within a string, a line must stay as it is.
        indented = self.declaration if "'" in self.declaration else _indented(self.declaration)
        return f"{indented}\n    AS {mark}{inside}{mark}"


def _indented(declaration: str) -> str:
    return declaration.replace("\n RETURNS ", " RETURNS ", 1).replace("\n ", "\n    ")


@dataclass(frozen=True, slots=True)
class Aggregate(Value):
    """An aggregate: its name with its arguments, and its settings."""

    signature: str
    settings: NamedOptions

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        opening = definition.find("(", _name_ends(definition))
        end = closing(definition, opening) + 1 if opening >= 0 else 0
        if definition[end : end + 1] != " ":
            cls.unreadable(definition)
        return cls(definition[:end], NamedOptions.read(definition[end + 1 :]))

    def __str__(self) -> str:
        return f"{self.signature} {self.settings}"

    def fields(self) -> dict[str, str | None]:
        """Its arguments, and its settings one by one."""
        return {"signature": self.signature, **self.settings.fields()}


def _name_ends(text: str) -> int:
    named = re.match(IDENTIFIER, text)
    return named.end() if named else len(text)
