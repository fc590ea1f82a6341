"""The JSON documents as types: what the command line promises, and nothing else.

What a version has is never changed; it may be added to. ``docs/schema`` is made of them. Shapes
are fingerprints, moments are in UTC, as ISO 8601 has them.
"""

from collections.abc import Sequence
from typing import Final, Literal, NotRequired, TypedDict

from diffapply.model.catalog import Change
from diffapply.model.drift import DriftState
from diffapply.model.plan import Direction, HazardKind
from diffapply.model.run import RunStatus, StepStatus

VERSION: Final = 1

_Ends = TypedDict("_Ends", {"from": str, "to": str})


class StatementHazard(TypedDict):
    """What a statement risks; with a remedy where a statement puts it right afterwards."""

    kind: HazardKind
    message: str
    remedy: NotRequired[str]


class PlannedStatement(TypedDict):
    """A statement of a transition; the plan's own_name stands for each tenant's own name."""

    sql: str
    hazards: list[StatementHazard]


class MadeAnew(TypedDict):
    """An object that a transition makes anew."""

    kind: str
    old: str
    new: str


class PlannedTransition(_Ends):
    """From one shape to another, and all tenants that it serves."""

    tenants: Sequence[str]
    statements: list[PlannedStatement]
    destructive: bool
    blocked: Sequence[str]
    no_way_back: Sequence[str]
    notes: Sequence[str]
    made_anew: list[MadeAnew]


class TenantCounts(TypedDict):
    """How many tenants the plan looked at, and what it has for them."""

    total: int
    in_sync: int
    to_change: int
    blocked: int
    unreadable: NotRequired[int]


class UnreadableTenant(TypedDict):
    """A tenant that could not be compared, and the statement after which it can."""

    name: str
    remedy: str


class UndoneByPlan(TypedDict):
    """A run that a plan takes back, and in how many tenants."""

    run: int
    started_at: str
    desired: str
    tenants: int


class PlanDocument(TypedDict):
    """The plan; one that leads backward has the runs that it takes back."""

    version: Literal[1]
    direction: Direction
    desired: str
    search_path: Sequence[str]
    own_name: str
    tenants: TenantCounts
    transitions: list[PlannedTransition]
    notes: Sequence[str]
    unreadable: list[UnreadableTenant]
    undoes: NotRequired[list[UndoneByPlan]]


class TenantDifference(TypedDict):
    """How one item differs: as it is desired, null when extra; and live, null when missing."""

    kind: str
    name: str
    change: Change
    desired: str | None
    live: str | None


class DriftTenant(TypedDict):
    """A tenant with all its differences; with a remedy where it could not be compared."""

    name: str
    state: DriftState
    differences: list[TenantDifference]
    remedy: NotRequired[str]


class DriftDocument(TypedDict):
    """Every tenant held against the desired state."""

    version: Literal[1]
    in_sync: bool
    tenants: list[DriftTenant]


class RunTenant(TypedDict):
    """What became of a tenant; its error is a sentence, or null."""

    name: str
    status: StepStatus
    error: str | None


class RunDocument(TypedDict):
    """What apply or provision did to every tenant; the run is null if nothing was run."""

    version: Literal[1]
    run: int | None
    tenants: list[RunTenant]


class HistoryStep(_Ends):
    """A tenant's step, and the run that took it back, or null."""

    name: str
    status: StepStatus
    error: str | None
    started_at: str
    finished_at: str
    undone_by: int | None


class OtherRun(TypedDict):
    """A run that took this one back, or was taken back by it, and in how many tenants."""

    run: int
    tenants: int


class HistoryRun(TypedDict):
    """A run, and how many tenants ended how; with its steps where it was asked for by its id."""

    id: int
    direction: Direction
    started_at: str
    finished_at: str | None
    status: RunStatus
    tenants: dict[StepStatus, int]
    desired: str
    provisions: bool
    undoes: list[OtherRun]
    undone_by: list[OtherRun]
    steps: NotRequired[list[HistoryStep]]


class HistoryDocument(TypedDict):
    """The runs, newest first."""

    version: Literal[1]
    runs: list[HistoryRun]
