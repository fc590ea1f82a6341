"""What is done to a table in several turns, in one statement."""

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import Retyping, alter_column, drafts
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.rehearsal.search.gathering import cost, in_one
from diffapply.rehearsal.search.ran import Ran

_A = Fact("column", "t.a", "t", "bigint", 1)
_B = Fact("column", "t.b", "t", "text", 2)
_DEFAULT = Fact("default", "t.b", "t", "'x'::text")
_CHECK = Fact("constraint", "t.c", "t", "CHECK ((a > 0))")
_KEY = Fact("constraint", "t.f", "t", "FOREIGN KEY (a) REFERENCES u(a)")
_OTHERS = [Fact("enum", "x", "x", "AS ENUM ()"), Fact("table", "u", "u", "TABLE")]
_TABLE = Fact("table", "t", "t", "TABLE")
_GOAL = Catalog.of([*_OTHERS, _TABLE, _A, _B, _DEFAULT, _CHECK, _KEY])
_ENDS = Ends(_GOAL, _GOAL)


def _retype(fact: Fact) -> Ran:
    its = alter_column(fact, f"TYPE {fact.definition}")
    return Ran((Retyping(its.text, its.head, told=lambda _: ()),), fact.key)


def _add(fact: Fact) -> Ran:
    return Ran(KINDS[fact.kind].create(fact, _GOAL)[0], fact.key)


def _ran(kind: str, sql: str) -> Ran:
    return Ran(drafts(sql), (kind, "x"))


def _in_one(*changes: Ran, late: bool = False, foreign_keys: bool = True) -> list[str]:
    order = in_one(changes, _ENDS, late=late, foreign_keys=foreign_keys)
    return [draft.sql for change in order for draft in change.way]


_TYPE = _ran("enum", "CREATE TYPE e AS ENUM ()")
_BOTH = "ALTER TABLE t ALTER COLUMN a TYPE bigint, ALTER COLUMN b TYPE text"


def test_it_comes_with_the_first_or_with_the_last() -> None:
    changes = (_retype(_A), _TYPE, _retype(_B))
    assert _in_one(*changes) == [_BOTH, "CREATE TYPE e AS ENUM ()"]
    assert _in_one(*changes, late=True) == ["CREATE TYPE e AS ENUM ()", _BOTH]
    assert cost(changes, _ENDS) == (2, 3)
    assert cost(in_one(changes, _ENDS, late=True, foreign_keys=True), _ENDS) == (1, 2)


def test_rows_that_come_meanwhile_stay_between() -> None:
    attach = _ran("partition", "ALTER TABLE p ATTACH PARTITION t DEFAULT")
    changes = (_retype(_A), attach, _retype(_B))
    assert _in_one(*changes) == [its.way[0].sql for its in changes]


def test_constraints_are_in_it_and_foreign_keys_may_be() -> None:
    check, key = (
        its.way[0].sql.removeprefix("ALTER TABLE t ") for its in (_add(_CHECK), _add(_KEY))
    )
    changes = (_retype(_A), _TYPE, _add(_CHECK), _add(_KEY))
    its = "ALTER TABLE t ALTER COLUMN a TYPE bigint"
    assert _in_one(*changes)[0] == f"{its}, {check}, {key}"
    assert _in_one(*changes, foreign_keys=False)[::2] == [
        f"{its}, {check}",
        f"ALTER TABLE t {key}",
    ]


def test_a_new_default_that_came_before_its_type_comes_after_it() -> None:
    alter = "ALTER TABLE t ALTER COLUMN b"
    assert _in_one(_add(_DEFAULT), _TYPE, _retype(_B), late=True)[1] == (
        f"{alter} DROP DEFAULT, ALTER COLUMN b TYPE text, ALTER COLUMN b SET DEFAULT 'x'::text"
    )


def test_a_type_that_goes_goes_after_all_uses() -> None:
    gone = _ran("domain", "DROP DOMAIN d")
    assert _in_one(_retype(_A), gone, _retype(_B), late=True) == [_BOTH, "DROP DOMAIN d"]
