"""The JSON documents have exactly the keys of the contract, and hold names as they are."""

import json
from dataclasses import replace
from typing import Any

from diffapply.model.run import RunResult
from diffapply.model.undone import UndoneRun
from diffapply.render.documents.drift import drift_json
from diffapply.render.documents.plan import plan_json
from diffapply.render.documents.runs import history_json, run_json
from tests.unit.render_samples import (
    BLOCKED,
    DRIFT,
    FULL_PLAN,
    HOSTILE,
    RECORD,
    RUN,
    hostile_drift,
    hostile_plan,
    plan,
)


def parsed(text: str) -> Any:  # noqa: ANN401 - a document
    assert text.isascii()
    return json.loads(text)


def test_plan() -> None:
    """Every transition with its statements, their hazards, and all its tenants."""
    document = parsed(plan_json(FULL_PLAN))
    assert list(document) == [
        "version",
        "direction",
        "desired",
        "search_path",
        "own_name",
        "tenants",
        "transitions",
        "notes",
        "unreadable",
    ]
    assert document["version"] == 1
    assert document["direction"] == "forward"
    assert document["desired"] == "schema/desired.py:metadata"
    assert document["tenants"] == {
        "total": 14,
        "in_sync": 2,
        "to_change": 10,
        "blocked": 2,
        "alike": 10,
        "differ": 0,
    }
    change, blocked = document["transitions"]
    assert list(change) == [
        "from",
        "to",
        "tenants",
        "statements",
        "destructive",
        "blocked",
        "no_way_back",
        "notes",
        "made_anew",
        "needs_consent",
    ]
    assert len(change["from"]) == len(change["to"]) == 64
    assert len(change["tenants"]) == 10
    assert change["destructive"] is True
    assert change["blocked"] == []
    assert change["statements"][2] == {
        "sql": "ALTER TABLE marketplace_jobs DROP COLUMN notes",
        "hazards": [
            {
                "kind": "data",
                "code": "DROPS_COLUMN",
                "message": "drops the column marketplace_jobs.notes; its values are lost",
            }
        ],
        "number": 3,
    }
    assert blocked["blocked"] == list(BLOCKED.blocked)
    assert blocked["statements"] == []


def test_plan_with_nothing_to_do() -> None:
    """No transition is an empty list, not a missing key."""
    assert parsed(plan_json(plan()))["transitions"] == []


def test_plan_that_leads_backward() -> None:
    """It has the runs that it takes back, the oldest first."""
    undone = UndoneRun(12, "2026-11-25T13:02:07+00:00", "schema/desired.py:metadata", 11)
    backward = replace(plan(), direction="backward", undone=(undone,))
    assert parsed(plan_json(backward))["undoes"] == [
        {
            "run": 12,
            "started_at": "2026-11-25T13:02:07+00:00",
            "desired": "schema/desired.py:metadata",
            "tenants": 11,
        }
    ]


def test_drift() -> None:
    """Every tenant is listed, those in sync included, with every difference."""
    document = parsed(drift_json(DRIFT))
    assert list(document) == ["version", "in_sync", "tenants"]
    assert (document["version"], document["in_sync"]) == (1, False)
    assert [tenant["state"] for tenant in document["tenants"]] == [
        "in_sync",
        "drifted",
        "behind",
        "behind",
    ]
    assert document["tenants"][0] == {"name": "user_1", "state": "in_sync", "differences": []}
    assert len(document["tenants"][2]["differences"]) == 4
    assert document["tenants"][1]["differences"][0] == {
        "kind": "column",
        "name": "marketplace_jobs.name",
        "change": "changed",
        "desired": "character varying(255)",
        "live": "text",
        "fields": [{"field": "type", "desired": "character varying(255)", "live": "text"}],
    }


def test_run() -> None:
    """Every tenant with its status, and an error or null."""
    document = parsed(run_json(RUN))
    assert list(document) == ["version", "run", "tenants"]
    assert (document["version"], document["run"]) == (1, 12)
    assert document["tenants"][0] == {"name": "user_1", "status": "applied", "error": None}
    assert document["tenants"][3]["error"].startswith("Data would be lost")


def test_run_with_hints() -> None:
    """Fields that are there if they say something."""
    document = parsed(run_json(replace(RUN, idle=1, notes=("look",), not_in_plan=("user_7",))))
    assert [*document.items()][3:] == [
        ("idle", 1),
        ("notes", ["look"]),
        ("not_in_plan", ["user_7"]),
    ]


def test_runs_that_a_forward_plan_takes_back() -> None:
    """With what they were for."""
    run = UndoneRun(12, "2026-11-25T13:02:07+00:00", "a.sql", 2, "Add nick")
    assert parsed(plan_json(replace(FULL_PLAN, takes_back=(run,))))["takes_back"] == [
        {
            "run": 12,
            "started_at": "2026-11-25T13:02:07+00:00",
            "desired": "a.sql",
            "tenants": 2,
            "message": "Add nick",
        }
    ]


def test_nothing_run() -> None:
    """Then `run` is null."""
    assert parsed(run_json(RunResult(None, ()))) == {"version": 1, "run": None, "tenants": []}


def test_history() -> None:
    """Times are in UTC and ISO 8601; every status has its number."""
    document = parsed(history_json([RECORD]))
    assert list(document) == ["version", "runs"]
    [run] = document["runs"]
    steps = run.pop("steps")
    assert run == {
        "id": 12,
        "direction": "forward",
        "started_at": "2026-05-04T03:02:01+00:00",
        "finished_at": "2026-05-04T03:02:03.500000+00:00",
        "status": "incomplete",
        "tenants": {"applied": 1, "unchanged": 0, "failed": 1, "refused": 0, "skipped": 0},
        "desired": "",
        "provisions": False,
        "deprovisions": False,
        "undoes": [],
        "undone_by": [{"run": 13, "tenants": 1}],
    }
    assert [step["name"] for step in steps] == ["user_1", "user_2"]
    assert steps[0]["undone_by"] == 13


def test_names_are_never_altered() -> None:
    """Whatever they hold: machines get the name itself."""
    assert parsed(plan_json(hostile_plan()))["transitions"][0]["tenants"] == list(HOSTILE)
    assert [t["name"] for t in parsed(drift_json(hostile_drift()))["tenants"]] == list(HOSTILE)
