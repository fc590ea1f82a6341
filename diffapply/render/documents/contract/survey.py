"""The JSON documents of what looks at tenants without a desired state, as types."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from diffapply.model.catalog import Change
from diffapply.model.survey import FindingKind
from diffapply.render.documents.contract.shared import UnreadableTenant


class ShapeDifference(TypedDict):
    """How one item of a shape differs from its nearest shape.

    Attributes:
        change: the shape lacks it, has it in excess, or has it differently.
        here: its definition in the shape; null if missing.
        there: its definition in the nearest shape; null if extra.
    """

    kind: str
    name: str
    change: Change
    here: str | None
    there: str | None


class SurveyShape(TypedDict):
    """A structure, and all tenants that have it.

    Attributes:
        fingerprint: its name.
        objects: number of facts by kind, such as ``table`` or ``column``.
        nearest: the fingerprint of the shape before it that is most like it; null for the first.
        differences: from that one.
    """

    fingerprint: str
    tenants: Sequence[str]
    objects: dict[str, int]
    nearest: str | None
    differences: list[ShapeDifference]


class SurveyFinding(TypedDict):
    """Something in tenants that deserves a look.

    Attributes:
        name: of the object, as SQL writes it, without the tenant.
        table: the table or column that it belongs to; empty if it stands alone.
        tenants: all that have it.
        detail: of a sequence, how far it is in the tenant where it is worst.
    """

    kind: FindingKind
    name: str
    table: str
    tenants: Sequence[str]
    detail: NotRequired[str]


class StampedGroup(TypedDict):
    """Tenants of one shape that say the same of their revision.

    Attributes:
        shape: its fingerprint.
        stamps: the revisions that their table alembic_version names.
        at: the revisions after which a tenant has this structure; none if there is no such.
        nearest: if so, the revision after which the structure differs least; null if none ran.
        differences: from that one.
    """

    tenants: Sequence[str]
    shape: str
    stamps: Sequence[str]
    at: Sequence[str]
    nearest: str | None
    differences: list[ShapeDifference]


class AlembicRevisions(TypedDict):
    """The tenants beside Alembic's revisions, which were run in scratch.

    Attributes:
        folder: where the revisions are.
        heads: those that no other builds upon.
        revisions: all of them, in the order in which they were run.
        replayed: number of those that ran, from the first on.
        stopped: why not all of them ran.
        tenants: those of the most tenants first.
    """

    folder: str
    heads: Sequence[str]
    revisions: Sequence[str]
    replayed: int
    stopped: NotRequired[str]
    tenants: list[StampedGroup]


class SurveyDocument(TypedDict):
    """The shapes of all tenants, and what is wrong in them.

    Attributes:
        total: number of tenants that were read.
        own_name: the text in names and definitions that stands for each tenant's own name.
        shapes: that of the most tenants first.
        findings: kind by kind, that of the most tenants first.
        unreadable: tenants that could not be read.
        unchecked_sequences: number of sequences that were not compared with their column.
        alembic: where the tenants are among Alembic's revisions, if there are any.
    """

    version: Literal[1]
    total: int
    own_name: str
    shapes: list[SurveyShape]
    findings: list[SurveyFinding]
    unreadable: list[UnreadableTenant]
    unchecked_sequences: int
    alembic: NotRequired[AlembicRevisions]


class ShapeDocument(TypedDict):
    """A structure with the statements that build it.

    Attributes:
        own_name: the text in statements that stands for each tenant's own name.
        tenants: those that have it now; of a tenant that was named, it alone.
        known: whether the journal has it.
        statements: they build it in an empty schema, in this order.
    """

    version: Literal[1]
    fingerprint: str
    own_name: str
    tenants: Sequence[str]
    known: bool
    statements: Sequence[str]
