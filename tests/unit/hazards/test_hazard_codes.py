"""Hazards have codes that stay: in documents, in plan files of any age, and in the docs."""

from pathlib import Path

import pytest

from diffapply.model.hazards import Hazard, HazardCode, HazardKind

DOCS = Path(__file__).parents[3] / "docs" / "hazards.md"


def test_the_docs_have_each_code() -> None:
    """The table is made from the codes; where it differs, the test prints what it should be."""
    rows = [f"| `{code.name}` | {code.kind} | {code.risk} |" for code in HazardCode]
    written = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert written == rows, "\n".join(rows)


@pytest.mark.parametrize("code", HazardCode)
def test_a_hazard_comes_back_from_its_document(code: HazardCode) -> None:
    hazard = Hazard(code, "is risky", check="select true", lock="t", remedy="reindex index i")
    assert hazard.document["code"] == code.name
    assert hazard.document["kind"] == code.kind
    assert Hazard.of(hazard.document) == hazard


@pytest.mark.parametrize("kind", sorted({code.kind for code in HazardCode}))
def test_one_of_an_older_version_has_a_code_of_its_kind(kind: HazardKind) -> None:
    """It had none: but what may lose data still does."""
    hazard = Hazard.of({"kind": kind, "message": "m", "check": "", "lock": "", "remedy": ""})
    assert hazard.kind == kind


def test_an_unknown_code_is_no_hazard() -> None:
    with pytest.raises(KeyError):
        Hazard.of({"kind": "lock", "code": "HARMLESS", "message": "m"})
