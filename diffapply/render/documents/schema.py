"""Writes the JSON Schemas: ``python -m diffapply.render.documents.schema docs/schema``."""

import json
import re
import sys
from inspect import cleandoc
from pathlib import Path
from typing import Any

from msgspec.json import schema

from diffapply.planning.desired_shape import SHAPE_FORMAT, ShapeFile
from diffapply.planning.files.plan_document import FORMAT, PlanFile
from diffapply.render.documents.contract import (
    VERSION,
    DriftDocument,
    HistoryDocument,
    PlanDocument,
    RunDocument,
    ShapeDocument,
    SurveyDocument,
)

DOCUMENTS = {
    f"plan.v{VERSION}": PlanDocument,
    f"drift.v{VERSION}": DriftDocument,
    f"run.v{VERSION}": RunDocument,
    f"history.v{VERSION}": HistoryDocument,
    f"survey.v{VERSION}": SurveyDocument,
    f"shape.v{VERSION}": ShapeDocument,
    f"plan-file.v{FORMAT}": PlanFile,
    f"shape-file.v{SHAPE_FORMAT}": ShapeFile,
}
"""Name of the schema → the type that it describes."""

_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)
"""In a docstring: its name, and what is said of it in lines that are further in."""


def schemas() -> dict[str, str]:
    """Name of the file → the schema, as JSON."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        f"{name}.json": json.dumps(dialect | _described(schema(its_type)), indent=2) + "\n"
        for name, its_type in DOCUMENTS.items()
    }


def _described(its_schema: dict[str, Any]) -> dict[str, Any]:
    """The same, with what docstrings say of attributes where these stand."""
    for definition in its_schema["$defs"].values():
        text = cleandoc(definition["description"])
        definition["description"], _, attributes = text.partition("\n\nAttributes:\n")
        for name, told in _ATTRIBUTE.findall(attributes):
            definition["properties"][name]["description"] = " ".join(told.split())
    return its_schema


if __name__ == "__main__":
    for name, text in schemas().items():
        (Path(sys.argv[1]) / name).write_text(text, "utf-8")
