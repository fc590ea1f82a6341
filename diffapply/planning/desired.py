"""The desired state: loaded from SQLAlchemy metadata or from SQL, and built in scratch."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg2
import sqlalchemy as sa
from pglast import parser
from psycopg2.extensions import connection as Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from diffapply.errors import DesiredStateError, DiffapplyError
from diffapply.planning.model import Rename, RenameKind

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
        renames: declared ones, their names not quoted yet.
    """

    label: str
    build: Builder
    shared: frozenset[str] = frozenset()
    token: str | None = None
    renames: tuple[Rename, ...] = ()


def load(label: str, token: str | None = None) -> Desired:
    """Load ``path.py:attribute``, ``package.module:attribute``, ``file.sql`` or a folder.

    Args:
        token: a schema name in it that stands for the tenant.

    Raises:
        DesiredStateError: it does not exist, does not import, or holds nothing.
    """
    path = Path(label)
    if path.suffix == ".sql" or path.is_dir():
        return _from_sql(label, path, token)
    source, _, attribute = label.rpartition(":")
    if not source or not attribute:
        raise DesiredStateError(
            f"The desired state {label!r} names no attribute.",
            "Nothing was done. Write it as path.py:attribute, package.module:attribute, file.sql "
            "or a folder of .sql files.",
        )
    module = _import(source)
    found: Any = module
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise DesiredStateError(
                f"{source} has no attribute {attribute!r}.", "Nothing was done."
            ) from None
    if not isinstance(found, sa.MetaData):
        # A declarative base is what many people would name.
        found = getattr(found, "metadata", found)
    if not isinstance(found, sa.MetaData):
        raise DesiredStateError(
            f"{label} is of type {type(found).__name__}, not a SQLAlchemy MetaData.",
            "Nothing was done. Name the MetaData, such as schema/desired.py:metadata.",
        )
    return from_metadata(found, label, token)


def from_metadata(metadata: sa.MetaData, label: str, token: str | None = None) -> Desired:
    """The desired state that MetaData describes.

    Tables without a schema, and those whose schema is `token`, are the tenant's; all others are
    shared: referred to, never managed.

    Raises:
        DesiredStateError: no table is the tenant's.
    """
    tables = [table for table in metadata.tables.values() if table.schema in (None, token)]
    if not tables:
        raise DesiredStateError(
            f"{label} has no table that is the tenant's.",
            "Nothing was done. A table is the tenant's when it has no schema, or the schema "
            "given as --tenant-token.",
        )
    schemas = {table.schema for table in metadata.tables.values()}
    schemas |= {
        getattr(column.type, "schema", None) for table in tables for column in table.columns
    }

    def build(connection: Connection, schema: str) -> None:
        engine = sa.create_engine(
            "postgresql+psycopg2://",
            creator=lambda: connection,
            poolclass=StaticPool,
            # The transaction is the caller's: SQLAlchemy must neither begin nor end it.
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            skip_autocommit_rollback=True,
        )
        with engine.connect() as sqlalchemy_connection:
            mapped = sqlalchemy_connection.execution_options(
                schema_translate_map={token: schema} if token else {}
            )
            metadata.create_all(mapped, tables=tables, checkfirst=True)

    return Desired(
        label,
        build=lambda connection, schema: _explained(label, build, connection, schema),
        shared=frozenset(schema for schema in schemas if schema) - {token or ""},
        token=token,
        renames=tuple(_renames(tables)),
    )


def _renames(tables: Iterable[sa.Table]) -> Iterator[Rename]:
    """What ``info={"renamed_from": …}`` declares on tables, columns, indexes and constraints."""
    for table in tables:
        items: list[tuple[RenameKind, Any]] = [("table", table)]
        items += [("column", column) for column in table.columns]
        items += [("index", index) for index in table.indexes]
        items += [("constraint", constraint) for constraint in table.constraints]
        for kind, item in items:
            if old := item.info.get("renamed_from"):
                if item.name is None:
                    raise DesiredStateError(
                        f"A {kind} of table {table.name} is declared as renamed, but has no name.",
                        "Nothing was done.",
                    )
                yield Rename(kind, table.name, str(old), str(item.name))


def _explained(label: str, build: Builder, connection: Connection, schema: str) -> None:
    """Build, and turn what goes wrong into a sentence."""
    try:
        build(connection, schema)
    except DiffapplyError:
        raise
    except (SQLAlchemyError, psycopg2.Error) as error:
        cause = getattr(error, "orig", None) or error
        reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        missing = isinstance(
            cause, psycopg2.errors.UndefinedTable | psycopg2.errors.InvalidSchemaName
        )
        raise DesiredStateError(
            f"PostgreSQL refuses the desired state {label}: {reason}",
            "Nothing was done."
            + (
                " Shared tables must exist in the database before tenants refer to them."
                if missing
                else ""
            ),
        ) from error


def _import(source: str) -> ModuleType:
    """Import a file by its path, or a module by its name, as python -m would find it.

    It runs once in a process, as Python has it: the MetaData of its neighbours stays, too.
    """
    folders = [Path.cwd()]
    load = partial(importlib.import_module, source)
    path = Path(source)
    if path.suffix == ".py" or "/" in source:
        if not path.is_file():
            raise DesiredStateError(f"There is no file {source}.", "Nothing was done.")
        path = path.parent.resolve() / path.name
        folder, name = _in_its_packages(path)
        # Its neighbours and its project must be importable, as they are for the application.
        folders.insert(0, folder)
        load = partial(importlib.import_module, name) if "." in name else partial(_run, path)
    for folder in reversed(folders):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    try:
        return load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit is no Exception, nor are those of some test tools
        relative = isinstance(error, ImportError) and "relative import" in str(error)
        raise DesiredStateError(
            f"{source} cannot be imported: {type(error).__name__}: {error}",
            "Nothing was done."
            + (" Name it as a module: package.module:attribute." if relative else ""),
        ) from error


def _in_its_packages(path: Path) -> tuple[Path, str]:
    """The folder to import a file from, and its name there, with the packages that it is in."""
    folder, name = path.parent, path.stem
    while (folder / "__init__.py").is_file():
        folder, name = folder.parent, f"{folder.name}.{name}"
    return folder, name


def _run(path: Path) -> ModuleType:
    """The module of a file that is in no package, under a name that no other module has."""
    name = f"diffapply_desired_{path.stem}"
    there = sys.modules.get(name)
    if there is not None and there.__file__ == str(path):
        return there
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


_META_COMMAND = re.compile(r"^\\.*$", re.MULTILINE)


def _from_sql(label: str, path: Path, token: str | None) -> Desired:
    try:
        files = sorted(path.rglob("*.sql")) if path.is_dir() else [path]
        # pg_dump writes psql's own commands, such as \restrict, into its output.
        texts = {str(file): _META_COMMAND.sub("", file.read_text("utf-8")) for file in files}
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DesiredStateError(
            f"{label} cannot be read: {reason}.", "Nothing was done."
        ) from error
    identifiers: set[str] = set()
    statements = 0
    for file, text in texts.items():
        try:
            parsed = parser.parse_sql(text)
            tokens = parser.scan(text)
        except parser.ParseError as error:
            raise DesiredStateError(
                f"{file} is not valid SQL: {error.args[0]}", "Nothing was done."
            ) from error
        statements += len(parsed)
        for statement in parsed:
            if type(statement.stmt).__name__ == "TransactionStmt":
                raise DesiredStateError(
                    f"{file} begins or ends a transaction, which a desired state must not.",
                    "Nothing was done. Remove BEGIN, COMMIT and the like.",
                )
        identifiers |= {
            text[t.start : t.end + 1].strip('"').replace('""', '"')
            for t in tokens
            if t.name == "IDENT"
        }
    if not statements:
        raise DesiredStateError(f"{label} holds no statement.", "Nothing was done.")

    def build(connection: Connection, schema: str) -> None:
        del schema
        for file, text in texts.items():
            with connection.cursor() as cursor:
                try:
                    cursor.execute(text)
                except psycopg2.Error as error:
                    error.args = (f"{file}: {error}",)
                    raise

    return Desired(
        label,
        build=lambda connection, schema: _explained(label, build, connection, schema),
        shared=frozenset(identifiers) - {token or ""},
        token=token,
    )
