"""The table of fact kinds: how each is created, dropped and altered.

Adding a kind: one line in `diffapply.catalog.kinds`, one query in `diffapply/catalog/sql`, and
one entry in one of the tables below.
"""

from diffapply.ddl.columns import COLUMNS
from diffapply.ddl.indexes import INDEXES
from diffapply.ddl.operators import OPERATORS
from diffapply.ddl.own_columns import OWN_COLUMNS
from diffapply.ddl.privileges import PRIVILEGES
from diffapply.ddl.routines import PROGRAMS
from diffapply.ddl.statements import Kind, Options
from diffapply.ddl.tables import TABLES
from diffapply.ddl.types import TYPES

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
