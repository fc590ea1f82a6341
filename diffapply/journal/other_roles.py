"""Which other roles can misuse the journal.

A backward plan runs DDL from the journal, so whoever writes to it decides what runs. Who owns one
of its tables can also run code as anybody who reads it (by an index or a rule), and who may create
triggers, as anybody who writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.fact_queries import stranger_condition
from diffapply.database.session import shared_path
from diffapply.database.transaction import neutral
from diffapply.errors import RefusedError
from diffapply.journal.structure import permitted, statement
from diffapply.model.world import PLAIN, World


@dataclass(frozen=True, slots=True)
class OtherRoles:
    """Roles that can misuse the journal, other than superusers and the connecting role.

    Attributes:
        owners: own some of it: their code may run as whoever reads it.
        trigger_creators: the owners, and who may create triggers: their code may run as whoever
            writes it.
        writers: all of these, and who may write to it.
        there: whether the journal existed when this was read. If not, a journal that exists later
            may belong to anybody, and must not be read.
    """

    owners: Sequence[str] = ()
    trigger_creators: Sequence[str] = ()
    writers: Sequence[str] = ()
    there: bool = True

    @property
    def is_safe_to_read(self) -> bool:
        """Whether it can be read without running other people's code."""
        return self.there and not self.owners

    def require_readable(self) -> None:
        """Raise `RefusedError` if reading it may run other people's code."""
        _refuse(self.owners, "reading it may run their code")

    def require_writable(self) -> None:
        """Raise `RefusedError` if writing to it may run other people's code."""
        _refuse(self.trigger_creators, "writing to it may run their code")

    def require_safe_to_run(self) -> None:
        """Raise `RefusedError` if others may have written what going back would run."""
        _refuse(self.writers, "going back would run what they may have written")


def _refuse(roles: Sequence[str], reason: str) -> None:
    if roles:
        raise RefusedError(
            f"Another role, {roles[0]!r}, has rights on the journal, schema diffapply: {reason} "
            "with all your rights.",
            "Connect as the role that owns the journal, or give --trust-tenants. "
            "See `diffapply docs role`.",
        )


def other_roles(connection: Connection) -> OtherRoles:
    """The roles that can misuse the journal; none if there is no journal."""
    with neutral(connection, read_only=True) as cursor:
        query = statement("others").replace("{stranger}", stranger_condition())
        cursor.execute(query)
        rows = cursor.fetchall()
    owners, trigger_creators, writers = (
        tuple(role for role, how in rows if 0 < how <= level) for level in (1, 2, 3)
    )
    return OtherRoles(owners, trigger_creators, writers, there=any(how == 0 for _, how in rows))


def claim(connection: Connection, world: World = PLAIN) -> None:
    """Make sure that the journal's schema exists and is safe, before it is read or written.

    Somebody may have created it since the last check. Once it exists and no other role has rights
    on it, nobody can replace it.

    Args:
        world: the path and settings for the database's event triggers, if it is created.

    Raises:
        RefusedError: other roles can misuse it.
        PermissionDeniedError: it does not exist, and the role may not create it.
    """
    with permitted("create"), neutral(connection) as cursor:
        cursor.execute(shared_path(world.behind) + sql.SQL(statement("schema")))
    other_roles(connection).require_writable()
