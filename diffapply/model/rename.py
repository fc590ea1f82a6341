"""What the desired state says of earlier names."""

from dataclasses import dataclass
from typing import Literal

RenameKind = Literal[
    "table",
    "view",
    "materialized view",
    "sequence",
    "enum",
    "composite type",
    "domain",
    "column",
    "index",
    "constraint",
    "label",
]
"""The kind of fact that is renamed, or ``label``, one of an enum's.

In the order in which renames are done: what belongs to a table or an enum says its new name.
"""


@dataclass(frozen=True, slots=True)
class Rename:
    """A declared rename.

    Attributes:
        table: the table or enum it belongs to, by its new name; its own new name if it stands
            alone.
        old: the last part of the old name, as SQL quotes it; of a label, the constant.
        new: the last part of the new name, likewise.
    """

    kind: RenameKind
    table: str
    old: str
    new: str
