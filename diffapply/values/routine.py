"""Views, routines, aggregates, policies, conversions."""

import re
from dataclasses import dataclass
from typing import Self

from diffapply.values.grammar import IDENTIFIER, Regex, closing, parenthesised
from diffapply.values.settings import NamedOptions, Parameters
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
        its = _MATERIALIZED.fullmatch(definition) or cls.unreadable(definition)
        return cls(its["method"], its["query"])

    def __str__(self) -> str:
        head = "" if self.method is None else f"USING {self.method} "
        return f"{head}AS\n{self.query}"


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


_POLICY = Regex(
    r"AS (?P<mode>PERMISSIVE|RESTRICTIVE) FOR (?P<command>[A-Z]+) "
    rf"TO (?P<roles>(?:PUBLIC|{IDENTIFIER})(?:, (?:PUBLIC|{IDENTIFIER}))*)"
)


@dataclass(frozen=True, slots=True)
class Policy(Value):
    """A policy of row security.

    Attributes:
        mode: ``PERMISSIVE`` or ``RESTRICTIVE``.
        roles: as they are listed.
        using: the condition of rows that may be seen; `check`: of rows that may be written.
    """

    mode: str
    command: str
    roles: str
    using: str | None = None
    check: str | None = None

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        its = _POLICY.match(definition) or cls.unreadable(definition)
        using, rest = parenthesised(definition[its.end() :], " USING ")
        check, rest = parenthesised(rest, " WITH CHECK ")
        if rest:
            cls.unreadable(definition)
        return cls(its["mode"], its["command"], its["roles"], using, check)

    def __str__(self) -> str:
        return f"AS {self.mode} FOR {self.command} {self.rest}"

    @property
    def rest(self) -> str:
        """Its roles and conditions."""
        using = "" if self.using is None else f" USING ({self.using})"
        check = "" if self.check is None else f" WITH CHECK ({self.check})"
        return f"TO {self.roles}{using}{check}"

    @property
    def said(self) -> str:
        """Its definition as CREATE POLICY says it, without the defaults."""
        mode = "" if self.mode == "PERMISSIVE" else f" AS {self.mode}"
        command = "" if self.command == "ALL" else f" FOR {self.command}"
        everybody = Policy(self.mode, self.command, "PUBLIC")
        return mode + command + self.changes_from(everybody)

    def changes_from(self, other: "Policy") -> str:
        """The changes, as ALTER POLICY says them, from the other policy to this one."""
        said = (
            (f" TO {self.roles}", self.roles != other.roles),
            (f" USING ({self.using})", self.using != other.using),
            (f" WITH CHECK ({self.check})", self.check != other.check),
        )
        return "".join(text for text, differs in said if differs)


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
