"""How types and keys are altered in place, and when they cannot be, without a server."""

import pytest

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.structure.keys import has_choice, may_rest_on
from diffapply.model.catalog import Catalog, Ends, Fact

EMPTY = Catalog.of([])


def _alter(kind: str, old: str, new: str) -> tuple[tuple[str, ...], ...]:
    alter = KINDS[kind].alter
    assert alter is not None
    ways = alter(Fact(kind, "k", "k", old), Fact(kind, "k", "k", new), Ends(EMPTY, EMPTY))
    return tuple(tuple(draft.sql for draft in way) for way in ways)


@pytest.mark.parametrize(
    ("old", "new", "actions"),
    [
        ("(a integer)", "(a integer, b text)", "ADD ATTRIBUTE b text"),
        ("(a integer, b text)", "(a integer)", "DROP ATTRIBUTE b"),
        ("(a integer)", "(a bigint)", "ALTER ATTRIBUTE a TYPE bigint"),
        ("(a integer, b text)", "(b text, c date)", "ADD ATTRIBUTE c date, DROP ATTRIBUTE a"),
    ],
)
def test_attributes_are_added_dropped_and_retyped(old: str, new: str, actions: str) -> None:
    statement = f"ALTER TYPE k {actions}"
    assert _alter("composite type", old, new) == ((statement,), (f"{statement} CASCADE",))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(a integer, b text)", "(b text, a integer)"),
        ("(b text)", "(a integer, b text)"),
        ("(a integer, b text)", "(b text, a integer, c date)"),
    ],
)
def test_the_order_of_attributes_cannot_be_altered(old: str, new: str) -> None:
    assert _alter("composite type", old, new) == ()


class TestAForeignKeyRestsOnAKey:
    PRIMARY = Fact("constraint", "t.t_pkey", "t", "PRIMARY KEY (id)")
    UNIQUE = Fact("constraint", "t.t_key", "t", "UNIQUE (id)")
    OTHER = Fact("constraint", "t.t_name", "t", "UNIQUE (name)")
    FOREIGN = Fact("constraint", "u.u_fkey", "u", "FOREIGN KEY (t) REFERENCES t(id)")

    def test_one_that_could_rest_on_two(self) -> None:
        catalog = Catalog.of([self.PRIMARY, self.UNIQUE, self.FOREIGN])
        assert has_choice(catalog)
        assert may_rest_on(self.PRIMARY, catalog) == [self.FOREIGN]
        assert may_rest_on(self.UNIQUE, catalog) == [self.FOREIGN]

    def test_one_that_has_no_choice(self) -> None:
        """Another key of the table, on other columns, is none for it."""
        catalog = Catalog.of([self.PRIMARY, self.OTHER, self.FOREIGN])
        assert not has_choice(catalog)
        assert may_rest_on(self.PRIMARY, catalog) == []
        assert may_rest_on(self.OTHER, catalog) == []
