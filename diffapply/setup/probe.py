"""Imports files of a project in one process, and tells which MetaData they have.

Run as ``python -m diffapply.setup.probe REQUESTS ANSWERS MOST``: a JSON file, the number of a
pipe, because models may print, and how many files are imported at most. A line says which file is
imported next, and one what came of it.
"""

import gc
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from diffapply.desired.metadata.from_attribute import holders_in
from diffapply.desired.metadata.importing import import_source
from diffapply.ending import end_without_threads
from diffapply.errors import DesiredStateError
from diffapply.setup.imports import Request
from diffapply.typed import parsed


def probe(requests: Sequence[Request], most: int) -> Iterator[Mapping[str, object]]:
    """Import one file after the other, as long as they have what was not imported yet.

    It ends after one that fails and leaves tables behind, with which others could collide.

    Args:
        requests: the likeliest first.
        most: so many are imported.
    """
    told: set[str] = set()
    known: dict[int, sa.MetaData] = {}
    left = most
    for request in requests:
        if known and not request.anyway and {*request.reaches} <= told:
            continue
        if not left:
            break
        yield {"begins": request.source}
        before = _all_tables()
        try:
            found = _found(request.source, request.attribute)
        except DesiredStateError as error:
            half = _all_tables() != before
            yield {"error": f"{error} {error.remedy}".strip(), "half": half}
            if half:
                return
            continue
        held = {id(its): its for several in found.values() for its, _ in several}
        known.update((key, its) for key, its in held.items() if its.tables)
        files = {*_files()}
        yield {
            "names": {
                name: {"identities": [id(its) for its, _ in several], "is_table": several[0][1]}
                for name, several in found.items()
            },
            "tables": {
                str(key): [[table.schema, table.name] for table in its.tables.values()]
                for key, its in known.items()
            },
            "files": sorted(files - told),
        }
        told |= files
        left -= 1
    yield {"done": True}


_Found = dict[str, list[tuple[sa.MetaData, bool]]]
"""Name → what it means, and whether it is a table, rather than the home of several."""


def _found(source: str, attribute: str | None) -> _Found:
    module = import_source(source)
    if attribute is None:
        return _in_module(module) or {
            f"{name}.{inner}": meant
            for name, value in [*vars(module).items()]
            if isinstance(value, ModuleType)
            for inner, meant in _in_module(value).items()
        }
    holders = holders_in(module, source, attribute, f"{source}:{attribute}")
    return {attribute: [(its, False) for its in holders if its.tables]}


def _in_module(module: ModuleType) -> _Found:
    found: _Found = {}
    for name, value in [*vars(module).items()]:
        with suppress(Exception):  # what is asked may be anything, such as Flask's current_app
            metadata = value if isinstance(value, sa.MetaData) else getattr(value, "metadata", None)
            if isinstance(metadata, sa.MetaData) and metadata.tables and not name.startswith("__"):
                is_table = hasattr(value, "__table__") or isinstance(value, sa.Table)
                found[name] = [(metadata, is_table)]
    return found


def _files() -> Iterator[str]:
    for module in [*sys.modules.values()]:
        if isinstance(file := getattr(module, "__file__", None), str):
            yield os.path.realpath(file)


def _all_tables() -> dict[int, int]:
    """How many tables each MetaData has, whoever has it."""
    found = [its for its in gc.get_objects() if issubclass(type(its), sa.MetaData)]
    return {id(its): len(its.tables) for its in found if its.tables}


def main() -> None:
    """Answer what is asked."""
    requests = parsed(Path(sys.argv[1]).read_text(encoding="utf-8"), list[Request])
    number = int(sys.argv[2])
    os.set_inheritable(number, False)  # noqa: FBT003 - what models start would keep it open
    with os.fdopen(number, "w", encoding="utf-8") as answers:
        for answer in probe(requests, int(sys.argv[3])):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
    end_without_threads(0)


if __name__ == "__main__":
    main()
