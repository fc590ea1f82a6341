"""Whose hands are in the journal.

What a plan backward runs comes out of it; whoever owns a table of it can let code run in whoever
reads it, by an index or a rule, and whoever may make triggers, in whoever writes it.
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
class Hands:
    """Who else has a hand in the journal, other than superusers and the connecting role.

    Attributes:
        owners: own some of it: their code may run in whoever reads it.
        planters: the owners, and who may make triggers: their code may run in whoever writes it.
        writers: those, and who may write what it says.
        there: whether there was a journal when that was asked. If not, one that is there later may
            be anybody's, and must not be read.
    """

    owners: Sequence[str] = ()
    planters: Sequence[str] = ()
    writers: Sequence[str] = ()
    there: bool = True

    @property
    def legible(self) -> bool:
        """Whether it can be read without running code of others."""
        return self.there and not self.owners

    def require_readable(self) -> None:
        """Refuse to read it where that may run code of others. Raises `RefusedError`."""
        _refuse(self.owners, "to read it may run their code")

    def require_writable(self) -> None:
        """Refuse to write it where that may run code of others. Raises `RefusedError`."""
        _refuse(self.planters, "to write it may run their code")

    def require_own_word(self) -> None:
        """Refuse to run what it says where others may have said it. Raises `RefusedError`."""
        _refuse(self.writers, "to go back would run what it says")


def _refuse(roles: Sequence[str], reason: str) -> None:
    if roles:
        raise RefusedError(
            f"The journal, schema diffapply, is also in the hands of {roles[0]!r}: {reason} with "
            "all rights that you have.",
            "Connect as the role that owns the journal, or give --trust-tenants. See docs/role.md.",
        )


def others_hands(connection: Connection) -> Hands:
    """Who else has a hand in the journal; nobody where there is none."""
    with neutral(connection, read_only=True) as cursor:
        query = statement("others").replace("{stranger}", stranger_condition())
        cursor.execute(query)
        rows = cursor.fetchall()
    owners, planters, writers = (
        tuple(role for role, how in rows if 0 < how <= level) for level in (1, 2, 3)
    )
    return Hands(owners, planters, writers, there=any(how == 0 for _, how in rows))


def claim(connection: Connection, world: World = PLAIN) -> None:
    """Make sure of the journal's schema before anything in it is read or written.

    Somebody may have made it since it was last looked at. Once it is there, and in nobody else's
    hands, nobody can put another in its place.

    Args:
        world: what the database's event triggers are to find, if it is created.

    Raises:
        RefusedError: others have a hand in it.
        PermissionDeniedError: there is none, and the role may not create it.
    """
    with permitted("create"), neutral(connection) as cursor:
        cursor.execute(shared_path(world.behind) + sql.SQL(statement("schema")))
    others_hands(connection).require_writable()
