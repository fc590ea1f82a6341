"""Grants. The name of a fact says who may act on which object, its definition what they may do."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Fact
from diffapply.values.grammar import IDENTIFIER, Regex, listed, until
from diffapply.values.value import Value

_OBJECT = until(r" \(", " TO ")
_GRANTED = Regex(
    rf"(?P<word>[A-Z]+(?: ROLE)?) (?P<object>{_OBJECT})"
    rf"(?: \((?P<column>{IDENTIFIER})\))? TO (?P<grantee>PUBLIC|{IDENTIFIER})"
    r"(?:(?P<grantable> WITH GRANT OPTION)|(?P<as_owner> AS OWNER))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Granted:
    """The parts of the name of a privilege's fact: on what, and to whom it is granted.

    Attributes:
        word: what GRANT calls the object; of default privileges ``FOR ROLE``.
        object: its name; of default privileges the role, ``ON`` and what they are for.
        column: if the grant is on this column alone.
        grantee: a role, quoted, or ``PUBLIC``.
        grantable: whether it may be granted on.
        as_owner: whether these are the owner's own rights.
    """

    word: str
    object: str
    column: str | None
    grantee: str
    grantable: bool = False
    as_owner: bool = False

    @classmethod
    def of(cls, fact: Fact) -> "Granted":
        """The parts of a fact's name.

        Raises:
            UnreadableFactError: it is no grant's.
        """
        return _granted(fact.name)

    def __str__(self) -> str:
        column = f" ({self.column})" if self.column else ""
        return f"{self.on}{column} TO {self.grantee}{self.option}"

    @property
    def option(self) -> str:
        """How its name ends."""
        return " WITH GRANT OPTION" if self.grantable else " AS OWNER" if self.as_owner else ""

    @property
    def on(self) -> str:
        """The object as GRANT names it."""
        return f"{self.word} {self.object}"

    @property
    def by_default(self) -> tuple[str, str]:
        """Of default privileges: whose objects they are for, and which, such as ``TABLES``."""
        role, _, objects = self.object.rpartition(" ON ")
        return role, objects


@lru_cache(2**16)
def _granted(name: str) -> Granted:
    match = _GRANTED.fullmatch(name)
    if match is None:
        raise UnreadableFactError(f"{name!r} names no grant in a form that diffapply writes.")
    grantable, as_owner = bool(match["grantable"]), bool(match["as_owner"])
    return Granted(
        match["word"], match["object"], match["column"], match["grantee"], grantable, as_owner
    )


@dataclass(frozen=True, slots=True)
class Privileges(Value):
    """What may be done, such as ``SELECT`` or ``SELECT (a)``; or ``NOTHING``."""

    privileges: tuple[str, ...]

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        return cls(listed(definition))

    def __str__(self) -> str:
        return ", ".join(self.privileges)

    @property
    def said(self) -> str:
        """As GRANT lists them: in the order of PostgreSQL's documentation."""
        return ", ".join(sorted(self.privileges, key=_place))

    def without(self, other: "Privileges") -> "Privileges":
        """The privileges that the other one lacks."""
        return Privileges(tuple(its for its in self.privileges if its not in other.privileges))


_ORDER = ("SELECT", "INSERT", "UPDATE", "DELETE")


def _place(privilege: str) -> tuple[int, str]:
    word = privilege.partition(" ")[0]
    return _ORDER.index(word) if word in _ORDER else len(_ORDER), privilege
