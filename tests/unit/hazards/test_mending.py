"""What comes behind statements that mend rows is not said to fail on these."""

import pytest

from diffapply.ddl.risk import told
from diffapply.ddl.risks.demands import met, no_nulls
from diffapply.ddl.statements import alter_table
from diffapply.hazards.given import given
from diffapply.hazards.mending import after, mended_by
from diffapply.model.catalog import Ends
from tests.unit.fact_samples import catalog, table

_ENDS = Ends.from_nothing(catalog(table("t", "a integer", "b integer")))
_ENDS = Ends(_ENDS.goal, _ENDS.goal)


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("update t set a = 1", ["b"]),
        ("update t set c = 1", ["a", "b"]),
        ("update other set a = 1, b = 1", ["a", "b", "check"]),
        ("update public.t set a = 1, b = 1", ["a", "b", "check"]),
        ("delete from t where a is null", []),
        ("merge into t using other on true when matched then delete", []),
        ("truncate other, t", []),
        ("insert into other select 1", ["a", "b", "check"]),
        ("insert into t values (1, 2)", ["a", "b", "check"]),
        ("insert into t values (1) on conflict do nothing", ["a", "b", "check"]),
        ("insert into t values (1) on conflict (b) do update set a = 1", ["b"]),
        ("with x as (delete from t returning a) insert into other select a from x", []),
        ("select f()", []),
        ("do $$ begin end $$", []),
        ("call f()", []),
        ("with x as (update t set a = 1 returning 1) select from x", []),
        ("select 1", ["a", "b", "check"]),
        ("alter table t add c integer", ["a", "b", "check"]),
    ],
)
def test_what_is_left(statement: str, left: list[str]) -> None:
    """Of three demands on the rows of a table: by its columns, and by a check of both."""
    demands = {"a": no_nulls("t", "a"), "b": no_nulls("t", "b"), "check": met("t", "check c")}
    mended = tuple(mended_by(given(statement)))
    told_after = [
        name
        for name, risk in demands.items()
        if told(after(alter_table("t", "SET", risk), mended).risks, _ENDS)
    ]
    assert told_after == left


def test_ours_mend_nothing() -> None:
    assert not [*mended_by(alter_table("t", "ADD COLUMN c integer"))]
