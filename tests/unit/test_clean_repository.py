"""What is committed works anywhere: it names no place that only one machine knows."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# In pieces, so that this file does not hold them itself.
FORBIDDEN = [
    *(f"{name}.{end}" for name, end in [("pypi", "org"), ("pythonhosted", "org")]),
    *(f"{name}.{end}" for name, end in [("npmjs", "org"), ("deb.debian", "org")]),
    *("/" + folder + "/" for folder in ("root", "work", "home/[a-z]+", "Users/[a-z]+")),
    *("--" + option for option in ("index-url", "extra-index-url", "find-links", "trusted-host")),
]


def _committed() -> list[Path]:
    """Files that are committed or will be; all are text."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not in a git checkout")
    paths = [ROOT / name for name in outcome.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]  # a removal may not be committed yet


def test_no_file_names_a_registry_or_a_machines_folder() -> None:
    forbidden = re.compile("|".join(rf"(?<![\w.]){word}" for word in FORBIDDEN))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _committed()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "Makefile", ".ci/run"])
def test_what_a_newcomer_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_pins_are_names_and_versions_alone() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 20
    for pin in pins:
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.]*", pin), pin
    assert pins == sorted(pins, key=str.lower)
