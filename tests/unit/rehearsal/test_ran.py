"""Which changes of a search the result needs, and in which order it tries them."""

import pytest

from diffapply.ddl.statements import Draft, Retyping, alter_table, drafts
from diffapply.model.catalog import Catalog, Fact
from diffapply.rehearsal.search.gathering import gathered, is_gathered
from diffapply.rehearsal.search.ran import Ran, needed

_VIEW = ("view", "v")
_WITH_VIEW = Catalog.of([Fact("view", "v", "v", "AS select 1")])
_WITHOUT = Catalog.of([])


def _drop(kind: str = "view", name: str = "v") -> Ran:
    return Ran((Draft(f"DROP {kind.upper()} {name}", anew=True),), (kind, name))


def _make(kind: str = "view", name: str = "v", body: str = "AS select 1") -> Ran:
    return Ran(drafts(f"CREATE {kind.upper()} {name} {body}"), (kind, name))


def _retype(table: str, column: str) -> Ran:
    action = Retyping(f"ALTER COLUMN {column} TYPE text", f"ALTER TABLE {table}", told=lambda _: ())
    return Ran((action,), ("column", f"{table}.{column}"))


def test_the_first_drop_and_the_last_creation_count() -> None:
    other = _retype("t", "a")
    changes = (_drop(), _make(), _drop(), other, _make())
    assert needed(changes, _WITH_VIEW) == (_drop(), other, _make())


def test_what_did_not_stand_is_not_dropped() -> None:
    assert needed((_make(), _drop(), _make()), _WITHOUT) == (_make(),)


def test_what_stood_under_another_name_is_dropped() -> None:
    assert needed((_drop(), _make()), _WITHOUT) == (_drop(), _make())


def test_what_is_altered_and_then_replaced_is_only_replaced() -> None:
    altered = Ran(drafts("ALTER VIEW v SET (security_barrier)"), _VIEW)
    replaced = Ran((*_drop().way, *_make().way), _VIEW)
    assert needed((altered, replaced), _WITH_VIEW) == (replaced,)


def test_what_goes_with_what_it_is_on_is_made_the_last_time() -> None:
    comment = Ran(drafts("COMMENT ON VIEW v IS 'c'"), ("comment", "VIEW v"))
    changes = (_make(), comment, _drop(), _make(), comment)
    assert needed(changes, _WITHOUT) == (_make(), comment)


@pytest.mark.parametrize("kind", ["table", "routine", "enum"])
def test_what_values_depend_on_keeps_all_its_steps(kind: str) -> None:
    changes = (_drop(kind), _make(kind), _retype("t", "a"), _drop(kind), _make(kind))
    assert needed(changes, _WITHOUT) == changes
    assert gathered(changes) == changes


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
    changes = (_drop(), computes, _make(), _drop(), _make())
    assert needed(changes, _WITH_VIEW, computing=True) == (_drop(), computes, _make())
    changes = (_drop(), _make(), computes, _drop(), _make())
    assert needed(changes, _WITH_VIEW, computing=True) == changes
    changes = (_make(), computes, _make(body="AS select 2"), _drop(), _make())
    assert needed(changes, _WITHOUT, computing=True) == (_make(), computes, _drop(), _make())


def test_an_index_may_call_what_reads_a_view() -> None:
    changes = (_make(), _make("index", "i", "ON t (f())"), _drop(), _make())
    assert needed(changes, _WITHOUT, computing=True) == changes


def test_statements_of_others_are_kept() -> None:
    theirs = Ran(drafts("CREATE VIEW v AS select 1"))
    assert needed((theirs, theirs), _WITHOUT) == (theirs, theirs)


def test_drops_come_first_and_what_they_dropped_last() -> None:
    index = _drop("index", "i"), _make("index", "i", "ON t (b)")
    changes = (_retype("t", "a"), index[0], _retype("t", "b"), index[1], _retype("u", "a"))
    assert not is_gathered(changes)
    together = (index[0], _retype("t", "a"), _retype("t", "b"), _retype("u", "a"), index[1])
    assert gathered(changes) == together
    assert is_gathered(together)


def test_changes_of_a_table_are_together() -> None:
    changes = (_retype("t", "a"), _retype("u", "a"), _retype("t", "b"))
    assert gathered(changes) == (_retype("t", "a"), _retype("t", "b"), _retype("u", "a"))


@pytest.mark.parametrize("kind", ["partition", "routine", "enum"])
def test_no_new_type_comes_before_what_it_may_need(kind: str) -> None:
    changes = (_retype("t", "a"), _make(kind), _retype("t", "b"), _retype("t", "c"))
    assert gathered(changes) == changes


def test_keys_do_not_come_before_rows() -> None:
    """Those of a partition, say, that is yet to be attached."""
    action = alter_table("t", "ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u")
    key = Ran((action,), ("constraint", "t.c"))
    changes = (_retype("t", "a"), _make("partition", "p"), key)
    assert gathered(changes) == changes


def test_no_new_type_comes_before_rows_that_are_written() -> None:
    added = (alter_table("t", "ADD COLUMN d int"), Draft("UPDATE t SET d = DEFAULT"))
    writes = Ran(added, ("column", "t.d"))
    changes = (_retype("t", "a"), writes, _retype("t", "b"), _retype("t", "c"))
    assert gathered(changes) == changes
