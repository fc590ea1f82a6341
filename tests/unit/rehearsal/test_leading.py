"""Whether one structure is changed into another, or built."""

import pytest

from diffapply.model.catalog import Catalog, Fact
from diffapply.rehearsal.search.leading import is_near

_TABLES = 10


def _chain(key: str, note: str = "text") -> Catalog:
    """Tables that refer to one another by their keys."""
    names = [f"t{number}" for number in range(_TABLES)]
    facts = [Fact("table", its, its, "") for its in names]
    for before, its in zip([*names[-1:], *names], names, strict=False):
        facts += [
            Fact("column", f"{its}.{part}", its, definition, position=position)
            for position, (part, definition) in enumerate(
                (("id", key), ("p", key), ("note", note), ("a", "text"), ("b", "text")), 1
            )
        ]
        facts += [
            Fact("constraint", f"{its}.{its}_pkey", its, "PRIMARY KEY (id)"),
            Fact(
                "constraint", f"{its}.{its}_p_fkey", its, f"FOREIGN KEY (p) REFERENCES {before}(id)"
            ),
        ]
    return Catalog.of(facts)


@pytest.mark.parametrize(
    ("stands", "number"),
    [(_chain("integer", "integer"), 0), (_chain("bigint"), 1)],
)
def test_where_keys_are_made_again_building_is_less_work(stands: Catalog, number: int) -> None:
    """PostgreSQL makes keys again for each of their columns that gets another type."""
    assert is_near(stands, _chain("bigint")) == bool(number)
