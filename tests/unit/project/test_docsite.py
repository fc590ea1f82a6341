"""The pages made from the code are up to date, and the check of links finds what leads nowhere."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from diffapply.config import SETTINGS
from docsite import docstrings
from docsite.__main__ import for_the_site
from docsite.links import broken
from docsite.reference import pages

_ROOT = Path(__file__).parents[3]
_REFERENCE = _ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_reference_is_that_of_the_code(name: str) -> None:
    """If it fails: `make reference` writes it anew."""
    assert (_REFERENCE / name).read_text(encoding="utf-8") == pages()[name].rstrip() + "\n"


def test_nothing_else_is_in_its_folder() -> None:
    assert {page.name for page in _REFERENCE.iterdir()} == set(pages())


def test_every_setting_is_told() -> None:
    told = pages()["settings.md"]
    for name in SETTINGS:
        assert f"\n## {name.replace('_', '-')}\n" in told


def test_every_page_of_the_site_is_there() -> None:
    def named(entry: Any) -> list[str]:  # noqa: ANN401 - what TOML holds
        if isinstance(entry, str):
            return [entry]
        entries = entry.values() if isinstance(entry, dict) else entry
        return [page for its in entries for page in named(its)]

    site = tomllib.loads((_ROOT / "zensical.toml").read_text(encoding="utf-8"))
    shown = named(site["project"]["nav"])
    assert len(shown) > 20
    assert [page for page in shown if not (_ROOT / page).is_file()] == []
    guides = {f"docs/{page.name}" for page in (_ROOT / "docs").glob("*.md")}
    assert guides - set(shown) == {"docs/README.md"}


def test_no_page_needs_a_script_from_elsewhere() -> None:
    """As diagrams of mermaid do, which the generator loads from the net."""
    for page in _ROOT.glob("docs/**/*.md"):
        assert "```mermaid" not in page.read_text(encoding="utf-8"), page


def test_pages_are_as_the_generator_needs_them(tmp_path: Path) -> None:
    """Bars in a table's code, options that may go over several lines, links by their titles."""
    (tmp_path / "role.md").write_text("# Roles and privileges\n\n# Another")
    text = (
        r"| `plan [--only GLOB] [--detail shape\|object]` | x |"
        "\n`plan [--only GLOB]`: [role.md](role.md), [it](role.md), [gone.md](gone.md)\n"
    )
    assert for_the_site(text, tmp_path / "page.md") == (
        "| `plan` `[--only GLOB]` `[--detail shape|object]` | x |\n"
        "`plan [--only GLOB]`: [Roles and privileges](role.md), [it](role.md), [gone.md](gone.md)\n"
    )


def test_a_docstring_is_taken_apart() -> None:
    told = docstrings.parsed(
        """Do it.

        More of ``this``.

        Args:
            one: the first,
                in two lines.
            two: the second.

        Returns:
            What came of it.
        """
    )
    assert told.sections == {
        "Args": {"one": "the first, in two lines.", "two": "the second."},
        "Returns": "What came of it.",
    }
    assert told.markdown == (
        "Do it.\n\nMore of `this`.\n\n**Arguments**\n\n- `one`: the first, in two lines.\n"
        "- `two`: the second.\n\n**Returns**: What came of it."
    )


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "index.html").write_text('<h1 id="here">Here</h1>')
    (tmp_path / "index.html").write_text(
        '<a href="there/">1</a> <a href="there/#here">2</a> <a href="https://example.org/no">3</a>'
        '<a href="nowhere/">4</a> <a href="there/#away">5</a> <img src="gone.png">'
    )
    assert sorted(broken(tmp_path)) == [
        "index.html: gone.png",
        "index.html: nowhere/",
        "index.html: there/#away (no such heading)",
    ]
