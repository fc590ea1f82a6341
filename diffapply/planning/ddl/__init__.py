"""The table of fact kinds: how each is created, dropped and altered.

Adding a kind: one line in `diffapply.catalog.kinds`, one query in `diffapply/catalog/sql`, and
one entry in one of the tables below.
"""

from diffapply.planning.ddl.columns import COLUMNS
from diffapply.planning.ddl.indexes import INDEXES
from diffapply.planning.ddl.operators import OPERATORS
from diffapply.planning.ddl.own_columns import OWN_COLUMNS
from diffapply.planning.ddl.privileges import PRIVILEGES
from diffapply.planning.ddl.programs import PROGRAMS
from diffapply.planning.ddl.statements import Kind, Options
from diffapply.planning.ddl.tables import TABLES
from diffapply.planning.ddl.types import TYPES

# What no entry can express is never proposed, so that it ends as a reason to block.
INEXPRESSIBLE = Kind(lambda _fact, _: (), lambda _fact, _: (), lambda _old, _new, _: ())

DDL: dict[str, Kind] = {
    **TYPES,
    **COLUMNS,
    **OWN_COLUMNS,
    **TABLES,
    **INDEXES,
    **PROGRAMS,
    **OPERATORS,
    **PRIVILEGES,
    "other": INEXPRESSIBLE,
}
"""Kind of fact → how it is created, dropped and altered."""

__all__ = ["DDL", "Kind", "Options"]
