"""Writes the JSON Schemas of all documents: ``python -m diffapply.render.schema docs/schema``."""

import json
import sys
from pathlib import Path

from msgspec.json import schema

from diffapply.plan.plan_document import FORMAT, PlanFile
from diffapply.render.contract import (
    VERSION,
    DriftDocument,
    HistoryDocument,
    PlanDocument,
    RunDocument,
)

DOCUMENTS = {
    f"plan.v{VERSION}": PlanDocument,
    f"drift.v{VERSION}": DriftDocument,
    f"run.v{VERSION}": RunDocument,
    f"history.v{VERSION}": HistoryDocument,
    f"plan-file.v{FORMAT}": PlanFile,
}
"""Name of the schema → the type that it describes."""


def schemas() -> dict[str, str]:
    """Name of the file → the schema, as JSON."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        f"{name}.json": json.dumps(dialect | schema(document), indent=2) + "\n"
        for name, document in DOCUMENTS.items()
    }


if __name__ == "__main__":
    for name, text in schemas().items():
        (Path(sys.argv[1]) / name).write_text(text, "utf-8")
