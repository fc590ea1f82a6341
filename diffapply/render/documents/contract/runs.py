"""The JSON documents of a run and of the history, as types."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from diffapply.model.plan import Direction
from diffapply.model.run import RunStatus, StepStatus
from diffapply.render.documents.contract.shared import Ends


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
        idle: how many of the unchanged tenants had nothing to do by the plan, if any; the history
            does not count them.
        notes: hints on what it did, if any.
        not_in_plan: tenants that the plan does not know, as they came later, say, or were not
            chosen when it was made; they were left alone.
    """

    version: Literal[1]
    run: int | None
    tenants: list[RunTenant]
    idle: NotRequired[int]
    notes: NotRequired[Sequence[str]]
    not_in_plan: NotRequired[Sequence[str]]


class HistoryStep(Ends):
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


class HistoryTransition(Ends):
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
        git_commit: that was checked out where the desired state is, short, if any.
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
