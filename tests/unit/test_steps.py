"""Which steps of a search the result needs, and in which order it tries them."""

import pytest

from diffapply.ddl.statements import Draft, Retyping, alter_table, drafts
from diffapply.model.catalog import Catalog, Fact
from diffapply.rehearsal.search.steps import Step, gathered, is_gathered, needed

_VIEW = ("view", "v")
_WITH_VIEW = Catalog.of([Fact("view", "v", "v", "AS select 1")])
_WITHOUT = Catalog.of([])


def _drop(kind: str = "view", name: str = "v") -> Step:
    return Step((Draft(f"DROP {kind.upper()} {name}", anew=True),), (kind, name))


def _make(kind: str = "view", name: str = "v", body: str = "AS select 1") -> Step:
    return Step(drafts(f"CREATE {kind.upper()} {name} {body}"), (kind, name))


def _retype(table: str, column: str) -> Step:
    action = Retyping(f"ALTER COLUMN {column} TYPE text", f"ALTER TABLE {table}", told=lambda _: ())
    return Step((action,), ("column", f"{table}.{column}"))


def test_the_first_drop_and_the_last_creation_count() -> None:
    other = _retype("t", "a")
    steps = (_drop(), _make(), _drop(), other, _make())
    assert needed(steps, _WITH_VIEW) == (_drop(), other, _make())


def test_what_did_not_stand_is_not_dropped() -> None:
    assert needed((_make(), _drop(), _make()), _WITHOUT) == (_make(),)


def test_what_stood_under_another_name_is_dropped() -> None:
    assert needed((_drop(), _make()), _WITHOUT) == (_drop(), _make())


def test_what_is_altered_and_then_replaced_is_only_replaced() -> None:
    altered = Step(drafts("ALTER VIEW v SET (security_barrier)"), _VIEW)
    replaced = Step((*_drop().way, *_make().way), _VIEW)
    assert needed((altered, replaced), _WITH_VIEW) == (replaced,)


def test_what_goes_with_what_it_is_on_is_made_the_last_time() -> None:
    comment = Step(drafts("COMMENT ON VIEW v IS 'c'"), ("comment", "VIEW v"))
    steps = (_make(), comment, _drop(), _make(), comment)
    assert needed(steps, _WITHOUT) == (_make(), comment)


@pytest.mark.parametrize("kind", ["table", "routine", "enum"])
def test_what_values_depend_on_keeps_all_its_steps(kind: str) -> None:
    steps = (_drop(kind), _make(kind), _retype("t", "a"), _drop(kind), _make(kind))
    assert needed(steps, _WITHOUT) == steps
    assert gathered(steps) == steps


def test_a_routine_that_nothing_calls_meanwhile_is_made_once() -> None:
    routine = Catalog.of([Fact("routine", "f()", "f()", "")])
    new, drop, view = _make("routine", "f()"), _drop("routine", "f()"), _make()
    assert needed((new, view, drop, _retype("t", "a"), new), routine) == (
        view,
        drop,
        _retype("t", "a"),
        new,
    )
    index = _make("index", "i", "ON t (f())")
    assert needed((new, index, drop, new), routine) == (new, index, drop, new)


def test_what_stands_while_values_are_computed_stays_as_it_was() -> None:
    """What comes and goes in between is left out."""
    computes = _retype("t", "a")
    steps = (_drop(), computes, _make(), _drop(), _make())
    assert needed(steps, _WITH_VIEW, computing=True) == (_drop(), computes, _make())
    steps = (_drop(), _make(), computes, _drop(), _make())
    assert needed(steps, _WITH_VIEW, computing=True) == steps
    steps = (_make(), computes, _make(body="AS select 2"), _drop(), _make())
    assert needed(steps, _WITHOUT, computing=True) == (_make(), computes, _drop(), _make())


def test_an_index_may_call_what_reads_a_view() -> None:
    steps = (_make(), _make("index", "i", "ON t (f())"), _drop(), _make())
    assert needed(steps, _WITHOUT, computing=True) == steps


def test_statements_of_others_are_kept() -> None:
    theirs = Step(drafts("CREATE VIEW v AS select 1"))
    assert needed((theirs, theirs), _WITHOUT) == (theirs, theirs)


def test_drops_come_first_and_what_they_dropped_last() -> None:
    index = _drop("index", "i"), _make("index", "i", "ON t (b)")
    steps = (_retype("t", "a"), index[0], _retype("t", "b"), index[1], _retype("u", "a"))
    assert not is_gathered(steps)
    together = (index[0], _retype("t", "a"), _retype("t", "b"), _retype("u", "a"), index[1])
    assert gathered(steps) == together
    assert is_gathered(together)


def test_changes_of_a_table_are_together() -> None:
    steps = (_retype("t", "a"), _retype("u", "a"), _retype("t", "b"))
    assert gathered(steps) == (_retype("t", "a"), _retype("t", "b"), _retype("u", "a"))


@pytest.mark.parametrize("kind", ["partition", "routine", "enum"])
def test_no_new_type_comes_before_what_it_may_need(kind: str) -> None:
    steps = (_retype("t", "a"), _make(kind), _retype("t", "b"), _retype("t", "c"))
    assert gathered(steps) == steps


def test_keys_do_not_come_before_rows() -> None:
    """Those of a partition, say, that is yet to be attached."""
    action = alter_table("t", "ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u")
    key = Step((action,), ("constraint", "t.c"))
    steps = (_retype("t", "a"), _make("partition", "p"), key)
    assert gathered(steps) == steps


def test_no_new_type_comes_before_rows_that_are_written() -> None:
    added = (alter_table("t", "ADD COLUMN d int"), Draft("UPDATE t SET d = DEFAULT"))
    writes = Step(added, ("column", "t.d"))
    steps = (_retype("t", "a"), writes, _retype("t", "b"), _retype("t", "c"))
    assert gathered(steps) == steps
