"""The desired state as applications have it: models in packages, which import each other."""

import subprocess
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
        if name.partition(".")[0] in {"shop", "shop_base", "models", "diffapply_desired_models"}:
            del sys.modules[name]


_SEVERAL = {
    "base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...",
    "a.py": "from sqlalchemy.orm import Mapped, mapped_column\n"
    "from app.base import Base\n"
    "class A(Base):\n"
    "    __tablename__, __table_args__ = 'a', {'schema': 'own'}\n"
    "    id: Mapped[int] = mapped_column(primary_key=True)\n",
    "b.py": "from sqlalchemy import ForeignKey\n"
    "from sqlalchemy.orm import Mapped, mapped_column\n"
    "from app.a import A, Base\n"
    "class B(Base):\n"
    "    __tablename__, __table_args__ = 'b', {'schema': 'own'}\n"
    "    id: Mapped[int] = mapped_column(ForeignKey('own.a.id'), primary_key=True)\n",
}
_BOTH = ("--desired", "app/a.py:Base", "--desired", "app/b.py:B.metadata")
_OWN = ("--tenant-token", "own")


@pytest.mark.parametrize("dotted", [True, False])
@pytest.mark.parametrize("packaged", [True, False])
def test_one_base_in_several_modules(
    cli: Cli, database: Database, tmp_path: Path, *, packaged: bool, dotted: bool
) -> None:
    """It counts once, after all of them are imported, whoever imports which of the others."""
    database.execute("create schema user_1; create schema user_2")
    (tmp_path / "app").mkdir()
    for name, text in {**_SEVERAL, **({"__init__.py": ""} if packaged else {})}.items():
        if dotted:
            its = text.replace("from app.a import A, Base", "import app.a")
            text_of_b = its.replace("class B(Base)", "class B(app.a.Base)")
        (tmp_path / "app" / name).write_text(text_of_b if dotted else text)
    applied = cli("apply", "--yes", "--only", "user_1", *_BOTH, *_OWN, cwd=tmp_path)
    assert applied.code == 0, applied.err
    assert database.rows("select id from user_1.b") == []
    for first in (("--desired", "app.base:Base"), ("--desired", "app/a.py:Base")):
        told = cli("drift", "--only", "user_1", *first, *_BOTH, *_OWN, cwd=tmp_path)
        assert told.code == 0, told.err
    assert cli("provision", "user_3", *_BOTH, *_OWN, cwd=tmp_path).code == 0
    assert cli("drift", "--exclude", "user_2", *_BOTH, *_OWN, cwd=tmp_path).code == 0
    with (tmp_path / "app" / "b.py").open("a") as file:
        file.write("    x: Mapped[int] = mapped_column(server_default='no')\n")
    told = cli("plan", *_BOTH, *_OWN, cwd=tmp_path)
    assert "app/a.py:Base, app/b.py:B.metadata: invalid input syntax" in told.err
    assert "(table b" in told.err


def test_a_thread_of_the_models(cli: Cli, project: Path) -> None:
    """It keeps no command; what ends a command is done all the same."""
    with (project / "shop" / "models.py").open("a") as file:
        file.write(
            "import atexit, threading\n"
            "atexit.register(print, 'ended', flush=True)\n"
            "threading.Thread(target=threading.Event().wait).start()\n"
        )
    ended = subprocess.run(
        [sys.executable, "-m", "diffapply", "drift", "--desired", "shop/models.py:Base"],
        cwd=project,
        env=cli.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout.startswith("Drift: 1 of 1 tenant not at the desired state")
    assert ended.stdout.endswith("ended\n")
