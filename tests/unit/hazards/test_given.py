"""What is read from statements that others wrote; the table of kinds knows it of its own."""

import pytest

from diffapply.ddl.kinds.positions import (
    Carry,
    carried,
    carry,
    rename_sequence,
    waiting,
    with_carries,
)
from diffapply.ddl.statements import Draft, aside, drafts
from diffapply.hazards.given import Given, given
from diffapply.model.catalog import FactKey


@pytest.mark.parametrize(
    ("statement", "dropped"),
    [
        ("drop index public.i, j", {("index", "public.i"), ("index", "j")}),
        (
            'alter table t drop constraint "K", drop column c',
            {("constraint", 't."K"'), ("column", "t.c")},
        ),
        ("alter table t alter c type text", {("column", "t.c")}),
        ("drop function f", {("routine", "f()")}),
        ("create table t (c text default 'drop index i')", set()),
        ("no statement drop index i", set()),
    ],
)
def test_what_goes(statement: str, dropped: set[FactKey]) -> None:
    """A column with another type counts: its values go into that."""
    assert {*given(statement).drops} == dropped


@pytest.mark.parametrize(
    ("statement", "attached"),
    [
        ("alter table t attach partition p for values in (1)", ("t", "p")),
        ("create unlogged table p partition of t default", ("t",)),
        ("alter index t_i attach partition p_i", ()),
        ("alter table t detach partition p", ()),
    ],
)
def test_which_tables_get_partitions(statement: str, attached: tuple[str, ...]) -> None:
    assert tuple(name for risk in given(statement).risks for name in risk.attaches) == attached


def test_routines() -> None:
    body = "function f() returns int language sql as 'select 1'"
    assert given(f"\ncreate or replace {body}").makes_routine
    assert given(f"create {body}").makes_routine
    assert not given("create trigger t after insert on t execute function f()").makes_routine


def test_what_is_copied_from_a_plan_means_the_same() -> None:
    """So positions that a user carries over are kept as they are."""
    ours: tuple[Draft, ...] = (carry('"A s"', "b"), rename_sequence("b", '"C"'))
    theirs = tuple(given(its.sql) for its in ours)
    assert theirs == ours
    assert carried(theirs) == carried(ours) == {"b", '"C"'}
    assert isinstance(given("select setval('b', 1)"), Given)
    assert isinstance(given(f"{carry('s', 'b').sql} WHERE false"), Given)


class TestPositions:
    """What waits aside is dropped last, when its position was carried over."""

    def test_until_the_end(self) -> None:
        put = (rename_sequence("s", aside("s")), carry("t_id_seq", aside("t_id_seq")))
        asides = waiting(put)
        assert asides == {aside("s"): "s", aside("t_id_seq"): "t_id_seq"}
        way = (*put, given(f"drop sequence {aside('s')}"), *drafts("ALTER TABLE t …"))
        ordered = with_carries(way, asides)
        assert ordered[: len(put) + 1] == (*put, *drafts("ALTER TABLE t …"))
        assert [type(its) for its in ordered[-4:]] == [Carry, Draft, Carry, Draft]
        assert [its.drops for its in ordered[-3::2]] == [
            (("sequence", aside("s")),),
            (("sequence", aside("t_id_seq")),),
        ]

    def test_not_what_has_its_name_again(self) -> None:
        assert not waiting((carry("s", aside("s")), rename_sequence(aside("s"), "other")))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("drop table  t", "DROP TABLE t"),
        ("create type e as enum ()", ""),
        ("alter table t enable always rule r", ""),
        ("no statement", ""),
    ],
)
def test_one_style(statement: str, said: str) -> None:
    """Nothing is said of what pglast cannot read, or cannot print, as an enum without labels."""
    assert Given(statement).printed == said
