"""What has to be known about the structures before a scratch database is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection


@dataclass(frozen=True, slots=True)
class Contents:
    """What has to be known about the structures before a scratch database is chosen.

    Attributes:
        strangers: roles that own some of it, other than superusers and the connecting role, as an
            error names them. Empty: all of it may be built by the connecting role.
        extensions: names of the extensions that it needs.
        prepare: creates in the new database what needs more rights than the rest: extensions and
            foreign servers. Returns what it cannot create: PostgreSQL's reasons.
        roles: the roles that it names. On the embedded server they are made.
    """

    strangers: tuple[str, ...] = ()
    extensions: frozenset[str] = frozenset()
    prepare: Callable[[Connection], Sequence[str]] = lambda _: ()
    roles: frozenset[str] = frozenset()


HARMLESS = Contents()
"""Nothing of strangers, no extensions."""
