"""Reads how runs began, which the way back needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.errors import UsageError
from diffapply.journal.payload import as_written, changed
from diffapply.journal.structure import version
from diffapply.model.ignoring import NOTHING, Ignoring, Pattern
from diffapply.model.rename import Rename, RenameKind

_IGNORING, _IGNORING_IN = 5, 6
"""The first versions of the journal that have what runs left alone, in all and in some tenants."""


@dataclass(frozen=True, slots=True)
class Begun:
    """How a run began.

    Attributes:
        desired: how its goal was named.
        renames: the renames that its desired state declared.
        ignoring: what it left alone.
        ignoring_in: tenant → the same, where it was another than in most.
    """

    started_at: datetime
    desired: str
    renames: tuple[Rename, ...]
    ignoring: Ignoring = NOTHING
    ignoring_in: Mapping[str, Ignoring] = field(default_factory=dict)


def require_run(connection: Connection, run: int, *, there: bool) -> None:
    """Refuse a run that the journal does not have, even if what it says of it cannot be read.

    Args:
        there: whether there is a journal that may be read.

    Raises:
        UsageError: there is no such run.
        JournalError: the journal is newer than this diffapply.
        PermissionDeniedError: the role may not read it.
    """
    if there and _has_run(connection, run):
        return
    raise UsageError(f"The journal has no run {run}.", "`diffapply history` lists the runs.")


def _has_run(connection: Connection, run: int) -> bool:
    if not version(connection):
        return False
    with neutral(connection, read_only=True) as cursor:
        cursor.execute("select from diffapply.run where id = %s", [run])
        return cursor.rowcount > 0


def begun_runs(connection: Connection, runs: Iterable[int]) -> dict[int, Begun]:
    """Run → how it began, for the runs that exist.

    Raises:
        JournalError: the journal is newer than this diffapply, or a run in it was changed.
        PermissionDeniedError: the role may not read it.
    """
    if not (its_version := version(connection)):
        return {}
    ignored = "ignored" if its_version >= _IGNORING else "null"
    ignored_in = "ignored_in" if its_version >= _IGNORING_IN else "null"
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            f"select id, started_at, desired, renames, {ignored}, {ignored_in} "
            "from diffapply.run where id = any (%s)",
            [list(runs)],
        )
        return {
            run: Begun(
                started_at,
                desired,
                _renames(run, renames),
                _ignoring(run, its),
                _ignoring_in(run, its_own),
            )
            for run, started_at, desired, renames, its, its_own in cursor.fetchall()
        }


@dataclass(frozen=True, slots=True)
class _RunRow:
    renames: list[tuple[RenameKind, str, str, str]]


def _renames(run: int, renames: object) -> tuple[Rename, ...]:
    remedy = "What it renamed cannot be taken back."
    row = as_written({"renames": renames}, _RunRow, f"run {run}", remedy)
    return tuple(Rename(*rename) for rename in row.renames)


@dataclass(frozen=True, slots=True)
class _IgnoredRow:
    ignored: tuple[tuple[str, ...], ...]


def _ignoring(run: int, ignored: object) -> Ignoring:
    if ignored is None:
        return NOTHING
    what, remedy = f"run {run}", "It cannot be taken back."
    lists = as_written({"ignored": ignored}, _IgnoredRow, what, remedy).ignored
    if not all(Pattern.read(text) for texts in lists for text in texts):
        raise changed(what, remedy)
    return Ignoring(lists)


@dataclass(frozen=True, slots=True)
class _IgnoredInRow:
    ignored_in: dict[str, tuple[tuple[str, ...], ...]]


def _ignoring_in(run: int, ignored_in: object) -> dict[str, Ignoring]:
    if not ignored_in:
        return {}
    what, remedy = f"run {run}", "It cannot be taken back."
    found = as_written({"ignored_in": ignored_in}, _IgnoredInRow, what, remedy).ignored_in
    return {name: _ignoring(run, lists) for name, lists in found.items()}
