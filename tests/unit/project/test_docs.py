"""What the documentation names is there, and what it draws is so."""

import re
from pathlib import Path

import pytest

from tests.unit.project.test_import_order import ORDER

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/*.md")])
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

pages = pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])


@pages
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


@pages
def test_files_that_are_named_exist(page: Path) -> None:
    """Paths in code spans, from the root or from the page; pointed brackets are to be filled in."""
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:diffapply|tests|docs|bench|\.github)/[^`\s]*)`", text):
        pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
        assert [*ROOT.glob(pattern), *page.parent.glob(pattern)], path


def test_the_ladder_is_the_order_of_imports() -> None:
    [drawn] = re.findall(r"```text\n(version.*?)```", ARCHITECTURE, re.DOTALL)
    rungs = [re.split(r"\s{2,}", line)[0] for line in drawn.splitlines() if line[0] != " "]
    names = [name.strip() for rung in rungs for name in rung.split(",")]
    modules = [entry.removeprefix("diffapply.") for entry in ORDER]
    assert names == [name for name in modules if name not in {"diffapply", "__main__"}]


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    decisions = {page.name for page in folder.glob("[0-9]*.md")}
    assert decisions == set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", index))
    for name in decisions:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {name[:4]}: ")
        assert re.findall("^## (.*)", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
