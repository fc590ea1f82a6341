"""What facts say, as values: of each kind one class, that reads what its SQL writes.

Nothing else takes definitions apart: what it asks of a fact, it asks of the value.
"""

from dataclasses import dataclass

from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Difference
from diffapply.values.column import Column, Default, NotNull, not_null_name
from diffapply.values.constraint import Check, Constraint, Exclude, ForeignKey, Key
from diffapply.values.grants import Granted, Privileges
from diffapply.values.index import Attachment, Index, IndexColumn
from diffapply.values.routine import (
    Aggregate,
    Conversion,
    MaterializedView,
    Policy,
    Routine,
    View,
)
from diffapply.values.sequence import Identity, Numbering, Sequence
from diffapply.values.settings import ForeignOptions, Parameters, Settings
from diffapply.values.table import Inherits, Partition, Table
from diffapply.values.types import BaseType, Composite, Enum, Range
from diffapply.values.value import Text, Value

VALUES: dict[str, type[Value]] = {
    "aggregate": Aggregate,
    "base type": BaseType,
    "collation": Settings,
    "column": Column,
    "column options": Parameters,
    "column privilege": Privileges,
    "composite type": Composite,
    "constraint": Constraint,
    "conversion": Conversion,
    "default": Default,
    "default privilege": Privileges,
    "domain": Column,
    "domain constraint": Check,
    "domain default": Default,
    "domain not null": NotNull,
    "enum": Enum,
    "foreign column options": ForeignOptions,
    "identity": Identity,
    "index": Index,
    "index attachment": Attachment,
    "inherits": Inherits,
    "materialized view": MaterializedView,
    "not null": NotNull,
    "operator": Settings,
    "partition": Partition,
    "policy": Policy,
    "privilege": Privileges,
    "range type": Range,
    "routine": Routine,
    "sequence": Sequence,
    "storage parameters": Parameters,
    "table": Table,
    "text search configuration": Settings,
    "text search dictionary": Settings,
    "text search parser": Settings,
    "text search template": Settings,
    "view": View,
}
"""Kind of fact → the class of its values; of all others it is `Text`."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a changed item says otherwise in one respect; None where it says nothing."""

    field: str
    desired: str | None
    live: str | None


def field_changes(difference: Difference) -> tuple[FieldChange, ...]:
    """What differs, field by field; empty if that cannot be told, or nothing is to be compared."""
    if difference.desired is None or difference.live is None:
        return ()
    kind = VALUES.get(difference.kind, Text)
    try:
        desired, live = (kind.read(its).parts() for its in (difference.desired, difference.live))
    except UnreadableFactError:
        return ()
    return tuple(
        FieldChange(field, desired.get(field), live.get(field))
        for field in dict.fromkeys((*desired, *live))
        if desired.get(field) != live.get(field)
    )


__all__ = [
    "VALUES",
    "Aggregate",
    "Attachment",
    "BaseType",
    "Check",
    "Column",
    "Composite",
    "Constraint",
    "Conversion",
    "Default",
    "Enum",
    "Exclude",
    "FieldChange",
    "ForeignKey",
    "ForeignOptions",
    "Granted",
    "Identity",
    "Index",
    "IndexColumn",
    "Inherits",
    "Key",
    "MaterializedView",
    "NotNull",
    "Numbering",
    "Parameters",
    "Partition",
    "Policy",
    "Privileges",
    "Range",
    "Routine",
    "Sequence",
    "Settings",
    "Table",
    "Text",
    "Value",
    "View",
    "field_changes",
    "not_null_name",
]
