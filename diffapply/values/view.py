"""Views, and materialized ones."""

import re
from dataclasses import dataclass
from typing import Self

from diffapply.values.grammar import IDENTIFIER, Regex, parenthesised
from diffapply.values.settings import Parameters
from diffapply.values.value import Value


@dataclass(frozen=True, slots=True)
class View(Value):
    """A view."""

    parameters: Parameters | None
    query: str

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        parameters, rest = parenthesised(definition, "WITH ")
        query = rest.lstrip(" ").removeprefix("AS\n")
        if query == rest.lstrip(" "):
            cls.unreadable(definition)
        return cls(None if parameters is None else Parameters.read(parameters), query)

    def __str__(self) -> str:
        head = "" if self.parameters is None else f"WITH ({self.parameters}) "
        return f"{head}AS\n{self.query}"


_MATERIALIZED = Regex(rf"(?:USING (?P<method>{IDENTIFIER}) )?AS\n(?P<query>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MaterializedView(Value):
    """A materialized view; how it keeps its rows, where that is said."""

    method: str | None
    query: str

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        match = _MATERIALIZED.fullmatch(definition) or cls.unreadable(definition)
        return cls(match["method"], match["query"])

    def __str__(self) -> str:
        head = "" if self.method is None else f"USING {self.method} "
        return f"{head}AS\n{self.query}"
