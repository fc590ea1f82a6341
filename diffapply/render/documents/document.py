"""The JSON documents of the command line. Fields are added, never changed.

Names and SQL are in them unchanged. The text is ASCII, so that it survives any encoding of the
terminal, also with lone surrogates.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from diffapply.catalog.comparison import field_changes
from diffapply.config.variant import Variant
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.hazards import Hazard
from diffapply.model.own_name import STAND_IN, shown
from diffapply.model.plan import Plan, Transition
from diffapply.model.run import STEP_STATUSES, RunRecord, RunResult, StepRecord
from diffapply.model.undone import UndoneRun
from diffapply.model.unreadable import Unreadable
from diffapply.render.changes.relative import largest
from diffapply.render.documents.contract import (
    VERSION,
    ApprovedDifferences,
    DriftDocument,
    DriftTenant,
    HistoryDocument,
    HistoryRun,
    HistoryStep,
    OtherRun,
    PlanDocument,
    PlannedTransition,
    RunDocument,
    StatementHazard,
    UndoneByPlan,
    UnreadableTenant,
)


def plan_json(plan: Plan) -> str:
    """`plan_document` as text."""
    return as_json(plan_document(plan))


def drift_json(report: DriftReport) -> str:
    """`drift_document` as text."""
    return as_json(drift_document(report))


def run_json(result: RunResult) -> str:
    """`run_document` as text."""
    return as_json(run_document(result))


def history_json(runs: Sequence[RunRecord], limit: int | None = None) -> str:
    """`history_document` as text."""
    return as_json(history_document(runs, limit))


def plan_document(plan: Plan) -> PlanDocument:
    """The plan: every transition with its statements and all its tenants.

    `own_name` is the text in statements that stands for each tenant's own name. A backward plan
    also has the runs that it undoes.
    """
    document: PlanDocument = {
        "version": VERSION,
        "direction": plan.direction,
        "desired": plan.desired,
        "search_path": plan.world.behind,
        "own_name": STAND_IN,
        "tenants": {
            "total": plan.total,
            "in_sync": len(plan.in_sync),
            "to_change": plan.to_change,
            "blocked": plan.blocked,
            "alike": len(first.tenants) if (first := largest(plan)) else 0,
            "differ": plan.to_change - (len(first.tenants) if first else 0),
        },
        "transitions": [_transition(transition) for transition in plan.transitions],
        "notes": plan.all_notes,
        "unreadable": [unreadable_tenant(its) for its in plan.unreadable],
    }
    if plan.unreadable:
        document["tenants"]["unreadable"] = len(plan.unreadable)
    if plan.git_commit:
        document["git_commit"] = plan.git_commit
    if plan.direction == "backward":
        document["undoes"] = [*map(_taken_back, plan.undone)]
    if plan.takes_back:
        document["takes_back"] = [*map(_taken_back, plan.takes_back)]
    return document


def _taken_back(run: UndoneRun) -> UndoneByPlan:
    document: UndoneByPlan = {
        "run": run.id,
        "started_at": run.started_at,
        "desired": run.desired,
        "tenants": run.tenants,
    }
    if run.message:
        document["message"] = run.message
    return document


def unreadable_tenant(tenant: Unreadable) -> UnreadableTenant:
    """A tenant that could not be compared."""
    return {"name": tenant.name, "remedy": tenant.remedy, "why": tenant.why.word}


def _transition(transition: Transition) -> PlannedTransition:
    return {
        "from": transition.source,
        "to": transition.goal,
        "tenants": transition.tenants,
        "statements": [
            {
                "sql": its.sql,
                "hazards": [_hazard(hazard) for hazard in its.hazards],
                "number": number,
            }
            for number, its in enumerate(transition.statements, 1)
        ],
        "destructive": transition.destructive,
        "blocked": transition.blocked,
        "no_way_back": transition.no_way_back,
        "notes": transition.notes,
        "made_anew": [
            {"kind": its.kind, "old": its.old, "new": its.new} for its in transition.anew
        ],
        "needs_consent": transition.needs_consent,
    }


def _hazard(hazard: Hazard) -> StatementHazard:
    document: StatementHazard = {
        "kind": hazard.kind,
        "code": hazard.code.name,
        "message": hazard.message,
    }
    if hazard.remedy:
        document["remedy"] = hazard.remedy
    return document


def drift_document(report: DriftReport) -> DriftDocument:
    """The drift: every tenant with all its differences."""
    document: DriftDocument = {
        "version": VERSION,
        "in_sync": report.in_sync,
        "tenants": [_drift(tenant) for tenant in report.tenants],
    }
    if report.notes:
        document["notes"] = report.notes
    return document


def _drift(tenant: TenantDrift) -> DriftTenant:
    document: DriftTenant = {
        "name": tenant.name,
        "state": tenant.state,
        "differences": [
            {
                "kind": difference.kind,
                "name": shown(difference.name, tenant.name),
                "change": difference.change,
                "desired": _own(difference.desired, tenant.name),
                "live": _own(difference.live, tenant.name),
                "fields": [
                    {
                        "field": shown(its.field, tenant.name),
                        "desired": _own(its.desired, tenant.name),
                        "live": _own(its.live, tenant.name),
                    }
                    for its in field_changes(difference)
                ],
            }
            for difference in tenant.differences
        ],
    }
    if tenant.empty:
        document["empty"] = True
    if tenant.why:
        document["remedy"] = tenant.remedy
        document["why"] = tenant.why.word
    if tenant.approved is not None:
        document["approved"] = _approved(tenant.approved)
    return document


def _approved(variant: Variant) -> ApprovedDifferences:
    return {
        "owner": variant.owner,
        "reason": variant.reason,
        "expires": variant.expires.isoformat() if variant.expires else None,
        "ignore": variant.ignore,
        "sql": variant.sql,
    }


def _own(definition: str | None, tenant: str) -> str | None:
    return None if definition is None else shown(definition, tenant)


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


def as_json(document: Mapping[str, object]) -> str:
    """A document as text."""
    return json.dumps(document, indent=2) + "\n"
