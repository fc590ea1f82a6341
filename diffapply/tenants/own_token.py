"""The own half of a tenant's change token, in one round trip, on an application's connection.

The query for it takes longer to plan than to run, and on a connection that is not ours nothing can
be prepared. So a function in the journal does it, whose plan PostgreSQL keeps for the session. The
function is named by what it does: an application of an older or newer diffapply has its own.

Like `diffapply.tenants.tokens.OwnTokens`, this does not tell what has changed outside.
"""

from contextlib import suppress
from functools import cache
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.foreign import connection_itself
from diffapply.database.pipeline import Pipeline
from diffapply.database.session import shared_path
from diffapply.database.transaction import neutral
from diffapply.model.world import World
from diffapply.queries import query
from diffapply.tenants.tokens import own_query_text

_SETTINGS = (
    "search_path=pg_catalog, pg_temp",
    "plan_cache_mode=force_generic_plan",
    "jit=off",
    "enable_hashjoin=off",
    "enable_mergejoin=off",
    "enable_seqscan=off",
    "max_parallel_workers_per_gather=0",
)
"""As `pg_proc.proconfig` has them."""

OwnToken = tuple[Any, ...]
"""Equal as long as nobody has changed the schema."""

_usable: "WeakKeyDictionary[object, bool]" = WeakKeyDictionary()
"""Connections on which the function was found to be what we have made."""


def create_function(connection: Connection, world: World) -> None:
    """Make sure that the journal has the function, if the role may create it there.

    Args:
        connection: in no transaction; there is a journal.
        world: the path for the database's event triggers.
    """
    name, body = _function()
    settings = "\n".join(f"set {its.replace('=', ' = ', 1)}" for its in _SETTINGS)
    text = query("tenants/token_sql", "function").format(name=name, settings=settings, body=body)
    # Whatever is in the way, such as somebody who does the same now: it costs time only.
    with suppress(psycopg2.Error), neutral(connection) as cursor:
        cursor.execute(query("tenants/token_sql", "wanted"), {"name": name})
        [(wanted,)] = cursor.fetchall()
        if wanted:
            cursor.execute(shared_path(world.behind) + sql.SQL(text))


def read_own_token(work: Pipeline, schema: str) -> OwnToken | None:
    """The schema's token; None if it does not exist, or there is no function that can be trusted.

    Nothing of the session changes.

    Args:
        work: on the application's connection, in its transaction.
    """
    name, body = _function()
    itself = connection_itself(work.connection)
    if itself not in _usable:
        usable = _filled(
            "usable",
            name=sql.Literal(name),
            body=sql.Literal(sha256(body.encode()).hexdigest()),
            settings=sql.Literal(list(_SETTINGS)),
        )
        if work.ask(usable) != [(1,)]:
            return None
        with suppress(TypeError):  # what a pool of asyncpg lends cannot be remembered
            _usable[itself] = True
    found = work.ask(_filled("call", name=sql.SQL(name), schema=sql.Literal(schema)))
    return found[0] if found else None


def _filled(text: str, **values: sql.Composable) -> sql.Composed:
    return _template(text).format(**values)


@cache
def _template(name: str) -> sql.SQL:
    return sql.SQL(query("tenants/token_sql", name))


@cache
def _function() -> tuple[str, str]:
    """The function's name and body."""
    text = own_query_text().replace("$1", "array[schema_oid]")
    body = query("tenants/token_sql", "body").format(query=text)
    whole = "\n".join([query("tenants/token_sql", "function"), *_SETTINGS, body])
    return f"token_{sha256(whole.encode()).hexdigest()[:16]}", body
