"""Why models fail to be imported, where a package needs other versions than are installed."""

import sys
from pathlib import Path

import pytest

from diffapply.desired.metadata import requirements
from diffapply.desired.metadata.requirements import version_conflict


@pytest.fixture(autouse=True)
def held_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution that is installed beside, and wants an older SQLAlchemy."""
    (tmp_path / "held_back").mkdir()
    (tmp_path / "held_back/__init__.py").touch()
    info = tmp_path / "held_back-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: held-back\nVersion: 1.0\n"
        "Requires-Dist: SQLAlchemy<1.4\nRequires-Dist: no version at all\n",
        encoding="utf-8",
    )
    (info / "top_level.txt").write_text("held_back\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)


def test_a_conflict() -> None:
    said = version_conflict(ImportError(), "held_back.models:Base")
    assert said.startswith("held-back needs SQLAlchemy<1.4, and 2")


def test_no_conflict() -> None:
    assert not version_conflict(ImportError(), "packaging")


@pytest.mark.parametrize("missing", ["packaging.requirements", "packaging.utils"])
def test_without_packaging(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """The error itself is told, without what it may come from. Setuptools is not needed."""
    monkeypatch.setitem(sys.modules, "pkg_resources", None)
    assert version_conflict(ImportError(), "held_back")
    monkeypatch.setitem(sys.modules, missing, None)
    assert not version_conflict(ImportError(), "held_back")


def test_distributions_are_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As long as they are looked for in the same places."""
    asked = []

    def read() -> dict[str, list[str]]:
        asked.append(tuple(sys.path))
        return {}

    monkeypatch.setattr(requirements, "packages_distributions", read)
    for _ in range(2):
        assert not version_conflict(ImportError(), "held_back")
    assert len(asked) == 1
    monkeypatch.syspath_prepend(tmp_path / "more")
    version_conflict(ImportError(), "held_back")
    assert len(asked) == 2
