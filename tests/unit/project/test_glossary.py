"""The code says what docs/glossary.md says: no name in it is of a word that is not to be used."""

import io
import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROWS = re.findall(
    r"^\| (?!word )([^|-][^|]*) \| ([^|]+) \| ?([^|]*?) ?\|$",
    (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
"""Word, meaning, what it is not called."""

UNUSED = {other for _, _, others in ROWS for other in others.split(", ") if other}
ELSEWHERE = {
    "cluster": "PostgreSQL's: of databases, and the order of a table",
    "migration": "the class in migra",
    "revision": "Alembic's",
    "target": "PostgreSQL has targets of statistics and of SELECT, SQLAlchemy of foreign keys",
    "user": "a session and a process have one, and statements may be the user's",
    "warning": "logging has a level of that name, and Python a module",
}
"""Words that mean something else in PostgreSQL, in Python or in a library."""


def _words(name: str) -> str:
    """The words of a name in the singular, such as `_user_statement_`."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return f"_{name}_".replace("s_", "_")


def _names(source: str) -> set[str]:
    """The names in the code, without what is in strings and comments."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def test_each_word_has_one_meaning() -> None:
    words = [word for word, _, _ in ROWS]
    assert len(words) > 30
    assert sorted(words) == sorted(set(words))


def test_no_word_is_also_one_not_to_be_used() -> None:
    assert not UNUSED & {word for word, _, _ in ROWS}
    assert set(ELSEWHERE) <= UNUSED


def test_no_name_is_of_a_word_that_is_not_to_be_used() -> None:
    forbidden = {_words(other.replace(" ", "_")) for other in UNUSED - set(ELSEWHERE)}
    found = []
    for path in sorted((ROOT / "diffapply").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        like_names = {name: _words(name) for name in re.findall(r"[^\W\d]\w*", source)}
        wrong = {name for name, its in like_names.items() if any(word in its for word in forbidden)}
        if wrong:  # perhaps in strings alone; taking the code apart takes long
            found += [f"{path.relative_to(ROOT)}: {name}" for name in wrong & _names(source)]
    assert not found, "\n".join(sorted(found))
