"""The JSON documents of the command line, held against what it promises."""

import json
from typing import Any

from diffapply.render.documents.contract import (
    DriftDocument,
    HistoryDocument,
    PlanDocument,
    RunDocument,
    ShapeDocument,
    SurveyDocument,
)
from diffapply.typed import typed

_TOLD_BY = {
    "transitions": PlanDocument,
    "in_sync": DriftDocument,
    "runs": HistoryDocument,
    "run": RunDocument,
    "shapes": SurveyDocument,
    "statements": ShapeDocument,
}
"""A key of the document → its type, which docs/schema is made of."""


def as_promised(text: str) -> Any:  # noqa: ANN401 - a document
    """The document; it has all that it must have, of the right types, and nothing else."""
    document = json.loads(text)
    [its_type] = [its_type for key, its_type in _TOLD_BY.items() if key in document]
    assert typed(document, its_type) == document
    return document
