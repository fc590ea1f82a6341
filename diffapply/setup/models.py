"""Finds the MetaData of a project: looks for files that may have it, and imports these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from diffapply.setup.candidates import Candidate, candidates
from diffapply.setup.imports import Imported, Request, Tables, imported
from diffapply.setup.sources import read_files

_MOST_FILES = 200
"""That are imported."""


@dataclass(frozen=True, slots=True)
class Models:
    """A MetaData of the project.

    Attributes:
        labels: as the setting `desired` names it, from the root of the project; several if no
            module imports all of its tables.
        tables: schema, or None, and name of each table.
        homes: where it may be from; see `Candidate`.
    """

    labels: tuple[str, ...]
    tables: Tables
    homes: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The first name of it, which no other MetaData has."""
        return self.labels[0]


@dataclass(frozen=True, slots=True)
class Unimported:
    """A file with tables or DDL that was not imported.

    Attributes:
        path: from the root of the project.
        why: what is said of it, as a part of a sentence or whole ones.
        homes: where its MetaData may be from.
    """

    path: str
    why: str
    homes: frozenset[str]


@dataclass(frozen=True, slots=True)
class FoundModels:
    """What a project has.

    Attributes:
        models: the largest first; one for each MetaData.
        unimported: files that have tables or DDL which none of the models has.
        failures: why files that may have one could not be imported.
    """

    models: tuple[Models, ...] = ()
    unimported: tuple[Unimported, ...] = ()
    failures: tuple[str, ...] = ()


def find_models(root: Path) -> FoundModels:
    """Every MetaData with tables that the files of a project have.

    The likeliest file is imported first; then those that have tables or DDL which are missing.
    """
    all_of_them = candidates(read_files(root), root)
    by_source = {_from(root, its.path): its for its in all_of_them}
    processes: dict[int, list[Request]] = {}
    for source, its in by_source.items():
        if not its.starts:
            reaches = tuple(str(path.resolve()) for path in its.reaches)
            processes.setdefault(its.process, []).append(Request(source, reaches=reaches))
    runs, failures = list[Sequence[Imported]](), dict[str, str]()
    for requests in processes.values():
        left = _MOST_FILES - sum(map(len, runs))
        if not left:
            break
        found, failed = imported(requests, root, left)
        runs.append(found)
        failures |= failed
        if "" in failed:
            break
    all_models = [_by_identity(found, by_source) for found in runs]
    models = _apart([its for several in all_models for its in several])
    return FoundModels(
        models,
        (*_unimported(by_source, runs, failures), *_in_pieces(all_models, models)),
        tuple(dict.fromkeys(failures.values())),
    )


def named_models(labels: Sequence[str], root: Path) -> FoundModels:
    """The MetaData that were named, as ``file.py:name`` or ``module:name``; files of SQL have none.

    What cannot be imported is left out: who builds it says why.
    """
    named = [(source, name) for source, _, name in (its.rpartition(":") for its in labels)]
    requests = [Request(source, name, anyway=True) for source, name in named if source and name]
    found, _ = imported(requests, root, len(requests))
    labels_of: dict[int, list[str]] = {}
    for its in found:
        for name, meant in its.names.items():
            for identity in meant.identities:
                labels_of.setdefault(identity, []).append(f"{its.source}:{name}")
    tables = _tables(found)
    return FoundModels(
        tuple(
            Models(tuple(labels), tables[identity])
            for identity, labels in labels_of.items()
            if identity in tables
        )
    )


def _by_identity(found: Sequence[Imported], by_source: Mapping[str, Candidate]) -> list[Models]:
    """Each MetaData, with a name in each of the files that add something to it."""
    labels: dict[int, list[str]] = {}
    homes: dict[int, frozenset[str]] = {}
    before: Mapping[int, Tables] = {}
    ddl = {str(its.path.resolve()) for its in by_source.values() if its.ddl}
    for its in found:
        candidate = by_source[its.source]
        for identity, name in _names(its, candidate).items():
            more = len(its.tables[identity]) > len(before.get(identity, ()))
            if more or not ddl.isdisjoint(its.files):
                labels.setdefault(identity, []).append(f"{its.source}:{name}")
                homes[identity] = homes.get(identity, frozenset()) | candidate.homes
        before = its.tables
    return [
        Models(tuple(several), before[identity], homes[identity])
        for identity, several in labels.items()
    ]


def _apart(models: Sequence[Models]) -> tuple[Models, ...]:
    """The largest first, without those that have tables of a larger one, such as an older copy."""
    kept: list[Models] = []
    for its in sorted(models, key=lambda its: -len(its.tables)):
        if not any({*its.tables} & {*larger.tables} for larger in kept):
            kept.append(its)
    return tuple(kept)


def _names(its: Imported, candidate: Candidate) -> dict[int, str]:
    """One name for each MetaData: one that looks like its home, else the shortest; no table's."""

    def rank(name: str) -> tuple[bool, bool, int, str]:
        return its.names[name].is_table, name not in candidate.holders, len(name), name

    found: dict[int, str] = {}
    for name in sorted(its.names, key=rank):
        for identity in its.names[name].identities:
            found.setdefault(identity, name)
    return found


def _unimported(
    by_source: Mapping[str, Candidate],
    runs: Sequence[Sequence[Imported]],
    failures: Mapping[str, str],
) -> list[Unimported]:
    """The files that declare what nothing that was imported has."""
    files = frozenset().union(*(its.files for found in runs for its in found))
    tables = {name for found in runs for its in _tables(found).values() for _, name in its}
    missing = []
    for source, its in by_source.items():
        has_more = its.unnamed or not its.tables <= tables
        if its.declares and has_more and str(its.path.resolve()) not in files:
            if its.starts:
                why = "it does more than define models when it is imported."
            else:
                why = failures.get(source) or failures.get("", "it was not tried.")
            missing.append(Unimported(source, why, its.homes))
    return missing


def _in_pieces(runs: Sequence[Sequence[Models]], kept: Sequence[Models]) -> Iterator[Unimported]:
    """What was left out as a copy, but adds to a MetaData that another process has, too."""
    tables = {table for its in kept for table in its.tables}
    for number, several in enumerate(runs):
        others = [its for other in (*runs[:number], *runs[number + 1 :]) for its in other]
        for its in several:
            same = any(its.homes & other.homes for other in others if other in kept)
            if its not in kept and same and not tables.issuperset(its.tables):
                path = its.label.rpartition(":")[0]
                yield Unimported(path, "other files have its modules' names.", its.homes)


def _tables(found: Sequence[Imported]) -> Mapping[int, Tables]:
    """The tables of each MetaData that one process has."""
    return found[-1].tables if found else {}


def _from(root: Path, path: Path) -> str:
    """A path as `desired` names it: from the root of the project."""
    return path.relative_to(root).as_posix()
