"""A plan as a JSON document."""

from diffapply.model.hazards import Hazard
from diffapply.model.own_name import STAND_IN
from diffapply.model.plan import Plan, Transition
from diffapply.model.undone import UndoneRun
from diffapply.render.changes.relative import largest
from diffapply.render.documents.contract import (
    VERSION,
    PlanDocument,
    PlannedTransition,
    StatementHazard,
    UndoneByPlan,
)
from diffapply.render.documents.shared import as_json, unreadable_tenant


def plan_json(plan: Plan) -> str:
    """`plan_document` as text."""
    return as_json(plan_document(plan))


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
