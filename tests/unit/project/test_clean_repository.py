"""What is committed works anywhere: it names no place that only one machine knows."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[3]

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


@pytest.mark.parametrize("file", ["constraints.txt", "constraints-lowest.txt"])
def test_pins_are_names_and_versions_alone(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) >= 10
    for pin in pins:
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.]*", pin), pin
    assert pins == sorted(pins, key=str.lower)


def test_the_lowest_versions_are_those_that_are_allowed() -> None:
    """What is tested as the lowest is what pyproject.toml says, no higher and no lower."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = {
        requirement.name.lower(): Version(bound.version)
        for requirement in map(Requirement, project["dependencies"])
        for bound in requirement.specifier
        if bound.operator == ">="
    }
    pinned = {
        requirement.name.lower(): Version(pin.version)
        for requirement in map(
            Requirement,
            re.findall(
                "^[^#].*", (ROOT / "constraints-lowest.txt").read_text("utf-8"), re.MULTILINE
            ),
        )
        for pin in requirement.specifier
    }
    fixed = {"migra", "schemainspect"}
    names = {Requirement(needed).name.lower() for needed in project["dependencies"]}
    assert allowed.keys() == names - fixed
    assert {name: pinned[name] for name in allowed} == allowed
