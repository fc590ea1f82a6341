"""Plan files: a saved plan, so that exactly this plan can be reviewed and applied later.

The digest covers the canonical JSON of the plan; a file that was changed does not match it. That
protects against accidents and quick edits, not against somebody who computes a new digest.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from diffapply.errors import PlanFileError
from diffapply.model.catalog import Catalog, Difference, Fact, Unreadable
from diffapply.model.own_name import STAND_IN
from diffapply.model.plan import (
    Owned,
    Plan,
    Rename,
    Renewed,
    Shape,
    Statement,
    Transition,
    UndoneRun,
)
from diffapply.model.world import MEANING, World

FORMAT = 1
"""Version of the format; files of another version are refused."""

_REMEDY = "Make a new plan with diffapply plan --out FILE."


def digest(plan: Plan) -> str:
    """SHA-256, in hex, of the plan without its change tokens, which depend on when it was made."""
    return _digest(_to_json(replace(plan, tokens={})))


def require_writable(path: Path) -> None:
    """Check, before the work, that a plan can be written to a file; leaves nothing there.

    Raises:
        PlanFileError: it cannot.
    """
    if path.is_dir():
        raise PlanFileError(f"The plan cannot be written to {path}: it is a folder.")
    partial = _partial(path)
    try:
        partial.touch()
        partial.unlink()
    except OSError as error:
        raise PlanFileError(f"The plan cannot be written to {path}: {error.strerror}.") from error


def save(plan: Plan, path: Path) -> None:
    """Write a plan to a file, completely or not at all.

    Raises:
        PlanFileError: the file cannot be written.
    """
    body = _to_json(plan)
    document = {"diffapply_plan": FORMAT, "digest": _digest(body), "plan": body}
    require_writable(path)
    partial = _partial(path)
    try:
        partial.write_text(json.dumps(document, indent=1, ensure_ascii=True) + "\n", "utf-8")
        partial.replace(path)
    except OSError as error:
        raise PlanFileError(f"The plan cannot be written to {path}: {error.strerror}.") from error


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def load(path: Path) -> Plan:
    """Read a plan back.

    Raises:
        PlanFileError: it cannot be read, is truncated, altered or older, or has another format.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PlanFileError(f"The plan file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise PlanFileError(
            f"The plan file {path} is truncated, or is not a plan file.", _REMEDY
        ) from error
    if not isinstance(document, dict) or "diffapply_plan" not in document:
        raise PlanFileError(f"{path} is not a plan file.", _REMEDY)
    if document["diffapply_plan"] != FORMAT:
        raise PlanFileError(
            f"The plan file {path} has format version {document['diffapply_plan']!r}; this "
            f"diffapply reads version {FORMAT}.",
            _REMEDY,
        )
    body: dict[str, Any] = document.get("plan", {})
    if document.get("digest") != _digest(body):
        raise PlanFileError(
            f"The plan file {path} was changed after it was written: its digest does not match.",
            _REMEDY,
        )
    if _is_older(body):
        raise PlanFileError(
            f"The plan file {path} is from an older diffapply, which did not record what owners "
            "and grants to give back.",
            _REMEDY,
        )
    try:
        return _from_json(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanFileError(f"The plan file {path} has invalid content.", _REMEDY) from error


def _is_older(body: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether it lacks what newer versions record and apply needs."""
    transitions = body.get("transitions") if isinstance(body, dict) else None
    return isinstance(transitions, list) and any(
        isinstance(its, dict) and its.get("statements") and not {"anew", "dropped"} <= {*its}
        for its in transitions
    )


def _digest(body: Any) -> str:  # noqa: ANN401 - any JSON
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _to_json(plan: Plan) -> dict[str, Any]:
    return {
        "direction": plan.direction,
        "database": plan.database,
        "desired": plan.desired,
        "in_sync": list(plan.in_sync),
        "privileges": plan.privileges,
        "search_path": list(plan.world.behind),
        "settings": dict(plan.world.settings),
        "own_name": STAND_IN,
        "tokens": dict(plan.tokens),
        "unreadable": [asdict(its) for its in plan.unreadable],
        "notes": list(plan.notes),
        "undoes": {name: list(runs) for name, runs in plan.undoes.items()},
        "undone": [asdict(run) for run in plan.undone],
        "renames": [asdict(rename) for rename in plan.renames],
        "transitions": [
            {
                "source": transition.source,
                "goal": transition.goal,
                "tenants": list(transition.tenants),
                "owners": _owners(transition.managed),
                "statements": [its.document for its in transition.statements],
                "differences": [asdict(difference) for difference in transition.differences],
                "blocked": list(transition.blocked),
                "no_way_back": list(transition.no_way_back),
                "notes": list(transition.notes),
                "anew": [asdict(renewed) for renewed in transition.anew],
                "dropped": [asdict(owned) for owned in transition.dropped],
                "created": [asdict(owned) for owned in transition.created],
                "alone": transition.alone,
            }
            for transition in plan.transitions
        ],
        "shapes": {
            fingerprint: {
                "ddl": None if shape.ddl is None else list(shape.ddl),
                "facts": [asdict(fact) for fact in shape.catalog.facts.values()],
            }
            for fingerprint, shape in plan.shapes.items()
        },
    }


def _owners(managed: frozenset[str] | None) -> list[str] | None:
    return None if managed is None else sorted(managed)


def _from_json(body: dict[str, Any]) -> Plan:
    if body.get("own_name", STAND_IN) != STAND_IN:
        raise ValueError("something else stands for the tenant's own name")
    path, settings = body.get("search_path", []), body.get("settings", {})
    # No other could be told from a statement, and statements are shown.
    if not isinstance(path, list) or not {*settings} <= {*MEANING}:
        raise ValueError("no such world is ever planned for")
    shapes = {}
    for fingerprint, shape in body["shapes"].items():
        ddl = shape["ddl"]
        catalog = Catalog.of(Fact(**fact) for fact in shape["facts"])
        shapes[fingerprint] = Shape(catalog, None if ddl is None else tuple(ddl))
    return Plan(
        direction=body["direction"],
        database=body["database"],
        desired=body["desired"],
        in_sync=tuple(body["in_sync"]),
        privileges=body["privileges"],
        tokens=dict(body.get("tokens", {})),
        # An older plan without them was proved with nothing after the tenant on the path.
        world=World(
            tuple(map(str, path)),
            tuple((name, str(value)) for name, value in settings.items()),
        ),
        undoes={name: tuple(runs) for name, runs in body["undoes"].items()},
        undone=tuple(UndoneRun(**run) for run in body.get("undone", ())),
        renames=tuple(Rename(**rename) for rename in body["renames"]),
        unreadable=tuple(Unreadable(**its) for its in body.get("unreadable", ())),
        notes=tuple(body.get("notes", ())),
        transitions=tuple(
            Transition(
                source=transition["source"],
                goal=transition["goal"],
                tenants=tuple(transition["tenants"]),
                managed=None if transition["owners"] is None else frozenset(transition["owners"]),
                statements=tuple(map(Statement.of, transition["statements"])),
                differences=tuple(
                    Difference(**difference) for difference in transition["differences"]
                ),
                blocked=tuple(transition["blocked"]),
                no_way_back=tuple(transition["no_way_back"]),
                notes=tuple(transition["notes"]),
                anew=tuple(
                    Renewed(**{**renewed, "stated": tuple(renewed["stated"])})
                    for renewed in transition.get("anew", ())
                ),
                dropped=tuple(Owned(**owned) for owned in transition.get("dropped", ())),
                created=tuple(Owned(**owned) for owned in transition.get("created", ())),
                alone=bool(transition.get("alone", False)),
            )
            for transition in body["transitions"]
        ),
        shapes=shapes,
    )
