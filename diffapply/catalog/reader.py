"""Reads facts and fingerprints of many schemas with one set-based query.

The query starts from the given schemas and uses indexes. It creates nothing, and changes the search
path only within its transaction.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from psycopg2.extensions import connection as Connection

from diffapply.catalog.batch import read_batch
from diffapply.catalog.whole_queries import catalogs_query, fingerprints_query
from diffapply.model.catalog import Catalog, Fact, fingerprint
from diffapply.model.own_name import Naming
from diffapply.model.scope import STRUCTURE, Counting
from diffapply.progress import Progress, silent

BATCH = 50
"""Schemas in one query. pg_get_viewdef locks every relation of a view until the end of the
transaction, and a default server has room for some 6,400 locks."""


def read_fingerprints(
    connection: Connection,
    schemas: Sequence[str],
    counting: Counting = STRUCTURE,
    progress: Progress = silent,
) -> dict[str, str]:
    """Tenant → fingerprint, for those of `schemas` that exist.

    Args:
        connection: in autocommit mode, each batch has its own transaction. In an open transaction,
            everything is read in that, and its search path changes.
        counting: which facts count.

    Raises:
        PermissionDeniedError: the role may not use one of the schemas.
        TenantsLockedError: other sessions keep some of them locked.
        DatabaseError: other sessions keep changing the catalogs while they are read, or keep locked
            what these refer to.
    """
    query_for = partial(fingerprints_query, counting=counting)
    found: dict[str, str] = {}
    done = 0
    for batch in _batches(schemas):
        names, rows = read_batch(connection, query_for, batch)
        found |= dict.fromkeys(names.values(), fingerprint(()))
        found |= {names[schema]: digest for schema, digest in rows}
        done += len(batch)
        progress("fingerprint", done, len(schemas))
    return found


def read_catalog(
    connection: Connection,
    schema: str,
    naming: Naming = Naming.AS_IT_IS,
    counting: Counting = STRUCTURE,
    *,
    strangers: bool = False,
) -> Catalog:
    """All facts of one schema; none if it does not exist. See `read_catalogs`."""
    return read_catalogs(connection, [schema], naming, counting, strangers=strangers)[schema]


def read_catalogs(
    connection: Connection,
    schemas: Sequence[str],
    naming: Naming = Naming.AS_IT_IS,
    counting: Counting = STRUCTURE,
    *,
    strangers: bool = False,
) -> dict[str, Catalog]:
    """Schema name → all its facts. Raises as `read_fingerprints`.

    Args:
        naming: how the schema's own name is treated; a tenant's must be replaced.
        counting: which facts are read.
        strangers: also read which strangers own members.
    """
    facts: dict[str, list[Fact]] = {schema: [] for schema in schemas}
    others: dict[str, set[str]] = {schema: set() for schema in schemas}
    query_for = partial(catalogs_query, naming=naming, counting=counting, strangers=strangers)
    for batch in _batches(schemas):
        names, rows = read_batch(connection, query_for, batch)
        for schema, kind, name, *rest in rows:
            if kind == "stranger":
                others[names[schema]].add(name)
            else:
                facts[names[schema]].append(Fact(kind, name, *rest))
    return {schema: Catalog.of(its, others[schema]) for schema, its in facts.items()}


def _batches(schemas: Sequence[str]) -> Iterator[list[str]]:
    remaining = iter(schemas)
    while batch := list(islice(remaining, BATCH)):
        yield batch
