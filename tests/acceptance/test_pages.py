"""Every command that the documentation shows is run, and prints what is shown."""

import shutil
import sysconfig
from pathlib import Path

import pytest

from diffapply.database.embedded_home import installation
from tests import pages
from tests.servers import DEFAULT_VERSION

_ROOT = Path(__file__).parents[2]
_PAGES = sorted(
    page.relative_to(_ROOT)
    for page in [*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md")]
    if "```console" in page.read_text(encoding="utf-8")
)
_WITHIN = {Path("docs/adopting.md"): Path("examples/shop")}
"""Pages whose commands are typed in a project that is there."""


def test_the_guides_are_run() -> None:
    names = {page.stem for page in _PAGES}
    assert names >= {"start", "adopting", "search-path", "ci", "operations", "plans"}


@pytest.mark.prove
@pytest.mark.parametrize("page", _PAGES, ids=str)
def test_it_is_as_shown(page: Path, owner_url: str, tmp_path: Path) -> None:
    programs = [Path(sysconfig.get_path("scripts")), installation(DEFAULT_VERSION) / "bin"]
    environment = pages.environment_for(owner_url, programs, tmp_path)
    folder = tmp_path / "project"
    if page in _WITHIN:
        shutil.copytree(_ROOT / _WITHIN[page], folder)
    else:
        folder.mkdir()
    assert len(pages.run(_ROOT / page, folder, environment, owner_url)) >= 4
