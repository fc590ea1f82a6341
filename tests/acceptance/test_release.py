"""What is released installs into an empty environment, and works there."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from diffapply.version import VERSION
from release import packages
from tests.servers import Cli

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return packages.build(tmp_path_factory.mktemp("dist"))


def _run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_has_the_package_and_nothing_else(built: tuple[Path, Path]) -> None:
    _, wheel = built
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        str(path.relative_to(packages.ROOT))
        for kind in ("*.py", "*.sql", "py.typed")
        for path in (packages.ROOT / "diffapply").rglob(kind)
    }
    others = {name for name in names if not name.startswith(f"diffapply-{VERSION}.")}
    assert ours <= others
    assert {name.partition("/")[0] for name in others} == {"diffapply"}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    data = {Path(name).parent for name in names if name.startswith(f"diffapply-{VERSION}.data/")}
    assert data == {Path(f"diffapply-{VERSION}.data/data/share/doc/diffapply")}


def test_the_sdist_makes_the_same_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    sdist, wheel = built
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    code = f"from setuptools import build_meta; build_meta.build_wheel({str(tmp_path)!r})"
    _run(sys.executable, "-c", code, cwd=tmp_path / f"diffapply-{VERSION}")
    again = zipfile.ZipFile(tmp_path / wheel.name)
    first = zipfile.ZipFile(wheel)
    assert {its.filename: its.CRC for its in again.infolist()} == {
        its.filename: its.CRC for its in first.infolist()
    }


def test_it_installs_and_plans(built: tuple[Path, Path], owner_url: str, tmp_path: Path) -> None:
    """In an environment that has nothing but pip, in a folder that has nothing of ours."""
    _, wheel = built
    venv.create(tmp_path / "venv", with_pip=True)
    programs = tmp_path / "venv" / "bin"
    constraints = packages.ROOT / "constraints.txt"
    _run(programs / "pip", "install", "-q", "-c", constraints, wheel, cwd=tmp_path)
    environment = Cli(owner_url).environment({"PYTHONPATH": None, "VIRTUAL_ENV": None})

    def diffapply(*arguments: str) -> str:
        return _run(programs / "diffapply", *arguments, cwd=tmp_path, env=environment)

    assert diffapply("--version") == f"diffapply {VERSION}\n"
    assert diffapply("docs", "role") == (packages.ROOT / "docs" / "role.md").read_text("utf-8")
    (tmp_path / "desired.sql").write_text("create table notes (id serial primary key);")
    (tmp_path / "make.py").write_text(
        "import psycopg2, sys\n"
        "with psycopg2.connect(sys.argv[1]) as connection:\n"
        "    connection.cursor().execute('create schema user_1')\n"
    )
    _run(programs / "python", "make.py", owner_url, cwd=tmp_path)
    assert "CREATE TABLE notes" in diffapply("plan", "--desired", "desired.sql")
    assert "1 applied" in diffapply("apply", "--desired", "desired.sql", "--yes")
    assert diffapply("drift", "--desired", "desired.sql").startswith("In sync")
