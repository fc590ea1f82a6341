"""What stands once a statement of a plan has run."""

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.standing import after
from diffapply.ddl.statements import Draft
from diffapply.model.catalog import Catalog, Ends, Fact

_COLUMN = Fact("column", "t.a", "t", "integer")
_REFERENCE = Fact("constraint", "t.f", "t", "FOREIGN KEY (b) REFERENCES u(a)")
_OWN = Fact("constraint", "t.g", "t", "FOREIGN KEY (a) REFERENCES u(a)")
_PARTITION = Fact("partition", "p", "p", "OF m DEFAULT")
_LIVE = Catalog.of(
    [Fact("table", "t", "t", "TABLE"), _COLUMN, _REFERENCE, _OWN, _PARTITION],
)
_ENDS = Ends(_LIVE, _LIVE)


def test_with_a_column_go_no_foreign_keys_that_refer_to_one_of_its_name() -> None:
    [draft] = KINDS["column"].drop(_COLUMN, _LIVE)[0]
    left = after(draft, draft.sql, _ENDS, known=True).live.facts
    assert _REFERENCE.key in left
    assert _OWN.key not in left


def test_what_a_text_says_of_a_partition_is_not_done() -> None:
    def stands(said: str) -> bool:
        return _PARTITION.key in after(Draft(said), said, _ENDS, known=True).live.facts

    assert stands("CREATE FUNCTION f() AS $$ ALTER TABLE m DETACH PARTITION p $$")
    assert stands("COMMENT ON TABLE m IS 'first ALTER TABLE m DETACH PARTITION p'")
    assert not stands("ALTER TABLE m DETACH PARTITION p")
