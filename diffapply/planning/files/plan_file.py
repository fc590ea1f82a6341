"""Plan files: a saved plan, so that exactly this plan can be reviewed and applied later."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from diffapply.errors import PlanFileError
from diffapply.model.plan import Plan
from diffapply.planning.files import sealed
from diffapply.planning.files.plan_document import FORMAT, PlanBody, PlanFile
from diffapply.planning.files.sealed import SealedKind
from diffapply.typed import MisfitError, plain

_KIND = SealedKind("plan", FORMAT, PlanFileError, "Make a new plan with diffapply plan --out FILE.")


def digest(plan: Plan) -> str:
    """SHA-256, in hex, of the plan without its change tokens, which depend on when it was made."""
    return sealed.digest(plain(PlanBody.of(replace(plan, tokens={}))))


def require_writable(path: Path) -> None:
    """Check, before the work, that a plan can be written to a file; leaves nothing there.

    Raises:
        PlanFileError: it cannot.
    """
    sealed.require_writable(_KIND, path)


def save(plan: Plan, path: Path) -> None:
    """Write a plan to a file, completely or not at all.

    Raises:
        PlanFileError: the file cannot be written.
    """
    sealed.save(_KIND, plain(PlanBody.of(plan)), path)


def load(path: Path) -> Plan:
    """Read a plan back.

    Raises:
        PlanFileError: it cannot be read, is truncated, altered or older, or has another format.
    """
    try:
        return sealed.load(_KIND, path, PlanFile, _what_it_lacks).plan.plan
    except MisfitError as error:
        raise sealed.misfit(_KIND, path, error) from error


def _what_it_lacks(body: Any) -> str:  # noqa: ANN401 - any JSON
    """What newer versions record and apply needs."""
    transitions = body.get("transitions") if isinstance(body, dict) else None
    if isinstance(transitions, list) and any(
        isinstance(its, dict) and its.get("statements") and not {"anew", "dropped"} <= {*its}
        for its in transitions
    ):
        return "which did not record what owners and grants to give back"
    return ""
