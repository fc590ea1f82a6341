"""Columns that draw numbers from sequences: as identities, or by their defaults."""

from dataclasses import dataclass

from diffapply.model.catalog import Catalog, Fact
from diffapply.values import LARGEST, Column, Default, Identity
from diffapply.values.grammar import qualified

_NUMBERS = {*LARGEST, "numeric", "real", "double precision"}


@dataclass(frozen=True, slots=True)
class Draw:
    """A column, and the sequence that its next value comes from.

    Attributes:
        column: its name, such as ``t.id``.
        table: that it belongs to.
        sequence: quoted; with its schema where it stands in another one.
        plain: the value is just the number that was drawn.
    """

    column: str
    table: str
    sequence: str
    plain: bool = True

    @property
    def part(self) -> str:
        """The column's name within its table."""
        return self.column[len(self.table) + 1 :]

    @property
    def elsewhere(self) -> bool:
        """Whether the sequence stands in another schema."""
        return qualified(self.sequence) is not None


def draws(catalog: Catalog) -> dict[str, Draw]:
    """Name of a column → the sequence that it draws from."""
    found = map(drawn_by, catalog.facts.values())
    return {draw.column: draw for draw in found if draw}


def drawn_by(fact: Fact) -> Draw | None:
    """The sequence that this identity or default draws from."""
    if fact.kind == "identity":
        return Draw(fact.name, fact.object, Identity.of(fact).sequence)
    if fact.kind == "default" and (sequence := Default.of(fact).sequence):
        return Draw(fact.name, fact.object, sequence, Default.of(fact).is_number)
    return None


def without_draws(fact: Fact) -> str:
    """A definition without the calls that draw from sequences."""
    return Default.of(fact).without_draws if fact.kind == "default" else fact.definition


def number_type(column: str, catalog: Catalog) -> str | None:
    """The type of numbers that a column has, its domain's where it has one; None if it has none."""
    fact = catalog.facts.get(("column", column))
    while fact is not None:
        its = Column.of(fact)
        if its.base in _NUMBERS:
            return its.type
        fact = catalog.facts.get(("domain", its.type))
    return None
