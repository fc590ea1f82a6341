"""Change tokens: what tells, without reading it, that a schema's structure has not been touched.

A token is a digest over the versions of all catalog rows that the facts of a schema are read
from, and of all that lies outside of the tenants, which their definitions may name. While it is
the same, the facts are the same; when it moves, nothing is said: the facts must be read again.
A version of a row is told by its place and the transaction that wrote it: both move when it is
written, neither with the tenants' data, with ANALYZE or with VACUUM.

Reading the tokens of all schemas takes about a tenth of the time that reading their facts takes.
A token must be read before the facts that it is to stand for: then a change in between makes it
stale, and does not hide.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from psycopg2.extensions import connection as Connection

from diffapply.catalog.prepared import PREPARED, Prepared
from diffapply.catalog.reader import facts_version
from diffapply.database.connection import Database, Server, connected
from diffapply.database.interruption import helpers
from diffapply.database.transaction import neutral
from diffapply.errors import ConnectionFailedError
from diffapply.queries import query

_PARTS = ("columns", "rest")
"""Read at the same time; each takes about half of it."""

_OUTSIDE = 0
_HALF = 16
"""Hexadecimal digits: the first half of a token stands for what is outside, the second for what
is the schema's own."""

# What all databases of the server share. Not all may see the rows; all may see the names.
_SERVER_WIDE = """
select bit_xor(hashtextextended(name, oid::bigint))
from (
    select oid, rolname::text from pg_catalog.pg_roles
    union all
    select oid, spcname::text from pg_catalog.pg_tablespace
) o (oid, name)
"""

# Whole catalogs are joined: hash them, whatever the estimates say, which are poor for unions this
# wide, and worse before the catalogs are analyzed. That takes some megabytes.
_SETTINGS = """
set local work_mem = '64MB'; set local enable_nestloop = off; set local enable_mergejoin = off;
set local jit = off; set local max_parallel_workers_per_gather = 0;
"""

# A few schemas are read through indexes, by a query that is planned once a connection.
_OWN_SETTINGS = """
set local search_path = pg_catalog, pg_temp; set local plan_cache_mode = force_generic_plan;
set local jit = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
set local enable_seqscan = off; set local max_parallel_workers_per_gather = 0;
"""

_OWN_SCHEMAS = f"""
select oid, nspname, {PREPARED}
from pg_namespace where nspname = any (%(schemas)s)
"""

_Digests = Mapping[int, int]
"""Schema oid → digest."""


def read_tokens(
    database: Database,
    schemas: Sequence[str],
    *,
    inside: Iterable[str] = (),
    privileges: bool = False,
    jobs: int = 2,
) -> dict[str, str]:
    """Schema name → token, for those of `schemas` that exist.

    Args:
        database: tokens of another one never match. Its connection is in no transaction.
        schemas: whose tokens are wanted.
        inside: further tenants; what happens in them does not move the tokens of others.
        privileges: whether the facts that the tokens are to stand for include owners and grants.
        jobs: how many connections at most; with one alone it takes twice as long.
    """
    connection = database.connection
    oids = _oids(connection, [*schemas, *inside])
    url = database.url if jobs > 1 else None
    first, second = _read_parts(connection, url, sorted(oids.values()))
    outside = _half(_server_wide_names(connection), first.get(_OUTSIDE), second.get(_OUTSIDE))
    rules = _rules(database.server, privileges=privileges)
    return {
        name: outside + _half(rules, name, oid, first.get(oid), second.get(oid))
        for name in schemas
        if (oid := oids.get(name)) is not None
    }


def are_untouched(
    connection: Connection, server: Server, tokens: Mapping[str, str], *, privileges: bool = False
) -> bool:
    """Whether nobody has touched what is some schemas' own since their tokens were read.

    It takes a third to a half of the time in which their fingerprints are read. What their
    definitions name outside of them may have changed all the same: a type's name, say.

    Args:
        connection: inside a transaction; its search path and settings are not what they were
            afterwards.
        server: what the connection leads to.
        tokens: schema name → token; of a few.
        privileges: as for `read_tokens`.
    """
    now = _read_own_halves(connection, server, list(tokens), privileges=privileges)
    return all(now.get(name) == token[_HALF:] for name, token in tokens.items())


def _read_own_halves(
    connection: Connection, server: Server, schemas: Sequence[str], *, privileges: bool
) -> dict[str, str]:
    query = _own_query()
    rules = _rules(server, privileges=privileges)
    with connection.cursor() as cursor:
        cursor.execute(_OWN_SETTINGS + _OWN_SCHEMAS, {"schemas": schemas})
        found = cursor.fetchall()
        if not found:
            return {}
        oids = {oid: name for oid, name, *_ in found}
        *_, process, prepared = found[0]
        cursor.execute(query.execution(connection, process, prepared, list(oids)))
        return {
            oids[oid]: _half(rules, oids[oid], oid, columns, rest)
            for oid, columns, rest in cursor.fetchall()
        }


def _half(*what: object) -> str:
    return hashlib.sha256(" ".join(map(str, what)).encode()).hexdigest()[:_HALF]


def _rules(server: Server, *, privileges: bool) -> str:
    return f"{server.identity} {server.version} {facts_version(privileges=privileges)}"


def _oids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            "select nspname, oid from pg_namespace where nspname = any (%s)", [list(names)]
        )
        return dict(cursor.fetchall())


def _server_wide_names(connection: Connection) -> int:
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_SERVER_WIDE)
        [(digest,)] = cursor.fetchall()
    return int(digest)


def _read_parts(
    connection: Connection, url: str | None, oids: Sequence[int]
) -> tuple[_Digests, _Digests]:
    first, second = _PARTS
    if url is None:
        return _read_part(connection, first, oids), _read_part(connection, second, oids)
    with helpers(1) as pool:
        elsewhere = pool.submit(_read_on_a_connection_of_its_own, url, first, oids)
        here = _read_part(connection, second, oids)
        there = elsewhere.result()
    return _read_part(connection, first, oids) if there is None else there, here


def _read_on_a_connection_of_its_own(url: str, part: str, oids: Sequence[int]) -> _Digests | None:
    try:
        with connected(url) as another:
            return _read_part(another, part, oids)
    except ConnectionFailedError:
        return None


def _read_part(connection: Connection, part: str, oids: Sequence[int]) -> _Digests:
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_SETTINGS)
        cursor.execute(_query(part), {"schemas": list(oids)})
        return dict(cursor.fetchall())


@cache
def _query(part: str) -> str:
    text = _assembled("whole", version=_text(part))
    return text.replace("%", "%%").replace("$1", "%(schemas)s")


@cache
def _own_query() -> Prepared:
    return Prepared(_assembled("own", **{part: _text(part) for part in _PARTS}))


def _assembled(name: str, **parts: str) -> str:
    return _text(name).format(now=_text("_now"), digest=_text("_digest"), **parts)


def _text(name: str) -> str:
    return query("tenants/token_sql", name).rstrip()
