"""Which structure another one is most like."""

from diffapply.adopt.neighbours import nearest
from diffapply.model.catalog import Catalog, Fact


def _catalog(*columns: str) -> Catalog:
    return Catalog.of(Fact("column", f"t.{name}", "t", "text") for name in columns)


def test_the_fewest_differences_count() -> None:
    """Among those before it, and the first of several."""
    catalogs = [_catalog("a"), _catalog("a", "b"), _catalog("a", "b", "c"), _catalog("d")]
    assert nearest(catalogs) == [None, 0, 1, 0]


def test_another_definition_is_a_difference() -> None:
    other = Catalog.of([Fact("column", "t.a", "t", "integer")])
    assert nearest([_catalog("a", "b"), other, other]) == [None, 0, 1]


def test_none() -> None:
    assert nearest([]) == []
