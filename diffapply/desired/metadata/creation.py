"""Creates in scratch what `create_all` creates in a tenant: tables and types, nothing shared."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from textwrap import shorten
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2.extensions import connection as Connection
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ENUM, CreateDomainType, CreateEnumType
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateSequence, CreateTable

from diffapply.config import Schemaless
from diffapply.database.names_said import quoted_in
from diffapply.desired.metadata.column_types import NamedType, named_types
from diffapply.desired.metadata.importing import not_built
from diffapply.desired.metadata.remedies import remedy
from diffapply.desired.model import refusal
from diffapply.desired.places import SAYS_RIGHTS, line_of, plainly, position
from diffapply.model.scope import Scope
from diffapply.queries import query

_SHOWN = 60
"""Characters of a statement that an error shows."""

_CHANGE_ROWS = {"INSERT", "COPY", "UPDATE", "DELETE", "MERGE"}
"""The commands that PostgreSQL names when it has done them."""

_STANDS = query("desired/metadata", "type_or_table")
_FOUND_ON_THE_PATH = query("desired/metadata", "type_on_the_path")


@dataclass(frozen=True, slots=True)
class TenantNames:
    """Which names in a MetaData belong to the tenant; all others are shared.

    Attributes:
        token: the schema that stands for the tenant, if any.
        schemaless: what names without a schema belong to.
    """

    token: str | None = None
    schemaless: Schemaless = "tenant"

    def is_tenants(self, schema: str | None) -> bool:
        """Whether objects with this schema belong to the tenant."""
        return self.schemaless == "tenant" if schema is None else schema == self.token

    def translation(self, sandbox: str) -> dict[str | None, str | None]:
        """Schema in the MetaData → schema in scratch."""
        own: dict[str | None, str | None] = {self.token: sandbox} if self.token else {}
        # For the application, a name without a schema is first looked up in public.
        return own if self.schemaless == "tenant" else {**own, None: "public"}


def tables_of(metadata: sa.MetaData, tenancy: TenantNames) -> list[sa.Table]:
    """The tables of the tenant, without those that stand for a view.

    Views that SQLAlchemy itself creates are included.
    """
    return [
        table
        for table in metadata.tables.values()
        if tenancy.is_tenants(table.schema)
        and (not table.info.get("is_view") or getattr(table, "is_view", False))
    ]


def create(  # noqa: PLR0913 - what it needs, by name
    metadata: sa.MetaData,
    tenancy: TenantNames,
    connection: Connection,
    scope: Scope,
    *,
    label: str,
    tell_of_rows: Callable[[], None] = lambda: None,
) -> None:
    """Create what belongs to the tenant.

    Args:
        connection: in a transaction that the caller ends; the schema is first on its path.
        scope: of that schema.
        label: how the user named the MetaData.
        tell_of_rows: called if a listener changes rows, which are no structure.

    Raises:
        DesiredStateError: PostgreSQL or SQLAlchemy refuses it, or a listener raises an exception.
            Says where.
    """
    engine = new_engine(lambda: connection)
    creation = _Creation(metadata, tenancy, scope.schema, connection, engine.dialect)
    event.listen(engine, "before_execute", creation.adapt, retval=True)

    def notice(_connection: object, cursor: Any, *_: object) -> None:  # noqa: ANN401 - psycopg2's
        if (cursor.statusmessage or "").partition(" ")[0] in _CHANGE_ROWS:
            tell_of_rows()

    plainly_built = partial(_build_plainly, privileges=scope.privileges)
    event.listen(engine, "before_cursor_execute", plainly_built, retval=True)
    event.listen(engine, "after_cursor_execute", notice)
    try:
        with engine.connect() as sqlalchemy_connection:
            mapped = sqlalchemy_connection.execution_options(
                schema_translate_map=tenancy.translation(scope.schema)
            )
            # The schema is empty, and what later schemas on the path have does not count.
            metadata.create_all(mapped, tables=tables_of(metadata, tenancy), checkfirst=False)
    except (SQLAlchemyError, psycopg2.Error) as error:
        cause = getattr(error, "orig", None) or error
        to_do = remedy(label, cause, tables_of(metadata, tenancy))
        raise refusal(label, cause, creation.place(cause), to_do) from error
    except Exception as error:  # for example, of a listener of the user
        raise not_built(label, error) from error


def new_engine(creator: Callable[[], Any]) -> sa.Engine:
    """An engine that builds on the one connection that `creator` returns."""
    return sa.create_engine(
        "postgresql+psycopg2://",
        creator=creator,
        poolclass=StaticPool,
        # The transaction is the caller's: SQLAlchemy must neither begin nor end it. If it tries to
        # roll back, psycopg2 does nothing, because psycopg2 has not begun a transaction.
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )


class _Creation:
    """Adapts what `create_all` and the listeners execute, and knows which object is being created.

    By itself, `create_all` creates the types of shared tables, too, but no types that are marked
    ``create_type=False``, which something else creates in the tenants.
    """

    def __init__(
        self,
        metadata: sa.MetaData,
        tenancy: TenantNames,
        schema: str,
        connection: Connection,
        dialect: Dialect,
    ) -> None:
        self._tenancy = tenancy
        self._schema = schema
        self._connection = connection
        self._dialect = dialect
        self._doing: Any = None
        used: dict[bool, set[tuple[str | None, str]]] = {True: set(), False: set()}
        for table in metadata.tables.values():
            names = {(its.schema, str(its.name)) for its in named_types(table, dialect)}
            used[tenancy.is_tenants(table.schema)] |= names
        self._of_shared = used[False] - used[True]

    def adapt(
        self,
        connection: sa.Connection,
        doing: object,
        multiparams: object,
        params: object,
        _options: object,
    ) -> tuple[object, object, object]:
        """What to execute instead; see SQLAlchemy's event ``before_execute``."""
        if isinstance(doing, CreateTable):
            self._make_types(connection, doing.element)
        if isinstance(
            doing, CreateEnumType | CreateDomainType | CreateSequence
        ) and not self._is_wanted(doing.element):
            doing = sa.DDL("select")  # type: ignore[no-untyped-call]
        self._doing = doing
        return doing, multiparams, params

    def _make_types(self, connection: sa.Connection, table: sa.Table) -> None:
        """Create the tenant's types that the MetaData does not create, if they are missing."""
        for type_ in named_types(table, self._dialect):
            elsewhere = not type_.create_type and type_.schema is None
            named = {"name": type_.name, "table": table.name}
            if self._is_wanted(type_) and not (
                elsewhere and self._finds(_FOUND_ON_THE_PATH, named)
            ):
                create_type = CreateEnumType if isinstance(type_, ENUM) else CreateDomainType
                connection.execute(create_type(type_))

    def _is_wanted(self, item: NamedType | sa.Sequence) -> bool:
        """Whether a type or a sequence belongs to the tenant and does not exist yet."""
        if not self._tenancy.is_tenants(item.schema) or (item.schema, item.name) in self._of_shared:
            return False
        return not self._finds(_STANDS, {"schema": self._schema, "name": item.name})

    def _finds(self, text: str, named: dict[str, Any]) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute(text, named)
            return cursor.rowcount > 0

    def place(self, error: BaseException) -> str:
        """Where the error is: table and column, or the statement; empty if unknown.

        SQLAlchemy's own errors already name the place.
        """
        if not isinstance(error, psycopg2.Error) or error.cursor is None:
            return ""
        text = (error.cursor.query or b"").decode(errors="replace")
        at = position(error)
        line = "" if at is None else text.split("\n")[line_of(text, at) - 1].strip(" \t,")
        element = getattr(self._doing, "element", None)
        if isinstance(element, sa.Table):
            return f"table {element.name}{self._in_table(element, line, str(error))}"
        if isinstance(element, NamedType):
            return f"type {element.name}"
        table = getattr(element, "table", None)
        if isinstance(element, sa.Index) and table is not None:
            return f"index {element.name} of table {table.name}"
        return f"in {shorten(line or text, _SHOWN, placeholder=' …')!r}"

    def _in_table(self, table: sa.Table, line: str, said: str) -> str:
        named_in = {*quoted_in(said)}
        for column in table.columns:
            named = self._dialect.identifier_preparer.format_column(column)
            referred = [its.target_fullname.rpartition(".")[0] for its in column.foreign_keys]
            if line.startswith(f"{named} ") or not named_in.isdisjoint(referred):
                return f", column {column.name}"
        return f", in {shorten(line, _SHOWN, placeholder=' …')!r}" if line else ""


def _build_plainly(
    _connection: object,
    _cursor: object,
    statement: str,
    parameters: object,
    *_: object,
    privileges: bool,
) -> tuple[str, object]:
    text = plainly(statement)
    if not privileges and SAYS_RIGHTS.search(text):
        # Importing the parser takes long.
        from diffapply.desired.sql.rights import without_rights  # noqa: PLC0415

        text = without_rights(text) or "select"
    return text, parameters
