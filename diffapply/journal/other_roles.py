"""Which other roles can misuse the journal.

A backward plan runs DDL from the journal, so whoever writes to it decides what runs. Who owns one
of its tables can also run code as anybody who reads it (by an index or a rule), and who may create
triggers, as anybody who writes it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.fact_queries import stranger_condition
from diffapply.database.session import shared_path
from diffapply.database.transaction import neutral
from diffapply.errors import RefusedError
from diffapply.journal.structure import permitted, statement
from diffapply.model.identifier import quoted
from diffapply.model.world import PLAIN, World

_ALL = "ALL TABLES IN SCHEMA diffapply"


@dataclass(frozen=True, slots=True)
class Hand:
    """What a role other than superusers and the connecting role has to do with the journal.

    Attributes:
        role: None: everybody.
        right: such as ``UPDATE``; empty: it is the owner.
        what: as GRANT says it, such as ``diffapply.step`` or ``SCHEMA diffapply``.
    """

    role: str | None
    right: str
    what: str

    @property
    def told(self) -> str:
        """For people, as a clause."""
        who = "Everybody" if self.role is None else f"Another role, {self.role!r},"
        what = self.what.replace("SCHEMA", "schema").replace("SEQUENCE ", "")
        return f"{who} has {self.right} on {what}" if self.right else f"{who} owns {what}"


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

    owners: Sequence[Hand] = ()
    trigger_creators: Sequence[Hand] = ()
    writers: Sequence[Hand] = ()
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


def _refuse(hands: Sequence[Hand], reason: str) -> None:
    if hands:
        raise RefusedError(
            f"{hands[0].told}, in the journal: {reason} with all your rights.",
            f"{_remedy(hands)}, or give --trust-tenants. See `diffapply docs role`.",
        )


def _remedy(hands: Sequence[Hand]) -> str:
    """How the first of these roles has no hand in the journal any more, as a clause."""
    first, *_ = hands
    own = [its for its in hands if its.role == first.role]
    if any(not its.right and its.what.startswith("SCHEMA") for its in own):
        return "Connect as the role that owns the journal"
    if not first.right:
        return f"Let the owner of the schema diffapply own {first.what}, too"
    role = "PUBLIC" if first.role is None else quoted(first.role)
    taken = [f"REVOKE {rights} ON {what} FROM {role}" for what, rights in _rights(own).items()]
    return f"Take that away: {'; '.join(taken)}"


def _rights(hands: Iterable[Hand]) -> dict[str, str]:
    """What → the rights on it; several tables are all, so that the statement stays short."""
    tables = {its.what for its in hands if " " not in its.what}
    of: dict[str, set[str]] = {}
    for hand in hands:
        several = hand.what in tables and len(tables) > 1
        of.setdefault(_ALL if several else hand.what, set()).add(hand.right)
    return {what: ", ".join(sorted(rights)) for what, rights in of.items()}


def other_roles(connection: Connection) -> OtherRoles:
    """The roles that can misuse the journal; none if there is no journal."""
    with neutral(connection, read_only=True) as cursor:
        query = statement("others").replace("{stranger}", stranger_condition())
        cursor.execute(query)
        rows = cursor.fetchall()
    owners, trigger_creators, writers = (
        tuple(Hand(role, right, what) for role, how, right, what in rows if 0 < how <= level)
        for level in (1, 2, 3)
    )
    return OtherRoles(owners, trigger_creators, writers, there=any(how == 0 for _, how, *_ in rows))


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
