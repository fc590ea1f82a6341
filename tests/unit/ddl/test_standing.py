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


def test_what_is_left_is_sorted_as_if_it_were_read() -> None:
    """Nothing goes through all facts, or digests them, between two statements."""
    [drop] = KINDS["constraint"].drop(_OWN, _LIVE)[0]
    [create] = KINDS["constraint"].create(_OWN, _LIVE)[0]
    left = after(drop, drop.sql, _ENDS, known=True)
    again = after(create, create.sql, left, known=True).live
    for live, facts in ((left.live, {*_LIVE.facts} - {_OWN.key}), (again, {*_LIVE.facts})):
        hash(live)
        assert "fingerprint" not in vars(live)
        assert live.facts.keys() == facts
        read = Catalog.of(live.facts.values())
        for sorted_, its in ((live.by_kind, read.by_kind), (live.by_object, read.by_object)):
            assert {key: {*facts} for key, facts in sorted_.items()} == {
                key: {*facts} for key, facts in its.items()
            }


def test_a_table_has_its_parents_while_it_inherits_from_them() -> None:
    def parents(ends: Ends) -> str:
        fact = ends.live.facts.get(("inherits", "t"))
        return fact.definition if fact else ""

    ends, found = _ENDS, []
    for said in ("INHERIT a", "INHERIT b", "NO INHERIT a", "NO INHERIT b"):
        draft = Draft(f"ALTER TABLE t {said}")
        ends = after(draft, draft.sql, ends, known=True)
        found.append(parents(ends))
    assert found == ["a", "a, b", "b", ""]
