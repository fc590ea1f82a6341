"""The base of all values."""

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn, Self

from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Fact

_KEPT = 2**16
"""Values: the search asks the same facts again and again."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a fact says, read from its definition; `str` writes that again."""

    @classmethod
    def read(cls, definition: str) -> Self:
        """The value of a definition.

        Raises:
            UnreadableFactError: it is none of such a value.
        """
        raise NotImplementedError

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """The value of a fact, whose definition is read but once. Raises as `read`."""
        value: Self = _read(cls, fact.definition)  # type: ignore[arg-type] # classes are hashable
        return value

    @classmethod
    def unreadable(cls, definition: str) -> NoReturn:
        """Refuse a text that is no definition of this class."""
        raise UnreadableFactError(
            f"{definition!r} defines no {cls.__name__} in a form that PostgreSQL writes.",
            "Where it is from a saved plan or the journal, that was altered; else report it.",
        )

    def fields(self) -> dict[str, str | None]:
        """Name of each field → what it says, as people read it; None for nothing."""
        return {
            its.name.replace("_", " "): _shown(getattr(self, its.name))
            for its in dataclasses.fields(self)
        }


@lru_cache(_KEPT)
def _read(kind: type[Value], definition: str) -> Any:  # noqa: ANN401 - a value of that class
    return kind.read(definition)


def _shown(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    return None if value is None or value == "" else str(value)


@dataclass(frozen=True, slots=True)
class Whole(Value):
    """A definition that is compared as a whole."""

    text: str

    @classmethod
    def read(cls, definition: str) -> Self:
        """Any definition."""
        return cls(definition)

    def __str__(self) -> str:
        return self.text

    def fields(self) -> dict[str, str | None]:
        """None: its text is not taken apart."""
        return {}
