"""Reads what runs there were: needs only SELECT, and works if there is no journal."""

from dataclasses import dataclass, replace
from typing import Any

from psycopg2.extensions import connection as Connection

from diffapply.database.locks import run_lock_space
from diffapply.database.transaction import neutral
from diffapply.journal.begun import require_run
from diffapply.journal.payload import as_written
from diffapply.journal.shapes import load_shapes
from diffapply.journal.structure import statement, version
from diffapply.model.order import natural
from diffapply.model.run import RunRecord, RunTransition, StepRecord

_LABELLED = 4
"""The first version of the journal that has what runs were for, and what they ran."""


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
        require_run(connection, run, there=there)
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
