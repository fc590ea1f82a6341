"""The bench runs, on a few tenants, and writes its files; how fast is not asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, Server

pytestmark = pytest.mark.prove

PARTS = "raw,diffapply,migra,alembic,shapes,provision,distance,startup"
"""Those that install nothing, and do not take long on three tenants."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Path:
    """What a run has written."""
    pytest.importorskip("alembic", reason="the extra `bench` is not installed")
    pytest.importorskip("matplotlib", reason="the extra `bench` is not installed")
    out = tmp_path_factory.mktemp("bench")
    options = ["--tenants", "3", "--repeats", "1", "--only", PARTS, "--out", str(out)]
    bench = [sys.executable, "-m", "bench", *options, "--database-url", server.url()]
    ran = subprocess.run(bench, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return out


def test_each_part_has_figures(folder: Path) -> None:
    [run] = json.loads((folder / "results.json").read_text(encoding="utf-8"))["runs"]
    assert run["tenants"] == 3
    assert [*dict.fromkeys(m["part"] for m in run["measurements"])] == PARTS.split(",")
    assert all(m["seconds"] for m in run["measurements"])


def test_a_page_shows_the_figures(folder: Path) -> None:
    """What GitHub shows of it has a row for each measurement, and the goals."""
    page = (folder / "figures.md").read_text(encoding="utf-8")
    [run] = json.loads((folder / "results.json").read_text(encoding="utf-8"))["runs"]
    for measurement in run["measurements"]:
        assert f"\n| {measurement['name']} | " in page
    assert "\n| usage error, s | any | ≤ 0.25 | " in page
