"""`diffapply docs`: the pages that messages name."""

import re
from pathlib import Path

import pytest

from diffapply import main
from diffapply.documentation import pages

_PACKAGE = Path(main.__file__).parent


def _shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main.run(["docs", *arguments])
    return (ended.value.code, *capsys.readouterr())


def test_every_page_that_a_message_names_is_there() -> None:
    texts = (path.read_text("utf-8") for path in _PACKAGE.rglob("*.py"))
    named = {page for text in texts for page in re.findall(r"`diffapply docs ([a-z-]+)`", text)}
    assert {"role", "operations"} <= named
    assert named <= {*pages()}


def test_messages_name_no_files_of_the_project() -> None:
    """Who has installed the wheel does not have them."""
    for path in _PACKAGE.rglob("*.py"):
        strings = re.findall(r'"[^"\n]*\bdocs/[\w-]+\.md[^"\n]*"', path.read_text("utf-8"))
        assert strings == [], path


def test_which_pages_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _shown(capsys)
    assert (code, err) == (0, "")
    assert "- `diffapply docs role`: Which role to use\n" in out
    assert "architecture" not in out  # for those who change diffapply


@pytest.mark.parametrize("name", ["role", "docs/role.md"])
def test_a_page(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """In a pipe it is as it was written."""
    assert _shown(capsys, name) == (0, pages()["role"].read_text("utf-8"), "")


def test_a_page_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _shown(capsys, "rule")
    assert (code, out) == (1, "")
    assert "There is no page 'rule'." in err
    assert "adopting, ci, " in err
