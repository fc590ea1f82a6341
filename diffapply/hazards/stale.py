"""Objects that keep results of a routine's old body: PostgreSQL does not recompute them.

What it is renewed by is told, and not run: it may take long, it fails where what is there does not
fit the new body (a check, a unique index), and the old results may be meant to stay.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from diffapply.ddl.statements import Draft
from diffapply.hazards.firing import called_in
from diffapply.model.catalog import Ends
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox

_RESTING = query("hazards", "resting")
_BODIES = query("hazards", "bodies")

_TEXTS = query("hazards", "body_texts")
_NAMES = query("hazards", "routine_names")

_SETS_EXPRESSION = 170000
"""The version of PostgreSQL from which on the expression of a column can be set."""


@dataclass(frozen=True, slots=True)
class _Resting:
    """An object whose stored results depend on a routine.

    Attributes:
        version: another one as soon as it was made or written anew.
        object: its table or domain; `definition` what it is, `column` one it is computed from.
    """

    kind: str
    name: str
    version: str
    object: str | None = None
    definition: str | None = None
    column: str | None = None


class Stale:
    """Finds, statement by statement, what depends on routines whose bodies change.

    Args:
        ends: of the transition.
    """

    def __init__(self, sandbox: Sandbox, ends: Ends) -> None:
        self._sandbox = sandbox
        self._found: dict[tuple[str, str, str, str | None], tuple[int, str, _Resting]] = {}
        routines = ends.live.by_kind.get("routine", ())
        changed = any(ends.changes(fact.key) for fact in routines)
        self._bodies = self._read_bodies() if changed else {}

    def watches(self, draft: Draft) -> bool:
        """Whether `observe` wants to know of this statement."""
        return draft.makes_routine and bool(self._bodies)

    def observe(self, number: int, draft: Draft) -> None:
        """What rests on the routine that this statement has made or replaced just now."""
        if not self.watches(draft):
            return
        bodies = self._read_bodies()
        for routine, body in bodies.items():
            if self._bodies.get(routine, body) != body:
                for resting in self._resting([routine]):
                    self._found[resting.kind, resting.name, resting.version, resting.object] = (
                        number,
                        routine,
                        resting,
                    )
        self._bodies |= bodies

    def hazards(self) -> Iterator[tuple[int, Hazard]]:
        """Number of the statement, and what keeps its old results when all have run."""
        if not self._found:
            return
        routines = [routine for _, routine, _ in self._found.values()]
        still = {(i.kind, i.name, i.version, i.object) for i in self._resting(routines)}
        renewable = self._sandbox.connection.server_version >= _SETS_EXPRESSION
        for key, (number, routine, resting) in self._found.items():
            if key in still:
                message = _MESSAGES[resting.kind].format(old=resting, routine=routine)
                remedy = _remedy(resting, renewable=renewable)
                yield number, Hazard(HazardCode.STALE_RESULTS, message, remedy=remedy)

    def _read_bodies(self) -> dict[str, str]:
        return dict(
            self._sandbox.rows(_BODIES, {"schema": self._sandbox.scope.schema}, inside=True)
        )

    def _resting(self, routines: list[str]) -> list[_Resting]:
        calls = self._calls()
        named = {
            "schema": self._sandbox.scope.schema,
            "routines": routines,
            "callers": [caller for caller, _ in calls],
            "called": [called for _, called in calls],
        }
        return [_Resting(*row) for row in self._sandbox.rows(_RESTING, named, inside=True)]

    def _calls(self) -> list[tuple[int, int]]:
        """Which routine calls which, as far as the text of a body tells: by the name alone."""
        schema = {"schema": self._sandbox.scope.schema}
        by_name: dict[str, list[int]] = defaultdict(list)
        for name, oid in self._sandbox.rows(_NAMES, schema):
            by_name[name].append(oid)
        return [
            (caller, called)
            for caller, body in self._sandbox.rows(_TEXTS, schema)
            for name in called_in(body)
            for called in by_name.get(name, ())
        ]


_MESSAGES = {
    "index": "index {old.name} keeps what {routine} gave before: by it, rows may not be found",
    "materialized view": "materialized view {old.name} keeps what {routine} gave before",
    "column": "column {old.object}.{old.name} keeps what {routine} gave before",
    "default": "rows keep what the default of {old.object}.{old.name} gave by {routine} before",
    "constraint": "constraint {old.name} of {old.object} was checked by {routine} as it was before",
    "domain constraint": "constraint {old.name} of domain {old.object} was checked by {routine} as "
    "it was before",
    "partition key": "rows of {old.name} stand in the partitions that {routine} gave before",
}


def _remedy(resting: _Resting, *, renewable: bool) -> str:
    """What renews it; empty if nothing does by itself."""
    match resting.kind:
        case "index":
            return f"REINDEX INDEX {resting.name}"
        case "materialized view":
            return f"REFRESH MATERIALIZED VIEW {resting.name}"
        case "column" if renewable:
            alter = f"ALTER TABLE {resting.object} ALTER COLUMN {resting.name}"
            return f"{alter} SET EXPRESSION AS ({resting.definition})"
        case "column" if resting.column:
            return f"UPDATE {resting.object} SET {resting.column} = {resting.column}"
        case "constraint" | "domain constraint":
            what = "DOMAIN" if resting.kind == "domain constraint" else "TABLE"
            alter = f"ALTER {what} {resting.object}"
            return (
                f"{alter} DROP CONSTRAINT {resting.name}; "
                f"{alter} ADD CONSTRAINT {resting.name} {resting.definition}"
            )
        case _:
            return ""
