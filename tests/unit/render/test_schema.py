"""The JSON documents are described in docs/schema, exactly."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from diffapply.model.run import RunResult
from diffapply.model.unreadable import Denied, Unreadable
from diffapply.render.documents.drift import drift_json
from diffapply.render.documents.plan import plan_json
from diffapply.render.documents.runs import history_json, run_json
from diffapply.render.documents.schema import schemas
from tests.promised import as_promised
from tests.unit.render_samples import (
    DRIFT,
    EMPTY_PLAN,
    FULL_PLAN,
    IN_SYNC,
    RECORD,
    RUN,
    hostile_drift,
    hostile_plan,
)

FOLDER = Path(__file__).parents[3] / "docs/schema"


def test_they_are_what_the_code_generates() -> None:
    """`make schemas` writes them."""
    found = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert found == schemas()


@pytest.mark.parametrize(
    "text",
    [
        *map(plan_json, (FULL_PLAN, EMPTY_PLAN, hostile_plan())),
        *map(drift_json, (DRIFT, IN_SYNC, hostile_drift())),
        *map(run_json, (RUN, RunResult(None, ()))),
        *map(history_json, ([RECORD], [])),
    ],
)
def test_documents_are_as_promised(text: str) -> None:
    """As are all that the command line prints in tests."""
    assert as_promised(text)


def test_a_plan_from_before_is_as_promised() -> None:
    """It did not say why a tenant could not be compared."""
    unreadable = (Unreadable("user_8", Denied("user_8", "ada")),)
    document = json.loads(plan_json(replace(EMPTY_PLAN, unreadable=unreadable)))
    del document["unreadable"][0]["why"]
    assert as_promised(json.dumps(document))
