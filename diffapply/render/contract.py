"""The JSON documents of the command line, as types.

Fields are added, never changed. ``docs/schema`` is generated from them.
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
        remedy: a statement that repairs it afterwards, if there is one.
    """

    kind: HazardKind
    code: CodeName
    message: str
    remedy: NotRequired[str]


class PlannedStatement(TypedDict):
    """A statement of a transition, and what it risks.

    Attributes:
        number: within its transition, from 1; errors and other formats name it.
    """

    sql: str
    hazards: list[StatementHazard]
    number: NotRequired[int]


class MadeAnew(TypedDict):
    """An object that a transition drops and creates again."""

    kind: str
    old: str
    new: str


class PlannedTransition(_Ends):
    """The way from one shape to another; shapes are named by their fingerprints.

    Attributes:
        tenants: all that it serves.
        statements: in order; none if it is blocked.
        destructive: whether a statement may lose data.
        blocked: why it cannot be done; one reason in each entry.
        no_way_back: why it could not be undone; one reason in each entry.
        notes: hints for the reader.
        made_anew: objects that are dropped and created again, and get their owner and grants back.
        needs_consent: whether apply may refuse it without --allow-destructive: a statement may
            lose data, or drops for good what no desired state has declared.
    """

    tenants: Sequence[str]
    statements: list[PlannedStatement]
    destructive: bool
    blocked: Sequence[str]
    no_way_back: Sequence[str]
    notes: Sequence[str]
    made_anew: list[MadeAnew]
    needs_consent: NotRequired[bool]


class TenantCounts(TypedDict):
    """How many tenants the plan has compared, by result.

    Attributes:
        unreadable: how many could not be compared, if any.
        alike: how many have the transition that most of them have.
        differ: how many of those to change have another one.
    """

    total: int
    in_sync: int
    to_change: int
    blocked: int
    unreadable: NotRequired[int]
    alike: NotRequired[int]
    differ: NotRequired[int]


class UnreadableTenant(TypedDict):
    """A tenant that could not be compared, and the GRANT that is missing."""

    name: str
    remedy: str


class UndoneByPlan(TypedDict):
    """A run that a plan undoes.

    Attributes:
        started_at: in UTC, in ISO 8601.
        desired: how its goal was named.
        tenants: number of tenants in which it is undone.
    """

    run: int
    started_at: str
    desired: str
    tenants: int


class PlanDocument(TypedDict):
    """The plan: every transition with its statements and all its tenants.

    Attributes:
        desired: how the goal was named, such as ``schema/desired.py:metadata`` or ``run 12``.
        search_path: the schemas after the tenant, in order.
        own_name: the text in statements that stands for each tenant's own name.
        transitions: none if there is nothing to do.
        notes: hints about tenants that are in sync.
        unreadable: tenants that could not be compared; they are left alone.
        undoes: the runs that a backward plan undoes, oldest first; a forward plan has none.
        git_commit: of the desired state, short, if it is in a git checkout.
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
    git_commit: NotRequired[str]


class DifferentField(TypedDict):
    """A field in which a changed item differs; null if it is not set."""

    field: str
    desired: str | None
    live: str | None


class TenantDifference(TypedDict):
    """How one item differs from the desired state.

    Attributes:
        change: the tenant lacks it, has it in excess, or has it differently.
        desired: its definition in the desired state; null if extra.
        live: its definition in the tenant; null if missing.
        fields: what differs, field by field; empty if unknown.
    """

    kind: str
    name: str
    change: Change
    desired: str | None
    live: str | None
    fields: list[DifferentField]


class ApprovedDifferences(TypedDict):
    """The variant of a tenant.

    Attributes:
        owner: who answers for it.
        expires: the last day on which it is approved, in ISO 8601; null: until it is removed.
        ignore: patterns for what is left alone.
        sql: files that are built after the desired state.
    """

    owner: str
    reason: str
    expires: str | None
    ignore: Sequence[str]
    sql: Sequence[str]


class DriftTenant(TypedDict):
    """A tenant compared with the desired state.

    Attributes:
        state: behind: at a structure that the journal knows; drifted: at another one.
        differences: none if in sync.
        remedy: the GRANT that is missing, if it could not be compared.
        approved: the variant that it is in sync with, if it has one.
    """

    name: str
    state: DriftState
    differences: list[TenantDifference]
    remedy: NotRequired[str]
    approved: NotRequired[ApprovedDifferences]


class DriftDocument(TypedDict):
    """Every tenant compared with the desired state.

    Attributes:
        notes: hints about all of them, if there are any.
    """

    version: Literal[1]
    in_sync: bool
    tenants: list[DriftTenant]
    notes: NotRequired[Sequence[str]]


class RunTenant(TypedDict):
    """What a run did to a tenant.

    Attributes:
        error: one sentence, or null.
    """

    name: str
    status: StepStatus
    error: str | None


class RunDocument(TypedDict):
    """What apply or provision did to every tenant.

    Attributes:
        run: its id; null if there was nothing to do.
    """

    version: Literal[1]
    run: int | None
    tenants: list[RunTenant]


class HistoryStep(_Ends):
    """A tenant's step; shapes are named by their fingerprints, times are in UTC.

    Attributes:
        error: one sentence, or null.
        undone_by: the run that undid it, or null.
    """

    name: str
    status: StepStatus
    error: str | None
    started_at: str
    finished_at: str
    undone_by: int | None


class OtherRun(TypedDict):
    """A run that undid this one, or was undone by it.

    Attributes:
        tenants: number of tenants.
    """

    run: int
    tenants: int


class RunStatement(TypedDict):
    """A statement that a run ran.

    Attributes:
        number: within its transition, from 1.
    """

    number: int
    sql: str


class HistoryTransition(_Ends):
    """What a run did to tenants of one shape; shapes are named by their fingerprints."""

    statements: list[RunStatement]


class HistoryRun(TypedDict):
    """A run in the journal; times are in UTC, in ISO 8601.

    Attributes:
        finished_at: null while it is running, or if it was interrupted.
        tenants: number of tenants by status.
        desired: how its goal was named.
        provisions: whether it created its tenants.
        deprovisions: whether it dropped them.
        steps: of every tenant, if the run was asked for by its id.
        message: what it was for, if whoever began it has said so.
        git_commit: of the desired state, short, if it was in a git checkout.
        transitions: what it ran, if the run was asked for by its id and the journal has it.
    """

    id: int
    direction: Direction
    started_at: str
    finished_at: str | None
    status: RunStatus
    tenants: dict[StepStatus, int]
    desired: str
    provisions: bool
    deprovisions: bool
    undoes: list[OtherRun]
    undone_by: list[OtherRun]
    steps: NotRequired[list[HistoryStep]]
    message: NotRequired[str]
    git_commit: NotRequired[str]
    transitions: NotRequired[list[HistoryTransition]]


class HistoryDocument(TypedDict):
    """The runs, newest first.

    Attributes:
        more: how many older runs a limit has left out.
    """

    version: Literal[1]
    runs: list[HistoryRun]
    more: NotRequired[int]
