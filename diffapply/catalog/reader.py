"""Reads facts and fingerprints of many schemas with one set-based query.

The query starts from the given schemas and uses indexes. It sets the search path to each schema
while its definitions are written, so that they do not name the tenant; in texts, a stand-in
replaces the name. It creates nothing, and changes the search path only within its transaction.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.catalog.fact_queries import (
    facts_query,
    members_query,
    needed,
    strangers_query,
)
from diffapply.catalog.naming import replaced
from diffapply.catalog.prepared import PREPARED, Prepared
from diffapply.database.blockers import find_blockers
from diffapply.database.session import NORMAL_SETTINGS
from diffapply.database.transaction import NEUTRAL_PATH, beginning, in_transaction
from diffapply.ddl import KINDS
from diffapply.errors import DatabaseError, PermissionDeniedError
from diffapply.model.catalog import Catalog, Fact, fingerprint
from diffapply.model.own_name import Naming
from diffapply.progress import Progress, silent

BATCH = 50
"""Schemas in one query. pg_get_viewdef locks every relation of a view until the end of the
transaction, and a default server has room for some 6,400 locks."""

_TRIES = 5
_PAUSE = 0.5
"""Seconds to wait after a try that met a lock."""

_MOVED = (psycopg2.errors.InternalError_, psycopg2.errors.UndefinedObject)
"""Errors if an object is dropped after the snapshot and before its definition is written."""

_NO_LOCK = (
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.QueryCanceled,
)

# The search path is reset after all definitions, before PostgreSQL returns the rows: with a changed
# path, PostgreSQL would plan the prepared query again each time. With OFFSET 0, digests are sorted
# instead of definitions.
_FINGERPRINTS = """
select f.schema, encode(sha256(string_agg(f.digest, ''::bytea order by f.digest)), 'hex')
from (
    select f.schema, sha256(convert_to(
        f.kind || ' ' || length(convert_to(f.name, 'UTF8'), 'UTF8') || ':' || f.name
        || {definition}, 'UTF8'
    )) as digest
    from (
{facts}
    ) f
    offset 0
) f
group by f.schema
having set_config('search_path', 'pg_catalog, pg_temp', true) <> ''
"""

_FACTS = """
select f.*
from (
    select f.schema, f.kind, f.name, f.owner, {definition} as definition, f.position
    from (
{facts}
    ) f
    order by f.schema
    offset 0
) f
where set_config('search_path', 'pg_catalog, pg_temp', true) <> ''
"""

# In one statement with the facts, so that the owners of all facts are known.
_FACTS_AND_STRANGERS = _FACTS.replace(
    "{facts}", f"{{facts}}\nunion all\nselect s.* from (\n{strangers_query()}\n) s"
)

# For such a wide query, poor estimates would make the planner use JIT, or hash whole catalogs.
_SETTINGS = (
    NORMAL_SETTINGS
    + """
set local plan_cache_mode = force_generic_plan;
set local jit = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
set local max_parallel_workers_per_gather = 0;
"""
)

_SCHEMAS = f"""
select n.oid, n.nspname, has_schema_privilege(n.oid, 'usage'), {PREPARED},
    array(
        select distinct coalesce(c.relkind::text, d.classid::regclass::text)
        from pg_depend d
        left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
        where d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid and d.deptype = 'n'
        union all
        -- A cast has no schema: that the database has some of its own must do.
        select 'pg_cast' where exists (select from pg_cast where oid >= 16384)
        union all
        select 'pg_default_acl'
        where exists (select from pg_default_acl a where a.defaclnamespace = n.oid)
    )
from pg_namespace n
where n.nspname = any (%(schemas)s)
"""

_USUAL = frozenset({"v", "m", "pg_type", "pg_proc", "pg_cast"})
"""What many schemas have beside tables."""


def _planned_for(present: frozenset[str]) -> frozenset[str]:
    """Of few sets, the smallest that contains this one: the fewer queries are to be planned."""
    sets = (frozenset[str](), _USUAL, needed())
    return next(its for its in sets if present <= its)


@cache
def _query_over_facts(
    final: str, present: frozenset[str], naming: Naming = Naming.OWN, *, privileges: bool
) -> Prepared:
    kinds = "\nunion all\n".join(
        query
        for kind in KINDS.values()
        if (privileges or not kind.is_right) and (query := facts_query(kind, present, naming))
    )
    whole = final.format(facts=kinds, definition=replaced(naming))
    return Prepared(f"with {members_query(naming)}\n{whole}")


def facts_version(*, privileges: bool) -> str:
    """A digest of the query. If it differs, fingerprints cannot be compared."""
    return _query_over_facts(_FINGERPRINTS, needed(), privileges=privileges).name


def read_fingerprints(
    connection: Connection,
    schemas: Sequence[str],
    progress: Progress = silent,
    *,
    privileges: bool = False,
) -> dict[str, str]:
    """Tenant → fingerprint, for those of `schemas` that exist.

    Args:
        connection: in autocommit mode, each batch has its own transaction. In an open transaction,
            everything is read in that, and its search path changes.
        privileges: whether owners and grants count.

    Raises:
        PermissionDeniedError: the role may not use one of the schemas.
        DatabaseError: other sessions keep changing the catalogs while they are read, or keep them
            locked.
    """
    query_for = partial(_query_over_facts, _FINGERPRINTS, privileges=privileges)
    found: dict[str, str] = {}
    done = 0
    for batch in _batches(schemas):
        names, rows = _read(connection, query_for, batch)
        found |= dict.fromkeys(names.values(), fingerprint(()))
        found |= {names[schema]: digest for schema, digest in rows}
        done += len(batch)
        progress("fingerprint", done, len(schemas))
    return found


def read_catalog(
    connection: Connection,
    schema: str,
    naming: Naming = Naming.AS_IT_IS,
    *,
    privileges: bool = False,
    strangers: bool = False,
) -> Catalog:
    """All facts of one schema; none if it does not exist. See `read_catalogs`."""
    found = read_catalogs(connection, [schema], naming, privileges=privileges, strangers=strangers)
    return found[schema]


def read_catalogs(
    connection: Connection,
    schemas: Sequence[str],
    naming: Naming = Naming.AS_IT_IS,
    *,
    privileges: bool = False,
    strangers: bool = False,
) -> dict[str, Catalog]:
    """Schema name → all its facts. Raises as `read_fingerprints`.

    Args:
        naming: how the schema's own name is treated; a tenant's must be replaced.
        privileges: also read owners and grants.
        strangers: also read which strangers own members.
    """
    facts: dict[str, list[Fact]] = {schema: [] for schema in schemas}
    others: dict[str, set[str]] = {schema: set() for schema in schemas}
    final = _FACTS_AND_STRANGERS if strangers else _FACTS

    def query_for(present: frozenset[str]) -> Prepared:
        return _query_over_facts(final, present, naming, privileges=privileges)

    for batch in _batches(schemas):
        names, rows = _read(connection, query_for, batch)
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


_Query = Callable[[frozenset[str]], Prepared]
_Found = tuple[dict[int, str], list[tuple[Any, ...]]]
"""Oid → name of the schemas that exist, and the rows of the query."""


def _read(connection: Connection, query_for: _Query, schemas: list[str]) -> _Found:
    """Run the query for what is present, in the caller's transaction or in a new one.

    In a new one, it is tried again if an object was dropped or locked meanwhile.
    """
    if in_transaction(connection):
        try:
            return _read_once(connection, query_for, schemas, NEUTRAL_PATH)
        except _MOVED as error:
            raise _moved(error) from error
    for tries in range(1, _TRIES + 1):
        last = tries == _TRIES
        with connection.cursor() as cursor:
            try:
                found = _read_once(connection, query_for, schemas, beginning(read_only=True))
                cursor.execute("commit")
            except _MOVED as error:
                cursor.execute("rollback")
                if last:
                    raise _moved(error) from error
            except _NO_LOCK as error:
                _let_pass(connection, error, schemas, last=last)
            except BaseException:
                if not connection.closed:
                    cursor.execute("rollback")
                raise
            else:
                return found
    raise AssertionError("unreachable")


def _read_once(connection: Connection, query_for: _Query, schemas: list[str], first: str) -> _Found:
    """Run it once, after statements that make the search path neutral."""
    with connection.cursor() as cursor:
        asking = cursor.mogrify(_SETTINGS + _SCHEMAS, {"schemas": schemas})
        cursor.execute(first.encode() + asking)
        found = cursor.fetchall()
        _require_usage(found)
        names = {oid: name for oid, name, *_ in found}
        if not found:
            return names, []
        *_, process, prepared, _ = found[0]
        present = {word for *_, words in found for word in words}
        if present <= {"pg_cast"}:  # nothing that could have a fact
            return names, []
        query = query_for(_planned_for(needed() & present))
        cursor.execute(query.execution(connection, process, prepared, list(names)))
        return names, cursor.fetchall()


def _moved(error: psycopg2.Error) -> DatabaseError:
    return DatabaseError(
        "The catalogs change while they are read: " + str(error).strip().splitlines()[0],
        "Try again when no other session is changing the tenants.",
        outcome="",
    )


def _let_pass(
    connection: Connection, error: psycopg2.Error, schemas: Sequence[str], *, last: bool
) -> None:
    """Wait a little for the session that holds the lock.

    Raises:
        DatabaseError: it was the last try, or it took too long; names that session.
    """
    blockers = find_blockers(connection, schemas)
    if last or isinstance(error, psycopg2.errors.QueryCanceled):
        reason = blockers[0] if blockers else error.diag.message_primary or error
        raise DatabaseError(
            f"The tenants cannot be read: {reason}.",
            "Try again when no other session keeps them locked.",
        ) from error
    time.sleep(_PAUSE)


def _require_usage(found: list[tuple[Any, ...]]) -> None:
    if denied := [name for _, name, usable, *_ in found if not usable]:
        raise PermissionDeniedError(
            f"The role may not use schema {denied[0]!r}"
            + (f" and {len(denied) - 1} more" if denied[1:] else "")
            + "; without USAGE its structure cannot be read as others see it.",
            "Grant USAGE on the tenants' schemas to the role.",
        )
