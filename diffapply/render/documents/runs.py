"""A run, or the history of runs, as a JSON document."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from diffapply.model.run import STEP_STATUSES, RunRecord, RunResult, StepRecord
from diffapply.render.documents.contract import (
    VERSION,
    HistoryDocument,
    HistoryRun,
    HistoryStep,
    OtherRun,
    RunDocument,
)
from diffapply.render.documents.shared import as_json


def run_json(result: RunResult) -> str:
    """`run_document` as text."""
    return as_json(run_document(result))


def history_json(runs: Sequence[RunRecord], limit: int | None = None) -> str:
    """`history_document` as text."""
    return as_json(history_document(runs, limit))


def run_document(result: RunResult) -> RunDocument:
    """What a run did to every tenant; `run` is null if there was nothing to do."""
    document: RunDocument = {
        "version": VERSION,
        "run": result.run,
        "tenants": [
            {"name": step.name, "status": step.status, "error": step.error}
            for step in result.tenants
        ],
    }
    if result.idle:
        document["idle"] = result.idle
    if result.notes:
        document["notes"] = result.notes
    if result.not_in_plan:
        document["not_in_plan"] = result.not_in_plan
    return document


def history_document(runs: Sequence[RunRecord], limit: int | None = None) -> HistoryDocument:
    """The runs, newest first; with `steps` if one run was asked for by its id.

    Args:
        limit: how many of them; None: all.
    """
    document: HistoryDocument = {"version": VERSION, "runs": [_run(run) for run in runs[:limit]]}
    if limit is not None and len(runs) > limit:
        document["more"] = len(runs) - limit
    return document


def _run(run: RunRecord) -> HistoryRun:
    document: HistoryRun = {
        "id": run.id,
        "direction": run.direction,
        "started_at": _moment(run.started_at),
        "finished_at": None if run.finished_at is None else _moment(run.finished_at),
        "status": run.status,
        "tenants": {status: run.counts.get(status, 0) for status in STEP_STATUSES},
        "desired": run.desired,
        "provisions": run.provisions,
        "deprovisions": run.deprovisions,
        "undoes": _others(run.undoes),
        "undone_by": _others(run.undone_by),
    }
    if run.steps:
        document["steps"] = [_step(step) for step in run.steps]
    if run.message:
        document["message"] = run.message
    if run.git_commit:
        document["git_commit"] = run.git_commit
    if run.transitions:
        document["transitions"] = [
            {
                "from": its.source,
                "to": its.goal,
                "statements": [
                    {"number": number, "sql": sql} for number, sql in enumerate(its.statements, 1)
                ],
            }
            for its in run.transitions
        ]
    return document


def _step(step: StepRecord) -> HistoryStep:
    return {
        "name": step.tenant,
        "from": step.source,
        "to": step.goal,
        "status": step.status,
        "error": step.error,
        "started_at": _moment(step.started_at),
        "finished_at": _moment(step.finished_at),
        "undone_by": step.undone_by,
    }


def _others(runs: Mapping[int, int]) -> list[OtherRun]:
    return [{"run": run, "tenants": tenants} for run, tenants in runs.items()]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
