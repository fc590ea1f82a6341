"""Facts as values: one class a kind, which reads the text that the kind's SQL writes.

Nothing else takes definitions apart: what it asks of a fact, it asks of the value.
"""

from diffapply.values.column import Column, Default, NotNull, not_null_name
from diffapply.values.constraint import Check, Constraint, Exclude, ForeignKey, Key
from diffapply.values.conversion import Conversion
from diffapply.values.grants import Granted, Privileges
from diffapply.values.index import Attachment, Index, IndexColumn
from diffapply.values.policy import Policy
from diffapply.values.routine import Aggregate, Routine
from diffapply.values.sequence import LARGEST, Identity, Numbering, Sequence
from diffapply.values.settings import (
    NO_OPTIONS,
    NO_PARAMETERS,
    ForeignOptions,
    NamedOptions,
    Parameters,
)
from diffapply.values.table import Inherits, Partition, Table
from diffapply.values.types import BaseType, Composite, Enum, Range
from diffapply.values.value import Value, Whole
from diffapply.values.view import MaterializedView, View

__all__ = [
    "LARGEST",
    "NO_OPTIONS",
    "NO_PARAMETERS",
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
    "ForeignKey",
    "ForeignOptions",
    "Granted",
    "Identity",
    "Index",
    "IndexColumn",
    "Inherits",
    "Key",
    "MaterializedView",
    "NamedOptions",
    "NotNull",
    "Numbering",
    "Parameters",
    "Partition",
    "Policy",
    "Privileges",
    "Range",
    "Routine",
    "Sequence",
    "Table",
    "Value",
    "View",
    "Whole",
    "not_null_name",
]
