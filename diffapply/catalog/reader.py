"""Reads facts and fingerprints of many schemas with one set-based query.

The query looks things up through indexes, starting from the schemas asked for, and writes every
definition with the search path set to its own schema, so that no tenant's name is in it. It
creates nothing, and changes the search path only for the length of its transaction.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.catalog.kinds import KINDS, facts_query, members_query
from diffapply.catalog.model import Catalog, Fact
from diffapply.database.session import NORMAL_SETTINGS
from diffapply.errors import DatabaseError, PermissionDeniedError
from diffapply.progress import Progress, silent

BATCH = 50
"""Schemas a query: pg_get_viewdef locks every relation of a view to the end of the transaction,
and the lock table of a default server holds some 6,400."""

_ATTEMPTS = 5

_FINGERPRINTS = """
select s.nspname, encode(sha256(coalesce(string_agg(
    convert_to(
        octet_length(convert_to(f.kind, 'UTF8')) || ':' || f.kind
        || octet_length(convert_to(f.name, 'UTF8')) || ':' || f.name
        || octet_length(convert_to(f.definition, 'UTF8')) || ':' || f.definition, 'UTF8'
    ), ''::bytea order by f.kind collate "C", f.name collate "C", f.definition collate "C"
), ''::bytea)), 'hex')
from schema s
left join fact f on f.schema = s.oid
group by s.oid, s.nspname
"""

_FACTS = """
select s.nspname, f.kind, f.name, f.owner, f.definition, f.position
from fact f
join schema s on s.oid = f.schema
"""

# The estimates of a query this wide make the planner compile it, or hash whole catalogs.
_SETTINGS = NORMAL_SETTINGS + """
set local jit = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
set local max_parallel_workers_per_gather = 0;
"""


@cache
def _query(final: str) -> str:
    kinds = "\nunion all\n".join(
        f"select k.schema, '{kind}'::text as kind, k.name, k.owner, k.definition, k.position\n"
        f"from (\n{facts_query(kind)}\n) k"
        for kind in KINDS
    )
    return f"with {members_query()}, fact as (\n{kinds}\n)\n{final}"


def read_fingerprints(
    connection: Connection, schemas: Sequence[str], progress: Progress = silent
) -> dict[str, str]:
    """Schema name → fingerprint, for those of `schemas` that exist.

    Args:
        connection: in autocommit mode each batch is a transaction of its own; within a
            transaction everything is read in it, and the search path is changed until its end.

    Raises:
        PermissionDeniedError: the role may not use one of the schemas.
        DatabaseError: other sessions keep changing the catalogs while they are read.
    """
    found: dict[str, str] = {}
    done = 0
    for batch in _batches(schemas):
        found.update(_read(connection, _FINGERPRINTS, batch))
        done += len(batch)
        progress("fingerprint", done, len(schemas))
    return found


def read_catalog(connection: Connection, schema: str) -> Catalog:
    """All facts of one schema; none if it does not exist. Raises as `read_fingerprints`."""
    return read_catalogs(connection, [schema])[schema]


def read_catalogs(connection: Connection, schemas: Sequence[str]) -> dict[str, Catalog]:
    """Schema name → all its facts. Raises as `read_fingerprints`."""
    facts: dict[str, list[Fact]] = {schema: [] for schema in schemas}
    for batch in _batches(schemas):
        for schema, *fact in _read(connection, _FACTS, batch):
            facts[schema].append(Fact(*fact))
    return {schema: Catalog.of(its) for schema, its in facts.items()}


def _batches(schemas: Sequence[str]) -> Iterator[list[str]]:
    remaining = iter(schemas)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _read(connection: Connection, final: str, schemas: list[str]) -> list[tuple[str, ...]]:
    """Run the query; again when an object was dropped between the snapshot and its definition."""
    own_transaction = connection.autocommit and (
        connection.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_IDLE
    )
    for attempt in range(1, _ATTEMPTS + 1):
        with connection.cursor() as cursor:
            try:
                cursor.execute(
                    "select n.oid, n.nspname, has_schema_privilege(n.oid, 'usage') "
                    "from pg_namespace n where n.nspname = any (%s)",
                    [schemas],
                )
                rows = cursor.fetchall()
                if denied := [name for _, name, usable in rows if not usable]:
                    raise PermissionDeniedError(
                        f"The role may not use schema {denied[0]!r}"
                        + (f" and {len(denied) - 1} more" if denied[1:] else "")
                        + "; without USAGE its structure cannot be read as others see it.",
                        "Nothing was done. Grant USAGE on the tenants' schemas to the role.",
                    )
                begin = "begin read only;" if own_transaction else ""
                cursor.execute(
                    begin + _SETTINGS + _query(final), {"schemas": [oid for oid, *_ in rows]}
                )
                result = cursor.fetchall()
                if own_transaction:
                    cursor.execute("commit")
            except (psycopg2.errors.InternalError_, psycopg2.errors.UndefinedObject) as error:
                if not own_transaction or attempt == _ATTEMPTS:
                    raise DatabaseError(
                        "The catalogs change while they are read: "
                        + str(error).strip().splitlines()[0],
                        "Try again when no other session is changing the tenants.",
                    ) from error
                cursor.execute("rollback")
            except BaseException:
                if own_transaction and not connection.closed:
                    cursor.execute("rollback")
                raise
            else:
                return result
    raise AssertionError("unreachable")
