"""Columns that draw numbers from sequences: as identities, or by their defaults."""

import re
from dataclasses import dataclass

from diffapply.ddl.sequences import sequence_of
from diffapply.ddl.statements import IDENTIFIER, LITERAL, unquoted
from diffapply.model.catalog import Catalog, Fact

# The second form is what dumps of PostgreSQL 8.0 and older have: the name is looked up each time.
_CALL = rf"nextval\((?:({LITERAL})::regclass|\(({LITERAL})::text\)::regclass)\)"
_CALLED = re.compile(_CALL)
_NUMBER = re.compile(rf"{_CALL}|\({_CALL}\)::[a-z0-9_(), ]+")

LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
"""Integer type → its largest value; the smallest is one less than the opposite."""

_OTHER_NUMBERS = ("numeric", "real", "double precision")


@dataclass(frozen=True, slots=True)
class Draw:
    """A column, and the sequence that its next value comes from.

    Attributes:
        column: its name, such as ``t.id``.
        table: that it belongs to.
        sequence: quoted; with its schema where it stands in another one.
        plain: the value is the number that was drawn, and not made of it.
    """

    column: str
    table: str
    sequence: str
    plain: bool = True

    @property
    def elsewhere(self) -> bool:
        """Whether the sequence stands in another schema."""
        return re.fullmatch(IDENTIFIER, self.sequence) is None


def draws(catalog: Catalog) -> dict[str, Draw]:
    """Name of the column → what it draws from, of all that do."""
    found = map(drawn_by, catalog.facts.values())
    return {draw.column: draw for draw in found if draw}


def drawn_by(fact: Fact) -> Draw | None:
    """What the column draws from whose identity or default this is."""
    if fact.kind == "identity":
        return Draw(fact.name, fact.object, sequence_of(fact))
    if fact.kind == "default" and (call := _CALLED.search(fact.definition)):
        plain = _NUMBER.fullmatch(fact.definition) is not None
        return Draw(fact.name, fact.object, unquoted(call[1] or call[2]), plain)
    return None


def without_draws(fact: Fact) -> str:
    """A definition without the calls that draw from sequences."""
    return _CALLED.sub("", fact.definition) if fact.kind == "default" else fact.definition


def number_type(column: str, catalog: Catalog) -> str | None:
    """The type of numbers that a column has, its domain's where it has one; None if it has none."""
    fact = catalog.facts.get(("column", column))
    while fact is not None:
        named = fact.definition.removesuffix(" INHERITED")
        if named in LARGEST or named.startswith(_OTHER_NUMBERS):
            return named
        fact = catalog.facts.get(("domain", named))
    return None
