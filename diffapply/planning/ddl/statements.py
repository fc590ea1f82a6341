"""What the entries of the table of fact kinds are made of."""

from collections.abc import Callable
from dataclasses import dataclass

from diffapply.catalog.model import Catalog, Fact

Options = tuple[tuple[str, ...], ...]
"""Ways to do a thing, best first; each is the statements that do it together."""


def one(*statements: str) -> Options:
    """The only way to do it."""
    return (statements,)


def literal(text: str) -> str:
    """Text as a string constant."""
    quoted = text.replace("'", "''")
    return f"E'{quoted}'".replace("\\", "\\\\") if "\\" in text else f"'{quoted}'"


def part(fact: Fact) -> str:
    """The last part of a name such as ``table.column``, quoted."""
    return fact.name[len(fact.owner) + 1 :]


Create = Callable[[Fact, Catalog], Options]
Drop = Callable[[Fact, Catalog], Options]
Alter = Callable[[Fact, Fact, Catalog], Options]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of fact is created, dropped and altered.

    Attributes:
        create: statements that make the fact true; given the fact and the goal's catalog.
        drop: statements that make it vanish; given the fact and the catalog it is in.
        alter: from the first fact to the second; None: drop, then create.
    """

    create: Create
    drop: Drop
    alter: Alter | None = None

    def change(self, old: Fact, new: Fact, goal: Catalog) -> Options:
        """Statements that lead from one definition to the other."""
        if self.alter is not None and (options := self.alter(old, new, goal)):
            return options
        return tuple(
            (*drop, *create)
            for drop in self.drop(old, goal)
            for create in self.create(new, goal)
        )
