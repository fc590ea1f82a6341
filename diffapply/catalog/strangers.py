"""Finds out whose code runs when a tenant's structure is changed.

A rewrite evaluates checks, defaults and generated columns; an index its expressions; a statement
fires triggers and rules. All of it has the rights of the role that changes the tenant. A superuser
has all rights, so other people's code must be reported.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.catalog.fact_queries import stranger_condition
from diffapply.catalog.prepared import PREPARED, Prepared
from diffapply.database.reading import read, rows
from diffapply.queries import query

_QUERY = query("catalog", "strangers").replace("{condition}", stranger_condition())

_CREATABLE = query("catalog", "creatable").replace("{stranger}", stranger_condition())

# For few schemas: from each schema to its members, and to their owners.
_OF_SCHEMAS = """member as materialized (
    select d.refobjid as schema, d.classid, d.objid, o.refobjid as role
    from place s
    join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid
        and d.deptype = 'n'
    join pg_shdepend o
        on o.dbid = (select b.oid from pg_database b where b.datname = current_database())
        and o.classid = d.classid and o.objid = d.objid and o.deptype = 'o'
)"""

# For many schemas: from the owners that are no superusers to their objects, and to the schemas.
_OF_OWNERS = """member as materialized (
    select d.refobjid as schema, o.classid, o.objid, o.refobjid as role
    from stranger r
    join pg_shdepend o on o.refclassid = 'pg_authid'::regclass and o.refobjid = r.oid
        and o.dbid = (select b.oid from pg_database b where b.datname = current_database())
        and o.deptype = 'o'
    join pg_depend d on d.classid = o.classid and d.objid = o.objid
        and d.refclassid = 'pg_namespace'::regclass and d.deptype = 'n'
)"""
_MANY = 50
"""From so many schemas on, it is faster to begin with the owners."""

_FEW, _ALL = (
    Prepared(_QUERY.replace("{member}", member), ("name[]", "name[]"))
    for member in (_OF_SCHEMAS, _OF_OWNERS)
)

_SUPERUSER = query("catalog", "superuser")


@dataclass(frozen=True, slots=True)
class Strange:
    """Something that belongs to a stranger.

    Attributes:
        role: the stranger.
        object: the object, such as ``function user_1.f()``.
    """

    role: str
    object: str

    def __str__(self) -> str:
        """A clause for people."""
        return f"{self.object}, which belongs to {self.role!r}"


def would_run(strange: Sequence[Strange]) -> str:
    """What changing a tenant would do, after the words for what changes it."""
    return f"would run code of others with all rights of a superuser: {strange[0]}"


def is_superuser(connection: Connection) -> bool:
    """Whether code here has all rights, also after SET ROLE, which code can reset."""
    [(superuser,)] = rows(connection, _SUPERUSER)
    return bool(superuser)


def creatable(
    connection: Connection, tenants: Sequence[str], shared: Iterable[str]
) -> frozenset[str]:
    """The schemas in which strangers may create objects.

    Args:
        tenants: schemas that will be changed; their owners are trusted.
        shared: schemas that they refer to.
    """
    named = {"schemas": [*tenants, *shared], "tenants": list(tenants)}
    return frozenset(name for (name,) in rows(connection, _CREATABLE, named))


def strangers_in(
    connection: Connection, tenants: Sequence[str], shared: Iterable[str]
) -> Mapping[str, Sequence[Strange]]:
    """Tenant → strangers' code that would run in it; tenants without any are left out.

    Args:
        connection: if it has an open transaction, the search path becomes neutral.
        tenants: schemas that will be changed.
        shared: schemas that they refer to, directly or through others.
    """
    query = _FEW if len(tenants) < _MANY else _ALL
    others = sorted({*shared} - {*tenants})

    def ask(cursor: Cursor) -> list[tuple[str, str, bool, str | None]]:
        cursor.execute(f"select {PREPARED}")
        [(process, prepared)] = cursor.fetchall()
        cursor.execute(query.execution(connection, process, prepared, tenants, others))
        return cursor.fetchall()

    told = read(connection, ask, tenants)
    owners = {schema: role for schema, role, _, thing in told if thing is None}
    of_all = [Strange(role, thing) for _, role, is_tenant, thing in told if thing and not is_tenant]
    found: dict[str, list[Strange]] = defaultdict(list)
    for schema, role, is_tenant, thing in told:
        if thing and is_tenant:
            found[schema].append(Strange(role, thing))
    if of_all:
        for tenant in tenants:
            if more := [its for its in of_all if its.role != owners.get(tenant)]:
                found[tenant] += more
    return found
