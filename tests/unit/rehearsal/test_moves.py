"""In which order names change, so that each new one is free."""

from collections.abc import Iterable

import pytest

from diffapply.rehearsal.renames.moves import Move, circles, in_turn


def column(old: str, new: str, table: str = "t") -> Move:
    return Move("column", table, old, new)


def done(statements: Iterable[str], names: dict[str, str]) -> dict[str, str]:
    """What bears which name after statements like ``ALTER TABLE t RENAME COLUMN a TO b``."""
    for statement in statements:
        *_, old, _, new = statement.split()
        assert new not in names, f"{new} is taken when {old} is renamed"
        names[new] = names.pop(old)
    return names


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([("a", "b")], {"b": "a"}),
        ([("a", "b"), ("b", "c"), ("c", "d")], {"b": "a", "c": "b", "d": "c"}),
        ([("a", "b"), ("b", "a")], {"a": "b", "b": "a"}),
        ([("a", "b"), ("b", "c"), ("c", "a")], {"b": "a", "c": "b", "a": "c"}),
        ([("a", "b"), ("b", "a"), ("c", "d")], {"a": "b", "b": "a", "d": "c"}),
    ],
)
def test_each_finds_its_new_name_free(
    moves: list[tuple[str, str]], expected: dict[str, str]
) -> None:
    """In whatever order they are declared."""
    for order in (moves, moves[::-1]):
        drafts = in_turn(column(old, new) for old, new in order)
        assert done([its.sql for its in drafts], {old: old for old, _ in moves}) == expected


def test_no_third_name_where_none_is_needed() -> None:
    """Columns of different tables have nothing to do with each other; indexes of theirs have."""
    assert len(in_turn([column("a", "b", "one"), column("b", "a", "two")])) == 2
    indexes = [Move("index", "one", "a", "b"), Move("index", "two", "b", "a")]
    assert len(in_turn(indexes)) == 3


def test_each_circle_by_itself() -> None:
    """What only leads somewhere is in none."""
    swap = (column("a", "b"), column("b", "a"))
    three = (column("x", "y"), column("y", "z"), column("z", "x"))
    assert circles([column("m", "n"), *swap, *three, column("a", "b", "u")]) == [swap, three]


def test_it_is_known_again_among_statements() -> None:
    """By its own statement, or by the second of two."""
    first, second = column("a", "b"), column("b", "a")
    statements = [its.sql for its in in_turn([first, second])]
    assert first.is_done_by(statements)
    assert second.is_done_by(statements)
    assert not column("a", "c").is_done_by(statements)
