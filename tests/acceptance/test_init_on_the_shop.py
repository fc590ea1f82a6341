"""Of the example, `init` finds all settings by itself."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.servers import ROOT, Cli, Database


@pytest.mark.prove
def test_the_same_settings(cli: Cli, database: Database, tmp_path: Path) -> None:
    """Even the schema that the application has on its path, and the role has not."""
    project = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", project)
    (project / ".git").mkdir()
    file = project / "pyproject.toml"
    before = file.read_text(encoding="utf-8")
    subprocess.run(
        [sys.executable, "fleet.py"],
        cwd=project,
        env=cli.environment(),
        check=True,
        capture_output=True,
    )
    told = cli("init", "--yes", cwd=project)
    assert told.code == 0, told.err
    assert "The models need directory" in told.out
    assert "60 schemas, merchant_1, merchant_2, merchant_3 and 57 more." in told.out
    assert "migrations: 15 revisions; alembic_version is in 60 of 60 tenants." in told.out
    assert "Drift: " in told.out
    text = file.read_text(encoding="utf-8")
    assert text.startswith(before)
    assert tomllib.loads(text)["tool"]["diffapply"] == {
        "desired": "shop/models.py:Base",
        "tenants": r"^merchant_\d+$",
        "tenant-token": "tenant",
        "search-path": ["public", "directory"],
        "manage": "declared",
    }
    assert cli("drift", "--only", "merchant_1", cwd=project).code in {0, 2}
    assert database.rows("select from pg_namespace where nspname = 'diffapply'") == []
