"""Reads the journal: needs only SELECT, and works if there is no journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from psycopg2.extensions import connection as Connection

from diffapply.database.locks import run_lock_space
from diffapply.database.transaction import neutral
from diffapply.ddl.kinds import KINDS
from diffapply.errors import UsageError
from diffapply.journal.begun import has_run
from diffapply.journal.payload import as_written, changed
from diffapply.journal.structure import readable_version, statement, version
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.model.order import natural
from diffapply.model.plan import Shape
from diffapply.model.run import RunRecord, RunTransition, StepRecord

_LABELLED = 4
"""The first version of the journal that has what runs were for, and what they ran."""


@dataclass(frozen=True, slots=True)
class UndoneSteps:
    """What it means to undo a tenant's steps.

    Attributes:
        goal_fingerprint: the shape before the earliest of the steps.
        managed: for a template, the names that the earliest step managed; otherwise None.
        runs: the runs whose steps are undone, oldest first.
        also: for a template, if later steps managed more names: the shape before such a step, and
            the names that it was the first to manage. They belong to the goal, too.
    """

    tenant: str
    goal_fingerprint: str
    managed: frozenset[str] | None
    runs: tuple[int, ...]
    also: tuple[tuple[str, frozenset[str]], ...] = ()


def known_shapes(connection: Connection) -> frozenset[str]:
    """Fingerprints of the shapes that tenants have had; empty if the role may not read them.

    Raises:
        JournalError: the journal is newer than this diffapply.
    """
    if not readable_version(connection):
        return frozenset()
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("known_shapes"))
        return frozenset(fingerprint for (fingerprint,) in cursor.fetchall())


def declared_objects(connection: Connection, objects: Iterable[FactKey]) -> frozenset[FactKey]:
    """Those of these objects that any desired state had which was applied.

    Raises:
        JournalError: the journal is newer than this diffapply.
    """
    if not readable_version(connection):
        return frozenset()
    kinds, names = zip(*objects, strict=True)
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("declared"), {"kinds": [*kinds], "names": [*names]})
        return frozenset((kind, name) for kind, name in cursor.fetchall())


def load_shapes(connection: Connection, fingerprints: Iterable[str]) -> dict[str, Shape]:
    """Fingerprint → shape, for the shapes in the journal.

    Raises:
        JournalError: the journal is newer than this diffapply, or a shape in it was changed.
        PermissionDeniedError: the role may not read it.
    """
    if not version(connection):
        return {}
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            "select fingerprint, ddl, facts from diffapply.shape where fingerprint = any (%s)",
            [list(fingerprints)],
        )
        return {
            fingerprint: _shape(fingerprint, ddl, facts)
            for fingerprint, ddl, facts in cursor.fetchall()
        }


@dataclass(frozen=True, slots=True)
class _ShapeRow:
    ddl: tuple[str, ...] | None
    facts: list[tuple[str, str, str, str, int]]


def _shape(fingerprint: str, ddl: object, facts: object) -> Shape:
    what, remedy = f"shape {fingerprint[:12]}", "No tenant can go back to it."
    row = as_written({"ddl": ddl, "facts": facts}, _ShapeRow, what, remedy)
    shape = Shape(Catalog.of(Fact(*fact) for fact in row.facts), row.ddl)
    if shape.fingerprint != fingerprint:
        raise changed(what, remedy)
    if strange := shape.catalog.by_kind.keys() - KINDS.keys():
        raise changed(what, remedy, f": there is no kind {min(strange)!r}")
    return shape


def steps_to_undo(
    connection: Connection,
    tenants: Sequence[str],
    to: int | None = None,
    *,
    provisioned: bool = False,
    there: bool = True,
) -> dict[str, UndoneSteps]:
    """Tenant → what to undo, for those that have something to undo.

    Args:
        connection: needs only to read.
        tenants: names of schemas, templates included.
        to: undo this run and all later ones; None: the newest run that changed any of these tenants
            and is not undone in all of them. Only what a run did to these tenants is undone.
        provisioned: undo provisioning, too; its tenants become empty.
        there: see `history`.

    Raises:
        UsageError: there is no run `to`.
        JournalError: the journal is newer than this diffapply, or a step in it was changed.
        PermissionDeniedError: the role may not read it.
    """
    there = there and version(connection) > 0
    if to is not None:
        _require_run(connection, to, there=there)
    if not there:
        return {}
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            statement("steps_to_undo"),
            {"tenants": list(tenants), "to": to, "provisioned": provisioned},
        )
        rows = cursor.fetchall()
    return {
        tenant: _undo(
            tenant,
            [(run, source, _managed(tenant, run, owners)) for _, run, source, owners in steps],
        )
        for tenant, steps in groupby(rows, itemgetter(0))
    }


@dataclass(frozen=True, slots=True)
class _StepRow:
    owners: frozenset[str]


def _managed(tenant: str, run: int, owners: object) -> frozenset[str] | None:
    if owners is None:
        return None
    what, remedy = f"step of {tenant!r} in run {run}", "It cannot be taken back."
    return as_written({"owners": owners}, _StepRow, what, remedy).owners


def _undo(tenant: str, steps: Sequence[tuple[int, str, frozenset[str] | None]]) -> UndoneSteps:
    """What to undo, from the tenant's steps (run, source, managed), oldest first."""
    (_, goal, first_managed), *later = steps
    covered = first_managed or frozenset()
    also = []
    for _, source, managed in later:
        if new := (managed or frozenset()) - covered:
            also.append((source, new))
            covered |= new
    return UndoneSteps(
        tenant=tenant,
        goal_fingerprint=goal,
        managed=first_managed,
        runs=tuple(run for run, *_ in steps),
        also=tuple(also),
    )


def history(
    connection: Connection, run: int | None = None, *, there: bool = True
) -> tuple[RunRecord, ...]:
    """The runs, newest first; or one run, with what it ran and its steps in natural order.

    Args:
        there: whether the caller found a journal that may be read.

    Raises:
        UsageError: there is no such run.
        JournalError: the journal is newer than this diffapply.
        PermissionDeniedError: the role may not read it.
    """
    there = there and version(connection) > 0
    if run is not None:
        _require_run(connection, run, there=there)
    if not there:
        return ()
    steps: tuple[StepRecord, ...] = ()
    with neutral(connection, read_only=True) as cursor:
        if run is not None:
            cursor.execute(statement("steps"), [run])
            unsorted = (StepRecord(*row) for row in cursor.fetchall())
            steps = tuple(sorted(unsorted, key=lambda step: natural(step.tenant)))
        cursor.execute(statement("runs"), {"run": run, "space": run_lock_space()})
        records = [_record(*row) for row in cursor.fetchall()]
        cursor.execute(statement("undone"), {"run": run})
        undone = cursor.fetchall()
    labels = _labels(connection, run)
    found = (
        replace(
            record,
            **labels.get(record.id, {}),
            steps=steps,
            undoes={which: count for which, by, count in undone if by == record.id},
            undone_by={by: count for which, by, count in undone if which == record.id},
        )
        for record in records
    )
    return tuple(
        replace(its, transitions=_created(connection, its)) if its.provisions and its.steps else its
        for its in found
    )


def _record(*columns: Any) -> RunRecord:  # noqa: ANN401 - as PostgreSQL has them
    """The run of a row; forward, it may create its tenants, and else drop them."""
    *values, whole = columns
    record = RunRecord(*values)
    forward = record.direction == "forward"
    return replace(record, provisions=whole and forward, deprovisions=whole and not forward)


@dataclass(frozen=True, slots=True)
class _TransitionsRow:
    transitions: tuple[RunTransition, ...]


def _labels(connection: Connection, run: int | None) -> dict[int, dict[str, Any]]:
    """Run → its message, git commit and transitions, as fields of a `RunRecord`."""
    if version(connection) < _LABELLED:
        return {}
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("labels"), {"run": run})
        return {
            id_: {
                "message": message,
                "git_commit": git_commit,
                "transitions": _ran(id_, transitions),
            }
            for id_, message, git_commit, transitions in cursor.fetchall()
        }


def _ran(run: int, transitions: object) -> tuple[RunTransition, ...]:
    if transitions is None:
        return ()
    remedy = "What it ran cannot be shown."
    columns = {"transitions": transitions}
    return as_written(columns, _TransitionsRow, f"run {run}", remedy).transitions


def _created(connection: Connection, record: RunRecord) -> tuple[RunTransition, ...]:
    """What a provisioning ran: the statements that build its goal, which stands for its plan."""
    goal = record.plan_digest
    ddl = load_shapes(connection, [goal])[goal].ddl
    sources = {step.source for step in record.steps}
    return tuple(RunTransition(source, goal, ddl or ()) for source in sources)


def _require_run(connection: Connection, run: int, *, there: bool) -> None:
    if there and has_run(connection, run):
        return
    raise UsageError(f"The journal has no run {run}.", "`diffapply history` lists the runs.")
