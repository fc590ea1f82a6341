"""Change tokens: cheap digests that show that nobody has changed a schema's structure.

A token is a digest of the versions of all catalog rows that a schema's facts are read from, and of
everything outside the tenants that definitions may name. If the token is the same, the facts are
the same. If the token has changed, the facts may have changed, and must be read again. The version
of a row is its position and the transaction that wrote it. Writing the row changes both; tenants'
data, ANALYZE and VACUUM change neither.

Reading all tokens takes about a tenth of the time of reading all facts. Read the token before the
facts: then a change in between makes the token outdated, instead of going unnoticed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.catalog.prepared import PREPARED, Prepared
from diffapply.catalog.whole_queries import facts_version
from diffapply.database.connection import Database, Server, connected
from diffapply.database.pool import share
from diffapply.database.reading import read, rows
from diffapply.model.memory import JOURNAL_SCHEMA
from diffapply.model.scope import STRUCTURE, Counting
from diffapply.queries import query

_PARTS = ("columns", "rest")
"""The two parts, read at the same time; each takes about half of the time."""

_OUTSIDE = 0
_HALF = 16
"""Hexadecimal digits. The first half of a token is about what is outside the tenants, the second
half about the schema itself."""

_SERVER_WIDE = query("tenants/token_sql", "server_wide")
_SETTINGS = query("tenants/token_sql", "settings")
_OWN_SETTINGS = query("tenants/token_sql", "own_settings")
_OWN_SCHEMAS = query("tenants/token_sql", "own_schemas").format(prepared=PREPARED)

_Digests = Mapping[int, int]
"""Schema oid → digest."""


def read_tokens(
    database: Database,
    schemas: Sequence[str],
    counting: Counting = STRUCTURE,
    *,
    inside: Iterable[str] = (),
    jobs: int = 2,
) -> dict[str, str]:
    """Schema name → token, for those of `schemas` that exist.

    Args:
        database: tokens of different databases never match. Its connection is in no transaction.
        schemas: the schemas whose tokens are wanted.
        counting: which facts count; a token moves with that as well.
        inside: further tenants; changes in them do not change the tokens of others. Likewise the
            journal, which the first run makes after its tokens are read.
        jobs: largest number of connections; with only one it takes twice as long.
    """
    connection = database.connection
    oids = _oids(connection, [*schemas, *inside, JOURNAL_SCHEMA])
    first, second = share(
        _PARTS,
        partial(_read_part, oids=sorted(oids.values())),
        connection,
        [partial(connected, database.url)] if jobs > 1 else [],
    )
    outside = _half(server_wide_names(connection), first.get(_OUTSIDE), second.get(_OUTSIDE))
    rules = _rules(database.server, counting)
    return {
        name: outside + _half(rules, name, oid, first.get(oid), second.get(oid))
        for name in schemas
        if (oid := oids.get(name)) is not None
    }


@dataclass(frozen=True, slots=True)
class OwnTokens:
    """Reads the tokens of a few schemas again and again, in one transaction.

    What is outside, such as the name of a type, is not looked at. If it has changed, what is read
    are tokens that the schemas do not have, and never will.

    A look is one round trip, and takes a tenth to a fifth of the time of reading fingerprints.

    Attributes:
        connection: inside a transaction; a look changes its search path and settings.
        rules: what the facts are read by.
        known: schema name → token as it was.
        oids: oid → name of the schemas that exist.
        process: the server process of the transaction.
        prepared: our prepared statements there.
    """

    connection: Connection
    rules: str
    known: Mapping[str, str]
    oids: Mapping[int, str]
    process: int
    prepared: list[str]

    def now(self) -> dict[str, str]:
        """Schema name → token now."""
        query = _own_query()
        with self.connection.cursor() as cursor:
            text = query.execution(self.connection, self.process, self.prepared, list(self.oids))
            cursor.execute(_OWN_SETTINGS + text)
            rows = cursor.fetchall()
        self.prepared.append(query.name)
        return {
            (name := self.oids[oid]): self.known[name][:_HALF] + _half(self.rules, name, oid, *own)
            for oid, *own in rows
        }


def own_tokens(
    connection: Connection,
    server: Server,
    known: Mapping[str, str],
    counting: Counting = STRUCTURE,
) -> OwnTokens:
    """Ask what is needed to read the tokens of these schemas; see `OwnTokens`.

    Args:
        connection: inside a transaction; its search path and settings change.
        server: the server of the connection.
        known: schema name → token, for a few schemas.
        counting: as for `read_tokens`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWN_SETTINGS + _OWN_SCHEMAS, {"schemas": [*known]})
        found = cursor.fetchall()
    rules = _rules(server, counting)
    process, prepared = found[0][2:] if found else (0, [])
    oids = {oid: name for oid, name, *_ in found}
    return OwnTokens(connection, rules, known, oids, process, [*prepared])


def _half(*what: object) -> str:
    return hashlib.sha256(" ".join(map(str, what)).encode()).hexdigest()[:_HALF]


def _rules(server: Server, counting: Counting) -> str:
    return f"{server.identity} {server.version} {facts_version(counting)}"


def _oids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    query = "select nspname, oid from pg_namespace where nspname = any (%s)"
    return dict(rows(connection, query, [list(names)]))


def server_wide_names(connection: Connection) -> int:
    """A digest of the names of roles and tablespaces, which all databases share."""
    [(digest,)] = rows(connection, _SERVER_WIDE)
    return int(digest)


def _read_part(connection: Connection, part: str, oids: Sequence[int]) -> _Digests:
    def ask(cursor: Cursor) -> _Digests:
        cursor.execute(_SETTINGS)
        cursor.execute(_query(part), {"schemas": list(oids)})
        return dict(cursor.fetchall())

    return read(connection, ask)


@cache
def _query(part: str) -> str:
    text = _assembled("whole", version=_text(part))
    return text.replace("%", "%%").replace("$1", "%(schemas)s")


@cache
def _own_query() -> Prepared:
    return Prepared(_assembled("own"))


def own_query_text() -> str:
    """The query for the two digests of each of the schemas $1; see `own.sql`."""
    return _own_query().text


def _assembled(name: str, **parts: str) -> str:
    return _text(name).format(now=_text("_now"), digest=_text("_digest"), **parts)


def _text(name: str) -> str:
    return query("tenants/token_sql", name).rstrip()
