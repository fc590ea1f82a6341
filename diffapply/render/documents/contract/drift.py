"""The JSON document of a drift report, as types."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from diffapply.model.catalog import Change
from diffapply.model.drift import DriftState
from diffapply.render.documents.contract.shared import Why


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
        remedy: the GRANT that is missing, if it could not be compared; or when to try again.
        why: why it could not be compared, if so: the role may not use it (denied), or another
            session has something in it locked.
        empty: true if it has nothing at all of what counts.
        approved: the variant that it is in sync with, if it has one.
    """

    name: str
    state: DriftState
    differences: list[TenantDifference]
    remedy: NotRequired[str]
    why: NotRequired[Why]
    approved: NotRequired[ApprovedDifferences]
    empty: NotRequired[bool]


class DriftDocument(TypedDict):
    """Every tenant compared with the desired state.

    Attributes:
        notes: hints about all of them, if there are any.
    """

    version: Literal[1]
    in_sync: bool
    tenants: list[DriftTenant]
    notes: NotRequired[Sequence[str]]
