"""What a run did, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.plan import Direction
from diffapply.model.rename import Rename

StepStatus = Literal["applied", "unchanged", "failed", "refused", "skipped"]
STEP_STATUSES: tuple[StepStatus, ...] = ("applied", "unchanged", "failed", "refused", "skipped")
REACHED: tuple[StepStatus, ...] = ("applied", "unchanged")
"""How the step of a tenant ends that is at its goal."""
RunStatus = Literal["running", "done", "incomplete", "interrupted"]


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a run did to one tenant.

    Attributes:
        status: ``applied``; ``unchanged`` (already at its goal); ``failed`` (PostgreSQL refused
            a statement); ``refused`` (it has changed or gone since the plan, it is blocked, or
            data would be lost); ``skipped`` (not begun, because the run was stopped).
        error: one sentence for people, or None.
        in_doubt: the same, if the answer to its commit was lost, and the journal cannot be asked.
        of_server: whether the error is the server's, so that other tenants would fail as well.
    """

    name: str
    status: StepStatus
    error: str | None = None
    in_doubt: str | None = None
    of_server: bool = False


@dataclass(frozen=True, slots=True)
class RunResult:
    """One execution of a plan.

    Attributes:
        run: its id in the journal; None when there was nothing to do and nothing was written.
        idle: how many of the unchanged had nothing to do by the plan; they have no step.
        notes: hints on what it did.
        not_in_plan: tenants that the plan does not know; they were left alone.
    """

    run: int | None
    tenants: tuple[StepResult, ...]
    idle: int = 0
    notes: tuple[str, ...] = ()
    not_in_plan: tuple[str, ...] = ()

    def count(self, status: StepStatus) -> int:
        """How many tenants ended with this status."""
        return sum(step.status == status for step in self.tenants)

    @property
    def steps(self) -> dict[StepStatus, int]:
        """How many tenants ended with each status by a step, as the journal counts them."""
        return {
            status: self.count(status) - (self.idle if status == "unchanged" else 0)
            for status in STEP_STATUSES
        }

    @property
    def exit_code(self) -> int:
        """4 if some tenants failed, 3 if some were refused, else 0."""
        if self.count("failed") or self.count("skipped"):
            return 4
        return 3 if self.count("refused") else 0


@dataclass(frozen=True, slots=True)
class Holding:
    """What a tenant holds.

    Attributes:
        rows: how many, in all tables.
        size: bytes of its tables, with their indexes.
        exact: whether the rows were counted; else estimated.
    """

    name: str
    tables: int
    rows: int
    size: int
    exact: bool = True


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C or a signal has stopped a run, and the journal says so.

    Args:
        result: what was done to each tenant; all of them may be done.
    """

    def __init__(self, result: RunResult) -> None:
        super().__init__()
        self.result = result


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run in the journal.

    Attributes:
        who: role and operating-system user that started it.
        version: of diffapply.
        status: ``running``; ``done``; ``incomplete`` (some tenants failed or were refused);
            ``interrupted`` (it was killed; no tenant is left half-changed).
        counts: how many tenants ended with each step status.
        desired: how its goal was named.
        message: what it was for, in the words of whoever started it; empty if they said nothing.
        git_commit: that was checked out where the desired state is, short; the files may have had
            changes that were not committed. Empty if it is in no git checkout.
        provisions: whether it created its tenants.
        deprovisions: whether it dropped them.
        undoes: run → number of tenants in which this run undid it.
        undone_by: run → number of tenants in which it undid this run.
        steps: every tenant's step; empty unless the run was asked for by its id.
        transitions: what it ran; likewise, and empty in journals of older versions.
    """

    id: int
    direction: Direction
    who: str
    version: str
    plan_digest: str
    started_at: datetime
    finished_at: datetime | None
    status: RunStatus
    counts: dict[StepStatus, int]
    desired: str = ""
    provisions: bool = False
    undoes: Mapping[int, int] = field(default_factory=dict)
    undone_by: Mapping[int, int] = field(default_factory=dict)
    steps: tuple["StepRecord", ...] = ()
    message: str = ""
    git_commit: str = ""
    transitions: tuple["RunTransition", ...] = ()
    deprovisions: bool = False

    @property
    def sort(self) -> str:
        """``provision``, ``deprovision``, or else its direction."""
        if self.deprovisions:
            return "deprovision"
        return "provision" if self.provisions else self.direction

    @property
    def what_for(self) -> str:
        """The message; else its goal."""
        return self.message or self.goal

    @property
    def goal(self) -> str:
        """How its goal was named, and the commit below it; empty if it dropped its tenants."""
        return f"{self.desired} (on {self.git_commit})" if self.git_commit else self.desired


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a run is for; see `RunRecord`."""

    desired: str
    message: str | None = None
    git_commit: str = ""


@dataclass(frozen=True)
class NewRun:
    """A run that begins.

    Attributes:
        plan_digest: of its plan; of one that creates tenants, the fingerprint of their goal, and
            of one that drops them, that of nothing.
        renames: those that the desired state declares.
        transitions: what it runs; None for a provisioning, whose shape says that.
        ignoring: what it leaves alone.
        ignoring_in: tenant → the same, where it is another than in most.
    """

    direction: Direction
    plan_digest: str
    purpose: Purpose
    renames: Sequence[Rename] = ()
    transitions: Sequence["RunTransition"] | None = None
    ignoring: Ignoring = NOTHING
    ignoring_in: Mapping[str, Ignoring] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunTransition:
    """What a run did to tenants of one shape; shapes are fingerprints.

    Attributes:
        statements: in order.
    """

    source: str
    goal: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A tenant's step in the journal; shapes are fingerprints.

    Attributes:
        undone_by: the backward run that undid it, or None.
    """

    tenant: str
    source: str
    goal: str
    status: StepStatus
    error: str | None
    started_at: datetime
    finished_at: datetime
    undone_by: int | None = None
