"""The table of fact kinds: how each is read, hangs on others, is created, dropped and altered.

Adding a kind: one entry in one of the groups below, and the query ``catalog/sql/<name>.sql``
(spaces become underscores).
"""

from collections.abc import Mapping

from diffapply.ddl.columns import COLUMN_SETTINGS
from diffapply.ddl.indexes import INDEXES
from diffapply.ddl.kind import Kind
from diffapply.ddl.operators import OPERATORS
from diffapply.ddl.own_columns import COLUMNS
from diffapply.ddl.privileges import RIGHTS
from diffapply.ddl.routines import PROGRAMS, ROUTINES, VIEWS
from diffapply.ddl.tables import SEQUENCES, TABLE_PARTS, TABLE_SETTINGS, TABLES, TIES
from diffapply.ddl.types import BASE_TYPES, TYPES

# What no entry can express is never proposed, so that it ends as a reason to block.
_OTHER = Kind("other", lambda _fact, _: (), lambda _fact, _: (), lambda _old, _new, _: ())

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        *TYPES,
        *SEQUENCES,
        *ROUTINES,
        *BASE_TYPES,
        *OPERATORS,
        *TABLES,
        *COLUMNS,
        *TIES,
        *COLUMN_SETTINGS,
        *TABLE_PARTS,
        *VIEWS,
        *INDEXES,
        *TABLE_SETTINGS,
        *PROGRAMS,
        _OTHER,
        *RIGHTS,
    )
}
"""Name → kind of fact, in the order in which their objects are created."""

RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(KINDS)}
"""Name of a kind → its place in the order of creation."""

WHOLES = frozenset(kind.name for kind in KINDS.values() if kind.told_whole)
"""The kinds that are told once, without their parts."""

__all__ = ["KINDS", "RANK", "WHOLES", "Kind"]
