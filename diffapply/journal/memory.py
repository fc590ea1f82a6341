"""The caches in the journal: what tenants were found to be, and proofs of transitions.

Everything works without them. An entry is only used if all that it depends on, its key, is the
same.
"""

from collections.abc import Mapping
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import execute_values

from diffapply.database.transaction import neutral
from diffapply.journal.structure import readable_version, statement
from diffapply.model.memory import Look

_SINCE = 2
"""The first version of the journal that has this."""

_KEPT_DAYS = 90
_NEWEST = 16
"""What a desired state was built to for tenants and a few templates, now and before some change."""


def has_caches(connection: Connection) -> bool:
    """Whether there is a journal with caches, and the role may read it. Raises `JournalError`."""
    return readable_version(connection) >= _SINCE


def may_remember(connection: Connection) -> bool:
    """Whether there is a journal in which the role may write the caches."""
    if not has_caches(connection):
        return False
    with neutral(connection) as cursor:  # read-only only if that is the role's default
        cursor.execute(statement("may_remember"))
        [(may,)] = cursor.fetchall()
    return bool(may)


def load_looks(connection: Connection) -> dict[str, Look]:
    """Tenant → what it was found to be."""
    rows = _rows(connection, "select tenant, token, fingerprint from diffapply.look")
    return {tenant: Look(*look) for tenant, *look in rows}


def remember_looks(connection: Connection, looks: Mapping[str, Look]) -> None:
    """Store what tenants were found to be, and delete tenants that no longer exist."""
    rows = sorted((tenant, *look) for tenant, look in looks.items())
    with neutral(connection) as cursor:
        cursor.execute(
            "delete from diffapply.look where tenant not in (select nspname from pg_namespace)"
        )
        execute_values(cursor, statement("remember_look"), rows, page_size=1000)


def find_proof(connection: Connection, key: str) -> str | None:
    """The stored proof with this key, if there is one."""
    rows = _rows(connection, "select proof from diffapply.proof where key = %s", key)
    return next((str(proof) for (proof,) in rows), None)


def find_proofs(connection: Connection, beginning: str) -> dict[str, str]:
    """The newest stored proofs whose keys begin so, a few at most."""
    query = (
        "select key, proof from diffapply.proof where key ^@ %s order by made_at desc, key limit %s"
    )
    return dict(_rows(connection, query, beginning, _NEWEST))


def _rows(connection: Connection, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of a cache; none if somebody has taken the journal away meanwhile."""
    try:
        with neutral(connection, read_only=True) as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()
    except (
        psycopg2.errors.UndefinedTable,
        psycopg2.errors.InvalidSchemaName,
        psycopg2.errors.InsufficientPrivilege,
    ):
        return []


def remember_proofs(connection: Connection, proofs: Mapping[str, str]) -> None:
    """Store proofs, and delete old ones."""
    with neutral(connection) as cursor:
        cursor.execute(
            "delete from diffapply.proof where made_at < now() - make_interval(days => %s)",
            [_KEPT_DAYS],
        )
        execute_values(
            cursor,
            "insert into diffapply.proof (key, proof) values %s on conflict do nothing",
            sorted(proofs.items()),
        )
