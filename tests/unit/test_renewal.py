"""What is made anew is told by identity, and what it took the place of by name."""

from diffapply.planning.model import Renewed
from diffapply.planning.renewal import Standing, StandingObject, made_anew


def standing(*objects: tuple[str, str, int] | tuple[str, str, int, int]) -> Standing:
    """Kind, name and oid of each, and of a column its number."""
    found = {}
    for kind, name, oid, *number in objects:
        its_class = {"view": "relation", "table": "relation", "function": "routine"}.get(kind, kind)
        found[its_class, name] = StandingObject(kind, oid, *number or (0,))
    return found


def test_what_stays_is_not_made_anew() -> None:
    stands = standing(("table", "t", 1), ("column", "t.a", 1, 1))
    more = standing(("table", "t", 1), ("column", "t.a", 1, 1), ("view", "v", 2))
    assert made_anew(stands, stands, stands) == ()
    assert made_anew(stands, stands, more) == ()


def test_columns_that_keep_their_names_go_with_their_relation() -> None:
    before = standing(("view", "v", 1), ("column", "v.a", 1, 1), ("column", "v.b", 1, 2))
    after = standing(("view", "v", 2), ("column", "v.b", 2, 1), ("column", "v.c", 2, 2))
    assert made_anew(before, before, after) == (Renewed("view", "v", "v"),)


def test_a_column_made_anew_in_a_table_that_stays() -> None:
    before = standing(("table", "t", 1), ("column", "t.a", 1, 1))
    after = standing(("table", "t", 1), ("column", "t.a", 1, 2))
    assert made_anew(before, before, after) == (Renewed("column", "t.a", "t.a"),)


def test_a_table_that_becomes_a_view() -> None:
    before = standing(("table", "t", 1))
    assert made_anew(before, before, standing(("view", "t", 2))) == (Renewed("view", "t", "t"),)


def test_a_table_that_is_renamed_and_made_anew() -> None:
    """Its own name was another one, and so was its column's."""
    before = standing(("table", '"a.b"', 1), ("column", '"a.b".x', 1, 1))
    renamed = standing(("table", "new", 1), ("column", "new.y", 1, 1))
    after = standing(("table", "new", 2), ("column", "new.y", 2, 1))
    assert made_anew(before, renamed, after) == (
        Renewed("column", '"a.b".x', "new.y"),
        Renewed("table", '"a.b"', "new"),
    )


def test_a_table_that_becomes_its_own_partition() -> None:
    before = standing(("table", "t", 1))
    renamed = standing(("table", "t_rest", 1))
    after = standing(("table", "t_rest", 1), ("table", "t", 2))
    assert made_anew(before, renamed, after) == (Renewed("table", "t", "t"),)


def test_a_routine_whose_arguments_change() -> None:
    before = standing(("function", "f(integer)", 1), ("function", "g(integer)", 2))
    after = standing(("function", "f(bigint)", 3), ("function", "h(integer)", 4))
    assert made_anew(before, before, after) == (Renewed("function", "f(integer)", "f(bigint)"),)


def test_of_several_routines_of_a_name_the_one_that_goes_is_told() -> None:
    before = standing(("function", "f(integer)", 1), ("function", "f(text)", 2))
    after = standing(("function", "f(bigint)", 3), ("function", "f(text)", 2))
    assert made_anew(before, before, after) == (Renewed("function", "f(integer)", "f(bigint)"),)


def test_of_several_routines_that_go_none_is_guessed() -> None:
    before = standing(("function", "f(integer)", 1), ("function", "f(text)", 2))
    after = standing(("function", "f(bigint)", 3), ("function", "f(name)", 4))
    assert made_anew(before, before, after) == ()
