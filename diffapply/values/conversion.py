"""Conversions between encodings."""

from dataclasses import dataclass
from typing import Self

from diffapply.values.value import Value


@dataclass(frozen=True, slots=True)
class Conversion(Value):
    """A conversion from one encoding to another."""

    default: bool
    rest: str

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        rest = definition.removeprefix("DEFAULT ")
        return cls(rest != definition, rest)

    def __str__(self) -> str:
        return ("DEFAULT " if self.default else "") + self.rest
