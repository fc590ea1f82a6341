"""The table of kinds: how the facts of each kind are read, created, altered and dropped.

To add a kind, add an entry to one of the groups below, and the query ``catalog/sql/<name>.sql``
(spaces become underscores). `kind` says what an entry consists of, `statements` what its functions
return. Here is what concerns one fact; `diffapply.proposal` puts the changes of all facts in order.
"""

from collections.abc import Mapping

from diffapply.ddl.kind import Kind
from diffapply.ddl.kinds.attachments import PARTITION
from diffapply.ddl.kinds.column_settings import COLUMN_SETTINGS
from diffapply.ddl.kinds.constraint_state import CONSTRAINT_STATE
from diffapply.ddl.kinds.constraints import CONSTRAINTS
from diffapply.ddl.kinds.indexes import INDEXES
from diffapply.ddl.kinds.inheritance import INHERITS
from diffapply.ddl.kinds.notes import NOTES, STATISTICS
from diffapply.ddl.kinds.operators import OPERATORS
from diffapply.ddl.kinds.own_columns import COLUMNS
from diffapply.ddl.kinds.policies import POLICY, ROW_SECURITY
from diffapply.ddl.kinds.privileges import RIGHTS
from diffapply.ddl.kinds.routines import ROUTINE, RULES_AND_TRIGGERS
from diffapply.ddl.kinds.sequences import SEQUENCE, SEQUENCE_OWNER
from diffapply.ddl.kinds.settings import STORAGE_PARAMETERS, TABLE_SETTINGS
from diffapply.ddl.kinds.tables import OF_TYPE, TABLE
from diffapply.ddl.kinds.types import BASE_TYPES, TYPES
from diffapply.ddl.kinds.views import VIEWS

# No statement is proposed for it, so a difference in it blocks the transition.
_OTHER = Kind("other", lambda _fact, _: (), lambda _fact, _: (), lambda _old, _new, _: ())

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        *TYPES,
        SEQUENCE,
        ROUTINE,
        *BASE_TYPES,
        *OPERATORS,
        TABLE,
        *COLUMNS,
        OF_TYPE,
        SEQUENCE_OWNER,
        *COLUMN_SETTINGS,
        STORAGE_PARAMETERS,
        PARTITION,
        *CONSTRAINTS,
        INHERITS,
        *VIEWS,
        *INDEXES,
        *TABLE_SETTINGS,
        *ROW_SECURITY,
        *STATISTICS,
        *RULES_AND_TRIGGERS,
        CONSTRAINT_STATE,
        POLICY,
        *NOTES,
        _OTHER,
        *RIGHTS,
    )
}
"""Name → kind of fact, in the order in which their objects are created."""

RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(KINDS)}
"""Name of a kind → its place in the order of creation."""

WHOLES = frozenset(kind.name for kind in KINDS.values() if kind.shown_whole)
"""The kinds that are told once, without their parts."""

__all__ = ["KINDS", "RANK", "WHOLES", "Kind"]
