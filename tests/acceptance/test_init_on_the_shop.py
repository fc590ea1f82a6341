"""Of the example, `init` finds the settings that its authors have written by hand."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.servers import ROOT, Cli, Database


def test_the_same_settings(cli: Cli, database: Database, tmp_path: Path) -> None:
    """Even the schema that the application has on its path, and the role has not."""
    project = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", project)
    (project / ".git").mkdir()
    file = project / "pyproject.toml"
    whole = file.read_text(encoding="utf-8")
    by_hand = tomllib.loads(whole)["tool"]["diffapply"]
    rest = whole[: whole.rindex("\n[tool.diffapply]\n") + 1]
    file.write_text(rest, encoding="utf-8")
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
    assert text.startswith(rest)
    found = tomllib.loads(text)["tool"]["diffapply"]
    # The base that has the metadata; and what this project says with DDL events is declared.
    assert found.pop("desired") == "shop/models.py:Base"
    assert by_hand.pop("desired") == "shop.models:metadata"
    assert found.pop("manage") == "declared"
    assert found == {key: by_hand[key] for key in found}
    assert found.keys() == {"tenants", "tenant-token", "search-path"}
    assert cli("drift", "--only", "merchant_1", cwd=project).code in {0, 2}
    assert database.rows("select from pg_namespace where nspname = 'diffapply'") == []
