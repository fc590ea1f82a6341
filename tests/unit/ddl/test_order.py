"""In which order tables and views are made that hang on each other, without a server."""

from itertools import permutations

import pytest

from diffapply.ddl.structure.order import build_order, circles, parents_first
from diffapply.model.catalog import Catalog, Fact
from tests.unit.fact_samples import catalog, fact, key, partition, reference, table


def _order(its: Catalog, kind: str = "table") -> list[str]:
    """The names of a kind in the order in which they are made."""
    places = {name: place for (of, name), place in build_order(its).items() if of == kind}
    return sorted(places, key=places.__getitem__)


def _tables(references: dict[str, str]) -> Catalog:
    """Tables of these names, with a foreign key to each letter that stands beside."""
    facts: list[Fact] = []
    for name, others in references.items():
        columns = [f"to_{its} integer" for its in others]
        facts += [*table(name, "id integer", *columns), key(name, "id")]
        facts += [reference(name, f"to_{its}", its) for its in others]
    return Catalog.of(facts)


@pytest.mark.parametrize(
    ("references", "order"),
    [
        ({"c": "", "a": "", "b": ""}, "abc"),
        ({"a": "b", "b": "c", "c": ""}, "cba"),
        ({"a": "z", "b": "", "z": ""}, "bza"),
        ({"a": "a", "b": ""}, "ab"),
        # A circle begins with its first by name: its foreign key has to be added later.
        ({"a": "b", "b": "a"}, "ab"),
        ({"x": "y", "y": "z", "z": "x", "a": "x"}, "xazy"),
        ({"a": "b", "b": "c", "c": "b", "d": ""}, "dbac"),
        ({"a": "cm", "c": "d", "d": "c", "m": "n", "n": "m"}, "cdman"),
    ],
)
def test_tables_come_after_those_they_refer_to(references: dict[str, str], order: str) -> None:
    """Otherwise by name, however the facts were read."""
    for names in permutations(references):
        found = _order(_tables({name: references[name] for name in names}))
        assert "".join(found) == order


@pytest.mark.parametrize(
    ("references", "found"),
    [
        ({"a": "b", "b": ""}, {}),
        ({"a": "a"}, {}),
        ({"a": "b", "b": "a", "c": "a"}, {"a": "ab", "b": "ab"}),
        # Who lies between two circles is in none.
        (
            {"a": "b", "b": "am", "m": "x", "x": "y", "y": "x"},
            {"a": "ab", "b": "ab", "x": "xy", "y": "xy"},
        ),
    ],
)
def test_circles(references: dict[str, str], found: dict[str, str]) -> None:
    """A table that refers to itself can be made in one statement: that is none."""
    assert circles(_tables(references)) == {name: {*its} for name, its in found.items()}


def test_partitions_and_children_come_after_their_parents() -> None:
    """Of a partition, that is its table; a child may have several."""
    its = catalog(
        partition("a", "m", "DEFAULT", "id integer"),
        table("m", "id integer", definition="TABLE PARTITION BY LIST (id)"),
        table("b"),
        fact("inherits", "b", "x, y"),
        table("y"),
        table("x"),
    )
    assert _order(its) == ["m", "a", "x", "y", "b"]
    assert parents_first(its) == ["m", "a", "x", "y", "b"]


def test_foreign_keys_do_not_count_for_parents() -> None:
    assert parents_first(_tables({"a": "b", "b": ""})) == ["a", "b"]


def test_views_come_after_those_that_they_name() -> None:
    """In quotes, too; a word in a constant may look like a name, which trying corrects."""
    its = catalog(
        fact("view", "a", ' SELECT "The x".n FROM "The x"'),
        fact("view", '"The x"', " SELECT z.n FROM z"),
        fact("view", "z", " SELECT 1 AS n"),
    )
    assert _order(its, "view") == ["z", '"The x"', "a"]
    assert _order(its) == []
