"""Default privileges of a database: what a role grants on everything it creates.

Scratch gets those of the live database, so that objects have the same grants in both.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.queries import query

_GIVEN = query("scratch", "default_privileges")

Grant = tuple[str, str, str]
"""Grantee, grant option and privileges, as SQL writes them."""

Given = Mapping[tuple[str, str], frozenset[Grant]]
"""Class (see `owned.sql`) and what ALTER DEFAULT PRIVILEGES calls it → what is granted."""

BUILT_IN: Given = {
    ("relation", "TABLES"): frozenset(),
    ("sequence", "SEQUENCES"): frozenset(),
    ("routine", "ROUTINES"): frozenset({("PUBLIC", "", "EXECUTE")}),
    ("type", "TYPES"): frozenset({("PUBLIC", "", "USAGE")}),
}
"""What PostgreSQL grants by default, except to the owner."""


def read_given(connection: Connection) -> Given:
    """What the connection's role grants on everything it creates."""
    given: dict[tuple[str, str], set[Grant]] = {key: set() for key in BUILT_IN}
    for thing_class, objects, *grant in rows(connection, _GIVEN):
        given[thing_class, objects].add((grant[0], grant[1], grant[2]))
    return {key: frozenset(grants) for key, grants in given.items()}


def give_likewise(given: Given, scratch: Connection) -> None:
    """Give the role in scratch the same default privileges, for the roles that exist there."""
    with scratch.cursor() as cursor:
        for statement in _statements(given):
            with suppress(psycopg2.Error):
                cursor.execute(statement)


def _statements(given: Given) -> Iterator[str]:
    alter = "ALTER DEFAULT PRIVILEGES"
    for (its_class, objects), grants in given.items():
        if grants != BUILT_IN[its_class, objects]:
            yield f"{alter} REVOKE ALL ON {objects} FROM PUBLIC"
            for grantee, option, privileges in sorted(grants):
                yield f"{alter} GRANT {privileges} ON {objects} TO {grantee}{option}"
