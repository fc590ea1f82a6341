"""Plans and drift as SARIF 2.1.0, which code scanning and editors read."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from urllib.parse import quote

from diffapply.desired.whereabouts import DesiredFile, files_of, place_of
from diffapply.model.drift import DriftReport
from diffapply.model.hazards import HazardCode
from diffapply.model.plan import Plan
from diffapply.render.ci.alerts import (
    LEVELS,
    OWN_RULES,
    Alert,
    drift_alerts,
    plan_alerts,
)
from diffapply.render.words.wording import counted, examples, visible, visible_block
from diffapply.version import VERSION

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_NAMES = 500
"""Tenants of a result that are named."""


def plan_log(plan: Plan, desired: str | Sequence[str] = ()) -> str:
    """The hazards of a plan, what is blocked, and what could not be undone.

    Args:
        plan: to be told.
        desired: of a forward plan, what it leads to, as in `Settings`: results have a place there.
    """
    files = files_of(desired) if plan.direction == "forward" else ()
    return _log("plan", plan_alerts(plan), files)


def drift_log(report: DriftReport, desired: str | Sequence[str] = ()) -> str:
    """What differs, object by object, with its tenants.

    Args:
        report: to be told.
        desired: as in `Settings`: results have a place there.
    """
    return _log("drift", drift_alerts(report), files_of(desired))


def _log(command: str, alerts: Iterable[Alert], files: Sequence[DesiredFile]) -> str:
    results = [_result(its, files) for its in alerts]
    rules = {code.name: (LEVELS[code.kind], code.risk) for code in HazardCode} | {**OWN_RULES}
    used = [name for name in rules if any(its["ruleId"] == name for its in results)]
    driver = {
        "name": "diffapply",
        "version": VERSION,
        "rules": [
            {
                "id": name,
                "shortDescription": {"text": rules[name][1]},
                "defaultConfiguration": {"level": rules[name][0]},
            }
            for name in used
        ],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"diffapply {command}/"},
        "results": [its | {"ruleIndex": used.index(str(its["ruleId"]))} for its in results],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(alert: Alert, files: Sequence[DesiredFile]) -> dict[str, object]:
    kind, name = alert.about
    where = f" ({counted(len(alert.tenants), 'tenant')}: {examples(alert.tenants)})"
    where = where if alert.tenants else ""
    first, *lines = visible_block(alert.message).split("\n")
    location: dict[str, object] = {}
    if place := place_of(alert.object, files):
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(place.path.as_posix()), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": place.line},
        }
    location["logicalLocations"] = [{"name": visible(name) or kind, "kind": kind}]
    identity = sha256(f"{alert.rule} {alert.identity}".encode(errors="replace")).hexdigest()
    return {
        "ruleId": alert.rule,
        "level": alert.level,
        "message": {"text": _unlinked("\n".join((f"{first}{where}", *lines)))},
        "locations": [location],
        "partialFingerprints": {"diffapply/v1": identity},
        "properties": {
            "number": len(alert.tenants),
            "tenants": [visible(name) for name in alert.tenants[:_MOST_NAMES]],
        },
    }


def _unlinked(text: str) -> str:
    """The message with no link in it, which a name may look like: ``[a](http://b)``."""
    return text.replace("](", "]\\(")
