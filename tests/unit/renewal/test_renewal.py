"""What is made anew is told by identity, and what it took the place of by name."""

from diffapply.model.affected import Renewed
from diffapply.renewal.anew import StandingObject, come_and_gone, made_anew


def standing(
    *objects: tuple[str, str, int] | tuple[str, str, int, int],
) -> dict[tuple[str, str], StandingObject]:
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


def test_routines_that_go_are_told_by_how_many_arguments_they_have() -> None:
    """A type's name may have a comma; what is left over at last is one each."""
    before = standing(("function", 'f("a,b")', 1), ("function", "f(text,text)", 2))
    more = before | standing(("function", "f(integer,integer)", 3))
    after = standing(("function", "f(name)", 4), ("function", "f(bigint,bigint)", 5))
    assert [its.old for its in made_anew(more, more, after)] == ['f("a,b")']
    assert [its.old for its in made_anew(before, before, after)] == ["f(text,text)", 'f("a,b")']


def test_routines_that_go_are_told_by_their_bodies() -> None:
    before = standing(("function", "f(integer)", 1), ("function", "f(text)", 2))
    after = standing(("function", "f(name)", 3), ("function", "f(bigint)", 4))
    bodies = ("\nAS 'select 1'", "\nAS 'select 2'")
    routines = (
        dict(zip(("f(integer)", "f(text)"), bodies, strict=True)),
        dict(zip(("f(bigint)", "f(name)"), bodies, strict=True)),
    )
    assert [(its.old, its.new) for its in made_anew(before, before, after, routines)] == [
        ("f(integer)", "f(bigint)"),
        ("f(text)", "f(name)"),
    ]


def test_what_goes_and_what_comes() -> None:
    """Not columns that go with their relation, or have a counterpart in the one made anew."""
    before = standing(
        ("table", "t", 1), ("column", "t.a", 1, 1), ("column", "t.b", 1, 2),
        ("view", "v", 2), ("column", "v.x", 2, 1), ("column", "v.y", 2, 2),
        ("view", "w", 3), ("column", "w.x", 3, 1),
    )  # fmt: skip
    after = standing(
        ("table", "t", 1), ("column", "t.a", 1, 1), ("column", "t.c", 1, 3),
        ("view", "v", 4), ("column", "v.x", 4, 1), ("column", "v.z", 4, 2),
        ("table", "n", 5), ("column", "n.x", 5, 1),
    )  # fmt: skip
    anew = made_anew(before, before, after)
    assert anew == (Renewed("view", "v", "v"),)
    created, dropped = come_and_gone(before, after, anew)
    assert [its.name for its in created] == ["t.c", "v.z", "n"]
    assert [its.name for its in dropped] == ["t.b", "v.y", "w"]
