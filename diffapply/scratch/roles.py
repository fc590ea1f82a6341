"""Roles that structures name, such as those of policies, where scratch is on the embedded server.

There, they are made without any right, not even to log in, and dropped with the last scratch
database. A role is only a name to what is built; but PostgreSQL refuses one that is not there.
"""

import re
from collections.abc import Collection, Iterable, Iterator

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.database.transaction import neutral
from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog
from diffapply.queries import query
from diffapply.scratch.throwaway import PREFIX, is_throwaway
from diffapply.values.grammar import IDENTIFIER, bare

MYSELF = frozenset({"current_role", "current_user", "session_user"})
"""What SQL calls the role that runs it."""

_MARK = "made by diffapply, for its scratch databases"

_EXISTING = "select rolname from pg_roles where rolname = any (%s) and rolname !~ '^pg_'"
_MISSING = query("scratch", "missing_roles")
_UNUSED = query("scratch", "unused_roles")
_ALONE = "select pg_advisory_xact_lock(hashtext('diffapply roles'))"
"""Nobody else makes or drops such roles until the transaction ends."""


def named_roles(
    live: Connection, catalogs: Iterable[Catalog], names: Iterable[str]
) -> frozenset[str]:
    """The roles of the live database that structures name.

    Args:
        names: what the desired state names.
    """
    said = {*names}.union(*map(_words, catalogs))
    wanted = sorted(said | {name.lower() for name in said})
    found = (name for (name,) in rows(live, _EXISTING, [wanted])) if wanted else ()
    return frozenset(name for name in found if not is_throwaway(name))


def _words(catalog: Catalog) -> Iterator[str]:
    for fact in catalog.facts.values():
        if fact.kind == "policy" or KINDS[fact.kind].is_right:
            yield from map(bare, re.findall(IDENTIFIER, f"{fact.name} {fact.definition}"))


def missing_roles(scratch: Connection, roles: Collection[str]) -> list[str]:
    """Those of the roles that the server of scratch does not have."""
    if not roles:
        return []
    with neutral(scratch) as cursor:
        cursor.execute(_MISSING, [sorted(roles)])
        return [name for (name,) in cursor.fetchall()]


def make_roles(admin: Connection, roles: Collection[str]) -> None:
    """Make those that are missing, beside a scratch database that is there already.

    Args:
        admin: of a superuser of the embedded server.
    """
    if not roles:
        return
    with neutral(admin) as cursor:
        cursor.execute(_ALONE)
        for role in map(sql.Identifier, missing_roles(admin, roles)):
            make = sql.SQL("create role {0} nologin; comment on role {0} is {1}")
            cursor.execute(make.format(role, sql.Literal(_MARK)))


def drop_roles(admin: Connection) -> None:
    """Drop all that were made so, unless a scratch database is left, or somebody uses one."""
    with neutral(admin) as cursor:
        cursor.execute(_ALONE)
        cursor.execute(_UNUSED, [_MARK, PREFIX])
        for (role,) in cursor.fetchall():
            cursor.execute("savepoint dropping")
            try:
                cursor.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
            except psycopg2.Error:
                cursor.execute("rollback to savepoint dropping")
