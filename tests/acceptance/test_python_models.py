"""The desired state as applications have it: models in packages, which import each other."""

import sys
from pathlib import Path

import pytest

import diffapply
from tests.servers import Cli, Database

_PACKAGE = {
    "__init__.py": "from .models import Invoice",
    "base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...",
    "models.py": "from sqlalchemy.orm import Mapped, mapped_column\n"
    "from .base import Base\n"
    "class Invoice(Base):\n"
    "    __tablename__ = 'invoice'\n"
    "    id: Mapped[int] = mapped_column(primary_key=True)\n",
}


@pytest.fixture
def project(database: Database, tmp_path: Path) -> Path:
    """A tenant, and a folder with a package `shop` whose models import a neighbour."""
    database.execute("create schema user_1")
    (tmp_path / "shop").mkdir()
    for name, text in _PACKAGE.items():
        (tmp_path / "shop" / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "desired", ["shop/models.py:Base", "./shop/models.py:Base.metadata", "shop.models:Base"]
)
def test_models_that_import_their_neighbours(cli: Cli, project: Path, desired: str) -> None:
    """By path or by name, it is the same module."""
    outcome = cli("plan", "--desired", desired, "--format", "json", cwd=project)
    assert outcome.code == 0, outcome.err
    assert "invoice" in outcome.json["transitions"][0]["statements"][0]["sql"]


def test_outside_of_a_package_neighbours_have_no_relative_names(cli: Cli, project: Path) -> None:
    """It says what to do instead."""
    (project / "shop" / "__init__.py").unlink()
    outcome = cli("plan", "--desired", "shop/models.py:Base", cwd=project)
    assert outcome.code == 1
    assert "package.module:attribute" in outcome.err
    assert cli("plan", "--desired", "shop.models:Base", cwd=project).code == 0


@pytest.mark.parametrize("packaged", [True, False])
def test_more_than_once_in_a_process(
    database: Database,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    packaged: bool,
) -> None:
    """Its tables are not defined again in a MetaData that is there already."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    models = project / "shop" / "models.py"
    if not packaged:
        models = project / "models.py"
        models.write_text(_PACKAGE["models.py"].replace(".base", "shop_base"))
        (project / "shop_base.py").write_text(_PACKAGE["base.py"])
    settings = diffapply.Settings(database_url=database.url, desired=f"{models}:Base")
    assert diffapply.apply(settings, diffapply.plan(settings)).exit_code == 0
    assert diffapply.drift(settings).in_sync
    for name in [*sys.modules]:
        if name.partition(".")[0] in ("shop", "shop_base", "diffapply_desired_models"):
            monkeypatch.delitem(sys.modules, name)
