"""Plan files: a saved plan, so that exactly this plan can be reviewed and applied later.

The digest covers the canonical JSON of the plan; a file that was changed does not match it. That
protects against accidents and quick edits, not against somebody who computes a new digest.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from diffapply import files
from diffapply.errors import PlanFileError
from diffapply.model.plan import Plan
from diffapply.planning.plan_document import FORMAT, PlanBody, PlanFile
from diffapply.typed import MisfitError, plain, typed

_REMEDY = "Make a new plan with diffapply plan --out FILE."

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no text in PostgreSQL can hold: NUL, and surrogates that stand alone."""

_MAY_BE_NO_TEXT = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""How JSON writes it, and more than that."""


def digest(plan: Plan) -> str:
    """SHA-256, in hex, of the plan without its change tokens, which depend on when it was made."""
    return _digest(plain(PlanBody.of(replace(plan, tokens={}))))


def require_writable(path: Path) -> None:
    """Check, before the work, that a plan can be written to a file; leaves nothing there.

    Raises:
        PlanFileError: it cannot.
    """
    with _writing(path):
        files.require_writable(path)


def save(plan: Plan, path: Path) -> None:
    """Write a plan to a file, completely or not at all.

    Raises:
        PlanFileError: the file cannot be written.
    """
    body = plain(PlanBody.of(plan))
    document = {"diffapply_plan": FORMAT, "digest": _digest(body), "plan": body}
    with _writing(path):
        files.write_whole(path, json.dumps(document, indent=1, ensure_ascii=True) + "\n")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PlanFileError(f"The plan cannot be written to {path}: {error.strerror}.") from error


def load(path: Path) -> Plan:
    """Read a plan back.

    Raises:
        PlanFileError: it cannot be read, is truncated, altered or older, or has another format.
    """
    try:
        text = path.read_text("utf-8")
        document = json.loads(text, object_pairs_hook=_said_once)
        _require_ours(document, path)
        if _MAY_BE_NO_TEXT.search(text):
            _require_text(document)
        return typed(document, PlanFile).plan.plan
    except OSError as error:
        raise PlanFileError(f"The plan file {path} cannot be read: {error.strerror}.") from error
    except MisfitError as error:
        raise PlanFileError(
            f"The plan file {path} has invalid content: {error}.", _REMEDY
        ) from error
    except (ValueError, RecursionError) as error:
        raise PlanFileError(
            f"The plan file {path} is truncated, or is not a plan file.", _REMEDY
        ) from error


def _require_ours(document: Any, path: Path) -> None:  # noqa: ANN401 - any JSON
    """Refuse what is not a plan file of this format, or was changed after it was written."""
    if not isinstance(document, dict) or "diffapply_plan" not in document:
        raise PlanFileError(f"{path} is not a plan file.", _REMEDY)
    if document["diffapply_plan"] != FORMAT:
        raise PlanFileError(
            f"The plan file {path} has format version {document['diffapply_plan']!r}; this "
            f"diffapply reads version {FORMAT}.",
            _REMEDY,
        )
    body = document.get("plan")
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


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Whoever reviewed it may have seen only one of what is said twice."""
    said = dict(pairs)
    if len(said) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise MisfitError(f"Something says {twice!r} twice")
    return said


def _require_text(value: object, place: str = "$") -> None:
    """Refuse text that PostgreSQL cannot hold, wherever it stands."""
    if isinstance(value, str) and _NO_TEXT.search(value):
        raise MisfitError(f"No text of PostgreSQL holds NUL or half a character - at `{place}`")
    if isinstance(value, list):
        for number, its in enumerate(value):
            _require_text(its, f"{place}[{number}]")
    if isinstance(value, dict):
        for key, its in value.items():
            _require_text(key, place)
            _require_text(its, f"{place}.{key}")


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
