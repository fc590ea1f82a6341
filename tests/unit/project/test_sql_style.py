"""SQL files are written alike: small keywords, four spaces, lines as long as those of Python."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "diffapply").rglob("*.sql"))
LONGEST: int = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"][
    "line-length"
]
EXPLAINED_FROM = 10
"""Lines from which on a file begins by saying what it is for."""
NAMED_BY_FILE = ROOT / "diffapply" / "catalog" / "sql"
"""There, the file's name is the kind of fact that it reads."""

KEYWORDS = (
    "add|all|alter|and|as|begin|between|by|case|column|commit|create|cross|delete|distinct|do|drop|"
    "else|end|except|exists|for|from|group|having|if|in|index|inner|insert|intersect|into|is|join|"
    "lateral|left|like|limit|materialized|not|null|offset|on|or|order|outer|over|partition|"
    "recursive|returning|right|select|set|table|then|trigger|union|update|using|values|view|when|"
    "where|with"
)
SHOUTED = re.compile(rf"\b(?:{KEYWORDS.upper()})\b")
STATEMENT = re.compile(r"(?:--.*\n)*(?:select|with|insert|update|delete|create|alter|set|lock)\b")
NOT_CODE = re.compile(r"""--[^\n]*|/\*.*?\*/|E?'(?:[^']|'')*'|"(?:[^"]|"")*\"""", re.DOTALL)

parametrized = pytest.mark.parametrize(
    "file", FILES, ids=[str(file.relative_to(ROOT / "diffapply")) for file in FILES]
)


def test_there_are_files() -> None:
    assert len(FILES) > 50


def test_no_module_has_sql_of_several_lines() -> None:
    """What is put together where it is used may have some."""
    assert [*_sql_in('def f():\n    g("""select\n  1""")')]
    assert not [*_sql_in('"""select what\nyou like"""\nf(f"""select\n{1}""", "select 1")')]
    found = [
        f"{file.relative_to(ROOT)}: {text}"
        for file in sorted((ROOT / "diffapply").rglob("*.py"))
        for text in _sql_in(file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def _sql_in(module: str) -> Iterator[str]:
    """The texts in it that are SQL; docstrings and parts of other texts are none."""
    tree = ast.parse(module)
    apart = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr | ast.JoinedStr)
        for part in ast.iter_child_nodes(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            text = node.value.strip()
            if "\n" in text and STATEMENT.match(text):
                yield text


@parametrized
def test_lines(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    wrong = [
        f"{number}: {line}"
        for number, line in enumerate(text.splitlines(), 1)
        if (len(line) > LONGEST and not line.startswith("-- needs "))
        or "\t" in line
        or line != line.rstrip()
        or (len(line) - len(line.lstrip())) % 4
    ]
    assert not wrong, "\n".join(wrong)


@parametrized
def test_every_server_can_read_it(file: Path) -> None:
    """Comments are sent, too, and a database's encoding may lack all but ASCII."""
    assert file.read_text(encoding="utf-8").isascii()


@parametrized
def test_keywords_are_in_small_letters(file: Path) -> None:
    code = NOT_CODE.sub("", file.read_text(encoding="utf-8"))
    assert not SHOUTED.findall(code)


@parametrized
def test_what_is_long_says_what_it_is_for(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if file.parent != NAMED_BY_FILE and len(text.splitlines()) >= EXPLAINED_FROM:
        assert text.startswith("-- ")
