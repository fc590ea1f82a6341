"""Facts are found by names, however the server has written these."""

import pytest

from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.identifier import quoted, spellings


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a_1", "a_1"),
        ("select", '"select"'),
        ("between", '"between"'),
        ("left", '"left"'),
        ("name", "name"),
        ("A", '"A"'),
        ("1a", '"1a"'),
        ('a"b', '"a""b"'),
        ("", '""'),
    ],
)
def test_names_are_quoted_where_they_must_be(name: str, written: str) -> None:
    """Reserved words, also those that may only name functions or columns; no other keyword."""
    assert quoted(name) == written


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a", ("a",)),
        ('"merge"', ('"merge"', "merge")),
        ('"A"', ('"A"',)),
        ('"a""b"', ('"a""b"',)),
    ],
)
def test_an_older_server_quotes_fewer_words(name: str, found: tuple[str, ...]) -> None:
    """So a quoted word may stand without quotes."""
    assert spellings(name) == found


def test_a_fact_is_found_under_either_spelling() -> None:
    """Each part of its name may have its own."""
    fact = Fact("column", 't."Own"', "t", "integer")
    older = Fact("column", "merge.a", "merge", "integer")
    catalog = Catalog.of([fact, older])
    assert fact_named(catalog, "column", "t", '"Own"') == fact
    assert fact_named(catalog, "column", '"merge"', "a") == older
    assert fact_named(catalog, "column", '"merge"', "b") is None
