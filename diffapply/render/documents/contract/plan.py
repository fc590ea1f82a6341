"""The JSON document of a plan, as types."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from diffapply.model.hazards import CodeName, HazardKind
from diffapply.model.plan import Direction
from diffapply.render.documents.contract.shared import Ends, UnreadableTenant


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


class PlannedTransition(Ends):
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


class UndoneByPlan(TypedDict):
    """A run that a plan undoes.

    Attributes:
        started_at: in UTC, in ISO 8601.
        desired: how its goal was named.
        tenants: number of tenants in which it is undone.
        message: what it was for, of a run that a forward plan takes back, if that was said.
    """

    run: int
    started_at: str
    desired: str
    tenants: int
    message: NotRequired[str]


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
        takes_back: the runs before which the tenants of a forward plan had this desired state,
            oldest first, if there are any: the checkout may be older than what was applied.
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
    takes_back: NotRequired[list[UndoneByPlan]]
