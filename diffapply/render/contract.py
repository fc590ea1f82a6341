"""The JSON documents as types: what the command line promises, and nothing else.

What a version has is never changed; it may be added to. ``docs/schema`` is made of them.
"""

from collections.abc import Sequence
from typing import Final, Literal, NotRequired, TypedDict

from diffapply.model.catalog import Change
from diffapply.model.drift import DriftState
from diffapply.model.hazards import CodeName, HazardKind
from diffapply.model.plan import Direction
from diffapply.model.run import RunStatus, StepStatus

VERSION: Final = 1

_Ends = TypedDict("_Ends", {"from": str, "to": str})


class StatementHazard(TypedDict):
    """What a statement risks.

    Attributes:
        code: names the risk; see docs/hazards.md.
        message: one clause for people.
        remedy: a statement that puts it right afterwards, where there is one.
    """

    kind: HazardKind
    code: CodeName
    message: str
    remedy: NotRequired[str]


class PlannedStatement(TypedDict):
    """A statement of a transition, and what it risks."""

    sql: str
    hazards: list[StatementHazard]


class MadeAnew(TypedDict):
    """An object that a transition makes anew."""

    kind: str
    old: str
    new: str


class PlannedTransition(_Ends):
    """From one shape to another; shapes are named by their fingerprints.

    Attributes:
        tenants: all that it serves.
        statements: in the order in which they run; none where it is blocked.
        destructive: whether a statement may lose data.
        blocked: why it cannot be done, one reason an entry.
        no_way_back: why it could not be taken back, one reason an entry.
        notes: what to consider.
        made_anew: what the statements make anew, and give back to it what each tenant's own had.
    """

    tenants: Sequence[str]
    statements: list[PlannedStatement]
    destructive: bool
    blocked: Sequence[str]
    no_way_back: Sequence[str]
    notes: Sequence[str]
    made_anew: list[MadeAnew]


class TenantCounts(TypedDict):
    """How many tenants the plan looked at, and what it has for them.

    Attributes:
        unreadable: how many could not be compared, if any.
    """

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
    """A run that a plan takes back.

    Attributes:
        started_at: in UTC, as ISO 8601 has it.
        desired: how its goal was named.
        tenants: in how many tenants it is taken back.
    """

    run: int
    started_at: str
    desired: str
    tenants: int


class PlanDocument(TypedDict):
    """The plan: every transition with its statements and all its tenants.

    Attributes:
        desired: how the goal was named, such as ``schema/desired.py:metadata`` or ``run 12``.
        search_path: the schemas behind the tenant, in order.
        own_name: stands in statements for each tenant's own name.
        transitions: none where there is nothing to do.
        notes: what to consider of tenants that are in sync.
        unreadable: tenants that could not be compared; they are left alone.
        undoes: the runs that a plan backward takes back, oldest first; a plan forward has none.
    """

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


class DifferentField(TypedDict):
    """One respect in which a changed item differs; null where nothing is said."""

    field: str
    desired: str | None
    live: str | None


class TenantDifference(TypedDict):
    """How one item differs from the desired state.

    Attributes:
        change: whether the tenant lacks it, has it besides, or has another.
        desired: its definition as desired, null when extra.
        live: its definition in the tenant, null when missing.
        fields: what differs, field by field; empty where that cannot be told.
    """

    kind: str
    name: str
    change: Change
    desired: str | None
    live: str | None
    fields: list[DifferentField]


class DriftTenant(TypedDict):
    """A tenant held against the desired state.

    Attributes:
        state: behind is at a structure that the journal knows, drifted at another one.
        differences: none when in sync.
        remedy: the statement after which it can be compared, where it could not be.
    """

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
    """What became of a tenant.

    Attributes:
        error: one sentence, or null.
    """

    name: str
    status: StepStatus
    error: str | None


class RunDocument(TypedDict):
    """What apply or provision did to every tenant.

    Attributes:
        run: its id, null if nothing was run.
    """

    version: Literal[1]
    run: int | None
    tenants: list[RunTenant]


class HistoryStep(_Ends):
    """A tenant's step; shapes are named by their fingerprints, times are in UTC.

    Attributes:
        error: one sentence, or null.
        undone_by: the run that took it back, or null.
    """

    name: str
    status: StepStatus
    error: str | None
    started_at: str
    finished_at: str
    undone_by: int | None


class OtherRun(TypedDict):
    """A run that took this one back, or was taken back by it.

    Attributes:
        tenants: in how many tenants.
    """

    run: int
    tenants: int


class HistoryRun(TypedDict):
    """A run as the journal has it; times are in UTC, as ISO 8601 has them.

    Attributes:
        finished_at: null while it goes on, or if it was interrupted.
        tenants: how many of them ended how.
        desired: how its goal was named.
        provisions: whether it created its tenants.
        steps: of every tenant, where the run was asked for by its id.
    """

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
