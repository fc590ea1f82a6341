"""Which differences may be mere words."""

from diffapply.model.catalog import Catalog, Fact
from diffapply.rehearsal.meaning.wording import changed_expressions


def test_keys_have_no_texts_of_equal_meaning() -> None:
    """So nothing is built to find out whether they mean the same."""

    def catalog(key: str, foreign: str, check: str, *indexes: str) -> Catalog:
        texts = (f"PRIMARY KEY ({key})", f"FOREIGN KEY (a) REFERENCES {foreign}(a)", check)
        facts = [Fact("constraint", f"t.{place}", "t", text) for place, text in enumerate(texts)]
        facts += [
            Fact("index", f"i{place}", "t", f"ON t USING btree {text}")
            for place, text in enumerate(indexes)
        ]
        return Catalog.of(facts)

    one = catalog("a", "o", "CHECK ((a > 1))", "(a)", "(a) WHERE (a > 1)", "(lower(a))", "(a)")
    other = catalog(
        "b", "p", "CHECK ((a > 2))", "(b)", "(a) WHERE (a > 2)", "(upper(a))", "(a) WHERE (a > 1)"
    )
    assert changed_expressions(one, other) == {
        ("constraint", "t.2"),
        ("index", "i1"),
        ("index", "i2"),
    }
