"""Notes on shared tables of new foreign keys to which the role may not refer.

In scratch it always may, because it has created these tables there. So the live database is asked.
"""

from collections.abc import Iterator
from contextlib import suppress

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Catalog
from diffapply.planning.notes.subject import Subject
from diffapply.queries import query
from diffapply.values.constraint import Constraint, ForeignKey
from diffapply.values.grammar import bare, names_any, qualified

_QUERY = query("planning/notes", "reference_rights")


def notes(subject: Subject, live: Connection) -> Iterator[str]:
    """A sentence for each table that the role may not refer to, with the GRANT that is missing.

    Of a foreign key in the goal, the table is asked about if the statements name it.
    """
    text = "\n".join(one.sql for one in subject.statements if "references" in one.sql.lower())
    named = [name for table, name in _shared(subject.goal).items() if names_any(text, [table])]
    if not named:
        return
    schemas, tables = (list(map(bare, names)) for names in zip(*named, strict=True))
    yield from (
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
