"""Pages of the documentation are run as they are read; see tests/pages.py."""

from pathlib import Path

import pytest

from tests.pages import Command, File, NotAsShownError, is_shown, run, steps

_PAGE = """
A file, and what is added to it:

```python title="app/models.py"
first = 1
```
```python title="app/models.py, at the end"
second = 2
```
```text
$ not run
```
```console
$ cat app/models.py
first = 1
second = 2
$ cd app
$ test -e nowhere  # exits 1
$ echo one \\
    two
one two
```
"""


def test_what_is_read() -> None:
    assert list(steps(_PAGE)) == [
        File("app/models.py", "first = 1\n", added=False),
        File("app/models.py", "second = 2\n", added=True),
        Command(14, "cat app/models.py", 0, "first = 1\nsecond = 2"),
        Command(17, "cd app", 0, None),
        Command(18, "test -e nowhere  # exits 1", 1, None),
        Command(19, "echo one \\\n    two", 0, "one two"),
    ]


def _run(folder: Path, page: str) -> list[str]:
    (folder / "page.md").write_text(page)
    return run(folder / "page.md", folder, {"PATH": "/usr/bin:/bin"}, "postgresql:///here")


def test_it_is_done_in_one_shell(tmp_path: Path) -> None:
    assert len(_run(tmp_path, _PAGE)) == 4


@pytest.mark.parametrize(
    ("session", "told"),
    [
        ("$ false", "ended with 1"),
        ("$ true  # exits 2", "ended with 0"),
        ("$ echo no\nyes", "is shown to print"),
        ("$ exit\n$ true", "was not reached"),
    ],
)
def test_a_page_that_is_not_true_fails(tmp_path: Path, session: str, told: str) -> None:
    with pytest.raises(NotAsShownError, match=told):
        _run(tmp_path, f"```console\n{session}\n```\n")


def test_the_database_of_the_test_is_used(tmp_path: Path) -> None:
    page = "```console\n$ echo postgresql://app@db.example/app\npostgresql:///here\n```\n"
    assert len(_run(tmp_path, page)) == 1


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a\nb", "a\nb\n", True),
        ("a", "a\nb\n", False),
        ("a\n…", "a\nb\nc\n", True),
        ("a\n…\nc", "a\nc\n", True),
        ("run …: done", "run 7: done", True),
        ("run …: done", "run 7: failed", False),
        ("a.c", "abc", False),
    ],
)
def test_what_is_left_out(shown: str, printed: str, *, expected: bool) -> None:
    assert is_shown(shown, printed) == expected
