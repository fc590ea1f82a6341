"""Checks that the role may refer to the shared tables of new foreign keys.

In scratch it always may, because it has created these tables there. So the live database is asked.
"""

from collections.abc import Iterable
from contextlib import suppress

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Statement
from diffapply.queries import query
from diffapply.values.constraint import Constraint, ForeignKey
from diffapply.values.grammar import bare, names_any, qualified

_QUERY = query("planning/notes", "reference_rights")


def lacking(live: Connection, goal: Catalog, statements: Iterable[Statement]) -> tuple[str, ...]:
    """A sentence for each table that the role may not refer to, with the GRANT that is missing.

    Args:
        goal: of a foreign key in it, the table is asked about if the statements name it.
    """
    text = "\n".join(its.sql for its in statements if "references" in its.sql.lower())
    named = [its for table, its in _shared(goal).items() if names_any(text, [table])]
    if not named:
        return ()
    schemas, tables = (list(map(bare, names)) for names in zip(*named, strict=True))
    return tuple(
        f"A foreign key refers to {table}, but this role may not do that: apply would fail. "
        f"Let the table's owner run: {grant}."
        for table, grant in rows(live, _QUERY, {"schemas": schemas, "tables": tables})
    )


def _shared(goal: Catalog) -> dict[str, tuple[str, str]]:
    """The tables of other schemas that its foreign keys refer to → schema and name, quoted."""
    found = {}
    for fact in goal.by_kind.get("constraint", ()):
        with suppress(UnreadableFactError):  # it blocks the tenants in which it would be changed
            key = Constraint.of(fact)
            if isinstance(key, ForeignKey) and (its := qualified(key.table)):
                found[key.table] = its
    return found
