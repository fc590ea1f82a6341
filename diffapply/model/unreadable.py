"""Tenants that could not be read, why, and what people are told to do about it.

Either the role may not read them, or other sessions keep them locked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

_TOGETHER = 20
"""Schemas that one statement names; of more, people are shown the first statement."""

_SHOWN = 3
"""Locks that are told, of more than that."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The role may not use the schema.

    Attributes:
        schema: as it stands in SQL.
        role: likewise.
    """

    word: ClassVar[Literal["denied"]] = "denied"
    schema: str
    role: str

    @property
    def remedy(self) -> str:
        """The GRANT that makes it readable."""
        return _grant((self.schema,), self.role)


@dataclass(frozen=True, slots=True)
class Locked:
    """Another session keeps something in the schema locked.

    Attributes:
        relation: what it has locked.
        holder: the session, in words.
    """

    word: ClassVar[Literal["locked"]] = "locked"
    relation: str
    holder: str

    @property
    def remedy(self) -> str:
        """When to try again."""
        return f"try again when {self.relation} is no longer locked by {self.holder}"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A tenant that the role may not read, or that other sessions keep locked.

    Attributes:
        why: which of the two; `remedy` says what to do.
    """

    name: str
    why: Denied | Locked

    @property
    def remedy(self) -> str:
        """The GRANT that makes it readable; or when to try again."""
        return self.why.remedy


def how_to_read(whys: Sequence[Denied | Locked]) -> Iterator[tuple[str, str]]:
    """Words that ask for something, and what: a statement, ``GRANT … ON SCHEMA a, b TO me;``.

    Args:
        whys: of each of the tenants; at least one. Those that are denied are denied to one role.
    """
    denied = [its for its in whys if isinstance(its, Denied)]
    locked = [*dict.fromkeys(its for its in whys if isinstance(its, Locked))]
    if len(denied) == 1:
        yield "Let the schema's owner run:", f"{denied[0].remedy};"
    elif len(denied) > _TOGETHER:
        yield "Let the schemas' owner run the like for each of them:", f"{denied[0].remedy};"
    elif denied:
        together = _grant([its.schema for its in denied], denied[0].role)
        yield "Let the schemas' owner run:", f"{together};"
    for one in locked[:_SHOWN]:
        yield "Another session is at work:", f"{one.remedy}."
    if left := len(locked[_SHOWN:]):
        yield "The same holds", f"for {left:,} more."


def reading_asked(whys: Sequence[Denied | Locked]) -> str:
    """All of it as one text."""
    return " ".join(f"{words} {what}" for words, what in how_to_read(whys))


def _grant(schemas: Sequence[str], role: str) -> str:
    return f"GRANT USAGE ON SCHEMA {', '.join(schemas)} TO {role}"
