"""The desired state, wherever it comes from: how it is built, and what it refers to."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.catalog.naming import Naming
from diffapply.database.advice import advice
from diffapply.errors import DesiredStateError
from diffapply.planning.model import Rename

Builder = Callable[[Connection, str], None]


@dataclass(frozen=True, slots=True)
class Desired:
    """What every tenant should look like.

    Attributes:
        label: how the user named it.
        build: creates it in a schema of a scratch database: given the connection, which is in a
            transaction with that schema in front of the search path, and the schema's name.
        shared: names of the schemas, other than the tenant's, that it refers to.
        token: the schema name that stands for the tenant in it, if any.
        naming: where text says the token, and means the tenant.
        renames: declared ones, their names not quoted yet.
    """

    label: str
    build: Builder
    shared: frozenset[str] = frozenset()
    token: str | None = None
    naming: Naming = Naming.TOKEN
    renames: tuple[Rename, ...] = ()


def refusal(label: str, cause: Exception) -> DesiredStateError:
    """What to raise when PostgreSQL, or SQLAlchemy before it, refuses to build it.

    Args:
        label: how the user named it.
        cause: what was raised.
    """
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    missing = isinstance(cause, psycopg2.errors.UndefinedTable | psycopg2.errors.InvalidSchemaName)
    return DesiredStateError(
        f"PostgreSQL refuses the desired state {label}: {reason}",
        "Nothing was done."
        + (
            " Shared tables must exist in the database before tenants refer to them."
            if missing
            else f" {advice(cause)}".rstrip()
        ),
    )
