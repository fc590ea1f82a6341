"""What tenants refer to outside themselves, built in scratch: extensions and shared schemas."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib.resources import files

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.model import Catalog
from diffapply.catalog.reader import read_catalogs
from diffapply.database.session import enter_schema
from diffapply.database.transaction import neutral
from diffapply.planning.defaults import give_likewise, read_given
from diffapply.planning.proposal_rewrite import as_stored
from diffapply.planning.scratch_seat import Place, Seat
from diffapply.planning.supplement import propose

_REFERENCES = (files("diffapply.planning") / "references.sql").read_text(encoding="utf-8")

_EXTENSIONS = """
select e.extname, n.nspname, e.extversion
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'
order by e.oid
"""


# Foreign tables name a server. It is made without its options, which may hold secrets.
_FOREIGN_SERVERS = """
select format('create foreign data wrapper %I', w.fdwname)
from pg_foreign_data_wrapper w
union all
select format('create server %I %s %s foreign data wrapper %I', s.srvname,
    'type ' || quote_literal(s.srvtype), 'version ' || quote_literal(s.srvversion), w.fdwname)
from pg_foreign_server s
join pg_foreign_data_wrapper w on w.oid = s.srvfdw
"""


def shared_schemas(live: Connection, schemas: Iterable[str], named: Iterable[str]) -> list[str]:
    """Names of the schemas that these ones refer to, directly or through others.

    Args:
        schemas: one live schema of each shape, and the templates.
        named: names that the desired state mentions; those that are no schema are passed over.
    """
    own = set(schemas)
    with neutral(live, read_only=True) as cursor:
        cursor.execute(
            "select nspname from pg_namespace where nspname = any (%s)",
            [sorted({*named, "public"})],
        )
        found = {name for (name,) in cursor.fetchall()} - {"pg_catalog", "information_schema"}
        new = own | found
        while new:
            cursor.execute(_REFERENCES, {"schemas": sorted(new)})
            new = {name for (name,) in cursor.fetchall()} - own - found
            found |= new
    return sorted(found)


def build_environment(live: Connection, scratch: Connection, shared: Sequence[str]) -> str:
    """Build extensions and shared schemas in scratch, as far as they can be built.

    What cannot be built there (an extension that is not installed, say) is passed over: a
    transition that needs it is then blocked, with PostgreSQL's own words.

    Returns:
        A digest of what was to be built.
    """
    with neutral(live, read_only=True) as cursor:
        cursor.execute(_EXTENSIONS)
        extensions = cursor.fetchall()
        cursor.execute(_FOREIGN_SERVERS)
        foreign_servers = [statement for (statement,) in cursor.fetchall()]
    given = read_given(live)
    with scratch.cursor() as cursor:
        for name in dict.fromkeys([*shared, *(schema for _, schema, _ in extensions)]):
            cursor.execute(
                sql.SQL("create schema if not exists {}").format(sql.Identifier(name))
                if not name.startswith("pg_")
                else "select"
            )
        for name, schema, version in extensions:
            _create_extension(cursor, name, schema, version)
        for statement in foreign_servers:
            with suppress(psycopg2.Error):  # an extension's wrapper is there already
                cursor.execute(statement)
        give_likewise(given, scratch)
        catalogs = read_catalogs(live, shared)
        cursor.execute("begin")
        try:
            _build_all(scratch, {name: catalogs[name] for name in shared})
        except BaseException:
            cursor.execute("rollback")
            raise
        cursor.execute("commit")
    defaults = sorted((key, sorted(grants)) for key, grants in given.items())
    built = [
        extensions,
        foreign_servers,
        defaults,
        {name: catalogs[name].fingerprint for name in shared},
    ]
    return hashlib.sha256(repr(built).encode()).hexdigest()


def _create_extension(
    cursor: psycopg2.extensions.cursor, name: str, schema: str, version: str
) -> None:
    create = sql.SQL("create extension if not exists {} with schema {}").format(
        sql.Identifier(name), sql.Identifier(schema)
    )
    exactly = create + sql.SQL(" version {} cascade").format(sql.Literal(version))
    for statement in (exactly, create + sql.SQL(" cascade")):
        try:
            cursor.execute(statement)
        except psycopg2.Error:
            continue
        return


def _build_all(scratch: Connection, goals: dict[str, Catalog]) -> None:
    """Build several schemas that may refer to each other, until nothing more can be built."""
    waiting = {
        name: [
            [tuple(map(as_stored, option)) for option in proposal.options]
            for proposal in propose(Catalog.of([]), goal)
        ]
        for name, goal in goals.items()
    }
    progress = True
    while progress:
        progress = False
        for name, proposals in waiting.items():
            enter_schema(scratch, name)
            seat = Seat(scratch, Place(name))
            left = []
            for options in proposals:
                if any(seat.attempt(option) is None for option in options):
                    progress = True
                else:
                    left.append(options)
            waiting[name] = left
        progress = progress and any(waiting.values())
