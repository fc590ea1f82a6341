"""The example in examples/shop: its README tells the truth, and so do its models."""

import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from subprocess import run

import pytest

from diffapply.database.embedded_home import installation
from tests import pages
from tests.servers import DEFAULT_VERSION, Cli

_SHOP = Path(__file__).parents[2] / "examples" / "shop"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The example in a folder of its own, where it can be changed."""
    return Path(shutil.copytree(_SHOP, tmp_path / "shop"))


@pytest.fixture
def environment(owner_url: str, tmp_path: Path) -> Mapping[str, str]:
    programs = [Path(sysconfig.get_path("scripts")), installation(DEFAULT_VERSION) / "bin"]
    return pages.environment_for(owner_url, programs, tmp_path)


def _make(shop: Path, environment: Mapping[str, str], *options: str) -> None:
    done = run(
        [sys.executable, "fleet.py", *options],
        cwd=shop,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.postgres(15, 18)
def test_the_revisions_lead_to_the_models(
    owner_url: str, shop: Path, environment: Mapping[str, str]
) -> None:
    """But for the index that a revision made and no model says: the story begins with it."""
    _make(shop, environment, "--tenants", "2")
    settings = ("--desired", "shop/models.py:Base", "--tenants", r"^merchant_\d+$")
    path = ("--search-path", "public", "--search-path", "directory", "--tenant-token", "tenant")
    drift = Cli(owner_url)("drift", "--format", "json", *settings, *path, cwd=shop)
    assert drift.code == 2, drift.err
    told = [its["name"] for one in drift.json["tenants"] for its in one["differences"]]
    assert told == ["ix_orders_placed_at"] * 2


@pytest.mark.prove
@pytest.mark.postgres(18, prove=(15, 16, 17))
def test_its_readme_can_be_followed(
    owner_url: str, shop: Path, environment: Mapping[str, str]
) -> None:
    commands = pages.run(shop / "README.md", shop, environment, owner_url)
    assert len(commands) > 15
