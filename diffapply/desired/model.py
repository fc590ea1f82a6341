"""The desired state as a value: how to build it, and what it refers to."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.advice import advice
from diffapply.database.names_said import called_in, quoted_in
from diffapply.desired.places import brief
from diffapply.errors import DesiredStateError
from diffapply.model.own_name import Naming
from diffapply.model.rename import Rename, RenameKind
from diffapply.model.scope import Scope

Builder = Callable[[Connection, Scope], None]


@dataclass(frozen=True, slots=True)
class Declarable:
    """Something that the desired state defines by a name.

    Attributes:
        table: the table or enum that it belongs to; its own name if it stands alone.
        name: not quoted, as is `table`; of a label, its text.
        place: the file and the line; empty in metadata.
    """

    kind: RenameKind
    table: str
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Desired:
    """What every tenant should look like.

    Attributes:
        label: how the user named it.
        build: creates it in a schema of a scratch database. Arguments: a connection in a
            transaction, with that schema first on the search path; the schema's scope.
        shared: names of the other schemas, and the roles, that it refers to, among others.
        token: the schema name in it that stands for the tenant, if any.
        naming: where in a text the token means the tenant.
        renames: the declared renames; their names are not quoted yet.
        tables: names of the tables in metadata; unknown for SQL.
        declarable: finds out what can be declared as renamed.
        homes: schemas that are not the tenant's in which SQL makes something, as it names them.
        digest: finds out a digest of all that decides what is built; None if only building it
            shows that.
        line_of_body: finds out where a line of a routine's body stands; empty if unknown.
            Arguments: the body, the number of the line in it.
    """

    label: str
    build: Builder
    shared: frozenset[str] = frozenset()
    token: str | None = None
    naming: Naming = Naming.TOKEN
    renames: tuple[Rename, ...] = ()
    tables: tuple[str, ...] = ()
    declarable: Callable[[], tuple[Declarable, ...]] = tuple
    digest: Callable[[], str | None] = lambda: None
    homes: tuple[str, ...] = ()
    line_of_body: Callable[[str, int], str] = lambda _body, _line: ""

    @property
    def has_models(self) -> bool:
        """Whether some of it is metadata."""
        return self.naming is Naming.MODELS


def merged(label: str, parts: Sequence[Desired]) -> Desired:
    """Several desired states as one, built in this order.

    Args:
        label: how the user named them.
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
                    "Remove it from one of them.",
                )
            whose[table] = part

    def build(connection: Connection, scope: Scope) -> None:
        for part in parts:
            part.build(connection, scope)

    return Desired(
        label,
        build,
        frozenset().union(*(part.shared for part in parts)),
        parts[0].token,
        # If one of them is metadata, constants in it are left as they are.
        Naming.MODELS if any(part.naming is Naming.MODELS for part in parts) else parts[0].naming,
        tuple(rename for part in parts for rename in part.renames),
        tuple(whose),
        lambda: tuple(thing for part in parts for thing in part.declarable()),
        lambda: _of_all([part.digest() for part in parts]),
        tuple(dict.fromkeys(home for part in parts for home in part.homes)),
        lambda body, line: next(
            filter(None, (part.line_of_body(body, line) for part in parts)), ""
        ),
    )


def _of_all(digests: Sequence[str | None]) -> str | None:
    known = [its for its in digests if its is not None]
    return " ".join(known) if len(known) == len(digests) else None


def refusal(
    label: str, cause: Exception, place: str = "", remedy: str = "", *, schema: str = ""
) -> DesiredStateError:
    """The error for a desired state that PostgreSQL or SQLAlchemy refuses.

    Args:
        label: how the user named it.
        cause: the exception.
        place: where in it, if known.
        remedy: what to do, unless more is known of the error.
        schema: the one in which the statement makes something, if it names one.
    """
    reason = brief(next(iter(str(cause).strip().splitlines()), type(cause).__name__))
    known = advice(cause) or _of_schema(cause, reason, schema)
    missing = isinstance(
        cause, psycopg2.errors.UndefinedTable | psycopg2.errors.InvalidSchemaName
    ) or (
        isinstance(cause, psycopg2.errors.UndefinedObject | psycopg2.errors.UndefinedFunction)
        and any("." in its for its in (*quoted_in(reason), *called_in(reason)))
    )
    # Some types and constructs SQLAlchemy cannot write for PostgreSQL, which then sees none of it.
    who = "PostgreSQL" if isinstance(cause, psycopg2.Error) else "SQLAlchemy"
    return DesiredStateError(
        f"{who} refuses the desired state {label}: {reason}" + (f" ({place})" if place else ""),
        known
        or (
            "Shared objects must exist in the database before tenants refer to them, and the role "
            "must be able to make them in scratch: not those of a superuser, nor foreign servers."
            if missing
            else remedy
        ),
    )


def as_token(schema: str) -> str:
    """What to do if a schema stands for the tenant, and the settings do not say so."""
    return f"If {schema} stands for the tenant in it, give --tenant-token {shlex.quote(schema)}."


def _of_schema(cause: Exception, reason: str, schema: str) -> str:
    """What to do if there is no schema in which a statement makes something; else empty."""
    if not isinstance(cause, psycopg2.errors.InvalidSchemaName):
        return ""
    if schema and reason == f'schema "{schema}" does not exist':
        return as_token(schema)
    if reason.startswith("no schema has been selected"):
        return (
            "SQL must not change the search path, on which the tenant is first. Take that "
            "statement out, or write the --tenant-token as the schema of each name behind it."
        )
    return ""
