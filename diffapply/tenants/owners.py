"""Whom the objects belong to that a tenant gets: whoever its schema belongs to.

PostgreSQL gives them to the role that creates them. In a tenant that has an owner of its own, that
one could not read them, and a superuser's apply would take them for a stranger's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.queries import query

_QUERY = query("tenants", "owners")


@dataclass(frozen=True, slots=True)
class TenantOwner:
    """The owner of a tenant, which is not the role that works on it.

    Attributes:
        oid: its number.
        name: as SQL writes it.
        role: the role that works on it, likewise.
        gets: whether that role may give to the owner what it creates, and change it even then.
        is_superuser: whether nobody should be made a member of the owner.
    """

    oid: int
    name: str
    role: str
    gets: bool
    is_superuser: bool


def other_owners(connection: Connection, tenants: Sequence[str]) -> Mapping[str, TenantOwner]:
    """Tenant → its owner, for those that belong to another role than this one."""
    if not tenants:
        return {}
    found = rows(connection, _QUERY, {"schemas": list(tenants)}, tenants)
    return {name: TenantOwner(*its) for name, *its in found}
