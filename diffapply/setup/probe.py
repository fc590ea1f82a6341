"""Imports one file of a project, in a process of its own, and tells which MetaData it has.

Run as ``python -m diffapply.setup.probe FILE ANSWER``. The answer goes into a file, because models
may print.
"""

import json
import sys
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from diffapply.desired.metadata.importing import import_source
from diffapply.errors import DesiredStateError


def probe(source: str, answer: Path) -> None:
    """Import a file, and write what it has as JSON."""
    try:
        module = import_source(source)
    except DesiredStateError as error:
        found: dict[str, object] = {"error": str(error), "hint": error.remedy}
    else:
        files = [getattr(its, "__file__", None) for its in [*sys.modules.values()]]
        found = {"holders": _holders(module), "files": [file for file in files if file]}
    answer.write_text(json.dumps(found), encoding="utf-8")


def _holders(module: ModuleType) -> dict[str, dict[str, object]]:
    """Name → the identity of its MetaData, and the tables in that."""
    found = {}
    for name, value in [*vars(module).items()]:
        # Every mapped class has a MetaData, too.
        if name.startswith("__") or hasattr(value, "__tablename__") or hasattr(value, "__table__"):
            continue
        metadata = value if isinstance(value, sa.MetaData) else getattr(value, "metadata", None)
        if isinstance(metadata, sa.MetaData) and metadata.tables:
            tables = [[table.schema, table.name] for table in metadata.tables.values()]
            found[name] = {"identity": id(metadata), "tables": tables}
    return found


if __name__ == "__main__":
    probe(sys.argv[1], Path(sys.argv[2]))
