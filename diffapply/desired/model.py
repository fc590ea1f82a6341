"""The desired state, wherever it comes from: how it is built, and what it refers to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.advice import advice
from diffapply.errors import DesiredStateError
from diffapply.model.own_name import Naming
from diffapply.model.plan import Rename

_QUALIFIED = re.compile(r'"[^"]+\.[^"]+" does not exist')

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
        tables: those of metadata, by name; of SQL, that is not known.
    """

    label: str
    build: Builder
    shared: frozenset[str] = frozenset()
    token: str | None = None
    naming: Naming = Naming.TOKEN
    renames: tuple[Rename, ...] = ()
    tables: tuple[str, ...] = ()


def merged(label: str, parts: Sequence[Desired]) -> Desired:
    """Several desired states as one: each is built after the one before it.

    Args:
        label: how the user named them all.
        parts: at least one.

    Raises:
        DesiredStateError: two of them have the same table.
    """
    whose: dict[str, Desired] = {}
    for part in parts:
        for table in part.tables:
            if table in whose:
                raise DesiredStateError(
                    f"The table {table} is in {whose[table].label} and in {part.label}.",
                    "Leave it in one of them.",
                )
            whose[table] = part

    def build(connection: Connection, schema: str) -> None:
        for part in parts:
            part.build(connection, schema)

    return Desired(
        label,
        build,
        frozenset().union(*(part.shared for part in parts)),
        parts[0].token,
        # What models say besides is in words of their own.
        Naming.MODELS if any(part.naming is Naming.MODELS for part in parts) else parts[0].naming,
        tuple(rename for part in parts for rename in part.renames),
        tuple(whose),
    )


def refusal(label: str, cause: Exception, place: str = "") -> DesiredStateError:
    """What to raise when PostgreSQL, or SQLAlchemy before it, refuses to build it.

    Args:
        label: how the user named it.
        cause: what was raised.
        place: where in it, if that is known.
    """
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    known = advice(cause)
    missing = isinstance(
        cause, psycopg2.errors.UndefinedTable | psycopg2.errors.InvalidSchemaName
    ) or (isinstance(cause, psycopg2.errors.UndefinedObject) and _QUALIFIED.search(reason))
    return DesiredStateError(
        f"PostgreSQL refuses the desired state {label}: {reason}"
        + (f" ({place})" if place else ""),
        known
        or (
            "What is shared must exist in the database before tenants refer to it."
            if missing
            else ""
        ),
    )
