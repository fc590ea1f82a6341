"""Policies."""

from dataclasses import dataclass
from typing import Self

from diffapply.values.grammar import IDENTIFIER, Regex, parenthesised
from diffapply.values.value import Value

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
        match = _POLICY.match(definition) or cls.unreadable(definition)
        using, rest = parenthesised(definition[match.end() :], " USING ")
        check, rest = parenthesised(rest, " WITH CHECK ")
        if rest:
            cls.unreadable(definition)
        return cls(match["mode"], match["command"], match["roles"], using, check)

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
