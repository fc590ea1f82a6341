"""What is to be built in scratch, as far as its safety goes."""

from collections.abc import Callable
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection


@dataclass(frozen=True, slots=True)
class Inmates:
    """What is to be built in scratch, as far as its safety goes.

    Attributes:
        strangers: whom some of it belongs to, other than superusers and the connecting role, as a
            sentence names them. Empty: all of it may run as that role.
        extensions: names of those that it needs.
        prepare: makes, in the new database, what takes more rights than what is built after it:
            extensions and foreign servers.
    """

    strangers: tuple[str, ...] = ()
    extensions: frozenset[str] = frozenset()
    prepare: Callable[[Connection], None] = lambda _: None


HARMLESS = Inmates()
"""Nothing that could do anything."""
