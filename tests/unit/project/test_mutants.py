"""`make mutants` changes one place at a time, and runs tests that exist."""

import ast

import pytest

from tests.mutants import ROOT, TESTS, mutant_at, places

_SOURCE = '''\
"""Documentation is no code."""

def total(rows: "int", least: int = 3) -> int:
    """Nor is this."""
    if rows > least and not empty(rows):
        rows += 1
    return rows
'''


def _changes() -> list[tuple[str, str]]:
    mutants = (mutant_at("module.py", _SOURCE, *place) for place in places(_SOURCE))
    return [(mutant.before, mutant.after) for mutant in mutants]


def test_the_tests_exist() -> None:
    assert not [test for test in TESTS if not (ROOT / test).exists()]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("3", "4"),
        ("rows > least", "rows >= least"),
        ("rows > least and (not empty(rows))", "rows > least or not empty(rows)"),
        ("not empty(rows)", "empty(rows)"),
        ("rows += 1", "pass"),
        ("1", "2"),
    ],
)
def test_code_is_changed(before: str, after: str) -> None:
    assert (before, after) in _changes()


def test_documentation_and_types_are_not() -> None:
    changed = [before for before, _ in _changes()]
    assert not [before for before in changed if "Documentation" in before or before == "'int'"]
    assert len(changed) == 7  # those above, and the condition of `if`


def test_only_one_line_is_changed() -> None:
    lines = ast.unparse(ast.parse(_SOURCE)).splitlines()
    for place in places(_SOURCE):
        changed = mutant_at("module.py", _SOURCE, *place).source.splitlines()
        assert sum(one != other for one, other in zip(lines, changed, strict=True)) == 1
