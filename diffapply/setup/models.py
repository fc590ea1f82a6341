"""Finds the MetaData of a project: looks for files that may have it, and imports the likeliest."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from diffapply.errors import masked
from diffapply.setup.sources import Candidate, candidates, read_files
from diffapply.typed import MisfitError, parsed

_MOST_IMPORTS = 12
_SECONDS = 60
"""That an import may take."""


@dataclass(frozen=True, slots=True)
class Models:
    """A MetaData of the project.

    Attributes:
        label: as the setting `desired` names it, from the root of the project.
        tables: schema, or None, and name of each table.
        unreached: files of the project that declare tables or DDL, and that it does not import.
    """

    label: str
    tables: tuple[tuple[str | None, str], ...]
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundModels:
    """What a project has.

    Attributes:
        models: the largest first; one for each MetaData.
        failures: why files that may have one could not be imported.
    """

    models: tuple[Models, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Holder:
    identity: int
    tables: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What `probe` has written."""

    holders: Mapping[str, _Holder] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    error: str = ""
    hint: str = ""


def find_models(root: Path) -> FoundModels:
    """Every MetaData with tables that the likeliest files of a project have.

    A MetaData that several files have is told by the one that imports most of its tables.
    """
    files = read_files(root)
    defining = {file.path.resolve() for file in files if file.declares}
    best: tuple[Models, ...] = ()
    failures: list[str] = []
    for candidate in candidates(files, root)[:_MOST_IMPORTS]:
        answer = _ask(candidate, root)
        if answer.error:
            failures.append(f"{answer.error} {answer.hint}".strip())
        imported = {Path(file).resolve() for file in answer.files}
        unreached = tuple(sorted(_from(root, path) for path in defining - imported))
        for name, holder in _preferred(answer, candidate).items():
            label = f"{_from(root, candidate.path)}:{name}"
            best = _with_best(best, Models(label, holder.tables, unreached))
        if best and not unreached:
            break
    largest = sorted(best, key=lambda its: -len(its.tables))
    return FoundModels(tuple(largest), tuple(dict.fromkeys(failures)))


def _with_best(best: tuple[Models, ...], found: Models) -> tuple[Models, ...]:
    """The best with one more; of the same MetaData in several files, the one with most tables.

    It has the same tables in another file, or some of them.
    """
    same = [its for its in best if {*its.tables} & {*found.tables}]
    if any(len(its.tables) >= len(found.tables) for its in same):
        return best
    return (*(its for its in best if its not in same), found)


def named_models(labels: Sequence[str], root: Path) -> FoundModels:
    """The MetaData that were named, as ``file.py:name`` or ``module:name``; files of SQL have none.

    What cannot be imported is left out: who builds it says why.
    """
    found = []
    for label in labels:
        source, _, attribute = label.rpartition(":")
        name = attribute.partition(".")[0]
        holders = _ask(Candidate(Path(source), (name,)), root).holders if source else {}
        if name in holders:
            found.append(Models(label, holders[name].tables))
    return FoundModels(tuple(found))


def _preferred(answer: _Answer, candidate: Candidate) -> dict[str, _Holder]:
    """One name for each MetaData: one that looks like its home, else the shortest."""

    def rank(name: str) -> tuple[bool, int, str]:
        return name not in candidate.holders, len(name), name

    found: dict[int, str] = {}
    for name in sorted(answer.holders, key=rank):
        found.setdefault(answer.holders[name].identity, name)
    return {name: answer.holders[name] for name in found.values()}


def _ask(candidate: Candidate, root: Path) -> _Answer:
    shown = _from(root, candidate.path)
    with TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-m", "diffapply.setup.probe", str(candidate.path), str(answer)]
        try:
            ended = subprocess.run(
                command,
                cwd=root,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
            return parsed(answer.read_text(encoding="utf-8"), _Answer)
        except subprocess.TimeoutExpired:
            return _Answer(error=f"{shown} is not imported within {_SECONDS} seconds.")
        except (OSError, MisfitError):
            said = _last_line(ended.stderr.decode(errors="replace").splitlines())
            return _Answer(error=f"{shown} ends the process that imports it{said}.")


def _last_line(lines: Sequence[str]) -> str:
    said = [line.strip() for line in lines if line.strip()]
    return f": {masked(said[-1])[:200]}" if said else ""


def _from(root: Path, path: Path) -> str:
    resolved, above = path.resolve(), root.resolve()
    return (resolved.relative_to(above) if resolved.is_relative_to(above) else path).as_posix()
